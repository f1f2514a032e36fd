"""The doorbell: it rings after commits and few times, knows whether it works, never raises, and stops when told to."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from broadcaster import Broadcast

from api.subscriptions.doorbell import Doorbell, Pace
from db.errors import Misconfigured
from tests.feed_server import until
from tests.rings import QUICK, SLOW, heard_by, quiet, ringing


async def test_a_commit_rings_and_many_ring_few_times() -> None:
    async with ringing("memory://") as (bell, rings):
        assert bell.state()["state"] == "CONNECTED"
        await heard_by(rings, bell)
        await quiet(bell)
        before, rung = rings.count, bell.rung
        for position in range(100_000):
            bell.committed(uuid4(), position, "epoch")
        await quiet(bell)
        assert rings.count == before + 1
        assert bell.rung == rung + 1


async def test_a_bell_is_connected_only_once_it_has_heard_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    publish = Broadcast.publish
    lost = 0

    async def lose_two(self: Broadcast, channel: str, message: Any) -> None:
        nonlocal lost
        assert not bell.connected
        lost += 1
        if lost > 2:
            monkeypatch.setattr(Broadcast, "publish", publish)

    monkeypatch.setattr(Broadcast, "publish", lose_two)
    bell = Doorbell("memory://", lambda: None, QUICK)
    await bell.start()
    assert (bell.connected, lost, bell.rebuilt) == (True, 3, 0)
    await bell.stop()


async def test_a_bell_that_no_longer_hears_itself_is_rebuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ringing("memory://", QUICK) as (bell, rings):

        async def lost(self: Broadcast, channel: str, message: Any) -> None:
            return None

        publish = Broadcast.publish
        monkeypatch.setattr(Broadcast, "publish", lost)
        await until(lambda: not bell.connected)
        assert bell.rebuilt == 0
        monkeypatch.setattr(Broadcast, "publish", publish)
        await until(lambda: bell.connected)
        assert bell.rebuilt == 1
        await heard_by(rings, bell)


async def test_while_it_is_broken_commits_of_this_process_ring_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(self: Broadcast) -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(Broadcast, "connect", refuse)
    async with ringing("memory://", Pace(again=3600)) as (bell, rings):  # does not keep the process from starting
        assert bell.state()["state"] == "RECONNECTING"
        assert bell.state()["trouble"] == "ConnectionRefusedError"
        assert rings.count == 0
        for position in range(1000):
            bell.committed(uuid4(), position, "epoch")
        assert rings.count == 1, "at once, and not a thousand times"
        await until(lambda: rings.count == 2)
        await quiet(bell)
        assert rings.count == 2, "again for those that came after the first ring"


async def test_a_bell_stops_even_where_its_backend_forgets_that_it_was_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As asyncio.wait_for does on Python 3.11 when the answer comes at that moment; redis-py uses it."""
    asked = asyncio.Event()

    async def forget(self: Broadcast, channel: str, message: Any) -> None:
        asked.set()
        with suppress(asyncio.CancelledError):
            await asyncio.get_running_loop().create_future()

    async with ringing("memory://", SLOW) as (bell, _):
        monkeypatch.setattr(Broadcast, "publish", forget)
        bell.committed(uuid4(), 1, "epoch")
        await asked.wait()
        async with asyncio.timeout(30):
            await bell.stop()
    assert not bell.connected


@pytest.mark.parametrize("steps", range(8))
async def test_a_bell_stops_even_while_it_breaks(steps: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """When everything is shut down together; a task group that has an error at that moment forgets the cancellation."""
    asked, gone = asyncio.Event(), asyncio.Event()

    async def die(self: Broadcast, channel: str, message: Any) -> None:
        asked.set()
        await gone.wait()
        raise ConnectionError

    async with ringing("memory://", replace(SLOW, connect=0.2, again=3600)) as (bell, _):
        monkeypatch.setattr(Broadcast, "publish", die)
        bell.committed(uuid4(), 1, "epoch")
        await asked.wait()
        gone.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            await bell.stop()
    assert not bell.connected


def test_a_wrong_setting_is_told_at_start() -> None:
    with pytest.raises(Misconfigured, match="BROADCAST_URL"):
        Doorbell("carrier-pigeon://", lambda: None)
