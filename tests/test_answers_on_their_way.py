"""Answers that are on their way while others write, roles change or a database is restored; and what memory costs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from api import answers as answers_module
from api.answers import WORTH_PACKING, weight
from db.engine import Database
from db.operations import people
from db.terms import Role
from tests.client import Api, serving
from tests.factories import Hospital, submit
from tests.feed_server import until
from tests.mutations import DOCUMENTS
from tests.old_events import execute

TITLES = "{ ideas { nodes { title } } }"
EMAIL = "query($id: ID!) { node(id: $id) { ... on Person { email } } }"


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


class Late:
    """What a database answers next is on its way until it is let in; everything after it comes at once."""

    def __init__(self, database: Database, patched: pytest.MonkeyPatch) -> None:
        self.rows = database.rows
        self.read, self.let_in = asyncio.Event(), asyncio.Event()
        patched.setattr(database, "rows", self)

    async def __call__(self, text: str, args: Sequence[object] = ()) -> list[asyncpg.Record]:
        rows = await self.rows(text, args)
        if not self.read.is_set():
            self.read.set()
            await self.let_in.wait()
        return rows


async def known(api: Api, *people: Any) -> list[str]:
    """Their tokens, which this process has seen before."""
    tokens = [await api.token(person) for person in people]
    for token in tokens:
        await api.ask("{ cursor }", token)
    return tokens


async def at_once(api: Api, token: str, query: str, /, *, get: bool = False, **headers: str) -> httpx.Response:
    """Without waiting for what others wrote."""
    named = {"authorization": f"Bearer {token}", **{name.replace("_", "-"): text for name, text in headers.items()}}
    if get:
        return await api.http.get("/graphql", params={"query": query}, headers=named)
    return await api.http.post("/graphql", json={"query": query}, headers=named)


async def restored(hospital: Hospital, title: str, *, back: int = 0, epoch: str = "another") -> None:
    """Another history of the same organisation, as a copy of the database has it."""
    of = hospital.organisation
    await execute(hospital, "update idea set title = $2 where organisation_id = $1", of, title)
    await execute(
        hospital,
        "update feed_head set epoch = $2, position = position - $3 where organisation_id = $1",
        of,
        epoch,
        back,
    )


def titles(answer: Any) -> list[str]:
    return [node["title"] for node in answer["data"]["ideas"]["nodes"]]


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


@pytest.mark.parametrize("epoch", ["another", None])
async def test_a_reading_from_before_a_restore_is_given_to_nobody_else(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch, epoch: str | None
) -> None:
    """`epoch` None: nobody said that it was restored, and the log tells by being shorter."""
    (nurse,) = await known(api, hospital.nurse)
    await submit(hospital, title="As it was")
    await api.see(nurse)
    late = Late(api.service.database, monkeypatch)
    first = asyncio.create_task(api.ask(TITLES, nurse))
    await late.read.wait()
    same = api.service.tail.epoch(hospital.organisation)
    assert same is not None
    await restored(hospital, "As it is", back=1, epoch=epoch or same)
    await api.see(nurse)
    late.let_in.set()
    assert titles((await first).response.json()) == ["As it was"]
    assert titles((await api.ask(TITLES, nurse)).response.json()) == ["As it is"]


async def test_after_a_restore_who_writes_sees_it_though_nobody_has_noticed_yet(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    await submit(hospital, title="As it was")
    await api.see(nurse)
    assert titles((await at_once(api, nurse, TITLES)).json()) == ["As it was"]
    await api.service.tail.stop()
    await restored(hospital, "As it is")
    written = {"title": "New", "problem": "It is new."}
    body = {"query": DOCUMENTS["submitIdea"], "variables": {"input": written}}
    answer = await api.http.post("/graphql", json=body, headers={"authorization": f"Bearer {nurse}"})
    assert answer.json()["data"]["submitIdea"]["userErrors"] == []
    assert titles((await at_once(api, nurse, TITLES)).json()) == ["New", "As it is"]


async def test_after_a_restore_a_client_is_not_told_that_it_has_it_already(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    await submit(hospital, title="As it was")
    await api.see(nurse)
    tag = (await at_once(api, nurse, TITLES, get=True)).headers["etag"]
    assert (await at_once(api, nurse, TITLES, get=True, if_none_match=tag)).status_code == 304
    await restored(hospital, "As it is")
    await api.see(nurse)
    after = await at_once(api, nurse, TITLES, get=True, if_none_match=tag)
    assert (after.status_code, titles(after.json())) == (200, ["As it is"])


@pytest.mark.parametrize("late_one", [False, True])
async def test_after_a_restore_a_second_question_costs_no_statement_again(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch, late_one: bool
) -> None:
    """`late_one`: what was read before arrives after it."""
    (nurse,) = await known(api, hospital.nurse)
    await submit(hospital, title="As it was")
    await api.see(nurse)
    before = (await at_once(api, nurse, "{ cursor }")).json()["data"]["cursor"]
    if late_one:
        late = Late(api.service.database, monkeypatch)
        first = asyncio.create_task(at_once(api, nurse, TITLES))
        await late.read.wait()
        await restored(hospital, "As it is", back=1)
        await api.see(nurse)
        late.let_in.set()
        await first
    else:
        await at_once(api, nurse, TITLES)
        await restored(hospital, "As it is", back=1)
        await api.see(nurse)
    assert titles((await at_once(api, nurse, TITLES)).json()) == ["As it is"]
    read = api.service.answers.executions
    assert titles((await at_once(api, nurse, TITLES, groundswell_after=before)).json()) == ["As it is"]
    assert api.service.answers.executions == read


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


async def test_each_of_two_long_answers_is_compressed_by_itself(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    for n in range(30):
        await submit(hospital, title=f"Lift {n}", problem=f"{n} " + "The lift is slow. " * 20)
    await api.see(nurse)
    for field in ("problem", "id title problem"):
        query = f"{{ ideas(first: 30) {{ nodes {{ {field} }} }} }}"
        plain = await at_once(api, nurse, query, accept_encoding="identity")
        packed = await at_once(api, nurse, query, accept_encoding="gzip")
        assert len(plain.content) >= WORTH_PACKING
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.content == plain.content


async def test_a_client_has_not_what_another_document_asks_the_executor_for(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    first, second = (f"{{ cursor __schema {{ {root} {{ name }} }} }}" for root in ("queryType", "mutationType"))
    tag = (await at_once(api, nurse, first, get=True)).headers["etag"]
    assert (await at_once(api, nurse, first, get=True, if_none_match=tag)).status_code == 304
    assert (await at_once(api, nurse, second, get=True, if_none_match=tag)).status_code == 200


async def test_memory_is_bounded_and_keeps_what_was_asked_for_last(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    for n in range(30):
        await submit(hospital, title=f"Lift {n}", problem=f"{n} " + "The lift is slow. " * 20)
    await api.see(nurse)
    answers = api.service.answers
    answers.most_bytes = 64 * 1024
    await at_once(api, nurse, TITLES)
    for n in range(1, 31):
        await at_once(api, nurse, f"{{ ideas(first: {n}) {{ nodes {{ id problem }} }} }}", accept_encoding="gzip")
        read = answers.executions
        await at_once(api, nurse, TITLES)
        assert answers.executions == read
        assert answers.size == sum(map(weight, answers.kept.values()))
        assert answers.size <= answers.most_bytes
    assert 1 < len(answers.kept) < 30
    read = answers.executions
    await at_once(api, nurse, "{ ideas(first: 1) { nodes { id problem } } }")
    assert answers.executions == read + 1


async def test_what_is_too_long_to_be_kept_takes_nobodys_place(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers_module, "LARGEST", 1024)
    (nurse,) = await known(api, hospital.nurse)
    await submit(hospital, problem="The lift is slow. " * 100)
    await api.see(nurse)
    held = api.service.answers.size
    read = api.service.answers.executions
    for _ in range(2):
        await at_once(api, nurse, "{ ideas { nodes { problem } } }")
    assert api.service.answers.executions == read + 2
    assert api.service.answers.size == held
