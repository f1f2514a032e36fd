"""graphql-transport-ws over real sockets: each rule of the protocol, each close code, and the feed through it."""

import json
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from api import frames
from api.conversation import Timing
from tests.feed_server import FeedServer, closed, hear, say, serving, subscribe


@pytest_asyncio.fixture(scope="module", params=[True, False], ids=["direct", "through send"])
async def feed(request: pytest.FixtureRequest) -> AsyncIterator[FeedServer]:
    async with serving(direct=request.param) as server:
        yield server


# The protocol ------------------------------------------------------------------------------------------------------


async def test_another_subprotocol_is_closed_4406(feed: FeedServer) -> None:
    async with feed.socket(subprotocols=[Subprotocol("graphql-ws")]) as socket:
        assert await closed(socket) == (4406, "Subprotocol not acceptable")
    async with feed.socket(subprotocols=None) as socket:
        assert (await closed(socket))[0] == 4406


async def test_a_foreign_origin_is_refused_before_the_socket_is_accepted(feed: FeedServer) -> None:
    with pytest.raises(InvalidStatus) as refusal:
        async with feed.socket(origin="https://elsewhere.example"):
            pass
    assert refusal.value.response.status_code == 403
    async with feed.signed_in(origin=f"http://127.0.0.1:{feed.port}"):
        pass


@pytest.mark.parametrize(
    "message",
    [
        "not JSON",
        b"{}",
        "[]",
        "null",
        "{}",
        '{"type":3}',
        '{"type":"unknown"}',
        '{"type":"next","id":"1","payload":{}}',
        '{"type":"connection_ack"}',
        '{"type":"connection_init","payload":"token"}',
        '{"type":"ping","payload":[]}',
        '{"type":"pong","payload":1}',
        '{"type":"complete"}',
        '{"type":"subscribe","payload":{"query":"feed"}}',
        '{"type":"subscribe","id":"","payload":{"query":"feed"}}',
        '{"type":"subscribe","id":1,"payload":{"query":"feed"}}',
        '{"type":"subscribe","id":"1"}',
        '{"type":"subscribe","id":"1","payload":{}}',
        '{"type":"subscribe","id":"1","payload":{"query":"feed","variables":[]}}',
        '{"type":"subscribe","id":"1","payload":{"query":"feed","operationName":1}}',
        '{"type":"subscribe","id":"1","payload":{"query":"feed","extensions":"x"}}',
    ],
)
async def test_a_message_that_the_protocol_does_not_know_is_closed_4400(feed: FeedServer, message: str | bytes) -> None:
    async with feed.socket() as socket:
        await socket.send(message)
        assert (await closed(socket))[0] == 4400


async def test_subscribing_before_the_acknowledgement_is_closed_4401(feed: FeedServer) -> None:
    async with feed.socket() as socket:
        await subscribe(socket, "1")
        assert await closed(socket) == (4401, "Unauthorized")


async def test_a_bad_credential_is_closed_4403(feed: FeedServer) -> None:
    async with feed.socket() as socket:
        await say(socket, type="connection_init", payload={"authorization": "Bearer stolen"})
        assert await closed(socket) == (4403, "Forbidden")


async def test_a_second_initialisation_is_closed_4429(feed: FeedServer) -> None:
    async with feed.signed_in() as socket:
        await say(socket, type="connection_init")
        assert await closed(socket) == (4429, "Too many initialisation requests")


async def test_an_id_in_use_is_closed_4409_and_a_free_one_is_not(feed: FeedServer) -> None:
    async with feed.signed_in() as socket:
        await subscribe(socket, "same", "board")
        await say(socket, id="same", type="complete")
        await subscribe(socket, "same", "board")
        await subscribe(socket, "same", "board")
        assert await closed(socket) == (4409, "Subscriber for same already exists")
    async with feed.signed_in() as socket:
        await subscribe(socket, "é" * 200, "board")
        await subscribe(socket, "é" * 200, "board")
        assert (await closed(socket))[0] == 4409  # a reason has room for 123 bytes


async def test_pings_are_answered_with_what_they_carry(feed: FeedServer) -> None:
    async with feed.socket() as socket:
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}
        await say(socket, type="ping", payload={"n": 1})
        assert await hear(socket) == {"type": "pong", "payload": {"n": 1}}
        await say(socket, type="pong")
        await say(socket, type="connection_init", payload=None)
        assert (await hear(socket))["type"] == "connection_ack"


async def test_without_a_credential_queries_run_and_subscriptions_are_refused(feed: FeedServer) -> None:
    async with feed.signed_in(None) as socket:
        await subscribe(socket, "1", "query")
        assert await hear(socket) == {"id": "1", "type": "next", "payload": {"data": {"who": False}}}
        assert await hear(socket) == {"id": "1", "type": "complete"}
        await subscribe(socket, "1", "feed")
        refusal = await hear(socket)
        assert (refusal["id"], refusal["type"]) == ("1", "error")
        assert refusal["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        await subscribe(socket, "1", "query")  # the id is free again
        assert (await hear(socket))["type"] == "next"


@pytest.mark.parametrize("query", ["invalid", "wrong", "boom"])
async def test_an_operation_that_can_not_begin_gets_an_error_message(
    feed: FeedServer, query: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with feed.signed_in() as socket:
        await subscribe(socket, "1", query)
        answer = await hear(socket)
        assert (answer["id"], answer["type"]) == ("1", "error")
        if query == "boom":
            assert answer["payload"][0]["extensions"]["code"] == "INTERNAL"
            assert "a fault of ours" not in json.dumps(answer)
            assert "a fault of ours" in caplog.text
        else:
            assert answer["payload"] == [{"message": "There is no such field."}]


async def test_while_the_database_is_away_who_subscribes_is_told_to_come_back(feed: FeedServer) -> None:
    async with feed.signed_in() as socket:
        await subscribe(socket, "1", "away")
        assert (await closed(socket))[0] == 1012


async def test_more_than_a_hundred_operations_are_refused(feed: FeedServer) -> None:
    async with feed.signed_in() as socket:
        for n in range(101):
            await subscribe(socket, str(n), "slow")
        answer = await hear(socket)
        assert (answer["id"], answer["type"]) == ("100", "error")
        assert answer["payload"][0]["extensions"]["code"] == "TOO_COSTLY"


async def test_a_message_over_a_mebibyte_closes_the_socket(feed: FeedServer) -> None:
    async with feed.signed_in() as socket:
        await say(socket, type="ping", payload={"x": "x" * 1024 * 1024})
        assert (await closed(socket))[0] == 1009


async def test_who_never_initialises_is_closed_4408_and_the_server_pings_who_does() -> None:
    async with serving(timing=Timing(init=0.1, ping=0.5)) as feed:
        async with feed.socket() as socket:
            assert await closed(socket) == (4408, "Connection initialisation timeout")
        async with feed.signed_in() as socket:
            assert await hear(socket) == {"type": "ping"}
            await say(socket, type="pong")
            assert await hear(socket) == {"type": "ping"}


async def test_a_socket_lives_for_a_limited_time() -> None:
    async with serving(timing=Timing(life=0.1)) as feed, feed.signed_in() as socket:
        assert (await closed(socket))[0] == 1012


def test_frames_are_written_direct_only_where_the_server_is_known() -> None:
    assert frames.KNOWN
    assert not frames.is_known(None)
    assert not frames.is_known(object())
