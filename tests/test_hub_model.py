"""Tail and hub against a model: whatever happens in which order, every subscriber is told exactly what it is due."""

import asyncio
import gc
import logging
import os
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from db.terms import Sight
from tests.hub_clients import ENDLESS, Connection, World, listen
from tests.hub_ending import Ending
from tests.hub_model import COMMENT, FUTURE, IDEA, RETRACTED, SILENT, WIN, Clockwork, Entry, Weather
from tests.hub_subscriptions import BoardWatch, Subscription

EXAMPLES = int(os.environ.get("HUB_MODEL_EXAMPLES", 200))
SOAK_SECONDS = 300
NEVER = ("the tail has died", "advancing failed", "the clock of the feed failed", "looking at a viewer's access failed")

ENTRIES = st.lists(
    st.builds(Entry, st.sampled_from([IDEA, WIN, COMMENT, SILENT, FUTURE]), st.booleans()), min_size=1, max_size=4
)
FEED = st.sampled_from([0, 0, 0, 1])
ONE = st.integers(0, 7)  # a connection or an operation, by its number
TYPES = st.sampled_from([None, frozenset({WIN}), frozenset({IDEA, COMMENT})])
CURSORS = st.one_of(
    st.none(), st.none(), st.tuples(st.integers(0, 1), st.integers(-3, 9))
)  # epochs back, positions back
SIGHTS = st.sampled_from([Sight.ADMIN, Sight.MEMBER, Sight.ADMIN, None])
HOLDS = st.sampled_from([1, 2, 5, ENDLESS])
SECONDS = st.sampled_from([0.05, 0.3, 1.0, 2.5, 5.5, 11.0, 21.0, 32.0])
WHOSE = st.sampled_from(["views", "views", "tail", "access"])  # reads


