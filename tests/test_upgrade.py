"""A newer release migrates while an older one serves: which comes back where it may, and is told where it may not."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from api.commands.run import prepare
from api.settings import Settings
from api.viewer import printed_token
from db import migrate
from db.engine import Database
from db.errors import Misconfigured
from tests.client import ENVIRONMENT
from tests.factories import Hospital
from tests.server import ROOT, Server, free_port, running
from tests.test_cli import asked, command, on
from tests.test_documented import postgres_programs

SUBMIT = "mutation($problem: String!) { submitIdea(input: {problem: $problem}) { userErrors { message } } }"
IDEAS = "{ ideas(first: 1) { nodes { problem author { name } } } }"
VERSION = '''"""What a later release adds."""

import sqlalchemy as sa
from alembic import op

revision = "gs9999"
down_revision = "{before}"
branch_labels = None
depends_on = None
oldest = "{oldest}"


def upgrade() -> None:
    op.create_table("huddle", sa.Column("id", sa.Uuid(), primary_key=True))
    op.add_column("idea", sa.Column("huddle_id", sa.Uuid(), nullable=True))
'''

Newer = Callable[[str], Path]


@pytest.fixture
def newer(tmp_path: Path) -> Newer:
    """Makes the folder of a release that has one version more, on which releases from the given one on may serve."""

    def made(oldest: str) -> Path:
        for package in ("api", "db"):
            shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
        version = VERSION.format(before=migrate.newest(), oldest=oldest)
        (tmp_path / "db/migrations/versions/gs9999_huddles.py").write_text(version)
        return tmp_path

    return made


def migrated_by(release: Path, dsn: str) -> str:
    """What a release prints that migrates."""
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    migrating = [sys.executable, "-m", "api.cli", "migrate"]
    return subprocess.run(
        migrating, cwd=release, env=environment | on(dsn), check=True, capture_output=True, text=True, timeout=60
    ).stdout


def postgres_program(name: str, *arguments: str) -> None:
    subprocess.run([Path(postgres_programs()) / name, *arguments], check=True)


async def executed(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_a_process_of_the_older_release_comes_back_beside_the_newer(hospital: Hospital, newer: Newer) -> None:
    dsn = hospital.database.dsn
    token = await printed_token(hospital.database, Settings.read(ENVIRONMENT), "nina@ashcombe.example", 1)
    later = newer(migrate.newest())
    async with running(dsn) as older:
        await asked(older, token, SUBMIT, problem="Written before there is a newer release")
        await asked(older, token, IDEAS)
        assert migrated_by(later, dsn) == "The database is up to date.\n"
        await asked(older, token, SUBMIT, problem="Written by the older release, which runs on")
        older.kill()
        beside = Server(on(dsn))
        beside.folder = later
        try:
            older.launch()
            beside.launch()
            await asyncio.gather(older.ready(), beside.ready())
            problem = "Written by the older release, which came back"
            assert await asked(older, token, SUBMIT, problem=problem) == {"submitIdea": {"userErrors": []}}
            assert (await asked(beside, token, IDEAS))["ideas"]["nodes"][0]["problem"] == problem
        finally:
            assert beside.stop() == 0
    again = command(on(dsn), "migrate")
    assert again.stdout == (
        "The tables are a newer release's (gs9999), on which this one may serve: they are left as they are.\n"
    )
    assert (again.returncode, again.stderr) == (0, "")
    assert await migrate.check_schema(hospital.database) == "gs9999"


async def test_a_release_that_is_too_old_for_the_tables_is_told_so_and_changes_nothing(dsn: str, newer: Newer) -> None:
    later = newer("gs9999")
    migrated_by(later, dsn)
    environment = {**on(dsn), "PORT": str(free_port())}
    for refused in await asyncio.gather(
        asyncio.to_thread(command, environment, "run"),
        asyncio.to_thread(command, environment, "migrate", "--new-epoch"),
    ):
        assert (refused.returncode, refused.stdout) == (1, "")
        assert refused.stderr == (
            "groundswell: DATABASE_URL: this database was migrated by a newer release of Groundswell, and this release "
            "is too old for its tables; run the newer one, or restore a backup.\n"
        )
    assert migrated_by(later, dsn) == "The database is up to date.\n"


@pytest.mark.parametrize("said", ["null", "'Ours; do not touch'", "'oldest: gs9998'", "'oldest: '"])
async def test_where_the_tables_do_not_name_a_version_that_is_known_nobody_older_serves(
    database: Database, said: str
) -> None:
    await executed(
        database.dsn,
        "update alembic_version set version_num = 'gs9999'",
        f"comment on table alembic_version is {said}",
    )
    with pytest.raises(Misconfigured, match="too old for its tables"):
        await migrate.check_schema(database)
    with pytest.raises(Misconfigured, match="too old for its tables"):
        await migrate.migrate(database.dsn)


async def test_an_embedded_database_that_a_newer_release_has_migrated_is_served(database: Database) -> None:
    await executed(database.dsn, "update alembic_version set version_num = 'gs9999'")
    settings = Settings.read({})
    assert settings.embedded
    assert (await prepare(settings, database.dsn)).inhabited
    assert await migrate.check_schema(database) == "gs9999"


async def test_a_dump_and_a_copy_keep_who_may_serve(dsn: str, tmp_path: Path) -> None:
    await executed(dsn, "update alembic_version set version_num = 'gs9999'")
    dump = str(tmp_path / "groundswell.dump")
    await asyncio.to_thread(postgres_program, "pg_dump", "--format=custom", f"--file={dump}", dsn)
    await executed(dsn, "drop schema public cascade", "create schema public")
    await asyncio.to_thread(postgres_program, "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={dsn}", dump)
    database = Database(dsn)
    assert await migrate.check_schema(database) == "gs9999"
    await database.close()


async def test_who_serves_may_read_which_release_may_and_not_write_it(dsn: str) -> None:
    await executed(
        dsn,
        "update alembic_version set version_num = 'gs9999'",
        "create role serves",
        "grant select, insert, update, delete on all tables in schema public to serves",
    )
    serving = Database(f"{dsn}&role=serves")
    try:
        await migrate.migrate(serving.dsn)
        assert await migrate.check_schema(serving) == "gs9999"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await executed(serving.dsn, "comment on table alembic_version is 'oldest: gs0001'")
    finally:
        await serving.close()
        await executed(dsn, "drop owned by serves", "drop role serves")
