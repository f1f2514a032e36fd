"""Several processes on one port show one feed: what one writes the others' subscribers are sent by the doorbell."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from api.settings import Settings
from api.viewer import printed_token
from tests.client import ENVIRONMENT, SECRET
from tests.factories import Hospital
from tests.feed_server import until
from tests.redis_server import RedisServer, need_redis
from tests.server import Server
from tests.sockets import connected, received, subscribe

FEED = "subscription { feed { __typename cursor } }"
SUBMIT = """mutation($problem: String!) {
  submitIdea(input: {problem: $problem}) { cursor userErrors { message } } }"""

# Python runs it at its start. With an hour between two looks, and as long before a ring that no commit caused, whatever
# arrives was rung for.
NO_POLL = """
import functools
from api.subscriptions import doorbell, tail
tail.Tail.__init__.__kwdefaults__["every"] = 3600.0
doorbell.Pace = functools.partial(doorbell.Pace, proof=3600.0)
"""


@pytest.fixture(params=["unset", "redis"])
def broadcast(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """What BROADCAST_URL is; unset it is the database."""
    if request.param == "unset":
        yield {}
    else:
        need_redis()
        with RedisServer() as redis:
            yield {"BROADCAST_URL": redis.url}


@dataclass
class Workers:
    """`groundswell run` with several of them, none of which looks at the log unless it is rung."""

    server: Server
    token: str

    @property
    def ids(self) -> list[int]:
        assert self.server.process is not None
        children = psutil.Process(self.server.process.pid).children()
        return [child.pid for child in children if "spawn_main" in " ".join(child.cmdline())]

    @contextmanager
    def only(self, worker: int) -> Iterator[None]:
        """Whoever connects meanwhile comes to this one: the others are paused."""
        others = [other for other in self.ids if other != worker]
        for other in others:
            os.kill(other, signal.SIGSTOP)
        try:
            yield
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)

    async def doorbell(self, worker: int) -> dict[str, Any]:
        with self.only(worker):
            async with httpx.AsyncClient(timeout=30) as http:
                state: dict[str, Any] = (await http.get(f"{self.server.url}/readyz")).json()["doorbell"]
                return state

    async def submit(self, worker: int, problem: str) -> str:
        """The cursor of the idea, which this worker wrote."""
        with self.only(worker):
            async with httpx.AsyncClient(timeout=30, headers={"authorization": f"Bearer {self.token}"}) as http:
                body = {"query": SUBMIT, "variables": {"problem": problem}}
                answer = (await http.post(f"{self.server.url}/graphql", json=body)).json()
        payload = answer["data"]["submitIdea"]
        assert payload["userErrors"] == []
        return str(payload["cursor"])

    async def follow(self, worker: int, stack: AsyncExitStack) -> "Follower":
        """Somebody whom this worker sends the feed."""
        with self.only(worker):
            socket = await stack.enter_async_context(connected(self.server.socket_url, self.token))
            await subscribe(socket, FEED)
            await socket.send('{"type":"ping"}')  # answered after what came before it
            items = received(socket)
            async for message in items:
                if message["type"] == "pong":
                    return Follower(items)
        raise AssertionError("the socket was closed")


@dataclass
class Follower:
    items: AsyncIterator[dict[str, Any]]

    async def sent(self, cursor: str) -> None:
        """Returns when the event at this cursor has come."""
        async with asyncio.timeout(30):
            async for message in self.items:
                assert message["type"] == "next", message
                item = message["payload"]["data"]["feed"]
                if item["cursor"] == cursor:
                    assert item["__typename"] == "IdeaSubmitted"
                    return


@asynccontextmanager
async def working(hospital: Hospital, number: int, broadcast: dict[str, str]) -> AsyncIterator[Workers]:
    settings = Settings.read(ENVIRONMENT)
    token = await printed_token(hospital.database, settings, "nina@ashcombe.example", 1)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(NO_POLL)
        environment = {"DATABASE_URL": hospital.database.dsn, "SECRET_KEY": SECRET, "PYTHONPATH": folder, **broadcast}
        workers = Workers(Server(environment, "--workers", str(number)), token)
        await workers.server.start()
        try:
            await until(lambda: len(workers.ids) == number, within=30)
            yield workers
        finally:
            for worker in workers.ids:
                os.kill(worker, signal.SIGCONT)
            workers.server.stop()


async def test_what_one_worker_writes_the_others_subscribers_are_sent_by_the_doorbell(
    hospital: Hospital, broadcast: dict[str, str]
) -> None:
    async with working(hospital, 3, broadcast) as workers, AsyncExitStack() as stack:
        ids = workers.ids
        for worker in ids:
            state = await workers.doorbell(worker)
            assert state["backend"] == ("redis" if broadcast else "postgresql")
            assert (state["state"], state["rebuilt"]) == ("CONNECTED", 0)
        followers = [await workers.follow(worker, stack) for worker in ids]
        for writer in ids:
            cursor = await workers.submit(writer, f"Worker {writer} writes this")
            for follower in followers:
                await follower.sent(cursor)
