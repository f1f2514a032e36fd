"""Exact: whoever subscribes after a cursor is sent just what happened since, in order, over either transport."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from tests.exactness import BOARD, FEED, TRANSPORTS, Wanted, World, all_wanted, as_expected, expected, opened, writes
from tests.factories import Hospital
from tests.listening import Heard, Listener, listening


@pytest_asyncio.fixture(scope="module")
async def world(module_hospital: Hospital) -> AsyncIterator[World]:
    async with opened(module_hospital) as world:
        yield world


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_everybody_is_sent_exactly_what_happened_after_their_cursor(world: World, transport: str) -> None:
    at = world.at
    places, made = await writes(world)
    executive = await world.token(at.executive)
    after = await world.cursor(executive)
    asked = all_wanted(at, places)
    heard: list[tuple[Wanted, Heard]] = []
    async with (
        listening(transport, world.server, executive) as before,
        listening(transport, world.server, executive) as during,
        listening(transport, world.server, executive) as afterwards,
    ):

        async def ask_all(listener: Listener, pause: float) -> None:
            for wanted in asked:
                heard.append((wanted, await listener.subscribe(wanted.query, **wanted.variables(after))))
                await asyncio.sleep(pause)

        await ask_all(before, 0)
        await asyncio.gather(ask_all(during, 0.02), *(write() for write in made))
        await ask_all(afterwards, 0)
        log = await expected(at, asked[0], after)
        assert len(log) > 40
        assert len(heard) == 3 * len(asked)
        for wanted, one in heard:
            due = await expected(at, wanted, after)
            assert due or wanted.field != "feed", f"{wanted} was put to no test"
            await one.until(lambda one, due=due: len(as_expected(one.items)) >= len(due))  # type: ignore[misc]
        # One more, which everybody may have and who wants it gets: nothing else was under way before it.
        await world.do(await world.token(at.nurse), "submitIdea", problem="The last", themeId=places.falls)
        for wanted, one in heard:
            due = await expected(at, wanted, after)
            await one.until(lambda one, due=due: len(as_expected(one.items)) >= len(due))  # type: ignore[misc]
            assert as_expected(one.items) == due, wanted
            assert not one.errors
            caught_up = [item for item in one.items if item["__typename"] == "FeedCaughtUp"]
            assert bool(caught_up) == (wanted.field == "feed")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_many_who_come_and_go_each_hear_everything_once(world: World, transport: str) -> None:
    at = world.at
    _, made = await writes(world)
    executive = await world.token(at.executive)
    start = await world.cursor(executive)
    done = asyncio.Event()

    async def wanderer(seed: int) -> list[dict[str, Any]]:
        """Takes a few items, goes without a word, comes back after the last one."""
        choice, after, items = random.Random(seed), start, list[dict[str, Any]]()
        while not (done.is_set() and after == await world.cursor(executive)):
            async with listening(transport, world.server, executive) as listener:
                one = await listener.subscribe(FEED, after=after)
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await one.count(choice.randint(1, 12))
                items += one.items
                after = items[-1]["cursor"] if items else after
        return items

    wandering = [asyncio.create_task(wanderer(seed)) for seed in range(3)]
    for n in range(0, len(made), 5):
        await asyncio.gather(*(write() for write in made[n : n + 5]))
    done.set()
    due = await expected(at, Wanted("feed"), start)
    for each in wandering:
        assert as_expected(await asyncio.wait_for(each, 20)) == due


async def test_a_stream_goes_on_after_its_last_event_id(world: World) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    for n in range(3):
        await world.do(nurse, "submitIdea", problem=f"Idea {n}")
    due = await expected(world.at, Wanted("feed"), start)
    async with listening("sse", world.server, nurse) as listener:
        again = await listener.subscribe(FEED, after=start, last_event_id=due[0][1])
        await again.count(3)
        assert as_expected(again.items) == due[1:]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_last_answer_of_a_board_is_the_query_s(world: World, transport: str) -> None:
    at = world.at
    _, made = await writes(world)
    executive = await world.token(at.executive)
    live = f"subscription($unitId: ID) {{ board(unitId: $unitId) {BOARD} }}"
    query = f"query($unitId: ID) {{ board(unitId: $unitId) {BOARD} }}"
    units_ = (None, f"unit_{at.ward_a}", f"unit_{at.division}")
    async with listening(transport, world.server, executive) as listener:
        boards = [await listener.subscribe(live, unitId=unit) for unit in units_]
        for board in boards:
            await board.count(1)
        await asyncio.gather(*(write() for write in made))
        for unit, board in zip(units_, boards, strict=True):
            last = (await world.ask(executive, query, unitId=unit))["board"]
            await board.until(lambda heard, last=last: shown(heard.items[-1]) == shown(last))  # type: ignore[misc]
            assert len(board.items) <= 6, "it is coalesced"
            different = [shown(one) for one in board.items]
            assert all(one != other for one, other in pairwise(different))


def shown(board: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in board.items() if name not in ("cursor", "asOf")}
