"""The subscribers of a test, in several processes: who follows what, how far they are, and what they wrote down."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tests.faults.record import NUMBERS, kept
from tests.faults.told import Told
from tests.faults.views import View


@dataclass(frozen=True, slots=True)
class Follower:
    name: str
    view: View


@dataclass(frozen=True, slots=True)
class Standing:
    """`reached`: the position of each one's last event. `ended`: how their connections ended, how often."""

    reached: Mapping[str, int]
    doing: Mapping[str, str]
    joined: int
    ended: Counter[str]
    wrong: Sequence[str]


class Crowd:
    """`tokens` by email, `after` by organisation. `patience`: seconds of silence, by transport."""

    def __init__(self, folder: Path, port: int, seed: int, processes: int, trust: Path | None = None) -> None:
        self.trust = trust
        self.folder, self.port, self.seed, self.number = folder, port, seed, processes
        self.records = folder / "records"
        self.records.mkdir()
        self.followers: list[Follower] = []
        self.processes: list[Told] = []

    async def gather(
        self,
        number: int,
        views: Sequence[View],
        *,
        tokens: Mapping[str, str],
        after: Mapping[Any, str],
        patience: Mapping[str, float],
        transports: Sequence[str],
    ) -> None:
        """So many, of each view some, over each transport in turn."""
        shares: list[list[dict[str, Any]]] = [[] for _ in range(self.number)]
        for n in range(number):
            view = views[n % len(views)]
            transport = transports[n // len(views) % len(transports)]
            name = f"{n:04}-{view.name}-{transport}"
            self.followers.append(Follower(name, view))
            shares[n % self.number].append(
                {
                    "name": name,
                    "transport": transport,
                    "query": view.query,
                    "variables": view.variables,
                    "token": tokens[view.email],
                    "after": after[view.organisation],
                    "patience": patience[transport],
                }
            )
        for n, share in enumerate(shares):
            specification = self.folder / f"subscribers-{n}.json"
            said = {"port": self.port, "types": NUMBERS, "records": str(self.records), "subscribers": share}
            if self.trust is not None:
                said["trust"] = str(self.trust)
            specification.write_bytes(orjson.dumps(said))
            arguments = (str(specification), f"{self.seed + n}")
            self.processes.append(Told(self.folder / f"subscribers-{n}.log", "tests.faults.subscribers", *arguments))
        await asyncio.gather(*(process.start() for process in self.processes))
        await self.ask("start")

    async def ask(self, do: str, **given: Any) -> list[dict[str, Any]]:
        return await asyncio.gather(*(process.ask(do, **given) for process in self.processes))

    async def standing(self) -> Standing:
        reached: dict[str, int] = {}
        doing: dict[str, str] = {}
        ended: Counter[str] = Counter()
        wrong: list[str] = []
        joined = 0
        for state in await self.ask("state"):
            reached |= state["reached"]
            doing |= state["doing"]
            ended.update(state["ended"])
            wrong += state["wrong"]
            joined += state["joined"]
        return Standing(reached, doing, joined, ended, wrong)

    async def stop_reading(self, share: float, seconds: float) -> int:
        return sum(answer["subscribers"] for answer in await self.ask("stop_reading", share=share, seconds=seconds))

    async def read_on(self) -> None:
        await self.ask("read_on")

    async def written(self) -> Mapping[str, Sequence[int]]:
        """Everybody's record, by name."""
        await self.ask("write_records")
        return {follower.name: kept(self.records / follower.name) for follower in self.followers}

    async def go(self) -> None:
        await asyncio.gather(*(process.end() for process in self.processes))
