"""Selections and arguments of a document: what is asked of a row, and what of it shapes the SQL."""

from collections.abc import Mapping, Sequence
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
    VariableNode,
    is_abstract_type,
)
from sqlalchemy import ColumnElement, Uuid, bindparam, literal_column

from api.plans.arguments import Arguments, Reader, Variables
from api.plans.wall_safe import WALL_SAFE
from db.errors import Refused
from db.terms import RefusalCode, Sight


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
        self.introspects = False
        self.reads_log = False
        self.moving = False
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
    def unit(self) -> ColumnElement[UUID]:
        return bindparam("unit", type_=Uuid, required=False)

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
                if answer is None:  # nullable, by a default, and null was sent all the same
                    raise Refused(RefusalCode.BAD_ARGUMENT, f"@{name}(if: ${variable}) must not be null.")
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
        return self.counted(type_, found)

    def count_rows(self, times: int) -> None:
        """So many rows more, at the most."""
        self.rows += times

    def require_affordable(self) -> None:
        """Raises Refused, with the cost and the limit, where it could answer more rows than an operation may."""
        most = self.limits.rows
        if self.rows > most:
            raise too_costly(
                f"This could answer {self.rows:,} rows, more than {most:,}: ask for smaller pages.", self.rows, most
            )

    def count_beside(self, rows: int, fields: int) -> None:
        """What another plan of the same operation asks for and could answer. Raises Refused as for one plan."""
        self.count_rows(rows)
        self.require_affordable()
        self.count_fields(fields)

    def count_fields(self, fields: int) -> None:
        self.fields += fields
        if self.fields > self.limits.fields:
            most = self.limits.fields
            raise too_costly(f"More than {most:,} fields in one operation.", self.fields, most)

    def collect_root(self, type_: GraphQLObjectType, selection: SelectionSetNode) -> list[Selected]:
        found: dict[str, Selected] = {}
        self._collect(type_, selection, found, set())
        return self.counted(type_, found)

    def counted(self, type_: GraphQLObjectType, found: Mapping[str, Selected]) -> list[Selected]:
        """The fields of one object, if that is not too many. Raises Refused for what a screen may not read."""
        for selected in found.values():
            self.require_readable(type_, selected.name)
        most = self.limits.object_fields
        if len(found) > most:
            raise too_costly(f"More than {most} fields of one object.", len(found), most)
        self.count_fields(len(found))
        return list(found.values())

    def require_readable(self, type_: GraphQLObjectType, name: str) -> None:
        """Raises Refused for a field that a screen may not read, where a screen asks."""
        if self.sight.on_a_wall and name not in WALL_SAFE.get(type_.name, ()) and not name.startswith("__"):
            what = f"{type_.name}.{name}"
            raise Refused(RefusalCode.FORBIDDEN, f"A screen may not read {what}: it is not fit for a wall.")

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

    def arguments(self, field_: GraphQLField, selected: Selected, path: Sequence[str]) -> Arguments:
        return Arguments(self, field_, selected.nodes[0], tuple(path))


def too_costly(message: str, cost: int, limit: int) -> Refused:
    return Refused(RefusalCode.TOO_COSTLY, message, {"cost": cost, "limit": limit})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may ask for (rule 14): counted before anything runs."""

    depth: int = 20
    fields: int = 1000
    object_fields: int = 200
    rows: int = 50_000


def reading(variable: str) -> Reader:
    return lambda variables: variables.get(variable)


def word(text: str) -> ColumnElement[str]:
    """A name as a literal: GraphQL names and our own words only, so that no parameter is spent on it."""
    if not all(character.isalnum() or character in "_$-." for character in text):
        raise ValueError(f"not a name: {text!r}")
    return literal_column(f"'{text}'")
