"""What is answered after a restore or a failover, by who has noticed it and by who has not."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from api.cursors import Cursor, decode_cursor, encode_cursor
from tests.answers_late import TITLES, Late, at_once, known, restored, titles
from tests.client import Api, serving
from tests.factories import Hospital, submit
from tests.mutations import DOCUMENTS


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def written(api: Api, token: str, title: str) -> str:
    """An idea by this process; the cursor of its answer."""
    body = {"query": DOCUMENTS["submitIdea"], "variables": {"input": {"title": title, "problem": "It is new."}}}
    answer = await api.http.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"})
    assert answer.json()["data"]["submitIdea"]["userErrors"] == []
    return answer.headers["groundswell-cursor"]


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


@pytest.mark.parametrize("back", [0, 3])
async def test_after_a_restore_who_writes_sees_it_though_nobody_has_noticed_yet(
    api: Api, hospital: Hospital, back: int
) -> None:
    (nurse,) = await known(api, hospital.nurse)
    await submit(hospital, title="As it was")
    await api.see(nurse)
    assert titles((await at_once(api, nurse, TITLES)).json()) == ["As it was"]
    await api.service.tail.stop()
    await restored(hospital, "As it is", back=back)
    await written(api, nurse, "New")
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


async def another_history(api: Api, hospital: Hospital, token: str) -> tuple[Cursor, str]:
    """As it was, answered and remembered; then another log, which nobody has noticed. Its head, and the old tag."""
    await submit(hospital, title="As it was")
    await api.see(token)
    before = await at_once(api, token, TITLES, get=True)
    assert titles(before.json()) == ["As it was"]
    await api.service.tail.stop()
    await restored(hospital, "As it is", back=1)
    head = "select position from feed_head where organisation_id = $1"
    position = await hospital.database.value(head, (hospital.organisation,))
    return Cursor("another", hospital.organisation, position), before.headers["etag"]


async def test_who_has_been_told_of_the_new_log_is_answered_from_it(api: Api, hospital: Hospital) -> None:
    """As by another process, whose cursor comes along."""
    (nurse,) = await known(api, hospital.nurse)
    head, tag = await another_history(api, hospital, nurse)
    after = encode_cursor(head)
    told = await at_once(api, nurse, TITLES, get=True, if_none_match=tag, groundswell_after=after)
    assert (told.status_code, set(titles(told.json()))) == (200, {"As it is"})
    assert set(titles((await at_once(api, nurse, TITLES, groundswell_after=after)).json())) == {"As it is"}


async def test_once_anybody_has_met_the_new_log_nobody_is_answered_from_the_old(api: Api, hospital: Hospital) -> None:
    nurse, lead = await known(api, hospital.nurse, hospital.lead)
    await another_history(api, hospital, nurse)
    assert (await at_once(api, nurse, "{ ideas(first: 1) { nodes { title } } }")).status_code == 200
    assert titles((await at_once(api, lead, TITLES)).json()) == ["As it is"]


async def test_a_cursor_from_before_this_process_costs_one_statement_and_no_more(api: Api, hospital: Hospital) -> None:
    (nurse,) = await known(api, hospital.nurse)
    old = encode_cursor(Cursor("longago", hospital.organisation, 10**6))
    await at_once(api, nurse, TITLES)
    read = api.service.answers.executions
    for _ in range(3):
        await at_once(api, nurse, TITLES, groundswell_after=old)
    assert api.service.answers.executions == read + 1


async def test_an_answer_from_before_a_failover_spoils_nothing_after_it(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standby lacks the last events, and nobody marks it as another log."""
    (nurse,) = await known(api, hospital.nurse)
    for title in ("As it was", "Lost", "Lost too"):
        await submit(hospital, title=title)
    await api.see(nurse)
    late = Late(api.service.database, monkeypatch)
    first = asyncio.create_task(at_once(api, nurse, TITLES))
    await late.read.wait()
    same = api.service.tail.epoch(hospital.organisation) or ""
    await restored(hospital, "As it is", back=2, epoch=same)
    await api.see(nurse)
    late.let_in.set()
    await first
    await api.see(nurse)
    await at_once(api, nurse, TITLES)
    read = api.service.answers.executions
    assert set(titles((await at_once(api, nurse, TITLES)).json())) == {"As it is"}
    assert api.service.answers.executions == read


async def test_nobody_joins_a_reading_from_before_a_failover(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse, lead = await known(api, hospital.nurse, hospital.lead)
    await submit(hospital, title="As it was")
    await api.see(nurse)
    late = Late(api.service.database, monkeypatch)
    first = asyncio.create_task(at_once(api, nurse, TITLES))
    await late.read.wait()
    same = api.service.tail.epoch(hospital.organisation) or ""
    await restored(hospital, "As it is", back=1, epoch=same)
    await api.see(nurse)
    await submit(hospital, title="New")  # at the position at which the other was
    await api.see(nurse)
    joins = asyncio.create_task(at_once(api, lead, TITLES))
    await asyncio.wait([joins], timeout=1)
    late.let_in.set()
    await first
    assert titles((await joins).json()) == ["New", "As it is"]


@pytest.mark.parametrize("bad", ["{ nonsense }", "{ ideas(first: 0) { nodes { title } } }"])
async def test_what_is_refused_carries_no_position_older_than_ones_own_write(
    api: Api, hospital: Hospital, bad: str
) -> None:
    (nurse,) = await known(api, hospital.nurse)
    await api.service.tail.stop()

    def place(answer: httpx.Response) -> Cursor:
        return decode_cursor(answer.headers["groundswell-cursor"])

    wrote = decode_cursor(await written(api, nurse, "Here"))
    assert place(await at_once(api, nurse, bad)) == wrote
    await restored(hospital, "As it is", back=1)
    wrote = decode_cursor(await written(api, nurse, "In another log"))
    assert wrote.epoch == "another"
    assert place(await at_once(api, nurse, bad)) == wrote
