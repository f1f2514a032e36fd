"""graphql-transport-ws, to the letter: the protocol's messages and close codes, ids spliced round shared payloads.

A subscription becomes a subscriber of the hub and has no task of its own while it is live; queries and mutations go
the way of HTTP. Close codes beside the protocol's: 1012 restart or maximum life and 1013 too slow (connect again),
4403 the credential is bad, has expired or was withdrawn (get a new one).
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import orjson
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from api.frames import Wire, wire
from api.subscriptions.hub import Hub, Member
from api.subscriptions.messages import Bad, identity, message, operation_of, optional, parsed
from api.subscriptions.presence import FORBIDDEN, RESTART, TOO_SLOW
from api.subscriptions.view import Away, OpenSubscription, Refusal, Run, refusal
from api.viewer import Viewer
from db.errors import Refused
from db.terms import RefusalCode

log = logging.getLogger("groundswell.websocket")

SUBPROTOCOL = "graphql-transport-ws"
MOST_OPERATIONS = 100
MOST_REASON = 123  # bytes, of a close frame

# Raises Refused for a bad credential; None: there is none, which is enough to sign in.
Authenticate: TypeAlias = Callable[[Mapping[str, Any], Headers], Awaitable[Viewer | None]]
# The context of one operation: who asks, the handshake's headers, the client's address.
MakeContext: TypeAlias = Callable[[Viewer | None, Headers, str], Any]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    init: float = 10.0  # until connection_init must have come
    ping: float = 30.0
    life: float = 24 * 3600.0  # at most; up to a tenth less, so that not all end at once
    stall: float = 30.0
    grace: float = 5.0  # for a close frame to go out


class Sockets:
    """The ASGI application of the socket's path. `allowed` judges the Origin header, given with the Host header."""

    def __init__(
        self,
        hub: Hub,
        *,
        authenticate: Authenticate,
        context: MakeContext,
        open_subscription: OpenSubscription,
        run: Run,
        allowed: Callable[[str | None, str | None], bool],
        release: str,
        timing: Timing | None = None,
    ) -> None:
        self.hub = hub
        self.authenticate = authenticate
        self.context = context
        self.open_subscription = open_subscription
        self.run = run
        self.allowed = allowed
        self.acknowledgement = message("connection_ack", payload={"release": release})
        self.timing = timing or Timing()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        headers = Headers(scope=scope)
        if not self.allowed(headers.get("origin"), headers.get("host")):
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        address = scope["client"][0] if scope.get("client") else ""
        await Socket(self, headers, address, receive, send, wire(scope, send)).serve()


class Operation:
    """One operation of a socket; of a subscription, the hub's sink."""

    __slots__ = ("id", "member", "prefix", "socket", "task")

    def __init__(self, socket: "Socket", id_: str) -> None:
        self.socket = socket
        self.id = id_
        self.prefix = b'{"id":' + orjson.dumps(id_) + b',"type":"next","payload":'
        self.task: asyncio.Task[None] | None = None
        self.member: Member | None = None

    def writable(self) -> bool:
        return self.socket.wire.writable()

    def write(self, payload: bytes, position: int | None = None) -> None:
        self.socket.wire.put(b"".join((self.prefix, payload, b"}")))

    async def room(self) -> None:
        await self.socket.wire.room()

    def finish(self, payload: bytes | None = None) -> None:
        self.socket.forget(self)
        if payload is not None:
            self.write(payload)
        self.socket.wire.put(message("complete", id=self.id))

    def refuse(self, errors: Refusal) -> None:
        self.socket.forget(self)
        self.socket.wire.put(message("error", id=self.id, payload=errors))

    def close(self, code: int, reason: str) -> None:
        self.socket.close(code, reason)


