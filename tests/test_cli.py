"""The command line, from outside: what each command prints, and what a run survives."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil
import pytest
import pytest_asyncio

from api.cli import main
from api.commands.schema import breaking
from tests.client import SECRET
from tests.factories import Hospital
from tests.server import Server, free_port, running

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("PATH", "HOME", "LANG")


def command(environment: dict[str, str], *arguments: str, patience: float = 60) -> subprocess.CompletedProcess[str]:
    """One command to its end; whatever goes wrong, it never shows a trace."""
    done = subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env={**{name: value for name, value in os.environ.items() if name in KEPT}, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return done


def on(dsn: str) -> dict[str, str]:
    return {"DATABASE_URL": dsn, "SECRET_KEY": SECRET}


async def asked(server: Server, token: str, query: str, **variables: object) -> Any:
    async with httpx.AsyncClient(base_url=server.url, headers={"authorization": f"Bearer {token}"}) as http:
        answer = (await http.post("/graphql", json={"query": query, "variables": variables})).json()
        assert "errors" not in answer, answer
        return answer["data"]


@pytest.fixture
def home() -> Iterator[Path]:
    """Not pytest's tmp_path: as root that is closed to the account which runs PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="gs-"))
    folder.chmod(0o711)
    yield folder / "home"
    shutil.rmtree(folder)


def family(server: Server) -> list[psutil.Process]:
    assert server.process is not None
    return psutil.Process(server.process.pid).children(recursive=True)


async def test_a_first_run_shows_the_demo_and_survives_that_everything_is_killed(home: Path) -> None:
    environment = {"GROUNDSWELL_HOME": str(home)}
    server = Server(environment)
    await server.start()
    everything = family(server)
    try:
        token = command(environment, "token", "--as", "nurse@demo.example").stdout
        assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", token), "the token alone"
        problem = "The linen room has no light"
        await asked(
            server,
            token.strip(),
            "mutation($problem: String!) { submitIdea(input: {problem: $problem}) { userErrors { message } } }",
            problem=problem,
        )
    finally:
        for process in everything:
            process.kill()
        server.kill()
    shown = server.output()
    assert f"{server.url}/graphql" in shown
    for email in ("nurse@demo.example", "lead@demo.example", "admin@demo.example"):
        assert re.search(rf"{email}\n *[\w-]+\.[\w-]+\.[\w-]+\n", shown), "a token on its own line"

    await server.start()
    data = await asked(server, token.strip(), "{ ideas(first: 1) { nodes { problem } } }")
    assert data["ideas"]["nodes"][0]["problem"] == problem
    again = command({**environment, "PORT": str(server.port)}, "run")
    assert again.returncode == 1
    assert again.stderr.startswith(f"groundswell: PORT: {server.port} is in use")
    postgres = family(server)
    assert postgres
    assert server.stop() == 0
    assert not any(process.is_running() for process in postgres), "its PostgreSQL stops with it"


async def test_workers_share_the_port_and_the_dead_are_replaced(dsn: str) -> None:
    async with running(dsn, "--workers", "2") as server:
        assert server.process is not None
        await until(lambda: len(workers(server)) == 2)
        first = workers(server)
        first[0].kill()
        await until(lambda: len({*workers(server)} - {*first}) == 1)
        await server.ready()
        left = workers(server)
        server.kill()
        assert not psutil.wait_procs(left, timeout=20)[1], "nobody stays on the port"


def workers(server: Server) -> list[psutil.Process]:
    found = []
    for process in family(server):
        with suppress(psutil.NoSuchProcess):  # one that was killed may go between being listed and being asked
            if "spawn_main" in " ".join(process.cmdline()):
                found.append(process)
    return found


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(400):
        if holds():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come about")


@pytest_asyncio.fixture
async def empty(server: str) -> AsyncIterator[str]:
    """A database without tables."""
    name = f"empty_{os.getpid()}_{time.monotonic_ns()}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    yield server.replace("/groundswell?", f"/{name}?")
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


