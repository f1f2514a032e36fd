"""Everybody who watches one view: the live ones stand at the head, those behind catch up from the log.

Invariants. A live subscriber has been sent everything up to the head. One that is behind has been sent everything up
to its own position, and a task brings it to the head. Between finding that its position is the head and counting
it as live nothing awaits.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from api.subscriptions.presence import RESTART, TOO_SLOW
from api.subscriptions.subscriber import Subscriber
from api.subscriptions.view import CURSOR_EXPIRED, Batch, Item, View

log = logging.getLogger("groundswell.hub")

PAGE = 500  # events of a page, in a catch-up as in a live batch


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, unless said otherwise."""

    live_read: float = 1.0  # one read of a live batch; members of a slower view fall behind
    read: float = 5.0  # one page of a catch-up, one run of a live query
    readers: int = 4  # reads at a time, for live batches and for catching up each
    boards: int = 2  # live queries run at a time
    stall: float = 30.0  # until a subscriber that takes nothing is closed
    quiet: float = 20.0  # until FeedCaughtUp is sent again
    ahead: float = 10.0  # until a cursor beyond the head counts as expired
    board: float = 1.0  # between two runs of a live query
    tick: float = 1.0


class Head:
    """Up to which position an organisation's live subscribers have been sent everything; None: not known yet."""

    def __init__(self, organisation: UUID) -> None:
        self.organisation = organisation
        self.position: int | None = None
        self.moved = asyncio.Event()

    def move(self, position: int) -> None:
        self.position = position
        self.moved.set()
        self.moved = asyncio.Event()


