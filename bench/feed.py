"""What a delivery costs and how long it takes: subscribers in processes of their own, events one at a time."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.announcing import Announcer
from bench.processes import Cost
from bench.watching import Asked, Watchers, watching

PACE = 0.02  # seconds between an event's last arrival and the next event, so that each is a batch of its own
FEWEST = 2  # events of a round


@dataclass(frozen=True, slots=True)
class Load:
    """So many rounds of so many events; a round ends after `seconds`, however few they were."""

    rounds: int
    events: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Room:
    """Who watches what: so many subscribers of one kind, of one server."""

    server: str
    asked: Asked
    cost: Cost
    database: Cost
    announcer: Announcer

    @property
    def subscribers(self) -> int:
        return self.asked.subscribers


@dataclass(slots=True)
class Delivered:
    """All deliveries were there, in order; else there is no figure.

    `alone`: CPU µs of the same mutations before anybody subscribed, the server's and PostgreSQL's. Per subscriber: CPU
    µs of connect and subscribe, resident KiB then and after all events. Per round: CPU µs of the server a delivery, of
    PostgreSQL an event. `latencies`: µs from mutation to arrival, a delivery each, ascending.
    """

    room: Room
    alone: tuple[float, float] = (0.0, 0.0)
    connect: float = 0.0
    resident: float = 0.0
    resident_after: float = 0.0
    events: int = 0
    server: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    latencies: list[int] = field(default_factory=list)

    @property
    def less_mutation(self) -> float:
        """Server CPU µs a delivery without the mutation's share."""
        return min(self.server) - self.alone[0] / self.room.subscribers

    @property
    def server_of_event(self) -> float:
        """Server CPU µs an event, without the mutation."""
        return self.less_mutation * self.room.subscribers

    def latency(self, share: float) -> float:
        return percentile(self.latencies, share)


def percentile(ascending: Sequence[int], share: float) -> float:
    """Milliseconds, of µs."""
    return ascending[min(len(ascending) - 1, int(len(ascending) * share))] / 1000


async def quiet(server: Cost) -> None:
    """Until the server does next to nothing: all that was asked of it is done."""
    before = server.cpu()
    while True:
        await asyncio.sleep(0.5)
        after = server.cpu()
        if after - before < 0.02:
            return
        before = after


@dataclass(slots=True)
class Used:
    """CPU µs an event, of the server and of PostgreSQL."""

    events: int
    server: float
    database: float


async def paced(room: Room, load: Load, watchers: Watchers | None = None, have: int = 0) -> Used:
    """One round: an event, its arrival at everybody, a pause, the next; until all is done."""
    await quiet(room.cost)
    before = room.cost.cpu(), room.database.cpu()
    limit = time.monotonic() + load.seconds
    events = 0
    while events < load.events and (events < FEWEST or time.monotonic() < limit):
        await room.announcer.submit()
        events += 1
        if watchers is not None:
            await watchers.all_have(have + events)
        await asyncio.sleep(PACE)
    await quiet(room.cost)
    used = room.cost.cpu() - before[0], room.database.cpu() - before[1]
    return Used(events, used[0] / events * 1e6, used[1] / events * 1e6)


async def deliver(room: Room, load: Load) -> Delivered:
    """One event warms; then the rounds."""
    figure = Delivered(room)
    for _ in range(3):
        await room.announcer.submit()
    alone = await paced(room, load)
    figure.alone = alone.server, alone.database
    cpu, memory = room.cost.cpu(), room.cost.memory()
    async with watching(room.asked) as watchers:
        await quiet(room.cost)
        figure.connect = (room.cost.cpu() - cpu) / room.subscribers * 1e6
        figure.resident = (room.cost.memory() - memory) / room.subscribers / 1024
        await room.announcer.submit()
        await watchers.all_have(1)
        await watchers.latencies()  # the first event's do not count
        for _ in range(load.rounds):
            used = await paced(room, load, watchers, 1 + figure.events)
            figure.events += used.events
            figure.server.append(used.server / room.subscribers)
            figure.database.append(used.database)
        figure.latencies = sorted(await watchers.latencies())
        figure.resident_after = (room.cost.memory() - memory) / room.subscribers / 1024
    return figure


@dataclass(slots=True)
class Grown:
    """Resident KiB of the server after so many events, delivered to so many subscribers."""

    subscribers: int
    after: list[tuple[int, float]]

    @property
    def slope(self) -> float:
        """KiB a thousand events, after the first part, which fills what may be filled."""
        (first, before), (last, after) = self.after[1], self.after[-1]
        return (after - before) / (last - first) * 1000


async def grow(room: Room, events: int, parts: int = 10) -> Grown:
    """As fast as it goes, lane by lane at once; the memory after each part."""
    lanes = len(room.announcer.askers)
    each = events // parts // lanes

    async def go(lane: int) -> None:
        for _ in range(each):
            await room.announcer.submit(lane)

    async with watching(room.asked) as watchers:
        await quiet(room.cost)
        seen = [(0, room.cost.memory() / 1024)]
        for part in range(1, parts + 1):
            await asyncio.gather(*(go(lane) for lane in range(lanes)))
            done = part * each * lanes
            await watchers.all_have(done)
            await watchers.latencies()
            seen.append((done, room.cost.memory() / 1024))
    return Grown(room.subscribers, seen)
