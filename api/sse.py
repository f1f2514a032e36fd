"""graphql-sse in distinct connections mode: one request, one operation, one stream of events.

An item's cursor is its `id:`, so that a browser's Last-Event-ID resumes. A stream that ends without `complete` is
connected again by clients: that is how a restart, the longest life of a stream and a reader that is too slow end.
While it is live a stream has no timer of its own and no task but its request's, which waits for the client to go.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID

import orjson
from starlette.types import Receive, Scope, Send

from api.chunks import Wire, wire
from api.frames import last
from api.subscriptions.hub import Hub, Member
from api.subscriptions.presence import FORBIDDEN, RESTART, TOO_SLOW
from api.subscriptions.view import Away, Opening, OpenSubscription, Refusal, Run, Variables, refusal
from api.viewer import Viewer
from db.errors import Refused
from db.terms import RefusalCode

log = logging.getLogger("groundswell.sse")

COMPLETE = b"event: complete\ndata:\n\n"
COMMENT = b":\n\n"
LAST_WORD = 15.0  # seconds for what was written to be taken, once the server has begun to close
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
END = {"type": "http.response.body", "body": b"", "more_body": False}

Begin: TypeAlias = Callable[["Stream"], Coroutine[Any, Any, None]]


class Streams:
    """Makes the responses. `cursor` writes the cursor of an organisation's position.

    Seconds: `heartbeat` between two comments; `life` at most, and up to a tenth less, so that not all end at once;
    `grace` for the end of a stream to go out.
    """

    def __init__(
        self,
        hub: Hub,
        *,
        open_subscription: OpenSubscription,
        run: Run,
        cursor: Callable[[UUID, int], str],
        heartbeat: float = 15.0,
        life: float = 24 * 3600.0,
        grace: float = 5.0,
    ) -> None:
        self.hub = hub
        self.open_subscription = open_subscription
        self.run = run
        self.cursor = cursor
        self.heartbeat = heartbeat
        self.life = life
        self.grace = grace
        self.made: dict[tuple[bytes, type[Wire]], tuple[int | None, UUID | None, bytes]] = {}

    def respond(
        self,
        context: Any,
        query: str,
        variables: Variables | None = None,
        operation_name: str | None = None,
        last_event_id: str | None = None,
        headers: Sequence[tuple[bytes, bytes]] = (),
        *,
        viewer: Viewer | None = None,
    ) -> "EventStream":
        """An ASGI response to a well-formed request; errors of the operation are told in the stream."""
        return EventStream(self, context, viewer, query, variables, operation_name, last_event_id, headers)

    def event(self, payload: bytes, position: int | None, organisation: UUID | None, wire: Wire) -> bytes:
        """As it is written: made once for all who are sent the same in one turn of the loop, and then forgotten."""
        asked = payload, type(wire)
        known = self.made.get(asked)
        if known is not None and known[0] == position and known[1] is organisation:
            return known[2]
        id_ = b""
        if position is not None and organisation is not None:
            id_ = b"id: %s\n" % self.cursor(organisation, position).encode()
        made = wire.made(b"event: next\ndata: %s\n%s\n" % (payload.replace(b"\n", b"\ndata: "), id_))
        if not self.made:
            asyncio.get_running_loop().call_soon(self.made.clear)
        self.made[asked] = position, organisation, made
        return made


class EventStream:
    """The response: its headers, then a stream for as long as it lasts."""

    def __init__(
        self,
        streams: Streams,
        context: Any,
        viewer: Viewer | None,
        query: str,
        variables: Variables | None,
        operation_name: str | None,
        last_event_id: str | None,
        headers: Sequence[tuple[bytes, bytes]],
    ) -> None:
        self.streams = streams
        self.context = context
        self.viewer = viewer
        self.asked = (query, variables, operation_name)
        self.last_event_id = last_event_id
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, *self.headers]})
        if scope["method"] == "HEAD":
            await send(END)
            return
        stream = Stream(self.streams, wire(scope, send))
        await last(scope, receive, send, partial(stream.live, self.begin))

    async def begin(self, stream: "Stream") -> None:
        try:
            streams, asked = self.streams, self.asked
            if self.viewer is not None:
                # Before anything is waited for: what changes about them from now on is told to this stream.
                streams.hub.presence.admit(stream, self.viewer)
            opening = await streams.open_subscription(self.context, *asked, last_event_id=self.last_event_id)
            if isinstance(opening, Opening):
                stream.join(opening)
            elif opening is None:
                stream.answers = True
                stream.finish(await streams.run(self.context, *asked))
            else:
                stream.refuse(opening)
        except Away:
            stream.end()  # without `complete`: clients connect again
        except Refused as refused:
            stream.refuse(refusal(refused.code, refused.message, refused.extensions))
        except Exception:
            log.exception("an operation of a stream failed")
            stream.refuse(refusal(RefusalCode.INTERNAL, "Something went wrong here."))


class Stream:
    """One open stream: the hub's sink, and a connection that can lose its access."""

    __slots__ = (
        "answers",
        "asking",
        "full",
        "hub",
        "listening",
        "member",
        "organisation",
        "over",
        "streams",
        "until",
        "wire",
    )

    def __init__(self, streams: Streams, wire: Wire) -> None:
        self.streams = streams
        self.hub = streams.hub
        self.wire = wire
        self.until = now() + streams.life * random.uniform(0.9, 1.0)
        self.organisation: UUID | None = None
        self.member: Member | None = None
        self.asking: asyncio.Task[None] | None = None
        self.answers = False  # a query or a mutation, which is under way
        self.over = False
        self.full = False  # it was at the last beat
        self.listening = asyncio.timeout(None)

    async def live(self, begin: Begin, receive: Receive, send: Send) -> None:
        """Until the operation is complete, the client goes, or it is told to connect again."""
        presence = self.hub.presence
        presence.enter(self)
        self.wire.put(self.wire.made(COMMENT))
        # The first one comes early, so that those who came together do not always beat together.
        presence.wake(self, min(self.until, now() + self.streams.heartbeat * random.random()))
        self.asking = asyncio.create_task(begin(self))
        self.asking.add_done_callback(self.asked)
        del begin  # with it goes what was asked
        try:
            async with self.listening:
                if presence.leaving:
                    self.close(*RESTART)
                while (await receive())["type"] != "http.disconnect":
                    pass  # what is left of the request's body
        except TimeoutError:
            await self.farewell(send)
        finally:
            self.over = True
            self.forget()
            presence.leave(self)

    async def farewell(self, send: Send) -> None:
        """What waits still goes out, and the response's end; a client that takes nothing is cut off."""
        while True:
            left = self.wire.left()
            try:
                async with asyncio.timeout(self.streams.grace):
                    await self.wire.flush()
                    await send(END)
            except TimeoutError:
                if self.wire.left() < left:
                    continue  # slow, but it reads
                self.wire.abort()
                await asyncio.sleep(0)  # in which the server hears of it
            except Exception as error:
                log.debug("a stream had gone before its end: %r", error)
            else:
                asyncio.get_running_loop().call_later(LAST_WORD, self.wire.cut)
            return

    def asked(self, task: "asyncio.Task[None]") -> None:
        self.asking, self.answers = None, False
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a stream could not be begun", exc_info=error)

    def join(self, opening: Opening) -> None:
        if not self.over:
            # The channel's, which is one object for all: what was made for one is found for the next.
            self.organisation = self.hub.channel(opening.view.organisation).head.organisation
            self.member = self.hub.join(opening, self)

    def beat(self, now: float) -> None:
        """A comment, by which both ends find a connection that is dead; and the end of its life."""
        if self.wire.gone():
            self.end()  # the server tells of it only the newest of several requests on one connection
        elif now >= self.until:
            self.close(*RESTART)
        elif self.full and not self.wire.writable():
            self.close(*TOO_SLOW)
        else:
            self.full = not self.wire.writable()
            if not self.full:
                self.wire.put(self.wire.made(COMMENT))
            self.hub.presence.wake(self, min(self.until, now + self.streams.heartbeat))

    def forget(self) -> None:
        """Nothing of the operation is sent any more."""
        task, self.asking = self.asking, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
        member, self.member = self.member, None
        if member is not None:
            self.hub.leave(member)

    def end(self) -> None:
        """What was written still goes out; nothing more is."""
        if not self.over:
            self.over = True
            self.forget()
            self.listening.reschedule(now())

    # The hub's sink --------------------------------------------------------------------------------------------

    def writable(self) -> bool:
        return self.wire.writable()

    def write(self, payload: bytes, position: int | None = None) -> None:
        if not self.over:
            self.wire.put(self.streams.event(payload, position, self.organisation, self.wire))

    async def room(self) -> None:
        await self.wire.room()

    def finish(self, payload: bytes | None = None) -> None:
        if not self.over:
            if payload is not None:
                self.write(payload)
            self.wire.put(self.wire.made(COMPLETE))
            self.end()

    def refuse(self, errors: Refusal) -> None:
        self.finish(orjson.dumps({"errors": errors}))

    def close(self, code: int, reason: str) -> None:
        """A lost access is told; after anything else the client is to connect again, so the stream just ends."""
        if code == FORBIDDEN[0]:
            self.refuse(refusal(RefusalCode.UNAUTHENTICATED, "Your access has ended or changed; sign in again."))
            return
        self.wire.hang_up()  # whoever comes back need not come here
        if code == TOO_SLOW[0]:
            self.wire.abort()
        if not self.answers:  # an answer that is under way ends the stream itself
            self.end()

    def changed(self, viewer: Viewer) -> None:
        """Their sight is another: a feed is reset and goes on, anything else ends."""
        if self.member is None or not self.hub.change(self.member, viewer):
            self.close(*FORBIDDEN)


def now() -> float:
    return asyncio.get_running_loop().time()
