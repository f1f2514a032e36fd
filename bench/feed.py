"""What a delivery costs: subscribers in processes of their own on one view, events one at a time, all of it counted."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import orjson

from bench.processes import ROOT, Cost

PROCESSES = 4
PACE = 0.02  # seconds between two events, so that each is a batch of its own
PATIENCE = 60.0

Submit = Callable[[int], Awaitable[None]]


@dataclass(slots=True)
class Delivered:
    """Per subscriber: CPU of connect and subscribe in µs, resident KiB. Per round: CPU µs of the server a delivery,
    of PostgreSQL an event. All deliveries were there, in order; else there is no figure.

    `alone`: CPU µs of the same mutations before anybody subscribed, the server's and PostgreSQL's.
    """

    kind: str
    subscribers: int
    alone: tuple[float, float] = (0.0, 0.0)
    connect: float = 0.0
    resident: float = 0.0
    events: int = 0
    server: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)


class Watchers:
    """The processes of the subscribers."""

    def __init__(self, processes: list[asyncio.subprocess.Process]) -> None:
        self.processes = processes

    async def report(self) -> tuple[int, int]:
        """The least and the most events that a subscriber has. Raises where one was sent anything out of order."""
        found = [orjson.loads(await self.line(process, b"how\n")) for process in self.processes]
        if wrong := sum(each["wrong"] for each in found):
            raise RuntimeError(f"{wrong} deliveries were lost, doubled or out of order")
        return min(each["least"] for each in found), max(each["most"] for each in found)

    async def line(self, process: asyncio.subprocess.Process, question: bytes = b"") -> bytes:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(question)
        async with asyncio.timeout(PATIENCE):
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError("a process of subscribers ended")
        return line

    async def all_have(self, events: int) -> None:
        limit = time.monotonic() + PATIENCE
        while (have := await self.report()) != (events, events):
            if time.monotonic() > limit or have[1] > events:
                raise RuntimeError(f"of {events} events the subscribers have {have[0]} to {have[1]}")
            await asyncio.sleep(0.2)


@asynccontextmanager
async def watching(kind: str, subscribers: int, port: int, token: str) -> AsyncIterator[Watchers]:
    """Connected one after the other in each process; gone at the end."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.watchers", kind, str(share), str(port), token),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for share in shares(subscribers)
    ]
    try:
        watchers = Watchers(processes)
        for process in processes:
            await watchers.line(process)
        yield watchers
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()


def shares(subscribers: int) -> list[int]:
    each, more = divmod(subscribers, PROCESSES)
    return [each + (n < more) for n in range(PROCESSES) if each + (n < more)]


async def quiet(server: Cost) -> None:
    """Until the server does next to nothing: all that was asked of it is done."""
    before = server.cpu()
    while True:
        await asyncio.sleep(0.5)
        after = server.cpu()
        if after - before < 0.02:
            return
        before = after


@dataclass(frozen=True, slots=True)
class Room:
    """Who watches what: so many subscribers of one kind, of one server."""

    kind: str
    subscribers: int
    port: int
    token: str
    server: Cost
    database: Cost
    submit: Submit

    def watching(self) -> AbstractAsyncContextManager[Watchers]:
        return watching(self.kind, self.subscribers, self.port, self.token)


async def paced(room: Room, numbers: Sequence[int]) -> tuple[float, float]:
    """Events one after the other, until all is done: CPU µs an event of the server and of PostgreSQL."""
    await quiet(room.server)
    before = room.server.cpu(), room.database.cpu()
    for number in numbers:
        await room.submit(number)
        await asyncio.sleep(PACE)
    await quiet(room.server)
    used = room.server.cpu() - before[0], room.database.cpu() - before[1]
    return used[0] / len(numbers) * 1e6, used[1] / len(numbers) * 1e6


async def deliver(room: Room, events: int, rounds: int) -> Delivered:
    """One event warms; then so many a round."""
    server, subscribers = room.server, room.subscribers
    figure = Delivered(room.kind, subscribers)
    for _ in range(3):
        await room.submit(0)
    figure.alone = await paced(room, [0] * events)
    cpu, memory = server.cpu(), server.memory()
    async with room.watching() as watchers:
        await quiet(server)
        figure.connect = (server.cpu() - cpu) / subscribers * 1e6
        figure.resident = (server.memory() - memory) / subscribers / 1024
        await room.submit(0)
        await watchers.all_have(1)
        for round_ in range(rounds):
            first = 1 + round_ * events
            used = await paced(room, range(first, first + events))
            figure.server.append(used[0] / subscribers)
            figure.database.append(used[1])
            await watchers.all_have(1 + (round_ + 1) * events)
        figure.events = rounds * events
    return figure


@dataclass(slots=True)
class Grown:
    """Resident KiB of the server after so many events, delivered to so many subscribers."""

    subscribers: int
    after: list[tuple[int, float]]


async def grow(room: Room, events: int) -> Grown:
    """In four parts, as fast as it goes; what the first part fills may stay, the rest must not grow with the events."""
    parts = 4
    async with room.watching() as watchers:
        await quiet(room.server)
        seen = [(0, room.server.memory() / 1024)]
        for part in range(parts):
            for n in range(events // parts):
                await room.submit(part * (events // parts) + n)
            await watchers.all_have((part + 1) * (events // parts))
            seen.append(((part + 1) * (events // parts), room.server.memory() / 1024))
    return Grown(room.subscribers, seen)
