"""Writers on one feed and on eight: in turns, without, several in one transaction, and with an unsafe identity column.

`python -m bench.writers` starts a database of its own. Real operations; each variant in each round. The identity column
in place of the position is what a log would cost that need not be right: a reader beside it misses events.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from unittest.mock import patch
from uuid import UUID, uuid4

import asyncpg
import uvloop

from bench.processes import Cost, postmaster
from db import embedded, log
from db.engine import Database
from db.events import Event
from db.log import Outcome, Transaction, writing
from db.migrate import migrate
from db.operations.comments import add_comment
from db.operations.ideas import submit_idea
from db.operations.organisations import create_organisation
from db.operations.themes import create_theme, open_theme
from db.turns import AT_ONCE, Turns

CASES = ((1, 1), (1, 8), (1, 32), (8, 8), (8, 32))  # organisations, writers
IDEAS = 320  # of each organisation, so that no two writers comment on the same one
PROBLEM = "A bench measures."
UNSAFE_TABLE = (
    "drop table if exists unsafe_event",
    "create table unsafe_event (like event including all)",
    "alter table unsafe_event alter position add generated always as identity",
    "alter table unsafe_event add foreign key (organisation_id) references organisation (id)",
)
# As log.append_text writes it, without the row of feed_head.
UNSAFE_APPEND = """
with appended as (
    insert into unsafe_event (organisation_id, at, type, version, public, unfiltered, actor_id, actor_shown,
                              idea_id, comment_id, win_id, theme_id, themes, units, facts)
    select $1, clock_timestamp(), e.type, e.version, e.public, e.unfiltered, e.actor,
           e.actor_shown, e.idea, e.comment, e.win, e.theme, e.themes, e.units, e.facts
    from json_to_recordset($3::json) as e(
        n integer, type text, version integer, public boolean, unfiltered boolean, actor uuid,
        actor_shown boolean, idea uuid, comment uuid, win uuid, theme uuid, themes uuid[], units uuid[], facts jsonb)
    where e.n <= $2::integer
    order by e.n returning position
)
select max(position) as position, 'unsafe' as epoch, true as kept from appended
"""


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation to write to."""

    organisation: UUID
    actor: UUID
    theme: UUID
    ideas: list[UUID]


Write = Callable[[Transaction, Place, int, int], Awaitable[Outcome]]


async def comments(tx: Transaction, place: Place, writer: int, n: int) -> Outcome:
    """On ideas of the writer's own."""
    own = IDEAS // 32
    return await add_comment(tx, place.actor, idea=place.ideas[writer * own + n % own], body="The same with us.")


async def ideas(tx: Transaction, place: Place, writer: int, n: int) -> Outcome:
    """All under one theme."""
    return await submit_idea(tx, place.actor, problem=PROBLEM, theme=place.theme)


async def both(tx: Transaction, place: Place, writer: int, n: int) -> Outcome:
    return await (comments if (writer + n) % 2 else ideas)(tx, place, writer, n)


WRITES: dict[str, Write] = {"comments": comments, "ideas": ideas, "both": both}


Many = Callable[[Database, Place, list[int], Write, Iterator[int]], Awaitable[object]]


async def singly(database: Database, at: Place, writers: list[int], write: Write, numbers: Iterator[int]) -> None:
    """Each write a transaction, as the product does it."""

    async def writer(number: int) -> None:
        for n in numbers:

            async def work(tx: Transaction, n: int = n) -> Outcome:
                return await write(tx, at, number, n)

            await writing(database, at.organisation, work)

    await asyncio.gather(*map(writer, writers))


async def grouped(database: Database, at: Place, writers: list[int], write: Write, numbers: Iterator[int]) -> None:
    """One write of each writer in one transaction, each in a savepoint: what would be won by it at most."""
    while group := list(zip(writers, numbers, strict=False)):
        async with database.writes.connection() as connection, connection.transaction():
            tx, events = Transaction(connection, at.organisation), list[Event]()
            for writer, n in group:
                async with tx.savepoint():
                    events += (await write(tx, at, writer, n)).events
            await log.append(tx, Outcome(at.organisation, events))


@dataclass(slots=True)
class Variant:
    """A way to write; its figures, a round each: writes a second, CPU µs a write of PostgreSQL and of Python."""

    name: str
    at_once: int = AT_ONCE
    append: Callable[[str | None, bool], str] = log.append_text
    many: Many = singly
    rate: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)


def variants(writers: int) -> list[Variant]:
    """The last one is what the others are compared with."""
    return [
        Variant("in turns"),
        Variant("without turns", at_once=writers),
        Variant("in one transaction", many=grouped),
        Variant("identity column", at_once=writers, append=lambda reading, keyed: UNSAFE_APPEND),
    ]


@dataclass(frozen=True, slots=True)
class Case:
    """So many writers, spread over so many organisations; the last variant is the identity column."""

    organisations: int
    writers: int
    kind: str
    variants: list[Variant]


