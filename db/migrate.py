"""Bring a database to this release's tables, refuse one that is not ours, and begin a new epoch after a restore."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from db import log, migrations
from db.engine import Database
from db.errors import Misconfigured
from db.models import metadata

T = TypeVar("T")

LOCK = 0x67726F756E64  # "ground": the advisory lock of whoever migrates
PREFIX = "gs"  # our versions are gs0001, gs0002, …: others' are told by it
_NOT_OURS = "DATABASE_URL: this database holds other tables. Groundswell needs one of its own."
_NEWER = (
    "DATABASE_URL: this database was migrated by a newer release of Groundswell; run that one, or restore a backup."
)


async def migrate(dsn: str) -> None:
    """Bring the database to this release, in one transaction; who comes second waits and finds nothing to do.

    Raises Misconfigured where it is newer than this release, or not ours.
    """
    await with_connection(dsn, _upgrade)


async def with_connection(dsn: str, work: Callable[[Connection], T]) -> T:
    """Run something of SQLAlchemy's in one transaction, under the lock of migrations."""
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn, timeout=10), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            await _locked(connection)
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


async def _locked(connection: AsyncConnection) -> None:
    await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})


def configuration() -> Config:
    """Alembic's, without a file: everything it needs lies in this package."""
    config = Config()
    folder = Path(migrations.__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    head = ScriptDirectory.from_config(configuration()).get_current_head()
    assert head is not None, "the package has its versions"
    return head


def _upgrade(connection: Connection) -> None:
    _refuse_foreign(MigrationContext.configure(connection).get_current_heads(), _tables(connection))
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _tables(connection: Connection) -> set[str]:
    names = connection.execute(text("select tablename from pg_tables where schemaname = current_schema()"))
    return {name for (name,) in names}


def _refuse_foreign(versions: tuple[str, ...], tables: set[str]) -> None:
    if not versions and tables - {"alembic_version"}:
        raise Misconfigured(_NOT_OURS)
    if any(not version.startswith(PREFIX) for version in versions):
        raise Misconfigured(_NOT_OURS)
    known = {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if set(versions) - known:
        raise Misconfigured(_NEWER)


async def check_schema(database: Database) -> None:
    """Raises Misconfigured where the database is not migrated, is newer than this release, or is not ours."""
    found = await database.rows("select tablename from pg_tables where schemaname = current_schema()")
    tables = {row["tablename"] for row in found}
    versions: tuple[str, ...] = ()
    if "alembic_version" in tables:
        versions = tuple(row["version_num"] for row in await database.rows("select version_num from alembic_version"))
    _refuse_foreign(versions, tables)
    if versions != (newest(),):
        raise Misconfigured("The database has not been brought to this release yet: run `groundswell migrate`.")


async def new_epoch(database: Database) -> None:
    """After a restore: cursors from before are expired, instead of passing over what happens from now on."""
    async with database.writes.connection() as connection:
        await connection.execute("update feed_head set epoch = $1", log.new_epoch())


def differences(connection: Connection) -> list[Any]:
    """What Alembic would still change to bring these tables to db.models; nothing, if the versions are whole."""

    return list(
        compare_metadata(MigrationContext.configure(connection, opts={"compare_server_default": True}), metadata)
    )
