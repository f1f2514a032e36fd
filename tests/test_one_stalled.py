"""One client in a thousand takes nothing: the others hear all, little waits for it, and it too misses nothing."""

import asyncio
import socket
from collections.abc import Mapping
from typing import Any

from api.conversation import Socket
from api.frames import MARK
from tests.faults.wires import Asked, SocketWire
from tests.feed_server import FeedServer, serving, until

OTHERS = 999
EVENTS = 40
KERNEL = 32 * 1024  # bytes that the system may hold back for a client, so that the server feels it soon


class Client(SocketWire):
    """What it was sent. A thirsty one subscribes many times on its socket, so that its share is large."""

    def __init__(self, port: int, times: int = 1) -> None:
        super().__init__(Asked(port, "nurse", "feed", {}), self.note)
        self.positions: list[int] = []
        self.times = times

    def note(self, result: Mapping[str, Any], id_: str | None) -> None:
        self.positions.append(result["data"]["feed"]["at"])

    def say(self, **message: Any) -> None:
        super().say(**message)
        if message["type"] == "subscribe":
            for n in range(2, self.times + 1):
                super().say(**{**message, "id": str(n)})


async def client(feed: FeedServer, times: int = 1) -> Client:
    _, made = await asyncio.get_running_loop().create_connection(
        lambda: Client(feed.port, times), "127.0.0.1", feed.port
    )
    return made


async def test_the_others_hear_all_and_what_waits_for_the_stalled_one_stays_under_the_bound() -> None:
    async with serving() as feed:
        feed.listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)
        feed.pad = "x" * 500
        stalled = await client(feed, times=100)
        await until(lambda: len(feed.began) == 100)
        others = [await client(feed) for _ in range(OTHERS)]
        await until(lambda: len(feed.began) == 100 + OTHERS, within=30)
        stalled.transport.pause_reading()
        for n in range(1, EVENTS + 1):
            feed.happen("IDEA")
            await until(lambda n=n: all(len(other.positions) == n for other in others), within=30)  # type: ignore[misc]
            waiting = sorted(written(feed))
            assert waiting[-1] < MARK + 1000, "one frame at most beyond the mark, however many subscriptions"
            assert waiting[-2] < 1000
        assert feed.hub.shared.counts.catch_ups >= 100
        assert all(other.positions == list(range(1, EVENTS + 1)) for other in others)
        stalled.transport.resume_reading()
        await until(lambda: len(stalled.positions) == 100 * EVENTS, within=30)
        assert sorted(stalled.positions) == sorted(list(range(1, EVENTS + 1)) * 100)
        for one in (stalled, *others):
            one.transport.abort()


def written(feed: FeedServer) -> list[int]:
    """Bytes that wait in the server for each client."""
    sockets = [visitor for visitor in feed.hub.presence.visitors if isinstance(visitor, Socket)]
    return [one.wire.left() for one in sockets]
