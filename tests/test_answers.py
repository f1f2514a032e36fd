"""Answers that are given again: not after a restore, and not taken from whoever joined a reader that left."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from tests.client import Api, serving
from tests.factories import Hospital, submit
from tests.feed_server import until
from tests.old_events import execute

TITLES = "{ ideas { nodes { title } } }"


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def test_after_a_restore_nothing_is_given_that_was_read_before(api: Api, hospital: Hospital) -> None:
    nurse = await api.token(hospital.nurse)
    await submit(hospital, title="As it was")
    await api.see(nurse)
    assert (await api.ask(TITLES, nurse)).data == {"ideas": {"nodes": [{"title": "As it was"}]}}
    # Another history at the same position, as `groundswell restored` marks it.
    of = hospital.organisation
    await execute(hospital, "update idea set title = 'As it is' where organisation_id = $1", of)
    await execute(hospital, "update feed_head set epoch = 'another' where organisation_id = $1", of)
    await api.see(nurse)
    assert (await api.ask(TITLES, nurse)).data == {"ideas": {"nodes": [{"title": "As it is"}]}}


async def test_who_joined_a_reader_that_left_is_answered_all_the_same(api: Api, hospital: Hospital) -> None:
    nurse, lead = await api.token(hospital.nurse), await api.token(hospital.lead)
    await submit(hospital, title="No hoist at night")
    await api.see(nurse)
    await api.see(lead)
    answers = api.service.answers
    locked = await asyncpg.connect(hospital.database.dsn)
    try:
        async with locked.transaction():
            await locked.execute("lock table idea in access exclusive mode")  # so that the reading takes its time
            leaves = asyncio.create_task(api.ask(TITLES, nurse))
            await until(lambda: bool(answers.flights))
            stays = asyncio.create_task(api.ask(TITLES, lead))
            await until(lambda: any(flight.landed is not None for flight in answers.flights.values()))
            leaves.cancel()
            await asyncio.wait([leaves])
        assert leaves.cancelled()
        assert (await stays).data == {"ideas": {"nodes": [{"title": "No hoist at night"}]}}
    finally:
        await locked.close()
