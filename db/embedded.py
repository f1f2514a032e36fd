"""The embedded PostgreSQL: start it, find it, stop it.

It runs as long as some Groundswell process uses it. Three lock files in the home say how things stand. The
kernel drops a lock with the last process that holds it, so kill -9 leaves nothing behind to be misread:

- `start`: held while somebody looks, starts or stops, so that two never do it at once.
- `server`: inherited by initdb, by PostgreSQL and by its children. Held = something still works on the data.
- `users`: shared by every process that uses the server. Who leaves and finds nobody else there stops it.

Linux and macOS. The functions block: from a coroutine call them through asyncio.to_thread.
"""

import fcntl
import logging
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

import asyncpg

from db.embedded_home import EmbeddedError, Home, prepare_home
from db.embedded_server import Waiting, attach, launch, lock, runs, shut_down

__all__ = ["EmbeddedError", "Home", "Running", "find", "keep", "prepare_home", "start"]

_log = logging.getLogger(__name__)

_LOOK, _AGAIN = 1.0, 3.0  # seconds: between two looks at whether it runs; after a start that failed


class Running:
    """A server in use. `owned` tells whether this call started it; either way `stop()` ends our use of it."""

    def __init__(self, home: Home, dsn: str, *, owned: bool) -> None:
        self.home, self.dsn, self.owned = home, dsn, owned
        self._process = os.getpid()
        self._users: int | None = lock(home, "users", fcntl.LOCK_SH)

    def stop(self) -> None:
        """End our use; the last to do so stops the server and waits for it. A second call does nothing."""
        # A forked child shares the lock with its parent, so it must not touch it.
        if self._users is None or self._process != os.getpid():
            return
        users, self._users = self._users, None
        try:
            with _explained(self.home.path, "stopped"), _alone(self.home):
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return  # others use it
                shut_down(self.home)
        finally:
            os.close(users)

    def __enter__(self) -> "Running":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start(home: Path) -> Running:
    """Attach to the home's server, or start it, making its data first if there are none."""
    with _explained(home, "started"):
        prepared = prepare_home(home)
        with _alone(prepared):
            dsn = attach(prepared)
            if dsn is not None:
                return Running(prepared, dsn, owned=False)
            return Running(prepared, launch(prepared), owned=True)


@contextmanager
def keep(home: Path) -> Iterator[Running]:
    """As `start`, and started again if it ends while it is used: killed by the system for want of memory, say."""
    with start(home) as running:
        leaving = threading.Event()
        keeper = threading.Thread(target=_keep, args=(running.home, leaving), name="embedded-keeper", daemon=True)
        keeper.start()
        try:
            yield running
        finally:
            leaving.set()
            keeper.join()


def _keep(home: Home, leaving: threading.Event) -> None:
    wait = _LOOK
    while not leaving.wait(wait):
        wait = _LOOK
        try:
            with _explained(home.path, "started again"), _alone(home):
                if not runs(home):
                    _log.error("The PostgreSQL of %s has ended; it is started again.", home.path)
                    launch(home)
        except EmbeddedError as error:
            _log.error("%s", error)
            wait = _AGAIN
        except Exception:
            _log.exception("The PostgreSQL of %s could not be looked after", home.path)
            wait = _AGAIN


def find(home: Path) -> Running | None:
    """Attach to the home's server if it runs (or is just being started); start and make nothing."""
    with _explained(home, "found"):
        if not (home.expanduser() / "locks").is_dir():
            return None
        prepared = prepare_home(home)
        with _alone(prepared):
            dsn = attach(prepared)
            return None if dsn is None else Running(prepared, dsn, owned=False)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    waiting = Waiting(f"Another Groundswell process is starting or stopping the PostgreSQL of {home.path}")
    while True:
        try:
            descriptor = lock(home, "start", fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            waiting.a_moment(home)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _explained(home: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, subprocess.SubprocessError, asyncpg.PostgresError) as error:
        raise EmbeddedError(f"The embedded PostgreSQL in {home} cannot be {what}: {error}") from error
