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
    def __init__(self) -> None:
        self.code: int | None = None
        self.at = 0.0
        self.now: Viewer | None = None

    def close(self, code: int, reason: str) -> None:
        self.code = code
        self.at = asyncio.get_running_loop().time()

    def changed(self, viewer: Viewer) -> None:
        self.now = viewer


async def test_an_expired_credential_closes_to_the_second() -> None:
    hub, guest = make_hub(), Guest()
    begun = asyncio.get_running_loop().time()
    hub.presence.enter(guest)
    hub.presence.admit(guest, viewer(seconds=0.1))
    await asyncio.sleep(0.25)
    assert guest.code == 4403
    assert 0.08 < guest.at - begun < 0.2


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
    guests = {person: Guest() for person in answers}
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
    guests = [Guest() for _ in range(100)]
    for guest in guests:
        hub.presence.enter(guest)
    await hub.goodbye(0.2)
    assert {guest.code for guest in guests} == {1012}
    assert guests[-1].at - guests[0].at > 0.1
