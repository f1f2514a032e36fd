"""Retention and the feed: a cursor is expired for those, and only those, who would have been sent what is gone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio

from api.context import Context
from api.cursors import Cursor, decode_cursor, encode_cursor
from api.subscriptions.pruned import DELIVERED
from api.subscriptions.view import Opening
from api.viewer import Viewer
from db.events import IdeaSubmitted, Silent, WinShared
from db.retention import prune
from db.terms import Sight
from tests import factories as make
from tests.client import SECRET, Api, serving
from tests.exactness import FEED, TRANSPORTS, TYPED, Wanted, World, as_expected, expected, opened
from tests.factories import Hospital
from tests.feed_log import ORGANISATION, Ear, Log, LogView, make_hub, run, settle, viewer
from tests.feed_server import until
from tests.listening import Heard, listening
from tests.old_events import ONE_OF_EACH, age, append, kept
from tests.server import Server

MONTH = timedelta(days=30)


@pytest_asyncio.fixture(scope="module")
async def world(module_hospital: Hospital) -> AsyncIterator[World]:
    """Its server does not prune: that is another process's work, of which it is not told."""
    async with opened(module_hospital) as world:
        yield world


async def happen(world: World) -> str:
    """An idea, a comment, a win and changes of status; the cursor of the last."""
    at = world.at
    idea = await make.submit(at, theme=at.theme)
    await make.comment(at, idea)
    await make.move(at, idea, "TESTING")
    await make.win(at, of=[idea])
    return str((await world.do(await world.token(at.nurse), "submitIdea", problem="The last"))["cursor"])


def caught_up(heard: Heard) -> bool:
    return "FeedCaughtUp" in {item["__typename"] for item in heard.items}


async def grow_old(world: World) -> None:
    await age(world.at, 31)
    assert await prune(world.at.database, MONTH)


# From outside --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_whoever_would_have_been_sent_what_is_gone_is_told_so_and_goes_on(world: World, transport: str) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    await happen(world)
    last = await happen(world)
    await grow_old(world)
    async with listening(transport, world.server, nurse) as listener:
        for _ in ("found by reading", "known from then on"):
            feed = await listener.subscribe(FEED, after=start)
            await feed.count(1)
            told = feed.items[0]
            assert (told["__typename"], told["reason"]) == ("FeedReset", "CURSOR_EXPIRED")
            assert told["cursor"] == await world.cursor(nurse)
            done = await world.do(nurse, "submitIdea", problem="It goes on")
            await feed.until(lambda one, done=done: one.items[-1]["cursor"] == done["cursor"])  # type: ignore[misc]
            assert as_expected(feed.items) == await expected(world.at, Wanted("feed"), told["cursor"])
            for field in ("ideaSubmitted", "commentAdded"):
                typed = await listener.subscribe(TYPED[field], after=start)
                await typed.until(lambda one: one.over)
                assert (typed.codes, typed.items) == (["CURSOR_EXPIRED"], [])
                assert typed.errors[0]["extensions"]["cursor"] == await world.cursor(nurse)
                assert typed.errors[0]["path"] == [field]
        again = await listener.subscribe(FEED, after=last)
        await again.until(caught_up)
        assert as_expected(again.items) == await expected(world.at, Wanted("feed"), last)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_whoever_asks_for_what_is_kept_is_sent_all_of_it(world: World, transport: str) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    await happen(world)
    spine = ("IDEA_STATUS_CHANGED", "THEME_OPENED", "THEME_CLOSED", "WIN_SHARED")
    asked = [Wanted("winShared"), Wanted("feed", types=spine), Wanted("feed", types=("WIN_SHARED",))]
    due = [await expected(world.at, wanted, start) for wanted in asked]
    await grow_old(world)
    async with listening(transport, world.server, nurse) as listener:
        for wanted, owed in zip(asked, due, strict=True):
            one = await listener.subscribe(wanted.query, **wanted.variables(start))
            await one.until(lambda one, owed=owed: len(as_expected(one.items)) == len(owed))  # type: ignore[misc]
            assert as_expected(one.items) == owed != []
            assert not one.errors
            assert "FeedReset" not in {item["__typename"] for item in one.items}
            if wanted.field == "feed":
                await one.until(caught_up)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_live_subscribers_notice_nothing(world: World, transport: str) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    asked = [Wanted("feed"), Wanted("ideaSubmitted"), Wanted("winShared")]
    async with listening(transport, world.server, nurse) as listener:
        heard = [await listener.subscribe(wanted.query, **wanted.variables(start)) for wanted in asked]
        middle = await happen(world)
        due = [await expected(world.at, wanted, start) for wanted in asked]
        for one, owed in zip(heard, due, strict=True):
            await one.until(lambda one, owed=owed: len(as_expected(one.items)) == len(owed))  # type: ignore[misc]
        await grow_old(world)
        await happen(world)
        for wanted, one, owed in zip(asked, heard, due, strict=True):
            owed += await expected(world.at, wanted, middle)
            await one.until(lambda one, owed=owed: len(as_expected(one.items)) == len(owed))  # type: ignore[misc]
            assert as_expected(one.items) == owed
            assert not one.errors
            assert "FeedReset" not in {item["__typename"] for item in one.items}


