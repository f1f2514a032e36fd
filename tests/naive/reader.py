"""A document answered field by field over whole tables; what must be refused is found beforehand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    parse,
)
from graphql.execution.values import get_argument_values, get_directive_values, get_variable_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

from tests.naive import feed, nouns, roots  # noqa: F401 - they make the types
from tests.naive.asking import Asks
from tests.naive.refusals import Refusal, refusals_of
from tests.naive.roots import BY_TAG
from tests.naive.tables import Tables
from tests.naive.things import TYPES, Thing
from tests.naive.values import split

Fields = dict[str, list[FieldNode]]


@dataclass
class Answer:
    """Either data, or the refusals of which one must be the answer."""

    data: dict[str, Any] | None = None
    refusals: set[Refusal] = field(default_factory=set)


@dataclass
class Reader:
    """Answers validated documents. `reached`: every field that was answered, by its parent's type."""

    schema: GraphQLSchema
    tables: Tables
    reached: set[tuple[str, str]] = field(default_factory=set)

    def answer(
        self, text: str, variables: dict[str, Any] | None, person: UUID, operation_name: str | None = None
    ) -> Answer:
        reading = Reading(self, Asks(self.tables, person), parse(text), variables or {}, operation_name)
        found = set(reading.refused("Query", [reading.operation.selection_set], ()))
        bad = {refusal for refusal in found if refusal.code in ("BAD_ARGUMENT", "TOO_COSTLY")}
        if found:
            return Answer(refusals=bad or found)
        query = TYPES["Query"](reading.asks, {})
        return Answer(data=reading.selected(query, [reading.operation.selection_set]))


class Reading:
    """One operation by one person."""

    def __init__(
        self, reader: Reader, asks: Asks, document: DocumentNode, variables: dict[str, Any], name: str | None
    ) -> None:
        self.reader = reader
        self.schema = reader.schema
        self.asks = asks
        definitions = document.definitions
        self.fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
        operations = [d for d in definitions if isinstance(d, OperationDefinitionNode)]
        self.operation = next(o for o in operations if name is None or (o.name and o.name.value == name))
        coerced = get_variable_values(self.schema, self.operation.variable_definitions or (), variables)
        assert not isinstance(coerced, list), coerced
        self.variables = coerced

    # -- what is selected

    def collect(self, type_name: str, sets: Sequence[SelectionSetNode]) -> Fields:
        """The fields of an object by response key, in the order of the specification."""
        fields: Fields = {}
        spread: set[str] = set()
        for selections in sets:
            self.collect_into(fields, spread, type_name, selections)
        return fields

    def collect_into(self, fields: Fields, spread: set[str], type_name: str, selections: SelectionSetNode) -> None:
        for node in selections.selections:
            if not self.is_included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                fields.setdefault(key, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self.applies(type_name, node.type_condition.name.value):
                    self.collect_into(fields, spread, type_name, node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self.applies(type_name, fragment.type_condition.name.value):
                    self.collect_into(fields, spread, type_name, fragment.selection_set)

    def is_included(self, node: Any) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def applies(self, type_name: str, condition: str) -> bool:
        named = self.schema.type_map[condition]
        if not is_abstract_type(named):
            return type_name == condition
        return type_name in {member.name for member in self.schema.get_possible_types(cast(Any, named))}

    def arguments(self, type_name: str, node: FieldNode) -> dict[str, Any]:
        parent = cast(GraphQLObjectType, self.schema.type_map[type_name])
        return get_argument_values(parent.fields[node.name.value], node, self.variables)

    def by_field(self, type_name: str, sets: Sequence[SelectionSetNode]) -> Iterator[tuple[str, FieldNode, Any]]:
        """Response key, field and the selections below it, of every field but __typename."""
        for key, nodes in self.collect(type_name, sets).items():
            if nodes[0].name.value != "__typename":
                yield key, nodes[0], [node.selection_set for node in nodes if node.selection_set]

    # -- what must be refused

    def refused(
        self, type_name: str, sets: Sequence[SelectionSetNode], path: tuple[str, ...], *, found: bool = False
    ) -> Iterator[Refusal]:
        """Every bad argument of every field that is selected, whether or not there is a row to ask it of.

        `found`: beneath what a search for similar ideas found, where there is no other such search.
        """
        parent = cast(GraphQLObjectType, self.schema.type_map[type_name])
        for key, node, below in self.by_field(type_name, sets):
            arguments = self.arguments(type_name, node)
            searched = node.name.value.startswith("similar")
            if searched and found:
                yield Refusal("TOO_COSTLY", (*path, key))
            yield from refusals_of(self.asks, type_name, node.name.value, arguments, (*path, key))
            if below:
                target = get_named_type(parent.fields[node.name.value].type).name
                for name in self.possible(target, arguments):
                    yield from self.refused(name, below, (*path, key), found=found or searched)

    def possible(self, type_name: str, arguments: dict[str, Any]) -> list[str]:
        if type_name == "Node":  # the ids say which types
            ids = arguments["ids"] if "ids" in arguments else [arguments["id"]]
            tags = {found[0] for id_ in ids if (found := split(id_))}
            return [BY_TAG[tag] for tag in tags if tag in BY_TAG]
        type_ = self.schema.type_map[type_name]
        if is_abstract_type(type_):
            return [member.name for member in self.schema.get_possible_types(cast(Any, type_))]
        return [type_name]

    # -- what is answered

    def selected(self, thing: Thing, sets: Sequence[SelectionSetNode]) -> dict[str, Any]:
        type_name = type(thing).__name__
        answer: dict[str, Any] = {}
        for key, nodes in self.collect(type_name, sets).items():
            name = nodes[0].name.value
            self.reader.reached.add((type_name, name))
            if name == "__typename":
                answer[key] = type_name
            else:
                value = thing.get(name, self.arguments(type_name, nodes[0]))
                answer[key] = self.completed(value, [node.selection_set for node in nodes if node.selection_set])
        return answer

    def completed(self, value: Any, sets: Sequence[SelectionSetNode]) -> Any:
        if isinstance(value, Thing):
            return self.selected(value, sets)
        if isinstance(value, list):
            return [self.completed(item, sets) for item in value]
        return value
