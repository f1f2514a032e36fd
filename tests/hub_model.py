"""What the model-based test of hub and tail stands on: a clock, logs that can be replaced, and how reads of them go.

Everything between "appended" and "written to a sink" is the product's own code: the tail reads these logs through
what it takes for its database, and the hub through views of them.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from api.subscriptions.tail import VERSIONS, Tail
from api.subscriptions.view import Batch, Item, State
from db.terms import Sight

T = TypeVar("T")

IDEA, WIN, COMMENT, RETRACTED = "IDEA_SUBMITTED", "WIN_SHARED", "COMMENT_ADDED", "CONTENT_RETRACTED"
SILENT, ACCESS, FUTURE = "SILENT", "ACCESS_CHANGED", "FROM_THE_FUTURE"
PAGE = 3  # short pages: some batches do not fit in one
MOST_TURNS = 20_000


class Clockwork(asyncio.SelectorEventLoop):
    """A loop that runs turn by turn, with a clock that moves only when it is told to."""

    now = 1000.0

    def time(self) -> float:
        return self.now

    def turns(self, number: int) -> None:
        for _ in range(number):
            self.stop()  # after one turn
            self.run_forever()

    @contextmanager
    def between_turns(self) -> Iterator[None]:
        """What stands here runs as a callback of the loop would, and nothing else does."""
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)

    def settle(self) -> None:
        """Until nothing is left to do but wait for the clock."""
        for _ in range(MOST_TURNS):
            if not self._ready:
                return
            self.turns(1)
        raise AssertionError("the loop does not come to rest")

    def passes(self, seconds: float) -> None:
        """Whatever is due within that time comes to pass, each thing at its own time."""
        until = self.now + seconds
        self.settle()
        while self._scheduled and self._scheduled[0].when() <= until:
            self.now = max(self.now, self._scheduled[0].when())
            self.turns(1)
            self.settle()
        self.now = until


class Weather:
    """How reads go: turns of the loop before and after their snapshot, seconds that they take, whether they fail."""

    def __init__(self) -> None:
        self.before = self.after = 1
        self.seconds = 0.0
        self.fails = False
        self.faults: Counter[Hashable] = Counter()  # by who read: what failed, or came late
        self.under_way: Counter[Hashable] = Counter()

    def set(self, before: int, after: int, seconds: float, fails: bool) -> None:
        self.before, self.after, self.seconds, self.fails = before, after, seconds, fails

    def pause(self) -> None:
        """The process stood still: what was under way comes late."""
        self.faults.update(self.under_way)

    async def read(self, who: Hashable, snapshot: Callable[[], T]) -> T:
        self.under_way[who] += 1
        try:
            for _ in range(self.before):
                await asyncio.sleep(0)
            if self.fails:
                self.faults[who] += 1
                raise OSError("nothing can be read")
            found, after, seconds = snapshot(), self.after, self.seconds
            if seconds:
                self.faults[who] += 1
                await asyncio.sleep(seconds)
            for _ in range(after):
                await asyncio.sleep(0)
            return found
        finally:
            self.under_way[who] -= 1


@dataclass(eq=False)
class Entry:
    type: str
    secret: bool = False  # for those alone who see everything
    gone: bool = False  # withdrawn since
    pruned: bool = False  # no longer kept
    person: UUID | None = None

    @property
    def public(self) -> bool:
        return self.type not in (SILENT, ACCESS, FUTURE)


@dataclass(eq=False)
class Feed:
    """One organisation's log in its epochs; the last is what the database holds."""

    organisation: UUID
    name: str
    founded: bool = True
    logs: dict[str, list[Entry]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.replace([])

    @property
    def epoch(self) -> str:
        return next(reversed(self.logs))

    @property
    def entries(self) -> list[Entry]:
        return self.logs[self.epoch]

    @property
    def end(self) -> int:
        return len(self.entries)

    def replace(self, entries: list[Entry]) -> None:
        self.logs[f"{self.name}{len(self.logs)}"] = entries


class Feeds:
    """The database, as the tail asks it."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        self.feeds = {feed.organisation: feed for feed in feeds}
        self.weather = Weather()

    async def rows(self, text: str, args: Sequence[Any] = ()) -> list[dict[str, Any]]:
        if "feed_head" in text:
            return await self.weather.read("heads", self.heads)
        assert "event" in text, text
        return await self.weather.read("events", partial(self.kinds, *args))

    def heads(self) -> list[dict[str, Any]]:
        return [
            {"organisation_id": feed.organisation, "position": feed.end, "epoch": feed.epoch}
            for feed in self.feeds.values()
            if feed.founded
        ]

    def kinds(self, organisation: UUID, after: int, upto: int) -> list[dict[str, Any]]:
        new = self.feeds[organisation].entries[after:upto]
        people = sorted({str(entry.person) for entry in new if entry.type == ACCESS})
        return [
            {"type": type_, "version": VERSIONS.get(type_, 1), "count": count, "people": people or None}
            for type_, count in Counter(entry.type for entry in new).items()
        ]


@dataclass(eq=False)
class FeedView:
    """The events of some types that a sight shows. `tells`: FeedCaughtUp and FeedReset are among its items."""

    feed: Feed
    sight: Sight
    types: frozenset[str] | None
    tells: bool
    tail: Tail
    weather: Weather
    reads: Counter[Hashable]

    @property
    def organisation(self) -> UUID:
        return self.feed.organisation

    @property
    def key(self) -> Hashable:
        return self.feed.name, self.sight, self.types, self.tells

    def shows(self, entry: Entry) -> bool:
        if not entry.public or entry.gone or (entry.secret and self.sight is not Sight.ADMIN):
            return False
        return self.types is None or entry.type in self.types

    async def read(self, after: int, upto: int, most: int) -> Batch:
        self.reads[self.key] += 1
        most = min(most, PAGE)
        items = await self.weather.read(self.key, partial(self.items, after, upto, most))
        return Batch(items, items[-1].position if len(items) == most else upto)

    def items(self, after: int, upto: int, most: int) -> list[Item]:
        epoch, entries = self.feed.epoch, self.feed.entries
        shown = [p for p in range(after + 1, min(upto, len(entries)) + 1) if self.keeps(entries[p - 1])]
        return [Item(p, f"event {epoch} {p} {entries[p - 1].type} {self.sight.name}".encode()) for p in shown[:most]]

    def keeps(self, entry: Entry) -> bool:
        return self.shows(entry) and not entry.pruned

    async def lacks(self, after: int) -> bool:
        return await self.weather.read(self.key, lambda: self.pruned_after(self.feed.epoch, after))

    def pruned_after(self, epoch: str | None, after: int) -> bool:
        kept = self.feed.logs[epoch or self.feed.epoch][after:]
        return any(entry.pruned and (self.types is None or entry.type in self.types) for entry in kept)

    def say(self, what: str, position: int, more: str = "") -> bytes:
        return f"{what} {self.tail.epoch(self.organisation)} {position} {more} {self.sight.name}".encode()

    def caught_up(self, position: int) -> bytes | None:
        return self.say("caught_up", position, "-") if self.tells else None

    def reset(self, position: int, reason: str) -> bytes | None:
        return self.say("reset", position, reason) if self.tells else None

    def expired(self, position: int) -> bytes:
        return self.say("expired", position, "-")


@dataclass(eq=False)
class WinsBoard:
    """A live query: how many wins there are."""

    feed: Feed
    weather: Weather
    reads: Counter[Hashable]

    @property
    def organisation(self) -> UUID:
        return self.feed.organisation

    @property
    def key(self) -> Hashable:
        return self.feed.name, "board"

    async def read(self, at_least: int) -> State:
        self.reads[self.key] += 1
        return await self.weather.read(self.key, self.state)

    def state(self) -> State:
        answer = self.answer()
        return State(self.feed.end, answer, b"board %s %s" % (self.feed.epoch.encode(), answer))

    def answer(self) -> bytes:
        return b"%d" % sum(entry.type == WIN for entry in self.feed.entries)
