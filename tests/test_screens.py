"""Screens: paired by a code on the wall, renamed, revoked; and whether one is on."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from api.context import Context
from api.subscriptions.view import Opening
from db.operations import pairing, screens
from db.passwords import may_be_token, new_token
from db.rules import PAIRING_GUESSES, PAIRINGS_OF_AN_ADDRESS
from tests.client import Answer, Api, serving
from tests.factories import Hospital, submit
from tests.factories import screen as paired
from tests.feed_log import Ear
from tests.feed_server import until
from tests.forked import forked
from tests.listening import listening
from tests.mutations import DOCUMENTS
from tests.old_events import execute

REQUEST = (
    "mutation { requestPairing(input: {}) { code deviceSecret approveUrl expiresAt pollSeconds userErrors { code } } }"
)
REDEEM = """
mutation($secret: String!) {
  redeemPairing(input: {deviceSecret: $secret}) { screen { id name unit { name } } token userErrors { code path } }
}
"""
SCREENS = "{ screens { nodes { id name unit { name } pairedBy { name } lastSeenAt lastEventAt revokedAt } } }"
BOARD = "{ board { newIdeas { title } } }"


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def requested(api: Api) -> dict[str, Any]:
    answer = await api.ask(REQUEST)
    assert answer.errors == []
    begun: dict[str, Any] = answer.data["requestPairing"]
    return begun


async def redeemed(api: Api, begun: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None, list[str]]:
    """Token, screen, user errors; however soon it was asked before."""
    async with api.service.database.writes.connection() as connection:
        await connection.execute("update pairing set polled_at = null")
    payload = (await api.ask(REDEEM, secret=begun["deviceSecret"])).data["redeemPairing"]
    return payload["token"], payload["screen"], [error["code"] for error in payload["userErrors"]]


async def approve(api: Api, token: str, **given: Any) -> Answer:
    return await api.ask(DOCUMENTS["approvePairing"], token, input={"name": "By the lift", **given})


def code_of(answer: Answer, mutation: str = "approvePairing") -> str:
    if answer.errors:
        return answer.codes[0]
    [error] = answer.data[mutation]["userErrors"]
    return str(error["code"])


async def test_a_wall_shows_a_code_a_lead_approves_it_and_it_has_its_board(api: Api, hospital: Hospital) -> None:
    begun = await requested(api)
    assert begun["approveUrl"].endswith(f"/pair#code={begun['code']}")
    assert (len(begun["code"]), begun["code"][4], begun["pollSeconds"]) == (9, "-", 5)
    assert await redeemed(api, begun) == (None, None, ["PAIRING_PENDING"])
    lead = await api.token(hospital.lead)
    as_typed = begun["code"].lower().replace("-", " ")
    answer = await approve(api, lead, code=as_typed, unitId=f"unit_{hospital.ward_a}")
    assert answer.errors == []
    screen = answer.data["approvePairing"]["screen"]["id"]
    token, shown, errors = await redeemed(api, begun)
    assert (shown, errors) == ({"id": screen, "name": "By the lift", "unit": {"name": "Ward A"}}, [])
    assert token is not None
    assert await redeemed(api, begun) == (token, shown, [])  # the answer may have been lost
    await submit(hospital, title="Here", unit=hospital.ward_a)
    await submit(hospital, title="Elsewhere", unit=hospital.ward_b)
    await api.see(lead)
    assert (await api.ask(BOARD, token)).data == {"board": {"newIdeas": [{"title": "Here"}]}}
    viewer = "{ viewer { ... on Screen { id name unit { name } pairedBy { name } } ... on Person { name } } }"
    assert (await api.ask(viewer, token)).data["viewer"] == {**shown, "pairedBy": None}
    assert begun["deviceSecret"] not in str(await hospital.database.rows("select * from screen, pairing"))


async def test_a_code_is_good_once_and_for_a_while(api: Api, hospital: Hospital) -> None:
    begun, admin, lead = await requested(api), await api.token(hospital.admin), await api.token(hospital.lead)
    here = {"code": begun["code"], "unitId": f"unit_{hospital.ward_a}"}
    first = (await approve(api, lead, **here)).data["approvePairing"]["screen"]
    assert (await approve(api, lead, **here)).data["approvePairing"]["screen"] == first  # by the same, with bad wifi
    assert code_of(await approve(api, admin, **here)) == "GONE"
    assert code_of(await approve(api, lead, **here, name="By the stairs")) == "GONE"  # which would have been another
    nameless = await api.ask(DOCUMENTS["approvePairing"], lead, input=here)
    assert nameless.data["approvePairing"]["screen"] == first
    await hospital.do(screens.revoke_screen, hospital.lead, screen=UUID(first["id"].removeprefix("screen_")))
    assert code_of(await approve(api, lead, **here)) == "GONE"
    old = await requested(api)
    await execute(hospital, "update pairing set expires_at = now() - interval '1 second' where screen_id is null")
    assert code_of(await approve(api, lead, **{**here, "code": old["code"]})) == "NOT_FOUND"
    assert await redeemed(api, old) == (None, None, ["GONE"])
    assert await redeemed(api, {"deviceSecret": "made-up"}) == (None, None, ["GONE"])


async def test_of_two_units_that_one_approved_the_first_one_counts(api: Api, hospital: Hospital) -> None:
    begun, admin = await requested(api), await api.token(hospital.admin)
    here, there = [{"code": begun["code"], "unitId": f"unit_{unit}"} for unit in (hospital.ward_a, hospital.ward_b)]
    assert (await approve(api, admin, **here)).data["approvePairing"]["userErrors"] == []
    assert code_of(await approve(api, admin, **there)) == "GONE"
    assert code_of(await approve(api, admin, code=begun["code"])) == "GONE"
    _, shown, _ = await redeemed(api, begun)
    assert shown is not None
    assert shown["unit"] == {"name": "Ward A"}


async def test_what_is_approved_in_the_last_seconds_is_redeemed_all_the_same(api: Api, hospital: Hospital) -> None:
    """Whoever approved it saw that it worked; its wall asks every few seconds, and hospitals' wifi is what it is."""
    begun, lead = await requested(api), await api.token(hospital.lead)
    await execute(hospital, "update pairing set expires_at = now() + interval '1 minute'")
    await approve(api, lead, code=begun["code"], unitId=f"unit_{hospital.ward_a}")
    await execute(hospital, "update pairing set expires_at = expires_at - interval '4 minutes'")  # so long it takes
    token, _, errors = await redeemed(api, begun)
    assert (token is not None, errors) == (True, [])
    await execute(hospital, "update pairing set expires_at = expires_at - interval '2 minutes'")
    assert await redeemed(api, begun) == (None, None, ["GONE"])


