"""A document by its id over each transport: what it answers, and how it is refused."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from websockets.exceptions import ConnectionClosedError

from api.trusted import document_id
from tests.factories import Hospital, submit
from tests.state import unchanged
from tests.trusted_ward import (
    FEED,
    FREE_SUBMIT,
    HISTORY,
    MANIFEST,
    ONE,
    SUBMIT,
    TITLES,
    TWO,
    WAYS,
    Lasting,
    Payload,
    Ward,
    Way,
    by_its_id,
    codes,
    everywhere,
    get,
    in_address,
    lasting_ways,
    on,
    over_stream_by_get,
    post,
    socket_of,
    stream,
    stream_by_get,
    trusting,
    websocket,
    writing_ways,
    written,
)

NEWEST = {"data": {"ideas": {"nodes": [{"title": "No hoist at night"}]}}}


@pytest_asyncio.fixture(scope="module")
async def quiet_ward(module_hospital: Hospital, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    """Where one idea was submitted, and nothing is written any more."""
    await submit(module_hospital, title="No hoist at night")
    async with trusting(module_hospital, written(tmp_path_factory.mktemp("of") / "board.json", MANIFEST)) as ward:
        yield ward


@pytest_asyncio.fixture
async def ward(hospital: Hospital, tmp_path: Path) -> AsyncIterator[Ward]:
    await submit(hospital, title="No hoist at night")
    async with trusting(hospital, written(tmp_path / "board.json", MANIFEST)) as ward:
        yield ward


# Queries ------------------------------------------------------------------------------------------------------------


@everywhere
@pytest.mark.parametrize("id_", ["titles", document_id(TITLES)])
async def test_a_query_is_asked_by_what_its_build_calls_it_and_by_its_hash(
    quiet_ward: Ward, way: Way, id_: str
) -> None:
    assert await way(quiet_ward, {"documentId": id_, "variables": ONE}) == NEWEST


@everywhere
async def test_of_two_operations_the_name_says_which(quiet_ward: Ward, way: Way) -> None:
    assert await way(quiet_ward, {**by_its_id(TWO), "operationName": "First"}) == NEWEST
    second = await way(quiet_ward, {**by_its_id(TWO), "operationName": "Second"})
    assert second == {"data": {"organisation": {"name": "Ashcombe"}}}


async def test_what_was_asked_by_get_is_not_sent_again_until_something_changes(ward: Ward) -> None:
    given = in_address(by_its_id(TITLES, **ONE))
    async with httpx.AsyncClient(trust_env=False, params=given, headers=ward.headers()) as http:
        first = await http.get(ward.url)
        assert first.headers["cache-control"] == "private, no-cache"
        have = {"if-none-match": first.headers["etag"]}
        again = await http.get(ward.url, headers=have)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
        assert again.headers["cache-control"] == "private, no-cache"
        two = await http.get(ward.url, params=in_address(by_its_id(TITLES, first=2)), headers=have)
        assert (two.status_code, two.json()) == (200, NEWEST)
        await post(ward, by_its_id(SUBMIT, input={"problem": "A lamp is missing"}))
        changed = await http.get(ward.url, headers=have)
    assert changed.json()["data"]["ideas"]["nodes"] == [{"title": "A lamp is missing"}]
    assert changed.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("given", [by_its_id(HISTORY), {"query": "{ feed(first: 1) { nodes { __typename } } }"}])
async def test_an_answer_with_events_has_no_etag_and_is_always_sent(quiet_ward: Ward, given: Payload) -> None:
    """Those that are pruned go from it, and nothing else tells of that."""
    async with httpx.AsyncClient(trust_env=False, params=in_address(given), headers=quiet_ward.headers()) as http:
        answer = await http.get(quiet_ward.url, headers={"if-none-match": "*"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "etag" not in answer.headers
    assert answer.json() == await post(quiet_ward, given)


# Subscriptions ------------------------------------------------------------------------------------------------------


async def next_event(items: AsyncIterator[Payload]) -> Payload:
    """Of the feed; where it was caught up in between, this server had not heard of the event yet."""
    async for item in items:
        event: Payload = item["data"]["feed"]
        if event["__typename"] != "FeedCaughtUp":
            return event
    raise AssertionError("the feed has ended")


@lasting_ways
async def test_a_subscription_gives_its_events(ward: Ward, hospital: Hospital, way: Lasting) -> None:
    cursor = (await post(ward, {"query": "{ cursor }"}))["data"]["cursor"]
    async with asyncio.timeout(15), aclosing(way(ward, by_its_id(FEED, after=cursor))) as items:
        for title in ("A lamp for the corridor", "A second key"):
            await submit(hospital, title=title)
            assert (await next_event(items))["idea"] == {"title": title}


async def test_an_event_source_goes_on_after_the_last_event_that_it_had(ward: Ward, hospital: Hospital) -> None:
    """A browser's EventSource asks by GET, and sends the same address and Last-Event-ID when it comes back."""
    cursor = (await post(ward, {"query": "{ cursor }"}))["data"]["cursor"]
    asked, titles = by_its_id(FEED, after=cursor), []
    for title in ("A lamp for the corridor", "A second key"):
        await submit(hospital, title=title)
        coming = over_stream_by_get(ward, asked, **{"last-event-id": cursor})
        async with asyncio.timeout(15), aclosing(coming) as items:
            event = await next_event(items)
        titles.append(event["idea"]["title"])
        cursor = event["cursor"]
    assert titles == ["A lamp for the corridor", "A second key"]


