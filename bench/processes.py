"""The processes that are measured: each server in one of its own, and what a tree of processes has used."""

import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Cost:
    """Of a process and all below it. CPU is user + system, in seconds."""

    def __init__(self, process: psutil.Process) -> None:
        self.process = process

    def cpu(self, without: Container[int] = ()) -> float:
        """Those that have ended count too, by their parent. `without`: living ones that do not, by their ids."""
        ended = self.process.cpu_times()
        total = ended.children_user + ended.children_system
        for process in (self.process, *self.process.children(recursive=True)):
            if process.pid in without:
                continue
            with suppress(psutil.NoSuchProcess, FileNotFoundError):
                total += cpu_of(process)
        return total

    def memory(self) -> int:
        """Resident bytes of the process itself."""
        resident: int = self.process.memory_info().rss
        return resident


def cpu_of(process: psutil.Process) -> float:
    """By the nanosecond where Linux tells it, since cpu_times counts in hundredths of a second."""
    try:
        threads = list(Path(f"/proc/{process.pid}/task").iterdir())
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    except (OSError, ValueError, IndexError):
        times = process.cpu_times()
        return float(times.user + times.system)


class Serving:
    """A server in a process of its own, which says on its port that it is there. `{port}` becomes its port."""

    def __init__(self, *command: str, environment: Mapping[str, str] | None = None, folder: Path = ROOT) -> None:
        self.port = free_port()
        self.command = command
        self.process = subprocess.Popen(
            [part.replace("{port}", str(self.port)) for part in command],
            env={**os.environ, "PORT": str(self.port), **(environment or {})},
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        self.cost = Cost(psutil.Process(self.process.pid))

    async def ready(self) -> None:
        limit = time.monotonic() + 60
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"a server ended at its start: {' '.join(self.command)}")
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                if time.monotonic() > limit:
                    raise
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


@contextmanager
def serving(*command: str, environment: Mapping[str, str] | None = None, folder: Path = ROOT) -> Iterator[Serving]:
    """Stopped at the end, whatever happens."""
    server = Serving(*command, environment=environment, folder=folder)
    try:
        yield server
    finally:
        server.stop()


def python(*module: str) -> tuple[str, ...]:
    """The command that runs a module, with its arguments."""
    return (sys.executable, "-m", *module)


def postmaster(data: Path) -> Cost:
    """The embedded PostgreSQL and all its processes."""
    return Cost(psutil.Process(int((data / "postmaster.pid").read_text().split()[0])))


def many_files() -> int:
    """As many open files as the machine allows this process and those that it starts; thousands of sockets need it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard
