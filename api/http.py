"""GET and POST /graphql: one operation in, its result out; a browser's GET shows the explorer.

An ASGI application of its own, since a framework's request and response cost more than an answer from memory.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from graphql import OperationType
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answering import Answer, Answering
from api.answers import WORTH_PACKING, pack
from api.context import Context
from api.cursors import decode_cursor
from api.documents import Request
from api.explorer import explorer_page
from api.failures import Failed, busy, encoded, internal, refusal, unavailable
from api.requests import EVENT_STREAM, JSON, RESPONSE_JSON, Asked, Gone, Incoming, Malformed
from api.viewer import Viewers
from db.engine import BUSY, LOST
from db.errors import Refused
from db.terms import RefusalCode

log = logging.getLogger(__name__)

POSITION, REQUEST_ID = "Groundswell-Cursor", "Groundswell-Request-Id"
BY_POST = "GET answers queries only; send a mutation by POST."
# What did not begin, by its code; GraphQL over HTTP, 2025 draft, 6.4.
STATUS = {
    RefusalCode.UNAUTHENTICATED: 401,
    RefusalCode.FORBIDDEN: 403,
    RefusalCode.RATE_LIMITED: 429,
    RefusalCode.UNAVAILABLE: 503,
    RefusalCode.INTERNAL: 500,
}
KINDS = {kind: (b"content-type", f"{kind}; charset=utf-8".encode()) for kind in (JSON, RESPONSE_JSON)}
NEVER_KEPT = [(b"cache-control", b"no-store")]
# Kept by who asked, and asked for again each time: the tag says whether it still is the answer.
CHECKED = [(b"cache-control", b"private, no-cache"), (b"vary", b"Accept, Accept-Encoding, Authorization")]

Header = tuple[bytes, bytes]
Stream = Callable[[Context, Asked, str | None], Awaitable[ASGIApp]]


class Endpoint:
    """The path /graphql by HTTP."""

    def __init__(
        self, answering: Answering, viewers: Viewers, stream: Stream, here: Callable[[UUID], str | None]
    ) -> None:
        """`here`: the newest position that this process knows of an organisation, as a cursor."""
        self.answering = answering
        self.viewers = viewers
        self.stream = stream
        self.here = here

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        incoming = Incoming(scope)
        if incoming.shows_a_page:
            await explorer_page()(scope, receive, send)
            return
        context = Context(None, incoming.address, incoming.header(b"origin"))
        try:
            asked = await incoming.asked(receive)
            context.extensions = asked.extensions
            token = incoming.bearer
            # None without a bearer, and with one that has ended: what is open to everybody still answers.
            context.viewer = await self.viewers.viewer(token) if token else None
            after = incoming.header(b"groundswell-after")
            if after is not None:
                context.after = cursor_after(after)
            if incoming.accepts(EVENT_STREAM) and self.streams(incoming, asked):
                stream = await self.stream(context, asked, incoming.header(b"last-event-id"))
                await stream(scope, receive, send)
                return
            await self.answer(incoming, context, asked, send)
        except Failed as failed:
            self.place(context)
            status = status_of(failed)
            if status < 500 and not incoming.accepts(RESPONSE_JSON):
                status = 200  # as clients of application/json expect of an operation that was understood
            await refused(incoming, context, send, status, failed.errors)
        except Malformed as malformed:
            self.place(context)
            error = {"message": malformed.message, "extensions": {"code": RefusalCode.BAD_ARGUMENT}}
            more = [(b"allow", b"GET, POST")] if malformed.status == 405 else []
            await refused(incoming, context, send, malformed.status, [error], more)
        except Gone:
            await reply(send, 400, [], b"")  # which nobody hears
        except LOST as error:
            log.warning("%s: the database cannot be reached (%s)", context.request_id, type(error).__name__)
            await refused(incoming, context, send, 503, [refusal(unavailable())])
        except BUSY as error:
            log.warning("%s: took too long (%s)", context.request_id, type(error).__name__)
            await refused(incoming, context, send, 503, [refusal(busy())])
        except Exception:
            log.exception("%s: failed", context.request_id)
            await refused(incoming, context, send, 500, [internal(context.request_id)])

    def streams(self, incoming: Incoming, asked: Asked) -> bool:
        """Clients that take JSON as well get a stream for a subscription alone. Raises Malformed."""
        json = incoming.accepts(JSON) or incoming.accepts(RESPONSE_JSON)
        try:
            kind = self.request(asked).kind
        except Failed:
            return not json
        if incoming.gets and kind is OperationType.MUTATION:
            raise Malformed(405, BY_POST)
        return kind is OperationType.SUBSCRIPTION or not json

    def request(self, asked: Asked) -> Request:
        return self.answering.documents.request(asked.query, asked.variables, asked.operation_name)

    async def answer(self, incoming: Incoming, context: Context, asked: Asked, send: Send) -> None:
        """Raises Failed, Malformed."""
        request = self.request(asked)
        if incoming.gets:
            if request.kind is not OperationType.QUERY:
                raise Malformed(405, BY_POST)
            context.unless = incoming.header(b"if-none-match") or ""
        answer = await self.answering.answer(context, request)
        self.place(context)
        headers = headers_of(incoming, context)
        if answer.tag is not None:
            headers += [(b"etag", answer.tag.encode()), *CHECKED]
        else:
            headers += NEVER_KEPT
        if answer.unchanged:
            await reply(send, 304, headers, None)
            return
        body = answer.body
        if len(body) >= WORTH_PACKING and incoming.takes_gzip:
            headers.append((b"content-encoding", b"gzip"))
            body = await self.packed(answer)
        await reply(send, 200, headers, body)

    async def packed(self, answer: Answer) -> bytes:
        return await (self.answering.answers.packed(answer.kept) if answer.kept else pack(answer.body))

    def place(self, context: Context) -> None:
        """Every answer to somebody signed in carries a position, also one that read none."""
        if context.cursor is None and context.viewer is not None:
            context.cursor = self.here(context.viewer.organisation)


def cursor_after(text: str) -> Any:
    """Raises Failed for what is no cursor; one that has expired is passed over later (rule 6)."""
    try:
        return decode_cursor(text)
    except Refused as bad:
        raise Failed(refusal(Refused(bad.code, f"Groundswell-After: {bad.message}"))) from None


def status_of(failed: Failed) -> int:
    code = failed.errors[0].get("extensions", {}).get("code")
    return STATUS.get(code, 400)


def headers_of(incoming: Incoming, context: Context) -> list[Header]:
    headers = [
        KINDS[RESPONSE_JSON if incoming.accepts(RESPONSE_JSON) else JSON],
        (b"groundswell-request-id", context.request_id.encode()),
    ]
    if context.cursor is not None:
        headers.append((b"groundswell-cursor", context.cursor.encode()))
    return headers


async def refused(
    incoming: Incoming,
    context: Context,
    send: Send,
    status: int,
    errors: list[dict[str, Any]],
    more: list[Header] | None = None,
) -> None:
    headers = [*headers_of(incoming, context), *NEVER_KEPT, *(more or [])]
    await reply(send, status, headers, encoded({"errors": errors}))


async def reply(send: Send, status: int, headers: list[Header], body: bytes | None) -> None:
    """`body` None: a status that has none."""
    if body is not None:
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body or b""})
