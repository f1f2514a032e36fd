"""The tail against a real log: what moved, what kind it was, who must be looked at again, and what it survives."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio

from api.subscriptions.tail import VERSIONS, Tail
from db.engine import Database
from db.events import AccessChanged, Event, IdeasImported, IdeaSubmitted, Silent
from db.log import Outcome, Transaction, writing
from tests.factories import Hospital
from tests.feed_server import until


class Told:
    """What the tail told the hub."""

    def __init__(self) -> None:
        self.advances: list[tuple[UUID, int, set[str]]] = []
        self.resets: list[tuple[UUID, int]] = []
        self.people: list[UUID] = []

    def advance(self, organisation: UUID, position: int, types: set[str]) -> None:
        self.advances.append((organisation, position, types))

    def reset(self, organisation: UUID, position: int) -> None:
        self.resets.append((organisation, position))

    def reconsider(self, person: UUID) -> None:
        self.people.append(person)


async def append(hospital: Hospital, *events: Event) -> int:
    async def work(tx: Transaction) -> Outcome:
        return Outcome(uuid4(), events)

    return (await writing(hospital.database, hospital.organisation, work)).position


async def execute(database: Database, text: str, *args: object) -> None:
    connection = await asyncpg.connect(database.dsn)
    await connection.execute(text, *args)
    await connection.close()


class Deaths(list[str]):
    """What was told to end the process."""


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def deaths() -> Deaths:
    return Deaths()


@pytest_asyncio.fixture
async def tail(hospital: Hospital, told: Told, deaths: Deaths) -> AsyncIterator[Tail]:
    tail = Tail(hospital.database, told, fatal=deaths.append, changed=told.people.append, every=0.05)
    await tail.start()
    told.advances.clear()
    yield tail
    await tail.stop()


def of(told: Told, hospital: Hospital) -> Sequence[tuple[int, set[str]]]:
    return [
        (position, types) for organisation, position, types in told.advances if organisation == hospital.organisation
    ]


async def test_what_moved_is_told_with_its_public_types(hospital: Hospital, tail: Tail, told: Told) -> None:
    before = tail.head(hospital.organisation)
    assert before is not None
    position = await append(hospital, IdeaSubmitted(), Silent(), IdeasImported(count=3))
    assert position == before + 3
    assert await tail.wait_for(hospital.organisation, position)
    assert of(told, hospital) == [(position, {"IDEA_SUBMITTED", "IDEAS_IMPORTED"})]
    position = await append(hospital, Silent())
    await until(lambda: tail.head(hospital.organisation) == position)  # by its own clock
    assert of(told, hospital)[-1] == (position, set())
    assert {organisation for organisation, _, _ in told.advances} == {hospital.organisation}
    assert tail.lag() < 1


async def test_a_change_of_access_is_forgotten_first_and_then_looked_at(
    hospital: Hospital, tail: Tail, told: Told
) -> None:
    position = await append(hospital, AccessChanged(person=hospital.nurse), AccessChanged(person=hospital.nurse))
    assert await tail.wait_for(hospital.organisation, position)
    assert told.people == [hospital.nurse, hospital.nurse]  # once by `changed`, once by the hub
    assert of(told, hospital) == [(position, set())]


async def test_unknown_types_and_versions_are_counted_and_passed_over(
    hospital: Hospital, tail: Tail, told: Told, deaths: Deaths
) -> None:
    position = await append(hospital, IdeaSubmitted(), IdeaSubmitted(), Silent())
    for at, change in ((position - 2, "type = 'FROM_THE_FUTURE'"), (position - 1, "version = 9")):
        await execute(
            hospital.database,
            f"update event set {change} where organisation_id = $1 and position = $2",
            hospital.organisation,
            at,
        )
    tail.heads[hospital.organisation] = position - 3  # it may have seen them before they were changed
    tail.unknown.clear()
    told.advances.clear()
    assert await tail.wait_for(hospital.organisation, position)
    assert tail.unknown == {("FROM_THE_FUTURE", 1): 1, ("IDEA_SUBMITTED", 9): 1}
    assert of(told, hospital) == [(position, set())]
    assert not deaths


async def test_an_older_version_of_an_event_is_told_as_a_replay_tells_it(
    hospital: Hospital, tail: Tail, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VERSIONS, "IDEA_SUBMITTED", 2)  # the release before still writes version 1
    position = await append(hospital, IdeaSubmitted())
    assert await tail.wait_for(hospital.organisation, position)
    assert of(told, hospital) == [(position, {"IDEA_SUBMITTED"})]
    assert not tail.unknown


async def test_a_new_epoch_and_a_log_that_is_shorter_are_a_replaced_log(
    hospital: Hospital, tail: Tail, told: Told
) -> None:
    at = tail.head(hospital.organisation)
    old = tail.epoch(hospital.organisation)
    await execute(
        hospital.database, "update feed_head set epoch = 'another' where organisation_id = $1", hospital.organisation
    )
    await until(lambda: tail.epoch(hospital.organisation) != old)
    assert told.resets == [(hospital.organisation, at)]
    tail.heads[hospital.organisation] += 5
    await until(lambda: len(told.resets) == 2)
    assert tail.head(hospital.organisation) == at


async def test_a_position_that_no_log_has_is_not_waited_for_long(hospital: Hospital, tail: Tail) -> None:
    head = tail.head(hospital.organisation)
    assert head is not None
    async with asyncio.timeout(2):
        assert not await tail.wait_for(hospital.organisation, head + 1)
        assert not await tail.wait_for(uuid4(), 0)
        assert await tail.wait_for(hospital.organisation, head)


async def test_a_database_that_is_away_is_waited_for(
    hospital: Hospital, tail: Tail, deaths: Deaths, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(text: str, args: Sequence[object] = ()) -> list[asyncpg.Record]:
        raise ConnectionRefusedError("nobody there")

    with monkeypatch.context() as patch:
        patch.setattr(hospital.database, "rows", away)
        await until(lambda: tail.away)
        position = await append(hospital, IdeaSubmitted())
        await asyncio.sleep(0.2)
    await until(lambda: tail.head(hospital.organisation) == position)
    assert not deaths
    assert caplog.text.count("the database is away") == 1


async def test_a_fault_of_its_own_ends_the_process(
    hospital: Hospital, tail: Tail, deaths: Deaths, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fault(text: str, args: Sequence[object] = ()) -> list[asyncpg.Record]:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(hospital.database, "rows", fault)
    await until(lambda: bool(deaths))
    assert deaths == ["the tail has died"]
    assert "the tail has died" in caplog.text


async def test_what_it_has_seen_is_as_old_as_the_beginning_of_its_look(
    tail: Tail, hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = tail.database.rows

    async def slow(text: str, args: Sequence[object] = ()) -> list[asyncpg.Record]:
        found = await rows(text, args)
        await asyncio.sleep(0.2)
        return found

    monkeypatch.setattr(tail.database, "rows", slow)
    await tail.look()
    assert tail.lag() >= 0.2
