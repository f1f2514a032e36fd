"""Organisations that take nothing but trusted documents from browsers: who is refused, and how a process learns it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from api.subscriptions.tail import Tail
from api.trusted import Browsers
from db.engine import Database
from db.errors import Refused
from db.events import SettingsChanged
from db.operations import organisations
from db.terms import RefusalCode
from tests.factories import Hospital
from tests.old_events import append, execute

PAGE = "https://board.example"


class Deaf:
    """A hub that nobody listens at."""

    def advance(self, organisation: UUID, position: int, types: set[str]) -> None: ...

    def doubt(self, organisation: UUID) -> None: ...

    def reset(self, organisation: UUID, position: int) -> None: ...

    def reconsider(self, person: UUID) -> None: ...


@pytest.fixture
def browsers(hospital: Hospital) -> Browsers:
    return Browsers(hospital.database)


@pytest_asyncio.fixture
async def tail(hospital: Hospital, browsers: Browsers) -> AsyncIterator[Tail]:
    def fatal(why: str) -> None:
        raise AssertionError(why)

    database = Database(hospital.database.dsn, readers=1)
    tail = Tail(database, Deaf(), fatal=fatal, settings=browsers.forget, every=0.05)
    await tail.start()
    yield tail
    await tail.stop()
    await database.close()


async def switch(hospital: Hospital, on: bool) -> int:
    written = await hospital.do(organisations.edit_organisation, hospital.admin, trusted_documents_only=on)
    return written.position


async def test_a_browser_may_send_anything_until_it_is_switched_off(hospital: Hospital, browsers: Browsers) -> None:
    assert not await browsers.refuses(hospital.organisation, PAGE, trusted=False)


async def test_then_it_must_name_a_trusted_document(hospital: Hospital, browsers: Browsers) -> None:
    await switch(hospital, True)
    assert await browsers.refuses(hospital.organisation, PAGE, trusted=False)
    assert await browsers.refuses(hospital.organisation, "null", trusted=False)  # a file, or a page in a sandbox
    assert not await browsers.refuses(hospital.organisation, PAGE, trusted=True)


async def test_who_is_no_browser_may_send_anything(hospital: Hospital, browsers: Browsers) -> None:
    await switch(hospital, True)
    assert not await browsers.refuses(hospital.organisation, None, trusted=False)


async def test_it_is_the_organisations_own_choice(hospital: Hospital, browsers: Browsers) -> None:
    await switch(hospital, True)
    assert not await browsers.refuses(hospital.other_organisation, PAGE, trusted=False)


async def test_the_database_is_asked_once(hospital: Hospital, browsers: Browsers) -> None:
    await switch(hospital, True)
    before = hospital.database.statements
    for _ in range(10):
        assert await browsers.refuses(hospital.organisation, PAGE, trusted=False)
        assert not await browsers.refuses(hospital.organisation, None, trusted=False)
        assert not await browsers.refuses(hospital.organisation, PAGE, trusted=True)
    assert hospital.database.statements == before + 1


async def test_a_process_learns_of_the_change_from_its_tail(hospital: Hospital, browsers: Browsers, tail: Tail) -> None:
    for on in (False, True, False):
        assert await tail.wait_for(hospital.organisation, await switch(hospital, on))
        assert await browsers.refuses(hospital.organisation, PAGE, trusted=False) is on


async def test_other_events_leave_what_is_known(hospital: Hospital, browsers: Browsers, tail: Tail) -> None:
    await browsers.refuses(hospital.organisation, PAGE, trusted=False)
    await browsers.refuses(hospital.other_organisation, PAGE, trusted=False)
    before = hospital.database.statements
    assert await tail.wait_for(hospital.organisation, await switch(hospital, True))
    await browsers.refuses(hospital.other_organisation, PAGE, trusted=False)  # whose log did not move
    assert hospital.database.statements == before


async def test_what_is_read_while_it_changes_is_not_kept(hospital: Hospital, browsers: Browsers) -> None:
    """The answer of before may arrive after the change was told."""
    reading = asyncio.Event()
    value = hospital.database.value

    async def slow(text: str, args: list[object]) -> object:
        found = await value(text, args)
        reading.set()
        await told.wait()
        return found

    told = asyncio.Event()
    browsers.database = type("Slow", (), {"value": staticmethod(slow)})()
    asked = asyncio.create_task(browsers.refuses(hospital.organisation, PAGE, trusted=False))
    await reading.wait()
    await switch(hospital, True)
    browsers.forget(hospital.organisation)
    told.set()
    assert not await asked
    assert await browsers.refuses(hospital.organisation, PAGE, trusted=False)


@pytest.mark.parametrize("change", ["epoch = 'another'", "position = position - 1"])
async def test_nothing_is_kept_of_a_database_that_was_replaced(
    hospital: Hospital, browsers: Browsers, tail: Tail, change: str
) -> None:
    assert not await browsers.refuses(hospital.organisation, PAGE, trusted=False)
    await execute(
        hospital,
        f"with replaced as (update feed_head set {change} where organisation_id = $1) "
        "update organisation set trusted_documents_only = true where id = $1",
        hospital.organisation,
    )
    await tail.look()
    assert await browsers.refuses(hospital.organisation, PAGE, trusted=False)


async def test_nothing_is_kept_where_the_log_has_a_gap(hospital: Hospital, browsers: Browsers, tail: Tail) -> None:
    """A process that did not look for longer than events are kept."""
    assert not await browsers.refuses(hospital.organisation, PAGE, trusted=False)
    await tail.stop()
    position = await switch(hospital, True)
    await execute(
        hospital, "delete from event where organisation_id = $1 and position = $2", hospital.organisation, position
    )
    await tail.start()
    assert await browsers.refuses(hospital.organisation, PAGE, trusted=False)


async def test_nothing_is_kept_from_before_the_tail_knew_the_organisation(
    hospital: Hospital, browsers: Browsers, tail: Tail
) -> None:
    assert not await browsers.refuses(hospital.organisation, PAGE, trusted=False)
    await tail.stop()
    await switch(hospital, True)
    del tail.heads[hospital.organisation]
    await tail.start()
    assert await browsers.refuses(hospital.organisation, PAGE, trusted=False)


async def test_a_release_that_does_not_know_the_event_passes_over_it(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the one before this runs beside it during an upgrade (rule 4)."""
    monkeypatch.setattr("api.subscriptions.tail.VERSIONS", {"SILENT": 1})
    database = Database(hospital.database.dsn, readers=1)
    tail = Tail(database, Deaf(), fatal=pytest.fail, every=0.05)
    await tail.start()
    position = await switch(hospital, True)
    assert await tail.wait_for(hospital.organisation, position)
    assert tail.unknown == {("SETTINGS_CHANGED", 1): 1}
    assert await tail.wait_for(hospital.organisation, await append(hospital, SettingsChanged()))
    await tail.stop()
    await database.close()


async def test_administrators_alone_switch_it(hospital: Hospital) -> None:
    with pytest.raises(Refused) as refused:
        await hospital.do(organisations.edit_organisation, hospital.nurse, trusted_documents_only=True)
    assert refused.value.code is RefusalCode.FORBIDDEN
    assert not await organisations.takes_only_trusted(hospital.database, hospital.organisation)
    assert not await organisations.takes_only_trusted(hospital.database, uuid4())
    await switch(hospital, True)
    assert await organisations.takes_only_trusted(hospital.database, hospital.organisation)
