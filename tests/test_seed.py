"""The demonstration: believable on the first day, of any size for tests under load, made by the operations alone."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from db import seed
from db.counts import miscounted
from db.engine import Database
from db.errors import Misconfigured, UserMistake
from db.log import Outcome, Transaction, writing
from db.operations.comments import add_comment
from db.operations.sessions import sign_in
from db.rules import ANONYMITY_SET
from db.seed.growth import LOCK
from db.seed.together import together
from tests.factories import Hospital, comment, submit

DEMO = "(select organisation_id from person where email = 'admin@demo.example')"
OURS = (
    ("idea", "number, title, problem, solution, status, anonymous, support_count, comment_count, version"),
    ("comment", "body, kind, anonymous"),
    ("win", "headline, change, before_value, after_value"),
    ("person", "name, email, job_title, roles"),
    ("theme", "title, status, idea_count, win_count"),
    ("event", "position, type, facts::text"),
)


@pytest_asyncio.fixture(scope="module")
async def demo(module_database: Database) -> Database:
    """The first day."""
    await seed.seed_demo(module_database)
    return module_database


async def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that should be the same each time: no ids and no times."""
    return {
        table: sorted(tuple(map(str, row)) for row in await database.rows(
            f"select {columns} from {table} where organisation_id = {DEMO}"
        ))
        for table, columns in OURS
    }  # fmt: skip


async def number(database: Database, table: str, where: str = "true") -> int:
    found: int = await database.value(f"select count(*) from {table} where organisation_id = {DEMO} and {where}")
    return found


async def grown(database: Database, ideas: int) -> list[int]:
    told: list[int] = []
    await seed.seed_ideas(database, ideas, told.append)
    return told


@pytest.mark.parametrize("email", ["nurse@demo.example", "lead@demo.example", "admin@demo.example"])
async def test_the_demo_people_sign_in(demo: Database, email: str) -> None:
    await sign_in(demo, email=email, password=seed.PASSWORD, address="")


async def test_the_demo_people_are_what_their_addresses_say(demo: Database) -> None:
    rows = await demo.rows(
        "select email, roles, exists (select from unit_lead where person_id = person.id) as leads from person"
    )
    found = {row["email"].partition("@")[0]: (set(row["roles"]), row["leads"]) for row in rows}
    assert found["nurse"] == ({"CONTRIBUTOR"}, False)
    assert found["lead"] == ({"CONTRIBUTOR", "THEME_LEAD"}, True)
    assert found["admin"] == ({"CONTRIBUTOR", "ADMIN"}, False)
    assert await demo.value(
        "select count(*) from theme join person on person.id = owner_id where email = 'lead@demo.example'"
    )


async def test_the_other_organisation_is_another(demo: Database) -> None:
    signed_in = await sign_in(demo, email="other@demo.example", password=seed.PASSWORD, address="")
    assert signed_in.organisation != await demo.value(f"select {DEMO}")


async def test_the_first_day_is_worth_looking_at(demo: Database) -> None:
    assert await number(demo, "idea") == 80
    assert await number(demo, "comment") == 240
    assert await number(demo, "theme", "status = 'OPEN'") == 8
    assert await number(demo, "theme", "status = 'DRAFT'") == 1
    assert await number(demo, "theme", "status = 'CLOSED'") == 1
    assert await number(demo, "win") == 8
    assert await number(demo, "win", "not exists (select from win_thanks where win_id = win.id)") == 0
    states = {row["status"] for row in await demo.rows("select distinct status from idea")}
    assert states >= {"OPEN", "UNDER_REVIEW", "PLANNED", "TESTING", "IMPLEMENTED", "DEFERRED", "DECLINED"}
    weeks = await demo.value("select count(distinct date_trunc('week', submitted_at)) from idea")
    assert weeks >= 4
    assert await miscounted(demo) == []


