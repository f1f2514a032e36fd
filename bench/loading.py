"""The process that asks, as the bench holds it: started, told what to ask, gone at the end."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from bench.loads import Appends, Order, Run
from bench.processes import ROOT

PATIENCE = 120.0
LONGEST_LINE = 2**26  # all latencies of a run


@dataclass(frozen=True, slots=True)
class Answered:
    """What a run's requests took: seconds together, µs each."""

    seconds: float
    latencies: list[int]


class Loads:
    """`backend`: the process of PostgreSQL that serves the load, and no server."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.backend = 0

    async def open(self, order: Order) -> None:
        """Fresh connections, since a server closes what was idle for some seconds."""
        await self.tell(order)

    async def run(self, requests: int, appends: Appends) -> Answered:
        return Answered(**await self.tell(Run(requests, appends)))

    async def tell(self, what: Order | Run) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(orjson.dumps(asdict(what)) + b"\n")
        return await self.heard()

    async def heard(self) -> Any:
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            said = await self.process.stdout.readline()
        answer = orjson.loads(said) if said else {"error": "the process that asks has ended"}
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer


@asynccontextmanager
async def loading(dsn: str, organisation: str) -> AsyncIterator[Loads]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.loads", dsn, organisation),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LONGEST_LINE,
    )
    try:
        loads = Loads(process)
        loads.backend = (await loads.heard())["backend"]
        yield loads
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
