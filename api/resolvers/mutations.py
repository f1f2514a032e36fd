"""How a mutation is done: decode its input, run the operation in one transaction, read its payload by a plan.

Inputs and operations are joined by name: `ideaId` of an input is `idea` of the operation, `unitIds` is `units`, all
else has the same name in snake case. `unmatched` proves at start that every field of an input has its parameter.
"""

import hashlib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, cached_property
from typing import Any, cast
from uuid import UUID

import orjson
import strawberry
from graphql import FieldNode, GraphQLObjectType, GraphQLSchema, NameNode, SelectionSetNode, get_named_type

from api.context import Context
from api.cursors import Cursor, decode_id, encode_cursor
from api.plans.plan import Asked, Plan, payload_plan
from api.plans.selection import Builder, Limits, Selected
from api.plans.shapes import Sources
from api.viewer import Tokens, Viewer
from db import rules
from db.engine import Database
from db.errors import Refused, UserMistake
from db.log import Once, Outcome, Transaction, Written, writing
from db.terms import RefusalCode, Sight, UserErrorCode

# Of an input: which type of id a field carries, and the operation's name for it.
IDS = {
    "idea_id": ("idea", "idea"),
    "idea_ids": ("idea", "ideas"),
    "comment_id": ("comment", "comment"),
    "theme_id": ("theme", "theme"),
    "win_id": ("win", "win"),
    "unit_id": ("unit", "unit"),
    "unit_ids": ("unit", "units"),
    "parent_id": ("unit", "parent"),
    "person_id": ("person", "person"),
    "owner_id": ("person", "owner"),
    "lead_ids": ("person", "leads"),
    "thank_ids": ("person", "thanks"),
}
KEY = "idempotency_key"

