"""Everybody who watches one view: the live ones stand at the head, those behind catch up from the log.

Invariants. A live subscriber has been sent everything up to the head. One that is behind has been sent everything up
to its own position, and a task brings it to the head. Between finding that its position is the head and counting
it as live nothing awaits.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from uuid import UUID

from api.subscriptions.arrivals import Arrivals
from api.subscriptions.limits import Counts, Limits
from api.subscriptions.pages import Pages, Slots
from api.subscriptions.presence import RESTART, TOO_SLOW
from api.subscriptions.subscriber import Subscriber
from api.subscriptions.view import CURSOR_EXPIRED, Away, Batch, Expired, Item, View
from api.subscriptions.window import Shelf

log = logging.getLogger("groundswell.hub")

PAGE = 100  # events of a page of a catch-up, which a live batch may have to wait for


class Shared:
    """What all audiences of a process have in common."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.slots = Slots(limits)
        self.board_slots = asyncio.Semaphore(limits.boards)
        self.arrivals = Arrivals(limits.arriving)
        self.shelf = Shelf()
        self.counts = Counts()


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

    def __init__(self, view: View, head: Head, shared: Shared) -> None:
        self.view = view
        self.head = head
        self.shared = shared
        self.limits = shared.limits
        self.counts = shared.counts
        self.pages = Pages(view, shared.limits, shared.counts, shared.slots, shared.shelf)
        self.window = self.pages.window
        self.live: set[Subscriber[Audience]] = set()
        self.behind: set[Subscriber[Audience]] = set()
        self.quiet_since = asyncio.get_running_loop().time()
        self.empty_since = self.quiet_since

    def __bool__(self) -> bool:
        return bool(self.live or self.behind)

    def members(self) -> Iterator["Subscriber[Audience]"]:
        yield from (*self.live, *self.behind)

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
        if not self:
            self.empty_since = asyncio.get_running_loop().time()

    def drop(self, s: "Subscriber[Audience]", ending: tuple[int, str]) -> None:
        """Ends its connection: the client is to connect again, after what it was sent last."""
        self.counts.too_slow += ending is TOO_SLOW
        self.leave(s)
        s.sink.close(*ending)

    def restart(self, s: "Subscriber[Audience]", reason: str) -> None:
        """Continuity is lost: `feed` says so and goes on from the head, a subscription to one type ends."""
        position = self.head.position or 0
        payload = self.view.reset(position, reason)
        self.leave(s)
        if payload is None:
            try:
                s.sink.finish(self.view.expired(position))
            except Exception:  # the tail calls this, for everybody
                log.exception("a subscriber could not be written to")
                s.sink.close(*RESTART)
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
        now = asyncio.get_running_loop().time()
        self.window.take(after, batch, now, live=True)
        if batch.items:
            self.quiet_since = now
            everybody = tuple(self.live)
            for s in everybody:
                if s in self.live:  # not if it ended with another one of its connection
                    self.write(s, batch.items, after)
            self.counts.deliveries += len(everybody) * len(batch.items)
            self.counts.executions_saved += max(0, len(everybody) - 1) * len(batch.items)
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
                if s in self.live and s.sink.writable():
                    self.write(s, (item,), item.position)

    # What was missed -------------------------------------------------------------------------------------------

    def fall_behind(self, s: "Subscriber[Audience]", position: int) -> None:
        self.live.discard(s)
        s.position = position
        self.set_out(s)

    def set_out(self, s: "Subscriber[Audience]") -> None:
        self.counts.catch_ups += 1
        self.behind.add(s)
        s.task = asyncio.create_task(self.catch_up(s))
        s.task.add_done_callback(lambda task: self.arrived(s, task))

    def arrived(self, s: "Subscriber[Audience]", task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            if s.task is task:  # and nobody stopped it
                self.drop(s, RESTART)
            return
        if (error := task.exception()) is None:
            return
        if isinstance(error, (Away, TimeoutError)):
            log.warning("what a subscriber missed could not be read (%s); it is told to connect again", name(error))
        else:
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
            try:
                batch = await self.pages.missed(s.position, head, most)
            except Expired:
                self.restart(s, CURSOR_EXPIRED)
                return
            async with self.shared.arrivals:
                most = self.hand_over(s, batch, head, most)
                del batch
                await asyncio.sleep(0)  # others' turn: a page from memory has not waited for anything
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
            self.counts.deliveries += 1
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


def name(error: BaseException) -> str:
    """Of what was at the bottom of it."""
    return type(error.__cause__ or error).__name__
