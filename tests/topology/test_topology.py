"""What docker/compose.yaml describes, run without containers: its processes are replaced one after the other.

`SOAK_SUBSCRIBERS=1000 pytest -m soak tests/topology -s`.
"""

import time
from functools import partial

from tests.faults.stage import Scale, Stage, staged
from tests.redis_server import need_redis
from tests.topology.installation import Container, Topology
from tests.topology.proxy import need_haproxy

SEED = 11
PATIENCE = {"websocket": 60.0, "sse": 30.0}
SCALE = Scale(
    subscribers=312,  # 208 over WebSocket, 104 over SSE
    processes=2,
    every=0.4,
    patience=PATIENCE,
    transports=("websocket", "websocket", "sse"),
    writers=8,
)


async def test_processes_are_replaced_behind_the_proxy_and_nothing_is_lost_nor_refused() -> None:
    need_redis()
    async with staged(SEED, SCALE, partial(Topology, haproxy=need_haproxy())) as stage:
        for container in stage.installation.apis:
            assert isinstance(container, Container)
            await replaced(stage, container)
        assert not stage.writers.outcomes, f"a planned restart was seen by writers: {stage.writers.outcomes}"
        stage.note(f"{len(stage.writers.answers)} writes answered during planned restarts, none failed")


async def replaced(stage: Stage, container: Container) -> None:
    """As `docker compose up --no-deps --wait` does it: the next one goes when this one is healthy."""
    began = time.monotonic()
    code = await container.leave()
    left = time.monotonic() - began
    assert code == 0, f"{container.name} said {code}"
    await container.raise_()
    stage.must_write()
    stage.note(f"{container.name}: gone after {left:.1f} s, ready after {time.monotonic() - began:.1f} s")
