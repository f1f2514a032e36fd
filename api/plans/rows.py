"""A row's selection as one JSON object, with the rows it belongs to and the lists it has."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from graphql import FieldNode, GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy import ColumnElement, FromClause, and_, case, func, literal_column, null, select
from sqlalchemy.dialects.postgresql import JSON

from api.plans.selection import Arguments, Builder, Selected, word
from api.plans.shapes import (
    Asks,
    ById,
    Column,
    Computed,
    Connection,
    FeedPages,
    Live,
    Many,
    One,
    Row,
    Shape,
    Source,
    Sources,
)
from db.errors import Refused
from db.rules import MOST_BOARD_ITEMS
from db.terms import RefusalCode

Json = ColumnElement[Any]
EMPTY: Json = literal_column("'[]'::json", JSON)
PAIRS = 50  # PostgreSQL passes a function at most 100 arguments


class Scope:
    """One FROM clause: a base, and the to-one joins that the selection adds to it."""

    def __init__(self, base: FromClause) -> None:
        self.base = base
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
    asks: Asks
    outer_row: "At | None"
    scope: Scope | None
    times: int  # at most so many of it in one answer
    path: tuple[str, ...]

    @property
    def outer(self) -> Row:
        assert self.outer_row is not None, "the root has no outer row"
        return cast(Row, self.outer_row)


class Compiler:
    """Selections over sources to SQL; connections and abstract types are in their own modules."""

    def __init__(self, builder: Builder, sources: Sources) -> None:
        self.builder = builder
        self.sources = sources

    def object(self, type_: GraphQLObjectType, source: Source, row: At, nodes: Sequence[FieldNode]) -> Json:
        """The selected fields of one row as a JSON object, keys in the order in which they were asked."""
        return self.fields(type_, source, row, self.builder.collect(type_, nodes))

    def fields(
        self, type_: GraphQLObjectType, source: Source, row: At, selection: Sequence[Selected]
    ) -> Json:
        if len(row.path) > self.builder.limits.depth:
            raise Refused(RefusalCode.TOO_COSTLY, f"Deeper than {self.builder.limits.depth} levels.")
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
                    needs[need] = column.sql(cast(Row, row))
            else:
                pairs.append((selected.key, self.field(type_, shape, row, selected)))
        if self.builder.completing:
            pairs.append(("$type", word(type_.name)))
            if needs:
                pairs.append(("$facts", build_object(needs.items())))
        return build_object(pairs)

    def field(self, type_: GraphQLObjectType, shape: Shape, row: At, selected: Selected) -> Json:
        field = type_.fields[selected.name]
        path = (*row.path, selected.key)
        arguments = self.builder.arguments(field, selected, path)
        match shape:
            case Column():
                return shape.sql(cast(Row, replace(row, args=arguments)))
            case One():
                return self.one(field, shape, row, selected, arguments)
            case Many():
                return self.many(field, shape, row, selected, arguments)
            case Connection() | FeedPages():
                from api.plans.connections import connection

                return connection(self, field, shape, row, selected, arguments)
            case ById():
                from api.plans.abstract import by_id

                return by_id(self, shape, row, selected, arguments)
            case Computed() | Live():
                raise AssertionError(f"{type_.name}.{selected.name} has no value in SQL")

    def child(self, row: At, columns: Any, scope: Scope | None, arguments: Any, key: str, times: int) -> At:
        self.builder.count_rows(times)
        return At(columns, arguments, self.builder, row, scope, times, (*row.path, key))

    def value(self, type_name: str, row: At, nodes: Sequence[FieldNode]) -> Json:
        """The selection over a row of a concrete or an abstract type."""
        if type_name in self.sources.abstract:
            from api.plans.abstract import abstract

            return abstract(self, self.sources.abstract[type_name], row, nodes)
        return self.object(self.type(type_name), self.sources.concrete[type_name], row, nodes)

    def type(self, name: str) -> GraphQLObjectType:
        return cast(GraphQLObjectType, self.builder.schema.type_map[name])

    def target(self, type_name: str, *, by_id: bool = False) -> tuple[FromClause, Callable[[Any, Asks], Any]]:
        """A fresh alias of the type's table, and who sees its rows."""
        source = self.sources.concrete.get(type_name) or self.sources.abstract[type_name]
        sees = source.sees
        if by_id and isinstance(source, Source) and source.by_id is not None:
            sees = source.by_id
        return source.table.alias(), sees

    def one(
        self, field: GraphQLField, shape: One, row: At, selected: Selected, arguments: Arguments
    ) -> Json:
        target, sees = self.target(shape.type, by_id=shape.by_id)
        abstract = shape.type in self.sources.abstract
        scope = row.scope if not abstract else None
        joined = scope is not None
        own = scope or (None if abstract else Scope(target))
        child = self.child(row, target.c, own, arguments, selected.key, row.times)
        condition = and_(shape.on(cast(Row, row), cast(Row, child)), sees(target.c, self.builder))
        if joined:
            assert scope is not None
            scope.join(target, condition)
            json = self.value(shape.type, child, selected.nodes)
            return case((first_key(target).is_(None), null()), else_=json)
        json = self.value(shape.type, child, selected.nodes)
        return (
            select(json)
            .select_from(own.from_ if own else target)
            .where(condition)
            .correlate_except(*(own.parts if own else [target]))
            .scalar_subquery()
        )

    def many(
        self, field: GraphQLField, shape: Many, row: At, selected: Selected, arguments: Arguments
    ) -> Json:
        target, sees = self.target(shape.type)
        most = shape.most
        if shape.paged:
            asked = arguments["first"].look()
            most = shape.most if asked is None else asked
            if not 1 <= most <= MOST_BOARD_ITEMS:
                raise Refused(
                    RefusalCode.BAD_ARGUMENT,
                    f"first is between 1 and {MOST_BOARD_ITEMS}.",
                    {"path": [*row.path, selected.key]},
                )
        # Where it has a maximum that operations enforce, it need not be cut; the typical is far below.
        child = self.child(row, target.c, None, arguments, selected.key, row.times * min(most, 20))
        via = shape.via.alias() if shape.via is not None else None
        on = shape.on(row, child, via.c) if via is not None else shape.on(row, child)
        page = (
            select(target)
            .select_from(target if via is None else via.join(target, literal_column("true")))
            .where(on, sees(target.c, self.builder))
            .order_by(*shape.order(child))
            .limit(literal_column(str(most)))
            .correlate_except(target, *([] if via is None else [via]))
            .subquery()
        )
        scope = Scope(page)
        child = replace(child, c=page.c, scope=scope)
        json = self.value(shape.type, child, selected.nodes)
        rows = (
            select(json.label("j"))
            .select_from(scope.from_)
            .order_by(*shape.order(child))
            .correlate_except(*scope.parts)
            .subquery()
        )
        return select(func.coalesce(func.json_agg(rows.c.j), EMPTY)).correlate_except(rows).scalar_subquery()


def first_key(target: FromClause) -> ColumnElement[Any]:
    return next(iter(target.primary_key))


def build_object(pairs: Iterable[tuple[str, Json]]) -> Json:
    """A JSON object by function arguments; a wide one as a row, whose column names are the keys."""
    pairs = list(pairs)
    if len(pairs) <= PAIRS:
        return func.json_build_object(*(part for key, value in pairs for part in (word(key), value)), type_=JSON)
    record = select(*(value.label(key) for key, value in pairs)).correlate_except(None).subquery()
    return (
        select(func.row_to_json(record.table_valued(), type_=JSON))
        .select_from(record)
        .correlate_except(record)
        .scalar_subquery()
    )


def named(field: GraphQLField) -> str:
    return get_named_type(field.type).name
