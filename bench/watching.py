"""The processes of the subscribers, as the bench holds them: started, asked what they have, gone at the end."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from bench.processes import ROOT
from db.terms import FeedEventType

PROCESSES = min(4, os.cpu_count() or 1)
PATIENCE = 60.0
LONGEST_LINE = 2**26  # all latencies of a round

SELECTION = """{{ __typename cursor
  ... on IdeaSubmitted {{ idea {{ title {more} author {{ name }} theme {{ title }} }} }} }}"""
OTHERS = [str(type_) for type_ in FeedEventType if type_ is not FeedEventType.IDEA_SUBMITTED]


@dataclass(frozen=True, slots=True)
class Asked:
    """Subscribers of one server. `views`: over how many views they are spread, subscriber by subscriber.

    A view differs from the others by the variable `types`, each with IDEA_SUBMITTED, so that every event has to be read
    once for each. `large`: the idea's problem is selected too. `stalled`: they subscribe and read nothing more.
    """

    kind: str  # ws or sse
    subscribers: int
    port: int
    token: str
    first: int = 0
    views: int = 1
    large: bool = False
    stalled: bool = False

    def operation(self, number: int) -> dict[str, Any]:
        """What the subscriber of this number subscribes to."""
        selection = SELECTION.format(more="problem" if self.large else "")
        if self.views == 1:
            return {"query": f"subscription {{ feed {selection} }}"}
        view = number % self.views
        types = ["IDEA_SUBMITTED", *(type_ for n, type_ in enumerate(OTHERS) if view >> n & 1)]
        document = f"subscription Of($types: [FeedEventType!]) {{ feed(filter: {{types: $types}}) {selection} }}"
        return {"query": document, "variables": {"types": types}}

    def shares(self) -> "list[Asked]":
        """One for each process."""
        each, more = divmod(self.subscribers, PROCESSES)
        counts = [each + (n < more) for n in range(PROCESSES)]
        return [replace(self, subscribers=count, first=sum(counts[:n])) for n, count in enumerate(counts) if count]


class Watchers:
    """All subscribers of a measurement."""

    def __init__(self, processes: list[asyncio.subprocess.Process]) -> None:
        self.processes = processes

    async def all_have(self, events: int) -> None:
        """Waits until everybody has exactly these. Raises where an event was lost, doubled or out of order."""
        found = await asyncio.gather(*(self.answer(process, f"until {events}") for process in self.processes))
        least, most, wrong = min(f[0] for f in found), max(f[1] for f in found), sum(f[2] for f in found)
        if wrong or (least, most) != (events, events):
            raise RuntimeError(
                f"of {events} events the subscribers have {least} to {most}; {wrong} deliveries were lost, doubled or "
                "out of order"
            )

    async def latencies(self) -> list[int]:
        """µs from mutation to arrival of every delivery since it was asked last."""
        found: list[int] = []
        for process in self.processes:
            found += await self.answer(process, "latencies")
        return found

    async def answer(self, process: asyncio.subprocess.Process, question: str) -> Any:
        assert process.stdin is not None
        process.stdin.write(question.encode() + b"\n")
        return orjson.loads(await line(process, PATIENCE))


async def line(process: asyncio.subprocess.Process, patience: float) -> bytes:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(patience):
            said = await process.stdout.readline()
    except TimeoutError:
        raise RuntimeError(f"subscribers had not all they should have after {patience:.0f} s") from None
    if not said:
        raise RuntimeError("a process of subscribers ended")
    return said


@asynccontextmanager
async def watching(asked: Asked) -> AsyncIterator[Watchers]:
    """Connected one after the other in each process; gone at the end."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.watchers", orjson.dumps(asdict(share)).decode()),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST_LINE,
        )
        for share in asked.shares()
    ]
    try:
        for process in processes:
            await line(process, PATIENCE + asked.subscribers / 50)
        yield Watchers(processes)
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
            await process.wait()
