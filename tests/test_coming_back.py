"""Many come back at once: from memory or by one read for many, and never more at a time than are let in."""

import asyncio

import pytest

from api.subscriptions.view import Opening
from tests.feed_log import ORGANISATION, Ear, Log, LogView, make_hub, run, settle, viewer


def test_a_crowd_that_comes_back_is_served_from_memory_and_never_more_at_once_than_are_let_in() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub(arriving=8)
        hub.advance(ORGANISATION, 0, set())
        crowd = [hub.join(Opening(LogView(log), viewer()), Ear()) for _ in range(300)]
        for _ in range(10):
            hub.advance(ORGANISATION, log.end + 3, log.append("IDEA", "WIN", "IDEA"))
            await settle(30)
        for member in crowd:
            hub.leave(member)
        hub.advance(ORGANISATION, log.end + 2, log.append("IDEA", "WIN"))  # while nobody is there
        await settle(30)
        reads = log.reads
        back = [(Ear(), after % 33) for after in range(300)]
        for ear, after in back:
            hub.join(Opening(LogView(log), viewer(), after=after), ear)
        await settle(4000)
        for ear, after in back:
            assert ear.positions() == list(range(after + 1, log.end + 1))
        assert log.reads - reads <= 2 * 4, "what came while nobody was there is read once"
        assert hub.shared.arrivals.most == 8
        assert hub.shared.counts.window_answers >= 290

    run(work())


def test_what_was_withdrawn_is_not_given_from_memory() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 0, set())
        hub.join(Opening(LogView(log), viewer()), Ear())
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        await settle(30)
        hub.advance(ORGANISATION, 2, log.append("CONTENT_RETRACTED"))
        await settle(30)
        reads, back = log.reads, Ear()
        hub.join(Opening(LogView(log), viewer(), after=0), back)
        await settle(30)
        assert back.positions() == [1, 2]
        assert log.reads > reads, "the log is asked, whose content is as it is now"

    run(work())


def test_what_nobody_waits_for_any_more_is_not_read() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub(readers=1)
        hub.advance(ORGANISATION, 50, log.append(*["IDEA"] * 50))
        log.hold = asyncio.Event()
        hub.join(Opening(LogView(log, name="slow"), viewer(), after=0), Ear())
        await settle(10)
        for after in range(40):  # each its own page, and gone before the one slot is free
            hub.leave(hub.join(Opening(LogView(log, name="asks and goes"), viewer(), after=after), Ear()))
            await settle(5)
        log.hold.set()
        waits = Ear()
        hub.join(Opening(LogView(log, name="waits"), viewer(), after=0), waits)
        await settle(1000)
        assert waits.positions() == list(range(1, 51))
        hub.stop()
        await settle(10)
        asked = [name for name, _ in hub.channels[ORGANISATION].audiences]
        assert "asks and goes" not in asked
        assert all(window.size for window in hub.shared.shelf.windows), "nothing is kept of a view that nobody watches"
        assert len(asyncio.all_tasks()) == 1

    run(work())


def test_where_the_log_was_pruned_under_a_process_that_slept_its_live_subscribers_are_told() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 0, set())
        live = Ear()
        view = LogView(log)
        hub.join(Opening(view, viewer()), live)
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        await settle(30)
        log.append("IDEA", "WIN")
        log.pruned = 2
        hub.doubt(ORGANISATION)
        hub.advance(ORGANISATION, 3, {"WIN"})
        await settle(60)
        assert live.heard == [b"1", b"reset 3 CURSOR_EXPIRED"]

    run(work())


@pytest.mark.parametrize("turns", range(5))
def test_who_asks_for_what_the_last_one_no_longer_waits_for_has_it_all_the_same(turns: int) -> None:
    async def work() -> None:
        log, hub = Log(), make_hub(readers=1)
        hub.advance(ORGANISATION, 9, log.append(*["IDEA"] * 9))
        log.hold = asyncio.Event()
        hub.join(Opening(LogView(log, name="slow"), viewer(), after=0), Ear())
        await settle(10)
        first = hub.join(Opening(LogView(log, name="wanted"), viewer(), after=0), Ear())
        await settle(10)
        hub.leave(first)
        await settle(turns)
        second = Ear()
        hub.join(Opening(LogView(log, name="wanted"), viewer(), after=0), second)
        log.hold.set()
        await settle(500)
        assert second.positions() == list(range(1, 10))
        hub.stop()

    run(work())
