"""The faults: each is done, lasts for a while and is put right again; a seed chooses whom it hits and how long."""

import asyncio
import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from redis.asyncio import Redis

from api.subscriptions.doorbell import CHANNEL
from tests.faults.crowd import Crowd
from tests.faults.processes import Api, Installation

FLOOD = 5000  # rings
NOT_OURS = """
select pg_terminate_backend(pid) from pg_stat_activity
where backend_type = 'client backend' and pid <> pg_backend_pid()
  and (query ilike 'listen %' or query ilike '%pg_notify%')
"""


Fault = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Lengths:
    """Seconds that faults last: from, to; and how many happen at a time."""

    away: tuple[float, float]  # a process that was killed
    paused: tuple[float, ...]  # one of these: beyond the doorbell's echo, PostgreSQL's patience, the sockets' pings
    hung: tuple[float, float]  # PostgreSQL and Redis, which then answer nothing
    ill: tuple[float, float]  # the network
    idle: tuple[float, float]  # a reader who stops
    rest: float  # at most, between faults
    together: tuple[int, int]


SHORT = Lengths(
    away=(0.1, 0.6),
    paused=(6.0,),
    hung=(3.0, 6.5),
    ill=(0.5, 1.5),
    idle=(2.0, 4.0),
    rest=0.5,
    together=(2, 2),
)
LONG = Lengths(
    away=(0.1, 5.0),
    paused=(6.0, 12.0, 12.0, 50.0),
    hung=(1.0, 20.0),
    ill=(0.5, 15.0),
    idle=(5.0, 150.0),
    rest=5.0,
    together=(1, 2),
)


