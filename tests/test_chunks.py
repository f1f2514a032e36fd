"""Event streams on the wire: whole chunks, the same both ways, and a connection that ends in order or is cut."""

import asyncio
import json
import logging
import logging.handlers
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from uvicorn.protocols.http.h11_impl import RequestResponseCycle as OtherCycle

from api import chunks
from api.conversation import Timing
from api.frames import MARK, Remember, last
from api.sse import Stream
from api.subscriptions.limits import Limits
from tests.feed_log import ORGANISATION
from tests.feed_server import FeedServer, serving, until

BOTH = pytest.mark.parametrize("direct", [True, False], ids=["direct", "through send"])
QUIET = 10_000.0  # seconds: no heartbeat comes between


class Client:
    """A connection that is read byte for byte, when it is read."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def ask(self, query: str = "feed", *, line: str = "POST /graphql HTTP/1.1", **variables: Any) -> None:
        body = json.dumps({"query": query, "variables": variables})
        head = f"{line}\r\nHost: x\r\nAuthorization: Bearer nurse\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write((head + body).encode())

    async def head(self) -> str:
        return (await self.upto(b"\r\n\r\n")).decode().lower()

    async def upto(self, end: bytes) -> bytes:
        async with asyncio.timeout(5):
            return await self.reader.readuntil(end)

    async def rest(self) -> bytes:
        async with asyncio.timeout(5):
            return await self.reader.read()


@asynccontextmanager
async def connected(feed: FeedServer, limit: int = 2**20) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", feed.port, limit=limit)
    try:
        yield Client(reader, writer)
    finally:
        writer.close()


def streams(feed: FeedServer) -> list[Stream]:
    return [visitor for visitor in feed.hub.presence.visitors if isinstance(visitor, Stream)]


async def live(feed: FeedServer, count: int = 1) -> list[Stream]:
    """The streams, when so many stand at the head."""
    audiences = feed.hub.channels[ORGANISATION].audiences
    await until(lambda: sum(len(audience.live) for audience in audiences.values()) == count)
    return streams(feed)


async def test_what_is_written_direct_is_byte_for_byte_what_the_server_writes() -> None:
    heard = []
    for direct, way in ((True, chunks.Direct), (False, chunks.Queued)):
        async with serving(direct=direct, heartbeat=QUIET) as feed, connected(feed) as client:
            client.ask()
            head = await client.head()
            (stream,) = await live(feed)
            assert type(stream.wire) is way
            feed.happen("IDEA")
            feed.pad = "é" * 40_000
            feed.happen("IDEA", "WIN")
            until_now = await client.upto(b'"at": 3')
            stream.finish(b'{"data":\nnull}')
            heard.append((head.partition("date:")[0], until_now + await client.upto(b"\r\n0\r\n\r\n")))
    assert heard[0] == heard[1]
    assert b"data: null}" in heard[0][1]


@BOTH
async def test_after_a_complete_stream_the_connection_serves_the_next_request(direct: bool) -> None:
    async with serving(direct=direct) as feed, connected(feed) as client:
        for _ in range(3):
            client.ask("query")
            assert "connection: close" not in await client.head()
            assert b"event: complete" in await client.upto(b"\r\n0\r\n\r\n")


@BOTH
async def test_an_older_client_is_answered_through_the_server(direct: bool) -> None:
    async with serving(direct=direct) as feed, connected(feed) as client:
        client.ask(line="POST /graphql HTTP/1.0")
        await client.head()
        (stream,) = await live(feed)
        assert type(stream.wire) is chunks.Queued
        feed.happen("IDEA")
        await client.upto(b'"at": 1')


async def test_a_head_is_answered_at_once_and_begins_nothing() -> None:
    async with serving() as feed, connected(feed) as client:
        for _ in range(2):
            client.ask(line="HEAD /graphql HTTP/1.1")
            assert "text/event-stream" in await client.head()
        assert not feed.began


def test_only_the_server_that_is_known_is_written_to_direct() -> None:
    for other in (None, object(), object.__new__(OtherCycle)):
        assert not chunks.is_known(other)


async def test_a_response_that_is_not_as_expected_goes_through_the_server() -> None:
    async with serving() as feed, connected(feed) as client:
        client.ask()
        (stream,) = await live(feed)
        wire = stream.wire
        assert isinstance(wire, chunks.Direct)
        assert chunks.is_known(wire.cycle)
        for name, value in {
            "response_started": False,
            "response_complete": True,
            "chunked_encoding": None,
            "keep_alive": None,
            "flow": None,
            "transport": None,
            "scope": {**wire.cycle.scope, "method": "HEAD"},
        }.items():
            before = getattr(wire.cycle, name)
            setattr(wire.cycle, name, value)
            assert not chunks.is_known(wire.cycle), name
            setattr(wire.cycle, name, before)
        high = wire.transport.get_write_buffer_limits()[1]
        wire.transport.set_write_buffer_limits(high=2 * MARK)
        assert not chunks.is_known(wire.cycle)
        wire.transport.set_write_buffer_limits(high=high)
        assert chunks.is_known(wire.cycle)


async def test_an_event_is_made_once_for_all_who_are_sent_it_and_then_forgotten() -> None:
    async with serving(heartbeat=QUIET) as feed, connected(feed) as one, connected(feed) as other:
        one.ask()
        other.ask()
        first, second = await live(feed, 2)
        made = [s.streams.event(b"{}", 1, s.organisation, s.wire) for s in (first, second)]
        assert made[0] is made[1]
        assert first.streams.event(b"{}", 2, first.organisation, first.wire) != made[0]
        await asyncio.sleep(0)
        assert not first.streams.made


# How it ends -------------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("how", ["in order", "reset"])
async def test_a_stream_whose_client_has_gone_is_forgotten_without_another_event(direct: bool, how: str) -> None:
    async with serving(direct=direct, heartbeat=QUIET) as feed, connected(feed) as client:
        client.ask(after=0)
        await client.upto(b"caughtUp")
        if how == "reset":
            linger = struct.pack("ii", 1, 0)
            client.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        client.writer.close()
        await until(lambda: not feed.hub.presence.visitors)
        assert not feed.hub.presence.people
        assert not feed.hub.presence.due


@BOTH
@pytest.mark.parametrize("life", [0.2, QUIET], ids=["after its longest life", "at a restart"])
async def test_a_stream_that_is_to_come_back_ends_whole_and_without_complete(direct: bool, life: float) -> None:
    async with serving(direct=direct, heartbeat=QUIET, timing=Timing(life=life)) as feed, connected(feed) as client:
        client.ask(after=0)
        await client.upto(b"caughtUp")
        client.ask("query")
        if life == QUIET:
            await feed.hub.goodbye(0.01)
        ending = await client.upto(b"\r\n0\r\n\r\n")
        assert b"complete" not in ending
        if direct:
            assert await client.rest() == b""  # closed: what is asked next need not come to this process


@asynccontextmanager
async def stuck(feed: FeedServer) -> AsyncIterator[tuple[Client, Stream]]:
    """A client that takes nothing, for which more is buffered than the mark."""
    feed.pad = "x" * 20_000
    async with connected(feed, limit=1024) as client:
        client.ask(after=0)
        await client.upto(b"caughtUp")
        (stream,) = await live(feed)
        for _ in range(2000):
            if not stream.writable():
                break
            feed.happen("IDEA")
            await asyncio.sleep(0.001)
        assert not stream.writable()
        yield client, stream


async def test_a_client_that_takes_nothing_gets_no_heartbeat_and_holds_little() -> None:
    async with serving(heartbeat=QUIET) as feed, stuck(feed) as (_, stream):
        wire = stream.wire
        assert isinstance(wire, chunks.Direct)
        held = wire.transport.get_write_buffer_size()
        assert MARK <= held < MARK + 30_000
        for _ in range(10):
            stream.beat(0.0)
            feed.happen("IDEA")
        await asyncio.sleep(0)
        assert wire.transport.get_write_buffer_size() <= held


async def cut_off(feed: FeedServer, client: Client) -> None:
    await until(lambda: not feed.hub.presence.visitors)
    assert not (await client.rest()).endswith(b"\r\n0\r\n\r\n")


@contextmanager
def without_complaint() -> Iterator[None]:
    """The server, which runs already and has set up its logger, finds nothing wrong."""
    log, handler = logging.getLogger("uvicorn.error"), logging.handlers.BufferingHandler(100)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
    assert not [record.getMessage() for record in handler.buffer]


async def test_a_client_that_takes_nothing_for_too_long_is_cut_off() -> None:
    limits, timing = Limits(stall=0.2, tick=0.02), Timing(grace=QUIET)
    async with serving(limits=limits, timing=timing) as feed, stuck(feed) as (client, _):
        with without_complaint():
            feed.happen("IDEA")
            await cut_off(feed, client)


async def test_through_send_it_is_left_to_the_server_after_the_grace() -> None:
    limits, timing = Limits(stall=0.2, tick=0.02), Timing(grace=0.2)
    async with serving(direct=False, limits=limits, timing=timing) as feed, stuck(feed) as (client, _):
        feed.happen("IDEA")
        await cut_off(feed, client)


async def test_at_a_restart_a_client_that_takes_nothing_is_cut_off_within_the_grace() -> None:
    async with serving(timing=Timing(grace=0.2)) as feed, stuck(feed) as (client, _):
        with without_complaint():
            async with asyncio.timeout(5):
                await feed.hub.goodbye(0.01)
            await cut_off(feed, client)


async def test_what_lasts_runs_when_the_stack_between_has_returned() -> None:
    done: list[str] = []

    async def lasting(*_: Any) -> None:
        done.append("lasted")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await last(scope, receive, send, lasting)
        done.append("returned")

    scope: dict[str, Any] = {"type": "http"}
    nothing: Callable[..., Awaitable[Any]] = SimpleNamespace
    await Remember(app)(scope, nothing, nothing)
    assert done == ["returned", "lasted"]
    assert scope == {"type": "http", "state": {}}
    await app(scope, nothing, nothing)
    assert done[2:] == ["lasted", "returned"]
