"""Keyset connections: a page of rows, its edges and cursors, and only what is asked of them."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import orjson
from graphql import GraphQLField, GraphQLObjectType, get_named_type
from sqlalchemy import ColumnElement, Text, Uuid, and_, false, func, literal_column, null, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from api.cursors import decode_cursor
from api.plans.rows import EMPTY, At, Compiler, Json, Scope, build_object
from api.plans.selection import Arguments, Given, Selected, word
from api.plans.shapes import Connection, FeedPages, Key, Order, Row
from db.errors import Refused
from db.rules import PAGE_DEFAULT, PAGE_MOST
from db.terms import RefusalCode


class Piece(FunctionElement[Any]):
    """An array's items from one place to another: SQLAlchemy does not bracket a function that it subscripts."""

    inherit_cache = True
    name = "piece"
    type = ARRAY(JSON)


@compiles(Piece)
def compile_piece(element: Piece, compiler: Any, **kw: Any) -> str:
    array, start, stop = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({array})[{start}:{stop}]"


class Item(FunctionElement[Any]):
    """One item of an array of texts."""

    inherit_cache = True
    name = "item"
    type = Text()


@compiles(Item)
def compile_item(element: Item, compiler: Any, **kw: Any) -> str:
    array, at = (compiler.process(clause, **kw) for clause in element.clauses)
    return f"({array})[{at}]"


class Page:
    """What `first`, `after`, `last` and `before` ask for; everything but the cursors' values shapes the SQL."""

    def __init__(self, arguments: Arguments, path: Sequence[str]) -> None:
        self.path = list(path)
        names = arguments.field.args
        first = arguments["first"].look() if "first" in names else None
        last = arguments["last"].look() if "last" in names else None
        self.after: Given | None = arguments["after"] if "after" in names and arguments["after"].given else None
        self.before: Given | None = (
            arguments["before"] if "before" in names and arguments["before"].given else None
        )
        explicit = has_argument(arguments, "first")
        if last is not None and (explicit and first is not None):
            raise self.refusal("Ask for the first or for the last, not for both.")
        self.backward = last is not None
        self.size: int = (last if self.backward else first) or PAGE_DEFAULT
        for asked in (first, last):
            if asked is not None and not 1 <= asked <= PAGE_MOST:
                raise self.refusal(f"A page has 1 to {PAGE_MOST} items.")

    def refusal(self, message: str) -> Refused:
        return Refused(RefusalCode.BAD_ARGUMENT, message, {"path": self.path})


def has_argument(arguments: Arguments, name: str) -> bool:
    return any(a.name.value == name for a in arguments.node.arguments or ())


class Paging:
    """How rows of a connection are ordered, and how a place among them is written and read."""

    def keys(self, row: At) -> list[ColumnElement[Any]]:
        raise NotImplementedError

    descending = False


