"""`python -m bench`: fills a database, starts the servers, measures them in turn and prints the figures."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from api.settings import Settings
from api.viewer import printed_token
from bench.asking import Asker
from bench.feed import Delivered, Room, Submit, deliver, grow
from bench.filled import NURSE, Hospital, fill, found
from bench.printed import Printed
from bench.processes import Cost, Serving, postmaster, serving
from bench.questions import SUBMIT, questions, submission
from bench.reads import Side, compare
from db import embedded
from db.engine import Database
from db.migrate import migrate

SECRET = "the-key-of-a-bench-that-guards-nothing"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    requests: int
    rounds: int
    sockets: int
    streams: int
    events: int
    grown: int


FULL = Size(requests=600, rounds=5, sockets=1000, streams=200, events=40, grown=2000)
QUICK = Size(requests=160, rounds=3, sockets=1000, streams=200, events=20, grown=400)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--ideas", type=int, default=100_000, metavar="N", help="ideas in the database")
    parser.add_argument("--quick", action="store_true", help="fewer requests, rounds and events")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each comparison")
    parser.add_argument("--only", choices=["reads", "feed", "memory"], help="one part alone")
    parser.add_argument("--home", type=Path, help="keep the database in this folder, for the next run")
    return parser.parse_args()


@contextmanager
def home(kept: Path | None) -> Iterator[Path]:
    """The folder of the embedded database: a temporary one unless it is named."""
    if kept is not None:
        yield kept
        return
    # As root PostgreSQL runs under another account, which must be able to pass through.
    folder = Path(tempfile.mkdtemp(prefix="gs-bench-", dir="/tmp" if Path("/tmp").is_dir() else None)).resolve()
    folder.chmod(0o711)
    try:
        yield folder / "home"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def prepare(dsn: str, ideas: int) -> Hospital:
    await migrate(dsn)
    before = await found(dsn)
    if before is None:
        await fill(dsn, ideas)
        before = await found(dsn)
        assert before is not None
    elif before[1] != ideas:
        raise SystemExit(f"The database in this folder has {before[1]:,} ideas; name another, or --ideas {before[1]}.")
    return before[0]


async def nurse(dsn: str) -> tuple[str, str, str]:
    """Who asks: a token, the id, and the version of PostgreSQL."""
    database = Database(dsn, readers=1, writers=1)
    try:
        settings = Settings.read({"DATABASE_URL": dsn, "SECRET_KEY": SECRET})
        token = await printed_token(database, settings, NURSE, 1)
        person = await database.value("select id from person where email = $1", [NURSE])
        return token, str(person), str(await database.value("show server_version"))
    finally:
        await database.close()


class Bench:
    """One run: the servers stand, the database is filled."""

    def __init__(self, size: Size, hospital: Hospital, token: str, database: Cost, printed: Printed) -> None:
        self.size, self.hospital, self.token = size, hospital, token
        self.database, self.printed = database, printed
        self.status = Console(stderr=True).status("")

    async def side(self, name: str, server: Serving, share: float = 1.0) -> Side:
        await server.ready()
        return Side(name, Asker(server.port, self.token), server.cost, share)

    async def reads(self, ours: Serving, plain: Serving, floor: Serving) -> None:
        sides = [
            await self.side("Groundswell", ours),
            await self.side("plain Strawberry", plain, share=0.2),
            await self.side("by hand", floor),
        ]
        figures = []
        for question in questions(self.hospital):
            self.status.update(f"Asking: {question.name} …")
            figures.append(await compare(question, sides, self.database, self.size.requests, self.size.rounds))
        self.printed.reads(figures)
        for side in sides:
            side.asker.close()

    async def feed(self, ours: Serving, kind: str, subscribers: int) -> Delivered:
        self.status.update(f"Delivering to {subscribers:,} subscribers ({kind}) …")
        submit = await self.submitting(ours)
        room = Room(kind, subscribers, ours.port, self.token, ours.cost, self.database, submit)
        return await deliver(room, self.size.events, self.size.rounds)

    async def memory(self, ours: Serving) -> None:
        self.status.update("Watching the memory …")
        room = Room("ws", 100, ours.port, self.token, ours.cost, self.database, await self.submitting(ours))
        self.printed.growth(await grow(room, self.size.grown))

    async def submitting(self, ours: Serving) -> Submit:
        """An event of a number: an idea is submitted over HTTP."""
        side = await self.side("Groundswell", ours)
        theme = f"theme_{self.hospital.theme}"

        async def submit(number: int) -> None:
            await side.asker.ask(SUBMIT, {"input": submission(f"Event {number}", theme)})

        return submit


async def measured(bench: Bench, dsn: str, person: str, only: str | None) -> None:
    settings = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "BROADCAST_URL": "", "HOST": "127.0.0.1", "PUBLIC_URL": ""}
    by = (dsn, str(bench.hospital.organisation), person, "{port}")
    size = bench.size

    def ours() -> AbstractContextManager[Serving]:
        """A fresh one each time, since memory that was given back is used again."""
        return serving("api.cli", "run", environment=settings)

    with bench.status:
        if only in (None, "reads"):
            with (
                ours() as server,
                serving("bench.peers", "plain", *by) as plain,
                serving("bench.peers", "floor", *by) as floor,
            ):
                await bench.reads(server, plain, floor)
        if only in (None, "feed"):
            figures = []
            for kind, subscribers in (("ws", size.sockets), ("sse", size.streams)):
                with ours() as server:
                    figures.append(await bench.feed(server, kind, subscribers))
            bench.printed.deliveries(figures)
        if only in (None, "memory"):
            with ours() as server:
                await bench.memory(server)


def main() -> int:
    given = arguments()
    size = QUICK if given.quick else FULL
    size = Size(**{**{name: getattr(size, name) for name in Size.__slots__}, **rounds_of(given.rounds)})
    printed = Printed()
    with home(given.home) as folder, embedded.start(folder) as database:
        with Console(stderr=True).status(f"Filling a database with {given.ideas:,} ideas …"):
            hospital = asyncio.run(prepare(database.dsn, given.ideas))
        token, person, version = asyncio.run(nurse(database.dsn))
        printed.machine(version)
        printed.say(f"database: {given.ideas:,} ideas, three comments each, 2,000 people, 40 themes")
        printed.say(f"command: {' '.join(['python -m bench', *sys.argv[1:]])}")
        bench = Bench(size, hospital, token, postmaster(database.home.data), printed)
        asyncio.run(measured(bench, database.dsn, person, given.only))
    printed.paste()
    return 0


def rounds_of(rounds: int | None) -> dict[str, Any]:
    return {} if rounds is None else {"rounds": rounds}


if __name__ == "__main__":
    sys.exit(main())
