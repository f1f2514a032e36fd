"""What time does: the day turns in each organisation, and what is old is swept away."""

from uuid import UUID

from db.engine import Database
from db.log import Outcome, Transaction, writing
from db.operations.organisations import turn_day
from db.rules import FAILURES_COUNTED, IDEMPOTENCY_KEPT

LOCK = 0x636C6F636B  # "clock": the advisory lock of whoever turns the day
_BATCH = 5000

# Whose day has passed; and where a theme was given a window that begins today, or has been over for a while.
_BEHIND = """
select id from organisation where today <> date(timezone(time_zone, now())) or exists (
    select from theme where organisation_id = organisation.id
    and (status = 'DRAFT' and opens_on <= today and (closes_on is null or closes_on >= today)
         or status = 'OPEN' and closes_on < today)
) order by id
"""
_NEXT = """
select min(extract(epoch from timezone(time_zone, (date(timezone(time_zone, now())) + 1)::timestamp) - now()))::float
from organisation
"""
_SWEEPS = (
    (
        f"""
delete from idempotency_key where ctid = any(array(
    select ctid from idempotency_key where created_at < now() - $1::interval limit {_BATCH}))
""",
        IDEMPOTENCY_KEPT,
    ),
    (
        f"""
delete from sign_in_failure where ctid = any(array(
    select ctid from sign_in_failure where at < now() - $1::interval limit {_BATCH}))
""",
        FAILURES_COUNTED,
    ),
)
_SWEEP_SESSIONS = f"""
delete from session where id = any(array(
    select id from session where expires_at < now() or revoked_at < now() - interval '1 day' limit {_BATCH}))
"""


async def midnight(database: Database) -> list[UUID]:
    """Turn the day wherever it has passed, open and close themes, and sweep; answers where there was something to do.

    Asked often it costs two statements. If another process is at it, nothing is done here. An organisation whose day
    cannot be turned just now does not keep the others': what stood in the way is raised when they are through.
    """
    async with database.writes.connection() as connection:
        if not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
            return []
        try:
            behind = [row["id"] for row in await connection.fetch(_BEHIND)]
            failed: list[Exception] = []
            for organisation in behind:
                try:
                    await _turn(database, organisation)
                except Exception as error:
                    failed.append(error)
            if behind:
                await _sweep(database)
            if failed:
                raise failed[0]
            return behind
        finally:
            await connection.fetchval("select pg_advisory_unlock($1)", LOCK)


async def _turn(database: Database, organisation: UUID) -> None:
    async def work(tx: Transaction) -> Outcome:
        return await turn_day(tx)

    await writing(database, organisation, work)


async def _sweep(database: Database) -> None:
    """In small batches, each its own transaction."""
    async with database.writes.connection() as connection:
        for text, *args in (*_SWEEPS, (_SWEEP_SESSIONS,)):
            while (await connection.execute(text, *args)).split()[-1] == str(_BATCH):
                pass


async def until_next_midnight(database: Database) -> float:
    """Seconds until the next day begins somewhere. Ask again every minute: organisations are added."""
    seconds: float | None = await database.value(_NEXT)
    return 60.0 if seconds is None else max(0.0, seconds)
