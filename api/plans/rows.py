"""A row's selection as one JSON object, with the rows it belongs to and the lists it has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

from graphql import FieldNode, GraphQLField, GraphQLObjectType
from sqlalchemy import ColumnElement, FromClause, Text, and_, case, func, literal_column, null, select
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import JSON

from api.plans.arguments import Arguments
from api.plans.selection import Builder, Selected, too_costly, word
from api.plans.shapes import Abstract, Column, Computed, Here, Many, One, Row, Shape, Source, Sources
from db.errors import Refused
from db.rules import MOST_BOARD_ITEMS
from db.sight import Asks
from db.terms import RefusalCode

Json: TypeAlias = ColumnElement[Any]
EMPTY: Json = literal_column("'[]'::json", JSON)
PAIRS = 50  # PostgreSQL passes a function at most 100 arguments
USUAL = 20  # what a bounded list is counted as; the operations' maximum is seldom near


class Scope:
    """One FROM clause: a base, and the to-one joins that the selection adds to it."""

    def __init__(self, base: FromClause) -> None:
        self.parts: list[FromClause] = [base]
        self.from_: FromClause = base

    def join(self, target: FromClause, condition: ColumnElement[bool]) -> None:
        self.from_ = self.from_.outerjoin(target, condition)
        self.parts.append(target)


@dataclass(frozen=True, slots=True)
class At:
    """A row while it is compiled (shapes.Row). Without a scope its to-ones are subqueries, not joins: under an
    abstract type CASE then skips those of the other members."""

    c: Any
    args: Any
    asks: Builder
    outer_row: "At | None"
    scope: Scope | None
    times: int  # at most so many of it in one answer
    path: tuple[str, ...]
    by_id: bool = False
    found: bool = False  # by a search, or beneath what was

    @property
    def outer(self) -> Row:
        assert self.outer_row is not None, "the root has no outer row"
        return self.outer_row

    def down(self, key: str) -> "At":
        """The same row, one level deeper in the answer."""
        return replace(self, path=(*self.path, key))


Field: TypeAlias = "tuple[GraphQLField, At, Selected, Arguments]"


class Compiler:
    """Selections over sources to SQL. Connections, nodes by id and abstract types have modules of their own, given
    here as `kinds` (shape -> how a field of it is compiled) and `abstract`. `live`: for a subscription."""

    def __init__(
        self,
        builder: Builder,
        sources: Sources,
        kinds: Mapping[type, Callable[["Compiler", Any, Field], Json]],
        abstract: Callable[["Compiler", Abstract, At, Sequence[FieldNode]], Json],
        *,
        live: bool,
    ) -> None:
        self.builder = builder
        self.sources = sources
        self.kinds = kinds
        self.abstract = abstract
        self.live = live

    def object(self, type_: GraphQLObjectType, source: Source, row: At, nodes: Sequence[FieldNode]) -> Json:
        """The selected fields of one row as a JSON object, keys in the order in which they were asked."""
        return self.fields(type_, source, row, self.builder.collect(type_, nodes))

    def fields(self, type_: GraphQLObjectType, source: Source, row: At, selection: Sequence[Selected]) -> Json:
        if len(row.path) > self.builder.limits.depth:
            most = self.builder.limits.depth
            raise too_costly(f"Deeper than {most} levels.", len(row.path), most)
        pairs: list[tuple[str, Json]] = []
        needs: dict[str, Json] = {}
        for selected in selection:
            if selected.name == "__typename":
                pairs.append((selected.key, word(type_.name)))
                continue
            shape = source.fields[selected.name]
            if isinstance(shape, Computed):
                self.builder.computed = True
                for need in shape.needs:
                    column = source.facts.get(need) or source.fields[need]
                    assert isinstance(column, Column)
                    needs[need] = column.sql(row)
            else:
                pairs.append((selected.key, self.field(type_, shape, row, selected)))
        if self.builder.completing:
            pairs.append(("$type", word(type_.name)))
            if needs:
                pairs.append(("$facts", build_object(needs.items())))
        return build_object(pairs)

    def field(self, type_: GraphQLObjectType, shape: Shape, row: At, selected: Selected) -> Json:
        field = type_.fields[selected.name]
        arguments = self.builder.arguments(field, selected, (*row.path, selected.key))
        match shape:
            case Column():
                self.builder.count_rows(shape.cost * row.times)
                self.builder.moving |= shape.moving
                return shape.sql(replace(row, args=arguments) if field.args else row)
            case One():
                return self.one(shape, row, selected, arguments)
            case Here():
                return self.here(shape, row, selected, arguments)
            case Many():
                return self.many(shape, row, selected, arguments)
            case _:
                return self.kinds[type(shape)](self, shape, (field, row, selected, arguments))

    def child(self, row: At, columns: Any, scope: Scope | None, arguments: Any, key: str, times: int) -> At:
        self.builder.count_rows(times)
        return At(columns, arguments, self.builder, row, scope, times, (*row.path, key), found=row.found)

    def value(self, type_name: str, row: At, nodes: Sequence[FieldNode]) -> Json:
        """The selection over a row of a concrete or an abstract type."""
        if type_name in self.sources.abstract:
            return self.abstract(self, self.abstract_type(type_name), row, nodes)
        return self.object(self.type(type_name), self.sources.concrete[type_name], row, nodes)

    def type(self, name: str) -> GraphQLObjectType:
        return cast(GraphQLObjectType, self.builder.schema.type_map[name])

    def target(self, type_name: str, *, by_id: bool = False) -> tuple[Any, Callable[[Any, Asks], Any]]:
        """A fresh alias of the type's table, and who sees its rows."""
        source = self.sources.concrete.get(type_name) or self.abstract_type(type_name)
        sees = source.sees
        if by_id and isinstance(source, Source) and source.by_id is not None:
            sees = source.by_id
        return source.table.alias(), sees

    def abstract_type(self, name: str) -> Abstract:
        shape = self.sources.abstract[name]
        return shape.on_a_wall if shape.on_a_wall and self.builder.sight.on_a_wall else shape

    def one(self, shape: One, row: At, selected: Selected, arguments: Arguments) -> Json:
        target, sees = self.target(shape.type, by_id=shape.by_id)
        if shape.by_id:
            self.builder.per_person = True
        apart = row.scope is None or shape.type in self.sources.abstract
        scope = Scope(target) if apart else row.scope
        assert scope is not None
        child = self.child(row, target.c, scope, arguments, selected.key, row.times)
        child = replace(child, by_id=shape.by_id)
        condition = and_(shape.on(row, child), sees(target.c, self.builder))
        if not apart:
            scope.join(target, condition)
            json = self.value(shape.type, child, selected.nodes)
            return case((next(iter(target.primary_key)).is_(None), null()), else_=json)
        json = self.value(shape.type, child, selected.nodes)
        return select(json).select_from(scope.from_).where(condition).correlate_except(*scope.parts).scalar_subquery()

    def here(self, shape: Here, row: At, selected: Selected, arguments: Arguments) -> Json:
        child = replace(row, args=arguments, outer_row=row, path=(*row.path, selected.key))
        json = self.value(shape.type, child, selected.nodes)
        when = shape.when(child)
        return json if when is None else case((when, json), else_=null())

    def many(self, shape: Many, row: At, selected: Selected, arguments: Arguments) -> Json:
        target, sees = self.target(shape.type)
        most = self.asked_for(shape, row, selected, arguments)
        if shape.searched:
            self.require_searchable(row, selected)
        self.builder.count_rows(shape.cost * row.times)
        self.builder.moving |= shape.moving
        child = self.child(row, target.c, None, arguments, selected.key, row.times * min(most, USUAL))
        page = (
            select(target)
            .where(shape.on(row, child), sees(target.c, self.builder))
            .order_by(*shape.order(child))
            .limit(literal_column(str(most)))
            .correlate_except(target)
            .subquery()
        )
        scope = Scope(page)
        child = replace(child, c=page.c, scope=scope, found=row.found or shape.searched)
        json = self.value(shape.type, child, selected.nodes)
        rows = (
            select(json.label("j"))
            .select_from(scope.from_)
            .order_by(*shape.order(child))
            .correlate_except(*scope.parts)
            .subquery()
        )
        return select(func.coalesce(func.json_agg(rows.c.j), EMPTY)).correlate_except(rows).scalar_subquery()

    def require_searchable(self, row: At, selected: Selected) -> None:
        """Raises Refused where a search would be repeated more often than anybody can want."""
        why = "beneath another one" if row.found else "in a subscription: ask for it by a query" if self.live else None
        if why is not None:
            raise Refused(
                RefusalCode.TOO_COSTLY,
                f"{selected.name} is too costly {why}.",
                {"path": [*row.path, selected.key]},
            )

    def asked_for(self, shape: Many, row: At, selected: Selected, arguments: Arguments) -> int:
        if not shape.paged:
            return shape.most
        asked = arguments["first"].look()
        most = shape.most if asked is None else int(asked)
        if not 1 <= most <= MOST_BOARD_ITEMS:
            raise Refused(
                RefusalCode.BAD_ARGUMENT,
                f"first is between 1 and {MOST_BOARD_ITEMS}.",
                {"path": [*row.path, selected.key]},
            )
        return most


def build_object(pairs: Iterable[tuple[str, Json]]) -> Json:
    """A JSON object by function arguments; a wide one is joined from several, whose braces go.

    Not as a row of a subquery: in it an aggregate without columns, such as count(*), would count that one row.
    """
    pairs = list(pairs)
    if len(pairs) <= PAIRS:
        return func.json_build_object(*(part for key, value in pairs for part in (word(key), value)), type_=JSON)
    parts = [as_type(build_object(pairs[at : at + PAIRS]), Text) for at in range(0, len(pairs), PAIRS)]
    inner: list[Json] = [func.substr(func.left(part, literal_column("-1")), literal_column("2")) for part in parts]
    joined = [piece for part in inner for piece in (literal_column("', '"), part)][1:]
    return as_type(func.concat(literal_column("'{'"), *joined, literal_column("'}'")), JSON)
