"""The log's writing end: positions, payloads, repeated requests, and what is left of what failed."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg
import pytest

from db.errors import Refused, UserMistake
from db.events import Silent
from db.keys import Once
from db.log import HEAD, Outcome, Reading, Transaction, writing
from db.operations.follows import support_idea
from db.operations.ideas import submit_idea
from db.terms import UserErrorCode
from tests.factories import Hospital, submit

Work = Callable[[Transaction], Awaitable[Outcome]]


async def head(hospital: Hospital, organisation: UUID | None = None) -> int:
    position: int = await hospital.database.value(HEAD, [organisation or hospital.organisation])
    return position


async def log(hospital: Hospital) -> list[asyncpg.Record]:
    text = "select * from event where organisation_id = $1 order by position"
    return await hospital.database.rows(text, [hospital.organisation])


async def tables(hospital: Hospital) -> dict[str, object]:
    """Everything that is kept, to compare."""
    names = await hospital.database.rows("select tablename from pg_tables where schemaname = 'public'")
    return {
        row["tablename"]: await hospital.database.value(
            f"select coalesce(json_agg(t order by t::text), '[]')::text from \"{row['tablename']}\" t"
        )
        for row in names
    }


def submitting(hospital: Hospital, problem: str = "The lift is slow.", **given: object) -> Work:
    async def work(tx: Transaction) -> Outcome:
        return await submit_idea(tx, hospital.nurse, problem=problem, **given)  # type: ignore[arg-type]

    return work


async def test_positions_have_no_gap_and_are_in_the_order_of_commits(hospital: Hospital) -> None:
    before = await head(hospital)
    seen: list[int] = []  # what a reader sees, in the order in which it sees it

    async def watch() -> None:
        last = before
        while last < before + 60:
            rows = await hospital.database.rows(
                "select position from event where organisation_id = $1 and position > $2 order by position",
                [hospital.organisation, last],
            )
            seen.extend(row["position"] for row in rows)
            last = seen[-1] if seen else last

    async def write(n: int) -> None:
        for _ in range(2):

            async def work(tx: Transaction) -> Outcome:
                if n % 2:
                    return Outcome(uuid4(), [Silent(), Silent()])
                return await submitting(hospital, theme=hospital.theme)(tx)

            await writing(hospital.database, hospital.organisation, work)

    async with asyncio.timeout(30):
        await asyncio.gather(watch(), *(write(n) for n in range(20)))
    assert seen == list(range(before + 1, before + 61))
    rows = await log(hospital)
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)


async def test_each_organisation_has_its_own_positions(hospital: Hospital) -> None:
    other = await head(hospital, hospital.other_organisation)
    await submit(hospital)
    assert await head(hospital, hospital.other_organisation) == other


async def test_events_of_one_transaction_have_consecutive_positions(hospital: Hospital) -> None:
    async def work(tx: Transaction) -> Outcome:
        made = [await submitting(hospital, f"Problem {n}")(tx) for n in range(5)]
        return Outcome(made[0].id, [event for outcome in made for event in outcome.events])

    before = await head(hospital)
    written = await writing(hospital.database, hospital.organisation, work)
    assert written.position == before + 5
    ideas = await hospital.database.rows(
        "select position, number from event join idea on idea.id = idea_id where position > $1 order by position",
        [before],
    )
    assert [row["position"] for row in ideas] == list(range(before + 1, before + 6))
    numbers = [row["number"] for row in ideas]
    assert numbers == list(range(numbers[0], numbers[0] + 5))


async def test_the_payload_is_read_before_the_append_and_sees_the_effect(hospital: Hospital) -> None:
    before = await head(hospital)

    # Two of them: the first is read within the append, the second by a statement of its own.
    text = f"select title || ' ' || (select position from ({HEAD}) head) as body from idea where id = $2"
    reading = Reading(text, lambda id_: [hospital.organisation, id_])
    written = await writing(hospital.database, hospital.organisation, submitting(hospital), [reading, reading])
    assert [row and row["body"] for row in written.rows] == [f"The lift is slow. {before}"] * 2
    assert written.position == before + 1


async def test_an_operation_that_fails_leaves_no_trace(hospital: Hospital) -> None:
    async def work(tx: Transaction) -> Outcome:
        await submitting(hospital)(tx)
        raise UserMistake(UserErrorCode.INVALID, "No.", ["problem"])

    fails = Reading("select (1 / (title is null)::integer)::text as body from idea where id = $1", lambda id_: [id_])

    before = await tables(hospital)
    with pytest.raises(UserMistake):
        await writing(hospital.database, hospital.organisation, work)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await writing(hospital.database, hospital.organisation, submitting(hospital), [fails])
    assert await tables(hospital) == before


async def test_listeners_hear_of_every_commit_and_of_nothing_else(hospital: Hospital) -> None:
    heard: list[tuple[UUID, int, str]] = []
    hospital.database.listeners.append(lambda *committed: heard.append(committed))
    idea = await submit(hospital)
    first = await hospital.do(support_idea, hospital.lead, idea=idea)
    again = await hospital.do(support_idea, hospital.lead, idea=idea)
    assert again.position == first.position
    of, epoch = hospital.organisation, first.epoch
    assert heard == [(of, first.position - 1, epoch), (of, first.position, epoch)]


def once(hospital: Hospital, key: str, content: str = "") -> Once:
    return Once(hospital.nurse, "submitIdea", key, hashlib.sha256(content.encode()).digest())


async def test_a_repeated_key_answers_as_the_first_time(hospital: Hospital) -> None:
    first = await writing(hospital.database, hospital.organisation, submitting(hospital), once=once(hospital, "k"))
    await submit(hospital)
    again = await writing(hospital.database, hospital.organisation, submitting(hospital), once=once(hospital, "k"))
    assert (again.id, again.position, again.repeated) == (first.id, first.position, True)
    other = await writing(hospital.database, hospital.organisation, submitting(hospital), once=once(hospital, "l"))
    assert other.id != first.id


async def test_of_many_at_once_with_one_key_one_is_done_and_all_answer_it(hospital: Hospital) -> None:
    before = await head(hospital)
    written = await asyncio.gather(
        *(
            writing(hospital.database, hospital.organisation, submitting(hospital), once=once(hospital, "k"))
            for _ in range(6)
        )
    )
    assert len({(each.id, each.position) for each in written}) == 1
    assert await head(hospital) == before + 1


async def test_a_key_with_another_input_is_a_conflict(hospital: Hospital) -> None:
    await writing(hospital.database, hospital.organisation, submitting(hospital), once=once(hospital, "k", "a"))
    before = await tables(hospital)
    with pytest.raises(UserMistake) as caught:
        await writing(hospital.database, hospital.organisation, submitting(hospital), once=once(hospital, "k", "b"))
    assert (caught.value.code, caught.value.path) == (UserErrorCode.IDEMPOTENCY_CONFLICT, ("idempotencyKey",))
    assert await tables(hospital) == before


async def test_an_answer_with_a_mistake_is_not_kept(hospital: Hospital) -> None:
    with pytest.raises(UserMistake):
        await writing(hospital.database, hospital.organisation, submitting(hospital, " "), once=once(hospital, "k"))
    written = await writing(
        hospital.database, hospital.organisation, submitting(hospital), once=once(hospital, "k", "b")
    )
    assert not written.repeated


async def test_a_key_whose_effect_was_there_already_answers_so_again(hospital: Hospital) -> None:
    idea = await submit(hospital)
    await hospital.do(support_idea, hospital.nurse, idea=idea)

    async def work(tx: Transaction) -> Outcome:
        return await support_idea(tx, hospital.nurse, idea=idea)

    key = Once(hospital.nurse, "supportIdea", "k", b"1")
    first = await writing(hospital.database, hospital.organisation, work, once=key)
    again = await writing(hospital.database, hospital.organisation, work, once=key)
    assert (first.id, first.position) == (again.id, again.position)


async def test_who_waits_too_long_for_a_lock_is_told_to_try_again(hospital: Hospital) -> None:
    idea = await submit(hospital)
    connection = await asyncpg.connect(hospital.database.dsn)
    async with connection.transaction():
        await connection.execute("select from idea where id = $1 for update", idea)
        with pytest.raises(Refused, match="Too busy"):
            await hospital.do(support_idea, hospital.lead, idea=idea)
    await connection.close()
    await hospital.do(support_idea, hospital.lead, idea=idea)


async def test_of_two_that_lock_the_same_rows_crosswise_both_are_done(hospital: Hospital) -> None:
    """PostgreSQL ends one of them, which is tried again."""
    ideas = [await submit(hospital) for _ in range(2)]
    before, tries = await head(hospital), list[UUID]()
    both, one_is_done = asyncio.Barrier(2), asyncio.Event()

    async def write(first: UUID, second: UUID) -> int:
        async def work(tx: Transaction) -> Outcome:
            tries.append(first)
            if tries.count(first) == 2:
                await one_is_done.wait()
            await tx.row("select from idea where id = $1 for update", first)
            if tries.count(first) == 1:
                await both.wait()  # each has its first lock before it asks for its second
            await tx.row("select from idea where id = $1 for update", second)
            return Outcome(first, [Silent()])

        position = (await writing(hospital.database, hospital.organisation, work)).position
        one_is_done.set()
        return position

    async with asyncio.timeout(20):
        positions = await asyncio.gather(write(*ideas), write(*reversed(ideas)))
    assert sorted(positions) == [before + 1, before + 2]
    assert len(tries) == 3


async def test_who_always_meets_a_deadlock_is_told_to_try_again(hospital: Hospital) -> None:
    tries = 0

    async def work(tx: Transaction) -> Outcome:
        nonlocal tries
        tries += 1
        await submitting(hospital)(tx)
        await tx.run("do $$ begin raise exception using errcode = 'deadlock_detected'; end $$")
        raise AssertionError("unreachable")

    before = await tables(hospital)
    with pytest.raises(Refused, match="Too busy"):
        await writing(hospital.database, hospital.organisation, work)
    assert tries == 3
    assert await tables(hospital) == before
