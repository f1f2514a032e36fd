"""One stalled client among many: what the others wait with and without it, by turns in one run."""

import asyncio
from dataclasses import dataclass, replace

from bench.counted import counted
from bench.feed import PACE, Room, percentile, quiet
from bench.watching import Watchers, watching

MOST_UNTIL_STALLED = 100  # events, each of some 12 KB and sent to it for each of its subscriptions


@dataclass(frozen=True, slots=True)
class Turn:
    """What the readers saw in one turn, in ms, and the server's resident MiB at its end."""

    stalled: bool
    events: int
    median: float
    worst: float
    resident: float


class Turns:
    """`room` is of large events; the one that stalls subscribes to the same view."""

    def __init__(self, room: Room, events: int) -> None:
        self.room, self.events = room, events
        self.sent = 0

    async def take(self, turns: int) -> list[Turn]:
        found = []
        async with watching(self.room.asked) as watchers:
            await self.submit(watchers)
            for _ in range(turns):
                found.append(await self.turn(watchers, stalled=False))
                async with watching(replace(self.room.asked, subscribers=1, stalled=True)):
                    await self.stall(watchers)
                    found.append(await self.turn(watchers, stalled=True))
                    if not await self.behind():
                        raise RuntimeError("the stalled client was let go before its turn was over")
        return found

    async def turn(self, watchers: Watchers, *, stalled: bool) -> Turn:
        await watchers.latencies()
        for _ in range(self.events):
            await self.submit(watchers)
        latencies = sorted(await watchers.latencies())
        resident = self.room.cost.memory() / 2**20
        return Turn(stalled, self.events, percentile(latencies, 0.5), percentile(latencies, 0.99), resident)

    async def submit(self, watchers: Watchers) -> None:
        await self.room.announcer.submit()
        self.sent += 1
        await watchers.all_have(self.sent)
        await asyncio.sleep(PACE)

    async def stall(self, watchers: Watchers) -> None:
        """Events until the server cannot write to it any more."""
        await quiet(self.room.cost)
        for _ in range(MOST_UNTIL_STALLED):
            await self.submit(watchers)
            if await self.behind():
                return
        raise RuntimeError(f"a client that reads nothing took {MOST_UNTIL_STALLED} large events")

    async def behind(self) -> int:
        """How many subscribers the server has passed over, as it says itself."""
        return int(await counted(self.room.asked.port, 'groundswell_subscribers{state="behind"}'))
