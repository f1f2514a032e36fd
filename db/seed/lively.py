"""The demonstration going on by itself: now and then somebody shares an idea, or does the next thing with one."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from random import Random
from typing import NamedTuple
from uuid import UUID

from db.engine import Database
from db.errors import Refused, UserMistake
from db.log import Outcome, Transaction, writing
from db.seed.acts import step, submit
from db.seed.known import draws, look_round
from db.seed.lives import Life, Step, begin, discuss

_UNDER_WAY = 6  # ideas that something still becomes of
_WON = 5  # one in so many becomes a win
_COMMENTS = 2


class _Begun(NamedTuple):
    idea: UUID
    life: Life
    ahead: Iterator[Step]


async def go_on(database: Database, organisation: UUID, every: float) -> None:
    """One act after another, `every` seconds between them, until it is cancelled."""
    rng, numbers = Random(), count()
    under_way: deque[_Begun] = deque()
    while True:
        await asyncio.sleep(every)
        if len(under_way) < _UNDER_WAY:
            under_way.append(await _share(database, organisation, next(numbers)))
            continue
        under_way.rotate(rng.randrange(_UNDER_WAY))
        begun = under_way.popleft()
        if await _next(database, organisation, begun):
            under_way.append(begun)


async def _share(database: Database, organisation: UUID, number: int) -> _Begun:
    shared: list[Life] = []

    async def work(tx: Transaction) -> Outcome:
        known = await look_round(tx)
        rng = draws("lively", known.now, number)
        life = begin(rng, known, longest=timedelta(weeks=6), supports=3, won=bool(known.themes) and number % _WON == 0)
        discuss(rng, known, life, _COMMENTS)
        life.in_order().at = known.now
        shared.append(life)
        return await submit(tx, life)

    written = await writing(database, organisation, work)
    life = shared[-1]
    return _Begun(written.id, life, iter(life.steps))


async def _next(database: Database, organisation: UUID, begun: _Begun) -> bool:
    """The idea's next step, now; False where there is none, or where whoever tries the demonstration came before."""
    what = next(begun.ahead, None)
    if what is None:
        return False

    async def work(tx: Transaction) -> Outcome:
        known = await look_round(tx)
        return await step(tx, begun.life, begun.idea, replace(what, at=known.now))

    try:
        await writing(database, organisation, work)
    except (UserMistake, Refused):
        return False
    return True
