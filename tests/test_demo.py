"""`groundswell run --demo`: a hospital to build a front end against, which leaves nothing behind."""

import asyncio
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.server import Server

FEED = "{ feed(last: 1) { nodes { cursor __typename } } }"
WHOEVER = re.compile(r"lead@demo\.example\n *([\w-]+\.[\w-]+\.[\w-]+)\n")


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Where temporary folders are made; not pytest's, which as root is closed to the account of PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="gs-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def demo(temporary: Path, *arguments: str) -> Server:
    elsewhere = {"DATABASE_URL": "postgresql://localhost:1/none", "GROUNDSWELL_HOME": str(temporary / "home")}
    return Server({"TMPDIR": str(temporary), **elsewhere}, "--demo", *arguments)


def postgres(server: Server) -> psutil.Process:
    assert server.process is not None
    return psutil.Process(server.process.pid).children()[0]


def left_in(folder: Path) -> list[str]:
    return os.listdir(folder)


async def test_a_demo_lives_by_itself_and_is_gone_when_it_stops(temporary: Path) -> None:
    server = demo(temporary, "--every", "0.02")
    await server.start()
    try:
        token = WHOEVER.search(server.output())
        assert token, server.output()
        assert "gone when it stops" in server.output()
        headers = {"authorization": f"Bearer {token[1]}", "origin": "http://localhost:5173"}
        async with httpx.AsyncClient(base_url=server.url, headers=headers) as http:
            seen: set[str] = set()
            async with asyncio.timeout(60):
                while not {"IdeaSubmitted", "IdeaSupported", "CommentAdded"} <= seen:
                    answer = await http.post("/graphql", json={"query": FEED})
                    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
                    seen.update(event["__typename"] for event in answer.json()["data"]["feed"]["nodes"])
        database = postgres(server)
    finally:
        code = server.stop()
    assert code == 0, server.output()
    assert not database.is_running()
    assert left_in(temporary) == []
    assert "ERROR" not in server.output()


async def test_what_a_killed_demo_left_is_cleared_away_by_the_next_which_spares_one_that_runs(temporary: Path) -> None:
    killed, other = demo(temporary), demo(temporary)
    await killed.start()
    await other.start()
    left, running = postgres(killed), postgres(other)
    killed.kill()
    assert left.is_running()
    third = demo(temporary)
    try:
        await third.start()
        assert not left.is_running()
        assert running.is_running()
        assert len(left_in(temporary)) == 2
    finally:
        assert third.stop() == 0
        assert other.stop() == 0
    assert left_in(temporary) == []
