"""From an operation to its answer: a query by its plan or from memory, a mutation by its operations.

A query whose plan writes all of it is bytes from PostgreSQL to the client. `executed` counts the others, by why
(unplanned.py).
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

import orjson
from graphql import OperationType

from api.answers import Answers, Kept
from api.completing import completed
from api.context import Context
from api.cursors import check_cursor, decode_cursor, encode_cursor
from api.documents import Documents, Request
from api.failures import Failed, busy, encoded, internal, refusal, unavailable
from api.plans.plan import Plan
from api.unplanned import EXECUTED
from db.engine import BUSY, LOST
from db.errors import Refused
from db.terms import RefusalCode, Sight

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Answer:
    """One result as JSON. `kept`: where it is an answer of memory as it stands. `tag`: its version, of a query."""

    body: bytes
    kept: Kept | None = None
    tag: str | None = None
    unchanged: bool = False  # the client has it already


class Mutate(Protocol):
    """Runs a mutation: the whole result, and what it could cost."""

    async def __call__(self, context: Context, request: Request) -> tuple[bytes, int]: ...


class Browsers(Protocol):
    """Whether an organisation takes only trusted documents from browsers."""

    async def refuses(self, organisation: UUID, origin: str | None, trusted: bool) -> bool: ...


class Answering:
    """`explains`: whether a client may be shown the SQL (in development alone)."""

    def __init__(
        self,
        documents: Documents,
        answers: Answers,
        mutate: Mutate,
        browsers: Browsers | None = None,
        *,
        release: str = "",
        explains: bool = False,
    ) -> None:
        self.documents = documents
        self.answers = answers
        self.mutate = mutate
        self.browsers = browsers
        self.release = release
        self.explains = explains
        self.executed: Counter[str] = Counter()

    async def run(
        self, context: Context, query: str, variables: Mapping[str, Any] | None, operation_name: str | None
    ) -> bytes:
        """The whole result as JSON, of a query or a mutation."""
        try:
            return (await self.answer(context, self.documents.request(query, variables, operation_name))).body
        except Failed as failed:
            return encoded({"errors": failed.errors})

    async def answer(self, context: Context, request: Request) -> Answer:
        """Raises Failed where the operation did not begin."""
        try:
            await self.admit(context, request)
            if request.kind is OperationType.QUERY:
                return await self.query(context, request)
            if request.kind is OperationType.MUTATION:
                body, rows = await self.mutate(context, request)
                return Answer(self.extended(body, context, request, rows))
        except Refused as refused:
            raise Failed(refusal(refused)) from None
        except LOST as error:
            log.warning("%s: the database cannot be reached (%s)", context.request_id, type(error).__name__)
            raise Failed(refusal(unavailable())) from None
        except BUSY as error:
            log.warning("%s: took too long (%s)", context.request_id, type(error).__name__)
            raise Failed(refusal(busy())) from None
        except Exception:
            log.exception("%s: failed", context.request_id)
            raise Failed(internal(context.request_id)) from None
        raise Failed(refusal(Refused(RefusalCode.BAD_ARGUMENT, "Subscribe over a WebSocket or by text/event-stream.")))

    async def admit(self, context: Context, request: Request) -> None:
        """Raises Refused where this document is not one that a browser may send."""
        if context.origin is None or context.viewer is None or self.browsers is None:
            return
        if await self.browsers.refuses(context.viewer.organisation, context.origin, request.document.trusted):
            raise Refused(
                RefusalCode.DOCUMENT_NOT_TRUSTED,
                "From a browser this organisation takes only its trusted documents, by their ids.",
            )

    async def query(self, context: Context, request: Request) -> Answer:
        viewer = context.viewer
        if viewer is None:
            return self.introspection(context, request)
        plan = self.documents.query_plan(request, viewer.sight)
        args = plan.args(viewer, request.variables, {})
        if not plan.versioned:
            context.unless = None
        if context.unless is not None and (tag := self.still(context, request, plan, args)) is not None:
            return Answer(b"", tag=tag, unchanged=True)
        if not plan.versioned:
            kept = await self.answers.execute(plan, args, viewer.organisation)
        else:
            kept = await self.answers.read(plan, args, viewer.organisation, context.after)
        if kept is None:
            raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")
        for observe, path in plan.cursors:
            check_cursor(decode_cursor(observe(request.variables)), kept.head, path)
        context.cursor = kept.cursor
        tag = None if context.unless is None else self.tag(context, request, plan, args, kept.cursor)
        if tag is not None and said(tag, context.unless):
            return Answer(b"", tag=tag, unchanged=True)
        if not plan.completing and not any(asks(context)):
            return Answer(kept.whole, kept, tag)
        body = kept.whole
        if plan.completing:
            result = self.complete(context, request, orjson.loads(body)["data"], plan.executed)
            body = encoded(result)
            if "errors" in result:  # of which the next answer may have none
                context.unless = tag = None
        return Answer(self.extended(body, context, request, plan.rows, plan, kept), tag=tag)

    def introspection(self, context: Context, request: Request) -> Answer:
        """All that is open to who is not signed in (rule 15)."""
        if not all(selected.name.startswith("__") for selected in self.documents.roots(request, Sight.MEMBER)):
            raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")
        result = self.complete(context, request, {}, "introspection")
        return Answer(self.extended(encoded(result), context, request, 0))

    def complete(self, context: Context, request: Request, tree: object, why: str) -> dict[str, Any]:
        """What graphql-core's executor must do; `why` stands in unplanned.py."""
        self.executed[why] += 1
        schema = self.documents.schema
        return completed(schema, request.document.ast, request.operation, request.raw, tree, context.request_id)

    # The version of an answer ---------------------------------------------------------------------------------

    def still(self, context: Context, request: Request, plan: Plan, args: list[object]) -> str | None:
        """The tag of what would be answered, where the client has just that: the position has not moved since.

        Cursors need no look: what takes one reads the log, and has no version.
        """
        assert context.viewer is not None
        assert context.unless is not None
        head = self.answers.stands(context.viewer.organisation, context.after)
        if head is None:
            return None
        cursor = encode_cursor(head)
        tag = self.tag(context, request, plan, args, cursor)
        if not said(tag, context.unless):
            return None
        context.cursor = cursor
        return tag

    def tag(self, context: Context, request: Request, plan: Plan, args: list[object], cursor: str) -> str:
        """Of the release, the statement and its arguments, and the position: all that an answer depends on."""
        of = [self.release, plan.digest.hex(), repr(args), cursor, repr(asks(context))]
        if plan.completing:  # the executor looks at the document
            name = request.operation.name
            of += [request.document.text, name.value if name else "", repr(sorted(request.raw.items()))]
        digest = hashlib.blake2b("\n".join(of).encode(), digest_size=15).hexdigest()
        return f'W/"{digest}"'

    # What a client asks for beside the data ---------------------------------------------------------------------

    def extended(
        self,
        body: bytes,
        context: Context,
        request: Request,
        rows: int,
        plan: Plan | None = None,
        kept: Kept | None = None,
    ) -> bytes:
        cost, explain = asks(context)
        more: dict[str, object] = {}
        if cost:
            more["cost"] = {"rows": rows, "limit": self.documents.limits.rows}
        if explain and self.explains and request.kind is not OperationType.MUTATION:
            more["explain"] = explained(plan, request, context, kept)
        return body[:-1] + b',"extensions":' + orjson.dumps(more) + b"}" if more else body


def explained(plan: Plan | None, request: Request, context: Context, kept: Kept | None) -> dict[str, object]:
    """A plan as a developer wants to see it; of what no plan answers, why."""
    if plan is None:
        return {"unplanned": EXECUTED["introspection"]}
    assert context.viewer is not None
    return {
        "sql": plan.text,
        "parameters": list(plan.names),
        "rows": plan.rows,
        "dependsOn": {
            "sight": context.viewer.sight,
            "person": plan.per_person,
            "position": None if kept is None else kept.head.position,
            "variables": sorted(request.variables),
        },
        "executed": EXECUTED.get(plan.executed),
    }


def asks(context: Context) -> tuple[bool, bool]:
    """Whether the client asks for the cost, and for the plan."""
    asked = context.extensions or {}
    return asked.get("cost") is True, asked.get("explain") is True


def said(tag: str, unless: str | None) -> bool:
    """Does If-None-Match name this tag? Compared weakly, as RFC 9110, 13.1.2 has it."""
    if unless is None:
        return False
    known = (each.strip().removeprefix("W/") for each in unless.split(","))
    return unless.strip() == "*" or tag.removeprefix("W/") in known
