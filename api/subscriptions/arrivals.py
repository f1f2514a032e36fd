"""Admission: how many subscriptions are opened or handed a page at once, so that a storm holds up nobody live.

One thread does all the work of a process: what is ready to run, runs before the next live batch. So those who arrive
wait in a line; who is inside gives the loop back once before leaving, so that no more are served in one turn of it than
are let in. What waits for the database waits outside.
"""

import asyncio
from types import TracebackType


class Arrivals:
    """A line before a door. `now` are inside, `most` is how many ever were: never more than `limit`."""

    __slots__ = ("door", "limit", "most", "now")

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.door = asyncio.Semaphore(limit)
        self.now = 0
        self.most = 0

    async def __aenter__(self) -> None:
        await self.door.acquire()
        self.now += 1
        self.most = max(self.most, self.now)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.now -= 1
        self.door.release()
