"""Keyset connections: a page of rows, its edges and cursors, and only what is asked of them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

from graphql import GraphQLObjectType, get_named_type
from sqlalchemy import ColumnElement, Text, false, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSON
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from api.plans.arguments import Arguments, Given
from api.plans.places import FeedPlaces, Places, order_places
from api.plans.rows import EMPTY, At, Compiler, Field, Json, Scope, build_object
from api.plans.selection import Selected, word
from api.plans.shapes import Connection, FeedPages
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

    def __init__(self, arguments: Arguments) -> None:
        names = arguments.field.args
        first, last = (arguments[n].look() if n in names else None for n in ("first", "last"))
        self.after, self.before = (cursor_of(arguments, n) if n in names else None for n in ("after", "before"))
        if first is not None and last is not None:
            raise self.refusal(arguments, "Ask for the first or for the last, not for both.")
        self.backward = last is not None
        self.size = PAGE_DEFAULT
        for asked in (first, last):
            if asked is not None:
                if not 1 <= asked <= PAGE_MOST:
                    raise self.refusal(arguments, f"A page has 1 to {PAGE_MOST} items.")
                self.size = int(asked)

    def refusal(self, arguments: Arguments, message: str) -> Refused:
        return Refused(RefusalCode.BAD_ARGUMENT, message, {"path": list(arguments.path)})


def cursor_of(arguments: Arguments, name: str) -> Given | None:
    return arguments[name] if arguments[name].given else None


def connection(compiler: Compiler, shape: Connection | FeedPages, at: Field) -> Json:
    """The connection object: a page first, then its joins, then only the aggregates that are selected."""
    field, row, selected, arguments = at
    builder = compiler.builder
    page = Page(arguments)
    type_ = cast(GraphQLObjectType, get_named_type(field.type))
    selection = builder.collect(type_, selected.nodes)
    info_type = cast(GraphQLObjectType, get_named_type(type_.fields["pageInfo"].type))
    infos = {s.key: builder.collect(info_type, s.nodes) for s in selection if s.name == "pageInfo"}
    asked = {s.name for fields in infos.values() for s in fields}
    surplus = ("hasPreviousPage" if page.backward else "hasNextPage") in asked
    places: Places
    if isinstance(shape, FeedPages):
        # Where the last page ends is the position at which the answer was read.
        surplus = surplus or (not page.backward and not page.before and "endCursor" in asked)
        places, by_id = FeedPlaces(), False
        builder.reads_log = True
    else:
        places = order_places(shape, arguments)
        by_id = shape.by_id(replace(row, args=arguments))

    target, sees = compiler.target(shape.type, by_id=by_id)
    if by_id:
        builder.per_person = True
    child = compiler.child(row, target.c, None, arguments, selected.key, row.times * page.size)
    rows_page = rows_of(page, surplus, places, child, target, [shape.on(row, child), sees(target.c, builder)])
    scope = Scope(rows_page)
    child = replace(child, c=rows_page.c, scope=scope)
    cut = Cut(page, surplus)
    columns = Columns()
    wanted: list[tuple[str, Callable[[Any], Json]]] = []
    for s in selection:
        wanted.append((s.key, part(compiler, s, type_, shape, child, infos, columns, cut, places)))
    rows = (
        select(*columns.all())
        .select_from(scope.from_)
        .order_by(*places.sorted(child, ascending=not places.order.descending))
        .correlate_except(*scope.parts)
        .subquery()
    )
    pairs = [(key, make(rows)) for key, make in wanted]
    if builder.completing:
        pairs.append(("$type", word(type_.name)))
    aggregate = select(build_object(pairs)).select_from(rows).group_by(literal_column("()"))
    return aggregate.correlate_except(rows).scalar_subquery()


def rows_of(
    page: Page, surplus: bool, places: Places, child: At, target: Any, conditions: list[ColumnElement[bool]]
) -> Any:
    """The rows of one page, nearest to the cursor first, with one more where somebody asks whether there is more."""
    for given, onward in ((page.after, True), (page.before, False)):
        if given is not None:
            conditions.append(places.beyond(given, child, ascending=onward != places.order.descending))
    return (
        select(target)
        .where(*conditions)
        .order_by(*places.sorted(child, ascending=places.order.descending == page.backward))
        .limit(literal_column(str(page.size + surplus)))
        .correlate_except(target)
        .subquery()
    )


class Columns:
    """The columns that a page's rows are given before they are aggregated."""

    def __init__(self) -> None:
        self.found: list[tuple[str, Json]] = []

    def add(self, json: Json) -> str:
        self.found.append((f"v{len(self.found)}", json))
        return self.found[-1][0]

    def all(self) -> list[Any]:
        return [json.label(name) for name, json in self.found or [("v0", true())]]


