"""Doorbells for the tests of them: what they ring, at which pace, and when nothing is under way any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from api.subscriptions.doorbell import Doorbell, Pace
from tests.feed_server import until

QUICK = Pace(proof=0.1, echo=0.3, look=0.03, connect=2, probe=0.03, farewell=0.3, again=0.05)
SLOW = Pace(proof=3600, echo=3600, look=3600, again=0.05)  # never looks: what it finds it was told
SETTLED = 20  # times as long as rings are gathered


class Rings:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@asynccontextmanager
async def ringing(url: str, pace: Pace | None = None) -> AsyncIterator[tuple[Doorbell, Rings]]:
    rings = Rings()
    bell = Doorbell(url, rings, pace)
    await bell.start()
    try:
        yield bell, rings
    finally:
        await bell.stop()


async def quiet(*bells: Doorbell) -> None:
    """Returns when nothing is under way, so that whatever rings later was rung later."""
    while True:
        before = [bell.heard for bell in bells]
        await asyncio.sleep(SETTLED * Pace().gather)
        if [bell.heard for bell in bells] == before and not any(bell.pressed.is_set() or bell.owing for bell in bells):
            return


async def heard_by(rings: Rings, bell: Doorbell) -> None:
    """A commit where `bell` is rings there."""
    before = rings.count
    bell.committed(uuid4(), 1, "epoch")
    await until(lambda: rings.count > before)