async def measure(
    dsn: str,
    cost: Cost,
    *,
    writes: int = 400,
    rounds: int = 5,
    connections: int | None = None,
    done: Callable[[Case], None] = lambda case: None,
) -> list[Case]:
    """On a migrated database, in organisations that are made for it. `cost`: PostgreSQL's. `done` is told each case."""
    await unsafe_table(dsn)
    database = Database(dsn) if connections is None else Database(dsn, writers=connections)
    try:
        places = [await place(database) for _ in range(max(organisations for organisations, _ in CASES))]
        cases = []
        for kind in WRITES:
            await settle(dsn)
            for organisations, writers in CASES:
                case = Case(organisations, writers, kind, variants(writers))
                for round_ in range(rounds + 1):
                    for variant in case.variants:
                        await measure_round(database, cost, case, variant, places, writes, warming=round_ == 0)
                cases.append(case)
                done(case)
        return cases
    finally:
        await database.close()


async def measure_round(
    database: Database, cost: Cost, case: Case, variant: Variant, places: list[Place], writes: int, *, warming: bool
) -> None:
    numbers, write = iter(range(writes)), WRITES[case.kind]
    turns = Turns(at_once=variant.at_once)
    with patch.object(database, "turns", turns), patch.object(log, "append_text", variant.append):
        before = cost.cpu(), time.process_time(), time.perf_counter()
        await asyncio.gather(
            *(
                variant.many(database, places[n], list(range(n, case.writers, case.organisations)), write, numbers)
                for n in range(case.organisations)
            )
        )
        spent = cost.cpu() - before[0], time.process_time() - before[1], time.perf_counter() - before[2]
    if not warming:
        variant.database.append(spent[0] / writes * 1e6)
        variant.python.append(spent[1] / writes * 1e6)
        variant.rate.append(writes / spent[2])


async def unsafe_table(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in UNSAFE_TABLE:
            await connection.execute(statement)
    finally:
        await connection.close()


async def settle(dsn: str) -> None:
    """What earlier writes left to sweep and to count is no part of the figures, nor are plans for the tables before."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("vacuum (analyze)")
    finally:
        await connection.close()


async def place(database: Database) -> Place:
    name = uuid4().hex
    made = await create_organisation(database, name=name, admin_email=f"{name}@bench.example", admin_name="Ada Admin")
    found: list[UUID] = []
    theme = uuid4()

    async def work(tx: Transaction) -> Outcome:
        nonlocal theme
        created = await create_theme(tx, made.admin, title="Falls", objective="Halve the falls on our wards")
        theme = created.id
        opened = await open_theme(tx, made.admin, theme=theme)
        events = [*created.events, *opened.events]
        for _ in range(IDEAS):
            outcome = await submit_idea(tx, made.admin, problem=PROBLEM, theme=theme)
            found.append(outcome.id)
            events += outcome.events
        return Outcome(theme, events)

    await writing(database, made.organisation, work)
    return Place(made.organisation, made.admin, theme, found)


def lines(case: Case) -> list[str]:
    """The figures, plainly. A ratio compares rounds that ran beside each other."""
    unsafe = case.variants[-1]
    told = []
    for variant in case.variants:
        ratio = median(ours / theirs for ours, theirs in zip(variant.rate, unsafe.rate, strict=True))
        told.append(
            f"writers: {case.kind}, {case.writers} on {case.organisations} organisation"
            f"{'s' if case.organisations > 1 else ''}: {variant.name}: {max(variant.rate):,.0f} writes a second "
            f"(median {median(variant.rate):,.0f}), {ratio:.2f} x the identity column; CPU a write: PostgreSQL "
            f"{min(variant.database):.0f} µs (median {median(variant.database):.0f}), Python "
            f"{min(variant.python):.0f} µs (median {median(variant.python):.0f})"
        )
    return told


def show(case: Case) -> None:
    print(*lines(case), sep="\n", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.writers", description=__doc__)
    parser.add_argument("--writes", type=int, default=400, metavar="N", help="writes of a round")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds of each case")
    parser.add_argument("--connections", type=int, metavar="N", help="connections that write, if not the usual ones")
    given = parser.parse_args()
    # As root PostgreSQL runs under another account, which must be able to pass through.
    with tempfile.TemporaryDirectory(prefix="gs-bench-", dir="/tmp" if Path("/tmp").is_dir() else None) as folder:
        Path(folder).chmod(0o711)
        with embedded.start(Path(folder).resolve() / "home") as running:

            async def run() -> None:
                await migrate(running.dsn)
                await measure(
                    running.dsn,
                    postmaster(running.home.data),
                    writes=given.writes,
                    rounds=given.rounds,
                    connections=given.connections,
                    done=show,
                )

            uvloop.run(run())


if __name__ == "__main__":
    main()
