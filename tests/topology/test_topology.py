"""What docker/compose.yaml describes, run without containers: its processes are replaced one after the other.

`SOAK_SUBSCRIBERS=1000 pytest -m soak tests/topology -s`.
"""

import os
import time
from collections import Counter
from functools import partial

import pytest

from tests.faults.processes import Api
from tests.faults.stage import Scale, Stage, listed, staged
from tests.redis_server import need_redis
from tests.topology.installation import Topology
from tests.topology.proxy import need_haproxy

SEED = 11
PATIENCE = {"websocket": 60.0, "sse": 30.0}
TRANSPORTS = ("websocket", "websocket", "sse")


async def play(subscribers: int, processes: int, every: float, rounds: int) -> None:
    need_redis()
    # A write that waits is not one that was refused: the machine may be busy with other tests.
    scale = Scale(subscribers, processes, every, PATIENCE, TRANSPORTS, writers=8, answer=30.0)
    async with staged(SEED, scale, partial(Topology, haproxy=need_haproxy())) as stage:
        transports = Counter(follower.name.rpartition("-")[2] for follower in stage.crowd.followers)
        stage.note(f"through the proxy: {listed(transports)}")
        for _ in range(rounds):
            await planned(stage)
            await killed(stage, stage.installation.apis[0])


async def planned(stage: Stage) -> None:
    """As an upgrade goes: `docker compose up --no-deps --wait` of one after the other. Nobody is refused anything."""
    answered, failed = len(stage.writers.answers), Counter(stage.writers.outcomes)
    for api in stage.installation.apis:
        began = time.monotonic()
        code = await api.leave()
        gone = time.monotonic() - began
        assert code == 0, f"{api.name} said {code}"
        await api.raise_()
        stage.must_write()
        stage.note(f"{api.name}: gone after {gone:.1f} s, ready after {time.monotonic() - began:.1f} s")
    failed = Counter(stage.writers.outcomes) - failed
    stage.note(f"while three were replaced {len(stage.writers.answers) - answered} writes were answered at once")
    assert not failed, f"a planned restart failed writes: {listed(failed)}"
    await stage.everybody_is_back()


async def killed(stage: Stage, api: Api) -> None:
    """What was under way there fails, and is told so; `compare` sees whether what was repeated was done once."""
    failed = Counter(stage.writers.outcomes)
    began = time.monotonic()
    api.kill()
    await api.raise_()
    await stage.everybody_is_back()
    told = listed(stage.writers.outcomes - failed)
    stage.note(f"{api.name} killed: all back after {time.monotonic() - began:.1f} s; writes told to try again: {told}")


async def test_processes_are_replaced_behind_the_proxy_and_nothing_is_lost_or_refused() -> None:
    await play(312, processes=2, every=2.0, rounds=1)  # 208 over WebSocket, 104 over SSE


@pytest.mark.soak
async def test_under_a_thousand_subscribers_processes_are_replaced_and_nothing_is_lost_or_refused() -> None:
    await play(int(os.environ.get("SOAK_SUBSCRIBERS") or 1000), processes=4, every=0.6, rounds=3)
