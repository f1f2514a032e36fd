"""A log in memory and views of it, for tests of what stands above the log."""

import asyncio
import random
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from api.subscriptions.hub import Hub
from api.subscriptions.limits import Limits
from api.subscriptions.view import Batch, Item, State
from api.viewer import Viewer
from db.errors import Refused
from db.terms import RefusalCode, Sight

ORGANISATION = UUID(int=1)
KINDS = ("IDEA", "WIN", "THEME")


def viewer(person: UUID | None = None, sight: Sight = Sight.MEMBER, seconds: float = 900) -> Viewer:
    return Viewer(ORGANISATION, person or uuid4(), uuid4(), sight, datetime.now(UTC) + timedelta(seconds=seconds))


class Log:
    """Events by position: their types. Reads take a few turns of the loop, so that everything can come in between."""

    def __init__(self, seed: int = 0) -> None:
        self.types: list[str] = []
        self.random = random.Random(seed)
        self.turns = 3
        self.reads = 0
        self.pruned = 0  # up to where
        self.hold: asyncio.Event | None = None
        self.fail = False
        self.refuse = False

    @property
    def end(self) -> int:
        return len(self.types)

    def append(self, *types: str) -> set[str]:
        self.types.extend(types)
        return set(types)

    async def delay(self) -> None:
        self.reads += 1
        if self.hold is not None:
            await self.hold.wait()
        if self.fail:
            raise OSError("the log can't be read")
        for _ in range(self.random.randint(0, self.turns)):
            await asyncio.sleep(0)


@dataclass(eq=False)
class LogView:
    log: Log
    types: frozenset[str] | None = None
    name: str = ""
    organisation: UUID = ORGANISATION
    feed: bool = True

    @property
    def key(self) -> tuple[str, frozenset[str] | None]:
        return self.name, self.types

    async def read(self, after: int, upto: int, most: int) -> Batch:
        await self.log.delay()
        most = min(most, 3)  # short pages: some batches do not fit in one
        found = [p for p in range(after + 1, upto + 1) if self.shows(p)]
        if len(found) > most:
            found = found[:most]
            upto = found[-1]
        await self.log.delay()
        return Batch([Item(p, b"%d" % p) for p in found], upto)

    async def lacks(self, after: int) -> bool:
        return after < self.log.pruned

    def shows(self, position: int) -> bool:
        return self.types is None or self.log.types[position - 1] in self.types

    def caught_up(self, position: int) -> bytes | None:
        return b"caught up %d" % position if self.feed else None

    def reset(self, position: int, reason: str) -> bytes | None:
        return b"reset %d %s" % (position, reason.encode()) if self.feed else None

    def expired(self, position: int) -> bytes:
        return b"expired %d" % position


@dataclass(eq=False)
class BoardView:
    log: Log
    organisation: UUID = ORGANISATION
    key: str = "board"

    async def read(self, at_least: int) -> State:
        await self.log.delay()
        if self.log.refuse:
            raise Refused(RefusalCode.BAD_ARGUMENT, "There is no such unit.", {"path": ["board"]})
        wins = self.log.types.count("WIN")
        return State(self.log.end, b"%d wins" % wins, b"%d" % self.log.end)


@dataclass(eq=False)
class Ear:
    """A sink that keeps what it hears. `holds` payloads fit; they go out when somebody calls `drain`."""

    holds: int = 1_000_000
    heard: list[bytes] = field(default_factory=list)
    waiting: int = 0
    drained: asyncio.Event = field(default_factory=asyncio.Event)
    ending: tuple[int, str] | None = None
    finished: bool = False

    def writable(self) -> bool:
        return self.waiting < self.holds

    def write(self, payload: bytes, position: int | None) -> None:
        assert not self.finished
        assert self.ending is None
        self.heard.append(payload)
        if self.holds < 1_000_000:
            self.waiting += 1

    def drain(self) -> None:
        self.waiting = 0
        self.drained.set()
        self.drained = asyncio.Event()

    async def room(self) -> None:
        while not self.writable():
            await self.drained.wait()

    def finish(self, payload: bytes | None) -> None:
        if payload is not None:
            self.heard.append(payload)
        self.finished = True

    def close(self, code: int, reason: str) -> None:
        self.ending = (code, reason)

    def positions(self) -> list[int]:
        return [int(payload) for payload in self.heard if payload.isdigit()]


async def still(viewer: Viewer) -> Viewer | None:
    return viewer


def make_hub(**limits: Any) -> Hub:
    return Hub(still, replace(Limits(), **limits))


async def settle(turns: int = 400) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)
