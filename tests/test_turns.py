"""Turns at writing: many at once, those who go away, those who fail, those for whom there is no room."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID, uuid4

import pytest

from db.errors import Refused, UserMistake
from db.events import Silent
from db.log import HEAD, Outcome, Transaction, Written, writing
from db.operations.ideas import submit_idea
from db.terms import RefusalCode, UserErrorCode
from db.turns import AT_ONCE, Turns
from tests.factories import Hospital


async def head(hospital: Hospital) -> int:
    position: int = await hospital.database.value(HEAD, [hospital.organisation])
    return position


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0)


class Writer:
    """A write that begins at once and ends when it is told to."""

    def __init__(self, hospital: Hospital, begun: list["Writer"], organisation: UUID | None = None) -> None:
        self.begun = begun
        self.go_on = asyncio.Event()
        self.id = uuid4()
        self.task: asyncio.Task[Written] = asyncio.create_task(
            writing(hospital.database, organisation or hospital.organisation, self.work)
        )

    async def work(self, tx: Transaction) -> Outcome:
        self.begun.append(self)
        await self.go_on.wait()
        return Outcome(self.id, [Silent()])


def present(hospital: Hospital) -> int:
    line = hospital.database.turns.lines.get(hospital.organisation)
    return line.present if line else 0


async def test_of_two_hundred_writes_at_once_each_is_answered_once_and_no_position_is_missing(
    hospital: Hospital,
) -> None:
    hospital.database.turns = Turns(patience=60)
    before, reading = await head(hospital), True

    async def read() -> None:
        """What has become visible is always the beginning of what will be: positions are in the order of commits."""
        while reading:
            rows = await hospital.database.rows(
                "select position from event where organisation_id = $1 and position > $2 order by position",
                [hospital.organisation, before],
            )
            assert [row["position"] for row in rows] == list(range(before + 1, before + 1 + len(rows)))

    async def write(n: int) -> tuple[UUID, int]:
        async def work(tx: Transaction) -> Outcome:
            return await submit_idea(tx, hospital.nurse, problem=f"Problem {n}", theme=hospital.theme)

        written = await writing(hospital.database, hospital.organisation, work)
        return written.id, written.position

    async with asyncio.timeout(60):
        reader = asyncio.create_task(read())
        answers = await asyncio.gather(*map(write, range(200)))
        reading = False
        await reader
    kept = await hospital.database.rows(
        "select idea_id, position from event where organisation_id = $1 and position > $2",
        [hospital.organisation, before],
    )
    assert sorted(answers) == sorted((row["idea_id"], row["position"]) for row in kept)
    assert sorted(position for _, position in answers) == list(range(before + 1, before + 201))
    assert hospital.database.turns.lines == {}


async def test_of_one_organisation_only_a_few_transactions_are_open_and_the_others_find_connections(
    hospital: Hospital,
) -> None:
    begun: list[Writer] = []
    hot = [Writer(hospital, begun) for _ in range(20)]
    await until(lambda: len(begun) == AT_ONCE)
    other = Writer(hospital, elsewhere := [], hospital.other_organisation)
    other.go_on.set()
    async with asyncio.timeout(10):
        await other.task
    assert elsewhere == [other]
    assert set(begun) == set(hot[:AT_ONCE]), "the others have begun nothing"
    for writer in hot:
        writer.go_on.set()
    assert len({(await writer.task).position for writer in hot}) == 20


async def test_turns_come_in_the_order_in_which_they_were_asked_for(hospital: Hospital) -> None:
    hospital.database.turns = Turns(at_once=1)
    begun: list[Writer] = []
    writers = [Writer(hospital, begun) for _ in range(6)]
    for writer in writers:
        writer.go_on.set()
    positions = [(await writer.task).position for writer in writers]
    assert begun == writers
    assert positions == sorted(positions)


async def test_who_goes_away_while_waiting_holds_nobody_up_and_writes_nothing(hospital: Hospital) -> None:
    hospital.database.turns = Turns(at_once=1)
    before, begun = await head(hospital), list[Writer]()
    first, second, third = (Writer(hospital, begun) for _ in range(3))
    await until(lambda: begun == [first] and present(hospital) == 3)
    second.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second.task
    assert present(hospital) == 2
    first.go_on.set()
    third.go_on.set()
    assert [(await writer.task).position for writer in (first, third)] == [before + 1, before + 2]
    assert begun == [first, third]
    assert hospital.database.turns.lines == {}


async def test_who_goes_away_at_the_moment_of_their_turn_passes_it_on(hospital: Hospital) -> None:
    turns, organisation, had = Turns(at_once=1), uuid4(), list[str]()

    async def take(name: str) -> None:
        async with turns.turn(organisation):
            had.append(name)

    async with turns.turn(organisation):
        leaving, staying = (asyncio.create_task(take(name)) for name in ("leaving", "staying"))
        await until(lambda: turns.lines[organisation].present == 3)
    leaving.cancel()  # its turn has just been given, and it has not run yet
    async with asyncio.timeout(10):
        await staying
    with suppress(asyncio.CancelledError):
        await leaving
    assert had == ["staying"]
    assert turns.lines == {}


async def test_who_goes_away_in_the_middle_of_a_write_gives_back_turn_and_connection(hospital: Hospital) -> None:
    before, begun = await head(hospital), list[Writer]()
    writers = [Writer(hospital, begun) for _ in range(12)]
    for n in range(11):
        await until(lambda n=n: writers[n] in begun)  # type: ignore[misc]
        writers[n].task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writers[n].task
    writers[11].go_on.set()
    assert (await writers[11].task).position == before + 1
    assert hospital.database.turns.lines == {}


async def test_what_fails_harms_nobody_before_or_behind_it_and_tells_its_own_caller(hospital: Hospital) -> None:
    before = await head(hospital)

    async def write(n: int) -> int:
        async def work(tx: Transaction) -> Outcome:
            outcome = await submit_idea(tx, hospital.nurse, problem=f"Problem {n}")
            if n % 3 == 1:
                raise UserMistake(UserErrorCode.INVALID, f"Mistake {n}.")
            if n % 3 == 2:
                await tx.run("select 1 / 0")
            return outcome

        return (await writing(hospital.database, hospital.organisation, work)).position

    answers = await asyncio.gather(*map(write, range(30)), return_exceptions=True)
    assert sorted(answers[::3]) == list(range(before + 1, before + 11))
    assert [str(error) for error in answers[1::3]] == [f"Mistake {n}." for n in range(1, 30, 3)]
    assert {str(error) for error in answers[2::3]} == {"division by zero"}
    rows = await hospital.database.rows("select problem from idea where problem like 'Problem %'")
    assert {row["problem"] for row in rows} == {f"Problem {n}" for n in range(0, 30, 3)}
    assert await head(hospital) == before + 10


async def test_where_too_many_wait_one_more_is_refused_at_once_and_nothing_of_it_is_kept(hospital: Hospital) -> None:
    hospital.database.turns = Turns(at_once=1, most_waiting=2, patience=60)
    before, begun = await head(hospital), list[Writer]()
    waiting = [Writer(hospital, begun) for _ in range(3)]
    await until(lambda: begun == waiting[:1] and present(hospital) == 3)
    for _ in range(2):
        with pytest.raises(Refused, match="Too busy") as refused:
            await asyncio.wait_for(Writer(hospital, begun).task, 10)
        assert refused.value.code is RefusalCode.UNAVAILABLE
    elsewhere = Writer(hospital, [], hospital.other_organisation)
    elsewhere.go_on.set()
    await elsewhere.task  # has a line of its own
    for writer in waiting:
        writer.go_on.set()
    assert [(await writer.task).position for writer in waiting] == [before + 1, before + 2, before + 3]
    assert begun == waiting
    assert await head(hospital) == before + 3
    again = Writer(hospital, begun)
    again.go_on.set()
    assert (await again.task).position == before + 4


async def test_who_waits_too_long_for_a_turn_is_told_to_try_again(hospital: Hospital) -> None:
    hospital.database.turns = Turns(at_once=1, patience=0.05)
    before, begun = await head(hospital), list[Writer]()
    slow = Writer(hospital, begun)
    await until(lambda: begun == [slow])
    with pytest.raises(Refused, match="Too busy") as refused:
        await asyncio.wait_for(Writer(hospital, begun).task, 10)
    assert refused.value.code is RefusalCode.UNAVAILABLE
    slow.go_on.set()
    assert (await slow.task).position == before + 1
    assert begun == [slow]
    assert hospital.database.turns.lines == {}
