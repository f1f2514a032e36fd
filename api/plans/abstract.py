"""Interfaces and unions over rows of one table, and nodes by id: CASE with one arm a concrete type."""

from collections.abc import Sequence
from dataclasses import replace

from graphql import FieldNode
from sqlalchemy import ARRAY, ColumnElement, String, Text, Uuid, and_, case, column, func, null, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from api.cursors import split_id
from api.plans.arguments import Arguments
from api.plans.rows import EMPTY, At, Compiler, Field, Json, Scope
from api.plans.selection import word
from api.plans.shapes import Abstract, ById, Source
from db.errors import Refused
from db.rules import MOST_NODES
from db.terms import RefusalCode


def abstract(compiler: Compiler, shape: Abstract, row: At, nodes: Sequence[FieldNode]) -> Json:
    """The selection over a row that may be of several types. Its to-ones are subqueries, which CASE skips."""
    row = replace(row, scope=None)
    arms: list[tuple[str, Json]] = []
    rows_before = most = compiler.builder.rows
    for name, kind in shape.members.items():
        compiler.builder.rows = rows_before  # a row is of one type: the costliest arm counts
        source = compiler.sources.concrete[name]
        arms.append((kind, compiler.object(compiler.type(name), source, row, nodes)))
        most = max(most, compiler.builder.rows)
    compiler.builder.rows = most
    if shape.kind is None:
        return arms[0][1]
    kind_of = shape.kind(row)
    return case(*((kind_of == word(kind), json) for kind, json in arms), else_=null())


def by_id(compiler: Compiler, shape: ById, at: Field) -> Json:
    """A node, or the list of nodes, by global id; null for what does not exist or may not be seen, the same."""
    _, row, selected, arguments = at
    key, nodes = selected.key, selected.nodes
    compiler.builder.per_person = True
    if shape.many:
        return many_by_id(compiler, row, key, arguments, nodes)
    given = arguments["id"]
    tag = given.seen("tag", lambda value: known_tag(compiler, value))
    source = compiler.sources.tags.get(tag)
    if source is None:
        return null()
    id_ = given.bind(Uuid, lambda value: (split_id(value) or (None, None))[1])
    return node(compiler, source, row, key, arguments, nodes, id_, 1)


def known_tag(compiler: Compiler, value: object) -> str:
    """The tag of an id of a type that there is, otherwise nothing: what a caller made up is never part of a key."""
    found = split_id(value)
    return found[0] if found and found[0] in compiler.sources.tags else ""


def known_tags(compiler: Compiler, value: Sequence[object]) -> tuple[str, ...]:
    if len(value) > MOST_NODES:
        raise Refused(RefusalCode.BAD_ARGUMENT, f"At most {MOST_NODES} ids.")
    return tuple(sorted({tag for id_ in value if (tag := known_tag(compiler, id_))}))


def many_by_id(compiler: Compiler, row: At, key: str, arguments: Arguments, nodes: Sequence[FieldNode]) -> Json:
    given = arguments["ids"]
    tags = given.seen("tags", lambda value: known_tags(compiler, value))
    asked = (
        func.unnest(
            given.bind(ARRAY(Text), lambda value: [known_tag(compiler, id_) for id_ in value]),
            given.bind(ARRAY(Uuid), lambda value: [(split_id(id_) or (None, None))[1] for id_ in value]),
        )
        .table_valued(column("tag", String), column("id", Uuid), with_ordinality="n", name=f"asked{len(row.path)}")
        .render_derived()
    )
    sources = [compiler.sources.tags[tag] for tag in tags]
    arms = [
        (
            asked.c.tag == word(source.tag or ""),
            node(compiler, source, row, key, arguments, nodes, asked.c.id, MOST_NODES),
        )
        for source in sources
    ]
    json = case(*arms, else_=null()) if arms else null()
    listed = select(json.label("j"), asked.c.n.label("n")).select_from(asked).correlate_except(asked).subquery()
    return (
        select(func.coalesce(func.json_agg(aggregate_order_by(listed.c.j, listed.c.n)), EMPTY))
        .correlate_except(listed)
        .scalar_subquery()
    )


def node(
    compiler: Compiler,
    source: Source,
    row: At,
    key: str,
    arguments: Arguments,
    nodes: Sequence[FieldNode],
    id_: ColumnElement[object],
    times: int,
) -> Json:
    target, sees = compiler.target(source.type, by_id=True)
    scope = Scope(target)
    child = replace(compiler.child(row, target.c, scope, arguments, key, times), by_id=True)
    json = compiler.object(compiler.type(source.type), source, child, nodes)
    return (
        select(json)
        .select_from(scope.from_)
        .where(and_(target.c.id == id_, sees(target.c, compiler.builder)))
        .correlate_except(*scope.parts)
        .scalar_subquery()
    )