async def test_the_lead_finds_ideas_that_wait_and_the_nurse_finds_hers(demo: Database) -> None:
    waiting = await demo.value(
        "select count(*) from idea join unit_lead on unit_lead.unit_id = shown_unit_id "
        "join person on person.id = unit_lead.person_id "
        "where person.email = 'lead@demo.example' and status = 'OPEN' and first_response_at is null"
    )
    hers = await demo.value(
        "select count(distinct status) from idea join person on person.id = author_id "
        "where email = 'nurse@demo.example'"
    )
    assert waiting >= 2
    assert hers >= 3


async def test_most_agree_to_be_named_on_screens_so_that_a_wall_has_somebody_to_thank(demo: Database) -> None:
    people, agreeing = await number(demo, "person"), await number(demo, "person", "shown_on_screens")
    assert 0.6 * people < agreeing < people
    thanked = "exists (select from win_thanks join person on person.id = person_id where win_id = win.id and {})"
    assert await number(demo, "win", thanked.format("shown_on_screens")) == await number(demo, "win")
    assert await number(demo, "win", thanked.format("not shown_on_screens")) > 0
    for own in ("nurse", "lead"):
        assert await number(demo, "person", f"email = '{own}@demo.example' and shown_on_screens") == 1


async def test_times_are_in_an_order_that_could_have_been(demo: Database) -> None:
    for wrong in (
        "select count(*) from idea where submitted_at > now() or active_at > now() or first_response_at < submitted_at",
        "select count(*) from comment join idea on idea.id = idea_id where created_at < submitted_at",
        "select count(*) from idea join theme on theme.id = theme_id where submitted_at < first_opened_at",
        "select count(*) from win join win_idea on win_id = win.id join idea on idea.id = idea_id "
        "where shared_at < submitted_at",
    ):
        assert await demo.value(wrong) == 0, wrong


async def test_anonymous_ideas_stay_so(demo: Database) -> None:
    """The unit shown for them is large enough, and no win names their author."""
    assert await number(demo, "idea", "anonymous") > 0
    rows = await demo.rows("select member_count from idea join unit on unit.id = shown_unit_id where anonymous")
    assert all(row["member_count"] >= ANONYMITY_SET for row in rows)
    assert await demo.value("select count(*) from win_idea join idea on idea.id = idea_id where anonymous") == 0


async def test_it_is_made_once(demo: Database) -> None:
    before = await contents(demo)
    await seed.seed_demo(demo)
    assert await contents(demo) == before


async def test_all_of_it_is_there_or_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*given: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("db.seed.demo._tell_wins", fails)
    with pytest.raises(ConnectionError):
        await seed.seed_demo(database)
    assert await database.value("select count(*) from organisation") == 0


@pytest_asyncio.fixture(scope="module")
async def large(server: str) -> Any:
    """Grown to 150 ideas, in one go."""
    from tests.conftest import _copied, _opened

    async for copied in _copied(server):
        async for database in _opened(copied):
            await grown(database, 150)
            yield database


async def test_it_grows_in_proportion(large: Database) -> None:
    assert await number(large, "idea") == 150
    assert await number(large, "comment") == 450
    assert await number(large, "person") == 5000
    assert await number(large, "theme") == 40
    assert await number(large, "win") >= 3
    assert await miscounted(large) == []


async def test_each_step_has_its_event_and_positions_have_no_gap(large: Database) -> None:
    for table, kind in (("idea", "IDEA_SUBMITTED"), ("comment", "COMMENT_ADDED"), ("win", "WIN_SHARED")):
        assert await number(large, "event", f"type = '{kind}'") == await number(large, table)
    assert await number(large, "event") == await large.value(
        f"select max(position) from event where organisation_id = {DEMO}"
    )
    assert (
        await number(
            large, "event a join event b using (organisation_id)", "b.position = a.position + 1 and b.at < a.at"
        )
        == 0
    )


