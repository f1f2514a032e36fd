"""What `groundswell run --demo` runs on: a home of its own that is gone at the end, and a hospital that goes on."""

import asyncio
import fcntl
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from api.settings import Settings
from db import embedded, seed
from db.embedded import EmbeddedError
from db.engine import Database

PREFIX = "groundswell-demo-"
_log = logging.getLogger(__name__)
_FRONT_ENDS = "http://localhost:*"
_AGAIN = 3.0  # seconds, after an act that the database did not take


@contextmanager
def temporary(settings: Settings) -> Iterator[Settings]:
    """The settings with a home and a database of their own, whatever DATABASE_URL says; both are gone at the end.

    For front-end work: pages of this machine may use it, and whoever asks is shown what a query becomes.
    What a demo that was killed has left behind goes first.
    """
    _clear_away()
    made = Path(tempfile.mkdtemp(prefix=f".{PREFIX}"))
    held = os.open(made / "lock", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    made.chmod(0o711)  # so that the account which runs PostgreSQL for root comes through
    folder = made.rename(made.with_name(made.name.removeprefix(".")))  # from now on others find it, and find it locked
    try:
        yield replace(
            settings,
            home=folder / "home",
            database_url=None,
            broadcast_url=None,
            allowed_origins=(*settings.allowed_origins, _FRONT_ENDS),
            explains=True,
        )
    finally:
        shutil.rmtree(folder)
        os.close(held)


def _clear_away() -> None:
    """The kernel drops a lock with the process that holds it."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            held = os.open(folder / "lock", os.O_RDWR)
        except OSError:  # somebody else's, or one that is just being made or just gone
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            running = embedded.find(folder / "home")
            if running is not None:
                running.stop()
            shutil.rmtree(folder)
        except BlockingIOError:
            continue
        except (OSError, EmbeddedError) as error:
            _log.warning("What an earlier demo left in %s cannot be removed: %s", folder, error)
        finally:
            os.close(held)


@contextmanager
def lively(dsn: str, every: float | None) -> Iterator[None]:
    """Meanwhile something happens in the demo organisation, `every` seconds; nothing by itself where that is None."""
    if every is None:
        yield
        return
    leaving = threading.Event()
    hospital = threading.Thread(target=lambda: asyncio.run(_go_on(dsn, every, leaving)), name="demo", daemon=True)
    hospital.start()
    try:
        yield
    finally:
        leaving.set()
        hospital.join()


async def _go_on(dsn: str, every: float, leaving: threading.Event) -> None:
    told = asyncio.create_task(asyncio.to_thread(leaving.wait))
    while not told.done():
        acting = asyncio.create_task(_act(dsn, every))
        await asyncio.wait([told, acting], return_when=asyncio.FIRST_COMPLETED)
        acting.cancel()
        await asyncio.wait([acting])
        if not told.done():
            _log.error("The demo's people have stopped; they go on in a moment.", exc_info=acting.exception())
            await asyncio.wait([told], timeout=_AGAIN)


async def _act(dsn: str, every: float) -> None:
    database = Database(dsn, readers=1, writers=1)
    try:
        await seed.go_on(database, await seed.seed_demo(database), every)
    finally:
        await database.close()
