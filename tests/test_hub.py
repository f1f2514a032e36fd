"""The hub against a log in memory: nobody misses an event or gets one twice, whatever happens in which order."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.subscriptions.view import Batch, Opening
from api.viewer import Viewer
from db.terms import Sight
from tests.feed_log import KINDS, ORGANISATION, Ear, Log, LogView, make_hub, run, settle, viewer

# Whatever happens in which order -----------------------------------------------------------------------------------

STEPS = st.one_of(
    st.tuples(st.just("append"), st.lists(st.sampled_from(KINDS), min_size=1, max_size=5)),
    st.tuples(st.just("advance")),
    st.tuples(
        st.just("join"),
        st.sampled_from([None, frozenset(KINDS[:1]), frozenset(KINDS[1:])]),
        st.integers(0, 3),
        st.one_of(st.none(), st.floats(0, 1)),
        st.sampled_from([1, 2, 5, 1_000_000]),
        st.booleans(),
    ),
    st.tuples(st.just("leave"), st.integers(0, 30)),
    st.tuples(st.just("drain")),
    st.tuples(st.just("turn"), st.integers(1, 12)),
    st.tuples(st.just("fail"), st.booleans()),
)


@dataclass
class Expectation:
    ear: Ear
    view: LogView
    start: int
    member: Any
    left: bool = False


async def play(steps: list[Any], seed: int) -> None:
    log = Log(seed)
    hub = make_hub(ahead=0.05)
    hub.advance(ORGANISATION, 0, set())
    pending: set[str] = set()
    everybody: list[Expectation] = []
    for step in steps:
        match step:
            case ("append", types):
                pending |= log.append(*types)
            case ("advance",):
                hub.advance(ORGANISATION, log.end, pending)
                pending = set()
            case ("join", types, number, after, holds, first):
                head = hub.head(ORGANISATION) or 0
                # A cursor lies anywhere up to the log's end, so also beyond what this process knows.
                start = head if after is None else round(after * log.end)
                ear = Ear(holds)
                view = LogView(log, types, str(number))
                opening = Opening(view, viewer(), None if after is None else start, (b"first",) if first else ())
                everybody.append(Expectation(ear, view, start, hub.join(opening, ear)))
                if first and after is None:
                    everybody[-1].start = -1  # stands where the head is once `first` has gone out
            case ("leave", number):
                if number < len(everybody) and not everybody[number].left:
                    everybody[number].left = True
                    hub.leave(everybody[number].member)
            case ("drain",):
                for one in everybody:
                    one.ear.drain()
            case ("turn", turns):
                await settle(turns)
            case ("fail", now):
                log.fail = now
    log.fail = False
    hub.advance(ORGANISATION, log.end, pending)
    for _ in range(60 + 4 * log.end):
        await settle(20)
        for one in everybody:
            one.ear.drain()
    for one in everybody:
        heard = one.ear.positions()
        start = one.start
        if start < 0:
            start = heard[0] - 1 if heard else log.end
        expected = [p for p in range(start + 1, log.end + 1) if one.view.shows(p)]
        if one.left or one.ear.ending is not None:
            # A reader that left, or was told to connect again, has had the beginning without a gap.
            assert heard == expected[: len(heard)]
            assert one.ear.ending in (None, (1012, "Restarting: connect again"))
        else:
            assert heard == expected
    for one in everybody:
        hub.leave(one.member)
    hub.channels[ORGANISATION].tidy(asyncio.get_running_loop().time() + 61, hub.limits)
    assert not hub.channels[ORGANISATION].audiences
    assert hub.shared.shelf.size == 0


@settings(deadline=None, derandomize=True, max_examples=400)
@given(st.lists(STEPS, min_size=3, max_size=45), st.integers(0, 10_000))
def test_every_subscriber_gets_exactly_the_events_after_its_start_in_order(steps: list[Any], seed: int) -> None:
    run(play(steps, seed))


# Each invariant ----------------------------------------------------------------------------------------------------


def test_whoever_joins_another_view_while_a_batch_is_read_misses_nothing() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 0, set())
        early, late = Ear(), Ear()
        hub.join(Opening(LogView(log, name="early"), viewer()), early)
        log.hold = asyncio.Event()
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        await settle(5)
        hub.join(Opening(LogView(log, name="late"), viewer()), late)
        log.hold.set()
        await settle()
        assert early.positions() == late.positions() == [1]

    run(work())


def test_a_live_batch_is_read_once_for_all_of_a_view() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 0, set())
        ears = [Ear() for _ in range(50)]
        for ear in ears:
            hub.join(Opening(LogView(log), viewer()), ear)
        hub.advance(ORGANISATION, 2, log.append("IDEA", "WIN"))
        await settle()
        assert log.reads == 2  # one read; it delays twice
        assert all(ear.positions() == [1, 2] for ear in ears)

    run(work())


def test_a_view_is_not_read_for_types_that_cannot_concern_it() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 0, set())
        wins, everything = Ear(), Ear()
        hub.join(Opening(LogView(log, frozenset({"WIN"})), viewer()), wins)
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        await settle()
        assert log.reads == 0
        hub.join(Opening(LogView(log), viewer()), everything)
        log.append("SILENT")
        hub.advance(ORGANISATION, 2, set())
        await settle()
        assert log.reads == 0
        hub.advance(ORGANISATION, 3, log.append("WIN"))
        await settle()
        assert wins.positions() == everything.positions() == [3]

    run(work())


def test_a_slow_view_holds_up_others_only_for_the_time_limit() -> None:
    class Stuck(LogView):
        stuck = True

        async def read(self, after: int, upto: int, most: int) -> Batch:
            if self.stuck:
                self.stuck = False
                await asyncio.sleep(60)
            return await super().read(after, upto, most)

    async def work() -> None:
        log, hub = Log(), make_hub(live_read=0.05)
        hub.advance(ORGANISATION, 0, set())
        slow, quick = Ear(), Ear()
        hub.join(Opening(Stuck(log, name="slow"), viewer()), slow)
        hub.join(Opening(LogView(log), viewer()), quick)
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        await asyncio.sleep(0.12)
        assert quick.positions() == slow.positions() == [1]

    run(work())


def test_a_reader_that_takes_nothing_is_passed_over_and_catches_up_when_it_drains() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 0, set())
        slow, quick = Ear(holds=2), Ear()
        hub.join(Opening(LogView(log), viewer()), slow)
        hub.join(Opening(LogView(log), viewer()), quick)
        for position in range(1, 21):
            hub.advance(ORGANISATION, position, log.append("IDEA"))
            await settle(60)
        assert quick.positions() == list(range(1, 21))
        assert slow.positions() == [1, 2]
        for _ in range(15):
            slow.drain()
            await settle(60)
        assert slow.positions() == list(range(1, 21))

    run(work())


def test_a_reader_that_takes_nothing_for_too_long_is_closed_and_may_connect_again() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub(stall=0.05)
        hub.advance(ORGANISATION, 0, set())
        slow = Ear(holds=1)
        hub.join(Opening(LogView(log), viewer()), slow)
        for position in (1, 2, 3):
            hub.advance(ORGANISATION, position, log.append("IDEA"))
            await settle(60)
        await asyncio.sleep(0.1)
        assert slow.positions() == [1]
        assert slow.ending is not None
        assert slow.ending[0] == 1013

    run(work())


def test_a_replay_that_fails_ends_with_a_code_that_means_connect_again() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 3, log.append("IDEA", "IDEA", "IDEA"))
        log.fail = True
        ear = Ear()
        hub.join(Opening(LogView(log), viewer(), after=0), ear)
        await settle()
        assert ear.ending is not None
        assert ear.ending[0] == 1012

    run(work())


def test_caught_up_comes_after_a_replay_and_then_by_the_clock() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub(quiet=0.1, tick=0.01)
        hub.start()
        hub.advance(ORGANISATION, 2, log.append("IDEA", "WIN"))
        replayed, now = Ear(), Ear()
        hub.join(Opening(LogView(log), viewer(), after=1), replayed)
        hub.join(Opening(LogView(log, frozenset({"WIN"})), viewer()), now)
        await settle()
        assert replayed.heard == [b"2", b"caught up 2"]
        assert now.heard == []
        hub.advance(ORGANISATION, 3, log.append("IDEA"))  # which the second one may not see
        await settle()
        assert now.heard == []
        await asyncio.sleep(0.15)
        assert now.heard == [b"caught up 3"]
        hub.stop()

    run(work())


def test_a_cursor_ahead_of_this_process_waits_for_it_and_one_ahead_of_the_log_is_expired() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub(ahead=0.1)
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        waits, feed, typed = Ear(), Ear(), Ear()
        hub.join(Opening(LogView(log), viewer(), after=2), waits)
        hub.join(Opening(LogView(log), viewer(), after=99), feed)
        hub.join(Opening(LogView(log, name="typed", feed=False), viewer(), after=99), typed)
        await settle()
        hub.advance(ORGANISATION, 3, log.append("IDEA", "IDEA"))
        await settle()
        assert waits.positions() == [3]
        await asyncio.sleep(0.2)
        hub.advance(ORGANISATION, 4, log.append("IDEA"))
        await settle()
        assert feed.heard == [b"reset 3 CURSOR_EXPIRED", b"4"]
        assert typed.heard == [b"expired 3"]
        assert typed.finished

    run(work())


def test_an_organisation_that_the_process_does_not_know_yet_is_waited_for() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        ear = Ear()
        hub.join(Opening(LogView(log), viewer()), ear)
        await settle()
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        await settle()
        hub.advance(ORGANISATION, 2, log.append("IDEA"))
        await settle()
        assert ear.positions() == [2]

    run(work())


def test_a_replaced_log_resets_the_feed_and_ends_subscriptions_to_one_type() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 3, log.append("IDEA", "IDEA", "IDEA"))
        feed, typed = Ear(), Ear()
        hub.join(Opening(LogView(log), viewer()), feed)
        hub.join(Opening(LogView(log, name="typed", feed=False), viewer()), typed)
        log.types = ["WIN"]
        hub.reset(ORGANISATION, 1)
        await settle()
        hub.advance(ORGANISATION, 2, log.append("IDEA"))
        await settle()
        assert feed.heard == [b"reset 1 LOG_REPLACED", b"2"]
        assert typed.heard == [b"expired 1"]
        assert typed.finished

    run(work())


def test_a_changed_sight_resets_the_feed_in_a_new_view_and_others_cannot_go_on() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 1, log.append("IDEA"))
        feed, typed = Ear(), Ear()
        person = viewer()

        async def again(who: Viewer) -> LogView:
            await asyncio.sleep(0)
            assert who.sight is Sight.ADMIN
            return LogView(log, frozenset({"WIN"}), "as administrator")

        one = hub.join(Opening(LogView(log), person, again=again), feed)
        other = hub.join(Opening(LogView(log, name="typed", feed=False), person), typed)
        changed = replace(person, sight=Sight.ADMIN)
        assert hub.change(one, changed)
        assert not hub.change(other, changed)
        await settle()
        hub.advance(ORGANISATION, 3, log.append("IDEA", "WIN"))
        await settle()
        assert feed.heard == [b"reset 1 ACCESS_CHANGED", b"3"]

    run(work())
