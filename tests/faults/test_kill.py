"""kill -9 of the server and of its PostgreSQL, again and again: nothing answered is lost, nobody misses an event."""

import asyncio
import random
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import psutil
import pytest

from api.cursors import decode_cursor
from api.settings import Settings
from api.viewer import printed_token
from db import embedded, migrate
from db.engine import Database
from tests import factories
from tests.client import ENVIRONMENT, SECRET
from tests.factories import Hospital
from tests.server import Server

WRITERS = 3
SUBMIT = """mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) {
  idea { id problem } cursor userErrors { message } } }"""
COMMENT = """mutation($input: AddCommentInput!) { addComment(input: $input) {
  comment { id body } cursor userErrors { message } } }"""


@pytest.fixture
def home() -> Iterator[Path]:
    """Where the account that runs PostgreSQL can go; as root it cannot go into pytest's tmp_path."""
    folder = Path(tempfile.mkdtemp(prefix="gs-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder / "home"
    shutil.rmtree(folder)


async def prepared(home: Path) -> tuple[Hospital, str, str]:
    """A hospital in a new home, a nurse's token, and the cursor at which it begins."""
    with embedded.start(home) as running:
        await migrate.migrate(running.dsn)
        database = Database(running.dsn, readers=1, writers=1)
        hospital = await factories.hospital(database)
        token = await printed_token(database, Settings.read(ENVIRONMENT), "nina@ashcombe.example", 1)
        row = await database.row(
            "select position, epoch from feed_head where organisation_id = $1", [hospital.organisation]
        )
        await database.close()
    assert row is not None
    return hospital, token, f"{row['epoch']}.{hospital.organisation.hex}.{row['position']}"


@dataclass
class Writing:
    """What writers asked for, by their keys, and what they were answered; an unanswered one is asked again."""

    server: Server
    token: str
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    enough: bool = False

    async def write(self, http: httpx.AsyncClient, key: str, query: str, **given: Any) -> dict[str, Any]:
        """One mutation, until it is answered."""
        body = {"query": query, "variables": {"input": {**given, "idempotencyKey": key}}}
        while True:
            try:
                response = (await http.post("/graphql", json=body)).json()
            except (httpx.HTTPError, ValueError):
                await asyncio.sleep(0.02)
                continue
            if "errors" in response:  # the database dies before the server
                assert [error["extensions"]["code"] for error in response["errors"]] == ["UNAVAILABLE"], response
                await asyncio.sleep(0.02)
                continue
            (payload,) = response["data"].values()
            assert payload["userErrors"] == []
            self.answers[key] = payload
            return dict(payload)

    async def writer(self) -> None:
        async with self.client() as http:
            while not self.enough:
                key = str(uuid4())
                idea = (await self.write(http, key, SUBMIT, problem=key))["idea"]
                key = str(uuid4())
                await self.write(http, key, COMMENT, ideaId=idea["id"], body=key)

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        headers = {"authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(base_url=self.server.url, headers=headers, timeout=10, trust_env=False) as http:
            yield http


@asynccontextmanager
async def following(server: Server, token: str, record: Path, after: str) -> AsyncIterator[None]:
    script = Path(__file__).with_name("follower.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), server.socket_url, str(record), after, env={"TOKEN": token}
    )
    try:
        yield
        assert process.returncode is None, "the follower ended"
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def kill_everything(server: Server, *, database_first: bool) -> None:
    """The server with its PostgreSQL, every process of it, without a word."""
    family = postgresql(server)
    if not database_first:
        server.kill()
    kill(family)
    server.kill()


def kill_postgresql(server: Server) -> None:
    kill(postgresql(server))


def postgresql(server: Server) -> list[psutil.Process]:
    assert server.process is not None
    family = psutil.Process(server.process.pid).children(recursive=True)
    assert any("postgres" in process.name() for process in family)
    return family


def kill(family: list[psutil.Process]) -> None:
    for process in family:
        with suppress(psutil.NoSuchProcess):  # PostgreSQL's own children end with it
            process.kill()


async def rounds(home: Path, times: int, seed: int) -> None:
    choice = random.Random(seed)
    hospital, token, begin = await prepared(home)
    server = Server({"GROUNDSWELL_HOME": str(home), "SECRET_KEY": SECRET})
    record = home.with_name("record")
    await server.start()
    writing = Writing(server, token)
    try:
        async with following(server, token, record, begin):
            writers = [asyncio.create_task(writing.writer()) for _ in range(WRITERS)]
            for _ in range(times):
                await until_killed(server, writing, choice)
                await server.start()
                await nothing_answered_is_lost(writing)
            writing.enough = True
            await asyncio.gather(*writers)
            with embedded.start(home) as running:
                database = Database(running.dsn, readers=1)
                await compare(database, hospital, writing, record, begin)
                await database.close()
    finally:
        if server.process is not None and server.process.poll() is None:
            assert server.stop() == 0


async def until_killed(server: Server, writing: Writing, choice: random.Random) -> None:
    """At a random moment of the writers', or just when somebody has been answered and has not read yet."""
    known = len(writing.answers)
    if choice.random() < 0.5:
        async with writing.client() as http:
            key = str(uuid4())
            await writing.write(http, key, SUBMIT, problem=key)
    else:
        await asyncio.sleep(choice.uniform(0.05, 0.5))
    kill_everything(server, database_first=choice.random() < 0.5)
    assert len(writing.answers) >= known


NODES = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Idea { problem } ... on Comment { body } } }"


async def nothing_answered_is_lost(writing: Writing) -> None:
    """Everything that was answered by now is there, read through the API of the server that came back."""
    answered = [payload["idea" if "idea" in payload else "comment"] for payload in writing.answers.values()]
    async with writing.client() as http:
        for n in range(0, len(answered), 100):
            given = answered[n : n + 100]
            body = {"query": NODES, "variables": {"ids": [node["id"] for node in given]}}
            assert (await http.post("/graphql", json=body)).json() == {"data": {"nodes": given}}


LOG = """
select position, idea_id, comment_id, public from event where organisation_id = $1 and position > $2 order by position
"""
TWICE = """
select problem from idea group by problem having count(*) > 1
union all select body from comment group by body having count(*) > 1
"""


def lines(record: Path) -> list[str]:
    return record.read_text().splitlines() if record.exists() else []


async def compare(database: Database, hospital: Hospital, writing: Writing, record: Path, begin: str) -> None:
    """Record, log and answers say the same."""
    start = decode_cursor(begin)
    log = await database.rows(LOG, [hospital.organisation, start.position])
    assert [row["position"] for row in log] == list(range(start.position + 1, start.position + 1 + len(log)))
    due = [row["position"] for row in log if row["public"]]
    heard: list[str] = []
    async with asyncio.timeout(20):
        while len(heard) < len(due):  # the follower tells nobody but its record
            await asyncio.sleep(0.05)
            heard = await asyncio.to_thread(lines, record)
    items = [orjson.loads(line.partition(" ")[2]) for line in heard]
    assert [decode_cursor(item["cursor"]).position for item in items] == due, "each once, in order"
    assert {decode_cursor(item["cursor"]).epoch for item in items} == {start.epoch}
    # Each answer's effect is at its cursor, and nothing was done twice.
    by_position = {row["position"]: row for row in log}
    for payload in writing.answers.values():
        node = payload["idea" if "idea" in payload else "comment"]
        row = by_position[decode_cursor(payload["cursor"]).position]
        assert node["id"] == (f"comment_{row['comment_id']}" if row["comment_id"] else f"idea_{row['idea_id']}")
    assert len(log) == len(writing.answers)
    assert await database.rows(TWICE) == []


async def test_whatever_is_killed_nothing_answered_is_lost_and_nobody_misses_an_event(home: Path) -> None:
    await rounds(home, 5, seed=5)


async def test_a_postgresql_that_dies_alone_is_started_again(home: Path) -> None:
    hospital, token, begin = await prepared(home)
    server = Server({"GROUNDSWELL_HOME": str(home), "SECRET_KEY": SECRET})
    record = home.with_name("record")
    await server.start()
    writing = Writing(server, token)
    try:
        async with following(server, token, record, begin), writing.client() as http:
            for n in range(2):
                await writing.write(http, f"before {n}", SUBMIT, problem=f"before {n}")
                kill_postgresql(server)
                await writing.write(http, f"after {n}", SUBMIT, problem=f"after {n}")
            with embedded.start(home) as running:
                database = Database(running.dsn, readers=1)
                await compare(database, hospital, writing, record, begin)
                await database.close()
    finally:
        if server.process is not None and server.process.poll() is None:
            assert server.stop() == 0


@pytest.mark.soak
async def test_forty_times(home: Path) -> None:
    await rounds(home, 40, seed=random.randrange(2**32))
