"""`python -m bench`: fills a database, starts the servers, measures them in turn and prints the figures."""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import uvloop
from rich.console import Console
from rich.status import Status

from api.settings import Settings
from api.viewer import printed_token
from bench import feed_part, reads_part, writers
from bench.feed_part import FeedPart, FeedSize, Hall
from bench.filled import NURSE, Hospital, copied, fill, found
from bench.printed import Printed
from bench.printed_feed import PrintedFeed
from bench.printed_reads import PrintedReads
from bench.processes import Cost, Serving, many_files, postmaster, python, serving
from bench.reads import STATES
from bench.reads_part import Chosen, ReadsPart, ReadsSize
from bench.sides import KINDS, USUAL
from db import embedded
from db.engine import Database
from db.migrate import migrate

SECRET = "the-key-of-a-bench-that-guards-nothing"


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    reads: ReadsSize
    feed: FeedSize
    writes: int


FULL = Size(reads=reads_part.FULL, feed=feed_part.FULL, writes=400)
QUICK = Size(reads=reads_part.QUICK, feed=feed_part.QUICK, writes=200)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--ideas", type=int, default=100_000, metavar="N", help="ideas in the database")
    parser.add_argument("--quick", action="store_true", help="fewer requests, rounds and events")
    parser.add_argument(
        "--only", choices=["reads", "writers", "feed", "stalled", "doorbell", "memory"], help="one part alone"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure with its name and unit")
    parser.add_argument("--home", type=Path, help="keep the database in this folder, for the next run")
    some = parser.add_argument_group("of reads and writes alone", "each as often as wanted; without it: all")
    some.add_argument("--question", action="append", metavar="Q", help="how its name begins: Q1, M2, Board, Boards")
    some.add_argument(
        "--side",
        action="append",
        choices=KINDS,
        help="which servers; steps (writes by hand in as many round trips as ours) only where it is named",
    )
    some.add_argument("--connections", action="append", type=int, metavar="N", help="instead of 1, 8 and 32")
    some.add_argument("--state", action="append", choices=STATES, help="which states of the server's memory")
    some.add_argument("--rounds", type=int, metavar="N", help="rounds of each comparison")
    some.add_argument("--seconds", type=float, metavar="S", help="what a server's turn in a round lasts")
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


@dataclass(frozen=True, slots=True)
class Bench:
    """One run: the database is filled. `by`: the database, the organisation and the person who asks."""

    size: Size
    chosen: Chosen
    hospital: Hospital
    by: tuple[str, str, str]
    token: str
    database: Cost
    printed: Printed

    def ours(self, doorbell: str = "") -> AbstractContextManager[Serving]:
        settings = {"DATABASE_URL": self.by[0], "SECRET_KEY": SECRET, "BROADCAST_URL": doorbell, "HOST": "127.0.0.1"}
        return serving(*python("api.cli", "run"), environment={**settings, "PUBLIC_URL": ""})

    async def measure(self, only: str | None) -> None:
        with Console(stderr=True).status("") as status:
            if only in (None, "reads"):
                await self.reads(status).measure()
            hall = Hall(*self.by, self.token, str(self.hospital.theme), self.database, self.ours)
            feed = FeedPart(self.size.feed, hall, PrintedFeed(self.printed), status)
            if only in (None, "feed"):
                await feed.deliveries()
            if only in (None, "feed", "stalled"):
                await feed.stalled()
            if only in (None, "feed", "doorbell"):
                await feed.doorbells()
            if only in (None, "feed", "memory"):
                await feed.memory()

    def reads(self, status: Status) -> ReadsPart:
        shown = PrintedReads(self.printed)
        return ReadsPart(
            self.size.reads,
            self.chosen,
            self.hospital,
            self.by,
            self.token,
            self.database,
            self.ours,
            shown,
            status,
        )


def main() -> int:
    given, begun = arguments(), time.monotonic()
    size = QUICK if given.quick else FULL
    reads = replace(
        size.reads,
        rounds=given.rounds or size.reads.rounds,
        seconds=given.seconds or size.reads.seconds,
    )
    size = replace(size, reads=reads)
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
    with ExitStack() as stack:
        folder = stack.enter_context(home(given.home))
        database = stack.enter_context(embedded.start(folder))
        with Console(stderr=True).status(f"Filling a database with {given.ideas:,} ideas …"):
            hospital = asyncio.run(prepare(database.dsn, given.ideas))
            # What is kept for the next run stays as it was filled.
            dsn = database.dsn if given.home is None else stack.enter_context(copied(database.dsn))
        token, person, version = asyncio.run(nurse(dsn))
        printed.machine(version)
        printed.say(f"database: {given.ideas:,} ideas, three comments each, 2,000 people, 40 themes")
        command = " ".join(["python -m bench", *sys.argv[1:]])
        printed.say(f"command: {command}")
        printed.figures.about |= {"command": command, "ideas": given.ideas}
        cost = postmaster(database.home.data)
        if given.only in (None, "writers"):
            found = writers.measure(
                dsn, cost, writes=size.writes, rounds=size.reads.rounds, done=lambda case: told(printed, case)
            )
            uvloop.run(found)
        by = (dsn, str(hospital.organisation), person)
        bench = Bench(size, chosen(given), hospital, by, token, cost, printed)
        asyncio.run(bench.measure(given.only))


def chosen(given: argparse.Namespace) -> Chosen:
    return Chosen(
        questions=tuple(given.question or ("",)),
        sides=tuple(given.side or USUAL),
        connections=tuple(given.connections or (1, 8, 32)),
        states=tuple(given.state or STATES),
    )


def told(printed: Printed, case: writers.Case) -> None:
    for line in writers.lines(case):
        printed.say(line)


if __name__ == "__main__":
    sys.exit(main())