class Audience:
    """The subscribers of one view."""

    def __init__(self, view: View, head: Head, limits: Limits, slots: asyncio.Semaphore) -> None:
        self.view = view
        self.head = head
        self.limits = limits
        self.slots = slots
        self.live: set[Subscriber[Audience]] = set()
        self.behind: set[Subscriber[Audience]] = set()
        self.reading: dict[tuple[int, int, int, bool], asyncio.Task[Batch]] = {}
        self.quiet_since = asyncio.get_running_loop().time()

    def __bool__(self) -> bool:
        return bool(self.live or self.behind)

    def members(self) -> Iterator["Subscriber[Audience]"]:
        yield from tuple(self.live)
        yield from tuple(self.behind)

    def concerns(self, types: frozenset[str] | set[str]) -> bool:
        mine = self.view.types
        return bool(types) if mine is None else not mine.isdisjoint(types)

    def join(self, s: "Subscriber[Audience]") -> None:
        if s.first or s.replay or self.head.position is None:
            self.set_out(s)
        else:
            s.position = None
            self.live.add(s)

    def leave(self, s: "Subscriber[Audience]") -> None:
        self.live.discard(s)
        self.behind.discard(s)
        s.stop()

    def drop(self, s: "Subscriber[Audience]", ending: tuple[int, str]) -> None:
        """Ends its connection: the client is to connect again, after what it was sent last."""
        self.leave(s)
        s.sink.close(*ending)

    def restart(self, s: "Subscriber[Audience]", reason: str) -> None:
        """Continuity is lost: `feed` says so and goes on from the head, a subscription to one type ends."""
        position = self.head.position or 0
        payload = self.view.reset(position, reason)
        self.leave(s)
        if payload is None:
            s.sink.finish(self.view.expired(position))
            return
        s.first, s.position, s.replay = deque([payload]), position, False
        self.set_out(s)

    # What is new -----------------------------------------------------------------------------------------------

    def deliver(self, batch: Batch | None, after: int, upto: int) -> None:
        """Writes what was read of (after, upto] to everybody live; not read: they fall behind. Never awaits."""
        if batch is None:
            for s in tuple(self.live):
                self.fall_behind(s, after)
            return
        if batch.items:
            self.quiet_since = asyncio.get_running_loop().time()
            for s in tuple(self.live):
                self.write(s, batch.items, after)
        if batch.reached < upto:
            for s in tuple(self.live):
                self.fall_behind(s, batch.reached)

    def write(self, s: "Subscriber[Audience]", items: Sequence[Item], after: int) -> None:
        sink = s.sink
        try:
            for item in items:
                if not sink.writable():
                    self.fall_behind(s, after)
                    return
                sink.write(item.payload, item.position)
                after = item.position
        except Exception:
            log.exception("a subscriber could not be written to")
            self.drop(s, RESTART)

    def say_caught_up(self, now: float) -> None:
        """By the clock alone: an event that its viewers may not see never brings it about."""
        if not self.live or now - self.quiet_since < self.limits.quiet or self.head.position is None:
            return
        self.quiet_since = now
        if (payload := self.view.caught_up(self.head.position)) is not None:
            item = Item(self.head.position, payload)
            for s in tuple(self.live):
                if s.sink.writable():
                    self.write(s, (item,), item.position)

    # What was missed -------------------------------------------------------------------------------------------

    def fall_behind(self, s: "Subscriber[Audience]", position: int) -> None:
        self.live.discard(s)
        s.position = position
        self.set_out(s)

    def set_out(self, s: "Subscriber[Audience]") -> None:
        self.behind.add(s)
        s.task = asyncio.create_task(self.catch_up(s))
        s.task.add_done_callback(lambda task: self.arrived(s, task))

    def arrived(self, s: "Subscriber[Audience]", task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("catching up failed; its client is told to connect again", exc_info=error)
            self.drop(s, RESTART)

    async def catch_up(self, s: "Subscriber[Audience]") -> None:
        """Pages through the log to the head. A page is let go while its reader takes nothing, and read again."""
        sink, most = s.sink, PAGE
        while True:
            if not sink.writable():
                try:
                    async with asyncio.timeout(self.limits.stall):
                        await sink.room()
                except TimeoutError:
                    self.drop(s, TOO_SLOW)
                    return
            if s.first:
                sink.write(s.first.popleft(), s.position)
                continue
            head = self.head.position
            if head is None or (s.position is not None and s.position > head):
                if not await self.reached(s):
                    return
                continue
            if s.position is None:
                s.position = head
            if s.position == head:
                break
            most = self.hand_over(s, await self.read(s.position, head, most, self.slots, live=False), head, most)
        if s.replay and (payload := self.view.caught_up(head)) is not None:
            sink.write(payload, head)
        s.first, s.position, s.replay, s.task = None, None, False, None
        self.behind.discard(s)
        self.live.add(s)

    def hand_over(self, s: "Subscriber[Audience]", batch: Batch, head: int, most: int) -> int:
        """Writes a page as far as there is room; how much to read next. Nothing of it is held when this returns."""
        assert s.position is not None
        if not s.position < batch.reached <= head:
            raise RuntimeError(f"a view reached {batch.reached} between {s.position} and {head}")
        for sent, item in enumerate(batch.items):
            if not s.sink.writable():
                return max(1, sent)  # what the buffer holds; so little is read in vain
            s.sink.write(item.payload, item.position)
            s.position = item.position
        s.position = batch.reached
        return min(PAGE, most * 2)

    async def reached(self, s: "Subscriber[Audience]") -> bool:
        """Waits for a head that is ahead of this process; a cursor that no log reaches is expired."""
        try:
            async with asyncio.timeout(self.limits.ahead):
                while self.head.position is None or (s.position or 0) > self.head.position:
                    await self.head.moved.wait()
        except TimeoutError:
            if self.head.position is None:
                log.error("the feed of an organisation is not known")
                self.drop(s, RESTART)
            else:
                self.restart(s, CURSOR_EXPIRED)
            return False
        return True

    async def read(self, after: int, upto: int, most: int, slots: asyncio.Semaphore, *, live: bool) -> Batch:
        """One read serves all who ask for the same at the same time."""
        asked = (after, upto, most, live)
        task = self.reading.get(asked)
        if task is None:
            limit = self.limits.live_read if live else self.limits.read
            task = self.reading[asked] = asyncio.create_task(self.read_once(after, upto, most, slots, limit))

            def done(task: "asyncio.Task[Batch]") -> None:
                del self.reading[asked]
                if not task.cancelled():
                    task.exception()  # those who wait have it; nobody may be waiting any more

            task.add_done_callback(done)
        return await asyncio.shield(task)

    async def read_once(self, after: int, upto: int, most: int, slots: asyncio.Semaphore, limit: float) -> Batch:
        async with slots, asyncio.timeout(limit):
            return await self.view.read(after, upto, most)