def part(
    compiler: Compiler,
    s: Selected,
    type_: GraphQLObjectType,
    shape: Connection | FeedPages,
    child: At,
    infos: dict[str, list[Selected]],
    columns: Columns,
    cut: "Cut",
    places: Places,
) -> Callable[[Any], Json]:
    """One field of the connection object, as what makes it from the aggregated rows."""
    if s.name == "nodes":
        name = columns.add(compiler.value(shape.type, child.down(s.key), s.nodes))
        return lambda rows: cut.list(rows.c[name])
    if s.name == "edges":
        name = columns.add(edge(compiler, s, type_, shape, child.down(s.key), places))
        return lambda rows: cut.list(rows.c[name])
    if s.name == "pageInfo":
        fields = infos[s.key]
        ends = {"startCursor", "endCursor"} & {f.name for f in fields}
        place = columns.add(places.place(child)) if ends else ""
        info = get_named_type(type_.fields["pageInfo"].type).name
        typed = compiler.builder.completing
        return lambda rows: build_object(page_info(fields, rows, place, cut, places, info, typed=typed))
    return lambda rows: word(type_.name)


def edge(
    compiler: Compiler,
    s: Selected,
    type_: GraphQLObjectType,
    shape: Connection | FeedPages,
    child: At,
    places: Places,
) -> Json:
    edge_type = cast(GraphQLObjectType, get_named_type(type_.fields["edges"].type))
    pairs: list[tuple[str, Json]] = []
    for e in compiler.builder.collect(edge_type, s.nodes):
        if e.name == "__typename":
            pairs.append((e.key, word(edge_type.name)))
        elif e.name == "cursor":
            pairs.append((e.key, places.cursor(places.place(child))))
        else:
            pairs.append((e.key, compiler.value(shape.type, child.down(e.key), e.nodes)))
    if compiler.builder.completing:
        pairs.append(("$type", word(edge_type.name)))
    return build_object(pairs)


class Cut:
    """Takes the surplus row, fetched only to know whether there are more, off an aggregate."""

    def __init__(self, page: Page, surplus: bool) -> None:
        self.page = page
        self.surplus = surplus
        self.size: Json = literal_column(str(page.size))

    @property
    def start(self) -> Json:
        if self.surplus and self.page.backward:
            return func.greatest(func.count() - self.size, literal_column("0")) + literal_column("1")
        return literal_column("1")

    @property
    def stop(self) -> Json:
        if self.surplus and not self.page.backward:
            return func.least(func.count(), self.size)
        return func.count()

    @property
    def more(self) -> Json:
        return func.count() > self.size

    def list(self, column: Json) -> Json:
        if not self.surplus:
            return func.coalesce(func.json_agg(column), EMPTY)
        return func.coalesce(func.array_to_json(Piece(func.array_agg(column), self.start, self.stop)), EMPTY)

    def item(self, column: Json, *, last: bool) -> Json:
        return Item(func.array_agg(column), self.stop if last else self.start)


def page_info(
    fields: Sequence[Selected], rows: Any, place: str, cut: Cut, places: Places, info: str, *, typed: bool
) -> list[tuple[str, Json]]:
    page = cut.page
    pairs: list[tuple[str, Json]] = []
    for s in fields:
        match s.name:
            case "__typename":
                json: Json = word(info)
            case "hasNextPage":
                json = (true() if page.before else false()) if page.backward else cut.more
            case "hasPreviousPage":
                json = cut.more if page.backward else (true() if page.after else false())
            case "startCursor":
                json = places.start(cut.item(rows.c[place], last=False))
            case _:
                follows = true() if page.before else false() if page.backward else cut.more
                json = places.end(cut.item(rows.c[place], last=True), follows)
        pairs.append((s.key, json))
    if typed:
        pairs.append(("$type", word(info)))
    return pairs
