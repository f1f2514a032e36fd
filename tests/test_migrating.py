"""Migrating a hospital's database while it is used: writers go on, and whoever is in the way is named."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from alembic import command
from sqlalchemy import Connection, text

from db import migrate
from db.engine import Database
from db.errors import Misconfigured

WAITS = "select exists (select from pg_locks where not granted and relation = 'idea'::regclass)"
HELD = "process {} (a long report, postgres, since "


@pytest_asyncio.fixture
async def earlier(database: Database) -> str:
    """The address of a database that an earlier release has left: of what gs0003 alters, `idea` is what people use."""

    def made(connection: Connection) -> None:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
        config = migrate.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "gs0002")

    await migrate.with_connection(database.dsn, made)
    return database.dsn


@pytest_asyncio.fixture
async def report(earlier: str) -> AsyncIterator[asyncpg.Connection]:
    """Somebody whose long query has read the ideas, and who does not end their transaction."""
    connection = await asyncpg.connect(earlier, server_settings={"application_name": "a long report"})
    await connection.execute("begin; select from idea")
    yield connection
    await connection.close()


async def versions(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval("select string_agg(version_num, ',') from alembic_version"))
    finally:
        await connection.close()


async def test_writers_pass_while_a_migration_waits_and_it_goes_through_when_the_table_is_free(
    earlier: str, report: asyncpg.Connection, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    migrating = asyncio.create_task(migrate.migrate(earlier))
    while not await database.value(WAITS):
        pass
    async with database.writes.connection() as writer:  # with the patience of all that serve: three seconds
        await writer.execute("update idea set title = title")
    assert await versions(earlier) == "gs0002", "the report is still there"
    await report.execute("rollback")
    await migrating
    assert await migrate.check_schema(database) == migrate.newest()
    [said] = [record.getMessage() for record in caplog.records if record.name == "db.migrate"]
    assert said.startswith(f"Migrating waits, since the tables are held by {HELD.format(report.get_server_pid())}")


async def test_who_never_lets_go_is_named_and_nothing_is_changed(earlier: str, report: asyncpg.Connection) -> None:
    with pytest.raises(Misconfigured) as refused:
        await migrate.migrate(earlier, tries=1)
    held = HELD.format(report.get_server_pid())
    assert str(refused.value).startswith(f"DATABASE_URL: the tables are held by {held}")
    assert str(refused.value).endswith(" UTC), and nothing was changed; let them finish, and migrate again.")
    assert await versions(earlier) == "gs0002"
