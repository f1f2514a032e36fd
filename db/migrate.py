"""Bring a database to this release's tables, refuse one that is not ours, and begin a new epoch after a restore."""

import asyncio
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from db import log, migrations
from db.blocking import watched
from db.engine import Database
from db.errors import Misconfigured
from db.models import metadata

T = TypeVar("T")
_log = logging.getLogger(__name__)

LOCK = 0x67726F756E64  # "ground": the advisory lock of whoever migrates
# Who waits for a table has all behind it who want it next. So not for long (what we serve with waits three seconds, and
# PostgreSQL looks for deadlocks after one), and again when those have gone on: for a minute.
WAIT, PAUSE, TRIES = 0.5, 2.0, 24
_LOCKED_OUT = {"55P03", "40P01"}  # the SQLSTATE of a lock that was not to be had in time, and of a deadlock
PREFIX = "gs"  # our versions are gs0001, gs0002, …: others' are told by it
_NOT_OURS = "DATABASE_URL: this database holds other tables. Groundswell needs one of its own."
_NEWER = (
    "DATABASE_URL: this database was migrated by a newer release of Groundswell, and this release is too old for its "
    "tables; run the newer one, or restore a backup."
)
_BEHIND = "The database has not been brought to this release yet: run `groundswell migrate`."
# Kept as the version table's comment: dumps and copies carry it, whoever may connect may read it, only who migrates may
# write it, and releases that do not know of it do not see it.
_OLDEST = re.compile(r"oldest: (\w+)")
_TABLES = "select tablename from pg_tables where schemaname = current_schema()"
_VERSIONS = "select version_num from alembic_version"
_COMMENT = "select obj_description(to_regclass('alembic_version'), 'pg_class')"


@dataclass(frozen=True)
class Found:
    """What a database says of itself: its tables, their versions, and what the newest of these says beside them."""

    tables: set[str]
    versions: tuple[str, ...]
    comment: str | None

    @property
    def oldest(self) -> str | None:
        """The oldest version that may still serve on these tables; None where no older one may."""
        said = _OLDEST.search(self.comment or "")
        return said[1] if said else None


async def migrate(dsn: str, *, tries: int = TRIES) -> None:
    """Bring the database to this release, in one transaction; who comes second waits and finds nothing to do.

    A newer release's tables on which this one may still serve are left as they are. Raises Misconfigured where it may
    not, where the database is not ours, and where somebody holds on to a table for so many tries.
    """
    holders: list[str] = []
    for left in reversed(range(tries)):
        holders.clear()  # who was in the way before may be gone
        try:
            return await with_connection(dsn, _upgrade, holders)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in _LOCKED_OUT:
                raise
        held = f"the tables are held by {' and '.join(holders) or 'somebody'}"
        if not left:
            raise Misconfigured(f"DATABASE_URL: {held}, and nothing was changed; let them finish, and migrate again.")
        if left == tries - 1:
            _log.warning("Migrating waits, since %s.", held)
        await asyncio.sleep(PAUSE)
    return None


async def with_connection(dsn: str, work: Callable[[Connection], T], holders: list[str] | None = None) -> T:
    """Run something of SQLAlchemy's in one transaction, under the lock of migrations.

    `holders` becomes those who held it up. Raises DBAPIError where that took too long.
    """
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(dsn, timeout=10), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            await connection.execute(text(f"set local lock_timeout = {round(1000 * WAIT)}"))
            process: int = await connection.scalar(text("select pg_backend_pid()"))
            async with watched(dsn, process, [] if holders is None else holders):
                return await connection.run_sync(work)
    finally:
        await engine.dispose()


def configuration() -> Config:
    """Alembic's, without a file: everything it needs lies in this package."""
    config = Config()
    folder = Path(migrations.__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    head = _scripts().get_current_head()
    assert head is not None, "the package has its versions"
    return head


def oldest() -> str:
    """The oldest version that may still serve on this release's tables, as its newest version declares it."""
    declared = _scripts().get_revision(newest()).module.oldest
    assert isinstance(declared, str)
    return declared


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration())


def _upgrade(connection: Connection) -> None:
    tables = set(connection.scalars(text(_TABLES)))
    versions = MigrationContext.configure(connection).get_current_heads()
    if _is_newer(Found(tables, versions, connection.scalar(text(_COMMENT)))) or versions == (newest(),):
        return
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    comment = f"Groundswell {newest()}. Releases may serve on these tables from oldest: {oldest()}"
    connection.execute(text(f"comment on table alembic_version is '{comment}'"))


def _is_newer(found: Found) -> bool:
    """Whether it is a newer release's, on which this one may serve. Raises Misconfigured where it may not."""
    if not found.versions and found.tables - {"alembic_version"}:
        raise Misconfigured(_NOT_OURS)
    if any(not version.startswith(PREFIX) for version in found.versions):
        raise Misconfigured(_NOT_OURS)
    known = {script.revision for script in _scripts().walk_revisions()}
    newer = not known.issuperset(found.versions)
    if newer and found.oldest not in known:
        raise Misconfigured(_NEWER)
    return newer


async def check_schema(database: Database) -> str:
    """The version of the tables: this release's, or a newer one on which this release may still serve.

    Raises Misconfigured where the database is not migrated, is not ours, or is too new for this release.
    """
    tables = {row["tablename"] for row in await database.rows(_TABLES)}
    versions: tuple[str, ...] = ()
    if "alembic_version" in tables:
        versions = tuple(row["version_num"] for row in await database.rows(_VERSIONS))
    newer = _is_newer(Found(tables, versions, await database.value(_COMMENT)))
    if not newer and versions != (newest(),):
        raise Misconfigured(_BEHIND)
    return versions[0]


async def new_epoch(database: Database) -> None:
    """After a restore: cursors from before are expired, instead of passing over what happens from now on."""
    async with database.writes.connection() as connection:
        await connection.execute("update feed_head set epoch = $1", log.new_epoch())


def differences(connection: Connection) -> list[Any]:
    """What Alembic would still change to bring these tables to db.models; nothing, if the versions are whole."""

    return list(
        compare_metadata(MigrationContext.configure(connection, opts={"compare_server_default": True}), metadata)
    )
