"""One socket's conversation: graphql-transport-ws to the letter, ids spliced round shared payloads.

A subscription becomes a subscriber of the hub and has no task of its own while it is live; queries and mutations go
the way of HTTP. Close codes beside the protocol's: 1012 restart or maximum life and 1013 too slow (connect again),
4403 the credential is bad, has expired or was withdrawn (get a new one).
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import orjson
from starlette.types import Message, Receive, Send

from api.frames import Wire
from api.subscriptions.hub import Hub, Member
from api.subscriptions.messages import Bad, identity, message, operation_of, optional, parsed
from api.subscriptions.presence import FORBIDDEN, RESTART, TOO_SLOW
from api.subscriptions.view import Away, Opening, OpenSubscription, Refusal, Run, refusal
from api.viewer import Viewer
from db.errors import Refused
from db.terms import RefusalCode

log = logging.getLogger("groundswell.websocket")

MOST_OPERATIONS = 100
PING = message("ping")
LAST_WORD = 15.0  # seconds for what was written to be taken, once the server has begun to close
MOST_REASON = 123  # bytes, of a close frame

# Of connection_init's payload and the handshake's Authorization header. Raises Refused for a bad credential; None:
# there is none, which is enough to sign in.
Authenticate: TypeAlias = Callable[[Mapping[str, Any], str | None], Awaitable[Viewer | None]]
# The context of one operation: who asks, and the client's address.
MakeContext: TypeAlias = Callable[[Viewer | None, str, str | None, Mapping[str, Any] | None], Any]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds."""

    init: float = 10.0  # until connection_init must have come
    ping: float = 30.0
    life: float = 24 * 3600.0  # at most; up to a tenth less, so that not all end at once
    stall: float = 30.0
    finish: float = 4.0  # at a restart, for queries and mutations under way
    grace: float = 5.0  # for a close frame to go out


class House(Protocol):
    """What all sockets of a process share."""

    hub: Hub
    authenticate: Authenticate
    context: MakeContext
    open_subscription: OpenSubscription
    run: Run
    acknowledgement: bytes
    timing: Timing


