"""What a mutation is: the operation that it runs, how its input becomes that operation's arguments, what it answers.

Inputs and operations are joined by name: `ideaId` of an input is `idea` of the operation, `unitIds` is `units`, all
else has the same name in snake case. `unmatched` proves at start that every field of an input has its parameter.
"""

import hashlib
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any, cast
from uuid import UUID

import orjson
import strawberry
from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLSchema,
    NameNode,
    SelectionSetNode,
    get_named_type,
    is_input_object_type,
)
from strawberry.types.base import StrawberryMaybe

from api.context import Context
from api.cursors import decode_id
from api.plans.cache import Plans
from api.plans.plan import Asked, payload_plan
from api.plans.selection import Selected
from api.viewer import Tokens, Viewer
from db import rules
from db.engine import Database
from db.errors import Refused, UserMistake
from db.keys import Once
from db.log import Outcome
from db.terms import RefusalCode, UserErrorCode

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
    "screen_id": ("screen", "screen"),
}
KEY = "idempotency_key"

Operation = Callable[..., Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class Writes:
    """A mutation that runs one operation: the payload's field for its result, and the result's type.

    `prepare` makes arguments that are not simply in the input; `also` fills further fields of the payload from what
    the operation did, which is nothing where its key had been answered before.
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
    tokens: Tokens
    public_url: str


class Call:
    """One mutation field while it is done."""

    def __init__(
        self,
        services: Services,
        context: Context,
        asked: Asked,
        plans: Plans,
        selection: Sequence[Selected],
    ) -> None:
        """`asked`, `plans`: of its document. `selection`: of its payload."""
        self.services = services
        self.context = context
        self.asked = asked
        self.plans = plans
        self.selection = selection

    @property
    def viewer(self) -> Viewer:
        if self.context.viewer is None:
            raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")
        return self.context.viewer

    async def read(self, type_: str, selected: Selected, viewer: Viewer, id_: UUID) -> object:
        """An object by its id, as this viewer sees it: a tree for the executor."""
        asked = replace(self.asked, sight=viewer.sight)
        scope = ("payload", viewer.sight, *(id(node) for node in selected.nodes))
        plan = self.plans.get(scope, asked.variables, lambda: payload_plan(asked, type_, selected, completing=True))
        args = plan.args(viewer, asked.variables, {"id": id_})
        row = await self.services.database.row(plan.text, args)
        return None if row is None else orjson.loads(row["body"])


@cache
def whether_there(spec: Writes) -> Selected:
    """What is asked of a result that nobody asks for: a repeated key must know whether it is still there."""
    asked = FieldNode(
        name=NameNode(value=spec.result),
        selection_set=SelectionSetNode(selections=(FieldNode(name=NameNode(value="__typename")),)),
    )
    return Selected(spec.result, spec.result, [asked])


def taken(type_: GraphQLInputObjectType) -> Callable[[Mapping[str, Any]], object]:
    """What makes a coerced input, under GraphQL's names, the object of its class in the schema."""
    definition = type_.extensions["strawberry-definition"]
    names = {f.graphql_name or camel(f.python_name): f.python_name for f in definition.fields}
    maybe = {f.graphql_name or camel(f.python_name) for f in definition.fields if isinstance(f.type, StrawberryMaybe)}

    def take(given: Mapping[str, Any]) -> object:
        return definition.origin(
            **{names[name]: strawberry.Some(value) if name in maybe else value for name, value in given.items()}
        )

    return take


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
        inputs = cast(GraphQLInputObjectType, get_named_type(field.args["input"].type)).fields
        nested = [each for each, its in inputs.items() if is_input_object_type(get_named_type(its.type))]
        problems += [f"{name}: {each} is an input in an input, which nothing decodes" for each in nested]
        given = {snake(each) for each in inputs} - {KEY}
        offered = {IDS.get(each, (None, each))[1] for each in given}
        parameters = dict(list(parameters_of(spec.operation).items())[2:])
        required = {n for n, p in parameters.items() if p.default is inspect.Parameter.empty}
        problems += [f"{name}: the operation has no parameter {each}" for each in sorted(offered - set(parameters))]
        problems += [f"{name}: the input does not give {each}" for each in sorted(required - offered)]
    return problems


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