class Ears(logging.Handler):
    """The errors that the product logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(record.getMessage())


class Interleaved(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ears = Ears()
        self.logger = logging.getLogger("groundswell")
        self.before = self.logger.level, self.logger.propagate
        self.logger.setLevel(logging.ERROR)
        self.logger.propagate = False
        self.logger.addHandler(self.ears)
        self.loop = Clockwork()
        asyncio.set_event_loop(None)
        self.loop.set_exception_handler(lambda loop, context: self.world.problems.append(f"nobody took {context}"))
        with self.loop.between_turns():
            self.world = World(self.loop)
        self.steps = 0

    @property
    def connections(self) -> list[Connection]:
        return [connection for connection in self.world.connections if connection.up]

    @property
    def operations(self) -> list[Any]:
        return listen(self.connections)

    @initialize(
        both=st.booleans(),
        entries=st.lists(ENTRIES, max_size=2),
        watchers=st.lists(st.tuples(st.integers(0, 2), TYPES, st.booleans(), CURSORS), min_size=3, max_size=8),
        boards=st.booleans(),
    )
    def process_starts(self, both: bool, entries: list[list[Entry]], watchers: list[Any], boards: bool) -> None:
        """Some watch already; the other organisation may not be there yet."""
        self.world.feeds[1].founded = both
        self.loop.run_until_complete(self.world.tail.start())
        with self.loop.between_turns():
            self.world.hub.start()
        for feed, some in enumerate(entries):
            self.append(feed, some, True)
        self.loop.settle()
        for person in (0, 1, 2):
            self.connect(person)
        self.loop.settle()
        for person, types, tells, cursor in watchers:
            self.subscribe(person, types, tells, cursor, False)
        if boards:
            self.watch_board(0)
        self.loop.settle()

    # The log ---------------------------------------------------------------------------------------------------

    @rule(entries=ENTRIES, again=st.lists(ENTRIES, max_size=2), turns=st.integers(0, 12))
    def write_much(self, entries: list[Entry], again: list[list[Entry]], turns: int) -> None:
        """Most of what happens: all of it arrives, or some while the rest is on its way."""
        for some in (entries, *again):
            self.append(0, some, True)
            self.loop.turns(turns)
        self.loop.settle()

    @rule(entries=ENTRIES, seconds=SECONDS)
    def write_and_wait(self, entries: list[Entry], seconds: float) -> None:
        self.append(0, entries, False)
        self.loop.passes(seconds)

    @rule(feed=FEED, entries=ENTRIES, rings=st.booleans(), turns=st.sampled_from([9, 5, 0, 60]))
    def append(self, feed: int, entries: list[Entry], rings: bool, turns: int = 0) -> None:
        self.world.feeds[feed].entries.extend(entries)
        if rings:
            self.world.tail.ring()
        self.loop.turns(turns)

    @rule(feed=FEED, back=st.integers(1, 6), rings=st.booleans())
    def retract(self, feed: int, back: int, rings: bool) -> None:
        entries = self.world.feeds[feed].entries
        if back <= len(entries) and entries[-back].type in (IDEA, WIN, COMMENT):
            entries[-back].gone = True
            self.append(feed, [Entry(RETRACTED, entries[-back].secret)], rings)

    @rule(feed=FEED, upto=st.integers(0, 12))
    def prune(self, feed: int, upto: int) -> None:
        """Wins are kept for ever; and nothing is pruned that the process has not seen."""
        log = self.world.feeds[feed]
        head = self.world.hub.head(log.organisation)
        if self.world.tail.epoch(log.organisation) == log.epoch and head is not None:
            for entry in log.entries[: min(upto, head)]:
                entry.pruned = entry.pruned or entry.type in (IDEA, COMMENT)

    @rule(feed=FEED, keeps=st.integers(0, 12), entries=st.one_of(st.just([]), ENTRIES), rings=st.booleans())
    def replace_log(self, feed: int, keeps: int, entries: list[Entry], rings: bool) -> None:
        log = self.world.feeds[feed]
        self.world.replaces(log, [*log.entries[:keeps], *entries])
        if rings:
            self.world.tail.ring()

    @rule()
    def ring(self) -> None:
        self.world.tail.ring()

    @precondition(lambda self: not self.world.feeds[1].founded)
    @rule()
    def found_the_other_organisation(self) -> None:
        self.world.feeds[1].founded = True

    # Time and weather ------------------------------------------------------------------------------------------

    @rule(number=st.integers(1, 12))
    def turn(self, number: int) -> None:
        self.loop.turns(number)

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.loop.passes(seconds)

    @rule(seconds=SECONDS)
    def process_is_paused(self, seconds: float) -> None:
        self.loop.now += seconds
        for weather in self.world.weathers:
            weather.pause()

    @rule(whose=WHOSE, before=st.integers(0, 3), after=st.integers(0, 6))
    def reads_take_turns(self, whose: str, before: int, after: int) -> None:
        self.weather(whose).set(before, after, 0.0, False)

    @rule(whose=WHOSE, seconds=st.sampled_from([0.4, 2.0, 7.0, 12.0]))
    def reads_are_slow(self, whose: str, seconds: float) -> None:
        self.weather(whose).set(1, 1, seconds, False)

    @rule(whose=WHOSE)
    def reads_fail(self, whose: str) -> None:
        self.weather(whose).set(1, 1, 0.0, True)

    def weather(self, whose: str) -> Weather:
        return dict(zip(("views", "access", "tail"), self.world.weathers, strict=True))[whose]

    # Clients ---------------------------------------------------------------------------------------------------

    @rule(person=st.integers(0, 3))
    def connect(self, person: int) -> None:
        if self.world.feed_of(self.world.people[person]).founded and len(self.connections) < 8:
            self.world.connections.append(Connection(self.world, self.world.people[person]))

    @precondition(lambda self: self.connections)
    @rule(one=ONE, types=TYPES, tells=st.booleans(), cursor=CURSORS, raw=st.booleans())
    def subscribe(self, one: int, types: frozenset[str] | None, tells: bool, cursor: Any, raw: bool) -> None:
        connection = self.connections[one % len(self.connections)]
        if cursor is not None:
            epochs = list(connection.feed.logs)
            epoch = epochs[-1 - cursor[0] % len(epochs)]
            cursor = epoch, max(0, len(connection.feed.logs[epoch]) - cursor[1])
            raw = raw and epoch == epochs[-1] == self.world.tail.epoch(connection.feed.organisation)
        Subscription(connection, types, tells, cursor, raw)

    @precondition(lambda self: self.connections)
    @rule(one=ONE)
    def watch_board(self, one: int) -> None:
        BoardWatch(self.connections[one % len(self.connections)])

    @precondition(lambda self: self.operations)
    @rule(one=ONE)
    def unsubscribe(self, one: int) -> None:
        operation = self.operations[one % len(self.operations)]
        with self.loop.between_turns():
            operation.connection.forget(operation)

    @precondition(lambda self: self.connections)
    @rule(one=ONE)
    def hang_up(self, one: int) -> None:
        self.connections[one % len(self.connections)].hang_up()

    @precondition(lambda self: self.connections)
    @rule(one=ONE, holds=st.integers(0, 3))
    def stall(self, one: int, holds: int) -> None:
        self.connections[one % len(self.connections)].stall(holds)

    @precondition(lambda self: self.connections)
    @rule(one=ONE, holds=HOLDS)
    def drain(self, one: int, holds: int) -> None:
        self.connections[one % len(self.connections)].drain(holds)

    @precondition(lambda self: self.connections)
    @rule(one=ONE)
    def break_wire(self, one: int) -> None:
        self.connections[one % len(self.connections)].broken = True

    @rule(person=st.integers(0, 3), sight=SIGHTS, rings=st.booleans())
    def change_access(self, person: int, sight: Sight | None, rings: bool) -> None:
        self.world.changes(self.world.people[person], sight)
        if rings:
            self.world.tail.ring()

    @precondition(lambda self: self.steps > 40 and not self.world.hub.presence.leaving)
    @rule(within=st.sampled_from([0.0, 3.0]))
    def say_goodbye(self, within: float) -> None:
        self.loop.create_task(self.world.hub.goodbye(within))
        self.loop.turns(1)

    # What must hold --------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_wrong(self) -> None:
        self.steps += 1
        assert not self.world.problems, "\n".join(self.world.problems)
        wrong = [heard for heard in self.ears.heard if not self.caused() or heard.startswith(NEVER)]
        assert not wrong, wrong

    @invariant()
    def whoever_is_live_was_told_all_up_to_the_head(self) -> None:
        for one in self.operations:
            if isinstance(one, Subscription) and one.member is not None and one.member in one.member.audience.live:
                head = self.world.hub.head(one.feed.organisation)
                if not one.lost and one.at is not None and one.at[0] == one.feed.epoch and head is not None:
                    assert not one.missed(head + 1), f"{one} is live, and never heard {one.missed(head + 1)}"

    def caused(self) -> bool:
        """Something was done to it that an error may be logged for."""
        world = self.world
        return (
            any(weather.faults for weather in self.world.weathers)
            or any(connection.raised for connection in world.connections)
            or any(len(feed.logs) > 1 for feed in world.feeds)
        )

    def teardown(self) -> None:
        try:
            if self.world.tail.task is not None:
                Ending(self.world).come_to_an_end()
                self.nothing_is_wrong()
        finally:
            self.logger.removeHandler(self.ears)
            self.logger.setLevel(self.before[0])
            self.logger.propagate = self.before[1]
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.loop.turns(3)
            self.loop.close()


COMMON = {"deadline": None, "database": None, "suppress_health_check": list(HealthCheck), "print_blob": False}


def test_whatever_happens_in_which_order_every_subscriber_is_told_exactly_what_it_is_due() -> None:
    run_state_machine_as_test(
        Interleaved, settings=settings(**COMMON, derandomize=True, max_examples=EXAMPLES, stateful_step_count=50)
    )


def test_a_page_that_was_being_read_when_the_log_was_replaced_is_nobodys() -> None:
    run = Interleaved()
    ideas = [Entry(IDEA) for _ in range(5)]
    run.process_starts(both=True, entries=[ideas], watchers=[], boards=False)
    run.reads_are_slow("views", 4.0)
    run.subscribe(0, None, True, (0, 2), False)
    run.time_passes(0.1)
    run.replace_log(feed=0, keeps=3, entries=[], rings=True)
    run.time_passes(0.1)
    run.append(0, [Entry(WIN), Entry(WIN)], True)
    run.reads_take_turns("views", 1, 1)
    run.time_passes(1.1)
    run.subscribe(0, None, True, (0, 2), False)  # the same positions of another log
    run.time_passes(3.5)
    run.nothing_is_wrong()
    run.teardown()


@pytest.mark.soak
def test_whatever_happens_for_long_every_subscriber_is_told_exactly_what_it_is_due() -> None:
    until = time.monotonic() + float(os.environ.get("HUB_MODEL_SECONDS", SOAK_SECONDS))
    while time.monotonic() < until:
        run_state_machine_as_test(Interleaved, settings=settings(**COMMON, max_examples=200, stateful_step_count=70))
        gc.collect()