class Socket:
    """One connection, from its acceptance to its close."""

    def __init__(
        self, sockets: Sockets, headers: Headers, address: str, receive: Receive, send: Send, wire: Wire
    ) -> None:
        self.sockets = sockets
        self.hub = sockets.hub
        self.headers = headers
        self.address = address
        self.receive = receive
        self.send = send
        self.wire = wire
        self.viewer: Viewer | None = None
        self.initialised = False
        self.acknowledged = False
        self.operations: dict[str, Operation] = {}
        self.ending: asyncio.Task[None] | None = None
        self.ping_timer: asyncio.TimerHandle | None = None

    async def serve(self) -> None:
        """Until the client goes or is closed. Takes message by message, so that a client can't flood us."""
        loop, timing = asyncio.get_running_loop(), self.sockets.timing
        self.hub.presence.enter(self)
        init = loop.call_later(timing.init, self.not_initialised)
        life = loop.call_later(timing.life * random.uniform(0.9, 1.0), self.close, *RESTART)
        if self.hub.presence.leaving:
            self.close(*RESTART)
        try:
            while self.ending is None:
                received = await self.receive()
                if received["type"] == "websocket.disconnect":
                    break
                try:
                    await self.take(received)
                except Bad as bad:
                    self.close(bad.code, bad.reason)
        finally:
            init.cancel()
            life.cancel()
            if self.ping_timer is not None:
                self.ping_timer.cancel()
            self.hub.presence.leave(self)
            for operation in tuple(self.operations.values()):
                self.forget(operation)
            if self.ending is not None:
                await asyncio.wait([self.ending])

    def close(self, code: int, reason: str) -> None:
        """Closes the socket; a second call does nothing. A client that takes nothing is cut off."""
        if self.ending is None:
            self.ending = asyncio.create_task(self.end(code, reason))
            for operation in tuple(self.operations.values()):
                self.forget(operation)

    async def end(self, code: int, reason: str) -> None:
        try:
            async with asyncio.timeout(self.sockets.timing.grace):
                await self.wire.flush()
                short = reason.encode()[:MOST_REASON].decode(errors="ignore")
                await self.send({"type": "websocket.close", "code": code, "reason": short})
        except TimeoutError:
            self.wire.abort()
        except Exception as error:
            log.debug("a socket had gone before its close: %r", error)
            self.wire.abort()

    def changed(self, viewer: Viewer) -> None:
        """Their sight is another: feeds are reset and go on, anything else ends with the socket."""
        self.viewer = viewer
        on = [
            operation.member is not None and self.hub.change(operation.member, viewer)
            for operation in tuple(self.operations.values())
        ]
        if not all(on):
            self.close(*FORBIDDEN)

    def not_initialised(self) -> None:
        if not self.initialised:
            self.close(4408, "Connection initialisation timeout")

    def ping(self) -> None:
        if self.wire.writable():
            self.wire.put(b'{"type":"ping"}')
        self.ping_timer = asyncio.get_running_loop().call_later(self.sockets.timing.ping, self.ping)

    async def room(self) -> None:
        if not self.wire.writable():
            try:
                async with asyncio.timeout(self.sockets.timing.stall):
                    await self.wire.room()
            except TimeoutError:
                self.close(*TOO_SLOW)

    # Messages --------------------------------------------------------------------------------------------------

    async def take(self, received: Message) -> None:
        await self.room()  # who asks and never reads the answers is not heard any more
        if self.ending is not None:
            return
        said = parsed(received.get("text"))
        match said["type"]:
            case "connection_init":
                await self.initialise(optional(said, "payload", dict) or {})
            case "ping":
                payload = optional(said, "payload", dict)
                self.wire.put(message("pong", **({} if payload is None else {"payload": payload})))
            case "pong":
                optional(said, "payload", dict)
            case "subscribe":
                self.subscribe(said)
            case "complete":
                operation = self.operations.get(identity(said))
                if operation is not None:
                    self.forget(operation)
            case other:
                raise Bad(4400, f"Unexpected message of type {other}")

    async def initialise(self, params: dict[str, Any]) -> None:
        if self.initialised:
            raise Bad(4429, "Too many initialisation requests")
        self.initialised = True
        try:
            self.viewer = await self.sockets.authenticate(params, self.headers)
        except Refused as refused:
            raise Bad(*(FORBIDDEN if refused.code is RefusalCode.UNAUTHENTICATED else RESTART)) from None
        except Exception:
            log.exception("a credential could not be looked up")
            raise Bad(*RESTART) from None
        if self.ending is not None:
            return
        if self.viewer is not None:
            self.hub.presence.admit(self, self.viewer)
        self.acknowledged = True
        self.wire.put(self.sockets.acknowledgement)
        self.ping_timer = asyncio.get_running_loop().call_later(self.sockets.timing.ping, self.ping)

    def subscribe(self, said: dict[str, Any]) -> None:
        id_, asked = identity(said), operation_of(said)
        if not self.acknowledged:
            raise Bad(4401, "Unauthorized")
        if id_ in self.operations:
            raise Bad(4409, f"Subscriber for {id_} already exists")
        operation = Operation(self, id_)
        if len(self.operations) >= MOST_OPERATIONS:
            operation.refuse(refusal(RefusalCode.TOO_COSTLY, f"At most {MOST_OPERATIONS} operations at once."))
            return
        self.operations[id_] = operation
        operation.task = asyncio.create_task(self.begin(operation, *asked))

    def forget(self, operation: Operation) -> None:
        """Its id is free again, and nothing of it is sent any more."""
        if self.operations.get(operation.id) is operation:
            del self.operations[operation.id]
        task, operation.task = operation.task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
        member, operation.member = operation.member, None
        if member is not None:
            self.hub.leave(member)

    async def begin(self, operation: Operation, query: str, variables: dict[str, Any] | None, name: str | None) -> None:
        try:
            context = self.sockets.context(self.viewer, self.headers, self.address)
            opening = await self.sockets.open_subscription(context, query, variables, name)
            if opening is None:
                await self.answer(operation, await self.sockets.run(context, query, variables, name))
            elif isinstance(opening, list):
                operation.refuse(opening)
            else:
                operation.task = None
                operation.member = self.hub.join(opening, operation)
                if self.operations.get(operation.id) is not operation:
                    self.forget(operation)  # it ended while it joined
        except Away:
            self.close(*RESTART)  # clients take an error as the last word, and connect again after this
        except Refused as refused:
            operation.refuse(refusal(refused.code, refused.message, refused.extensions))
        except Exception:
            log.exception("an operation on a socket failed")
            operation.refuse(refusal(RefusalCode.INTERNAL, "Something went wrong here."))

    async def answer(self, operation: Operation, result: bytes) -> None:
        """A result that has data is the operation's; one without never began, which the protocol calls an error."""
        if not result.startswith(b'{"data"') and "data" not in (whole := orjson.loads(result)):
            operation.refuse(whole["errors"])
            return
        await self.room()
        operation.finish(result)
