"""What the doorbell costs: a second process that nobody watches is rung by the first one's events, by each doorbell."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection

import psutil

from bench.announcing import Announcer
from bench.feed import Load, Room, paced, quiet
from bench.processes import Cost, Serving, free_port
from bench.watching import Asked

REST = 5.0  # seconds


@dataclass(slots=True)
class Rung:
    """CPU µs an event, the least of the rounds: of the process that writes, of the one that is rung (less what it does
    at rest), of PostgreSQL with both and with the first alone, and of Redis. `way` is the doorbell's."""

    way: str
    writer: float
    rung: float
    database: float
    database_alone: float
    redis: float


@contextmanager
def redis() -> Iterator[tuple[str, Cost] | None]:
    """Its address and its cost; None where this machine has no Redis."""
    binary = shutil.which("redis-server") or shutil.which("redis-server", path=str(Path(sys.executable).parent))
    if binary is None:
        yield None
        return
    port = free_port()
    process = subprocess.Popen(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        cwd=tempfile.gettempdir(),
        stdout=subprocess.DEVNULL,
    )
    try:
        limit = time.monotonic() + 30
        while True:
            with suppress(OSError), create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > limit:
                raise RuntimeError("Redis does not start")
            time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}", Cost(psutil.Process(process.pid))
    finally:
        process.terminate()
        process.wait()


async def at_rest(server: Cost) -> float:
    """Its CPU a second while nothing happens: the clock of its tail, above all."""
    before = server.cpu()
    await asyncio.sleep(REST)
    return (server.cpu() - before) / REST


async def ring(
    way: str,
    url: str,
    start: Callable[[str], AbstractContextManager[Serving]],
    announcing: Callable[[Serving], Announcer],
    database: Cost,
    other: Cost | None,
    load: Load,
) -> Rung:
    """Rounds with the first process alone, then with a second one beside it."""
    with ExitStack() as servers:
        first = servers.enter_context(start(url))
        await first.ready()
        room = Room(way, Asked("ws", 0, first.port, ""), first.cost, database, announcing(first))
        await paced(room, load)
        alone = [await paced(room, load) for _ in range(load.rounds)]
        second = servers.enter_context(start(url))
        await second.ready()
        await quiet(second.cost)
        idle = await at_rest(second.cost)
        both, rung, of_redis = [], [], []
        for _ in range(load.rounds):
            begun, before = time.monotonic(), (second.cost.cpu(), other.cpu() if other else 0.0)
            both.append(used := await paced(room, load))
            await quiet(second.cost)
            at_rest_too = idle * (time.monotonic() - begun)
            rung.append((second.cost.cpu() - before[0] - at_rest_too) / used.events * 1e6)
            of_redis.append(((other.cpu() if other else 0.0) - before[1]) / used.events * 1e6)
        room.announcer.close()
    return Rung(
        way,
        writer=min(used.server for used in both),
        rung=min(rung),
        database=min(used.database for used in both),
        database_alone=min(used.database for used in alone),
        redis=min(of_redis),
    )
