"""What a process says of itself: true at the moment it is asked, in the format that Prometheus reads."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from tests.exactness import World, opened
from tests.factories import Hospital
from tests.listening import listening


@pytest_asyncio.fixture
async def world(hospital: Hospital) -> AsyncIterator[World]:
    async with opened(hospital) as world:
        yield world


async def figures(world: World) -> dict[str, float]:
    """By name and, where there is one, the state."""
    answer = await world.http.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        " ".join([sample.name.removeprefix("groundswell_"), *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if sample.name != "groundswell_info"
    }


async def until(world: World, **wanted: float) -> dict[str, float]:
    """What is told once it is so; what it stays at is the caller's to look at."""
    found: dict[str, float] = {}
    async with asyncio.timeout(10):
        while not found or any(found[name] != value for name, value in wanted.items()):
            found = await figures(world)
    return found


async def test_the_figures_say_who_is_there_and_what_was_done_for_them(world: World) -> None:
    nurse = await world.token(world.at.nurse)
    before = await figures(world)
    assert before["connections"] == before["subscribers live"] == before["views"] == 0
    assert before["doorbell_connected"] == 1
    assert before["tail_lag_seconds"] < 5
    feed = "subscription { feed { __typename cursor } }"
    async with listening("websocket", world.server, nurse) as socket, listening("sse", world.server, nurse) as streams:
        heard = [await socket.subscribe(feed) for _ in range(3)] + [await streams.subscribe(feed)]
        heard.append(await socket.subscribe("subscription { commentAdded { cursor } }"))
        there = await until(world, **{"subscribers live": 5})
        assert (there["connections"], there["views"], there["subscribers behind"]) == (2, 2, 0)
        await world.do(nurse, "submitIdea", problem="Nobody knows how many screens there are", themeId=None)
        for one in heard[:4]:
            await one.count(1)
        after = await figures(world)
        assert after["deliveries_total"] - before["deliveries_total"] == 4
        assert after["view_reads_total"] - before["view_reads_total"] == 1, "one execution"
        assert after["executions_saved_total"] - before["executions_saved_total"] == 3
        assert after["arriving"] == 0
        assert 1 <= after["arriving_most"] <= after["arriving_limit"]
        cursor = heard[0].items[0]["cursor"]
        back = await socket.subscribe(
            "subscription($after: Cursor) { feed(after: $after) { __typename cursor } }", after=cursor
        )
        await back.count(1)
        assert (await figures(world))["catch_ups_total"] == after["catch_ups_total"] + 1
    gone = await until(world, connections=0)
    assert gone["subscribers live"] == gone["views"] == 0
