"""A Groundswell server in a process of its own, to be killed and started again."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

import httpx

from tests.client import SECRET

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Process(Protocol):
    """What a server is told by."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, number: int, /) -> None: ...
    def kill(self) -> None: ...


class Server:
    """`groundswell run` on a database of the test's; the same port at every start."""

    host = "127.0.0.1"
    program: tuple[str, ...] = (sys.executable, "-m", "api.cli")
    folder = ROOT  # where it is started

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
            "PORT": str(self.port),
            **environment,
        }
        self.arguments = arguments
        self.process: Process | None = None
        self.asked = False  # to end
        self.said = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - as long as the server; a pipe that nobody reads would stop it

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def socket_url(self) -> str:
        return f"ws://{self.host}:{self.port}/graphql"

    async def start(self) -> None:
        self.launch()
        await self.ready()

    def launch(self) -> None:
        self.asked = False
        self.process = subprocess.Popen(
            [*self.program, "run", *self.arguments],
            env=self.environment,
            cwd=self.folder,
            stdout=self.said,
            stderr=subprocess.STDOUT,
        )

    async def ready(self) -> None:
        limit = time.monotonic() + 60
        async with httpx.AsyncClient() as http:
            while True:
                assert self.process is not None
                if self.process.poll() is not None:
                    raise AssertionError(f"the server ended: {self.output()}")
                try:
                    if (await http.get(f"{self.url}/readyz")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                assert time.monotonic() < limit, "the server is not ready"
                await asyncio.sleep(0.05)

    def output(self) -> str:
        """All that it has said, at every start."""
        self.said.seek(0)
        return self.said.read().decode()

    def kill(self) -> None:
        assert self.process is not None
        self.asked = True
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.asked = True
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@asynccontextmanager
async def running(dsn: str, *arguments: str) -> AsyncIterator[Server]:
    """A server on this database."""
    async with until_it_ends(Server({"DATABASE_URL": dsn, "SECRET_KEY": SECRET}, *arguments)) as server:
        yield server


@asynccontextmanager
async def until_it_ends(server: Server) -> AsyncIterator[Server]:
    """Started, and ended by nobody but the test."""
    await server.start()
    try:
        yield server
    finally:
        assert server.process is not None
        ended = server.process.poll()
        if ended is None:
            server.kill()
    assert ended is None or server.asked, f"the server ended by itself ({ended}): {server.output()}"
