"""The feed through real sockets: exact for everybody, whoever is slow, leaves, or loses their access."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection

from api.conversation import Socket, Timing
from api.frames import MARK
from api.subscriptions.limits import Limits
from db.terms import Sight
from tests.feed_log import ORGANISATION
from tests.feed_server import FeedServer, closed, hear, item, joined, rest, say, serving, subscribe, until


@pytest_asyncio.fixture(scope="module", params=[True, False], ids=["direct", "through send"])
async def feed(request: pytest.FixtureRequest) -> AsyncIterator[FeedServer]:
    async with serving(direct=request.param) as server:
        yield server


# The feed through it -----------------------------------------------------------------------------------------------


async def test_an_event_reaches_every_subscription_under_its_own_id(feed: FeedServer) -> None:
    async with feed.signed_in() as one, feed.signed_in() as other:
        awkward = 'a "b" \\ é'
        await subscribe(one, "1")
        await subscribe(one, awkward)
        await subscribe(other, "1", after=feed.log.end)
        assert await hear(other) == item("1", {"caughtUp": feed.log.end})
        await joined(one)
        feed.happen("IDEA")
        at = feed.log.end
        heard = [await hear(one), await hear(one)]
        assert sorted(heard, key=lambda m: m["id"]) == [item("1", {"at": at}), item(awkward, {"at": at})]
        assert await hear(other) == item("1", {"at": at})
        await say(one, id="1", type="complete")
        await joined(one)
        feed.happen("IDEA")
        assert await hear(one) == item(awkward, {"at": at + 1})


async def test_a_replay_and_what_is_new_follow_each_other_exactly(feed: FeedServer) -> None:
    start = feed.log.end
    feed.happen(*["IDEA"] * 50)
    async with feed.signed_in() as socket:
        await subscribe(socket, "1", after=start)
        for _ in range(50):
            feed.happen("WIN")
            await asyncio.sleep(0)
        heard: list[int] = []
        while len(heard) < 100:
            payload = (await hear(socket))["payload"]["data"]["feed"]
            if "at" in payload:
                heard.append(payload["at"])
        assert heard == list(range(start + 1, start + 101))


async def test_a_board_is_sent_at_once(feed: FeedServer) -> None:
    async with feed.signed_in() as socket:
        await subscribe(socket, "b", "board")
        assert await hear(socket) == {"id": "b", "type": "next", "payload": feed.log.end}


async def test_nothing_is_kept_of_clients_that_went(feed: FeedServer) -> None:
    for _ in range(10):
        async with feed.signed_in() as socket:
            await subscribe(socket, "1")
            await subscribe(socket, "2", "board")
            await subscribe(socket, "3", "slow")
            await hear(socket)
    await until(lambda: not feed.hub.presence.visitors)
    channel = feed.hub.channels[ORGANISATION]
    channel.tidy(asyncio.get_running_loop().time() + feed.hub.limits.linger + 1, feed.hub.limits)
    assert not channel.audiences
    assert feed.hub.shared.shelf.size == 0
    assert not channel.boards
    assert not feed.hub.presence.people
    assert not feed.hub.presence.due


@pytest.mark.parametrize("direct", [True, False])
async def test_a_reader_that_takes_nothing_holds_up_nobody_and_hears_all_when_it_reads_on(direct: bool) -> None:
    async with serving(direct=direct) as feed:
        feed.pad = "x" * 20_000
        async with feed.signed_in() as quick, feed.signed_in(max_queue=1) as slow:
            await subscribe(quick, "1")
            await subscribe(slow, "1")
            await joined(quick)
            await joined(slow)
            await hear_all(quick, feed, 500)
            assert any(audience.behind for audience in feed.hub.channels[ORGANISATION].audiences.values())
            heard = [await hear(slow) for _ in range(500)]
            assert [one["payload"]["data"]["feed"]["at"] for one in heard] == list(range(1, 501))


async def hear_all(socket: ClientConnection, feed: FeedServer, count: int) -> None:
    for at in range(1, count + 1):
        feed.happen("IDEA")
        assert (await hear(socket))["payload"]["data"]["feed"]["at"] == at


@pytest.mark.parametrize("direct", [True, False])
async def test_who_asks_and_never_reads_is_not_heard_until_they_do(direct: bool) -> None:
    async with serving(direct=direct) as feed, feed.signed_in(max_queue=1) as socket:

        async def ask() -> None:
            for n in range(1000):
                await say(socket, type="ping", payload={"n": n, "x": "x" * 20_000})

        asking = asyncio.create_task(ask())
        (server_side,) = feed.hub.presence.visitors
        assert isinstance(server_side, Socket)
        await until(lambda: socket.transport.get_write_buffer_size() > 0, within=20)  # the server reads no more
        assert not asking.done()
        assert server_side.wire.left() < 2 * MARK
        for n in range(1000):
            assert (await hear(socket))["payload"]["n"] == n
        await asking


async def test_a_reader_that_takes_nothing_for_too_long_is_cut_off_and_can_come_back() -> None:
    async with serving(limits=Limits(stall=0.2), timing=Timing(grace=0.2)) as feed:
        feed.pad = "x" * 20_000
        async with feed.signed_in() as quick, feed.signed_in(max_queue=1) as slow:
            await subscribe(quick, "1")
            await subscribe(slow, "1")
            await joined(quick)
            await joined(slow)
            await hear_all(quick, feed, 700)
            await until(lambda: len(feed.hub.presence.visitors) == 1)
            heard = [one["payload"]["data"]["feed"]["at"] for one in await rest(slow)]
            assert heard == list(range(1, len(heard) + 1))
        async with feed.signed_in() as again:
            await subscribe(again, "1", after=heard[-1])
            assert (await hear(again))["payload"]["data"]["feed"]["at"] == heard[-1] + 1


# Access and restarts -----------------------------------------------------------------------------------------------


async def test_an_expired_token_closes_4403_to_the_second() -> None:
    async with serving() as feed:
        nurse = feed.people["nurse"]
        feed.people["nurse"] = replace(nurse, expires_at=nurse.expires_at.replace(year=2000))
        async with feed.signed_in() as socket:
            assert (await closed(socket))[0] == 4403


async def test_a_withdrawn_access_closes_4403_and_others_stay() -> None:
    async with serving() as feed, feed.signed_in() as nurse, feed.signed_in("admin") as admin:
        await subscribe(nurse, "1")
        await subscribe(admin, "1")
        await joined(admin)
        await joined(nurse)
        gone = feed.people.pop("nurse")
        feed.hub.reconsider(gone.person)
        assert (await closed(nurse))[0] == 4403
        feed.happen("IDEA")
        assert await hear(admin) == item("1", {"at": 1})


async def test_a_changed_sight_resets_the_feed_and_ends_what_can_not_go_on() -> None:
    async with serving() as feed, feed.signed_in() as plain, feed.signed_in() as mixed:
        await subscribe(plain, "1")
        await subscribe(mixed, "1")
        await subscribe(mixed, "2", "typed")
        for socket in (plain, mixed):
            await joined(socket)
        nurse = feed.people["nurse"]
        feed.people["nurse"] = replace(nurse, sight=Sight.MODERATOR)
        feed.hub.reconsider(nurse.person)
        assert await hear(plain) == item("1", {"reset": "ACCESS_CHANGED", "at": 0})
        assert (await closed(mixed))[0] == 4403
        feed.happen("IDEA")
        assert await hear(plain) == item("1", {"at": 1})


async def test_a_replaced_log_resets_the_feed_and_completes_subscriptions_to_one_type() -> None:
    async with serving() as feed, feed.signed_in() as socket:
        feed.happen("IDEA", "IDEA", "IDEA")
        await subscribe(socket, "1", after=3)
        assert await hear(socket) == item("1", {"caughtUp": 3})
        await subscribe(socket, "2", "typed")
        await joined(socket)
        feed.hub.reset(ORGANISATION, 1)
        heard = [await hear(socket) for _ in range(3)]
        assert item("1", {"reset": "LOG_REPLACED", "at": 1}) in heard
        assert [m["type"] for m in heard if m["id"] == "2"] == ["next", "complete"]


async def test_at_the_signal_everybody_is_told_to_connect_again() -> None:
    async with serving() as feed, feed.signed_in() as one, feed.socket() as other:
        await feed.hub.goodbye(0.05)
        assert (await closed(one))[0] == 1012
        assert (await closed(other))[0] == 1012
        async with feed.socket() as late:
            assert (await closed(late))[0] == 1012


async def test_at_a_restart_what_is_under_way_is_answered_before_the_socket_closes() -> None:
    async with serving() as feed, feed.signed_in() as busy, feed.signed_in() as idle:
        await subscribe(busy, "feed")
        await subscribe(busy, "write", "lengthy")
        await joined(busy)
        leaving = asyncio.create_task(feed.hub.goodbye(0.01))
        assert (await closed(idle))[0] == 1012
        feed.happen("IDEA")  # it hears nothing new any more: it will ask another process for that
        feed.go.set()
        heard = [(message["id"], message["type"]) for message in await rest(busy)]
        assert heard == [("write", "next"), ("write", "complete")]
        assert busy.close_code == 1012
        await leaving
        assert not feed.hub.presence.visitors
        async with feed.socket() as late:
            assert (await closed(late))[0] == 1012


async def test_a_mutation_that_takes_too_long_does_not_keep_the_process_from_ending() -> None:
    async with serving(timing=Timing(finish=0.1)) as feed, feed.signed_in() as busy:
        await subscribe(busy, "write", "lengthy")
        await joined(busy)
        await feed.hub.goodbye(0.01)
        assert (await closed(busy))[0] == 1012


async def test_a_socket_whose_other_end_is_silent_is_found_and_one_that_answers_lives_on() -> None:
    async with serving(timing=Timing(ping=0.5)) as feed:
        async with feed.signed_in() as silent:
            await subscribe(silent, "1")
            assert await closed(silent) == (1012, "Restarting: connect again")
        await until(lambda: not feed.hub.presence.visitors)
        async with feed.signed_in() as alive:
            for _ in range(4):  # twice as long as the silent one had
                assert await hear(alive) == {"type": "ping"}
                await say(alive, type="pong")


@pytest.mark.parametrize("direct", [True, False])
async def test_a_full_socket_is_not_waited_for_though_nothing_more_happens(direct: bool) -> None:
    timing = Timing(ping=0.3, grace=0.1)
    async with serving(direct=direct, limits=Limits(stall=60, tick=0.02), timing=timing) as feed:
        feed.pad = "x" * 100_000
        async with feed.signed_in(max_queue=1, close_timeout=0.5) as slow:
            await subscribe(slow, "1")
            await joined(slow)
            for _ in range(200):
                feed.happen("IDEA")
            await until(lambda: not feed.hub.presence.visitors, within=20)


async def test_a_flood_of_pings_whose_answers_nobody_takes_is_not_read_on() -> None:
    async with serving() as feed:
        reader, writer = await asyncio.open_connection("127.0.0.1", feed.port, limit=1024)
        writer.write(
            b"GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        (server_side,) = feed.hub.presence.visitors
        assert isinstance(server_side, Socket)
        ping = b"\x89\xfd" + bytes(4) + b"x" * 125  # of the frame, with a mask of nothing
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                for _ in range(2000):  # 26 MB, which is more than the system holds
                    writer.write(ping * 100)
                    await writer.drain()
                    assert server_side.wire.left() < 2 * MARK
        assert writer.transport.get_write_buffer_size() > 0, "it was not read to the end"
        writer.transport.abort()
