"""A plan: a GraphQL operation, a mutation's payload or a subscription's events as one SQL statement."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from graphql import FragmentDefinitionNode, GraphQLObjectType, GraphQLSchema, SelectionSetNode
from sqlalchemy import Integer, Select, Text, Uuid, bindparam, false, func, literal_column, select
from sqlalchemy import cast as as_type

from api.plans.abstract import abstract, by_id
from api.plans.arguments import Reader, Variables
from api.plans.connections import connection
from api.plans.rows import At, Compiler, Field, Json, Scope, build_object
from api.plans.selection import Builder, Limits, Look, Parameter, Selected
from api.plans.shapes import Abstract, ById, Connection, FeedPages, Live, Source, Sources
from db.models import feed_heads
from db.sql import compiled
from db.terms import Sight

Beside = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

KINDS: Mapping[type, Callable[[Compiler, Any, Field], Json]] = {
    Connection: connection,
    FeedPages: connection,
    ById: by_id,
}


class Who(Protocol):
    """Whoever asks. `unit`: of a screen that has one; `person`: its own id, of a screen."""

    @property
    def organisation(self) -> UUID: ...

    @property
    def person(self) -> UUID: ...

    @property
    def unit(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A statement and what it takes. `executed`: why graphql-core's executor follows (unplanned.py).

    `digest` stands for the text. `rows`: the most that it can answer; `fields`: how many it asks for. `per_person`: the
    answer is this person's alone. `reads_log`: it looks at the log, whose old events may be pruned; as a payload's it
    must run after the commit. `cursors`: feed cursors among the arguments, with the field's path, whose epoch is
    checked. `moving`: it shows what changes without a new position. `types`: of a subscription, what tells the event
    types it can carry (None: any). `beside`: of types that come beside the events and from no table, what of them was
    selected: response key and field.
    """

    text: str
    digest: bytes
    names: Sequence[str]
    constants: Mapping[str, object]
    parameters: Mapping[str, Reader]
    per_person: bool
    executed: str
    reads_log: bool
    cursors: Sequence[tuple[Reader, Sequence[str]]]
    rows: int
    fields: int = 0
    moving: bool = False
    types: Reader | None = None
    beside: Beside = ()

    @property
    def completing(self) -> bool:
        return bool(self.executed)

    @property
    def weight(self) -> int:
        """Bytes, about, with what reads the variables: 5 to 9 KB, and one to two a character (tracemalloc)."""
        return 8192 + 2 * len(self.text) + 1024 * len(self.parameters)

    @property
    def versioned(self) -> bool:
        """Whether the position says all about how old an answer is. Pruning changes the log, and moves none."""
        return not (self.reads_log or self.moving)

    def args(self, who: Who, variables: Variables, given: Mapping[str, object]) -> list[object]:
        """The statement's arguments in order. Raises Refused for a bad cursor or id, before any SQL."""
        values = {"organisation": who.organisation, "person": who.person, "unit": who.unit, **given}
        return [
            values[name]
            if name in values
            else self.parameters[name](variables)
            if name in self.parameters
            else self.constants[name]
            for name in self.names
        ]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a plan is made for: where the schema's fields come from, and the document's parts. `live`: it is run again
    and again, for a subscription."""

    schema: GraphQLSchema
    sources: Sources
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Variables
    sight: Sight
    limits: Limits
    live: bool = False


Compiled = tuple[Plan, tuple[Look, ...]]


def head() -> Any:
    """The position that every statement reads, and the beginning of its cursors."""
    return (
        select(
            feed_heads.c.organisation_id,
            feed_heads.c.position,
            feed_heads.c.epoch,
            func.concat(
                feed_heads.c.epoch,
                literal_column("'.'"),
                func.replace(as_type(feed_heads.c.organisation_id, Text), literal_column("'-'"), literal_column("''")),
                literal_column("'.'"),
            ).label("prefix"),
        )
        .where(feed_heads.c.organisation_id == bindparam("organisation", type_=Uuid, required=False))
        .subquery("head")
    )


def query_plan(asked: Asked, type_: GraphQLObjectType, selection: SelectionSetNode) -> Compiled:
    """All root fields of a query and the position: columns position, epoch, body (the object under `data`)."""

    def statement(compiler: Compiler) -> Select[Any]:
        top = head()
        row = At(top.c, None, compiler.builder, None, None, 1, ())
        source = compiler.sources.concrete[type_.name]
        fields = compiler.builder.collect_root(type_, selection)
        planned = [s for s in fields if not s.name.startswith("__") or s.name == "__typename"]
        if len(planned) != len(fields):  # __schema and __type: the executor's
            compiler.builder.computed = compiler.builder.introspects = True
        body = compiler.fields(type_, source, row, planned)
        return select(top.c.position, top.c.epoch, as_type(body, Text).label("body")).select_from(top)

    return build(asked, statement)


def payload_plan(asked: Asked, type_name: str, selected: Selected, *, completing: bool = False) -> Compiled:
    """The result of a mutation, by the parameter `id`: columns body, gone. `completing`: as a tree for the executor."""

    def statement(compiler: Compiler) -> Select[Any]:
        top = head()
        source = compiler.sources.concrete.get(type_name) or compiler.sources.abstract[type_name]
        target, sees = compiler.target(type_name, by_id=True)
        scope = Scope(target)
        scope.join(top, top.c.organisation_id == target.c[organisation_column(source)])
        compiler.builder.per_person = True
        compiler.builder.computed |= completing
        row = At(target.c, None, compiler.builder, None, scope, 1, (selected.key,), by_id=True)
        body = compiler.value(type_name, row, selected.nodes)
        id_ = bindparam("id", type_=Uuid, required=False)
        gone = target.c.withdrawn_at.is_not(None) if "withdrawn_at" in target.c else false()
        return (
            select(as_type(body, Text).label("body"), gone.label("gone"))
            .select_from(scope.from_)
            .where(target.c.id == id_, sees(target.c, compiler.builder))
        )

    return build(asked, statement)


def organisation_column(source: Source | Abstract) -> str:
    return "organisation_id" if "organisation_id" in source.table.c else "id"


def events_plan(
    asked: Asked, type_: GraphQLObjectType, selected: Selected, beside: Sequence[GraphQLObjectType] = ()
) -> Compiled:
    """A subscription's events after one position up to another: columns position, body (the object under `data`).

    Parameters: after, upto, most. `beside`: types that its field can be too, and that no statement answers.
    """
    types: list[Reader] = []
    said: list[Beside] = []

    def statement(compiler: Compiler) -> Select[Any]:
        builder = compiler.builder
        builder.require_readable(type_, selected.name)
        field = type_.fields[selected.name]
        shape = compiler.sources.concrete[type_.name].fields[selected.name]
        assert isinstance(shape, Live)
        top = head()
        target, sees = compiler.target(shape.type)
        arguments = builder.arguments(field, selected, (selected.key,))
        row = At(target.c, arguments, builder, None, None, 1, (selected.key,))
        types.append(shape.types(row))
        said.append(
            tuple((one.name, tuple((s.key, s.name) for s in builder.collect(one, selected.nodes))) for one in beside)
        )
        position = target.c.position
        page = (
            select(target)
            .where(
                target.c.organisation_id == builder.organisation,
                position > bindparam("after", type_=Integer, required=False),
                position <= bindparam("upto", type_=Integer, required=False),
                sees(target.c, builder),
                shape.on(row),
            )
            .order_by(position)
            .limit(bindparam("most", type_=Integer, required=False))
            .subquery()
        )
        scope = Scope(page)
        item = At(page.c, arguments, builder, row, scope, 1, (selected.key,))
        json = compiler.value(shape.type, item, selected.nodes)
        data = build_object([(selected.key, json)])
        rows = scope.from_.join(top, literal_column("true"))
        return select(page.c.position, as_type(data, Text).label("body")).select_from(rows).order_by(page.c.position)

    return build(asked, statement, types, said)


def build(
    asked: Asked,
    statement: Callable[[Compiler], Select[Any]],
    types: Sequence[Reader] = (),
    said: Sequence[Beside] = (),
) -> Compiled:
    """Compile once; a second time where a field computed in Python needs its facts beside the answer."""
    builder, made = one_build(asked, statement, completing=False)
    if builder.computed:
        builder, made = one_build(asked, statement, completing=True)
    text = compiled(made)
    plan = Plan(
        text=text.text,
        digest=hashlib.blake2b(text.text.encode(), digest_size=16).digest(),
        names=text.names,
        constants=text.constants,
        parameters={parameter.name: parameter.read for parameter in builder.parameters},
        per_person=builder.per_person,
        executed=("introspection" if builder.introspects else "computed") if builder.completing else "",
        reads_log=builder.reads_log,
        cursors=tuple(builder.cursors),
        rows=builder.rows,
        fields=builder.fields,
        moving=builder.moving,
        types=types[-1] if types else None,
        beside=said[-1] if said else (),
    )
    known = {*plan.parameters, *plan.constants, "organisation", "person", "unit", "id", "after", "upto", "most"}
    if not known.issuperset(plan.names):  # it would fail at the first execution only
        raise AssertionError(f"nothing fills the parameters {set(plan.names) - known}")
    return plan, tuple(builder.looks)


def one_build(
    asked: Asked, statement: Callable[[Compiler], Select[Any]], *, completing: bool
) -> tuple[Builder, Select[Any]]:
    builder = Builder(asked.schema, asked.fragments, asked.variables, asked.sight, asked.limits, completing=completing)
    made = statement(Compiler(builder, asked.sources, KINDS, abstract, live=asked.live))
    builder.require_affordable()
    builder.variables = {}  # what a plan keeps reads those that come, and must not keep the first asker's
    return builder, made


__all__ = ["Asked", "Compiled", "Json", "Parameter", "Plan", "events_plan", "payload_plan", "query_plan"]
