"""Selections and arguments of a document: what is asked of a row, and what of it shapes the SQL."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    is_abstract_type,
    print_ast,
    value_from_ast,
)
from graphql.type import GraphQLInputType
from sqlalchemy import ColumnElement, Uuid, bindparam, literal_column

from db.errors import Refused
from db.terms import RefusalCode, Sight

Variables = Mapping[str, Any]
Reader = Callable[[Variables], Any]


@dataclass(frozen=True, slots=True)
class Look:
    """Something of the variables that shaped the SQL; its value is part of the plan's key."""

    identity: tuple[object, ...]
    observe: Reader = field(compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    read: Reader


@dataclass(slots=True)
class Selected:
    """One response key of an object: the field's name and its nodes (several where selections merge)."""

    key: str
    name: str
    nodes: list[FieldNode]


class Builder:
    """What compiling one plan collects: looks, parameters, dependencies, cost. Also who asks (shapes.Asks)."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Variables,
        sight: Sight,
        limits: "Limits",
        *,
        completing: bool,
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.variables = variables
        self.sight_now = sight
        self.limits = limits
        self.completing = completing
        self.looks: dict[Look, None] = {}
        self.parameters: list[Parameter] = []
        self.cursors: list[tuple[Reader, tuple[str, ...]]] = []
        self.per_person = False
        self.computed = False
        self.reads_log = False
        self.fields = 0
        self.rows = 0

    # -- who asks

    @property
    def organisation(self) -> ColumnElement[UUID]:
        return bindparam("organisation", type_=Uuid, required=False)

    @property
    def person(self) -> ColumnElement[UUID]:
        self.per_person = True
        return bindparam("person", type_=Uuid, required=False)

    @property
    def sight(self) -> Sight:
        return self.sight_now

    # -- what is asked

    def look(self, identity: tuple[object, ...], observe: Reader) -> Any:
        self.looks[Look(identity, observe)] = None
        return observe(self.variables)

    def bind(self, read: Reader, type_: Any) -> ColumnElement[Any]:
        name = f"p{len(self.parameters)}"
        self.parameters.append(Parameter(name, read))
        return bindparam(name, type_=type_, required=False)

    def included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in ("skip", "include"):
                continue
            value = next(a.value for a in directive.arguments or () if a.name.value == "if")
            if isinstance(value, VariableNode):
                variable = value.name.value
                answer = self.look(("if", variable), reading(variable))
            else:
                answer = bool(getattr(value, "value", False))
            if answer is (name == "skip"):
                return False
        return True

    def collect(self, type_: GraphQLObjectType, nodes: Sequence[FieldNode]) -> list[Selected]:
        """The fields of an object, merged by response key, in the order of the specification."""
        found: dict[str, Selected] = {}
        seen: set[str] = set()
        for node in nodes:
            if node.selection_set is not None:
                self._collect(type_, node.selection_set, found, seen)
        return self.counted(found)

    def count_rows(self, times: int) -> None:
        """So many rows more, at the most; what an operation may ask for is counted before anything runs."""
        self.rows += times
        if self.rows > self.limits.rows:
            raise Refused(
                RefusalCode.TOO_COSTLY,
                f"This could answer more than {self.limits.rows:,} rows: ask for smaller pages.",
            )

    def collect_root(self, type_: GraphQLObjectType, selection: SelectionSetNode) -> list[Selected]:
        found: dict[str, Selected] = {}
        self._collect(type_, selection, found, set())
        return self.counted(found)

    def counted(self, found: Mapping[str, Selected]) -> list[Selected]:
        """The fields of one object, if that is not too many."""
        self.fields += len(found)
        limits = self.limits
        if len(found) > limits.object_fields:
            raise Refused(RefusalCode.TOO_COSTLY, f"More than {limits.object_fields} fields of one object.")
        if self.fields > limits.fields:
            raise Refused(RefusalCode.TOO_COSTLY, f"More than {limits.fields:,} fields in one operation.")
        return list(found.values())

    def _collect(
        self,
        type_: GraphQLObjectType,
        selection: SelectionSetNode,
        found: dict[str, Selected],
        seen: set[str],
    ) -> None:
        for node in selection.selections:
            if not self.included(node):
                continue
            if isinstance(node, FieldNode):
                key = node.alias.value if node.alias else node.name.value
                if key in found:
                    found[key].nodes.append(node)
                else:
                    found[key] = Selected(key, node.name.value, [node])
            elif isinstance(node, InlineFragmentNode):
                if node.type_condition is None or self.applies(type_, node.type_condition.name.value):
                    self._collect(type_, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self.applies(type_, fragment.type_condition.name.value):
                    self._collect(type_, fragment.selection_set, found, seen)

    def applies(self, type_: GraphQLObjectType, condition: str) -> bool:
        if condition == type_.name:
            return True
        named = self.schema.type_map[condition]
        return is_abstract_type(named) and self.schema.is_sub_type(cast(Any, named), type_)

    def arguments(self, field_: GraphQLField, selected: Selected, path: Sequence[str]) -> "Arguments":
        return Arguments(self, field_, selected.nodes[0], tuple(path))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may ask for (rule 14): counted before anything runs."""

    depth: int = 20
    fields: int = 1000
    object_fields: int = 200
    rows: int = 50_000


class Given:
    """One argument or one field of an input object (shapes.Argument)."""

    def __init__(
        self, builder: Builder, identity: tuple[object, ...], read: Reader, fixed: bool, path: tuple[str, ...]
    ) -> None:
        self.builder = builder
        self.identity = identity
        self.read = read
        self.fixed = fixed  # no variable in it: nothing to record
        self.path = path

    def __getitem__(self, name: str) -> "Given":
        read = self.read

        def inner(variables: Variables) -> Any:
            value = read(variables)
            return value.get(name) if isinstance(value, Mapping) else None

        return Given(self.builder, (*self.identity, name), inner, self.fixed, self.path)

    @property
    def given(self) -> bool:
        if self.fixed:
            return self.read(self.builder.variables) is not None
        return bool(self.builder.look((*self.identity, "given"), lambda v: self.read(v) is not None))

    def look(self) -> Any:
        """A list as the set that it means: what is said twice, or in another order, shapes no other SQL."""
        return self.seen("value", lambda value: tuple(sorted(set(value))) if isinstance(value, list) else value)

    def seen(self, how: str, observe: Callable[[Any], Any]) -> Any:
        """A property of the value that shapes the SQL."""

        def read(variables: Variables) -> Any:
            with_path = self.read(variables)
            return self.refusing(observe, with_path)

        if self.fixed:
            return read(self.builder.variables)
        return self.builder.look((*self.identity, how), read)

    def later(self) -> Reader:
        return self.read

    def bind(self, type_: Any, decode: Callable[[Any], Any] = lambda value: value) -> ColumnElement[Any]:
        return self.builder.bind(lambda v: self.refusing(lambda value: storable(decode(value)), self.read(v)), type_)

    def refusing(self, decode: Callable[[Any], Any], value: Any) -> Any:
        try:
            return decode(value)
        except Refused as refusal:
            refusal.extensions.setdefault("path", list(self.path))
            raise


def storable(value: Any) -> Any:
    """The value itself. Refuses text that PostgreSQL cannot take: a NUL, half of a surrogate pair."""
    if isinstance(value, str) and ("\0" in value or (not value.isprintable() and has_surrogate(value))):
        raise Refused(RefusalCode.BAD_ARGUMENT, "This text has a character that cannot be looked for.")
    return value


def has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


class Arguments(Given):
    """All arguments of one field, as one input object."""

    def __init__(self, builder: Builder, field_: GraphQLField, node: FieldNode, path: tuple[str, ...]) -> None:
        self.field = field_
        self.node = node
        super().__init__(builder, (id(node),), lambda v: {}, True, path)

    def __getitem__(self, name: str) -> Given:
        argument = self.field.args[name]
        given = next((a.value for a in self.node.arguments or () if a.name.value == name), None)
        default = None if argument.default_value is Undefined else argument.default_value
        return Given(
            self.builder,
            (*self.identity, name),
            reader(given, argument.type, default),
            given is None or not has_variable(given),
            self.path,
        )


def reader(node: ValueNode | None, type_: GraphQLInputType, default: Any) -> Reader:
    """How an argument's value is read from coerced variables: a variable is looked up, the rest is coerced."""
    if node is None:
        return lambda variables: default
    if isinstance(node, VariableNode):
        name = node.name.value
        return lambda variables: variables.get(name, default)
    if not has_variable(node):
        value = value_from_ast(node, type_)
        return lambda variables: value
    return lambda variables: coerced(node, type_, variables)


def coerced(node: ValueNode, type_: GraphQLInputType, variables: Variables) -> Any:
    """A value with variables in it. Refuses null where a default let validation pass a variable that may be null."""
    value = value_from_ast(node, type_, dict(variables))
    if value is Undefined:
        raise Refused(RefusalCode.BAD_ARGUMENT, f"A variable is null in {print_ast(node)}, which takes no null there.")
    return value


def has_variable(node: ValueNode) -> bool:
    if isinstance(node, VariableNode):
        return True
    inner: Sequence[Any] = getattr(node, "values", None) or getattr(node, "fields", None) or ()
    return any(has_variable(getattr(child, "value", child)) for child in inner if not isinstance(child, str))


def reading(variable: str) -> Reader:
    return lambda variables: variables.get(variable)


def word(text: str) -> ColumnElement[str]:
    """A name as a literal: GraphQL names and our own words only, so that no parameter is spent on it."""
    if not all(character.isalnum() or character in "_$-." for character in text):
        raise ValueError(f"not a name: {text!r}")
    return literal_column(f"'{text}'")
