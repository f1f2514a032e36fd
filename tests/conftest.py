"""One PostgreSQL for the test run; each test gets a database of its own, copied from a migrated template."""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from db import embedded, migrate, passwords
from db.engine import Database
from tests import factories
from tests.client import Api, serving

TEMPLATE = "groundswell_template"

# What a shell starts in the background ignores Ctrl-C, and so would every server that a test presses it for.
signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
# From 40 seconds on, the longest first. Processes share the tests by file, and whichever begins a long one last
# is waited for by the others. Two that build clients/ stand apart: one would wait for the other.
LONGEST = (
    "tests/test_documented.py",
    "tests/browser/test_live_page.py",
    "tests/clients/test_clients.py",
    "tests/browser/test_share_page.py",
    "tests/test_plans.py",
    "tests/browser/test_mine_page.py",
    "tests/browser/test_live_decisions.py",
    "tests/browser/test_settings_page.py",
    "tests/topology/test_topology.py",
    "tests/browser/test_wall.py",
    "tests/browser/test_wheel.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; within a file, and of all others, the order stays."""
    place = {ROOT / name: n for n, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


def named(dsn: str, name: str) -> str:
    """The address of another database of the same server."""
    before, _, after = dsn.partition("@/groundswell?")
    return f"{before}@/{name}?{after}"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the test run's own PostgreSQL, with the template made."""
    # Not pytest's tmp_path: as root that is closed to the account which runs PostgreSQL.
    folder = Path(tempfile.mkdtemp(prefix="gs-", dir="/tmp" if os.path.isdir("/tmp") else None)).resolve()
    folder.chmod(0o711)
    try:
        with embedded.start(folder / "home") as running:
            asyncio.run(_make_template(running.dsn))
            yield running.dsn
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _make_template(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
        await connection.execute(f"alter system set {setting}")  # a test run's data may die with it
    await connection.execute("select pg_reload_conf()")
    await connection.execute(f"create database {TEMPLATE}")
    await connection.close()
    await migrate.migrate(named(dsn, TEMPLATE))


async def _copied(server: str, template: str = TEMPLATE) -> AsyncIterator[str]:
    name = f"t_{uuid4().hex}"
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(f"create database {name} template {template} strategy file_copy")
        yield named(server, name)
        await connection.execute(f"drop database {name} with (force)")
    finally:
        await connection.close()


async def _opened(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn)
    try:
        yield database
    finally:
        await database.close()


@pytest_asyncio.fixture
async def dsn(server: str) -> AsyncIterator[str]:
    """A migrated, empty database."""
    async for each in _copied(server):
        yield each


@pytest_asyncio.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    async for each in _opened(dsn):
        yield each


@pytest_asyncio.fixture(scope="module")
async def module_database(server: str) -> AsyncIterator[Database]:
    """One database for a module whose tests do not get in each other's way."""
    async for copied in _copied(server):
        async for each in _opened(copied):
            yield each


@pytest_asyncio.fixture(scope="session")
async def hospital_template(server: str) -> tuple[str, factories.Hospital]:
    """A second template, with a hospital in it: made once by the operations, then copied."""
    name = "groundswell_hospital"
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name} template {TEMPLATE} strategy file_copy")
    await connection.close()
    database = Database(named(server, name))
    made = await factories.hospital(database)
    await database.close()
    return name, made


@pytest_asyncio.fixture
async def hospital(server: str, hospital_template: tuple[str, factories.Hospital]) -> AsyncIterator[factories.Hospital]:
    """A hospital in a database of its own (`hospital.database`)."""
    name, made = hospital_template
    async for copied in _copied(server, name):
        async for database in _opened(copied):
            yield made.on(database)


@pytest_asyncio.fixture(scope="module")
async def module_hospital(
    server: str, hospital_template: tuple[str, factories.Hospital]
) -> AsyncIterator[factories.Hospital]:
    """One hospital for a module whose tests do not get in each other's way."""
    name, made = hospital_template
    async for copied in _copied(server, name):
        async for database in _opened(copied):
            yield made.on(database)


@pytest_asyncio.fixture(scope="module")
async def module_api(module_hospital: factories.Hospital) -> AsyncIterator[Api]:
    """The whole application on it."""
    async with serving(module_hospital.database.dsn) as api:
        yield api


@pytest.fixture(scope="module")
def quick_passwords() -> Iterator[None]:
    """Hashes that cost little, for modules that sign in often."""
    passwords._nobody.clear()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield
    passwords._nobody.clear()
