"""The installation under test: PostgreSQL, Redis, three API processes and a proxy before them, all real processes.

What ends without being told to is started again, as whoever runs an installation has it done, and is remembered.
"""

import asyncio
import signal
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from db import embedded
from tests.client import SECRET
from tests.faults.told import Told
from tests.redis_server import RedisServer, quiet_port
from tests.server import Server

LOOK = 0.1  # seconds
READY = 60.0
EXIT = 20.0  # until a process that was asked to end must have ended
APIS = 3


class Postgres:
    """An embedded server that can be killed, and is started again on its data."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.running: embedded.Running | None = None

    @property
    def dsn(self) -> str:
        assert self.running is not None
        return self.running.dsn

    async def start(self) -> None:
        before = self.running
        self.running = await asyncio.to_thread(embedded.start, self.home)
        if before is not None:
            before.stop()  # only our use of the one that was killed

    def kill(self) -> None:
        """Every process of it, without a word."""
        self.send(signal.SIGKILL)

    def pause(self) -> None:
        self.send(signal.SIGSTOP)

    def go_on(self) -> None:
        self.send(signal.SIGCONT)

    def send(self, what: signal.Signals) -> None:
        assert self.running is not None
        postmaster = psutil.Process(int((self.running.home.data / "postmaster.pid").read_text().split()[0]))
        assert postmaster.name() == "postgres"
        for process in (postmaster, *postmaster.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):  # its children end with it
                process.send_signal(what)

    async def stop(self) -> None:
        if self.running is not None:
            await asyncio.to_thread(self.running.stop)


class Api(Server):
    """One API process. `up`: it is meant to run. `ended_alone`: its exit codes where it ran and nobody asked."""

    def __init__(self, name: str, dsn: str, doorbell: str, log: Path) -> None:
        super().__init__({"DATABASE_URL": dsn, "SECRET_KEY": SECRET, "BROADCAST_URL": doorbell})
        self.name = name
        self.port = quiet_port()  # a client that tries in vain must never be connected to itself
        self.environment["PORT"] = str(self.port)
        self.said.close()
        self.said = log.open("a+b")  # type: ignore[assignment]
        self.log = log
        self.up = False
        self.busy = asyncio.Lock()  # who harms it, alone
        self.was_ready = False  # since its last start
        self.ended_alone: list[int] = []

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def raise_(self) -> None:
        """Starts it until it is ready; it can't start while its database is away."""
        self.up = True
        async with asyncio.timeout(READY), httpx.AsyncClient(trust_env=False, timeout=5, verify=False) as http:
            while True:
                if not self.runs:
                    if self.was_ready and self.process is not None:
                        self.ended_alone.append(self.process.returncode)
                    self.was_ready = False
                    self.launch()
                with suppress(httpx.HTTPError):
                    if (await http.get(f"{self.url}/readyz")).status_code == 200:
                        self.was_ready = True
                        return
                await asyncio.sleep(LOOK)

    def kill(self) -> None:
        self.up = self.was_ready = False
        if self.runs:
            super().kill()

    async def leave(self) -> int:
        """SIGTERM; its exit code."""
        self.up = self.was_ready = False
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, EXIT)

    def pause(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    async def metrics(self) -> dict[str, float]:
        """By name, those with labels too."""
        async with httpx.AsyncClient(trust_env=False, timeout=5, verify=False) as http:
            text = (await http.get(f"{self.url}/metrics")).text
        lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
        return {name: float(value) for name, _, value in lines if name}


class Installation:
    """`folder` is open to the account that runs PostgreSQL; the processes' logs are kept in it.

    `trust`: the certificate by which clients know the proxy, where it speaks TLS.
    """

    trust: Path | None = None

    def __init__(self, folder: Path, seed: int, *, redis: bool = True) -> None:
        self.folder, self.seed = folder, seed
        self.postgres = Postgres(folder / "home")
        self.redis = RedisServer() if redis else None
        self.doorbells: deque[str] = deque()
        self.apis: list[Api] = []
        self.keeping: asyncio.Task[None] | None = None
        self.exits: Counter[int] = Counter()

    async def start(self) -> None:
        """PostgreSQL runs already, with what the test put into it."""
        if self.redis is not None:
            await asyncio.to_thread(self.redis.start)
            self.doorbells.append(self.redis.url)
        self.doorbells.append(self.postgres.dsn)
        self.apis = [
            Api(f"api {n}", self.postgres.dsn, self.doorbells[0], self.folder / f"api-{n}.log")
            for n in range(1, APIS + 1)
        ]
        ports = [str(api.port) for api in self.apis]
        self.proxy = Told(self.folder / "proxy.log", "tests.tcp_proxy", str(self.seed), *ports)
        self.port: int = (await self.proxy.start())["port"]
        await asyncio.gather(*(api.raise_() for api in self.apis))
        self.keeping = asyncio.create_task(self.keep())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def keep(self) -> None:
        """Starts again what ended alone."""
        while True:
            await asyncio.sleep(LOOK)
            for api in self.apis:
                if api.up and not api.runs and not api.busy.locked():
                    async with api.busy:
                        await api.raise_()

    def change_doorbell(self) -> None:
        """Redis and PostgreSQL in turn; of each process from its next start."""
        self.doorbells.rotate(1)
        for api in self.apis:
            api.environment["BROADCAST_URL"] = self.doorbells[0]

    async def restart(self, api: Api) -> None:
        """In order: it ends by itself when it is asked."""
        self.exits[await api.leave()] += 1
        await api.raise_()

    def logs(self) -> Sequence[Path]:
        return sorted(self.folder.glob("*.log"))

    async def stop(self) -> None:
        if self.keeping is not None:
            self.keeping.cancel()
            with suppress(asyncio.CancelledError):
                await self.keeping
        for api in self.apis:
            if api.runs:
                api.go_on()
                api.kill()
            api.said.close()
        if hasattr(self, "proxy"):
            await self.proxy.end()
        if self.redis is not None:
            await asyncio.to_thread(self.redis.stop)
        await self.postgres.stop()
