"""An organisation that takes only trusted documents from browsers: what its pages, scripts and people can ask."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from api.trusted import document_id
from db.operations import organisations
from db.passwords import hash_password
from tests.factories import PASSWORD, Hospital, submit
from tests.state import unchanged
from tests.trusted_ward import (
    FEED,
    FREE,
    FREE_FEED,
    FREE_SUBMIT,
    INTROSPECTION,
    MANIFEST,
    ONE,
    PAGE,
    SUBMIT,
    SWITCH,
    TITLES,
    WAYS,
    Lasting,
    Ward,
    Way,
    by_its_id,
    codes,
    everywhere,
    first,
    get,
    heard,
    in_address,
    lasting_ways,
    on,
    post,
    socket_of,
    stream,
    stream_by_get,
    trusting,
    writing_ways,
    written,
)

REFUSED = ["DOCUMENT_NOT_TRUSTED"]
SIGN_IN = "mutation In($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { code } } }"
GUIDE = Path(__file__).parent.parent / "docs" / "trusted-documents.md"


async def switch(hospital: Hospital, on: bool) -> None:
    """As another process does."""
    await hospital.do(organisations.edit_organisation, hospital.admin, trusted_documents_only=on)


@pytest_asyncio.fixture(scope="module")
async def strict_ward(module_hospital: Hospital, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ward]:
    """Where it is on, and stays on."""
    await submit(module_hospital, title="No hoist at night")
    await switch(module_hospital, True)
    async with trusting(module_hospital, written(tmp_path_factory.mktemp("of") / "board.json", MANIFEST)) as ward:
        yield ward


@pytest_asyncio.fixture
async def ward(hospital: Hospital, tmp_path: Path) -> AsyncIterator[Ward]:
    await submit(hospital, title="No hoist at night")
    async with trusting(hospital, written(tmp_path / "board.json", MANIFEST)) as ward:
        yield ward


# What a browser can ask ---------------------------------------------------------------------------------------------


@everywhere
async def test_a_browser_is_answered_what_stands_in_a_manifest(strict_ward: Ward, way: Way) -> None:
    titles = {"data": {"ideas": {"nodes": [{"title": "No hoist at night"}]}}}
    assert await way(strict_ward, by_its_id(TITLES, **ONE), PAGE) == titles
    assert await way(strict_ward, {"documentId": "titles", "variables": ONE}, PAGE) == titles
    assert await way(strict_ward, {"query": TITLES, "variables": ONE}, PAGE) == titles  # the very text
    assert codes(await way(strict_ward, {"query": f"{TITLES} ", "variables": ONE}, PAGE)) == REFUSED


@pytest.mark.parametrize("query", [FREE, INTROSPECTION, "{ __typename }"])
async def test_anything_else_is_refused_alike_everywhere(strict_ward: Ward, query: str) -> None:
    answers = [await way(strict_ward, {"query": query}, PAGE) for way in WAYS]
    assert codes(answers[0]) == REFUSED
    assert answers[0].keys() == {"errors"}
    assert answers == [answers[0]] * len(WAYS)


@everywhere
async def test_an_id_that_is_in_no_manifest_is_still_an_unknown_one(strict_ward: Ward, way: Way) -> None:
    assert codes(await way(strict_ward, by_its_id(FREE), PAGE)) == ["DOCUMENT_NOT_FOUND"]


@lasting_ways
async def test_a_subscription_is_held_to_it_too(strict_ward: Ward, way: Lasting) -> None:
    assert codes(await first(way(strict_ward, {"query": FREE_FEED}, PAGE))) == REFUSED
    cursor = (await post(strict_ward, {"query": "{ cursor }"}))["data"]["cursor"]
    for payload, origin in ((by_its_id(FEED, after=cursor), PAGE), ({"query": feed_after(cursor)}, None)):
        answer = await first(way(strict_ward, payload, origin))
        assert answer["data"]["feed"]["__typename"] == "FeedCaughtUp"


def feed_after(cursor: str) -> str:
    return f'subscription {{ feed(after: "{cursor}") {{ __typename }} }}'


@writing_ways
async def test_a_free_mutation_leaves_nothing(strict_ward: Ward, module_hospital: Hospital, way: Way) -> None:
    async with unchanged(module_hospital.database):
        assert codes(await way(strict_ward, {"query": FREE_SUBMIT}, PAGE)) == REFUSED


@writing_ways
async def test_a_trusted_mutation_is_done(ward: Ward, hospital: Hospital, way: Way) -> None:
    await switch(hospital, True)
    await heard(lambda: post(ward, {"query": FREE}, PAGE), REFUSED)
    answer = await way(ward, by_its_id(SUBMIT, input={"problem": "A lamp is missing"}), PAGE)
    assert answer == {"data": {"submitIdea": {"idea": {"title": "A lamp is missing"}}}}


@pytest.mark.parametrize("way", [post, get, stream, stream_by_get])
@pytest.mark.parametrize("origin", ["null", "https://elsewhere.example", "the server's own"])
async def test_any_origin_is_a_browsers(strict_ward: Ward, way: Way, origin: str) -> None:
    """A file, another's page, and the explorer, which sends what is typed into it."""
    origin = strict_ward.server.url if origin == "the server's own" else origin
    assert codes(await way(strict_ward, {"query": FREE}, origin)) == REFUSED
    assert codes(await way(strict_ward, by_its_id(TITLES, **ONE), origin)) == []


@everywhere
async def test_scripts_and_people_of_other_organisations_send_what_they_like(
    strict_ward: Ward, module_hospital: Hospital, way: Way
) -> None:
    for query in (FREE, INTROSPECTION):
        assert codes(await way(strict_ward, {"query": query})) == []
        assert codes(await way(strict_ward.of(module_hospital.stranger), {"query": query}, PAGE)) == []


@everywhere
async def test_who_has_not_signed_in_is_not_held_to_it_and_sees_no_more_than_before(
    strict_ward: Ward, way: Way
) -> None:
    nobody = strict_ward.of(None)
    assert (await way(nobody, {"query": INTROSPECTION}, PAGE))["data"]["__schema"] == {"queryType": {"name": "Query"}}
    assert codes(await way(nobody, {"query": FREE}, PAGE)) == ["UNAUTHENTICATED"]
    assert codes(await way(nobody, by_its_id(TITLES, **ONE), PAGE)) == ["UNAUTHENTICATED"]


async def test_a_page_signs_in_by_a_free_document_and_is_held_to_it_from_then_on(
    ward: Ward, hospital: Hospital
) -> None:
    async with hospital.database.writes.connection() as connection:
        await connection.execute("update person set password_hash = $1", await hash_password(PASSWORD))
    await switch(hospital, True)
    await heard(lambda: post(ward, {"query": FREE}, PAGE), REFUSED)
    given = {"input": {"email": "nina@ashcombe.example", "password": PASSWORD}}
    signed = (await post(ward.of(None), {"query": SIGN_IN, "variables": given}, PAGE))["data"]["signIn"]
    assert signed["userErrors"] == []
    page = Ward(ward.server, signed["accessToken"], ward.tokens)
    assert codes(await post(page, {"query": FREE}, PAGE)) == REFUSED
    assert codes(await post(page, by_its_id(TITLES, **ONE), PAGE)) == []


async def test_an_answer_that_is_still_right_is_not_confirmed_to_a_browser(strict_ward: Ward) -> None:
    """A script and a page have the same answer: the script is told that it holds, the page that it may not ask."""
    async with httpx.AsyncClient(trust_env=False) as http:

        async def asked(given: dict[str, str], origin: str | None, have: str = "") -> httpx.Response:
            headers = strict_ward.headers(origin, **{"if-none-match": have})
            return await http.get(strict_ward.url, params=given, headers=headers)

        free, trusted = {"query": FREE}, in_address(by_its_id(TITLES, **ONE))
        tag = (await asked(free, None)).headers["etag"]
        assert (await asked(free, None, tag)).status_code == 304
        refused = await asked(free, PAGE, tag)
        assert (refused.status_code, codes(refused.json())) == (200, REFUSED)
        assert "etag" not in refused.headers
        assert refused.headers["cache-control"] == "no-store"
        tag = (await asked(trusted, PAGE)).headers["etag"]
        kept = await asked(trusted, PAGE, tag)
        assert kept.status_code == 304
        for answer in (refused, kept):  # which the page may read
            assert answer.headers["access-control-allow-origin"] == PAGE
            assert "Origin" in answer.headers["vary"]


