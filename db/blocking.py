"""Who holds up a connection that waits for a lock: asked meanwhile, since afterwards nobody can tell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from db.engine import LOST

_EVERY = 0.1  # seconds
_WHO = """
select concat('process ', pid, ' (', concat_ws(', ', coalesce(nullif(application_name, ''), backend_type), usename,
    'since ' || to_char(xact_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"')), ')')
from (select distinct unnest(pg_blocking_pids($1))) blocking (pid) left join pg_stat_activity using (pid)
order by xact_start nulls last limit 3
"""


@asynccontextmanager
async def watched(dsn: str, process: int, holders: list[str]) -> AsyncIterator[None]:
    """Meanwhile `holders` becomes those who held up this process of the database when it last waited, the oldest first.

    A database that does not answer leaves it as it is.
    """
    watching = asyncio.create_task(_watch(dsn, process, holders))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.wait([watching])


async def _watch(dsn: str, process: int, holders: list[str]) -> None:
    await asyncio.sleep(_EVERY)  # most have nobody to wait for, and ended before
    with suppress(*LOST):
        connection = await asyncpg.connect(dsn, timeout=10)
        try:
            while True:
                holders[:] = [who for (who,) in await connection.fetch(_WHO, process)] or holders
                await asyncio.sleep(_EVERY)
        finally:
            connection.terminate()