class Operation:
    """One operation of a socket; of a subscription, the hub's sink."""

    __slots__ = ("answers", "id", "member", "prefix", "socket", "task")

    def __init__(self, socket: "Socket", id_: str) -> None:
        self.socket = socket
        self.id = id_
        self.prefix = b'{"id":' + orjson.dumps(id_) + b',"type":"next","payload":'
        self.task: asyncio.Task[None] | None = None
        self.answers = False  # a query or a mutation that is under way
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

    __slots__ = (
        "acknowledged",
        "address",
        "authorization",
        "ending",
        "full",
        "heard",
        "hub",
        "initialised",
        "listening",
        "operations",
        "origin",
        "send",
        "sockets",
        "until",
        "viewer",
        "wire",
    )

    def __init__(self, sockets: House, authorization: str | None, address: str, origin: str | None, wire: Wire) -> None:
        self.sockets = sockets
        self.hub = sockets.hub
        self.authorization = authorization
        self.address = address
        self.origin = origin
        self.wire = wire
        self.until = asyncio.get_running_loop().time() + sockets.timing.life * random.uniform(0.9, 1.0)
        self.viewer: Viewer | None = None
        self.initialised = False
        self.acknowledged = False
        self.operations: dict[str, Operation] = {}
        self.ending: asyncio.Task[None] | None = None
        self.full = False  # it was at the last beat
        self.heard = 0.0  # when something was heard last, and first when it was acknowledged
        self.listening: asyncio.Timeout | None = None

    async def serve(self, receive: Receive, send: Send) -> None:
        """Until the client goes or is closed. Takes message by message, so that a client can't flood us."""
        self.send, presence = send, self.hub.presence
        presence.enter(self)
        presence.wake(self, min(self.until, asyncio.get_running_loop().time() + self.sockets.timing.init))
        if presence.leaving:
            self.close(*RESTART)
        try:
            async with asyncio.timeout(None) as self.listening:
                while self.ending is None:
                    received = await receive()
                    if received["type"] == "websocket.disconnect":
                        break
                    try:
                        await self.take(received)
                    except Bad as bad:
                        self.close(bad.code, bad.reason)
        except TimeoutError:
            log.debug("a client that takes nothing is not waited for")
        finally:
            self.listening = None
            try:
                if self.ending is not None:
                    await asyncio.wait([self.ending])
            finally:
                for operation in tuple(self.operations.values()):
                    self.forget(operation)
                presence.leave(self)

    def beat(self, now: float) -> None:
        """The server's ping, which must be answered, and by which a browser can tell that the connection lives.

        And the end of its life, and of one that takes nothing though nothing more happens.
        """
        self.wire.cut()
        if not self.initialised:
            self.close(4408, "Connection initialisation timeout")
        elif now >= self.until or (self.acknowledged and now - self.heard > 1.5 * self.sockets.timing.ping):
            self.close(*RESTART)
        elif self.full and not self.wire.writable():
            self.close(*TOO_SLOW)
        else:
            self.full = not self.wire.writable()
            if self.full:
                self.heard = now  # it is not asked, so it has nothing to answer; the next beat judges it
            elif self.acknowledged:
                self.wire.put(PING)
            self.hub.presence.wake(self, min(self.until, now + self.sockets.timing.ping))

    def close(self, code: int, reason: str) -> None:
        """Closes the socket; a second call does nothing. At a restart what is asked is answered first."""
        if self.ending is not None:
            return
        finishing = []
        for operation in tuple(self.operations.values()):
            if code == RESTART[0] and operation.answers and operation.task not in (None, asyncio.current_task()):
                finishing.append(operation.task)
            else:
                self.forget(operation)
        self.ending = asyncio.create_task(self.end(code, reason, finishing))

    async def end(self, code: int, reason: str, finishing: "Sequence[asyncio.Task[None]]") -> None:
        """A client that takes nothing is cut off."""
        timing = self.sockets.timing
        if finishing:
            await asyncio.wait(finishing, timeout=timing.finish)
        try:
            async with asyncio.timeout(timing.grace):
                await self.wire.flush()
                short = reason.encode()[:MOST_REASON].decode(errors="ignore")
                await self.send({"type": "websocket.close", "code": code, "reason": short})
        except TimeoutError:
            self.cut_off()
        except Exception as error:
            log.debug("a socket had gone before its close: %r", error)
            self.cut_off()
        else:
            asyncio.get_running_loop().call_later(LAST_WORD, self.wire.cut)

    def cut_off(self) -> None:
        """Without a goodbye; where the transport is out of reach, by listening no longer."""
        self.wire.abort()
        if self.listening is not None:
            self.listening.reschedule(asyncio.get_running_loop().time())

    def changed(self, viewer: Viewer) -> None:
        """Their sight is another: feeds are reset and go on, anything else ends with the socket."""
        self.viewer = viewer
        on = [
            operation.member is not None and self.hub.change(operation.member, viewer)
            for operation in tuple(self.operations.values())
        ]
        if not all(on):
            self.close(*FORBIDDEN)

    async def room(self) -> None:
        if not self.wire.writable():
            try:
                async with asyncio.timeout(self.sockets.timing.stall):
                    await self.wire.room()
            except TimeoutError:
                self.close(*TOO_SLOW)

    # Messages --------------------------------------------------------------------------------------------------

    async def take(self, received: Message) -> None:
        self.heard = asyncio.get_running_loop().time()
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
            self.viewer = await self.sockets.authenticate(params, self.authorization)
        except Refused as refused:
            raise Bad(*(FORBIDDEN if refused.code is RefusalCode.UNAUTHENTICATED else RESTART)) from None
        except Exception:
            log.exception("a credential could not be looked up")
            raise Bad(*RESTART) from None
        if self.ending is not None:
            return
        if self.viewer is not None:
            self.hub.presence.admit(self, self.viewer)
        self.acknowledged, self.authorization = True, None
        self.wire.put(self.sockets.acknowledgement)
        self.hub.presence.wake(self, min(self.until, asyncio.get_running_loop().time() + self.sockets.timing.ping))

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

    async def begin(
        self,
        operation: Operation,
        query: str,
        variables: dict[str, Any] | None,
        name: str | None,
        extensions: dict[str, Any] | None,
    ) -> None:
        try:
            context = self.sockets.context(self.viewer, self.address, self.origin, extensions)
            opening = await self.sockets.open_subscription(context, query, variables, name)
            if isinstance(opening, Opening):
                operation.task = None
                operation.member = self.hub.join(opening, operation)
                if self.operations.get(operation.id) is not operation:
                    self.forget(operation)  # it ended while it joined
            elif opening is None:
                operation.answers = True
                await self.answer(operation, await self.sockets.run(context, query, variables, name))
            else:
                operation.refuse(opening)
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
