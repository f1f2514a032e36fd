"""A small TCP proxy for tests: spreads connections over servers, and harms them as networks do.

`python -m tests.tcp_proxy SEED PORT…` is one in a process of its own (see tests/faults/told.py); its first line is its
port. It has no heart-beats of its own: a server that takes connections and answers nothing gets its share.
"""

import asyncio
import random
import socket
import struct
import sys
from collections import deque
from collections.abc import Sequence
from typing import Any

import uvloop

from tests.faults.told import obey

KEPT = 16 * 1024  # bytes that wait for a slow reader here, so that it is soon the server's matter
BACKLOG = 4096


class End(asyncio.Protocol):
    """One end of a link. What comes in here goes out at the other end; or late, or never."""

    def __init__(self, link: "Link") -> None:
        self.link = link
        self.other: End
        self.transport: Any = None
        self.lost = False
        self.delay = 0.0  # seconds
        self.late: deque[bytes] = deque()
        self.early: list[bytes] = []  # what is to go out here, and no connection yet
        self.swallows = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.set_write_buffer_limits(high=KEPT)
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, buffer, KEPT)
        transport.writelines(self.early)
        self.early.clear()

    def data_received(self, data: bytes) -> None:
        if self.swallows:
            return
        if self.delay or self.late:
            self.late.append(data)
            asyncio.get_running_loop().call_later(self.delay, self.release)
        else:
            self.other.write(data)

    def release(self) -> None:
        """The oldest of what is late: whoever comes first, order stays."""
        data = self.late.popleft()
        if not self.swallows:
            self.other.write(data)

    def write(self, data: bytes) -> None:
        if self.transport is None:
            self.early.append(data)
        elif not self.lost and not self.transport.is_closing():
            self.transport.write(data)

    def pause_writing(self) -> None:
        if not self.other.lost and not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        if not self.other.lost and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self.link.lost(self)

    def abort(self) -> None:
        """With a reset, as from a machine that knows nothing of this connection."""
        if self.transport is not None and not self.lost:
            linger = struct.pack("ii", 1, 0)
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.transport.abort()


class Link:
    """A client's connection and the server's that belongs to it."""

    def __init__(self, proxy: "Proxy") -> None:
        self.proxy = proxy
        self.client, self.server = Front(self), End(self)
        self.client.other, self.server.other = self.server, self.client
        self.opening: asyncio.Task[None] | None = None

    @property
    def half_open(self) -> bool:
        return self.client.swallows or self.server.swallows

    def lost(self, end: End) -> None:
        if end.other.lost or end.other.transport is None:
            self.proxy.links.discard(self)
            if self.opening is not None:
                self.opening.cancel()
        elif not end.swallows:  # otherwise the other end does not hear of it, as of a machine that has lost its power
            wait = end.delay if end.late else 0.0
            asyncio.get_running_loop().call_later(wait, end.other.transport.close)

    def cut(self) -> None:
        self.client.abort()
        self.server.abort()


class Front(End):
    """The client's end, which looks for a server first."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.link.opening = asyncio.get_running_loop().create_task(self.link.proxy.open(self.link))


class Proxy:
    """In front of servers on this machine. Harm is done to a share of the connections that there are."""

    def __init__(self, ports: Sequence[int], seed: int) -> None:
        self.ports = deque(ports)
        self.choice = random.Random(seed)
        self.links: set[Link] = set()
        self.refusing = False
        self.turned_away = 0

    async def listen(self) -> int:
        """Its port."""
        loop = asyncio.get_running_loop()
        self.listening = await loop.create_server(self.front, "127.0.0.1", 0, backlog=BACKLOG)
        port: int = self.listening.sockets[0].getsockname()[1]
        return port

    def front(self) -> Front:
        link = Link(self)
        self.links.add(link)
        return link.client

    async def open(self, link: Link) -> None:
        """The next server in turn that takes it."""
        loop = asyncio.get_running_loop()
        for _ in range(0 if self.refusing else len(self.ports)):
            self.ports.rotate(-1)
            try:
                await loop.create_connection(lambda: link.server, "127.0.0.1", self.ports[0])
            except OSError:
                continue
            if link.client.lost:
                link.server.abort()
            return
        self.turned_away += 1
        link.client.abort()

    def some(self, share: float) -> list[Link]:
        whole = [link for link in self.links if link.server.transport is not None and not link.half_open]
        return [link for link in whole if self.choice.random() < share]

    # Harm: each answers how many it was done to ----------------------------------------------------------------

    def cut(self, share: float) -> dict[str, int]:
        chosen = self.some(share)
        for link in chosen:
            link.cut()
        return {"links": len(chosen)}

    def delay(self, share: float, seconds: float) -> dict[str, int]:
        """Both ways."""
        chosen = self.some(share)
        for link in chosen:
            link.client.delay = link.server.delay = seconds
        return {"links": len(chosen)}

    def swallow(self, share: float, *, to_server: bool, to_client: bool) -> dict[str, int]:
        """Half-open from now on: what is sent goes nowhere, and nobody is told, not even of an end."""
        chosen = self.some(share)
        for link in chosen:
            link.client.swallows, link.server.swallows = to_server, to_client
        return {"links": len(chosen)}

    def refuse(self) -> None:
        """Nobody new is let through."""
        self.refusing = True

    def heal(self) -> None:
        """Delays and refusals end. What is half-open stays so until one of its ends gives it up."""
        self.refusing = False
        for link in self.links:
            link.client.delay = link.server.delay = 0.0

    def state(self) -> dict[str, int]:
        half_open = sum(link.half_open for link in self.links)
        return {"links": len(self.links), "half_open": half_open, "turned_away": self.turned_away}


async def main() -> None:
    seed, *ports = map(int, sys.argv[1:])
    proxy = Proxy(ports, seed)
    actions = {name: getattr(proxy, name) for name in ("cut", "delay", "swallow", "refuse", "heal", "state")}
    await obey({"port": await proxy.listen()}, actions)


if __name__ == "__main__":
    uvloop.run(main())
