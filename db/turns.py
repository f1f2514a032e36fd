"""Turns at writing: of one organisation a few transactions are at work in a process, and the rest wait in order.

PostgreSQL pays for every transaction that waits at a row, and the writers of one organisation all come to the same rows
(its position, the number of an idea, an open theme). So they wait here instead, where waiting costs next to nothing.

A turn is taken before the connection, and so before any lock. Hence:

- it cannot deadlock: whoever waits for a turn holds nothing, no connection, no lock, no open transaction; and whoever
  has one waits only for connections and locks of transactions that have their turns already, which end by themselves or
  by the database's time limits. (What `writing()` runs must therefore never call `writing()`.)
- a wait runs into none of the database's time limits, whatever is ahead; it has a limit of its own.
- one organisation never takes all connections: the others always find some.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

# One commits, one waits at the position's row, one is on its way: a transaction is four round trips, two of them
# with that row locked, so that a fourth would only wait. Fewer leave the row idle between two commits.
AT_ONCE = 3
MOST_WAITING = 1000
PATIENCE = 3.0  # seconds, as the database's lock_timeout


class Crowded(Exception):
    """Too many wait already, or the turn did not come in time. Nothing was begun."""


@dataclass(slots=True)
class Line:
    """One organisation's: free turns, and how many there are who have one or wait."""

    free: asyncio.Semaphore
    present: int = 0


class Turns:
    """One process's turns. A semaphore gives them in the order in which they were asked for."""

    def __init__(self, at_once: int = AT_ONCE, *, most_waiting: int = MOST_WAITING, patience: float = PATIENCE) -> None:
        self.at_once = at_once
        self.most = at_once + most_waiting
        self.patience = patience
        self.lines: dict[UUID, Line] = {}

    @asynccontextmanager
    async def turn(self, organisation: UUID) -> AsyncIterator[None]:
        """Held for the block. Raises Crowded; who is cancelled while waiting leaves the line."""
        line = self.lines.get(organisation)
        if line is None:
            line = self.lines[organisation] = Line(asyncio.Semaphore(self.at_once))
        if line.present >= self.most:
            raise Crowded
        line.present += 1
        try:
            try:
                async with asyncio.timeout(self.patience):
                    await line.free.acquire()
            except TimeoutError:
                raise Crowded from None
            try:
                yield
            finally:
                line.free.release()
        finally:
            line.present -= 1
            if not line.present:
                del self.lines[organisation]
