"""graphql-sse over real connections: one stream an operation, resumed by its ids."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from api.conversation import Timing
from db.terms import Sight
from tests.feed_log import ORGANISATION
from tests.feed_server import FeedServer, serving, until


class Stream:
    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.lines = response.aiter_lines()

    async def event(self) -> dict[str, Any] | None:
        """The next event, comments passed over; None at the stream's end."""
        event: dict[str, Any] = {}
        async with asyncio.timeout(5):
            async for line in self.lines:
                if line == "" and event:
                    if event["data"]:
                        event["data"] = json.loads(event["data"])
                    return event
                if line and not line.startswith(":"):
                    name, _, value = line.partition(":")
                    event[name] = value.strip()
        assert not event
        return None


@asynccontextmanager
async def streaming(
    feed: FeedServer, query: str = "feed", token: str = "nurse", last: str | None = None, **variables: Any
) -> AsyncIterator[Stream]:
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {token}"}
    if last is not None:
        headers["last-event-id"] = last
    body = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(trust_env=False, timeout=10) as client,
        client.stream("POST", feed.url, headers=headers, json=body) as response,
    ):
        assert response.status_code == 200
        yield Stream(response)


@pytest_asyncio.fixture(params=[True, False], ids=["direct", "through send"])
async def feed(request: pytest.FixtureRequest) -> AsyncIterator[FeedServer]:
    async with serving(direct=request.param) as server:
        yield server


def cursor(position: int) -> str:
    return f"e.{ORGANISATION.hex}.{position}"


async def test_events_carry_their_cursors_as_ids_and_the_last_one_resumes(feed: FeedServer) -> None:
    feed.happen("IDEA", "WIN")
    async with streaming(feed, after=1) as stream:
        headers = stream.response.headers
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert headers["cache-control"] == "no-store"
        assert headers["x-accel-buffering"] == "no"
        assert await stream.event() == {"event": "next", "data": {"data": {"feed": {"at": 2}}}, "id": cursor(2)}
        assert await stream.event() == {"event": "next", "data": {"data": {"feed": {"caughtUp": 2}}}, "id": cursor(2)}
        feed.happen("IDEA")
        event = await stream.event()
        assert event is not None
        assert event["id"] == cursor(3)
    feed.happen("IDEA")
    async with streaming(feed, after=1, last=event["id"]) as stream:
        again = await stream.event()
        assert again is not None
        assert again["id"] == cursor(4)


