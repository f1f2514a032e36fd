"""A mutation as it was planned: its fields, what reads their results, and the text of their payloads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import orjson
from graphql import DocumentNode, GraphQLObjectType, OperationDefinitionNode

from api.cursors import Cursor, check_cursor, decode_cursor
from api.documents import Request
from api.plans.arguments import Reader
from api.plans.plan import Plan
from api.plans.selection import Selected
from api.resolvers.mutations import Answers, Writes
from api.viewer import Viewer
from db.errors import Refused
from db.log import Reading

ANY = UUID(int=0)  # in place of a result that is not there yet


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One field of a mutation as it was planned.

    `plans`: what reads the result, a response key each. `unasked`: what tells of a result that nobody asks for whether
    it is still there. `text`: the payload up to each thing that is filled in; None where the executor must make it.
    """

    selected: Selected
    spec: Writes | Answers
    input: Reader
    payload: GraphQLObjectType
    selection: list[Selected]
    plans: Mapping[str, Plan]
    unasked: Plan | None
    text: list[tuple[bytes, Selected | None]] | None
    document: DocumentNode
    operation: OperationDefinitionNode


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """All of an operation's fields, or a name for `__typename`; `rows`: the most that it can answer."""

    fields: list[tuple[bytes, Step | None]]
    rows: int

    @property
    def weight(self) -> int:
        """Bytes, about, of the plans of its payloads, and of its input's readers."""
        plans = [plan for _, step in self.fields if step for plan in (*step.plans.values(), step.unasked) if plan]
        return sum(plan.weight for plan in plans) + 8192 * len(self.fields)

    def check(self, viewer: Viewer, request: Request, epoch: str | None) -> None:
        """Raises Refused for what a payload asks and cannot have, before anything is written. `epoch`: where known."""
        for _, step in self.fields:
            for plan in () if step is None else (*step.plans.values(), *([step.unasked] if step.unasked else ())):
                with below(step.selected.key if step else ""):
                    plan.args(viewer, request.variables, {"id": ANY})
                    for observe, path in plan.cursors if epoch else ():
                        cursor = decode_cursor(observe(request.variables))
                        # Whether it is beyond the end, only the database could tell.
                        check_cursor(cursor, Cursor(str(epoch), viewer.organisation, cursor.position), path)


@contextmanager
def below(key: str) -> Iterator[None]:
    """A payload's plan begins at its result: what it refuses stands below the mutation's own response key."""
    try:
        yield
    except Refused as refused:
        path = refused.extensions.get("path")
        if isinstance(path, list):
            refused.extensions["path"] = [key, *path]
        raise


def readings(step: Step, viewer: Viewer, request: Request, *, keyed: bool) -> list[Reading]:
    """What is read of the result before the commit; what looks at the log is read after it."""
    plans = [plan for plan in step.plans.values() if not plan.reads_log]
    if keyed and not plans and step.unasked is not None:
        plans = [step.unasked]

    def reading(plan: Plan) -> Reading:
        return Reading(plan.text, lambda id_: plan.args(viewer, request.variables, {"id": id_}))

    return [reading(plan) for plan in plans]


def text_of(
    spec: Writes | Answers, selection: list[Selected], plans: Mapping[str, Plan], payload: str
) -> list[tuple[bytes, Selected | None]] | None:
    """The payload's text where all is well, cut at what is filled in; None where there is more in it."""
    if isinstance(spec, Answers) or spec.also is not None or any(plan.completing for plan in plans.values()):
        return None
    parts: list[tuple[bytes, Selected | None]] = []
    text = b"{"
    for n, s in enumerate(selection):
        text += (b"," if n else b"") + orjson.dumps(s.key) + b":"
        if s.name == "userErrors":
            text += b"[]"
        elif s.name == "__typename":
            text += orjson.dumps(payload)
        else:
            parts.append((text, s))
            text = b""
    return [*parts, (text + b"}", None)]
