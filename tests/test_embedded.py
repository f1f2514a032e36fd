"""The embedded PostgreSQL against real processes: who starts it, who stops it, and what survives kill -9."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from db import embedded
from tests.embedded_homes import User, ask, free, killed_postgres, postmaster, until
from tests.embedded_homes import base as base
from tests.embedded_homes import data as data
from tests.embedded_homes import home as home
from tests.embedded_homes import home_at as home_at
from tests.embedded_homes import new_home as new_home


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
    names = "('TimeZone', 'data_checksums', 'fsync', 'listen_addresses', 'max_connections', 'server_encoding')"
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
