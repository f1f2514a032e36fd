"""Grows the demonstration to any number of ideas, with comments, wins, themes and people in proportion."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from db.engine import Database
from db.errors import Misconfigured
from db.hospital.themes import themes as theme_plans
from db.log import Outcome, Transaction, writing
from db.operations.themes import close_theme
from db.passwords import hash_password
from db.seed.acts import Doing, add_people, add_theme, live_together
from db.seed.demo import OPEN_AT_FIRST, PASSWORD, seed_demo
from db.seed.known import EVERYBODY, Known, draws, everybody, look_round
from db.seed.lives import begin, discuss, spread
from db.statistics import analyse

LOCK = 0x73656564  # "seed": the advisory lock of whoever seeds
COMMENTS_PER_IDEA, IDEAS_PER_WIN = 3, 50
SUPPORTS = 1.5  # an idea, about
_AT_ONCE = 100  # ideas in a transaction: others wait for the organisation's number and position no longer than that
_PEOPLE_AT_ONCE = 250
_DRAFTS, _CLOSED = 2, 8  # of the forty themes


@dataclass(slots=True)
class _Counts:
    ideas: int
    comments: int
    wins: int


_COUNTS = """
select (select count(*) from idea where organisation_id = $1 and withdrawn_at is null) as ideas,
    (select count(*) from comment
     where organisation_id = $1 and removed_at is null and idea_withdrawn_at is null) as comments,
    (select count(*) from win where organisation_id = $1) as wins,
    (select count(*) from person where organisation_id = $1 and deactivated_at is null) as people
"""
_TAKEN = "select email from person where email = any($1)"
_TITLES = "select title from theme where organisation_id = $1"


async def seed_ideas(database: Database, ideas: int, told: Callable[[int], None], *, password: str = PASSWORD) -> None:
    """Until there are so many ideas; what is there already counts. `told` hears how many there are.

    `password`: of the people who are added.
    """
    organisation = await seed_demo(database, password=password)
    async with database.writes.connection() as alone:
        if not await alone.fetchval("select pg_try_advisory_lock($1)", LOCK):
            raise Misconfigured("Another process is seeding this database; let it finish.")
        try:
            await _grow(database, organisation, ideas, told, password)
        finally:
            await alone.fetchval("select pg_advisory_unlock($1)", LOCK)


async def _grow(database: Database, organisation: UUID, ideas: int, told: Callable[[int], None], password: str) -> None:
    await _add_people(database, organisation, password)
    await _add_themes(database, organisation)
    found = await database.rows(_COUNTS, [organisation])
    counts = _Counts(found[0]["ideas"], found[0]["comments"], found[0]["wins"])
    told(counts.ideas)
    if counts.ideas < ideas:
        known = await _look(database, organisation)
        while counts.ideas < ideas:
            await _add_ideas(database, organisation, known, counts, min(_AT_ONCE, ideas - counts.ideas))
            told(counts.ideas)
        await analyse(database)
    await _close_themes(database, organisation)


async def _look(database: Database, organisation: UUID) -> Known:
    seen: list[Known] = []

    async def work(tx: Transaction) -> Outcome:
        seen.append(await look_round(tx))
        return Outcome(organisation)

    await writing(database, organisation, work)
    return seen[-1]


async def _add_people(database: Database, organisation: UUID, password: str) -> None:
    known = await _look(database, organisation)
    counted = await database.rows(_COUNTS, [organisation])
    missing = EVERYBODY - counted[0]["people"]
    taken = {row["email"] for row in await database.rows(_TAKEN, [[plan.email for plan in everybody()]])}
    plans = [plan for plan in everybody() if plan.email not in taken][: max(0, missing)]
    if not plans:
        return
    password_hash = await hash_password(password)
    for begun in range(0, len(plans), _PEOPLE_AT_ONCE):

        async def work(tx: Transaction, some: int = begun) -> Outcome:
            doing = Doing(tx)
            await add_people(doing, known.admin, plans[some : some + _PEOPLE_AT_ONCE], known.places, password_hash)
            return Outcome(organisation, doing.events)

        await writing(database, organisation, work)


async def _add_themes(database: Database, organisation: UUID) -> None:
    """The hospital's forty, less those that are there. Each is owned by somebody who leads a unit that it concerns."""
    there = {row["title"] for row in await database.rows(_TITLES, [organisation])}
    missing = [(n, plan) for n, plan in enumerate(theme_plans()) if plan.title not in there]
    if not missing:
        return

    async def work(tx: Transaction) -> Outcome:
        doing, known = Doing(tx), await look_round(tx)
        leads = list(known.leads.values()) or [known.admin]
        for n, plan in missing:
            rng = draws("theme", plan.key)
            draft = n >= len(theme_plans()) - _DRAFTS
            days = None if draft else rng.randint(2, plan.weeks * 7 - 3)
            await add_theme(doing, known, plan, owner=rng.choice(leads), opened_days_ago=days)
        return Outcome(organisation, doing.events)

    await writing(database, organisation, work)


async def _add_ideas(database: Database, organisation: UUID, known: Known, counts: _Counts, more: int) -> None:
    """So many more, and the comments and wins that all ideas together should have then."""
    numbers = range(counts.ideas + 1, counts.ideas + more + 1)
    comments = max(0, numbers[-1] * COMMENTS_PER_IDEA - counts.comments)
    wins = max(0, numbers[-1] // IDEAS_PER_WIN - counts.wins)
    lives = [
        begin(draws("idea", n), known, longest=timedelta(weeks=104), supports=SUPPORTS, won=place < wins)
        for place, n in enumerate(numbers)
    ]
    rng = draws("talk", numbers[0])
    for life, some in zip(lives, spread(rng, lives, comments), strict=True):
        discuss(rng, known, life, some)

    async def work(tx: Transaction) -> Outcome:
        doing = Doing(tx)
        await live_together(doing, [life.in_order() for life in lives])
        return Outcome(organisation, doing.events)

    await writing(database, organisation, work)
    counts.ideas += more
    counts.comments += sum(life.comments for life in lives)
    counts.wins += min(wins, more)


_CLOSABLE = """
select id, (select count(*) from theme where organisation_id = $1 and status = 'CLOSED') as closed
from theme where organisation_id = $1 and status = 'OPEN' and title = any($2) order by first_opened_at, id
"""


async def _close_themes(database: Database, organisation: UUID) -> None:
    """Some have come to their end: of those that the first day did not have, the ones that opened first."""
    titles = [plan.title for plan in theme_plans() if plan.key not in OPEN_AT_FIRST]

    async def work(tx: Transaction) -> Outcome:
        doing, known = Doing(tx), await look_round(tx)
        rows = await tx.rows(_CLOSABLE, organisation, titles)
        for row in rows[: max(0, _CLOSED - rows[0]["closed"])] if rows else ():
            await doing.do(close_theme(tx, known.admin, theme=row["id"]))
        return Outcome(organisation, doing.events)

    await writing(database, organisation, work)
