"""HTTP chunks, written straight to the server's transport where it is the one that we know: for event streams.

The twin of frames. `wire` proves for each response that the server behind it is as expected and has begun to answer in
chunks; otherwise (HTTP/1.0, another server) everything goes through `send` in order.
"""

import asyncio
from typing import Any, Protocol

from starlette.types import Message, Scope, Send

from api import frames
from api.frames import MARK, PROTOCOL, TOUCHED, pauses_below_the_mark

SERVER = ("uvicorn.protocols.http.httptools_impl", "RequestResponseCycle")


class Wire(frames.Wire, Protocol):
    """One response's way out, after its start. `put` takes what `made` makes of an event."""

    @staticmethod
    def made(event: bytes) -> bytes:
        """The same for all wires of a class, so that it is made once for many."""

    def hang_up(self) -> None:
        """No other request is wanted on this connection: it ends with the response."""


class Direct:
    """Straight to the transport of uvicorn's httptools protocol."""

    __slots__ = ("cycle", "transport")

    @staticmethod
    def made(event: bytes) -> bytes:
        return b"%x\r\n%b\r\n" % (len(event), event)

    def __init__(self, cycle: Any) -> None:
        self.cycle = cycle
        self.transport = cycle.transport

    def writable(self) -> bool:
        return bool(self.transport.get_write_buffer_size() < MARK)

    def put(self, text: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(text)

    async def room(self) -> None:
        """The transport says so at its own marks, which are below ours: whoever asks again finds room."""
        await self.cycle.flow.drain()

    async def flush(self) -> None:
        """Nothing waits here."""

    def hang_up(self) -> None:
        self.cycle.keep_alive = False

    def abort(self) -> None:
        self.transport.abort()

    def cut(self) -> None:
        if self.transport.is_closing() and not self.cycle.keep_alive:  # otherwise it may be another request's by now
            self.transport.abort()

    def gone(self) -> bool:
        return bool(self.transport.is_closing())

    def left(self) -> int:
        return int(self.transport.get_write_buffer_size())


class Queued(frames.Queued):
    """Through `send`."""

    __slots__ = ()

    @staticmethod
    def made(event: bytes) -> bytes:
        return event

    def message(self, text: bytes) -> Message:
        return {"type": "http.response.body", "body": text, "more_body": True}

    def hang_up(self) -> None:
        """Out of reach from here."""


def wire(scope: Scope, send: Send) -> Wire:
    """The way out of a response that has been started."""
    cycle = scope.get("state", {}).get(PROTOCOL)
    if is_known(cycle):
        return Direct(cycle)
    return Queued(send)


def is_known(cycle: Any) -> bool:
    """uvicorn's response over httptools, begun in chunks, whose client can still be told, with what Direct touches."""
    if (type(cycle).__module__, type(cycle).__name__) != SERVER:
        return False
    flow, transport = getattr(cycle, "flow", None), getattr(cycle, "transport", None)
    scope = getattr(cycle, "scope", {})
    return (
        scope.get("http_version") == "1.1"
        and scope.get("method") in ("GET", "POST")
        and getattr(cycle, "response_started", None) is True
        and getattr(cycle, "response_complete", None) is False
        and getattr(cycle, "chunked_encoding", None) is True
        and isinstance(getattr(cycle, "keep_alive", None), bool)
        and asyncio.iscoroutinefunction(getattr(flow, "drain", None))
        and all(callable(getattr(transport, name, None)) for name in TOUCHED)
        and pauses_below_the_mark(transport)
    )
