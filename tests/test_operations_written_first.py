"""What writes before it is judged: a refusal leaves nothing, and what was done meanwhile is known to the rules."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from db.counts import miscounted
from db.log import Outcome, Transaction, writing
from db.operations.comments import add_comment
from db.operations.follows import support_idea, unsupport_idea
from db.operations.ideas import submit_idea, withdraw_idea
from db.operations.people import edit_person
from db.operations.themes import close_theme
from db.terms import Role
from tests.factories import Hospital, comment, submit, theme
from tests.noticed import events_of, forbidden, mistake, row
from tests.state import unchanged

PROBLEM = "The drip stands are always missing on nights."
WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


async def test_what_is_refused_leaves_nothing(hospital: Hospital) -> None:
    idea, withdrawn = await submit(hospital), await submit(hospital)
    await hospital.do(support_idea, hospital.coach, idea=idea)
    await hospital.do(edit_person, hospital.admin, person=hospital.coach, roles=[Role.EXECUTIVE])
    await hospital.do(withdraw_idea, hospital.nurse, idea=withdrawn)
    closed = await theme(hospital)
    await hospital.do(close_theme, hospital.lead, theme=closed)
    async with unchanged(hospital.database):
        for operation, actor, given in (
            (submit_idea, hospital.executive, {"problem": PROBLEM, "theme": hospital.theme}),
            (add_comment, hospital.executive, {"idea": idea, "body": "Yes."}),
            (support_idea, hospital.executive, {"idea": idea}),
            (unsupport_idea, hospital.coach, {"idea": idea}),
        ):
            with forbidden():
                await hospital.do(operation, actor, **given)
        for operation, given, code, path in (
            (submit_idea, {"problem": PROBLEM, "theme": closed}, "THEME_CLOSED", "themeId"),
            (submit_idea, {"problem": PROBLEM, "theme": uuid4()}, "NOT_FOUND", "themeId"),
            (submit_idea, {"problem": PROBLEM, "theme": hospital.theme, "unit": uuid4()}, "NOT_FOUND", "unitId"),
            (add_comment, {"idea": withdrawn, "body": "Yes."}, "NOT_ALLOWED_NOW", "ideaId"),
            (add_comment, {"idea": uuid4(), "body": "Yes."}, "NOT_FOUND", "ideaId"),
            (support_idea, {"idea": withdrawn}, "NOT_ALLOWED_NOW", "ideaId"),
            (support_idea, {"idea": uuid4()}, "NOT_FOUND", "ideaId"),
            (unsupport_idea, {"idea": withdrawn}, "NOT_ALLOWED_NOW", "ideaId"),
        ):
            with mistake(code, path):
                await hospital.do(operation, hospital.nurse, **given)


async def test_who_may_not_take_part_is_told_so_before_what_is_missing(hospital: Hospital) -> None:
    with forbidden():
        await hospital.do(submit_idea, hospital.executive, problem=PROBLEM, theme=uuid4(), unit=uuid4())
    with mistake("NOT_FOUND", "unitId"):
        await hospital.do(submit_idea, hospital.nurse, problem=PROBLEM, theme=uuid4(), unit=uuid4())


async def meanwhile(
    hospital: Hospital,
    operation: Callable[..., Awaitable[Outcome]],
    later: Callable[[], Awaitable[object]],
    **given: Any,
) -> asyncio.Task[None]:
    """Run the operation and commit it when `later`, begun after it, has come to its lock. Answers what `later` does."""

    async def begun_later() -> None:
        await later()

    begun, go_on = asyncio.Event(), asyncio.Event()

    async def work(tx: Transaction) -> Outcome:
        outcome = await operation(tx, **given)
        begun.set()
        await go_on.wait()
        return outcome

    done = asyncio.create_task(writing(hospital.database, hospital.organisation, work))
    await begun.wait()
    after = asyncio.create_task(begun_later())
    async with asyncio.timeout(2):  # less than the locks wait
        while await hospital.database.value(WAITING) < 1:  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(0.01)
    go_on.set()
    await done
    return after


@pytest.mark.parametrize(("who", "code"), [("colleague", "NOT_FOUND"), ("nurse", "NOT_ALLOWED_NOW")])
async def test_an_idea_that_was_withdrawn_meanwhile_takes_neither_comment_nor_support(
    hospital: Hospital, who: str, code: str
) -> None:
    actor = getattr(hospital, who)
    for operation, given in ((add_comment, {"body": "Yes."}), (support_idea, {}), (unsupport_idea, {})):
        idea = await submit(hospital)
        if operation is unsupport_idea:
            await hospital.do(support_idea, actor, idea=idea)
        before = await row(hospital, "idea", idea)

        late = partial(hospital.do, operation, actor, idea=idea, **given)
        after = await meanwhile(hospital, withdraw_idea, late, actor=hospital.nurse, idea=idea)
        with mistake(code, "ideaId"):
            await after
        now = await row(hospital, "idea", idea)
        assert (now["comment_count"], now["support_count"]) == (before["comment_count"], before["support_count"])
        assert await hospital.database.value("select count(*) from comment where idea_id = $1", [idea]) == 0
    assert await miscounted(hospital.database) == []


async def test_a_theme_that_was_closed_meanwhile_refuses_ideas(hospital: Hospital) -> None:
    late = partial(submit, hospital, theme=hospital.theme)
    after = await meanwhile(hospital, close_theme, late, actor=hospital.lead, theme=hospital.theme)
    with mistake("THEME_CLOSED", "themeId"):
        await after
    assert await miscounted(hospital.database) == []


async def test_of_two_leads_who_comment_at_once_one_responds(hospital: Hospital) -> None:
    idea = await submit(hospital)
    said = await asyncio.gather(comment(hospital, idea, hospital.lead), comment(hospital, idea, hospital.coach))
    kinds = [(await row(hospital, "comment", each))["kind"] for each in said]
    assert sorted(kinds) == ["COMMENT", "RESPONSE"]


class Counting(Transaction):
    """A transaction that counts what it says to the database."""

    __slots__ = ("said",)

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx.connection, tx.organisation)
        self.said = 0

    async def ask(self, *args: Any, **values: Any) -> asyncpg.Record | None:
        self.said += 1
        return await super().ask(*args, **values)

    async def rows(self, *args: Any) -> list[asyncpg.Record]:
        self.said += 1
        return await super().rows(*args)

    async def row(self, *args: Any) -> asyncpg.Record | None:
        self.said += 1
        return await super().row(*args)

    async def run(self, *args: Any) -> None:
        self.said += 1
        await super().run(*args)


async def test_what_is_done_most_is_one_statement(hospital: Hospital) -> None:
    idea = await submit(hospital, theme=hospital.theme)
    said: list[int] = []

    async def counted(operation: Callable[..., Awaitable[Outcome]], actor: Any, **given: Any) -> None:
        async def work(tx: Transaction) -> Outcome:
            counting = Counting(tx)
            outcome = await operation(counting, actor, **given)
            said.append(counting.said)
            return outcome

        await writing(hospital.database, hospital.organisation, work)

    await counted(submit_idea, hospital.nurse, problem=PROBLEM, theme=hospital.theme, unit=hospital.ward_b)
    await counted(submit_idea, hospital.nurse, problem=PROBLEM, anonymous=True)
    await counted(add_comment, hospital.colleague, idea=idea, body="With us too.")
    await counted(support_idea, hospital.colleague, idea=idea)
    await counted(unsupport_idea, hospital.colleague, idea=idea)
    assert said == [1, 1, 1, 1, 1]
    await counted(add_comment, hospital.lead, idea=idea, body="We order ten.")
    assert said[-1] == 2, "that it is a response is known when its idea is"


async def test_support_that_is_there_already_touches_nothing(hospital: Hospital) -> None:
    idea = await submit(hospital)
    assert await events_of(hospital, unsupport_idea, hospital.colleague, idea=idea) == []
    await hospital.do(support_idea, hospital.colleague, idea=idea)
    async with unchanged(hospital.database):
        assert await events_of(hospital, support_idea, hospital.colleague, idea=idea) == []