# Mutations ----------------------------------------------------------------------------------------------------------


@writing_ways
async def test_a_mutation_is_done_once(ward: Ward, way: Way) -> None:
    answer = await way(ward, by_its_id(SUBMIT, input={"problem": "A lamp is missing"}))
    assert answer == {"data": {"submitIdea": {"idea": {"title": "A lamp is missing"}}}}
    ideas = (await post(ward, by_its_id(TITLES, first=5)))["data"]["ideas"]["nodes"]
    assert [idea["title"] for idea in ideas] == ["A lamp is missing", "No hoist at night"]


@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json", "text/event-stream"])
async def test_a_mutation_by_get_is_refused_and_leaves_nothing(
    quiet_ward: Ward, module_hospital: Hospital, accept: str
) -> None:
    given = in_address(by_its_id(SUBMIT, input={"problem": "By GET"}))
    async with (
        unchanged(module_hospital.database),
        httpx.AsyncClient(trust_env=False, params=given, headers=quiet_ward.headers(accept=accept)) as http,
    ):
        refused = await http.get(quiet_ward.url)
        assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")
        assert codes(refused.json()) == ["BAD_ARGUMENT"]
        assert "data" not in refused.json()
        assert (await http.head(quiet_ward.url)).status_code == 405


@writing_ways
@pytest.mark.parametrize("payload", [by_its_id(SUBMIT, input={"problem": "By nobody"}), {"query": FREE_SUBMIT}])
async def test_a_mutation_of_somebody_who_has_not_signed_in_is_refused_and_leaves_nothing(
    quiet_ward: Ward, module_hospital: Hospital, way: Way, payload: Payload
) -> None:
    async with unchanged(module_hospital.database):
        answer = await way(quiet_ward.of(None), payload)
    assert codes(answer) == ["UNAUTHENTICATED"]
    assert (answer.get("data") or {}).get("submitIdea") is None


# What is refused ----------------------------------------------------------------------------------------------------


REFUSED = {
    "an id that is in no manifest": (by_its_id("{ viewer { id } }"), "DOCUMENT_NOT_FOUND"),
    "another way to write its hash": ({"documentId": document_id(TITLES).upper()}, "DOCUMENT_NOT_FOUND"),
    "a text as an id": ({"documentId": TITLES, "variables": ONE}, "DOCUMENT_NOT_FOUND"),
    "an id as a text": ({"query": document_id(TITLES), "variables": ONE}, "GRAPHQL_PARSE_FAILED"),
    "a variable that is missing": (by_its_id(TITLES), "BAD_ARGUMENT"),
    "a variable of another type": (by_its_id(TITLES, first="one"), "BAD_ARGUMENT"),
    "two operations and no name": (by_its_id(TWO), "BAD_ARGUMENT"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_refused_is_refused_alike_everywhere(quiet_ward: Ward, what: str) -> None:
    payload, code = REFUSED[what]
    answers = [await way(quiet_ward, payload) for way in WAYS]
    assert codes(answers[0]) == [code]
    assert answers[0].keys() == {"errors"}
    assert answers == [answers[0]] * len(WAYS)


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), ("application/graphql-response+json", 400)])
async def test_the_status_of_an_unknown_id_is_the_one_that_its_client_expects(
    quiet_ward: Ward, accept: str, status: int
) -> None:
    asked = {"documentId": document_id("{ viewer { id } }")}
    async with httpx.AsyncClient(trust_env=False, headers=quiet_ward.headers(accept=accept)) as http:
        for answer in (await http.post(quiet_ward.url, json=asked), await http.get(quiet_ward.url, params=asked)):
            assert answer.status_code == status
            assert codes(answer.json()) == ["DOCUMENT_NOT_FOUND"]
            assert answer.headers["cache-control"] == "no-store"  # the manifest may come with the next start


async def test_a_socket_goes_on_after_an_unknown_id(quiet_ward: Ward) -> None:
    async with socket_of(quiet_ward) as socket:
        refused = [result async for result in on(socket, by_its_id("{ viewer { id } }"))]
        assert [codes(result) for result in refused] == [["DOCUMENT_NOT_FOUND"]]
        assert [result async for result in on(socket, by_its_id(TITLES, **ONE))] == [NEWEST]


BOTH = {**by_its_id(TITLES, **ONE), "query": TITLES}


@pytest.mark.parametrize("way", [post, get, stream, stream_by_get])
async def test_an_id_and_a_text_at_once_are_a_bad_request(quiet_ward: Ward, way: Way) -> None:
    """Nobody can tell which of the two was meant."""
    answer = await way(quiet_ward, BOTH)
    assert codes(answer) == ["BAD_ARGUMENT"]
    assert "data" not in answer


async def test_on_a_socket_they_are_a_bad_message_which_closes_it(quiet_ward: Ward) -> None:
    with pytest.raises(ConnectionClosedError, match="4400"):
        await websocket(quiet_ward, BOTH)
