"""The embedded PostgreSQL's processes: initdb, the server, how it is recognised, entered and shut down.

Everything here is called under the `start` lock (embedded.py), so two of these never run at once.
"""

import asyncio
import fcntl
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import asyncpg

from db.embedded_home import EmbeddedError, Home, binaries, require_account_name, socket_folder

if TYPE_CHECKING:
    import psutil

_log = logging.getLogger(__name__)

_MAJOR, _PORT = "18", 5432  # a Unix socket has a port too: it is in its name
_LOG_KEPT = 10_000_000  # bytes; what is older goes to postgres.log.1 at the next start

# Collation by PostgreSQL's own C.UTF-8 does not change with the system's libc, so indexes stay valid. Words
# are still told apart by libc (in plain C typographic quotes would be letters), where macOS has other names.
_LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
_INITDB = (
    *("--username=postgres", "--encoding=UTF8", "--data-checksums", "--no-instructions"),
    *(f"--locale={_LOCALE}", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    *("--auth-local=trust", "--auth-host=reject"),
    # These go to postgresql.conf, where an operator may change them.
    *("--set=max_connections=200", "--set=shared_buffers=128MB", "--set=fsync=on"),
    *("--set=timezone=UTC", "--set=log_timezone=UTC", "--set=log_checkpoints=off"),
    "--set=log_error_verbosity=terse",  # the details quote rows, and people's data stay out of the log
)


def attach(home: Home) -> str | None:
    """The address of the server that runs, once it accepts connections; None as soon as nothing runs."""
    waiting = Waiting(f"Waiting for the PostgreSQL that already works on {home.data}")
    while runs(home):
        dsn = _address(home.data)
        if dsn is not None and _accepts(dsn):
            return dsn
        waiting.a_moment(home)
    return None


def runs(home: Home) -> bool:
    """Something works on its data, or still does after a kill: whoever wants a server waits for `attach`."""
    return _held(home) or _postmaster(home.data) is not None


def launch(home: Home) -> str:
    """Start the server on its data, made if there are none; its address once it accepts connections."""
    programs = binaries(home)
    server = lock(home, "server", fcntl.LOCK_EX)
    try:
        _make_data(home, programs, server)
        sockets = socket_folder(home)
        # Nothing works on these data, so a pid they name is dead or somebody else's; but PostgreSQL would
        # take a living one for its own kind and refuse. The socket has such a file too.
        for stale in (home.data / "postmaster.pid", sockets / f".s.PGSQL.{_PORT}.lock"):
            stale.unlink(missing_ok=True)
        process, log_begins = _spawn_server(home, programs, sockets, server)
    finally:
        os.close(server)  # PostgreSQL holds it from here
    try:
        dsn = _dsn(sockets, _PORT)
        waiting = Waiting("PostgreSQL is starting; after a crash it first reads its journal")
        while not _accepts(dsn):
            if process.poll() is not None:
                raise EmbeddedError(
                    f"PostgreSQL ended while it started (exit code {process.returncode}). "
                    f"The end of {home.log}:\n{_tail(home.log, log_begins)}"
                )
            waiting.a_moment(home)
    except BaseException:
        process.terminate()
        process.wait()
        raise
    # Whenever it ends, it is reaped at once and never stays as a zombie of ours.
    threading.Thread(target=process.wait, name="embedded-postgres", daemon=True).start()
    return dsn


def shut_down(home: Home) -> None:
    """Stop the server that Groundswell started, and wait until all its processes have ended."""
    if not _held(home):
        return  # it has ended by itself, or somebody started it by hand and will stop it so
    postmaster = _postmaster(home.data)
    if postmaster is None:
        return  # the children of a killed one end by themselves
    sockets = socket_folder(home)
    os.kill(postmaster.pid, signal.SIGINT)  # its fast shutdown; SIGTERM would wait for a forgotten psql
    waiting = Waiting("PostgreSQL is stopping")
    while _held(home):
        waiting.a_moment(home)
    if sockets.parent != home.path:
        with suppress(OSError):
            sockets.rmdir()


def lock(home: Home, name: str, kind: int) -> int:
    """A descriptor that holds one of the home's locks until it is closed, also by the process's end."""
    descriptor = os.open(home.path / "locks" / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, kind)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


class Waiting:
    """A wait without a limit (recovery takes what it takes), which says after some seconds what it is for."""

    def __init__(self, what: str) -> None:
        self._what, self._began, self._say_at = what, time.monotonic(), 3.0

    def a_moment(self, home: Home) -> None:
        waited = time.monotonic() - self._began
        if waited > self._say_at:
            self._say_at += 10
            _log.warning("%s (%.0f s so far; its log is %s).", self._what, waited, home.log)
        time.sleep(0.02 if waited < 2 else 0.2)


def _make_data(home: Home, programs: Path, server: int) -> None:
    """initdb works in another folder, renamed when complete, so that half of one is never taken for data."""
    if home.data.is_dir() and any(home.data.iterdir()):
        _check_data(home)
        return
    require_account_name(home.account)
    new = home.path / "data.new"
    if new.exists():
        shutil.rmtree(new)
    new.mkdir(mode=0o700)
    home.account.own(new)
    process = _spawn(home, [programs / "initdb", "-D", new, *_INITDB], server, subprocess.PIPE)
    try:
        output, _ = process.communicate()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if process.returncode != 0:
        said = output.decode(errors="replace")[-2000:]
        raise EmbeddedError(f"PostgreSQL's initdb failed in {home.path}:\n{said}")
    new.rename(home.data)
    folder = os.open(home.path, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _check_data(home: Home) -> None:
    version = home.data / "PG_VERSION"
    if not version.exists():
        raise EmbeddedError(f"{home.data} holds something that is not PostgreSQL's: move it away.")
    if home.data.stat().st_uid != home.account.uid:
        raise EmbeddedError(f"{home.data} does not belong to the account that runs PostgreSQL: chown it.")
    major = version.read_text().strip()
    if major != _MAJOR:
        raise EmbeddedError(
            f"{home.data} was made by PostgreSQL {major}, and this release brings {_MAJOR}: dump the data "
            "with the release that made them, move the folder away and restore the dump here."
        )


def _spawn_server(home: Home, programs: Path, sockets: Path, server: int) -> tuple[subprocess.Popen[bytes], int]:
    if home.log.exists() and home.log.stat().st_size > _LOG_KEPT:
        home.log.replace(home.log.with_name("postgres.log.1"))
    # On the command line, because nothing in the data's own settings may open the server to others.
    settings = {
        "listen_addresses": "",
        "port": str(_PORT),
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
    }
    command: list[str | Path] = [programs / "postgres", "-D", home.data]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        begins = os.fstat(log).st_size
        return _spawn(home, command, server, log), begins
    finally:
        os.close(log)


def _spawn(home: Home, command: list[str | Path], server: int, output: int) -> subprocess.Popen[bytes]:
    """In a session of its own, away from a terminal's Ctrl-C; with no secret of ours in its environment."""
    switched, account = home.account.switched, home.account
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        cwd="/",  # ours may be closed to the account
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": _LOCALE},
        pass_fds=(server,),
        start_new_session=True,
        user=account.uid if switched else None,
        group=account.gid if switched else None,
        extra_groups=[] if switched else None,
    )


def _held(home: Home) -> bool:
    try:
        os.close(lock(home, "server", fcntl.LOCK_EX | fcntl.LOCK_NB))
    except BlockingIOError:
        return True
    return False


def _postmaster(data: Path) -> "psutil.Process | None":
    """The process that postmaster.pid names, if it really is the PostgreSQL of these data."""
    try:
        pid = int(_pid_file(data)[0])
    except (IndexError, ValueError):
        return None
    import psutil  # where there is a database of one's own, neither it nor the bundled PostgreSQL is needed

    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres":
            return None
        # A server stands in its data folder. A container's root may not see that, but the command line.
        with suppress(psutil.AccessDenied):
            return process if Path(process.cwd()) == data else None
        return process if str(data) in process.cmdline() else None
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None


def _pid_file(data: Path) -> list[str]:
    """Pid, data folder, time of start, port, socket folder, listening address, shared memory, status."""
    try:
        return os.fsdecode((data / "postmaster.pid").read_bytes()).splitlines()
    except OSError:
        return []


def _address(data: Path) -> str | None:
    lines = _pid_file(data)
    return _dsn(Path(lines[4]), int(lines[3])) if len(lines) > 4 and lines[3].isdigit() else None


def _dsn(sockets: Path, port: int) -> str:
    # The port is named, because asyncpg would otherwise ask the environment's PGPORT.
    return f"postgresql://postgres@/groundswell?host={quote(str(sockets))}&port={port}"


def _accepts(dsn: str) -> bool:
    """Whether it lets us in; makes our database if there is none yet."""

    async def enter() -> None:
        connection = await asyncpg.connect(dsn, database="postgres", timeout=5)
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = 'groundswell'"):
                await connection.execute("CREATE DATABASE groundswell ENCODING 'UTF8' TEMPLATE template0")
        finally:
            await connection.close()

    try:
        with ThreadPoolExecutor(1) as apart:  # the calling thread may have an event loop
            apart.submit(asyncio.run, enter()).result()
    except PermissionError:
        raise
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        return False  # it is not there, or died while it let us in
    except (asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError):
        return False
    except (asyncpg.AdminShutdownError, asyncpg.CrashShutdownError):
        return False
    return True


def _tail(log: Path, begin: int) -> str:
    with log.open("rb") as file:
        file.seek(max(begin, log.stat().st_size - 2000))
        return file.read().decode(errors="replace").strip()
