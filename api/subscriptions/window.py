"""The newest events of a view as they were sent: who comes back after a short cut is served from memory.

Invariant: a window holds all of its view's events with low < position <= high. It is bounded in bytes, all windows of a
process together too, and in age: what stands here is as it was read, and content that changes afterwards is dropped.
"""

from collections import OrderedDict, deque
from dataclasses import dataclass

from api.subscriptions.view import Batch, Item

BYTES = 256 * 1024  # of one view
ALL_BYTES = 64 * 1024 * 1024  # of all views of a process
AGE = 120.0  # seconds
OVERHEAD = 200  # bytes of an item beside its payload: itself and its places here
# Events after which what was read before shows what is no longer so, or must no longer be shown.
UNDOING = frozenset({"CONTENT_RETRACTED", "IDEA_EDITED", "COMMENT_EDITED", "WIN_EDITED", "THEME_EDITED"})


class Shelf:
    """The windows of a process, the one that was used last at the end; beyond the bound the first ones are emptied."""

    def __init__(self, most: int = ALL_BYTES) -> None:
        self.most = most
        self.size = 0
        self.windows: OrderedDict[Window, None] = OrderedDict()

    def changed(self, window: "Window", by: int) -> None:
        self.size += by
        self.windows[window] = None
        self.windows.move_to_end(window)
        while self.size > self.most:
            next(iter(self.windows)).clear()

    def used(self, window: "Window") -> None:
        if window in self.windows:
            self.windows.move_to_end(window)

    def forget(self, window: "Window", by: int) -> None:
        self.size -= by
        self.windows.pop(window, None)


@dataclass(eq=False, slots=True)
class Kept:
    item: Item
    at: float


class Window:
    """Of one view. `now` is a time of the loop, in seconds."""

    __slots__ = ("cleared", "high", "kept", "low", "shelf", "size")

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.kept: deque[Kept] = deque()
        self.low = self.high = -1  # nothing is known
        self.size = 0
        self.cleared = 0  # times; what was read before the last may not be kept

    def clear(self) -> None:
        self.cleared += 1
        self.shelf.forget(self, self.size)
        self.kept.clear()
        self.low = self.high = -1
        self.size = 0

    def page(self, after: int, upto: int, most: int, now: float) -> Batch | None:
        """What a read of the log would give, as far as it is here; None: it has to be read."""
        self.age(now)
        if not self.low <= after < min(upto, self.high):
            return None
        self.shelf.used(self)
        items: list[Item] = []
        for kept in reversed(self.kept):  # whoever comes back has missed little
            if kept.item.position <= after:
                break
            if kept.item.position <= upto:
                items.append(kept.item)
        items.reverse()
        if len(items) > most:
            del items[most:]
            return Batch(items, items[-1].position)
        return Batch(items, min(upto, self.high))

    def pass_over(self, after: int, upto: int) -> None:
        """Nothing of (after, upto] is this view's."""
        if self.high == after:
            self.high = upto

    def take(self, after: int, batch: Batch, now: float, *, live: bool) -> None:
        """Keeps what was read after a position, where it lengthens what is here; a live batch always is the newest."""
        if self.high < 0 or (live and after != self.high):
            self.clear()
            self.low = self.high = after
        if after == self.high:
            fresh = [item for item in batch.items if item.position > self.high]
            self.kept.extend(Kept(item, now) for item in fresh)
            self.high = max(self.high, batch.reached)
        elif after < self.low <= batch.reached:
            fresh = [item for item in batch.items if item.position <= self.low]
            at = self.kept[0].at if self.kept else now  # so that the oldest stay the first
            self.kept.extendleft(Kept(item, at) for item in reversed(fresh))
            self.low = after
        else:
            return
        by = sum(map(size_of, fresh))
        self.size += by
        self.shelf.changed(self, by)
        while self.size > BYTES:
            self.drop()

    def age(self, now: float) -> None:
        while self.kept and now - self.kept[0].at > AGE:
            self.drop()

    def drop(self) -> None:
        """The oldest."""
        kept = self.kept.popleft()
        self.low = kept.item.position
        size = size_of(kept.item)
        self.size -= size
        self.shelf.size -= size


def size_of(item: Item) -> int:
    return len(item.payload) + OVERHEAD
