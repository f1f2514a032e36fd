"""`python -m bench`: fills a database, starts the servers, measures them in turn and prints the figures."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvloop
from rich.console import Console

from api.settings import Settings
from api.viewer import printed_token
from bench import feed_part, writers
from bench.asking import Asker
from bench.feed_part import FeedPart, FeedSize, Hall
from bench.filled import NURSE, Hospital, fill, found
from bench.printed import Printed
from bench.printed_feed import PrintedFeed
from bench.processes import Cost, Serving, many_files, postmaster, python, serving
from bench.questions import questions
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
    feed: FeedSize
    writes: int


FULL = Size(requests=600, rounds=5, feed=feed_part.FULL, writes=400)
QUICK = Size(requests=160, rounds=3, feed=feed_part.QUICK, writes=200)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--ideas", type=int, default=100_000, metavar="N", help="ideas in the database")
    parser.add_argument("--quick", action="store_true", help="fewer requests, rounds and events")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each comparison of reads")
    parser.add_argument(
        "--only", choices=["reads", "writers", "feed", "stalled", "doorbell", "memory"], help="one part alone"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure with its name and unit")
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


async def measured(bench: Bench, dsn: str, person: str, only: str | None) -> None:
    by = (dsn, str(bench.hospital.organisation), person)

    def ours(doorbell: str) -> AbstractContextManager[Serving]:
        settings = {"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "BROADCAST_URL": doorbell, "HOST": "127.0.0.1"}
        return serving(*python("api.cli", "run"), environment={**settings, "PUBLIC_URL": ""})

    hall = Hall(*by, bench.token, str(bench.hospital.theme), bench.database, ours)
    feed = FeedPart(bench.size.feed, hall, PrintedFeed(bench.printed), bench.status)
    with bench.status:
        if only in (None, "reads"):
            with (
                ours("") as server,
                serving(*python("bench.peers", "plain", *by, "{port}")) as plain,
                serving(*python("bench.peers", "floor", *by, "{port}")) as floor,
            ):
                await bench.reads(server, plain, floor)
        if only in (None, "feed"):
            await feed.deliveries()
        if only in (None, "feed", "stalled"):
            await feed.stalled()
        if only in (None, "feed", "doorbell"):
            await feed.doorbells()
        if only in (None, "feed", "memory"):
            await feed.memory()


def main() -> int:
    given, begun = arguments(), time.monotonic()
    size = QUICK if given.quick else FULL
    if given.rounds is not None:
        size = replace(size, rounds=given.rounds)
    many_files()
    printed = Printed()
    try:
        run(given, size, printed)
    finally:  # what was found before something went wrong is not lost
        printed.say(f"took {(time.monotonic() - begun) / 60:.0f} minutes")
        printed.paste()
        if given.json is not None:
            printed.figures.write(given.json)
    return 0


def run(given: argparse.Namespace, size: Size, printed: Printed) -> None:
    with home(given.home) as folder, embedded.start(folder) as database:
        with Console(stderr=True).status(f"Filling a database with {given.ideas:,} ideas …"):
            hospital = asyncio.run(prepare(database.dsn, given.ideas))
        token, person, version = asyncio.run(nurse(database.dsn))
        printed.machine(version)
        printed.say(f"database: {given.ideas:,} ideas, three comments each, 2,000 people, 40 themes")
        command = " ".join(["python -m bench", *sys.argv[1:]])
        printed.say(f"command: {command}")
        printed.figures.about |= {"command": command, "ideas": given.ideas}
        cost = postmaster(database.home.data)
        if given.only in (None, "writers"):
            found = writers.measure(
                database.dsn, cost, writes=size.writes, rounds=size.rounds, done=lambda case: told(printed, case)
            )
            uvloop.run(found)
        bench = Bench(size, hospital, token, cost, printed)
        asyncio.run(measured(bench, database.dsn, person, given.only))


def told(printed: Printed, case: writers.Case) -> None:
    for line in writers.lines(case):
        printed.say(line)


if __name__ == "__main__":
    sys.exit(main())
