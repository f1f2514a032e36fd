"""The database that a command works on: the embedded one for as long as the command runs, or DATABASE_URL's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from api.settings import Settings
from db import embedded
from db.engine import Database, check
from db.migrate import check_schema, migrate

T = TypeVar("T")


@contextmanager
def database_address(settings: Settings, *, keep: bool = False) -> Iterator[str]:
    """The database's address. The embedded PostgreSQL is attached to, or started; the last to leave stops it.

    `keep`: it is started again, too, should it end while it is used.
    """
    if settings.database_url is not None:
        yield settings.database_url
        return
    with (embedded.keep if keep else embedded.start)(settings.home) as running:
        yield running.dsn


@asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    """Raises Misconfigured where the database does not answer or is too old."""
    database = Database(dsn, readers=2, writers=2)
    try:
        await check(database)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def up_to_date(settings: Settings, dsn: str) -> AsyncIterator[Database]:
    """Opened, with this release's tables. Ours are made and migrated; those of DATABASE_URL must have been."""
    async with opened(dsn) as database:
        if settings.embedded:
            await migrate(dsn)
        await check_schema(database)
        yield database


def on_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """What `work` answers, on a database that is up to date."""

    async def worked(dsn: str) -> T:
        async with up_to_date(settings, dsn) as database:
            return await work(database)

    with database_address(settings) as dsn:
        return asyncio.run(worked(dsn))
