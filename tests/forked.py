"""Servers forked from a process that has loaded their code: where each test has one, loading it is most of the time.

Nothing runs in that process but imports, so each server is as fresh as one of `tests.server`, which begins at nothing.
"""

import multiprocessing
import os
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api import cli
from tests.client import SECRET
from tests.server import Server, until_it_ends

FORKING = multiprocessing.get_context("forkserver")
# This module, so that the commands' is there, and what is imported only when it is used.
FORKING.set_forkserver_preload(
    [
        __name__,
        "alembic.command",
        "api.commands.run",
        "httptools",
        "uvicorn.lifespan.on",
        "uvicorn.protocols.http.httptools_impl",
        "uvloop",
    ]
)


class Forked:
    """As much of a Popen as a Server asks for."""

    def __init__(self, folder: str, environment: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
        # A daemon, so that one which is left over ends with the tests.
        self.process = FORKING.Process(target=_serve, args=(folder, environment, arguments, said), daemon=True)
        self.process.start()
        assert self.process.pid is not None
        self.pid = self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        code = self.process.exitcode
        if code is None:
            raise subprocess.TimeoutExpired("groundswell run", timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _serve(folder: str, environment: dict[str, str], arguments: tuple[str, ...], said: str) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    into = os.open(said, os.O_WRONLY | os.O_APPEND)
    os.dup2(into, 1)
    os.dup2(into, 2)
    cli.main(["run", *arguments])


class ForkedServer(Server):
    """Of one process: it has no `--workers`."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        super().__init__(environment, *arguments)
        self.said = tempfile.NamedTemporaryFile("a+b")  # noqa: SIM115 - as long as the server

    def launch(self) -> None:
        self.asked = False
        self.process = Forked(str(self.folder), self.environment, self.arguments, self.said.name)


@asynccontextmanager
async def forked(dsn: str) -> AsyncIterator[Server]:
    """A server on this database."""
    async with until_it_ends(ForkedServer({"DATABASE_URL": dsn, "SECRET_KEY": SECRET})) as server:
        yield server
