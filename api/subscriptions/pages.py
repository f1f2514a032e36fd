"""A view's pages: the newest for everybody live; for who is behind from memory, or by one read for many."""

import asyncio
from collections.abc import Hashable

from api.subscriptions.limits import Counts, Limits
from api.subscriptions.view import Batch, Expired, View
from api.subscriptions.window import Shelf, Window

BATCH = 500  # events of a live batch


class Slots:
    """How many views are read at a time in a process, for live batches and for catching up each."""

    def __init__(self, limits: Limits) -> None:
        self.live = asyncio.Semaphore(limits.readers)
        self.behind = asyncio.Semaphore(limits.readers)


class Read:
    """A page that is being read, and how many wait for it."""

    __slots__ = ("begun", "task", "waiting")

    def __init__(self) -> None:
        self.waiting = 0
        self.begun = False
        self.task: asyncio.Task[Batch] | None = None


class Pages:
    """Of one view. `over`: nobody watches it any more, and nothing of it is kept."""

    def __init__(self, view: View, limits: Limits, counts: Counts, slots: Slots, shelf: Shelf) -> None:
        self.view, self.limits, self.counts, self.slots = view, limits, counts, slots
        self.window = Window(shelf)
        self.reading: dict[Hashable, Read] = {}
        self.over = False

    def end(self) -> None:
        self.over = True
        self.window.clear()

    async def newest(self, after: int, upto: int) -> Batch:
        """A live batch, for everybody who is live. Raises Away and TimeoutError."""
        async with self.slots.live, asyncio.timeout(self.limits.live_read):
            self.counts.view_reads += 1
            return await self.view.read(after, upto, BATCH)

    async def missed(self, after: int, upto: int, most: int) -> Batch:
        """A page of a catch-up. Raises Expired, Away and TimeoutError."""
        if (batch := self.remembered(after, upto, most)) is not None:
            return batch
        asked = (after, upto, most, self.window.cleared)  # not with a read from before the log was replaced
        read = self.reading.get(asked)
        if read is None:
            read = self.reading[asked] = Read()
            read.task = asyncio.create_task(self.read(after, upto, most, read))
            read.task.add_done_callback(lambda task: self.done(asked, task))
        assert read.task is not None
        read.waiting += 1
        try:
            return await asyncio.shield(read.task)
        finally:
            read.waiting -= 1
            if not read.waiting and not read.begun:
                # Whoever asked has gone, and others wait behind it. Who asks now must not wait for what is cancelled.
                if self.reading.get(asked) is read:
                    del self.reading[asked]
                read.task.cancel()

    def done(self, asked: Hashable, task: "asyncio.Task[Batch]") -> None:
        if (read := self.reading.get(asked)) is not None and read.task is task:
            del self.reading[asked]
        if not task.cancelled():
            task.exception()  # those who wait have it; nobody may be waiting any more

    def remembered(self, after: int, upto: int, most: int) -> Batch | None:
        batch = self.window.page(after, upto, most, asyncio.get_running_loop().time())
        self.counts.window_answers += batch is not None
        return batch

    async def read(self, after: int, upto: int, most: int, read: Read) -> Batch:
        async with self.slots.behind, asyncio.timeout(self.limits.read):
            read.begun = True
            # Another's read may have brought it while this one waited.
            if (batch := self.remembered(after, upto, most)) is not None:
                return batch
            self.counts.view_reads += 1
            cleared = self.window.cleared
            batch = await self.view.read(after, upto, most)
            if await self.view.lacks(after):  # asked after the read, which pruning may have overtaken
                raise Expired
            if cleared == self.window.cleared and not self.over:
                self.window.take(after, batch, asyncio.get_running_loop().time(), live=False)
            return batch