async def test_the_wall_may_suggest_its_name(api: Api, hospital: Hospital) -> None:
    begun = await api.ask('mutation { requestPairing(input: {name: " Kiosk 7 "}) { code userErrors { code } } }')
    given = {"code": begun.data["requestPairing"]["code"]}
    answer = await api.ask(DOCUMENTS["approvePairing"], await api.token(hospital.admin), input=given)
    [screen] = (await api.ask(SCREENS, await api.token(hospital.admin))).data["screens"]["nodes"]
    assert (screen["id"], screen["name"]) == (answer.data["approvePairing"]["screen"]["id"], "Kiosk 7")
    nameless = {"code": (await requested(api))["code"]}
    answer = await api.ask(DOCUMENTS["approvePairing"], await api.token(hospital.admin), input=nameless)
    assert code_of(answer) == "REQUIRED"


async def test_who_guesses_codes_is_soon_asked_for_patience(api: Api, hospital: Hospital) -> None:
    lead, here = await api.token(hospital.lead), {"unitId": f"unit_{hospital.ward_a}"}
    for n in range(PAIRING_GUESSES):
        assert code_of(await approve(api, lead, code=f"BCDF-GHJ{'KLMNPQ'[n]}", **here)) == "NOT_FOUND"
    right = (await requested(api))["code"]
    refused = await approve(api, lead, code=right, **here)
    assert refused.codes == ["RATE_LIMITED"]
    assert 0 < refused.errors[0]["extensions"]["retryAfterSeconds"] <= 15 * 60
    admin = await api.token(hospital.admin)
    assert (await approve(api, admin, code=right, **here)).data["approvePairing"]["userErrors"] == []


async def test_an_address_that_asks_for_ever_more_codes_is_refused(api: Api) -> None:
    for _ in range(PAIRINGS_OF_AN_ADDRESS):
        await requested(api)
    assert (await api.ask(REQUEST)).codes == ["RATE_LIMITED"]