async def test_a_second_run_adds_nothing_and_a_larger_one_the_rest(large: Database) -> None:
    before = await contents(large)
    assert await grown(large, 150) == [150]
    assert await contents(large) == before
    assert (await grown(large, 260))[-1] == 260
    after = await contents(large)
    assert [len(after[table]) for table in ("idea", "comment", "person", "theme")] == [260, 780, 5000, 40]
    assert set(before["comment"]) <= set(after["comment"])
    assert await miscounted(large) == []


async def test_what_was_interrupted_goes_on_and_comes_to_the_same_numbers(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(done: int) -> None:
        if done > 150:
            raise KeyboardInterrupt

    monkeypatch.setattr("db.seed.growth._AT_ONCE", 40)
    monkeypatch.setattr("db.seed.growth.EVERYBODY", 300)
    with pytest.raises(KeyboardInterrupt):
        await seed.seed_ideas(database, 300, cut)
    assert await number(database, "idea") == 160
    assert (await grown(database, 300))[0] == 160
    assert (
        await database.value("select reltuples from pg_class where oid = 'idea'::regclass") == 300
    )  # words were counted
    assert [await number(database, table) for table in ("idea", "comment", "win")] == [300, 900, 8]
    assert await miscounted(database) == []


async def test_the_same_number_gives_the_same_words(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.conftest import _copied, _opened

    monkeypatch.setattr("db.seed.growth.EVERYBODY", 300)
    found = []
    for _ in range(2):
        async for copied in _copied(server):
            async for database in _opened(copied):
                await grown(database, 130)
                rows = await database.rows("select title, problem, solution from idea order by number")
                found.append([tuple(row) for row in rows])
    assert found[0] == found[1]


async def test_one_at_a_time_seeds(demo: Database) -> None:
    async with demo.writes.connection() as other:
        await other.fetchval("select pg_advisory_lock($1)", LOCK)
        with pytest.raises(Misconfigured, match="Another process is seeding"):
            await seed.seed_ideas(demo, 100, print)
        await other.fetchval("select pg_advisory_unlock($1)", LOCK)


async def test_operations_go_together_as_they_would_alone(hospital: Hospital) -> None:
    ideas = [await submit(hospital) for _ in range(5)]
    await comment(hospital, ideas[0])

    async def say(idea: UUID, tx: Transaction) -> Outcome:
        return await add_comment(tx, hospital.lead, idea=idea, body=f"Of {idea}")

    async def work(tx: Transaction) -> Outcome:
        done = await together(tx, [lambda lane, idea=idea: say(idea, lane) for idea in ideas])  # type: ignore[misc]
        assert [each.events[0].idea for each in done] == ideas
        return Outcome(ideas[0], [event for each in done for event in each.events])

    await writing(hospital.database, hospital.organisation, work)
    rows = await hospital.database.rows("select idea_id, body, kind from comment where author_id = $1", [hospital.lead])
    assert {(row["idea_id"], row["body"], row["kind"]) for row in rows} == {
        (idea, f"Of {idea}", "RESPONSE") for idea in ideas
    }
    assert await miscounted(hospital.database) == []


async def test_a_mistake_of_one_ends_all_that_go_together(hospital: Hospital) -> None:
    idea, before = await submit(hospital), await hospital.database.value("select count(*) from event")

    async def work(tx: Transaction) -> Outcome:
        async def say(body: str, lane: Transaction) -> Outcome:
            return await add_comment(lane, hospital.lead, idea=idea, body=body)

        await together(tx, [lambda lane, body=body: say(body, lane) for body in ("Yes", " ")])  # type: ignore[misc]
        return Outcome(idea)

    with pytest.raises(UserMistake, match="Please write something here"):
        await asyncio.wait_for(writing(hospital.database, hospital.organisation, work), 5)
    assert await hospital.database.value("select count(*) from event") == before
    assert await hospital.database.value("select count(*) from comment") == 0
