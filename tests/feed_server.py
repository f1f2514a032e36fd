"""Sockets and streams over a log in memory, behind a real uvicorn on a free port."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.conversation import Timing
from api.frames import Bounded, Remember
from api.sse import Streams
from api.subscriptions.hub import Hub
from api.subscriptions.limits import Limits
from api.subscriptions.view import Away, Batch, Item, Opening, Refusal
from api.viewer import Viewer
from api.websocket import SUBPROTOCOL, Sockets
from db.errors import Refused
from db.terms import RefusalCode, Sight
from tests.feed_log import ORGANISATION, BoardView, Log, LogView, viewer


class JsonView(LogView):
    """Payloads as the wire has them; `pad` makes them large."""

    pad = ""

    async def read(self, after: int, upto: int, most: int) -> Batch:
        batch = await super().read(after, upto, most)
        return Batch([Item(i.position, self.payload(at=i.position, pad=self.pad)) for i in batch.items], batch.reached)

    def payload(self, **item: object) -> bytes:
        return json.dumps({"data": {"feed": {k: v for k, v in item.items() if v != ""}}}).encode()

    def caught_up(self, position: int) -> bytes | None:
        return self.payload(caughtUp=position) if self.feed else None

    def reset(self, position: int, reason: str) -> bytes | None:
        return self.payload(reset=reason, at=position) if self.feed else None

    def expired(self, position: int) -> bytes:
        return json.dumps({"data": None, "errors": [{"message": "expired", "at": position}]}).encode()


@dataclass
class FeedServer:
    """`people` are the viewers by their tokens; taking one out withdraws their access."""

    log: Log
    hub: Hub
    people: dict[str, Viewer]
    port: int = 0
    listening: Any = None  # the socket
    pad: str = ""
    began: list[dict[str, Any]] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)  # for the answer to a lengthy query

    async def authenticate(self, params: Mapping[str, Any], authorization: str | None) -> Viewer | None:
        given = params.get("authorization") or authorization
        if given is None:
            return None
        if (found := self.people.get(given.removeprefix("Bearer "))) is None:
            raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in again.")
        return found

    async def current(self, known: Viewer) -> Viewer | None:
        return next((now for now in self.people.values() if now.person == known.person), None)

    async def open_subscription(
        self,
        context: Viewer | None,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        last_event_id: str | None = None,
    ) -> Opening | Refusal | None:
        given = dict(variables or {})
        self.began.append({"query": query, "name": operation_name, **given})
        if query in ("query", "wrong", "lengthy"):
            return None
        if query == "invalid":
            return [{"message": "There is no such field."}]
        if query == "boom":
            raise RuntimeError("a fault of ours")
        if query == "away":
            raise Away
        if query == "slow":
            await asyncio.sleep(30)
        if context is None:
            return [{"message": "Sign in first.", "extensions": {"code": "UNAUTHENTICATED"}}]
        if query == "board":
            return Opening(BoardView(self.log), context)
        # An object of its own each time, as every token gives one.
        view = JsonView(self.log, name=query, feed=query == "feed", organisation=UUID(int=ORGANISATION.int))
        view.pad = self.pad
        after = given.get("after")
        if last_event_id is not None:
            after = int(last_event_id.split(".")[-1])

        async def again(who: Viewer) -> JsonView:
            return JsonView(self.log, name=f"{query} {who.sight}")

        return Opening(view, context, after, again=again if query == "feed" else None)

    async def run(
        self, context: Viewer | None, query: str, variables: Mapping[str, Any] | None, operation_name: str | None
    ) -> bytes:
        if query == "lengthy":
            await self.go.wait()
        if query == "wrong":
            return b'{"errors":[{"message":"There is no such field."}]}'
        return json.dumps({"data": {"who": context is not None}}, separators=(",", ":")).encode()

    def happen(self, *types: str) -> None:
        self.hub.advance(ORGANISATION, self.log.end + len(types), self.log.append(*types))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graphql"

    @asynccontextmanager
    async def socket(self, **options: Any) -> AsyncIterator[ClientConnection]:
        options.setdefault("subprotocols", [Subprotocol(SUBPROTOCOL)])
        url = f"ws://127.0.0.1:{self.port}/graphql"
        async with connect(url, proxy=None, compression=None, **options) as socket:
            yield socket

    @asynccontextmanager
    async def signed_in(self, token: str | None = "nurse", **options: Any) -> AsyncIterator[ClientConnection]:
        async with self.socket(**options) as socket:
            payload = {} if token is None else {"authorization": f"Bearer {token}"}
            await say(socket, type="connection_init", payload=payload)
            assert await hear(socket) == {"type": "connection_ack", "payload": {"release": "1.2.3"}}
            yield socket


async def until(condition: Callable[[], bool], within: float = 5.0) -> None:
    """Returns when the condition holds."""
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def subscribe(socket: ClientConnection, id: str, query: str = "feed", **variables: Any) -> None:
    await say(socket, id=id, type="subscribe", payload={"query": query, "variables": variables})


async def joined(socket: ClientConnection) -> None:
    """Returns when what was said so far has been done."""
    await say(socket, type="ping")
    assert await hear(socket) == {"type": "pong"}


async def hear(socket: ClientConnection) -> Any:
    async with asyncio.timeout(5):
        return json.loads(await socket.recv(decode=True))


async def closed(socket: ClientConnection) -> tuple[int, str]:
    """The code and reason with which the server closed, whatever came before."""
    await rest(socket)
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


async def rest(socket: ClientConnection) -> list[Any]:
    """What comes until the socket is closed."""
    heard = []
    async with asyncio.timeout(5):
        try:
            while True:
                heard.append(json.loads(await socket.recv()))
        except ConnectionClosed:
            return heard


def item(id: str, payload: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "type": "next", "payload": {"data": {"feed": payload}}}


@asynccontextmanager
async def serving(
    *,
    direct: bool = True,
    limits: Limits | None = None,
    timing: Timing | None = None,
    heartbeat: float = 15.0,
) -> AsyncIterator[FeedServer]:
    log, timing = Log(), timing or Timing()
    people = {"nurse": viewer(UUID(int=7)), "admin": replace(viewer(UUID(int=8)), sight=Sight.ADMIN)}
    feed = FeedServer(log, None, people)  # type: ignore[arg-type]
    feed.hub = hub = Hub(feed.current, limits or Limits(tick=0.02))
    hub.start()
    hub.advance(ORGANISATION, 0, set())
    sockets = Sockets(
        hub,
        authenticate=feed.authenticate,
        context=lambda who, *_: who,
        open_subscription=feed.open_subscription,
        run=feed.run,
        allowed=lambda origin, host: origin in (None, f"http://{host}"),
        release="1.2.3",
        timing=timing,
    )
    streams = Streams(
        hub,
        open_subscription=feed.open_subscription,
        run=feed.run,
        cursor=lambda organisation, position: f"e.{organisation.hex}.{position}",
        heartbeat=heartbeat,
        life=timing.life,
        grace=timing.grace,
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await sockets(scope, receive, send)
            return
        request = Request(scope, receive)
        body = json.loads(await request.body())
        who = feed.people.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        stream = streams.respond(
            who, body["query"], body.get("variables"), last_event_id=request.headers.get("last-event-id"), viewer=who
        )
        await stream(scope, receive, send)

    application: ASGIApp = Remember(app) if direct else app
    config = uvicorn.Config(
        application,
        port=0,
        lifespan="off",
        ws=Bounded,
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    feed.listening = server.servers[0].sockets[0]
    feed.port = feed.listening.getsockname()[1]
    try:
        yield feed
    finally:
        hub.stop()
        server.should_exit = True
        await task