async def test_limits_hold_for_what_comes_at_the_same_moment(api: Api, hospital: Hospital) -> None:
    lead, here = await api.token(hospital.lead), {"unitId": f"unit_{hospital.ward_a}"}
    guesses = await asyncio.gather(*(approve(api, lead, code=f"BCDFG{n:03}", **here) for n in range(60)))
    assert Counter(map(code_of, guesses)) == {"NOT_FOUND": PAIRING_GUESSES, "RATE_LIMITED": 60 - PAIRING_GUESSES}
    asked = await asyncio.gather(*(api.ask(REQUEST) for _ in range(PAIRINGS_OF_AN_ADDRESS + 40)))
    assert sum(answer.errors == [] for answer in asked) == PAIRINGS_OF_AN_ADDRESS


async def test_a_wall_that_asks_too_often_is_told_to_wait(api: Api) -> None:
    begun = await requested(api)
    await redeemed(api, begun)
    assert (await api.ask(REDEEM, secret=begun["deviceSecret"])).codes == ["RATE_LIMITED"]


async def test_codes_are_not_to_be_guessed(hospital: Hospital) -> None:
    """RFC 8628, 6.1: of twenty letters that make no words, eight at random; no two walls show the same."""
    made = [await pairing.request_pairing(hospital.database, address=str(n)) for n in range(40)]
    assert len({each.code for each in made}) == len({each.secret for each in made}) == len(made)
    assert set("".join(each.code for each in made)) <= set("BCDFGHJKLMNPQRSTVWXZ-")
    assert all(len(each.secret) >= 32 for each in made)


async def test_a_lead_sees_and_renames_the_screens_of_their_units_and_nobody_elses(
    api: Api, hospital: Hospital
) -> None:
    here, there, all_ = [await paired(hospital, unit=unit) for unit in (hospital.ward_a, hospital.ward_b, None)]
    tokens = {who: await api.token(getattr(hospital, who)) for who in ("lead", "admin", "nurse")}

    async def seen(who: str) -> set[str]:
        return {screen["id"] for screen in (await api.ask(SCREENS, tokens[who])).data["screens"]["nodes"]}

    assert await seen("lead") == {f"screen_{here}"}
    assert await seen("admin") == {f"screen_{each}" for each in (here, there, all_)}
    assert await seen("nurse") == set()
    renamed = {"screenId": f"screen_{here}", "name": "By the stairs"}
    answer = await api.ask(DOCUMENTS["renameScreen"], tokens["lead"], input=renamed)
    assert answer.data["renameScreen"]["userErrors"] == []
    answer = await api.ask(DOCUMENTS["renameScreen"], tokens["lead"], input={**renamed, "screenId": f"screen_{there}"})
    assert code_of(answer, "renameScreen") == "NOT_FOUND"
    node = '{ node(id: "screen_%s") { ... on Screen { name } } }'
    assert (await api.ask(node % here, tokens["lead"])).data == {"node": {"name": "By the stairs"}}
    assert (await api.ask(node % there, tokens["lead"])).data == {"node": None}


async def with_token(api: Api, hospital: Hospital) -> tuple[str, str]:
    """A screen of ward A: its id and its token."""
    begun = await requested(api)
    screen = await paired(hospital, unit=hospital.ward_a, code=begun["code"])
    token, _, _ = await redeemed(api, begun)
    assert token is not None
    return f"screen_{screen}", token


@pytest.mark.parametrize("where", ["here", "by another process"])
async def test_a_revoked_screen_reads_nothing_more(api: Api, hospital: Hospital, where: str) -> None:
    screen, token = await with_token(api, hospital)
    assert (await api.ask(BOARD, token)).errors == []
    admin = await api.token(hospital.admin)
    if where == "here":
        await api.service.tail.stop()
        answer = await api.ask(DOCUMENTS["revokeScreen"], admin, input={"screenId": screen})
        assert answer.data["revokeScreen"]["userErrors"] == []
    else:
        async with serving(hospital.database.dsn) as other:
            await other.ask(DOCUMENTS["revokeScreen"], admin, input={"screenId": screen})
        await api.see(admin)
    headers = {"authorization": f"Bearer {token}"}
    response = await api.http.post("/graphql", json={"query": BOARD}, headers=headers)
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_nobody_becomes_a_screen_by_a_word(api: Api) -> None:
    await asyncio.gather(api.service.tail.stop(), api.service.pruned.stop())  # whose looks are statements too
    api.service.midnight.cancel()
    await asyncio.wait([api.service.midnight])  # and the clock, whose are
    before = api.service.database.statements
    for token in ("screen.", "screen.made-up", "screen.screen.", f"screen.{'x' * 33}", f"screen.{'.' * 32}"):
        assert (await api.ask(BOARD, token)).codes == ["UNAUTHENTICATED"]
    assert api.service.database.statements == before  # what cannot be a token is not looked up
    assert (await api.ask(BOARD, f"screen.{'x' * 32}")).codes == ["UNAUTHENTICATED"]
    assert api.service.database.statements == before + 1


