"""The log's writing end: one transaction runs an operation, reads its payload, appends its events and commits.

Invariant: nothing but `append` touches feed_head, as the last statement before the commit. So positions have no gap,
their order is the order of commits, and the row is locked for the shortest time. Of one process only a few wait for it
in the database; the others wait for their turn (db/turns.py).
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID, uuid4

import asyncpg
import orjson

from db import keys
from db.engine import BUSY, Connection, Database
from db.errors import Refused, UserMistake
from db.events import AccessChanged, Event
from db.keys import Once
from db.sql import Compiled
from db.terms import RefusalCode
from db.turns import Crowded


@dataclass(slots=True)
class Transaction:
    """What an operation works with: the connection, the organisation, and a place for its statements."""

    connection: Connection
    organisation: UUID

    async def rows(self, text: str, *args: object) -> list[asyncpg.Record]:
        return await self.connection.fetch(text, *args)

    async def row(self, text: str, *args: object) -> asyncpg.Record | None:
        return await self.connection.fetchrow(text, *args)

    async def run(self, text: str, *args: object) -> None:
        await self.connection.execute(text, *args)

    def savepoint(self) -> AbstractAsyncContextManager[object]:
        """What an error inside undoes; the transaction goes on, where the caller catches it outside."""
        return self.connection.transaction()

    async def ask(self, statement: Compiled, **values: object) -> asyncpg.Record | None:
        """One row of a statement that was compiled from tables and sight."""
        return await self.connection.fetchrow(
            statement.text, *statement.args({"organisation": self.organisation, **values})
        )

    async def ask_all(self, statement: Compiled, **values: object) -> list[asyncpg.Record]:
        """All rows of a statement that was compiled from tables and sight."""
        return await self.connection.fetch(
            statement.text, *statement.args({"organisation": self.organisation, **values})
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an operation did: the id of its result and its events, in order; no events: nothing changed."""

    id: UUID
    events: Sequence[Event] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of an operation's result before the commit: a statement and, for the result's id, its arguments.

    Its row has a column `body`, which is not null; no row: there is nothing to be seen.
    """

    text: str
    args: Callable[[UUID], Sequence[object]]


@dataclass(frozen=True, slots=True)
class Written:
    """The answer: the result's id, a row for each reading, and the position its effect is at or before.

    `repeated`: no event was appended. `outcome`: what the operation said; None where its key had been answered before.
    """

    id: UUID
    rows: Sequence[asyncpg.Record | None]
    position: int
    epoch: str
    outcome: Outcome | None
    repeated: bool = False


class _Repeated(Exception):
    """The key was answered before: what this transaction did is undone."""


HEAD = "select position, epoch from feed_head where organisation_id = $1"
_PAYLOAD = "payload as materialized ({text}), "
# The payload before the position: or the others would wait for it at the position's row.
_ONCE_READ = " and (select count(*) from payload) >= 0"
_KEPT = """, kept as (
    insert into idempotency_key (organisation_id, person_id, mutation, key, input_hash, result_id, position)
    select $1, $4, $5, $6, $7, $8, position from moved on conflict do nothing returning true
)"""
_APPEND = """
with {payload}moved as (
    update feed_head set position = position + $2 where organisation_id = $1{once_read} returning position, epoch
), appended as (
    insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_id, actor_shown,
                       idea_id, comment_id, win_id, theme_id, themes, units, facts)
    select $1, moved.position - $2 + e.n, clock_timestamp(), e.type, e.version, e.public, e.unfiltered, e.actor,
           e.actor_shown, e.idea, e.comment, e.win, e.theme, e.themes, e.units, e.facts
    from moved, json_to_recordset($3::json) as e(
        n integer, type text, version integer, public boolean, unfiltered boolean, actor uuid,
        actor_shown boolean, idea uuid, comment uuid, win uuid, theme uuid, themes uuid[], units uuid[], facts jsonb)
    order by e.n
){kept}
select moved.position, moved.epoch, {was_kept} as kept{columns} from moved{joined}
"""
_PARAMETER = re.compile(r"\$(\d+)")


LONG = 10_000  # characters of a payload's statement


def append_text(reading: str | None, keyed: bool) -> str:
    """The statement that ends a transaction: reads the payload, moves the position, writes events and key."""
    make = _append_text if reading is None or len(reading) <= LONG else _append_text.__wrapped__
    return make(reading, keyed)


@lru_cache(maxsize=1024)  # so at most some 20 MB; what is long is rare, and made each time
def _append_text(reading: str | None, keyed: bool) -> str:
    before = 8 if keyed else 3
    text = reading and _PARAMETER.sub(lambda found: f"${int(found[1]) + before}", reading)
    return _APPEND.format(
        payload=_PAYLOAD.format(text=text) if text else "",
        once_read=_ONCE_READ if text else "",
        kept=_KEPT if keyed else "",
        was_kept="(select count(*) from kept) = 1" if keyed else "true",
        columns=", payload.*" if text else "",
        joined=" left join payload on true" if text else "",
    )


async def append(
    tx: Transaction, outcome: Outcome, once: Once | None = None, reading: Reading | None = None
) -> asyncpg.Record:
    """Append the events at consecutive positions: the last position, the epoch, and what `reading` reads.

    Raises _Repeated where the key was answered before; of two at once the second waits for the position until the
    first has committed.
    """
    records = [
        {
            "n": n,
            "type": event.type,
            "version": event.version,
            "public": event.public,
            "unfiltered": event.unfiltered,
            "actor": event.actor,
            "actor_shown": event.actor_shown,
            "idea": event.idea,
            "comment": event.comment,
            "win": event.win,
            "theme": event.theme,
            "themes": event.themes,
            "units": event.units,
            "facts": event.facts(),
        }
        for n, event in enumerate(outcome.events, start=1)
    ]
    encoded = orjson.dumps(records, default=str).decode()  # asyncpg's UUIDs are a subclass, unknown to orjson
    args: list[object] = [tx.organisation, len(records), encoded]
    if once is not None:
        args += [once.person, once.mutation, once.key, once.input_hash, outcome.id]
    if reading is not None:
        args += reading.args(outcome.id)
    text = append_text(None if reading is None else reading.text, once is not None)
    row = await tx.row(text, *args)
    assert row is not None, "an organisation has a feed_head from its first transaction"
    if not row["kept"]:
        raise _Repeated
    return row


BEGIN = "insert into feed_head (organisation_id, position, epoch) values ($1, 0, $2)"


async def begin_feed(tx: Transaction) -> None:
    """An organisation's feed, in the transaction that makes the organisation."""
    await tx.run(BEGIN, tx.organisation, new_epoch())


