"""The doorbell over PostgreSQL and Redis: heard in other processes, deaths of all kinds, floods."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import asyncpg
import pytest
from redis.asyncio import Redis

from api.app import create_app
from api.settings import Settings
from api.subscriptions.doorbell import CHANNEL, Pace
from tests.client import ENVIRONMENT
from tests.feed_server import until
from tests.redis_server import RedisServer, need_redis
from tests.rings import QUICK, SLOW, heard_by, quiet, ringing


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    need_redis()
    with RedisServer() as server:
        yield server


@pytest.fixture(params=["postgresql", "redis"])
def between(request: pytest.FixtureRequest) -> str:
    """The address of a broadcast that reaches other processes."""
    url: str = request.getfixturevalue("dsn") if request.param == "postgresql" else request.getfixturevalue("redis").url
    return url


async def test_a_commit_in_one_process_rings_in_the_others(between: str) -> None:
    async with ringing(between, SLOW) as (first, here), ringing(between, SLOW) as (second, there):
        await quiet(first, second)
        rung, heard = first.rung, second.heard
        await heard_by(there, first)
        await quiet(first, second)
        assert (first.rung, second.heard) == (rung + 1, heard + 1)
        await heard_by(here, second)
        state = first.state()
        assert state["backend"] == urlsplit(between).scheme
        assert (state["state"], state["trouble"], state["rebuilt"]) == ("CONNECTED", None, 0)
        assert (state["rung"], state["heard"]) == (first.rung, first.heard)


async def test_the_loss_of_its_connection_to_postgres_is_seen_and_repaired(dsn: str) -> None:
    async with ringing(dsn, SLOW) as (first, _), ringing(dsn, SLOW) as (second, there):
        killer = await asyncpg.connect(dsn)
        killed = await killer.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and query like '%pg_notify%'"
        )
        await killer.close()
        assert len(killed) == 2
        await until(lambda: first.rebuilt == second.rebuilt == 1)
        await quiet(first, second)
        await heard_by(there, first)


async def test_redis_may_die_and_come_back(redis: RedisServer) -> None:
    async with ringing(redis.url, SLOW) as (first, here), ringing(redis.url, SLOW) as (second, there):
        redis.kill()
        await until(lambda: not first.connected and not second.connected)
        assert first.state()["state"] == "RECONNECTING"
        assert first.state()["trouble"] is not None
        await quiet(first)
        before = here.count
        first.committed(uuid4(), 1, "epoch")
        assert here.count == before + 1, "this process at least hears of its commits"
        redis.start()
        await until(lambda: first.rebuilt == second.rebuilt == 1, within=10)
        assert first.state()["trouble"] is None
        await quiet(first, second)
        await heard_by(there, first)


async def test_redis_that_cuts_a_listener_off_is_listened_to_again(redis: RedisServer) -> None:
    """A client that subscribed again by itself would tell nobody that rings were missed meanwhile."""
    async with ringing(redis.url, SLOW) as (first, here), ringing(redis.url, SLOW) as (second, _):
        await quiet(first, second)
        before = here.count
        client = Redis.from_url(redis.url)
        assert await client.client_kill_filter(_type="pubsub") == 2
        await client.aclose()
        await until(lambda: first.rebuilt == second.rebuilt == 1)
        assert here.count > before, "it looks for what it missed"
        await quiet(first, second)
        await heard_by(here, second)


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_redis_its_tests_say_what_to_install(
    ci: str, outcome: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.redis_server.shutil.which", lambda *given, **named: None)
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="apt-get install redis-server"):
        need_redis()


class Hole:
    """A proxy before a server; `swallow()` leaves its connections open and passes nothing on any more."""

    def __init__(self, connect: Callable[[], Any]) -> None:
        self.connect = connect
        self.swallowing = False
        self.swallowed = 0
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to_there = await self.connect()
        for source, target in ((reader, to_there), (there, writer)):
            self.tasks.add(asyncio.create_task(self.pass_on(source, target)))

    async def pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(65536):
                if self.swallowing:
                    self.swallowed += len(data)
                else:
                    target.write(data)
        except ConnectionError:
            pass
        finally:
            if not self.swallowing:
                target.close()


@asynccontextmanager
async def hole(connect: Callable[[], Any]) -> AsyncIterator[tuple[Hole, int]]:
    made = Hole(connect)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    try:
        yield made, server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in made.tasks:
            task.cancel()


def door(url: str) -> Callable[[], Any]:
    """What opens a connection to where this address leads."""
    at = urlsplit(url)
    if at.hostname:
        return lambda: asyncio.open_connection(at.hostname, at.port)
    given = parse_qs(at.query)
    return lambda: asyncio.open_unix_connection(f"{given['host'][0]}/.s.PGSQL.{given['port'][0]}")


async def test_a_connection_that_is_dead_and_does_not_know_it_is_found_by_the_missing_echo(between: str) -> None:
    at = urlsplit(between)
    async with hole(door(between)) as (made, port):
        through = at._replace(netloc=f"{at.username or ''}@127.0.0.1:{port}", query="").geturl()
        async with ringing(through, QUICK) as (first, here), ringing(between, SLOW) as (second, _):
            await heard_by(here, second)
            made.swallowing = True
            second.committed(uuid4(), 1, "epoch")  # of which the first hears nothing
            await until(lambda: not first.connected)
            assert made.swallowed > 0, "the connection was open, and silent"
            assert first.state()["state"] == "RECONNECTING"
            await quiet(first)
            before = here.count
            first.committed(uuid4(), 1, "epoch")
            assert here.count == before + 1, "while it is taken down, too"
            made.swallowing = False
            await until(lambda: first.connected)
            assert first.rebuilt >= 1
            await heard_by(here, second)


async def flood(url: str, messages: int) -> None:
    """Rings of other processes, as fast as the server takes them."""
    if urlsplit(url).scheme == "redis":
        client = Redis.from_url(url)
        async with client.pipeline(transaction=False) as pipe:
            for _ in range(0, messages, 10_000):
                for _ in range(10_000):
                    pipe.publish(CHANNEL, "")
                await pipe.execute()
        await client.aclose()
    else:
        connection = await asyncpg.connect(url)
        # PostgreSQL folds equal notifications of one transaction into one.
        await connection.execute(f"select pg_notify($1, n::text) from generate_series(1, {messages}) n", CHANNEL)
        await connection.close()


class Measured(asyncio.Queue[Any]):
    """Remembers how long any queue became."""

    longest = 0

    def _put(self, item: Any) -> None:
        super()._put(item)
        Measured.longest = max(Measured.longest, self.qsize())


async def test_a_flood_from_other_processes_is_drained_and_rings_few_times(
    between: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asyncio, "Queue", Measured)
    monkeypatch.setattr(Measured, "longest", 0)
    flooded = 60_000
    async with ringing(between, SLOW) as (bell, rings):
        heard, before = bell.heard, rings.count
        await flood(between, flooded)
        await until(lambda: bell.heard - heard >= flooded, within=60)
        await quiet(bell)
        assert rings.count - before < flooded / 20
        assert Measured.longest < flooded / 3, "what comes by one read of the socket, however much follows"


async def test_many_processes_that_write_at_once_make_nobody_look_at_the_log_all_the_time(
    between: str, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(Settings.read({**ENVIRONMENT, "BROADCAST_URL": between}), dsn)
    async with app.router.lifespan_context(app), AsyncExitStack() as stack:
        tail, doorbell = app.state.service.tail, app.state.service.doorbell
        looks = 0

        async def look() -> None:
            """It costs nothing, so that only the doorbell says how often there is one."""
            nonlocal looks
            looks += 1

        monkeypatch.setattr(tail, "look", look)
        others = [(await stack.enter_async_context(ringing(between, SLOW)))[0] for _ in range(8)]
        await quiet(doorbell, *others)
        loop = asyncio.get_running_loop()
        begun, looks, heard = loop.time(), 0, doorbell.heard
        while doorbell.heard < heard + 1_000:
            for other in others:
                other.committed(uuid4(), 1, "epoch")
            await asyncio.sleep(0.001)
        seconds = loop.time() - begun
        assert 1 <= looks <= seconds / Pace().gather + seconds / tail.every + 2
