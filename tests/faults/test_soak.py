"""Whatever dies, hangs, floods or falls silent: every subscriber gets every event once, in order.

`SOAK_MINUTES=60 SOAK_SUBSCRIBERS=400 pytest -m soak tests/faults/test_soak.py -s` for an hour of it; `SOAK_SEED=…`
repeats a run's faults.
"""

import asyncio
import os
import random
import time

import pytest

from tests.faults.harm import LONG, SHORT, Harm, Lengths
from tests.faults.stage import Scale, Stage, listed, staged

SEED = 20
HEARTBEATS = {"websocket": 60.0, "sse": 30.0}  # seconds: two of the server's
NERVOUS = {"websocket": 8.0, "sse": 8.0}  # as a client may be, and as a short test must


async def suffer(stage: Stage, harm: Harm, until: float) -> None:
    """Every kind of fault once, then round after round until the time is over."""
    whole = False
    while not whole or time.monotonic() < until:
        for group in harm.round():
            await harm.do(group)
            stage.must_write()
            await asyncio.sleep(harm.choice.uniform(0, harm.lengths.rest))
            if whole and time.monotonic() > until:
                return
        whole = True
        # Otherwise the next fault would hide that somebody is connected and is sent nothing any more.
        await stage.everybody_is_back()
        stage.note(
            f"{max(0.0, until - time.monotonic()):.0f} s left: {harm.done.total()} faults, "
            f"{len(stage.writers.answers)} answered writes, {await stage.too_slow()} readers closed as too slow"
        )


async def soak(seed: int, scale: Scale, lengths: Lengths, minutes: float = 0) -> None:
    began = time.monotonic()
    async with staged(seed, scale) as stage:
        harm = Harm(stage.installation, stage.crowd, random.Random(seed), lengths)
        stage.note(f"seed {seed}, {scale.subscribers} subscribers; ready after {time.monotonic() - began:.1f} s")
        try:
            await suffer(stage, harm, began + minutes * 60)
        finally:
            stage.note(f"{harm.done.total()} faults: {listed(harm.done)}")
            stage.note(f"seconds that they took at most: {listed({k: round(v, 1) for k, v in harm.took.items()})}")
            stage.note(f"faults ended after {time.monotonic() - began:.1f} s")


async def test_whatever_fails_for_a_minute_every_subscriber_gets_every_event_once_and_in_order() -> None:
    await soak(SEED, Scale(subscribers=60, processes=2, every=0.2, patience=NERVOUS), SHORT)


@pytest.mark.soak
async def test_whatever_fails_for_long_every_subscriber_gets_every_event_once_and_in_order() -> None:
    seed = int(os.environ.get("SOAK_SEED") or random.randrange(2**32))
    subscribers = int(os.environ.get("SOAK_SUBSCRIBERS") or 400)
    minutes = float(os.environ.get("SOAK_MINUTES") or 10)
    await soak(seed, Scale(subscribers=subscribers, processes=4, every=0.6, patience=HEARTBEATS), LONG, minutes)