def new_epoch() -> str:
    """What a cursor's position counts from; no dot, because a cursor is written with dots."""
    return uuid4().hex[:12]


async def writing(
    database: Database,
    organisation: UUID,
    work: Callable[[Transaction], Awaitable[Outcome]],
    readings: Sequence[Reading] = (),
    once: Once | None = None,
) -> Written:
    """One transaction: operation, payload, append, commit (READ COMMITTED; rows locked in the order of their ids).

    Raises UserMistake and Refused as the operation does, with nothing kept; Refused(UNAVAILABLE) where the turn did not
    come, or a lock or the time ran out. A deadlock is tried again, since nothing of it was kept.
    """
    try:
        async with database.turns.turn(organisation):
            written = await _write_past_deadlocks(database, organisation, work, readings, once)
    except (Crowded, asyncpg.DeadlockDetectedError, *BUSY):
        raise Refused(RefusalCode.UNAVAILABLE, "Too busy just now; please try again.") from None
    if not written.repeated:
        events = written.outcome.events if written.outcome is not None else ()
        people = [event.person for event in events if isinstance(event, AccessChanged)]
        database.committed(organisation, written.position, written.epoch, people)
    return written


async def _write_past_deadlocks(
    database: Database,
    organisation: UUID,
    work: Callable[[Transaction], Awaitable[Outcome]],
    readings: Sequence[Reading],
    once: Once | None,
) -> Written:
    for _ in range(2):
        with suppress(asyncpg.DeadlockDetectedError):
            return await _attempt(database, organisation, work, readings, once)
    return await _attempt(database, organisation, work, readings, once)


async def _attempt(
    database: Database,
    organisation: UUID,
    work: Callable[[Transaction], Awaitable[Outcome]],
    readings: Sequence[Reading],
    once: Once | None,
) -> Written:
    """The operation first and its key with the append, since few requests come twice: one that did is undone."""
    async with database.writes.connection() as connection:
        tx = Transaction(connection, organisation)
        try:
            async with connection.transaction():
                return await _write(tx, work, readings, once)
        except _Repeated:
            pass
        except (UserMistake, Refused):
            # Perhaps because the first request, of which this is the second, has done it.
            if once is None or not await _is_answered(tx, once):
                raise
        assert once is not None
        async with connection.transaction():
            return await _answer_again(tx, readings, once)


async def _write(
    tx: Transaction,
    work: Callable[[Transaction], Awaitable[Outcome]],
    readings: Sequence[Reading],
    once: Once | None,
) -> Written:
    outcome = await work(tx)
    first, others = readings[:1], [await _read(tx, reading, outcome.id) for reading in readings[1:]]
    if outcome.events:
        row = await append(tx, outcome, once, *first)
        rows = [row if row["body"] is not None else None] if first else []
        return Written(outcome.id, [*rows, *others], row["position"], row["epoch"], outcome)
    rows = [await _read(tx, reading, outcome.id) for reading in first]
    position, epoch = await _head(tx)
    if once is not None and not await keys.keep(tx.connection, tx.organisation, once, outcome.id, position):
        raise _Repeated
    return Written(outcome.id, [*rows, *others], position, epoch, outcome, repeated=True)


async def _read(tx: Transaction, reading: Reading, result: UUID) -> asyncpg.Record | None:
    return await tx.row(reading.text, *reading.args(result))


async def _head(tx: Transaction) -> tuple[int, str]:
    row = await tx.row(HEAD, tx.organisation)
    assert row is not None
    return row["position"], row["epoch"]


async def _is_answered(tx: Transaction, once: Once) -> bool:
    """Whether there is an answer to this key: by trying to take its place."""
    trial = tx.connection.transaction()
    await trial.start()
    try:
        return not await keys.claim(tx.connection, tx.organisation, once)
    finally:
        await trial.rollback()


async def _answer_again(tx: Transaction, readings: Sequence[Reading], once: Once) -> Written:
    """The first answer to this key, with its result as it is now."""
    result, position = await keys.first_answer(tx.connection, tx.organisation, once)
    _, epoch = await _head(tx)
    rows = [await _read(tx, reading, result) for reading in readings]
    return Written(result, rows, position, epoch, None, repeated=True)
