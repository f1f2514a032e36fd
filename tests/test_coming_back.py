"""Many come back at once: from memory or by one read for many, and never more at a time than are let in."""

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
