"""Live queries: one run for all who watch, sent when the answer differs."""

import asyncio

import orjson

from api.subscriptions.view import Opening
from tests.feed_log import ORGANISATION, BoardView, Ear, Log, make_hub, run, settle, viewer


def test_a_live_query_is_sent_at_once_and_again_when_its_answer_differs() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub(board=0.03)
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        first, second, slow = Ear(), Ear(), Ear(holds=1)
        hub.join(Opening(BoardView(log), viewer()), first)
        hub.join(Opening(BoardView(log), viewer()), slow)
        await settle()
        hub.join(Opening(BoardView(log), viewer()), second)
        await settle()
        assert first.heard == second.heard == slow.heard == [b"1"]
        assert log.reads == 1
        hub.advance(ORGANISATION, 2, log.append("IDEA"))  # no win: nothing to send
        await asyncio.sleep(0.08)
        assert first.heard == [b"1"]
        for _ in range(10):
            hub.advance(ORGANISATION, log.end + 1, log.append("WIN"))
        await asyncio.sleep(0.08)
        assert first.heard == second.heard == [b"1", b"12"]
        assert log.reads <= 4
        hub.advance(ORGANISATION, 13, log.append("WIN"))
        await asyncio.sleep(0.08)
        assert slow.heard == [b"1"]
        slow.drain()
        await settle()
        assert slow.heard == [b"1", b"13"]  # the newest alone
        hub.stop()

    run(work())


def test_a_live_query_that_keeps_failing_closes_its_subscribers_with_a_resumable_code() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub(board=0.01)
        hub.advance(ORGANISATION, 0, set())
        log.fail = True
        ear = Ear()
        member = hub.join(Opening(BoardView(log), viewer()), ear)
        await asyncio.sleep(0.1)
        assert ear.ending is not None
        assert ear.ending[0] == 1012
        hub.leave(member)
        assert not hub.channels[ORGANISATION].boards

    run(work())


def test_a_live_query_that_is_refused_ends_with_the_error_and_is_not_tried_again() -> None:
    """Whoever was told to connect again would be refused again, and again, with all else on their connection."""

    async def work() -> None:
        log, hub = Log(), make_hub(board=0.01)
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        log.refuse = True
        ears = [Ear(), Ear(), Ear(holds=0)]
        members = [hub.join(Opening(BoardView(log), viewer()), ear) for ear in ears]
        await settle()
        for ear in ears:
            assert [orjson.loads(payload)["errors"][0]["extensions"]["code"] for payload in ear.heard] == [
                "BAD_ARGUMENT"
            ]
            assert (ear.finished, ear.ending) == (True, None)
        hub.advance(ORGANISATION, 2, log.append("IDEA"))
        await asyncio.sleep(0.05)
        assert log.reads == 1
        for member in members:
            hub.leave(member)
        assert not hub.channels[ORGANISATION].boards
        log.refuse = False
        again = Ear()
        hub.join(Opening(BoardView(log), viewer()), again)
        await settle()
        assert again.heard == [b"2"]
        hub.stop()

    run(work())
