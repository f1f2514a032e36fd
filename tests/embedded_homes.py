"""Homes of the embedded PostgreSQL to test with, and processes that use them."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from db import embedded, embedded_server

ROOT = os.geteuid() == 0

# Starts or attaches, says so, and leaves when its standard input ends.
USER = """
import json, pathlib, sys
from db import embedded
with embedded.start(pathlib.Path(sys.argv[1])) as running:
    print(json.dumps([running.dsn, running.owned]), flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    """Not pytest's tmp_path: as root that is closed to the account which runs PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="gs-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def data(base: Path) -> Path:
    """Data of a stopped server. Tests borrow them by renaming: making or copying them takes a second."""
    embedded.start(base / "first").stop()
    return (base / "first/data").rename(base / "data")


@pytest.fixture
def new_home(base: Path) -> Iterator[Callable[[str], Path]]:
    homes: list[Path] = []

    def make(name: str) -> Path:
        homes.append(base / "new" / name)
        return homes[-1]

    (base / "new").mkdir()
    (base / "new").chmod(0o711)
    yield make
    for home in homes:
        process = postmaster(home)
        if process is not None:
            process.kill()
    for home in homes:
        until(partial(free, home))
    shutil.rmtree(base / "new")


@pytest.fixture
def home_at(new_home: Callable[[str], Path], data: Path) -> Iterator[Callable[[str], Path]]:
    homes: list[Path] = []

    def make(name: str) -> Path:
        home = embedded.prepare_home(new_home(name))
        data.rename(home.data)
        homes.append(home.path)
        return home.path

    yield make
    process = postmaster(homes[0])
    if process is not None:
        process.kill()
    until(partial(free, homes[0]))
    (homes[0] / "data").rename(data)


@pytest.fixture
def home(home_at: Callable[[str], Path]) -> Path:
    return home_at("home")


def postmaster(home: Path) -> psutil.Process | None:
    return embedded_server._postmaster(home / "data")


def free(home: Path) -> bool:
    return not (home / "locks").exists() or not embedded_server._held(embedded.prepare_home(home))


def until(true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.01)


def ask(dsn: str, *statements: str) -> Any:
    """The last statement's value, from a connection of its own."""

    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return [await connection.fetchval(each) for each in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(run())


class User:
    """Another process that uses the server."""

    def __init__(self, home: Path) -> None:
        repository = Path(__file__).parent.parent
        self.process = subprocess.Popen(
            [sys.executable, "-c", USER, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(repository)},
        )

    def ready(self) -> tuple[str, bool]:
        assert self.process.stdout is not None
        dsn, owned = json.loads(self.process.stdout.readline())
        return dsn, owned

    def leave(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def killed_postgres(home: Path) -> int:
    process = postmaster(home)
    assert process is not None
    process.kill()
    process.wait()
    return process.pid
