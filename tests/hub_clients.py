"""The process of the model with its tail and hub, and its clients: connections that stall, break and leave."""

import asyncio
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from api.subscriptions.hub import Hub
from api.subscriptions.limits import Limits
from api.subscriptions.presence import FORBIDDEN, RESTART
from api.subscriptions.tail import Tail
from api.viewer import Viewer
from db.terms import Sight
from tests.hub_model import ACCESS, Clockwork, Entry, Feed, Feeds, FeedView, Weather

ENDLESS = 1_000_000_000
JUST = 1e-6  # seconds by which a limit may seem to be missed


class World:
    """Two organisations, one process with its tail and its hub, and everything that is wrong with it."""

    def __init__(self, loop: Clockwork) -> None:
        self.loop = loop
        self.feeds = [Feed(UUID(int=1), "A"), Feed(UUID(int=2), "B")]
        self.database = Feeds(self.feeds)
        self.reading, self.lookups = Weather(), Weather()
        self.reads: Counter[Hashable] = Counter()
        self.people = [UUID(int=10 + number) for number in range(4)]
        self.sights: dict[UUID, list[Sight | None]] = {person: [Sight.MEMBER] for person in self.people}
        self.connections: list[Connection] = []
        self.problems: list[str] = []
        self.told: dict[Hashable, float] = {}  # when each view's members were last told that it is quiet
        self.known: dict[UUID, tuple[str | None, int]] = {}  # what the tail told last, and first
        self.first: dict[UUID, tuple[str | None, int]] = {}
        self.resets: Counter[UUID] = Counter()
        self.limits = Limits()
        self.hub = Hub(self.current, self.limits)
        self.tail = Tail(self.database, self, fatal=self.problems.append)  # type: ignore[arg-type]

    @property
    def weathers(self) -> tuple[Weather, ...]:
        return self.reading, self.lookups, self.database.weather

    def feed_of(self, person: UUID) -> Feed:
        return self.feeds[self.people.index(person) % 2]

    async def current(self, viewer: Viewer) -> Viewer | None:
        sight = await self.lookups.read(viewer.person, lambda: self.sights[viewer.person][-1])
        return None if sight is None else replace(viewer, sight=sight)

    def view(self, feed: Feed, sight: Sight, types: frozenset[str] | None, tells: bool) -> FeedView:
        return FeedView(feed, sight, types, tells, self.tail, self.reading, self.reads)

    def changes(self, person: UUID, sight: Sight | None) -> None:
        feed = self.feed_of(person)
        self.sights[person].append(sight)
        feed.entries.append(Entry(ACCESS, person=person))

    def replaces(self, feed: Feed, entries: list[Entry]) -> None:
        feed.replace(entries)

    # What the tail tells the hub goes through here, and is compared with the log.

    def advance(self, organisation: UUID, position: int, types: set[str]) -> None:
        feed, epoch = self.database.feeds[organisation], self.tail.epoch(organisation)
        before = self.known.get(organisation)
        if before is not None and feed.epoch == epoch:
            wanted = {entry.type for entry in feed.entries[before[1] : position] if entry.public}
            if before[0] != epoch or types != wanted or not before[1] < position <= feed.end:
                self.problems.append(f"the tail went from {before} to {epoch} {position} with {types}, not {wanted}")
        self.known[organisation] = epoch, position
        self.first.setdefault(organisation, (epoch, position))
        self.hub.advance(organisation, position, types)

    def doubt(self, organisation: UUID) -> None:
        self.hub.doubt(organisation)

    def reset(self, organisation: UUID, position: int) -> None:
        feed, epoch = self.database.feeds[organisation], self.tail.epoch(organisation)
        if self.known[organisation][0] == epoch:
            self.problems.append(f"the tail took {epoch} for a replaced log")
        if feed.epoch == epoch and position > feed.end:
            self.problems.append(f"the tail stands at {position} of {feed.end}")
        self.known[organisation] = epoch, position
        self.resets[organisation] += 1
        self.hub.reset(organisation, position)

    def reconsider(self, person: UUID) -> None:
        self.hub.reconsider(person)


