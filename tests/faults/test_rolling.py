"""A rolling restart, as at every upgrade: process after process, under subscribers and writers; nothing is lost.

`SOAK_SUBSCRIBERS=1000 pytest -m soak tests/faults/test_rolling.py -s`.
"""

import os
import time

import pytest

from tests.faults.processes import Api
from tests.faults.stage import Scale, Stage, listed, staged

SEED = 7
PATIENCE = {"websocket": 60.0, "sse": 30.0}
TOLD = ("1012", "ended")  # over WebSocket, over SSE

TRYING = ("cut before an answer", "not connected")  # of who was not connected yet


async def roll(subscribers: int, processes: int, every: float) -> None:
    scale = Scale(subscribers=subscribers, processes=processes, every=every, patience=PATIENCE)
    async with staged(SEED, scale) as stage:
        began = time.monotonic()
        for api in stage.installation.apis:
            await replaced(stage, api)
        stage.note(f"three processes replaced in {time.monotonic() - began:.1f} s")
        for api in stage.installation.apis:
            await admitted_within_the_limit(stage, api)


async def replaced(stage: Stage, api: Api) -> None:
    """It leaves by itself, comes again, and everybody is back before the next one goes."""
    before = (await stage.crowd.standing()).ended
    await admitted_within_the_limit(stage, api)
    began = time.monotonic()
    code = await api.leave()
    left = time.monotonic() - began
    assert code == 0, f"{api.name} said {code}"
    gone = (await stage.crowd.standing()).ended - before
    await api.raise_()
    stage.must_write()
    ready = time.monotonic() - began
    await stage.everybody_is_back()
    back = time.monotonic() - began
    stage.note(
        f"{api.name}: gone after {left:.1f} s, ready again after {ready:.1f} s, all back after {back:.1f} s; "
        f"connections ended: {listed(gone)}"
    )
    untold = {how: count for how, count in gone.items() if how not in (*TOLD, *TRYING)}
    assert not untold, f"{api.name} did not tell everybody to come back: {untold}"
    assert sum(gone[how] for how in TOLD) >= len(stage.crowd.followers) // 4, "nobody was told to come back"


async def admitted_within_the_limit(stage: Stage, api: Api) -> None:
    """Never more at once, since the process began, than it may let in at once."""
    metrics = await api.metrics()
    most, limit = metrics["groundswell_arriving_most"], metrics["groundswell_arriving_limit"]
    stage.note(f"{api.name}: at most {most:.0f} of {limit:.0f} let in at once")
    assert most <= limit


async def test_a_rolling_restart_loses_nothing_and_doubles_nothing() -> None:
    await roll(60, processes=2, every=0.4)


@pytest.mark.soak
async def test_a_rolling_restart_under_a_thousand_subscribers_loses_nothing_and_doubles_nothing() -> None:
    await roll(int(os.environ.get("SOAK_SUBSCRIBERS") or 1000), processes=4, every=0.6)