async def test_queries_and_errors_are_one_event_and_complete(feed: FeedServer) -> None:
    for query, data in {
        "query": {"data": {"who": True}},
        "invalid": {"errors": [{"message": "There is no such field."}]},
    }.items():
        async with streaming(feed, query) as stream:
            assert await stream.event() == {"event": "next", "data": data}
            assert await stream.event() == {"event": "complete", "data": ""}
            assert await stream.event() is None
    async with streaming(feed, token="unknown") as stream:
        event = await stream.event()
        assert event is not None
        assert event["data"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("direct", [True, False])
async def test_a_quiet_stream_is_kept_alive_by_comments(direct: bool) -> None:
    async with serving(direct=direct, heartbeat=0.05) as feed, streaming(feed) as stream, asyncio.timeout(5):
        assert [await anext(stream.lines) for _ in range(6)] == [":", ""] * 3


async def test_nothing_is_kept_of_clients_that_went(feed: FeedServer) -> None:
    for _ in range(5):
        async with streaming(feed, after=0) as stream:
            await stream.event()
    await until(lambda: not feed.hub.presence.visitors)
    assert not feed.hub.channels[ORGANISATION].audiences


async def test_a_withdrawn_access_is_told_and_the_stream_completes(feed: FeedServer) -> None:
    async with streaming(feed, after=0) as stream:
        await stream.event()
        feed.hub.reconsider(feed.people.pop("nurse").person)
        event = await stream.event()
        assert event is not None
        assert event["data"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert await stream.event() == {"event": "complete", "data": ""}
        assert await stream.event() is None


async def test_a_changed_sight_resets_the_feed(feed: FeedServer) -> None:
    async with streaming(feed, after=0) as stream:
        await stream.event()
        nurse = feed.people["nurse"]
        feed.people["nurse"] = replace(nurse, sight=Sight.ADMIN)
        feed.hub.reconsider(nurse.person)
        event = await stream.event()
        assert event is not None
        assert event["data"] == {"data": {"feed": {"reset": "ACCESS_CHANGED", "at": 0}}}
        feed.happen("IDEA")
        event = await stream.event()
        assert event is not None
        assert event["id"] == cursor(1)


async def test_at_a_restart_a_stream_just_ends(feed: FeedServer) -> None:
    async with streaming(feed, after=0) as stream:
        await stream.event()
        await feed.hub.goodbye(0.01)
        assert await stream.event() is None


async def test_a_reader_that_takes_nothing_hears_all_when_it_reads_on(feed: FeedServer) -> None:
    feed.pad = "x" * 20_000
    async with streaming(feed, after=0) as slow, streaming(feed, after=0) as quick:
        await quick.event()
        for at in range(1, 401):
            feed.happen("IDEA")
            event = await quick.event()
            assert event is not None
            assert event["id"] == cursor(at)
        assert any(audience.behind for audience in feed.hub.channels[ORGANISATION].audiences.values())
        await slow.event()
        for at in range(1, 401):
            event = await slow.event()
            assert event is not None
            assert event["id"] == cursor(at)


async def test_while_the_database_is_away_a_stream_just_ends(feed: FeedServer) -> None:
    async with streaming(feed, "away") as stream:
        assert await stream.event() is None


@pytest.mark.parametrize("direct", [True, False])
async def test_after_its_longest_life_a_stream_ends_and_is_resumed(direct: bool) -> None:
    async with serving(direct=direct, timing=Timing(life=0.3)) as feed:
        async with streaming(feed, after=0) as stream:
            assert await stream.event() == {
                "event": "next",
                "data": {"data": {"feed": {"caughtUp": 0}}},
                "id": cursor(0),
            }
            assert await stream.event() is None
        feed.happen("IDEA")
        async with streaming(feed, last=cursor(0)) as stream:
            event = await stream.event()
            assert event is not None
            assert event["id"] == cursor(1)


async def test_at_a_restart_an_answer_that_is_under_way_is_given(feed: FeedServer) -> None:
    async with streaming(feed, "lengthy") as stream:
        await until(lambda: bool(feed.began))
        leaving = asyncio.create_task(feed.hub.goodbye(0.01))
        await until(lambda: feed.hub.presence.leaving)
        feed.go.set()
        assert await stream.event() == {"event": "next", "data": {"data": {"who": True}}}
        assert await stream.event() == {"event": "complete", "data": ""}
        assert await stream.event() is None
        await leaving


async def test_a_stream_that_comes_during_a_restart_ends_at_once(feed: FeedServer) -> None:
    await feed.hub.goodbye(0.01)
    async with streaming(feed, after=0) as stream:
        assert await stream.event() is None
    assert not feed.began


async def test_an_access_that_is_withdrawn_before_the_stream_has_joined_is_told_too(feed: FeedServer) -> None:
    async with streaming(feed, "slow") as stream:
        await until(lambda: bool(feed.hub.presence.people))
        person = feed.people.pop("nurse").person
        feed.hub.reconsider(person)
        event = await stream.event()
        assert event is not None
        assert event["data"]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert await stream.event() == {"event": "complete", "data": ""}
    await until(lambda: not feed.hub.presence.visitors)


async def test_a_stream_with_another_request_behind_it_is_forgotten_with_its_client() -> None:
    async with serving(heartbeat=0.2) as feed:
        _, writer = await asyncio.open_connection("127.0.0.1", feed.port)
        body = b'{"query":"feed"}'
        request = (
            b"POST /graphql HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer nurse\r\nAccept: text/event-stream\r\n"
            b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
        )
        writer.write(request + request)
        await until(lambda: len(feed.hub.presence.visitors) == 1)
        writer.transport.abort()
        await until(lambda: not feed.hub.presence.visitors)
