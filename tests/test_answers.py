"""Answers that are given again: not after a restore or a pruning, nor by who hears nothing or has left."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest_asyncio

from api.answers import STALE
from db.retention import prune
from tests.client import Api, serving
from tests.factories import Hospital, comment, submit
from tests.feed_server import until
from tests.old_events import age, execute

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


async def test_what_was_pruned_is_not_given_again(api: Api, hospital: Hospital) -> None:
    nurse = await api.token(hospital.nurse)
    idea = await submit(hospital)
    await comment(hospital, idea)
    await age(hospital, days=60)
    await submit(hospital)  # what is younger tells how far the old goes
    await api.see(nurse)
    text = f'{{ node(id: "idea_{idea}") {{ ... on Idea {{ history {{ nodes {{ __typename }} }} }} }} }}'

    async def history() -> list[dict[str, str]]:
        nodes: list[dict[str, str]] = (await api.ask(text, nurse)).data["node"]["history"]["nodes"]
        return nodes

    assert {"__typename": "CommentAdded"} in await history()
    await prune(hospital.database, timedelta(days=30))
    assert {"__typename": "CommentAdded"} not in await history()


async def test_a_process_that_hears_nothing_of_the_log_remembers_nothing(api: Api, hospital: Hospital) -> None:
    nurse = await api.token(hospital.nurse)
    await api.see(nurse)
    assert (await api.ask(TITLES, nurse)).data == {"ideas": {"nodes": []}}
    tail = api.service.tail
    await tail.stop()
    await submit(hospital, title="From elsewhere")
    assert tail.looked_at is not None
    tail.looked_at -= STALE + 1
    assert (await api.ask(TITLES, nurse)).data == {"ideas": {"nodes": [{"title": "From elsewhere"}]}}


async def test_another_release_does_not_say_that_a_client_has_it_already(api: Api, hospital: Hospital) -> None:
    token = await api.token(hospital.nurse)
    await api.see(token)
    headers = {"authorization": f"Bearer {token}"}
    first = await api.http.get("/graphql", params={"query": TITLES}, headers=headers)
    headers["if-none-match"] = first.headers["etag"]
    assert (await api.http.get("/graphql", params={"query": TITLES}, headers=headers)).status_code == 304
    api.service.answering.release = "another"
    assert (await api.http.get("/graphql", params={"query": TITLES}, headers=headers)).status_code == 200


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