def connection(
    compiler: Compiler,
    field: GraphQLField,
    shape: Connection | FeedPages,
    row: At,
    selected: Selected,
    arguments: Arguments,
) -> Json:
    """The connection object: a page first, then its joins, then only the aggregates that are selected."""
    builder = compiler.builder
    path = (*row.path, selected.key)
    page = Page(arguments, path)
    type_ = cast(GraphQLObjectType, get_named_type(field.type))
    selection = builder.collect(type_, selected.nodes)
    info_type = compiler.type("PageInfo")
    infos = {s.key: builder.collect(info_type, s.nodes) for s in selection if s.name == "pageInfo"}
    asked = {s.name for fields in infos.values() for s in fields}
    surplus = ("hasPreviousPage" if page.backward else "hasNextPage") in asked
    if isinstance(shape, FeedPages) and not page.backward and "endCursor" in asked:
        surplus = True  # the end of the last page is the position at which the answer was read

    target, sees = compiler.target(
        shape.type, by_id=isinstance(shape, Connection) and shape.by_id(cast(Row, replace(row, args=arguments)))
    )
    child = compiler.child(row, target.c, None, arguments, selected.key, row.times * page.size)
    places = feed_places() if isinstance(shape, FeedPages) else order_places(shape, arguments)
    forward = places.order.descending == page.backward
    conditions = [shape.on(cast(Row, row), cast(Row, child)), sees(target.c, builder)]
    for given, onward in ((page.after, True), (page.before, False)):
        if given is not None:
            conditions.append(places.beyond(given, child, ascending=onward != places.order.descending))
    rows_page = (
        select(target)
        .where(*conditions)
        .order_by(*(key.asc() if forward else key.desc() for key in places.keys(child)))
        .limit(literal_column(str(page.size + surplus)))
        .correlate_except(target)
        .subquery()
    )
    scope = Scope(rows_page)
    child = replace(child, c=rows_page.c, scope=scope)
    columns: list[tuple[str, Json]] = []

    def column(json: Json) -> str:
        columns.append((f"v{len(columns)}", json))
        return columns[-1][0]

    wanted: list[tuple[str, Callable[[Any], Json]]] = []
    edge_type = cast(GraphQLObjectType, get_named_type(type_.fields["edges"].type))
    cut = Cut(page, surplus)
    for s in selection:
        if s.name == "__typename":
            wanted.append((s.key, lambda rows: word(type_.name)))
        elif s.name == "nodes":
            inner = replace(child, path=(*path, s.key))
            name = column(compiler.value(shape.type, inner, s.nodes))
            wanted.append((s.key, lambda rows, name=name: cut.list(rows.c[name])))
        elif s.name == "edges":
            pairs: list[tuple[str, Json]] = []
            for e in builder.collect(edge_type, s.nodes):
                if e.name == "__typename":
                    pairs.append((e.key, word(edge_type.name)))
                elif e.name == "cursor":
                    pairs.append((e.key, places.cursor(child, places.keys(child))))
                else:
                    inner = replace(child, path=(*path, s.key, e.key))
                    pairs.append((e.key, compiler.value(shape.type, inner, e.nodes)))
            if builder.completing:
                pairs.append(("$type", word(edge_type.name)))
            name = column(build_object(pairs))
            wanted.append((s.key, lambda rows, name=name: cut.list(rows.c[name])))
        elif s.name == "pageInfo":
            names: list[str] = []
            if {"startCursor", "endCursor"} & asked:
                names = [column(func.cast(key, Text) if False else text(key)) for key in places.keys(child)]
            wanted.append(
                (
                    s.key,
                    lambda rows, fields=infos[s.key], names=names: build_object(
                        page_info(fields, rows, names, cut, places, row)
                    ),
                )
            )
    rows = (
        select(*(json.label(name) for name, json in columns or [("v0", true())]))
        .select_from(scope.from_)
        .order_by(
            *(key.desc() if places.order.descending else key.asc() for key in places.keys(child))
        )
        .correlate_except(*scope.parts)
        .subquery()
    )
    pairs = [(key, make(rows)) for key, make in wanted]
    if builder.completing:
        pairs.append(("$type", word(type_.name)))
    aggregate = select(build_object(pairs)).select_from(rows).group_by(literal_column("()"))
    return aggregate.correlate_except(rows).scalar_subquery()


class Cut:
    """Takes the surplus row, fetched only to know whether there are more, off an aggregate."""

    def __init__(self, page: Page, surplus: bool) -> None:
        self.page = page
        self.surplus = surplus

    @property
    def count(self) -> Json:
        return func.count()

    @property
    def start(self) -> Json:
        if self.surplus and self.page.backward:
            return func.greatest(self.count - literal_column(str(self.page.size)), literal_column("0")) + (
                literal_column("1")
            )
        return literal_column("1")

    @property
    def stop(self) -> Json:
        if self.surplus and not self.page.backward:
            return func.least(self.count, literal_column(str(self.page.size)))
        return self.count

    @property
    def more(self) -> Json:
        return self.count > literal_column(str(self.page.size))

    def list(self, column: Json) -> Json:
        if not self.surplus:
            return func.coalesce(func.json_agg(column), EMPTY)
        return func.coalesce(func.array_to_json(Piece(func.array_agg(column), self.start, self.stop)), EMPTY)

    def item(self, column: Json, *, last: bool) -> Json:
        return Item(func.array_agg(column), self.stop if last else self.start)


def page_info(
    fields: Sequence[Selected], rows: Any, names: Sequence[str], cut: Cut, places: "Places", row: At
) -> list[tuple[str, Json]]:
    page = cut.page
    pairs: list[tuple[str, Json]] = []
    for s in fields:
        match s.name:
            case "__typename":
                json: Json = word("PageInfo")
            case "hasNextPage":
                json = (true() if page.before else false()) if page.backward else cut.more
            case "hasPreviousPage":
                json = cut.more if page.backward else (true() if page.after else false())
            case _:
                last = s.name == "endCursor"
                keys = [cut.item(rows.c[name], last=last) for name in names]
                json = places.at(row, keys, last=last, cut=cut)
        pairs.append((s.key, json))
    if row.asks and getattr(row.asks, "completing", False):
        pairs.append(("$type", word("PageInfo")))
    return pairs


