"""Answers that are on their way while others write or leave, or while roles change."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from db.operations import people
from db.terms import Role
from tests.answers_late import TITLES, Late, at_once, known, restored, titles
from tests.client import Api, serving
from tests.factories import Hospital, submit
from tests.feed_server import until
from tests.mutations import DOCUMENTS
from tests.old_events import execute

EMAIL = "query($id: ID!) { node(id: $id) { ... on Person { email } } }"


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def test_who_wrote_is_not_answered_by_a_reading_that_began_before(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse, lead = await known(api, hospital.nurse, hospital.lead)
    late = Late(api.service.database, monkeypatch)
    first = asyncio.create_task(api.ask(TITLES, nurse))
    await late.read.wait()
    written = {"title": "No hoist at night", "problem": "It is locked away."}
    assert (await api.ask(DOCUMENTS["submitIdea"], lead, input=written)).errors == []
    second = asyncio.create_task(api.ask(TITLES, lead))
    await until(lambda: second.done() or any(each.landed for each in api.service.answers.flights.values()))
    late.let_in.set()
    assert titles((await second).response.json()) == ["No hoist at night"]
    assert titles((await first).response.json()) == []  # it was asked before


async def test_who_joins_a_reading_and_leaves_takes_nobody_along(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = await known(api, hospital.nurse, hospital.lead, hospital.colleague)
    await submit(hospital, title="No hoist at night")
    await api.see(tokens[0])
    late = Late(api.service.database, monkeypatch)
    first = asyncio.create_task(at_once(api, tokens[0], TITLES))
    await late.read.wait()
    leaves, stays = (asyncio.create_task(at_once(api, token, TITLES)) for token in tokens[1:])
    await until(lambda: any(each.landed for each in api.service.answers.flights.values()))
    await asyncio.sleep(0)
    leaves.cancel()
    await asyncio.wait([leaves])
    late.let_in.set()
    assert titles((await first).json()) == ["No hoist at night"]
    assert titles((await stays).json()) == ["No hoist at night"]


async def test_roles_that_change_while_somebody_is_looked_up_hold_from_the_next_question_on(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    moderator, other = await api.token(hospital.moderator), f"person_{hospital.nurse}"
    await api.see(moderator)
    late = Late(api.service.database, monkeypatch)
    first = asyncio.create_task(api.ask(EMAIL, moderator, id=other))
    await late.read.wait()
    await hospital.do(people.edit_person, hospital.admin, person=hospital.moderator, roles=[Role.ADMIN])
    await api.see(moderator)
    late.let_in.set()
    await first
    assert (await api.ask(EMAIL, moderator, id=other)).data == {"node": {"email": "nina@ashcombe.example"}}


@pytest.mark.parametrize("where", ["here", "elsewhere", "in another history"])
async def test_who_is_no_administrator_any_more_is_told_no_addresses(api: Api, hospital: Hospital, where: str) -> None:
    """`here`: by this very process, whether or not it has looked at the log since."""
    admin, moderator = await known(api, hospital.admin, hospital.moderator)
    other, person = f"person_{hospital.nurse}", {"person": hospital.moderator}
    await hospital.do(people.edit_person, hospital.admin, **person, roles=[Role.ADMIN])
    assert (await api.ask(EMAIL, moderator, id=other)).data == {"node": {"email": "nina@ashcombe.example"}}
    if where == "here":
        await api.service.tail.stop()
        given = {"personId": f"person_{hospital.moderator}", "roles": ["MODERATOR"]}
        body: dict[str, Any] = {"query": DOCUMENTS["editPerson"], "variables": {"input": given}}
        answer = await api.http.post("/graphql", json=body, headers={"authorization": f"Bearer {admin}"})
        assert answer.json()["data"]["editPerson"]["userErrors"] == []
    elif where == "elsewhere":
        await hospital.do(people.edit_person, hospital.admin, **person, roles=[Role.MODERATOR])
        await api.see(moderator)
    else:
        await execute(hospital, "update person set roles = '{MODERATOR}' where id = $1", hospital.moderator)
        await restored(hospital, "As it is")
        await api.see(moderator)
    body = {"query": EMAIL, "variables": {"id": other}}
    answer = await api.http.post("/graphql", json=body, headers={"authorization": f"Bearer {moderator}"})
    assert answer.json()["data"] == {"node": {"email": None}}


async def test_a_client_has_not_what_another_document_asks_the_executor_for(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    first, second = (f"{{ cursor __schema {{ {root} {{ name }} }} }}" for root in ("queryType", "mutationType"))
    tag = (await at_once(api, nurse, first, get=True)).headers["etag"]
    assert (await at_once(api, nurse, first, get=True, if_none_match=tag)).status_code == 304
    assert (await at_once(api, nurse, second, get=True, if_none_match=tag)).status_code == 200
