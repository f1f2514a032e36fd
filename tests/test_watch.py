"""`groundswell watch`: a client that misses nothing and shows nothing twice, whatever the server does."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate
from rich.console import Console

from api.commands.watch import Terminal, line
from api.schema.root import build
from api.settings import Settings
from api.viewer import printed_token
from api.watch import FEED, HERE, socket_address
from db.errors import Misconfigured
from db.operations import ideas
from db.operations.people import deactivate_person
from tests.client import ENVIRONMENT
from tests.factories import Hospital
from tests.forked import forked
from tests.server import Server

ROOT = Path(__file__).resolve().parent.parent


@asynccontextmanager
async def watching(server: Server, token: str, *arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "api.cli", "watch", "--url", server.url, *arguments),
        env={"PATH": os.environ["PATH"], "GROUNDSWELL_TOKEN": token},
        cwd=ROOT,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        async with asyncio.timeout(60):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def told(process: Process, words: str) -> None:
    """Until it says so on standard error."""
    assert process.stderr is not None
    while words not in (text := (await process.stderr.readline()).decode()):
        assert text, f"it ended without saying {words!r}"


async def lines(process: Process, count: int) -> list[list[str]]:
    """The next lines, in their parts."""
    assert process.stdout is not None
    return [(await process.stdout.readline()).decode().rstrip("\n").split("\t") for _ in range(count)]


async def ended(process: Process) -> tuple[str, str]:
    """Stopped by a signal: what was still shown, and what was said last."""
    process.send_signal(signal.SIGTERM)
    shown, said = await process.communicate()
    assert process.returncode == 0
    return shown.decode(), said.decode()


async def submit(hospital: Hospital, *problems: str) -> None:
    for problem in problems:
        await hospital.do(ideas.submit_idea, hospital.nurse, problem=problem)


@pytest.fixture
async def token(hospital: Hospital) -> str:
    return await printed_token(hospital.database, Settings.read(ENVIRONMENT), "nina@ashcombe.example", 1)


async def test_nothing_is_missed_or_shown_twice_across_restarts(hospital: Hospital, token: str) -> None:
    async with forked(hospital.database.dsn) as server, watching(server, token) as process:
        await told(process, "Live")
        server.kill()  # before the first event: what comes now must not be lost either
        await submit(hospital, "Idea 1", "Idea 2")
        await server.start()
        shown = await lines(process, 2)
        await submit(hospital, "Idea 3")
        shown += await lines(process, 1)
        assert server.stop() == 0
        await submit(hospital, "Idea 4", "Idea 5")
        await told(process, "nobody answers")
        await server.start()
        shown += await lines(process, 2)
        rest, said = await ended(process)
        assert rest == ""
        assert [(kind, title, who) for _, kind, _, _, title, who, *_ in shown] == [
            ("IdeaSubmitted", f"Idea {n}", "Nina Nurse") for n in range(1, 6)
        ]
        assert said.endswith(f"Go on from here: groundswell watch --after {shown[-1][-1]}\n")

        async with watching(server, token, "--after", shown[2][-1]) as again:
            assert await lines(again, 2) == shown[3:]
            assert (await ended(again))[0] == ""


async def test_an_older_epoch_is_told_and_watching_goes_on(hospital: Hospital, token: str) -> None:
    async with forked(hospital.database.dsn) as server:
        old = f"{'0' * 12}.{hospital.organisation.hex}.1"
        async with watching(server, token, "--after", old) as process:
            await told(process, "restored")
            await submit(hospital, "Idea 1")
            assert (await lines(process, 1))[0][4] == "Idea 1"


async def test_a_token_that_is_not_good_ends_it_with_one_sentence(hospital: Hospital, token: str) -> None:
    async with forked(hospital.database.dsn) as server:
        async with watching(server, "nonsense") as process:
            _, said = await process.communicate()
            assert process.returncode == 1
            assert "does not accept this token" in said.decode().splitlines()[-1]
        async with watching(server, token) as process:
            await told(process, "Live")
            await hospital.do(deactivate_person, hospital.admin, person=hospital.nurse)
            _, said = await process.communicate()
            assert process.returncode == 1
            assert "does not accept this token" in said.decode().splitlines()[-1]


async def test_a_cursor_that_no_server_wrote_ends_it_with_one_sentence(hospital: Hospital, token: str) -> None:
    async with forked(hospital.database.dsn) as server, watching(server, token, "--after", "nonsense") as process:
        _, said = await process.communicate()
        assert process.returncode == 1
        assert said.decode().splitlines()[-1].startswith("groundswell: The server does not show the feed")


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"__typename": kind, "cursor": "c", "at": "2026-11-23T15:54:34.123456+00:00", "actor": None, **more}


def test_an_event_of_a_newer_server_has_a_line_too() -> None:
    shown = line(event("AdoptionCelebrated", actor={"name": "Nina"}))
    assert (shown.what, shown.who, shown.title) == ("AdoptionCelebrated", "Nina", "")


def test_a_title_cannot_move_the_cursor_or_break_the_line() -> None:
    idea = {"reference": "IDEA-1", "title": "Red\x1b[31m\tand\nnew", "theme": {"title": "Falls"}}
    shown = line(event("IdeaStatusChanged", idea=idea, **{"from": "OPEN", "to": "UNDER_REVIEW"}))
    assert (shown.what, shown.title, shown.theme) == ("open → under review", "Red [31m and new", "Falls")


def test_a_terminal_shows_an_event_a_line_and_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    terminal.console = Console(width=200, force_terminal=False)
    terminal.item(event("WinShared", win={"headline": "[bold]Fewer falls[/]", "theme": None}))
    terminal.item(event("FeedCaughtUp"))
    terminal.item({"__typename": "FeedReset", "cursor": "c", "reason": "SOMETHING_NEW"})
    first, second = capsys.readouterr().out.splitlines()
    assert "win shared" in first
    assert "[bold]Fewer falls[/]" in first
    assert second == "SOMETHING_NEW"


@pytest.mark.parametrize(
    ("url", "socket"),
    [
        ("https://groundswell.example", "wss://groundswell.example/graphql"),
        ("http://localhost:8000/", "ws://localhost:8000/graphql"),
        ("ws://localhost:8000/graphql", "ws://localhost:8000/graphql"),
        ("ward:8000", "ws://ward:8000/graphql"),
    ],
)
def test_any_address_of_the_server_will_do(url: str, socket: str) -> None:
    assert socket_address(url) == socket


@pytest.mark.parametrize("url", ["ftp://ward", "", "https://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="--url"):
        socket_address(url)


def test_its_documents_fit_the_schema() -> None:
    schema = build()._schema
    assert [validate(schema, parse(document)) for document in (FEED, HERE)] == [[], []]
