"""Answers and their versions over HTTP: from memory, not sent again, compressed; their cost and plan to who asks."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api import answering
from api.answers import WORTH_PACKING
from tests.client import Api, serving
from tests.factories import Hospital, submit

IDEAS = "{ ideas(first: 100) { nodes { id title problem author { name } } } }"
EXPENSIVE = "{ ideas(first: 100) { nodes { comments(first: 100) { nodes { idea { comments { nodes { id } } } } } } } }"


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def get(api: Api, token: str, query: str = IDEAS, **headers: str) -> httpx.Response:
    await api.see(token)
    return await api.http.get(
        "/graphql",
        params={"query": query},
        headers={
            "authorization": f"Bearer {token}",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        },
    )


async def test_a_second_question_costs_no_statement_until_somebody_writes(api: Api, hospital: Hospital) -> None:
    nurse, lead = await api.token(hospital.nurse), await api.token(hospital.lead)
    first = await api.ask(IDEAS, nurse)
    read = api.service.answers.executions
    assert (await api.ask(IDEAS, lead)).data == first.data
    assert api.service.answers.executions == read
    await submit(hospital)
    assert len((await api.ask(IDEAS, lead)).data["ideas"]["nodes"]) == len(first.data["ideas"]["nodes"]) + 1


async def test_what_a_client_has_is_not_sent_again_while_it_is_so(api: Api, hospital: Hospital) -> None:
    nurse, lead = await api.token(hospital.nurse), await api.token(hospital.lead)
    first = await get(api, nurse)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    for who in (nurse, lead):  # of the same sight
        same = await get(api, who, if_none_match=f'"other", {tag}')
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        assert same.headers["groundswell-cursor"] == first.headers["groundswell-cursor"]
    own = "{ ideas { nodes { viewerSupports } } }"
    mine = (await get(api, nurse, own)).headers["etag"]
    assert (await get(api, lead, own, if_none_match=mine)).status_code == 200
    await submit(hospital)
    other = await get(api, nurse, if_none_match=tag)
    assert other.status_code == 200
    assert other.headers["etag"] != tag


async def test_what_may_be_pruned_and_what_is_posted_has_no_version(api: Api, hospital: Hospital) -> None:
    nurse = await api.token(hospital.nurse)
    assert "etag" not in (await get(api, nurse, "{ feed { nodes { cursor } } }")).headers
    assert "etag" not in (await api.ask(IDEAS, nurse)).response.headers


async def test_a_long_answer_is_compressed_once_for_who_takes_it_so(api: Api, hospital: Hospital) -> None:
    nurse = await api.token(hospital.nurse)
    for n in range(30):
        await submit(hospital, problem=f"{n} " + "The lift is slow. " * 20)
    plain = await get(api, nurse, accept_encoding="identity")
    assert len(plain.content) >= WORTH_PACKING
    assert "content-encoding" not in plain.headers
    packed = await get(api, nurse, accept_encoding="gzip, br")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content  # as the client unpacks it
    [kept] = [each for each in api.service.answers.kept.values() if each.packed is not None]
    assert gzip.decompress(kept.packed or b"") == plain.content
    assert int(packed.headers["content-length"]) == len(kept.packed or b"") < len(plain.content) / 2
    assert "content-encoding" not in (await get(api, nurse, accept_encoding="gzip;q=0")).headers
    assert "content-encoding" not in (await get(api, nurse, "{ cursor }", accept_encoding="gzip")).headers


async def extended(api: Api, token: str, query: str, **extensions: Any) -> dict[str, Any]:
    body = {"query": query, "extensions": extensions}
    answer = await api.http.post("/graphql", json=body, headers={"authorization": f"Bearer {token}"})
    found: dict[str, Any] = answer.json()
    return found


async def test_who_asks_is_told_the_cost_and_nobody_else(api: Api, hospital: Hospital) -> None:
    nurse = await api.token(hospital.nurse)
    assert "extensions" not in await extended(api, nurse, IDEAS)
    told = await extended(api, nurse, IDEAS, cost=True)
    assert told["extensions"] == {"cost": {"rows": 200, "limit": 50_000}}
    [error] = (await extended(api, nurse, EXPENSIVE))["errors"]
    assert error["extensions"]["code"] == "TOO_COSTLY"
    assert error["extensions"]["cost"] > error["extensions"]["limit"] == 50_000


@pytest.mark.parametrize("explains", [True, False])
async def test_a_plan_is_shown_in_development_alone(api: Api, hospital: Hospital, explains: bool) -> None:
    api.service.answering.explains = explains
    told = await extended(api, await api.token(hospital.nurse), IDEAS, explain=True)
    assert ("extensions" in told) is explains
    if explains:
        plan = told["extensions"]["explain"]
        assert plan["sql"].lstrip().lower().startswith("select")
        assert plan["rows"] == 200
        assert (plan["dependsOn"]["sight"], plan["dependsOn"]["person"]) == ("MEMBER", False)


async def test_a_cursor_to_be_answered_after_is_checked_and_an_expired_one_passed_over(
    api: Api, hospital: Hospital
) -> None:
    nurse = await api.token(hospital.nurse)
    here = (await get(api, nurse)).headers["groundswell-cursor"]
    await submit(hospital)  # beside this process, which has not looked yet
    epoch, organisation, position = here.split(".")
    headers = {"authorization": f"Bearer {nurse}", "groundswell-after": f"{epoch}.{organisation}.{int(position) + 1}"}
    answer = await api.http.post("/graphql", json={"query": IDEAS}, headers=headers)
    assert len(answer.json()["data"]["ideas"]["nodes"]) == 1
    expired = {**headers, "groundswell-after": f"{epoch}.{organisation}.{10**6}"}
    assert (await api.http.post("/graphql", json={"query": IDEAS}, headers=expired)).json() == answer.json()
    garbage = {**headers, "groundswell-after": "x"}
    [error] = (await api.http.post("/graphql", json={"query": IDEAS}, headers=garbage)).json()["errors"]
    assert error["extensions"]["code"] == "BAD_ARGUMENT"


async def test_an_answer_in_which_something_went_wrong_has_no_version(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next may be whole."""
    nurse = await api.token(hospital.nurse)
    buttons = "{ organisation { viewerCanCreateThemes } }"
    assert "etag" in (await get(api, nurse, buttons)).headers
    flawed = {"data": None, "errors": [{"message": "once"}]}
    monkeypatch.setattr(answering, "completed", lambda *_: flawed)
    answer = await get(api, nurse, buttons)
    assert (answer.json(), "etag" in answer.headers) == (flawed, False)
