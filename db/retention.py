"""What a feed no longer keeps: events older than the installation wants, but for the spine of its history (rule 18).

Invariant: what takes an event away remembers it, a type, in the same statement. So whoever reads the log, and then
these marks, knows whether something was missing. No lock is taken that a writer wants: an old event is nobody's to
change, the position's row is only looked at, and each batch is a transaction of its own.
"""

from datetime import timedelta

from db.engine import Connection, Database
from db.events import (
    PUBLIC,
    AccessChanged,
    Event,
    IdeaStatusChanged,
    SettingsChanged,
    Silent,
    ThemeClosed,
    ThemeOpened,
    WinShared,
)

LOCK = 0x7072756E65  # "prune": the advisory lock of whoever prunes
STRIDE = 1000  # positions of a batch

# A newer release's are not ours to take away.
KNOWN: tuple[type[Event], ...] = (*PUBLIC, Silent, AccessChanged, SettingsChanged)
SPINE: tuple[type[Event], ...] = (IdeaStatusChanged, ThemeOpened, ThemeClosed, WinShared)
PASSING = tuple(event.type for event in KNOWN if event not in SPINE)

# Times never run backwards along positions, so the first event that is young ends it: `onward` is from where to go
# on, over positions that are gone already. The newest event stays: it says as of when an answer is.
PRUNE = """
with gone as (
    delete from event
    where organisation_id = $1 and position > $2 and position <= $3 and type = any($4::text[])
    and at < now() - $5::interval and position < (select position from feed_head where organisation_id = $1)
    returning type, position
), marked as (
    insert into pruned (organisation_id, type, position) select $1, type, max(position) from gone group by type
    on conflict (organisation_id, type) do update set position = excluded.position
)
select (select count(*) from gone) as gone, (
    select next.position - 1 from (
        select position, at from event where organisation_id = $1 and position > $3 order by position limit 1
    ) next where next.at < now() - $5::interval
) as onward
"""
# Up to the last mark nothing is left to take away.
FROM = """
select organisation_id, coalesce((select max(position) from pruned where organisation_id = head.organisation_id), 0)
from feed_head head order by organisation_id
"""
# With the epoch of the log that they are about: a database that is restored has the marks of its own time.
MARKS = """
select organisation_id, epoch, type, pruned.position from pruned join feed_head using (organisation_id)
"""
MARKS_OF_ONE = f"{MARKS} where organisation_id = $1"


async def prune(database: Database, keep: timedelta, *, stride: int = STRIDE) -> int | None:
    """Takes away what is older than `keep`, in every organisation; how many events. None: somebody else is at it."""
    async with database.writes.connection() as connection:
        if not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
            return None
        try:
            gone = 0
            for organisation, after in await connection.fetch(FROM):
                gone += await _prune_feed(connection, organisation, after, keep, stride)
            return gone
        finally:
            await connection.fetchval("select pg_advisory_unlock($1)", LOCK)


async def _prune_feed(connection: Connection, organisation: object, after: int, keep: timedelta, stride: int) -> int:
    gone, onward = 0, after
    while onward is not None:
        row = await connection.fetchrow(PRUNE, organisation, onward, onward + stride, PASSING, keep)
        assert row is not None
        gone, onward = gone + row["gone"], row["onward"]
    return gone