def test_each_token_that_is_given_out_may_be_one() -> None:
    assert all(may_be_token(new_token()) for _ in range(100))


async def test_a_leader_sees_which_wall_is_dead(api: Api, hospital: Hospital) -> None:
    """Written every half a minute, moves no position and is never answered from memory."""
    screen, token = await with_token(api, hospital)
    dead = await paired(hospital, unit=hospital.ward_a)
    lead = await api.token(hospital.lead)

    async def seen() -> dict[str, Any]:
        nodes = (await api.ask(SCREENS, lead)).data["screens"]["nodes"]
        return {node["id"]: node["lastSeenAt"] for node in nodes}

    assert await seen() == {screen: None, f"screen_{dead}": None}
    before = await hospital.database.value("select sum(position) from feed_head")
    await api.ask(BOARD, token)
    await api.service.seen.write()
    after = await seen()
    assert after[screen] is not None
    assert after[f"screen_{dead}"] is None
    assert await hospital.database.value("select sum(position) from feed_head") == before
    assert (
        "etag"
        not in (
            await api.http.get("/graphql", params={"query": SCREENS}, headers={"authorization": f"Bearer {lead}"})
        ).headers
    )
    await execute(hospital, "update screen set last_seen_at = now() - interval '1 hour'")
    long_ago = await seen()
    assert long_ago[screen] < after[screen]
    await api.service.seen.write()  # nobody asked since
    assert await seen() == long_ago


def test_a_pairing_lasts_long_enough_for_a_phone_and_no_longer() -> None:
    assert timedelta(minutes=5) <= pairing.PAIRING_LASTS <= timedelta(minutes=15)


@pytest.mark.parametrize("transport", ["websocket", "sse"])
async def test_a_screen_that_is_on_the_wall_goes_blank_within_seconds(hospital: Hospital, transport: str) -> None:
    async with forked(hospital.database.dsn) as server, httpx.AsyncClient(base_url=server.url) as http:

        async def ask(query: str, **variables: Any) -> Any:
            answer = await http.post("/graphql", json={"query": query, "variables": variables})
            return answer.json()["data"]

        begun = (await ask(REQUEST))["requestPairing"]
        screen = await paired(hospital, unit=hospital.ward_a, code=begun["code"])
        token = (await ask(REDEEM, secret=begun["deviceSecret"]))["redeemPairing"]["token"]
        async with listening(transport, server, token) as wall:
            heard = await wall.subscribe("subscription { board { cursor newIdeas { title } } }")
            await heard.count(1)
            for more in ("feed { cursor }", "feed { __typename }", "winShared { __typename }"):
                refused = await wall.subscribe(f"subscription {{ {more} }}")
                await refused.until(lambda refused: refused.codes == ["FORBIDDEN"])
            other = f'subscription {{ board(unitId: "unit_{hospital.ward_b}") {{ cursor }} }}'
            elsewhere = await wall.subscribe(other)
            await elsewhere.until(lambda elsewhere: elsewhere.codes == ["BAD_ARGUMENT"])
            await submit(hospital, title="On the wall", unit=hospital.ward_a)
            await heard.count(2)
            await hospital.do(screens.revoke_screen, hospital.lead, screen=screen)
            async with asyncio.timeout(5):
                await heard.until(lambda heard: heard.over)


async def test_what_a_wall_was_sent_last_is_known(api: Api, hospital: Hospital) -> None:
    screen, token = await with_token(api, hospital)
    service = api.service
    viewer = await service.viewers.viewer(token)
    assert viewer is not None
    opening = await service.subscriptions.open(
        Context(viewer), "subscription { board { newIdeas { title } } }", {}, None
    )
    assert isinstance(opening, Opening)
    ear = Ear()
    member = service.hub.join(opening, ear)
    await until(lambda: len(ear.heard) == 1)
    await service.seen.write()
    lead = await api.token(hospital.lead)
    [first] = (await api.ask(SCREENS, lead)).data["screens"]["nodes"]
    assert first["lastEventAt"] is not None
    await submit(hospital, title="New", unit=hospital.ward_a)
    await until(lambda: len(ear.heard) == 2)
    await service.seen.write()
    [second] = (await api.ask(SCREENS, lead)).data["screens"]["nodes"]
    assert (second["id"], second["lastEventAt"] > first["lastEventAt"]) == (screen, True)
    service.hub.leave(member)