def text(key: Json) -> Json:
    """A sort key as the text that PostgreSQL's JSON has for it: what a cursor carries."""
    return func.to_json(key).op("#>>")(literal_column("'{}'"))


class Places:
    """Where a row stands in an order: its keys, the condition of being beyond a cursor, the cursor's SQL."""

    def __init__(self, name: str, order: Order) -> None:
        self.name = name
        self.order = order

    def all_keys(self) -> list[Key]:
        return [*self.order.keys, Key(lambda row: row.c.id, Uuid, UUID)]

    def keys(self, row: At) -> list[Json]:
        return [key.sql(cast(Row, row)) for key in self.all_keys()]

    def cursor(self, row: At, keys: Sequence[Json]) -> Json:
        return self.write([text(key) for key in keys])

    def write(self, keys: Sequence[Json]) -> Json:
        written = func.array_to_string(func.array([word(self.name), *keys]) if False else array(self.name, keys), "~")
        return func.translate(
            func.encode(func.convert_to(written, literal_column("'UTF8'")), literal_column("'base64'")),
            literal_column("E'\\n'"),
            literal_column("''"),
        )

    def at(self, row: At, keys: Sequence[Json], *, last: bool, cut: Cut) -> Json:
        from sqlalchemy import case

        return case((func.count() == 0, null()), else_=self.write(keys))

    def beyond(self, given: Given, row: At, *, ascending: bool) -> ColumnElement[bool]:
        bound = [
            given.bind(key.type, lambda value, at=at: self.read(value)[at])
            for at, key in enumerate(self.all_keys())
        ]
        mine, theirs = tuple_(*self.keys(row)), tuple_(*bound)
        return mine > theirs if ascending else mine < theirs

    def read(self, cursor: str) -> list[Any]:
        """The keys in a page cursor. Refuses what this connection in this order did not write."""
        try:
            name, *parts = base64.b64decode(cursor, validate=True).decode().split("~")
            keys = self.all_keys()
            if name != self.name or len(parts) != len(keys):
                raise ValueError(cursor)
            return [key.decode(part) for key, part in zip(keys, parts, strict=True)]
        except (ValueError, TypeError, binascii.Error, orjson.JSONDecodeError):
            raise Refused(
                RefusalCode.BAD_ARGUMENT, "This page cursor is not one of this list in this order."
            ) from None


def array(name: str, keys: Sequence[Json]) -> Json:
    from sqlalchemy.dialects.postgresql import array as pg_array

    return pg_array([word(name), *keys], type_=Text)


def order_places(shape: Connection, arguments: Arguments) -> Places:
    name = next(iter(shape.orders))
    if "orderBy" in arguments.field.args:
        name = str(arguments["orderBy"].look() or name)
    return Places(name, shape.orders[name])


class FeedPlaces(Places):
    """Positions: the page cursors of a feed are feed cursors."""

    def all_keys(self) -> list[Key]:
        return list(self.order.keys)

    def cursor(self, row: At, keys: Sequence[Json]) -> Json:
        return feed_cursor(keys[0])

    def at(self, row: At, keys: Sequence[Json], *, last: bool, cut: Cut) -> Json:
        from sqlalchemy import case

        head = head_position()
        if last and not cut.page.backward:
            return feed_cursor(case((cut.more, keys[0]), else_=text(head)))
        return feed_cursor(func.coalesce(keys[0], text(head)))

    def beyond(self, given: Given, row: At, *, ascending: bool) -> ColumnElement[bool]:
        given.builder.cursors.append(given.read)
        from sqlalchemy import Integer

        bound = given.bind(Integer, lambda value: decode_cursor(value).position)
        position = row.c.position
        return cast("ColumnElement[bool]", position > bound if ascending else position < bound)


def head_position() -> Json:
    return literal_column("head.position")


def feed_cursor(position: Json) -> Json:
    """A feed cursor's text, from the head that every statement of a plan reads."""
    return func.concat(literal_column("head.prefix"), position)


def feed_places() -> FeedPlaces:
    from sqlalchemy import Integer

    return FeedPlaces("POSITION", Order([Key(lambda row: row.c.position, Integer, int)]))


__all__ = ["connection", "and_"]