Operation = Callable[..., Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Writes:
    """A mutation that runs one operation: the payload's field for its result, and the result's type.

    `prepare` makes arguments that are not simply in the input; `also` fills further fields of the payload.
    """

    operation: Operation
    result: str
    type: str
    prepare: Callable[["Call", Any], Awaitable[Mapping[str, object]]] | None = None
    also: Callable[["Call", Outcome], Mapping[str, object]] | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """A mutation of the sign-in family, which stands outside the log: it makes its payload itself."""

    run: Callable[["Call", Any], Awaitable[Mapping[str, object]]]


@dataclass(frozen=True, slots=True)
class Services:
    """What mutations are done with."""

    database: Database
    sources: Sources
    limits: Limits
    tokens: Tokens
    public_url: str


class Call:
    """One mutation field while it is done."""

    def __init__(self, services: Services, context: Context, info: Any) -> None:
        self.services = services
        self.context = context
        self.info = info  # graphql-core's
        self.schema: GraphQLSchema = info.schema
        self.payload = cast(GraphQLObjectType, get_named_type(info.return_type))
        self.variables: Mapping[str, Any] = info.variable_values.coerced

    @property
    def viewer(self) -> Viewer:
        if self.context.viewer is None:
            raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")
        return self.context.viewer

    @cached_property
    def selection(self) -> list[Selected]:
        """The payload's fields, by response key."""
        return Builder(
            self.schema,
            self.info.fragments,
            self.variables,
            self.context.viewer.sight if self.context.viewer else Sight.MEMBER,
            self.services.limits,
            completing=True,
        ).collect(self.payload, self.info.field_nodes)

    def plan(self, type_: str, selected: Selected, viewer: Viewer) -> Plan:
        asked = Asked(
            self.schema,
            self.services.sources,
            self.info.fragments,
            self.variables,
            viewer.sight,
            self.services.limits,
        )
        # All nodes: two mutations of a document may share a fragment and ask for more beside it.
        scope = (viewer.sight, *(id(node) for node in selected.nodes))
        plan: Plan = self.context.plans.get(scope, self.variables, lambda: payload_plan(asked, type_, selected))
        return plan

    def args(self, plan: Plan, viewer: Viewer, id_: UUID) -> list[object]:
        return plan.args(viewer.organisation, viewer.person, self.variables, {"id": id_})

    def made(self, values: Mapping[str, object]) -> dict[str, object]:
        """The payload by response key: `values` by response key or by field name; what neither has is null."""
        return {
            "$type": self.payload.name,
            **{s.key: values.get(s.key, values.get(s.name)) for s in self.selection},
        }

    def mistaken(self, mistake: UserMistake) -> dict[str, object]:
        error = {
            "$type": "InputError",
            "code": mistake.code,
            "message": mistake.message,
            "path": [str(part) for part in mistake.path],
        }
        return self.made({"userErrors": [error]})


class Mutations:
    """Every mutation by its name; what Context.mutate calls."""

    def __init__(self, services: Services, known: Mapping[str, Writes | Answers]) -> None:
        self.services = services
        self.known = known

    async def __call__(self, context: Context, info: Any, input_: object) -> object:
        raw = info._raw_info  # Strawberry's own has no selection that can be compiled
        spec = self.known[raw.field_name]
        call = Call(self.services, context, raw)
        try:
            if isinstance(spec, Answers):
                return call.made({"userErrors": [], **await spec.run(call, input_)})
            return await self.write(call, spec, input_)
        except UserMistake as mistake:
            return call.mistaken(mistake)

    async def write(self, call: Call, spec: Writes, input_: Any) -> dict[str, object]:
        viewer, database = call.viewer, self.services.database
        arguments = {**decoded(input_, spec.operation), **(await spec.prepare(call, input_) if spec.prepare else {})}
        this = once(viewer, call.info.field_name, input_)
        wanted = [s for s in call.selection if s.name == spec.result]
        if this is not None and not wanted:
            wanted = [whether_there(spec)]
        plans = {s.key: call.plan(spec.type, s, viewer) for s in wanted}
        extra: dict[str, object] = {}

        async def work(tx: Transaction) -> Outcome:
            outcome = await spec.operation(tx, viewer.person, **arguments)
            if spec.also is not None:
                extra.update(spec.also(call, outcome))
            return outcome

        async def payload(tx: Transaction, outcome: Outcome) -> dict[str, Any]:
            return {
                key: await tx.row(plan.text, *call.args(plan, viewer, outcome.id))
                for key, plan in plans.items()
                if not plan.reads_log
            }

        written = await writing(database, viewer.organisation, work, payload, this)
        rows = dict(written.payload)
        for key, plan in plans.items():
            if plan.reads_log:  # the log as it is with this very write
                rows[key] = await database.row(plan.text, call.args(plan, viewer, written.id))
        # Of a repeated key alone: what withdraws, done twice, finds what it wanted.
        if this and written.repeated and any(row is None or row["gone"] for row in rows.values()):
            raise UserMistake(UserErrorCode.GONE, "It was there, and has been withdrawn since.")
        return self.answer(call, written, rows, extra)

    def answer(
        self, call: Call, written: Written[Any], rows: Mapping[str, Any], extra: Mapping[str, object]
    ) -> dict[str, object]:
        cursor = encode_cursor(Cursor(written.epoch, call.viewer.organisation, written.position))
        call.context.cursor = cursor
        results = {key: None if row is None else orjson.loads(row["body"]) for key, row in rows.items()}
        return call.made({**extra, "cursor": cursor, "userErrors": [], **results})


@cache
def whether_there(spec: Writes) -> Selected:
    """What is asked of a result that nobody asks for: a repeated key must know whether it is still there."""
    asked = FieldNode(
        name=NameNode(value=spec.result),
        selection_set=SelectionSetNode(selections=(FieldNode(name=NameNode(value="__typename")),)),
    )
    return Selected(spec.result, spec.result, [asked])


@cache
def parameters_of(operation: Operation) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(operation).parameters


def decoded(input_: Any, operation: Operation) -> dict[str, object]:
    """The operation's arguments. What is absent is left out, unless the operation asks for it. Raises UserMistake."""
    parameters = parameters_of(operation)
    arguments: dict[str, object] = {}
    for field in fields(input_):
        if field.name == KEY:
            continue
        value = getattr(input_, field.name)
        tag, name = IDS.get(field.name, (None, field.name))
        if name not in parameters:
            continue
        if isinstance(value, strawberry.Some):
            value = value.value
        elif value is None and parameters[name].default is not inspect.Parameter.empty:
            continue
        arguments[name] = value if tag is None or value is None else an_id(tag, value, camel(field.name))
    return arguments


def an_id(tag: str, value: Any, path: str) -> UUID | list[UUID]:
    """Ids as UUIDs. An id of another type is a mistake that the caller can put right."""
    if isinstance(value, list):
        return [one_id(tag, item, path, str(n)) for n, item in enumerate(value)]
    return one_id(tag, value, path)


def one_id(tag: str, value: object, *path: str) -> UUID:
    try:
        return decode_id(tag, value)
    except Refused as refused:
        raise UserMistake(UserErrorCode.INVALID, refused.message, path) from None


def once(viewer: Viewer, mutation: str, input_: Any) -> Once | None:
    """What makes a repeated request answer as the first (rule 11)."""
    key = getattr(input_, KEY, None)
    if key is None:
        return None
    path = (camel(KEY),)
    if not 1 <= len(key) <= rules.KEY or not key.isprintable():
        raise UserMistake(UserErrorCode.INVALID, f"A key has 1 to {rules.KEY} printable characters.", path)
    values = {field.name: getattr(input_, field.name) for field in fields(input_) if field.name != KEY}
    text = orjson.dumps(values, default=plainly, option=orjson.OPT_SORT_KEYS)
    return Once(viewer.person, mutation, str(key), hashlib.sha256(text).digest())


def plainly(value: object) -> object:
    if isinstance(value, strawberry.Some):
        return {"some": value.value}
    return str(value)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def unmatched(schema: GraphQLSchema, known: Mapping[str, Writes | Answers], specials: Sequence[str] = ()) -> list[str]:
    """Inputs and operations that do not fit, one line each."""
    problems: list[str] = []
    assert schema.mutation_type is not None
    for name, field in schema.mutation_type.fields.items():
        spec = known.get(name)
        if not isinstance(spec, Writes) or spec.prepare is not None:
            continue
        given = {snake(each) for each in cast(Any, get_named_type(field.args["input"].type)).fields} - {KEY}
        offered = {IDS.get(each, (None, each))[1] for each in given}
        parameters = dict(list(parameters_of(spec.operation).items())[2:])
        required = {n for n, p in parameters.items() if p.default is inspect.Parameter.empty}
        problems += [f"{name}: the operation has no parameter {each}" for each in sorted(offered - set(parameters))]
        problems += [f"{name}: the input does not give {each}" for each in sorted(required - offered)]
    return problems


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