class Harm:
    """Does faults, chosen by a seed, and counts them."""

    def __init__(self, installation: Installation, crowd: Crowd, choice: random.Random, lengths: Lengths) -> None:
        self.at, self.crowd, self.choice, self.lengths = installation, crowd, choice, lengths
        self.done: Counter[str] = Counter()
        self.took: defaultdict[str, float] = defaultdict(float)  # seconds at most, until all was right again
        self.database_busy = asyncio.Lock()
        self.redis_busy = asyncio.Lock()

    # What lasts, and who is chosen --------------------------------------------------------------------------------

    def between(self, span: tuple[float, float]) -> float:
        return self.choice.uniform(*span)

    @asynccontextmanager
    async def one(self) -> Any:
        """An API process that nobody else harms; started again at the end."""
        free = [api for api in self.at.apis if not api.busy.locked()]
        api: Api = self.choice.choice(free or self.at.apis)
        async with api.busy:
            yield api
            await api.raise_()

    # Processes ------------------------------------------------------------------------------------------------------

    async def kill_api(self) -> None:
        async with self.one() as api:
            api.kill()
            await asyncio.sleep(self.between(self.lengths.away))

    async def restart_api(self) -> None:
        async with self.one() as api:
            await self.at.restart(api)

    async def pause_api(self) -> None:
        async with self.one() as api:
            api.pause()
            try:
                await asyncio.sleep(self.choice.choice(self.lengths.paused))
            finally:
                api.go_on()

    async def kill_postgresql(self) -> None:
        async with self.database_busy:
            self.at.postgres.kill()
            await asyncio.sleep(self.between(self.lengths.away))
            await self.at.postgres.start()

    async def pause_postgresql(self) -> None:
        """It takes connections and statements, and answers nothing."""
        async with self.database_busy:
            self.at.postgres.pause()
            try:
                await asyncio.sleep(self.between(self.lengths.hung))
            finally:
                self.at.postgres.go_on()

    async def pause_redis(self) -> None:
        assert self.at.redis is not None
        async with self.redis_busy:
            os.kill(self.at.redis.pid, signal.SIGSTOP)
            try:
                await asyncio.sleep(self.between(self.lengths.hung))
            finally:
                os.kill(self.at.redis.pid, signal.SIGCONT)

    async def kill_redis(self) -> None:
        assert self.at.redis is not None
        async with self.redis_busy:
            self.at.redis.kill()
            await asyncio.sleep(self.between(self.lengths.away))
            await asyncio.to_thread(self.at.redis.start)

    async def kill_everything(self) -> None:
        """As when the power fails; what is needed first comes first. Afterwards the other doorbell is used."""
        async with AsyncExitStack() as alone:
            for busy in (self.database_busy, self.redis_busy, *(api.busy for api in self.at.apis)):
                await alone.enter_async_context(busy)
            for api in self.at.apis:
                api.kill()
            self.at.postgres.kill()
            if self.at.redis is not None:
                self.at.redis.kill()
                await asyncio.to_thread(self.at.redis.start)
            await self.at.postgres.start()
            self.at.change_doorbell()
            await asyncio.gather(*(api.raise_() for api in self.at.apis))

    # The network ----------------------------------------------------------------------------------------------------

    async def cut_some(self) -> None:
        await self.at.proxy.ask("cut", share=self.choice.uniform(0.1, 0.6))

    async def cut_all(self) -> None:
        await self.at.proxy.ask("cut", share=1.0)

    async def refuse(self) -> None:
        """Nobody gets through for a while; who was cut must try again and again."""
        await self.at.proxy.ask("refuse")
        await self.at.proxy.ask("cut", share=self.choice.uniform(0.1, 0.6))
        await asyncio.sleep(self.between(self.lengths.ill))
        await self.at.proxy.ask("heal")

    async def delay(self) -> None:
        seconds = self.choice.uniform(0.05, 2.0)
        await self.at.proxy.ask("delay", share=self.choice.uniform(0.2, 0.8), seconds=seconds)
        await asyncio.sleep(self.between(self.lengths.ill))
        await self.at.proxy.ask("heal")

    async def half_open(self) -> None:
        for to_server, to_client in ((True, True), (True, False), (False, True)):
            share = self.choice.uniform(0.05, 0.2)
            await self.at.proxy.ask("swallow", share=share, to_server=to_server, to_client=to_client)

    async def stop_reading(self) -> None:
        await self.crowd.stop_reading(self.choice.uniform(0.1, 0.4), self.between(self.lengths.idle))

    # The doorbell ---------------------------------------------------------------------------------------------------

    async def lose_rings(self) -> None:
        """The connections on which rings are heard are closed from the other side."""
        async with self.redis_busy, self.database_busy:
            if self.at.redis is not None:
                async with Redis.from_url(self.at.redis.url) as redis:
                    for kind in ("pubsub", "normal"):
                        await redis.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
            connection = await asyncpg.connect(self.at.postgres.dsn)
            try:
                await connection.execute(NOT_OURS)
            finally:
                await connection.close()

    async def flood_rings(self) -> None:
        async with self.redis_busy, self.database_busy:
            if self.at.redis is not None:
                async with Redis.from_url(self.at.redis.url) as redis, redis.pipeline(transaction=False) as pipeline:
                    for n in range(FLOOD):
                        pipeline.publish(CHANNEL, str(n))
                    await pipeline.execute()
            connection = await asyncpg.connect(self.at.postgres.dsn)
            try:
                await connection.execute(f"select pg_notify('{CHANNEL}', n::text) from generate_series(1, {FLOOD}) n")
            finally:
                await connection.close()

    # Their order ----------------------------------------------------------------------------------------------------

    def round(self) -> Iterator[Sequence[Fault]]:
        """Every kind once, some at a time; halfway everything at once."""
        kinds: list[Fault] = [
            *(self.kill_api, self.restart_api, self.pause_api, self.kill_postgresql, self.pause_postgresql),
            *(self.cut_some, self.cut_all, self.refuse, self.delay, self.half_open, self.stop_reading),
            *(self.lose_rings, self.flood_rings),
            *((self.kill_redis, self.pause_redis) if self.at.redis is not None else ()),
        ]
        self.choice.shuffle(kinds)
        half = len(kinds) // 2
        yield from self.groups(kinds[:half])
        yield [self.kill_everything]
        yield from self.groups(kinds[half:])
        yield [self.stop_reading]  # which nothing cuts short, until they read on

    def groups(self, kinds: Sequence[Fault]) -> Iterator[Sequence[Fault]]:
        while kinds:
            many = self.choice.randint(*self.lengths.together)
            yield kinds[:many]
            kinds = kinds[many:]

    async def do(self, group: Sequence[Fault]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for fault in group:
                tasks.create_task(self.one_fault(fault))

    async def one_fault(self, fault: Fault) -> None:
        """Counted with the time until it was right again."""
        name, began = fault.__name__.replace("_", " "), time.monotonic()
        await fault()
        self.done[name] += 1
        self.took[name] = max(self.took[name], time.monotonic() - began)
