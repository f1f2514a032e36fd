"""Whole WebSocket frames, written straight to the server's transport where it is the one that we know.

uvicorn's own `send` costs more than the write itself. `remember` stands outermost and notes the protocol behind `send`;
`wire` proves for each connection that it is as expected, and otherwise everything goes through `send` in order.
"""

import asyncio
import logging
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

log = logging.getLogger("groundswell.frames")

MARK = 128 * 1024  # bytes buffered for a connection, above which it is passed over; above the transport's own mark
PROTOCOL, LASTING = "groundswell.protocol", "groundswell.lasting"
TOUCHED = ("write", "is_closing", "get_write_buffer_size", "abort")  # of the transport; uvloop's has its own class


Lasting: TypeAlias = Callable[[Receive, Send], Awaitable[None]]


class Wire(Protocol):
    """One connection's way out. `put` takes at once whatever the caller gives: ask `writable` first."""

    def writable(self) -> bool: ...

    def put(self, text: bytes) -> None: ...

    async def room(self) -> None: ...

    async def flush(self) -> None:
        """Returns when nothing waits here any more; what is with the transport may still wait there."""

    def abort(self) -> None:
        """Without a goodbye: the other end takes nothing."""

    def cut(self) -> None:
        """Aborts what is closing already, and would wait for ever for an other end that takes nothing."""

    def gone(self) -> bool:
        """Nothing that is written now goes out any more."""

    def left(self) -> int:
        """Bytes that have not gone out."""


def header(length: int) -> bytes:
    """Of a whole text frame from a server: final, unmasked."""
    if length < 126:
        return struct.pack("!BB", 0x81, length)
    if length < 65536:
        return struct.pack("!BBH", 0x81, 126, length)
    return struct.pack("!BBQ", 0x81, 127, length)


def proven() -> bool:
    """Our frames are byte for byte those of the library that the server uses."""
    return all(
        header(n) + b"x" * n == Frame(Opcode.TEXT, b"x" * n).serialize(mask=False, extensions=[])
        for n in (0, 1, 125, 126, 127, 65535, 65536)
    )


class Direct:
    """Straight to the transport of uvicorn's sans-I/O protocol."""

    __slots__ = ("protocol", "transport")

    def __init__(self, protocol: Any) -> None:
        self.protocol = protocol
        self.transport = protocol.transport
        # Kilobytes, which are for the handshake alone.
        protocol.request = protocol.response = None

    def writable(self) -> bool:
        return bool(self.transport.get_write_buffer_size() < MARK)

    def put(self, text: bytes) -> None:
        if not self.protocol.close_sent and not self.transport.is_closing():
            self.transport.write(b"%b%b" % (header(len(text)), text))

    async def room(self) -> None:
        await self.protocol.writable.wait()

    async def flush(self) -> None:
        """Nothing waits here."""

    def abort(self) -> None:
        self.transport.abort()

    def cut(self) -> None:
        if self.transport.is_closing():
            self.transport.abort()

    def gone(self) -> bool:
        return bool(self.transport.is_closing())

    def left(self) -> int:
        return int(self.transport.get_write_buffer_size())


class Bounded(WebSocketsSansIOProtocol):
    """uvicorn's protocol, not read while its client takes nothing: nothing else bounds the pongs to its pings."""

    def pause_writing(self) -> None:
        super().pause_writing()
        if not self.transport.is_closing():
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()


class Queued:
    """Through `send`, in order, by a task that lives while something waits."""

    __slots__ = ("lost", "roomy", "send", "size", "task", "waiting")

    def __init__(self, send: Send) -> None:
        self.send = send
        self.waiting: deque[bytes] = deque()
        self.size = 0
        self.roomy = asyncio.Event()
        self.roomy.set()
        self.task: asyncio.Task[None] | None = None
        self.lost = False

    def writable(self) -> bool:
        return self.size < MARK

    def put(self, text: bytes) -> None:
        if self.lost:
            return
        self.waiting.append(text)
        self.size += len(text)
        if self.size >= MARK:
            self.roomy.clear()
        if self.task is None:
            self.task = asyncio.create_task(self.drain())
            self.task.add_done_callback(self.drained)

    async def drain(self) -> None:
        while self.waiting:
            text = self.waiting[0]
            await self.send(self.message(text))
            self.waiting.popleft()
            self.size -= len(text)
            if self.size < MARK // 4:
                self.roomy.set()
        self.task = None

    def message(self, text: bytes) -> Message:
        return {"type": "websocket.send", "text": text.decode()}

    def drained(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or task.exception() is not None:
            # The client has gone; whoever reads from it hears of that.
            self.lost = True
            self.waiting.clear()
            self.size = 0
            self.roomy.set()

    async def room(self) -> None:
        await self.roomy.wait()

    async def flush(self) -> None:
        if self.task is not None:
            await asyncio.wait([self.task])

    def abort(self) -> None:
        if self.task is not None:
            self.task.cancel()

    def cut(self) -> None:
        """Out of reach from here."""

    def gone(self) -> bool:
        return self.lost

    def left(self) -> int:
        return self.size


class Remember:
    """The outermost application: notes which object of the server stands behind `send`.

    What lasts for long is run by it too, when the stack between has returned, whose frames are kilobytes each time.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        state[PROTOCOL] = getattr(send, "__self__", None)
        lasting: list[Lasting] = []
        state[LASTING] = lasting
        try:
            await self.app(scope, receive, send)
        finally:
            del state[PROTOCOL], state[LASTING]  # they hold the scope: it would wait for the garbage collector
        if lasting:
            await lasting.pop()(receive, send)


async def last(scope: Scope, receive: Receive, send: Send, lasting: Lasting) -> None:
    """The last act of an application: `lasting` runs outside the stack between, where Remember stands outermost."""
    outside: list[Lasting] | None = scope.get("state", {}).get(LASTING)
    if outside is None:
        await lasting(receive, send)
    else:
        outside.append(lasting)


KNOWN = proven()
if not KNOWN:
    log.warning("frames are not what the server's library makes; sockets are written through it")


def wire(scope: Scope, send: Send) -> Wire:
    """The way out of an accepted socket."""
    protocol = scope.get("state", {}).get(PROTOCOL)
    if KNOWN and is_known(protocol):
        return Direct(protocol)
    return Queued(send)


def is_known(protocol: Any) -> bool:
    """uvicorn's websockets-sansio protocol, connected, without compression, with what Direct touches."""
    if not isinstance(protocol, WebSocketsSansIOProtocol):
        return False
    connection = getattr(protocol, "conn", None)
    return (
        getattr(connection, "extensions", None) == []
        and isinstance(getattr(protocol, "writable", None), asyncio.Event)
        and isinstance(getattr(protocol, "close_sent", None), bool)
        and all(callable(getattr(getattr(protocol, "transport", None), name, None)) for name in TOUCHED)
        and pauses_below_the_mark(protocol.transport)
    )


def pauses_below_the_mark(transport: Any) -> bool:
    """Otherwise `room` would return while there is none."""
    limits = getattr(transport, "get_write_buffer_limits", None)
    return limits is not None and limits()[1] < MARK
