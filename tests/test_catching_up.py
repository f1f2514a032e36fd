"""What catching up from the log holds in memory, whatever its reader does."""

import gc
import weakref
from dataclasses import dataclass, field

from api.subscriptions.view import Batch, Item, Opening
from tests.feed_log import ORGANISATION, Ear, Log, LogView, make_hub, run, settle, viewer


class Page(list[Item]):
    """A list that can be watched for its end."""


@dataclass(eq=False)
class WatchedView(LogView):
    pages: list[weakref.ref[Page]] = field(default_factory=list)

    async def read(self, after: int, upto: int, most: int) -> Batch:
        items, reached = await LogView.read(self, after, upto, most)
        page = Page(items)
        self.pages.append(weakref.ref(page))
        return Batch(page, reached)


def test_nothing_is_held_of_a_page_while_its_reader_takes_nothing() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 9, log.append(*["IDEA"] * 9))
        view, slow = WatchedView(log), Ear(holds=2)
        hub.join(Opening(view, viewer(), after=0), slow)
        await settle()
        assert slow.positions() == [1, 2]
        assert len(view.pages) == 1
        gc.collect()
        assert view.pages[0]() is None

    run(work())