class Connection:
    """One socket, with several subscriptions over one buffer; it does what api/websocket.py does with the hub."""

    def __init__(self, world: World, person: UUID) -> None:
        self.world, self.person = world, person
        self.feed = world.feed_of(person)
        self.holds, self.waiting = ENDLESS, 0
        self.full_since: float | None = None
        self.roomy = asyncio.Event()
        self.roomy.set()
        self.broken = False
        self.raised = 0
        self.code: int | None = None
        self.viewer: Viewer | None = None
        self.operations: list[Any] = []
        self.sights_before = len(world.sights[person])
        self.faults_before = world.lookups.faults[person]
        self.reads: dict[Hashable, int] = {}  # views that it ever watched: faults of theirs until then
        self.task = world.loop.create_task(self.enter())

    async def enter(self) -> None:
        presence = self.world.hub.presence
        presence.enter(self)
        if presence.leaving:
            self.close(*RESTART)
            return
        expires = datetime.now(UTC) + timedelta(days=30)
        claimed = Viewer(self.feed.organisation, self.person, uuid4(), Sight.MEMBER, expires)
        try:
            viewer = await self.world.current(claimed)
        except OSError:
            self.close(*RESTART)
            return
        if self.code is not None:
            return
        if viewer is None:
            self.close(*FORBIDDEN)
            return
        self.viewer = viewer
        presence.admit(self, viewer)

    @property
    def up(self) -> bool:
        return self.code is None and self.viewer is not None

    def watches(self, key: Hashable) -> None:
        self.reads.setdefault(key, self.world.reading.faults[key])

    # Its buffer.

    def writable(self) -> bool:
        return self.waiting < self.holds

    def put(self) -> None:
        if self.broken:
            self.raised += 1
            raise ConnectionResetError("the socket broke")
        self.waiting += 1
        self.look()

    def look(self) -> None:
        if self.writable():
            self.full_since = None
            self.roomy.set()
        elif self.full_since is None:
            self.full_since = self.world.loop.time()
            self.roomy.clear()

    def stall(self, holds: int) -> None:
        self.holds = self.waiting + holds
        self.look()

    def drain(self, holds: int) -> None:
        self.waiting, self.holds, self.full_since = 0, holds, None
        self.look()

    # What the hub and presence do with it.

    def close(self, code: int, reason: str) -> None:
        if self.code is not None:
            return
        self.code = code
        if not self.deserves(code):
            self.world.problems.append(f"a connection was closed with {code} ({reason}) for no reason")
        for operation in tuple(self.operations):
            self.forget(operation)
        self.world.loop.call_soon(self.world.hub.presence.leave, self)

    def deserves(self, code: int) -> bool:
        world = self.world
        match code:
            case 1013:
                limit = world.limits.stall - JUST
                return self.full_since is not None and world.loop.time() - self.full_since >= limit
            case 4403:
                seen = world.sights[self.person][self.sights_before - 1 :]
                ends = any(not operation.tells or operation.member is None for operation in self.operations)
                return None in seen or (len(seen) > 1 and ends)
            case 1012:
                return (
                    world.hub.presence.leaving
                    or self.raised > 0
                    or world.lookups.faults[self.person] > self.faults_before
                    or any(world.reading.faults[key] > before for key, before in self.reads.items())
                    or world.hub.head(self.feed.organisation) is None
                )
        return False

    def hang_up(self) -> None:
        self.code = 1000
        with self.world.loop.between_turns():
            for operation in tuple(self.operations):
                self.forget(operation)
            self.world.hub.presence.leave(self)

    def changed(self, viewer: Viewer) -> None:
        self.viewer = viewer
        on = [
            operation.member is not None and self.world.hub.change(operation.member, viewer)
            for operation in tuple(self.operations)
        ]
        if not all(on):
            self.close(*FORBIDDEN)

    def beat(self, now: float) -> None:
        self.world.problems.append("a connection was woken that never asked for it")

    def forget(self, operation: Any) -> None:
        if operation in self.operations:
            self.operations.remove(operation)
        operation.over = True
        task, operation.task = operation.task, None
        if task is not None and task is not asyncio.current_task(self.world.loop):
            task.cancel()
        member, operation.member = operation.member, None
        if member is not None:
            self.world.hub.leave(member)


def listen(connections: Iterable[Connection]) -> list[Any]:
    return [operation for connection in connections if connection.up for operation in connection.operations]