async def test_a_server_with_the_setting_prunes_when_it_starts(hospital: Hospital) -> None:
    await append(hospital, *ONE_OF_EACH)
    await age(hospital, 31)
    await append(hospital, Silent())
    before = await kept(hospital)
    server = Server({"DATABASE_URL": hospital.database.dsn, "SECRET_KEY": SECRET, "FEED_RETENTION_DAYS": "30"})
    await server.start()
    try:
        async with asyncio.timeout(15):
            while len(await kept(hospital)) == len(before):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.02)
        old = [e for e in await kept(hospital) if e["at"] < datetime.now(UTC) - MONTH]
        assert len(old) < len(before) - 1
    finally:
        assert server.stop() == 0, server.output()


# Overtaken while catching up ------------------------------------------------------------------------------------------

BRIEF = "{ __typename cursor ... on FeedReset { reason } }"
ASKED = {
    "feed": f"subscription($after: Cursor) {{ feed(after: $after) {BRIEF} }}",
    "ideaSubmitted": "subscription($after: Cursor) { ideaSubmitted(after: $after) { __typename cursor } }",
    "winShared": "subscription($after: Cursor) { winShared(after: $after) { __typename cursor } }",
}


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def opening(api: Api, at: Hospital, text: str, position: int) -> Opening:
    cursor = encode_cursor(Cursor(api.service.tail.epoch(at.organisation) or "", at.organisation, position))
    member = Viewer(at.organisation, at.nurse, uuid4(), Sight.MEMBER, datetime.now(UTC) + timedelta(hours=1))
    found = await api.service.subscriptions.open(Context(member), text, {"after": cursor}, None)
    assert isinstance(found, Opening), found
    return found


def said(ear: Ear) -> list[dict[str, Any]]:
    return [next(iter(result["data"].values())) for result in map(orjson.loads, ear.heard) if "data" in result]


def positions(ear: Ear) -> list[int]:
    return [
        decode_cursor(item["cursor"]).position
        for item in said(ear)
        if item["__typename"] in ("IdeaSubmitted", "WinShared")
    ]


@pytest.mark.parametrize("field", ASKED)
async def test_a_replay_that_pruning_overtakes_ends_as_expired_and_passes_over_nothing(
    hospital: Hospital, api: Api, field: str
) -> None:
    """Of what is kept it is sent all."""
    start = (await kept(hospital))[-1]["position"]
    last = await append(hospital, *(IdeaSubmitted(), WinShared()) * 400)
    assert await api.service.tail.wait_for(hospital.organisation, last)
    types = {"ideaSubmitted": {"IDEA_SUBMITTED"}, "winShared": {"WIN_SHARED"}}.get(field, DELIVERED)
    due = [e["position"] for e in await kept(hospital) if e["position"] > start and e["type"] in types]
    ear = Ear(holds=2)
    member = api.service.hub.join(await opening(api, hospital, ASKED[field], start), ear)

    def hears(condition: Any) -> Any:
        def look() -> bool:
            ear.drain()
            return bool(condition())

        return look

    await until(hears(lambda: len(ear.heard) >= 20))
    await age(hospital, 31)
    await append(hospital, Silent())
    assert await prune(hospital.database, MONTH)
    if field == "winShared":
        await until(hears(lambda: len(positions(ear)) == len(due)))
        assert positions(ear) == due
        assert not ear.finished
    else:
        await until(hears(lambda: ear.finished or "FeedReset" in [item["__typename"] for item in said(ear)]))
        heard = positions(ear)
        assert 20 <= len(heard) < len(due)
        assert heard == due[: len(heard)]
    if field == "ideaSubmitted":
        [error] = orjson.loads(ear.heard[-1])["errors"]
        assert error["extensions"]["code"] == "CURSOR_EXPIRED"
        assert decode_cursor(error["extensions"]["cursor"]).position == api.service.hub.head(hospital.organisation)
    elif field == "feed":
        assert said(ear)[-1]["reason"] == "CURSOR_EXPIRED"
        more = await append(hospital, IdeaSubmitted())
        await until(hears(lambda: positions(ear)[-1] == more))
        assert positions(ear) == [*heard, more]
    assert ear.ending is None, "its connection goes on"
    api.service.hub.leave(member)


def test_all_who_catch_up_over_what_is_gone_are_told_and_then_hear_what_comes() -> None:
    async def work() -> None:
        log, hub = Log(), make_hub()
        hub.advance(ORGANISATION, 9, log.append(*["IDEA"] * 9))
        log.pruned = 5
        early, late, typed = [Ear() for _ in range(3)], Ear(), Ear()
        for ear in early:
            hub.join(Opening(LogView(log), viewer(), after=2), ear)
        hub.join(Opening(LogView(log), viewer(), after=5), late)
        hub.join(Opening(LogView(log, name="typed", feed=False), viewer(), after=2), typed)
        await settle()
        hub.advance(ORGANISATION, 10, log.append("IDEA"))
        await settle()
        for ear in early:
            assert [each for each in ear.heard if b"caught up" not in each] == [b"reset 9 CURSOR_EXPIRED", b"10"]
        assert late.positions() == [6, 7, 8, 9, 10]
        assert (typed.heard, typed.finished) == ([b"expired 9"], True)

    run(work())
