"""graphql-sse in distinct connections mode: one request, one operation, one stream of events.

An item's cursor is its `id:`, so that a browser's Last-Event-ID resumes. A stream that ends without `complete` is
connected again by clients: that is how a restart and a reader that is too slow end.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import orjson
from starlette.types import Receive, Scope, Send

from api.frames import MARK
from api.subscriptions.hub import Hub, Member
from api.subscriptions.presence import FORBIDDEN, TOO_SLOW
from api.subscriptions.view import Away, OpenSubscription, Refusal, Run, Variables, refusal
from api.viewer import Viewer
from db.errors import Refused
from db.terms import RefusalCode

log = logging.getLogger("groundswell.sse")

COMPLETE = b"event: complete\ndata:\n\n"
HEARTBEAT = b":\n\n"
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class Streams:
    """Makes the responses. `cursor` writes the cursor of an organisation's position."""

    def __init__(
        self,
        hub: Hub,
        *,
        open_subscription: OpenSubscription,
        run: Run,
        cursor: Callable[[UUID, int], str],
        heartbeat: float = 15.0,
    ) -> None:
        self.hub = hub
        self.open_subscription = open_subscription
        self.run = run
        self.cursor = cursor
        self.heartbeat = heartbeat

    def respond(
        self,
        context: Any,
        query: str,
        variables: Variables | None = None,
        operation_name: str | None = None,
        last_event_id: str | None = None,
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> "EventStream":
        """An ASGI response to a well-formed request; errors of the operation are told in the stream."""
        return EventStream(self, context, query, variables, operation_name, last_event_id, headers)


class EventStream:
    """One stream: the hub's sink, and a connection that can lose its access."""

    def __init__(
        self,
        streams: Streams,
        context: Any,
        query: str,
        variables: Variables | None,
        operation_name: str | None,
        last_event_id: str | None,
        headers: Sequence[tuple[bytes, bytes]],
    ) -> None:
        self.streams = streams
        self.hub = streams.hub
        self.context = context
        self.asked = (query, variables, operation_name)
        self.last_event_id = last_event_id
        self.headers = headers
        self.organisation: UUID | None = None
        self.member: Member | None = None
        self.waiting: deque[bytes] = deque()
        self.size = 0
        self.ready = asyncio.Event()
        self.roomy = asyncio.Event()
        self.over = False
        self.pumping: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Until the operation is complete, or the client goes."""
        self.hub.presence.enter(self)
        if self.hub.presence.leaving:
            self.over = True
        self.pumping = asyncio.create_task(self.pump(send))
        working = [
            self.pumping,
            asyncio.create_task(self.gone(receive)),
            asyncio.create_task(self.begin()),
        ]
        try:
            await asyncio.wait(working[:2], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.presence.leave(self)
            self.end()
            for task in working:
                task.cancel()
            await asyncio.wait(working)
        for task in working:
            if not task.cancelled() and (failure := task.exception()) is not None:
                log.debug("a stream ended: %r", failure)

    async def gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass  # what is left of the request's body

    async def pump(self, send: Send) -> None:
        """Sends what waits, and a comment where nothing did for a while; uvicorn's `send` waits for the client."""
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *self.headers]})
        await send({"type": "http.response.body", "body": HEARTBEAT, "more_body": True})
        while self.waiting or not self.over:
            if not self.waiting:
                self.ready.clear()
                try:
                    async with asyncio.timeout(self.streams.heartbeat):
                        await self.ready.wait()
                    continue
                except TimeoutError:
                    data = HEARTBEAT
            else:
                data = b"".join(self.waiting)
                self.waiting.clear()
            await send({"type": "http.response.body", "body": data, "more_body": True})
            if data is not HEARTBEAT:
                self.size -= len(data)
                if self.size < MARK:
                    self.roomy.set()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def begin(self) -> None:
        try:
            opening = await self.streams.open_subscription(self.context, *self.asked, last_event_id=self.last_event_id)
            if opening is None:
                self.finish(await self.streams.run(self.context, *self.asked))
            elif isinstance(opening, list):
                self.refuse(opening)
            elif not self.over:
                self.organisation = opening.view.organisation
                self.hub.presence.admit(self, opening.viewer)
                self.member = self.hub.join(opening, self)
        except Away:
            self.end()  # without `complete`: clients connect again
        except Refused as refused:
            self.refuse(refusal(refused.code, refused.message, refused.extensions))
        except Exception:
            log.exception("an operation of a stream failed")
            self.refuse(refusal(RefusalCode.INTERNAL, "Something went wrong here."))

    def end(self) -> None:
        """Nothing more comes; what waits still goes out."""
        self.over = True
        self.ready.set()
        member, self.member = self.member, None
        if member is not None:
            self.hub.leave(member)

    def put(self, data: bytes) -> None:
        self.waiting.append(data)
        self.size += len(data)
        if self.size >= MARK:
            self.roomy.clear()
        self.ready.set()

    # The hub's sink --------------------------------------------------------------------------------------------

    def writable(self) -> bool:
        return self.size < MARK

    def write(self, payload: bytes, position: int | None = None) -> None:
        if self.over:
            return
        if b"\n" in payload:
            payload = payload.replace(b"\n", b"\ndata: ")
        id_ = b""
        if position is not None and self.organisation is not None:
            id_ = b"id: %s\n" % self.streams.cursor(self.organisation, position).encode()
        self.put(b"event: next\ndata: %s\n%s\n" % (payload, id_))

    async def room(self) -> None:
        while not self.writable():
            await self.roomy.wait()

    def finish(self, payload: bytes | None = None) -> None:
        if not self.over:
            if payload is not None:
                self.write(payload)
            self.put(COMPLETE)
            self.end()

    def refuse(self, errors: Refusal) -> None:
        self.finish(orjson.dumps({"errors": errors}))

    def close(self, code: int, reason: str) -> None:
        """A lost access is told; after anything else the client is to connect again, so the stream just ends."""
        if code == FORBIDDEN[0]:
            self.refuse(refusal(RefusalCode.UNAUTHENTICATED, "Your access has ended or changed; sign in again."))
        elif code == TOO_SLOW[0] and self.pumping is not None:
            self.end()
            self.pumping.cancel()  # it waits for a client that takes nothing
        else:
            self.end()

    def changed(self, viewer: Viewer) -> None:
        """Their sight is another: a feed is reset and goes on, anything else ends."""
        if self.member is None or not self.hub.change(self.member, viewer):
            self.close(*FORBIDDEN)