async def test_an_installation_begins_with_migration_and_organisation(empty: str) -> None:
    refused = command(on(empty), "create-organisation", "Ashcombe", "--admin", "ada@ashcombe.example")
    assert refused.stderr == (
        "groundswell: The database has not been brought to this release yet: run `groundswell migrate`.\n"
    )
    assert command(on(empty), "migrate").returncode == 0
    public = {**on(empty), "PUBLIC_URL": "https://groundswell.example"}
    created = command(public, "create-organisation", "Ashcombe", "--admin", "ada@ashcombe.example")
    link = re.search(r"https://groundswell\.example/welcome#token=(\S+)", created.stdout)
    assert link
    async with running(empty) as server, httpx.AsyncClient(base_url=server.url) as http:
        accept = """mutation($token: String!) {
            acceptInvitation(input: {token: $token, password: "a long enough phrase"}) { userErrors { message } }
        }"""
        answer = (await http.post("/graphql", json={"query": accept, "variables": {"token": link[1]}})).json()
        assert answer == {"data": {"acceptInvitation": {"userErrors": []}}}
        token = command(on(empty), "token", "--as", "ada@ashcombe.example").stdout.strip()
        before = await asked(server, token, "{ cursor organisation { name publicUrl } }")
        assert before["organisation"] == {"name": "Ashcombe", "publicUrl": "https://groundswell.example"}
    assert command(on(empty), "migrate", "--new-epoch").returncode == 0
    connection = await asyncpg.connect(empty)
    never = "select reltuples from pg_class where oid = 'idea'::regclass"  # -1: words were never counted
    assert await connection.fetchval(never) >= 0
    await connection.close()
    async with running(empty) as server:
        after = await asked(server, token, "{ cursor }")
    assert before["cursor"].split(".")[0] != after["cursor"].split(".")[0]
    assert before["cursor"].split(".")[1:] == after["cursor"].split(".")[1:]


def test_an_address_is_taken_once(empty: str) -> None:
    command(on(empty), "migrate")
    begin = ("create-organisation", "Ashcombe", "--admin", "ada@ashcombe.example")
    assert command(on(empty), *begin).returncode == 0
    refused = command(on(empty), *begin)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("groundswell: ")


def test_it_says_its_release() -> None:
    assert re.fullmatch(r"groundswell \d+\.\d+\.\d+\n", command({}, "--version").stdout)


@pytest.mark.parametrize(
    ("environment", "arguments", "words"),
    [
        ({"PORT": "web"}, ["run"], "PORT: web"),
        ({"DATABASE_URL": "postgresql://localhost:1/none"}, ["run"], "SECRET_KEY: required"),
        (on("postgresql://localhost:1/none"), ["run"], "DATABASE_URL: the database does not answer"),
        ({}, ["run", "--every", "2"], "--every:"),
        ({**on("postgresql://localhost:1/none"), "BROADCAST_URL": "memory://"}, ["run", "--workers", "2"], "BROADCAST"),
        ({"HOST": "192.0.2.1"}, ["run"], "HOST: 192.0.2.1"),
        (on("postgresql://localhost:1/none"), ["token", "--as", "a@b.example"], "DATABASE_URL: the database does"),
        (on("postgresql://localhost:1/none"), ["watch"], "Say who watches"),
        ({"GROUNDSWELL_TOKEN": "x"}, ["watch", "--url", "ftp://there"], "--url:"),
    ],
)
def test_a_mistake_is_one_sentence(
    environment: dict[str, str], arguments: list[str], words: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "SECRET_KEY", "BROADCAST_URL", "HOST", "GROUNDSWELL_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"PORT": str(free_port()), "GROUNDSWELL_HOME": str(home), **environment}.items():
        monkeypatch.setenv(name, value)
    before = signal.getsignal(signal.SIGTERM)
    try:
        with pytest.raises(SystemExit) as end:
            main(arguments)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert str(end.value.code).startswith(f"groundswell: {words}")
    assert "\n" not in str(end.value.code)


def test_the_schema_is_printed_and_stands_as_it_was_written() -> None:
    printed = command({}, "schema")
    assert printed.stdout == (ROOT / "api/schema/schema.graphql").read_text()
    checked = command({}, "schema", "--check")
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_removed_field_is_a_breaking_change_and_a_new_one_is_not() -> None:
    before, more = "type Query { a: Int }", "type Query { a: Int b: Int }"
    assert breaking(before, more) == []
    assert breaking(more, before) == ["FIELD_REMOVED Field Query.b was removed."]
    assert breaking(None, before) == []


async def test_a_spreadsheet_is_imported_and_what_is_rejected_is_named(hospital: Hospital, tmp_path: Path) -> None:
    sheet = tmp_path / "old.csv"
    sheet.write_text("Was ist,theme\nThe bell is broken,\nNobody answers,No such theme\n")
    given = ("import", str(sheet), "--organisation", "ashcombe", "--map", "Was ist=problem")
    given = (*given, "--author", "nina@ashcombe.example")
    tried = command(on(hospital.database.dsn), *given, "--dry-run")
    done = command(on(hospital.database.dsn), *given)
    again = command(on(hospital.database.dsn), *given)
    assert (tried.returncode, done.returncode, again.returncode) == (1, 1, 1)
    assert "1 idea would be imported" in tried.stdout
    assert "Line 3" in done.stdout
    assert "1 idea imported" in done.stdout
    assert "0 ideas imported" in again.stdout
