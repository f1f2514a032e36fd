"""Who is connected: ended when their access ends or changes, told to come back at a restart."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from api.subscriptions.hub import Hub
from api.viewer import Viewer
from db.terms import Sight
from tests.feed_log import make_hub, settle, viewer


class Guest:
    """A visitor that goes when it is closed."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.code: int | None = None
        self.at = 0.0
        self.now: Viewer | None = None
        self.beats: list[float] = []
        self.fails = False

    def beat(self, now: float) -> None:
        if self.fails:
            raise RuntimeError("a clock that is out of order")
        self.beats.append(now)

    def close(self, code: int, reason: str) -> None:
        self.code = code
        self.at = asyncio.get_running_loop().time()
        self.hub.presence.leave(self)

    def changed(self, viewer: Viewer) -> None:
        self.now = viewer


async def test_an_expired_credential_closes_at_the_next_tick_and_not_before() -> None:
    hub = make_hub()
    guest, other = Guest(hub), Guest(hub)
    for who, seconds in ((guest, 0.1), (other, 60)):
        hub.presence.enter(who)
        hub.presence.admit(who, viewer(seconds=seconds))
    hub.presence.tick(0)
    assert guest.code is None
    await asyncio.sleep(0.11)
    hub.presence.tick(0)
    assert (guest.code, other.code) == (4403, None)


async def test_a_connection_is_woken_once_at_the_time_it_asked_for() -> None:
    hub = make_hub()
    guest, broken = Guest(hub), Guest(hub)
    for who in (guest, broken):
        hub.presence.enter(who)
        hub.presence.wake(who, 10.0)
    broken.fails = True
    hub.presence.tick(9.9)
    assert guest.beats == []
    hub.presence.tick(10.1)
    hub.presence.tick(11.2)
    assert guest.beats == [10.1]
    assert (guest.code, broken.code) == (None, 1012), "one that fails is told to come back, and harms nobody"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_withdrawn_access_closes_and_a_changed_sight_is_told(when: str) -> None:
    gone, admin = viewer(), viewer()
    answers: dict[UUID, Viewer | None] = {
        gone.person: None,
        admin.person: replace(admin, sight=Sight.ADMIN),
    }

    async def current(who: Viewer) -> Viewer | None:
        return answers[who.person]

    hub = Hub(current)
    guests = {person: Guest(hub) for person in answers}
    if when == "before":  # the tail reads of it after the sign-in was checked and before it is let in
        for person in answers:
            hub.reconsider(person)
    for who in (gone, admin):
        hub.presence.enter(guests[who.person])
        hub.presence.admit(guests[who.person], who)
    if when == "after":
        for person in answers:
            hub.reconsider(person)
    await settle(10)
    assert guests[gone.person].code == 4403
    assert guests[admin.person].code is None
    assert guests[admin.person].now == answers[admin.person]


async def test_goodbye_is_said_to_everybody_spread_over_time() -> None:
    hub = make_hub()
    guests = [Guest(hub) for _ in range(100)]
    for guest in guests:
        hub.presence.enter(guest)
    await hub.goodbye(0.2)
    assert {guest.code for guest in guests} == {1012}
    assert guests[-1].at - guests[0].at > 0.1


@pytest.mark.parametrize("number", [1, 50, 60, 99, 149])
async def test_goodbye_takes_no_longer_than_it_may_whatever_the_number(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = make_hub()
    for _ in range(number):
        hub.presence.enter(Guest(hub))
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("api.subscriptions.presence.asyncio.sleep", sleep)
    await hub.goodbye(3.0)
    assert sum(slept) <= 3.01
    assert not hub.presence.visitors