# Switched on and off ------------------------------------------------------------------------------------------------


@everywhere
async def test_it_counts_at_once_when_it_is_switched_on_and_off(ward: Ward, hospital: Hospital, way: Way) -> None:
    """By another process, and without a restart."""
    free = {"query": FREE}
    assert codes(await way(ward, free, PAGE)) == []
    for _ in range(2):
        await switch(hospital, True)
        await heard(lambda: way(ward, free, PAGE), REFUSED)
        assert codes(await way(ward, by_its_id(TITLES, **ONE), PAGE)) == []
        await switch(hospital, False)
        await heard(lambda: way(ward, free, PAGE), [])


async def test_administrators_switch_it_as_the_guide_says(ward: Ward, hospital: Hospital) -> None:
    """On from a page; off by a document that is in a manifest, or without a browser."""
    switching_on = next(line.strip() for line in GUIDE.read_text().splitlines() if "trustedDocumentsOnly: true" in line)
    switching_off = switching_on.replace("true", "false")
    admin = ward.of(hospital.admin)
    for off, origin in ((by_its_id(SWITCH, on=False), PAGE), ({"query": switching_off}, None)):
        answer = await post(admin, {"query": switching_on}, PAGE)
        assert answer["data"]["editOrganisation"] == {"organisation": {"trustedDocumentsOnly": True}, "userErrors": []}
        await heard(lambda: post(ward, {"query": FREE}, PAGE), REFUSED)
        assert codes(await post(admin, {"query": switching_off}, PAGE)) == REFUSED
        answer = await post(admin, off, origin)
        assert answer["data"]["editOrganisation"] == {"organisation": {"trustedDocumentsOnly": False}, "userErrors": []}
        await heard(lambda: post(ward, {"query": FREE}, PAGE), [])


async def test_a_socket_that_is_open_already_is_held_to_it(ward: Ward, hospital: Hospital) -> None:
    free, trusted = {"query": FREE}, by_its_id(TITLES, **ONE)
    async with socket_of(ward, PAGE) as page, socket_of(ward) as script:
        assert [codes(result) async for result in on(page, free)] == [[]]
        await switch(hospital, True)
        await heard(lambda: post(ward, free, PAGE), REFUSED)
        assert [codes(result) async for result in on(page, free)] == [REFUSED]
        assert [codes(result) async for result in on(page, trusted)] == [[]]
        assert [codes(result) async for result in on(script, free)] == [[]]


@lasting_ways
async def test_a_subscription_that_is_open_already_goes_on(ward: Ward, hospital: Hospital, way: Lasting) -> None:
    cursor = (await post(ward, {"query": "{ cursor }"}))["data"]["cursor"]
    async with asyncio.timeout(15), aclosing(way(ward, {"query": feed_after(cursor)}, PAGE)) as items:
        assert (await anext(items))["data"]["feed"]["__typename"] == "FeedCaughtUp"
        await switch(hospital, True)
        await heard(lambda: post(ward, {"query": FREE}, PAGE), REFUSED)
        await submit(hospital, title="A lamp for the corridor")
        while (await anext(items))["data"]["feed"]["__typename"] != "IdeaSubmitted":
            pass  # the event of the switch


# Releases -----------------------------------------------------------------------------------------------------------


async def test_both_releases_are_answered_until_the_old_manifest_is_taken_away(
    hospital: Hospital, tmp_path: Path
) -> None:
    await switch(hospital, True)
    newer = "query Titles($first: Int!) { ideas(first: $first) { nodes { id title } } }"
    old = written(tmp_path / "board-before.json", {document_id(TITLES): TITLES})
    new = written(tmp_path / "board.json", {document_id(newer): newer})
    for manifests, answered in (((new, old), []), ((new,), ["DOCUMENT_NOT_FOUND"])):
        async with trusting(hospital, *manifests) as ward:
            assert codes(await post(ward, by_its_id(newer, **ONE), PAGE)) == []
            assert codes(await post(ward, by_its_id(TITLES, **ONE), PAGE)) == answered
