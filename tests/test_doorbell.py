"""The doorbell: rings are heard, coalesced, never raise, and a dead connection is found and rebuilt."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from broadcaster import Broadcast

from api.subscriptions.doorbell import CHANNEL, Doorbell, Pace
from db.errors import Misconfigured
from tests.feed_server import until

QUICK = Pace(gather=0.005, proof=0.1, echo=0.2, look=0.03, connect=2, again=0.05)


class Rings:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


async def test_a_commit_rings_and_many_ring_few_times() -> None:
    rings = Rings()
    bell = Doorbell("memory://", rings)
    await bell.start()
    assert bell.state()["state"] == "CONNECTED"
    before = rings.count
    bell.committed(uuid4(), 1)
    await until(lambda: rings.count > before)
    await asyncio.sleep(0.05)
    before = rings.count
    for position in range(1000):
        bell.committed(uuid4(), position)
    await asyncio.sleep(0.05)
    assert 1 <= rings.count - before <= 3
    await bell.stop()


async def test_a_bell_that_no_longer_hears_itself_is_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    rings = Rings()
    bell = Doorbell("memory://", rings, QUICK)
    await bell.start()
    publish = Broadcast.publish

    async def lost(self: Broadcast, channel: str, message: Any) -> None:
        return None

    monkeypatch.setattr(Broadcast, "publish", lost)
    await until(lambda: bell.rebuilt > 0)
    monkeypatch.setattr(Broadcast, "publish", publish)
    await until(lambda: bell.connected)
    before = rings.count
    bell.committed(uuid4(), 1)
    await until(lambda: rings.count > before)
    await bell.stop()


async def test_while_it_is_broken_commits_of_this_process_ring_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(self: Broadcast) -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(Broadcast, "connect", refuse)
    rings = Rings()
    bell = Doorbell("memory://", rings, QUICK)
    await bell.start()  # does not keep the process from starting
    assert bell.state()["state"] == "RECONNECTING"
    assert bell.state()["trouble"] == "ConnectionRefusedError"
    before = rings.count
    bell.committed(uuid4(), 1)
    assert rings.count == before + 1
    await bell.stop()


def test_a_wrong_setting_is_told_at_start() -> None:
    with pytest.raises(Misconfigured, match="BROADCAST_URL"):
        Doorbell("carrier-pigeon://", lambda: None)


async def test_postgres_rings_other_processes_and_survives_the_loss_of_its_connection(dsn: str) -> None:
    here, there = Rings(), Rings()
    first, second = Doorbell(dsn, here, QUICK), Doorbell(dsn, there, QUICK)
    await first.start()
    await second.start()
    await until(lambda: first.connected and second.connected)
    before = there.count
    first.committed(uuid4(), 1)
    await until(lambda: there.count > before)
    killer = await asyncpg.connect(dsn)
    await killer.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and query ilike any($1::text[])",
        [f"%listen%{CHANNEL}%", "%pg_notify%"],
    )
    await killer.close()
    await until(lambda: first.rebuilt > 0 and second.rebuilt > 0)
    await until(lambda: first.connected and second.connected)
    await asyncio.sleep(0.3)  # rings of the rebuilding itself
    before = there.count
    first.committed(uuid4(), 2)
    await until(lambda: there.count > before)
    await first.stop()
    await second.stop()
