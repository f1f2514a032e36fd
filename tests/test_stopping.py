"""How a server stops that is asked by Ctrl-C: in order, and at once when it is pressed again."""

import asyncio
import signal

import asyncpg
import httpx
import pytest

from api.settings import Settings
from api.viewer import printed_token
from tests.client import ENVIRONMENT, SECRET
from tests.factories import Hospital
from tests.feed_server import until
from tests.server import Server
from tests.sockets import connected, received, subscribe

SUBMIT = 'mutation { submitIdea(input: {problem: "The bell is broken"}) { userErrors { message } } }'
FOLLOW = "subscription { feed { __typename } }"
WAITING = "select exists (select from pg_locks where not granted and relation = 'idea'::regclass)"


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_pressed_again_ctrl_c_ends_the_drain_at_once_with_a_sentence(hospital: Hospital, workers: str) -> None:
    """Though somebody writes and somebody follows: the terminal is not filled with where each of them was."""
    database = hospital.database
    token = await printed_token(database, Settings.read(ENVIRONMENT), "nina@ashcombe.example", 1)
    bearer = {"authorization": f"Bearer {token}"}
    environment = {"DATABASE_URL": database.dsn, "SECRET_KEY": SECRET, "DRAIN_SECONDS": "60"}
    server = Server(environment, "--workers", workers)
    await server.start()
    await until(lambda: "Ctrl-C stops it." in server.output(), within=30)  # all workers have started
    assert server.process is not None
    holder = await asyncpg.connect(database.dsn)
    try:
        async with (
            connected(server.socket_url, token) as socket,
            httpx.AsyncClient(base_url=server.url, headers=bearer, timeout=60) as http,
            http.stream("POST", "/graphql", json={"query": FOLLOW}, headers={"accept": "text/event-stream"}) as stream,
            holder.transaction(),
        ):
            assert stream.status_code == 200
            await subscribe(socket, FOLLOW)
            await socket.send('{"type":"ping"}')
            async for message in received(socket):
                if message["type"] == "pong":
                    break
            await holder.execute("lock table idea")
            writing = asyncio.create_task(http.post("/graphql", json={"query": SUBMIT}))
            async with asyncio.timeout(30):
                while not await holder.fetchval(WAITING):
                    pass
            server.process.send_signal(signal.SIGINT)
            async with asyncio.timeout(30):
                while (await http.get("/readyz")).status_code == 200:
                    pass
            server.process.send_signal(signal.SIGINT)
            assert await asyncio.to_thread(server.process.wait, 50) == 0
            await asyncio.gather(writing, return_exceptions=True)
    finally:
        server.kill()
        await holder.close()
    [said] = server.output().split("Ctrl-C stops it.\n")[1:]
    first, *rest = said.splitlines()
    assert first.endswith("Asked again to stop: what is under way is cut off, and who follows is not told."), said
    assert rest == ["Stopped."]
