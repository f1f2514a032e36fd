"""The log's writing end: one transaction runs an operation, reads its payload, appends its events and commits.

Invariant: nothing but `append` touches feed_head, as the last statement before the commit. So positions have no gap,
their order is the order of commits, and the row is locked for the shortest time. Of one process only a few wait for it
in the database; the others wait for their turn (db/turns.py).
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID, uuid4

import asyncpg
import orjson

from db.engine import BUSY, Connection, Database
from db.errors import Refused, UserMistake
from db.events import AccessChanged, Event
from db.sql import Compiled
from db.terms import RefusalCode, UserErrorCode
from db.turns import Crowded

P = TypeVar("P")


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
class Once:
    """A request that may come twice: its key (1-128 characters) and the SHA-256 of its coerced input."""

    person: UUID
    mutation: str
    key: str
    input_hash: bytes


@dataclass(frozen=True, slots=True)
class Written(Generic[P]):
    """The answer: the result's id, its payload as `read` made it, and the position its effect is at or before."""

    id: UUID
    payload: P
    position: int
    epoch: str
    repeated: bool = field(default=False)
    access_changed: tuple[UUID, ...] = ()  # of whom roles, sessions or activity changed


APPEND = """
with head as (
    update feed_head set position = position + $2 where organisation_id = $1 returning position, epoch
), appended as (
    insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_id, actor_shown,
                       idea_id, comment_id, win_id, theme_id, themes, units, facts)
    select $1, head.position - $2 + e.n, clock_timestamp(), e.type, e.version, e.public, e.unfiltered, e.actor,
           e.actor_shown, e.idea, e.comment, e.win, e.theme, e.themes, e.units, e.facts
    from head, json_to_recordset($3::json) as e(
        n integer, type text, version integer, public boolean, unfiltered boolean, actor uuid,
        actor_shown boolean, idea uuid, comment uuid, win uuid, theme uuid, themes uuid[], units uuid[], facts jsonb)
    order by e.n
), kept as (
    update idempotency_key set result_id = $4, position = head.position from head
    where organisation_id = $1 and person_id = $5 and mutation = $6 and key = $7
)
select position, epoch from head
"""
HEAD = "select position, epoch from feed_head where organisation_id = $1"


async def append(
    tx: Transaction, events: Sequence[Event], result: UUID | None = None, once: Once | None = None
) -> tuple[int, str]:
    """Append events at consecutive positions; answers the last one and the epoch."""
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
        for n, event in enumerate(events, start=1)
    ]
    key = (once.person, once.mutation, once.key) if once else (None, None, None)
    encoded = orjson.dumps(records, default=str).decode()  # asyncpg's UUIDs are a subclass, unknown to orjson
    row = await tx.row(APPEND, tx.organisation, len(records), encoded, result, *key)
    assert row is not None, "an organisation has a feed_head from its first transaction"
    return row["position"], row["epoch"]


BEGIN = "insert into feed_head (organisation_id, position, epoch) values ($1, 0, $2)"


async def begin_feed(tx: Transaction) -> None:
    """An organisation's feed, in the transaction that makes the organisation."""
    await tx.run(BEGIN, tx.organisation, new_epoch())


def new_epoch() -> str:
    """What a cursor's position counts from; no dot, because a cursor is written with dots."""
    return uuid4().hex[:12]


async def nothing(tx: Transaction, outcome: Outcome) -> None:
    """No payload to read."""


async def writing(
    database: Database,
    organisation: UUID,
    work: Callable[[Transaction], Awaitable[Outcome]],
    read: Callable[[Transaction, Outcome], Awaitable[P]] = nothing,  # type: ignore[assignment]
    once: Once | None = None,
) -> Written[P]:
    """One transaction: operation, payload, append, commit (READ COMMITTED; rows locked in the order of their ids).

    Raises UserMistake and Refused as the operation does, with nothing kept; Refused(UNAVAILABLE) where the turn did not
    come, or a lock or the time ran out. A deadlock is tried again, since nothing of it was kept.
    """
    try:
        async with database.turns.turn(organisation):
            written = await write_past_deadlocks(database, organisation, work, read, once)
    except (Crowded, asyncpg.DeadlockDetectedError, *BUSY):
        raise Refused(RefusalCode.UNAVAILABLE, "Too busy just now; please try again.") from None
    if not written.repeated:
        database.committed(organisation, written.position, written.access_changed)
    return written


async def write_past_deadlocks(
    database: Database,
    organisation: UUID,
    work: Callable[[Transaction], Awaitable[Outcome]],
    read: Callable[[Transaction, Outcome], Awaitable[P]],
    once: Once | None,
) -> Written[P]:
    for _ in range(2):
        with suppress(asyncpg.DeadlockDetectedError):
            return await attempt_write(database, organisation, work, read, once)
    return await attempt_write(database, organisation, work, read, once)


async def attempt_write(
    database: Database,
    organisation: UUID,
    work: Callable[[Transaction], Awaitable[Outcome]],
    read: Callable[[Transaction, Outcome], Awaitable[P]],
    once: Once | None,
) -> Written[P]:
    async with database.writes.connection() as connection, connection.transaction():
        tx = Transaction(connection, organisation)
        if once is not None and (earlier := await answered_before(tx, once)) is not None:
            result, position = earlier
            row = await tx.row(HEAD, organisation)
            assert row is not None
            payload = await read(tx, Outcome(result))
            return Written(result, payload, position, row["epoch"], repeated=True)
        outcome = await work(tx)
        # The payload before the append: reading after it would hold the position's row for one more round trip.
        payload = await read(tx, outcome)
        if outcome.events:
            position, epoch = await append(tx, outcome.events, outcome.id, once)
        else:
            row = await tx.row(HEAD, organisation)
            assert row is not None
            position, epoch = row["position"], row["epoch"]
            if once is not None:
                await tx.run(KEEP, organisation, once.person, once.mutation, once.key, outcome.id, position)
        people = tuple(event.person for event in outcome.events if isinstance(event, AccessChanged))
        return Written(outcome.id, payload, position, epoch, repeated=not outcome.events, access_changed=people)


CLAIM = """
insert into idempotency_key (organisation_id, person_id, mutation, key, input_hash) values ($1, $2, $3, $4, $5)
on conflict do nothing returning true
"""
CLAIMED = """
select input_hash, result_id, position from idempotency_key
where organisation_id = $1 and person_id = $2 and mutation = $3 and key = $4
"""
KEEP = """
update idempotency_key set result_id = $5, position = $6
where organisation_id = $1 and person_id = $2 and mutation = $3 and key = $4
"""


async def answered_before(tx: Transaction, once: Once) -> tuple[UUID, int] | None:
    """The first answer to this key, or None: it is now claimed. Of two at once the second waits at the insert."""
    scope = (tx.organisation, once.person, once.mutation, once.key)
    if await tx.row(CLAIM, *scope, once.input_hash) is not None:
        return None
    row = await tx.row(CLAIMED, *scope)
    if row is None:  # the first one was swept between the two statements
        raise Refused(RefusalCode.UNAVAILABLE, "Too busy just now; please try again.")
    if row["input_hash"] != once.input_hash:
        raise UserMistake(
            UserErrorCode.IDEMPOTENCY_CONFLICT,
            "This key was already used for something else.",
            ["idempotencyKey"],
        )
    return row["result_id"], row["position"]
