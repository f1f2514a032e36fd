"""Cursors and access, over either transport: who can go on from where, and who is cut off when."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from api.cursors import Cursor, decode_cursor, encode_cursor
from db import migrate
from tests.exactness import BOARD, FEED, PAGE, TRANSPORTS, TYPED, Wanted, World, as_expected, expected, opened, seen
from tests.factories import PASSWORD, Hospital
from tests.listening import Heard, listening


@pytest_asyncio.fixture(scope="module")
async def world(module_hospital: Hospital) -> AsyncIterator[World]:
    async with opened(module_hospital) as world:
        yield world


# Cursors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_replay_ends_with_caught_up_where_it_ends(world: World, transport: str) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    async with listening(transport, world.server, nurse) as listener:
        nothing = await listener.subscribe(FEED, after=start)
        await nothing.count(1)
        assert nothing.items == [{"__typename": "FeedCaughtUp", "cursor": start}]
        done = await world.do(nurse, "submitIdea", problem="One")
        await seen(listener, done["cursor"])
        two = await listener.subscribe(FEED, after=start)
        await two.count(2)
        assert [item["__typename"] for item in two.items] == ["IdeaSubmitted", "FeedCaughtUp"]
        assert {item["cursor"] for item in two.items} == {done["cursor"]}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_silent_event_moves_the_cursor_and_is_delivered_to_nobody(world: World, transport: str) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    done = await world.do(nurse, "editProfile", jobTitle=f"Nurse {random.random()}")
    async with listening(transport, world.server, nurse) as listener:
        await seen(listener, done["cursor"])
        feed = await listener.subscribe(FEED, after=start)
        await feed.count(1)
        assert feed.items == [{"__typename": "FeedCaughtUp", "cursor": done["cursor"]}]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_cursors_of_others_and_of_no_log_are_expired_and_garbage_is_refused(world: World, transport: str) -> None:
    at = world.at
    nurse = await world.token(at.nurse)
    here = decode_cursor(await world.cursor(nurse))
    foreign = await world.cursor(await world.token(at.stranger))
    beyond = encode_cursor(Cursor(here.epoch, here.organisation, here.position + 1000))
    async with listening(transport, world.server, nurse) as listener:
        for cursor, reason in ((foreign, "LOG_REPLACED"), (beyond, "CURSOR_EXPIRED")):
            feed = await listener.subscribe(FEED, after=cursor)
            await feed.count(1)
            first = feed.items[0]
            assert (first["__typename"], first["reason"]) == ("FeedReset", reason)
            assert first["cursor"] == await world.cursor(nurse)
            done = await world.do(nurse, "submitIdea", problem="It goes on")
            await feed.until(lambda one: as_expected(one.items) != [])
            assert feed.items[-1]["cursor"] == done["cursor"]
            for query in TYPED.values():
                typed = await (await listener.subscribe(query, after=cursor)).until(lambda one: one.over)
                assert typed.codes == ["CURSOR_EXPIRED"]
                assert typed.errors[0]["extensions"]["cursor"] == await world.cursor(nurse)
                assert typed.items == []
        for garbage in ("", "x", "1.2.3", beyond + "0" * 20, f"{here.epoch}.{here.organisation.hex}.-1", "…"):
            for query in (FEED, *TYPED.values()):
                refused = await (await listener.subscribe(query, after=garbage)).until(lambda one: one.over)
                assert refused.codes == ["BAD_ARGUMENT"]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_after_a_restore_everybody_is_told_and_can_go_on_from_the_cursor_told(
    world: World, transport: str
) -> None:
    at = world.at
    nurse = await world.token(at.nurse)
    old = await world.cursor(nurse)
    async with listening(transport, world.server, nurse) as listener:
        feed = await listener.subscribe(FEED, after=old)
        typed = [await listener.subscribe(query, after=old) for query in TYPED.values()]
        await feed.count(1)
        await migrate.new_epoch(at.database)
        await feed.count(2)
        told = feed.items[1]
        assert (told["__typename"], told["reason"]) == ("FeedReset", "LOG_REPLACED")
        assert told["cursor"] == await world.cursor(nurse) != old
        for one in typed:
            await one.until(lambda one: one.over)
            assert one.codes == ["CURSOR_EXPIRED"]
            assert one.errors[0]["extensions"]["cursor"] == told["cursor"]
        done = await world.do(nurse, "submitIdea", problem="After the restore")
        await feed.until(lambda one: one.items[-1]["cursor"] == done["cursor"])
        await seen(listener, done["cursor"])
        again = await listener.subscribe(FEED, after=told["cursor"])
        await again.count(2)
        assert [item["__typename"] for item in again.items] == ["IdeaSubmitted", "FeedCaughtUp"]
        late = await listener.subscribe(FEED, after=old)
        await late.count(1)
        assert (late.items[0]["__typename"], late.items[0]["reason"]) == ("FeedReset", "LOG_REPLACED")
        answer = await world.http.post(
            "/graphql",
            json={
                "query": PAGE,
                "variables": {"after": old},
            },
            headers={"authorization": f"Bearer {nurse}"},
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "CURSOR_EXPIRED"


# Access ------------------------------------------------------------------------------------------------------------


async def cut_off(heard: Heard, transport: str) -> None:
    """4403 on a socket; over SSE a result with the error, then the end."""
    await asyncio.wait_for(heard.until(lambda one: one.over), 5)
    if transport == "websocket":
        assert heard.code == 4403
    else:
        assert heard.codes == ["UNAUTHENTICATED"]
        assert heard.completed


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_signing_out_ends_what_is_open_and_nobody_else(world: World, transport: str) -> None:
    person = await world.somebody()
    email = await world.at.database.value("select email from person where id = $1", [person])
    text = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { message } } }"
    tokens = [
        (await world.ask(None, text, input={"email": email, "password": PASSWORD}))["signIn"]["accessToken"]
        for _ in range(2)
    ]
    async with (
        listening(transport, world.server, tokens[0]) as leaving,
        listening(transport, world.server, tokens[1]) as staying,
    ):
        start = await world.cursor(tokens[0])
        feed, other = await leaving.subscribe(FEED, after=start), await staying.subscribe(FEED, after=start)
        await feed.count(1)
        await other.count(1)
        await world.ask(tokens[0], "mutation { signOut(input: {}) { userErrors { message } } }")
        await cut_off(feed, transport)
        done = await world.do(tokens[1], "submitIdea", problem="Still here")
        await other.until(lambda one: one.items[-1]["cursor"] == done["cursor"])
    refused = await world.http.post(
        "/graphql", json={"query": "{ cursor }"}, headers={"authorization": f"Bearer {tokens[0]}"}
    )
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_who_is_deactivated_is_cut_off(world: World, transport: str) -> None:
    person = await world.somebody()
    token = await world.token(person)
    async with listening(transport, world.server, token) as listener:
        feed = await listener.subscribe(FEED, after=await world.cursor(token))
        await feed.count(1)
        board = await listener.subscribe(f"subscription {{ board {BOARD} }}")
        await board.count(1)
        await world.do(await world.token(world.at.admin), "deactivatePerson", personId=f"person_{person}")
        await cut_off(feed, transport)
        await cut_off(board, transport)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_change_of_role_resets_the_feed_which_goes_on(world: World, transport: str) -> None:
    person = await world.somebody()
    token = await world.token(person)
    async with listening(transport, world.server, token) as listener:
        feed = await listener.subscribe(FEED, after=await world.cursor(token))
        await feed.count(1)
        admin = await world.token(world.at.admin)
        changed = await world.do(admin, "editPerson", personId=f"person_{person}", roles=["MODERATOR"])
        await feed.count(2)
        told = feed.items[1]
        assert (told["__typename"], told["reason"]) == ("FeedReset", "ACCESS_CHANGED")
        assert decode_cursor(told["cursor"]).position <= decode_cursor(changed["cursor"]).position
        done = await world.do(token, "submitIdea", problem="As a moderator")
        await feed.until(lambda one: one.items[-1]["cursor"] == done["cursor"])
        assert as_expected(feed.items) == await expected(world.at, Wanted("feed"), told["cursor"])
