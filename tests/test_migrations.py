"""Migrations bring a database to exactly the tables that the code knows, and refuse what is not ours."""

import asyncio

import asyncpg
import pytest
from alembic.script import ScriptDirectory

from db import migrate
from db.engine import Database
from db.errors import Misconfigured
from tests.factories import Hospital


async def test_the_versions_make_exactly_the_models(dsn: str) -> None:
    assert await migrate.with_connection(dsn, migrate.differences) == []


async def test_a_migrated_database_passes_the_check_and_migrating_again_changes_nothing(database: Database) -> None:
    await migrate.migrate(database.dsn)
    await migrate.check_schema(database)


@pytest.fixture
async def bare(server: str, database: Database) -> str:
    """The address of a database with nothing in it."""
    connection = await asyncpg.connect(database.dsn)
    await connection.execute("drop schema public cascade; create schema public")
    await connection.close()
    return database.dsn


async def test_two_that_migrate_at_once_both_succeed(bare: str, database: Database) -> None:
    await asyncio.gather(*(migrate.migrate(bare) for _ in range(3)))
    await migrate.check_schema(database)


async def test_an_empty_database_is_told_to_migrate(bare: str, database: Database) -> None:
    with pytest.raises(Misconfigured, match="groundswell migrate"):
        await migrate.check_schema(database)


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        ("create table patient (id integer)", "other tables"),
        (
            "create table alembic_version (version_num text); insert into alembic_version values ('a1b2')",
            "other tables",
        ),
        ("create table alembic_version (version_num text); insert into alembic_version values ('gs9999')", "newer"),
    ],
)
async def test_what_is_not_ours_or_newer_is_refused_and_left_alone(
    bare: str, database: Database, statements: str, sentence: str
) -> None:
    connection = await asyncpg.connect(bare)
    await connection.execute(statements)
    before = await connection.fetch("select tablename from pg_tables where schemaname = 'public'")
    with pytest.raises(Misconfigured, match=sentence):
        await migrate.migrate(bare)
    with pytest.raises(Misconfigured, match=sentence):
        await migrate.check_schema(database)
    assert await connection.fetch("select tablename from pg_tables where schemaname = 'public'") == before
    await connection.close()


def test_each_version_declares_the_oldest_that_may_serve_on_its_tables_and_none_goes_back() -> None:
    versions = list(ScriptDirectory.from_config(migrate.configuration()).walk_revisions())[::-1]
    known = [version.revision for version in versions]
    declared = [known.index(version.module.oldest) for version in versions]
    assert declared == sorted(declared), "what may not serve on one's tables may not serve on the next's"
    assert all(oldest <= own for own, oldest in enumerate(declared))


async def test_a_new_epoch_is_another_one(hospital: Hospital) -> None:
    before = await hospital.database.value("select epoch from feed_head order by organisation_id limit 1")
    await migrate.new_epoch(hospital.database)
    after = await hospital.database.rows("select distinct epoch from feed_head")
    assert before not in {row["epoch"] for row in after}
    assert "." not in after[0]["epoch"]
