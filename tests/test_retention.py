"""Retention in the database: what goes and what is kept, what is remembered of it, and that no writer notices."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import asyncpg
import pytest

from db import migrate
from db.counts import miscounted
from db.engine import Database
from db.errors import Refused
from db.events import IdeaSubmitted, Silent, WinShared
from db.log import Outcome, Transaction
from db.log import append as append_events
from db.operations.clock import midnight
from db.operations.ideas import submit_idea
from db.operations.organisations import edit_organisation
from db.retention import KNOWN, LOCK, PASSING, PRUNE, STRIDE, prune
from tests.client import serving
from tests.factories import Hospital, comment, do, move, submit, theme, win
from tests.old_events import ONE_OF_EACH, age, append, execute, kept, marks
from tests.somebody import Somebody

MONTH = timedelta(days=30)
ALWAYS_KEPT = {"IDEA_STATUS_CHANGED", "THEME_OPENED", "THEME_CLOSED", "WIN_SHARED"}


async def test_the_spine_of_history_is_kept_and_all_else_that_is_old_goes(hospital: Hospital) -> None:
    assert {type(event) for event in ONE_OF_EACH} == set(KNOWN)
    await append(hospital, *ONE_OF_EACH)
    await age(hospital, 31)
    young = await append(hospital, *ONE_OF_EACH)
    before = await kept(hospital)
    gone = await prune(hospital.database, MONTH)
    due = [e for e in before if e["position"] > young - len(ONE_OF_EACH) or e["type"] in ALWAYS_KEPT]
    assert await kept(hospital) == due
    assert gone == len(before) - len(due) > len(ONE_OF_EACH) - len(ALWAYS_KEPT)
    assert {e["type"] for e in due if e["position"] <= young - len(ONE_OF_EACH)} == ALWAYS_KEPT


async def test_it_remembers_a_type_up_to_where_it_pruned(hospital: Hospital) -> None:
    await append(hospital, *ONE_OF_EACH, IdeaSubmitted())
    await age(hospital, 31)
    await append(hospital, *ONE_OF_EACH)
    before = {e["position"]: e["type"] for e in await kept(hospital)}
    await prune(hospital.database, MONTH)
    gone = before.keys() - {e["position"] for e in await kept(hospital)}
    highest: dict[str, int] = {}
    for position in sorted(gone):
        highest[before[position]] = position
    assert await marks(hospital) == highest
    assert highest.keys() == set(PASSING)


async def test_what_grows_old_later_goes_in_a_later_round(hospital: Hospital) -> None:
    await age(hospital, 31)
    await append(hospital, *ONE_OF_EACH)
    await prune(hospital.database, MONTH)
    first = await marks(hospital)
    assert await prune(hospital.database, MONTH) == 0
    await age(hospital, 31)
    last = await append(hospital, WinShared())
    assert await prune(hospital.database, MONTH) == len(PASSING)
    later = await marks(hospital)
    assert all(later[type_] > last - len(ONE_OF_EACH) - 1 > position for type_, position in first.items())


async def test_batches_however_small_take_the_same_and_pass_over_what_is_gone_already(hospital: Hospital) -> None:
    await append(hospital, *ONE_OF_EACH * 3)
    await age(hospital, 31)
    await append(hospital, *ONE_OF_EACH)
    text = "delete from event where organisation_id = $1 and position between 5 and 25"
    await execute(hospital, text, hospital.organisation)  # a hole wider than a batch
    before = await kept(hospital)
    gone = await prune(hospital.database, MONTH, stride=3)
    left = {e["position"] for e in await kept(hospital)}
    assert gone == len(before) - len(left)
    old = before[-1]["at"] - timedelta(days=29)
    assert left == {e["position"] for e in before if e["at"] > old or e["type"] in ALWAYS_KEPT}


async def test_each_organisation_is_pruned_by_its_own_log(hospital: Hospital) -> None:
    await append(hospital, *ONE_OF_EACH)
    await age(hospital, 31)
    await append(hospital, Silent())
    for problem in ("One", "Two"):
        await do(hospital.database, hospital.other_organisation, submit_idea, hospital.stranger, problem=problem)
    other = await kept(hospital, hospital.other_organisation)
    await prune(hospital.database, MONTH)
    assert await kept(hospital, hospital.other_organisation) == other
    assert await marks(hospital, hospital.other_organisation) == {}
    await age(hospital, 31, hospital.other_organisation)
    await prune(hospital.database, MONTH)
    assert len(await kept(hospital, hospital.other_organisation)) < len(other)


async def test_a_type_of_a_newer_release_is_not_taken_away(hospital: Hospital) -> None:
    position = await append(hospital, IdeaSubmitted())
    await execute(hospital, "update event set type = 'FROM_THE_FUTURE' where position = $1", position)
    await age(hospital, 31)
    await append(hospital, Silent())
    await prune(hospital.database, MONTH)
    assert position in {e["position"] for e in await kept(hospital)}


async def test_in_an_organisation_where_nothing_happens_answers_stay_as_they_are(hospital: Hospital) -> None:
    """The newest event is kept, whatever it is: a board says as of when it is, and the counts go by it."""
    async with serving(hospital.database.dsn) as api:
        nurse = Somebody(api, hospital.nurse)
        await nurse.do("editProfile", jobTitle="Nurse")
        await age(hospital, 400)
        before = await nurse.see("{ cursor board { asOf cursor counts { open } } }")
        await prune(hospital.database, MONTH)
        assert await nurse.see("{ cursor board { asOf cursor counts { open } } }") == before
        assert len(await kept(hospital)) == 1 + sum(e["type"] in ALWAYS_KEPT for e in await kept(hospital))
    assert await miscounted(hospital.database) == []


async def test_the_history_of_an_idea_keeps_its_changes_of_status(hospital: Hospital) -> None:
    async with serving(hospital.database.dsn) as api:
        nurse = Somebody(api, hospital.nurse)
        idea = await submit(hospital, theme=hospital.theme)
        await comment(hospital, idea)
        await move(hospital, idea, "UNDER_REVIEW", "TESTING")
        await win(hospital, of=[idea])
        text = """query($id: ID!, $after: Cursor) { node(id: $id) { ... on Idea { history(first: 2, after: $after) {
            nodes { __typename cursor at ... on IdeaStatusChanged { from to } } pageInfo { hasNextPage endCursor }
        } } } }"""

        async def history() -> list[dict[str, Any]]:
            nodes, after, more = list[dict[str, Any]](), None, True
            while more:
                page = (await nurse.see(text, id=f"idea_{idea}", after=after))["node"]["history"]
                nodes += page["nodes"]
                after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
            return nodes

        await age(hospital, 31)
        await submit(hospital)
        before = await history()
        await prune(hospital.database, MONTH)
        assert await history() == [each for each in before if each["__typename"] == "IdeaStatusChanged"]
        assert [each["to"] for each in await history()] == ["UNDER_REVIEW", "TESTING", "IMPLEMENTED"]


# Nobody is held up ---------------------------------------------------------------------------------------------------


async def an_old_log(hospital: Hospital) -> None:
    await append(hospital, *ONE_OF_EACH)
    await age(hospital, 31)
    await append(hospital, Silent())


async def impatient(hospital: Hospital) -> Hospital:
    """The same hospital, where a statement that has to wait for a lock fails."""
    database = Database(hospital.database.dsn)
    database.writes.settings["lock_timeout"] = "1"  # millisecond
    return hospital.on(database)


async def write_of_all_kinds(at: Hospital) -> None:
    idea = await submit(at, theme=at.theme)
    await comment(at, idea)
    await move(at, idea, "TESTING")
    await win(at, of=[idea])
    await theme(at)
    await at.do(edit_organisation, at.admin, name="Ashcombe, renamed")
    await midnight(at.database)
    await do(at.database, at.other_organisation, submit_idea, at.stranger, problem="Elsewhere")


async def test_writers_commit_while_a_batch_is_under_way(hospital: Hospital) -> None:
    await an_old_log(hospital)
    at = await impatient(hospital)
    connection = await asyncpg.connect(hospital.database.dsn)
    batch = connection.transaction()
    await batch.start()
    row = await connection.fetchrow(PRUNE, hospital.organisation, 0, STRIDE, PASSING, MONTH)
    assert row is not None
    assert row["gone"] > 0
    await write_of_all_kinds(at)
    # What would hold a writer up is noticed here: the same transaction, once it has the position's row.
    await connection.execute("select from feed_head where organisation_id = $1 for update", hospital.organisation)
    with pytest.raises(Refused, match="Too busy"):
        await submit(at)
    await batch.commit()
    await connection.close()
    assert ALWAYS_KEPT.issuperset(e["type"] for e in await kept(hospital) if e["at"] < datetime.now(UTC) - MONTH)
    await at.database.close()


async def test_a_batch_does_not_wait_for_a_writer(hospital: Hospital) -> None:
    await an_old_log(hospital)
    at = await impatient(hospital)
    async with hospital.database.writes.connection() as connection, connection.transaction():
        tx = Transaction(connection, hospital.organisation)
        outcome: Outcome = await submit_idea(tx, hospital.nurse, problem="Under way")
        await append_events(tx, outcome)
        assert await prune(at.database, MONTH)
    assert [e["type"] for e in await kept(hospital)][-1] == "IDEA_SUBMITTED"
    await at.database.close()


async def test_of_two_at_once_one_works(hospital: Hospital) -> None:
    await append(hospital, *ONE_OF_EACH * 20)
    await age(hospital, 31)
    await append(hospital, Silent())
    before = len(await kept(hospital))
    other = Database(hospital.database.dsn)
    done = await asyncio.gather(*(prune(database, MONTH, stride=1) for database in (hospital.database, other)))
    worked = [gone for gone in done if gone is not None]
    assert sum(worked) == before - len(await kept(hospital))
    assert len(worked) == 1
    await other.close()


async def test_whoever_comes_while_another_works_goes_away_again(hospital: Hospital) -> None:
    await an_old_log(hospital)
    before = await kept(hospital)
    connection = await asyncpg.connect(hospital.database.dsn)
    await connection.execute("select pg_advisory_lock($1)", LOCK)
    assert await prune(hospital.database, MONTH) is None
    assert await kept(hospital) == before
    await connection.close()  # killed, say
    async with asyncio.timeout(10):
        while (gone := await prune(hospital.database, MONTH)) is None:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.01)
    assert gone > 0


async def test_what_was_pruned_before_an_interruption_is_remembered(hospital: Hospital) -> None:
    await an_old_log(hospital)
    before = {e["position"] for e in await kept(hospital)}
    connection = await asyncpg.connect(hospital.database.dsn)
    row = await connection.fetchrow(PRUNE, hospital.organisation, 0, 10, PASSING, MONTH)
    assert row is not None
    gone = before - {e["position"] for e in await kept(hospital)}
    assert len(gone) == row["gone"] > 0
    assert max((await marks(hospital)).values()) == max(gone)
    await connection.close()
    assert await prune(hospital.database, MONTH)


async def test_the_marks_outlive_a_new_epoch_since_what_is_gone_stays_gone(hospital: Hospital) -> None:
    await an_old_log(hospital)
    await prune(hospital.database, MONTH)
    before = await marks(hospital)
    await migrate.new_epoch(hospital.database)
    assert await marks(hospital) == before != {}


# A large log ---------------------------------------------------------------------------------------------------------

FILL = """
insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_shown, themes, units, facts)
select $1, $2 + n, now() - interval '60 days' + n * interval '1 second',
       (array['IDEA_SUBMITTED', 'COMMENT_ADDED', 'IDEA_SUPPORTED', 'IDEA_STATUS_CHANGED', 'SILENT'])[1 + n % 5],
       1, true, false, true, '{}', '{}', '{}'
from generate_series(1, $3) n
"""


async def fill(hospital: Hospital, events: int) -> None:
    """A log of so many events, of which all but the last four are old."""
    await age(hospital, 90)
    connection = await asyncpg.connect(hospital.database.dsn)
    last = (await kept(hospital))[-1]["position"]
    await connection.execute(FILL, hospital.organisation, last, events)
    await connection.execute(
        "update feed_head set position = position + $2 where organisation_id = $1", hospital.organisation, events
    )
    await connection.execute("analyze event")
    await connection.close()


async def test_a_batch_reads_the_index_of_positions_alone(hospital: Hospital) -> None:
    await fill(hospital, 20_000)
    async with hospital.database.writes.connection() as connection:  # with the settings that plans have
        await connection.execute(f"prepare batch (uuid, integer, integer, text[], interval) as {PRUNE}")
        types = ", ".join(f"'{type_}'" for type_ in PASSING)
        explained = await connection.fetchval(
            "explain (format json) execute batch "
            f"('{hospital.organisation}', 0, {STRIDE}, array[{types}], interval '30 days')"
        )
        await connection.execute("deallocate batch")

    def nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
        return [node, *(each for child in node.get("Plans", ()) for each in nodes(child))]

    scans = [node for node in nodes(json.loads(explained)[0]["Plan"]) if "Scan" in node["Node Type"]]
    of_events = [node for node in scans if node.get("Relation Name") == "event"]
    assert len(of_events) == 2
    for node in of_events:
        assert (node["Node Type"], node["Index Name"]) == ("Index Scan", "event_pkey")
        assert '"position" > $' in node["Index Cond"]
        assert "organisation_id = $1" in node["Index Cond"]


@pytest.mark.soak
async def test_a_million_events_go_in_short_statements(hospital: Hospital) -> None:
    await fill(hospital, 1_000_000)
    times, onward, gone = [], 0, 0
    async with hospital.database.writes.connection() as connection:
        while onward is not None:
            begun = perf_counter()
            row = await connection.fetchrow(PRUNE, hospital.organisation, onward, onward + STRIDE, PASSING, MONTH)
            times.append(perf_counter() - begun)
            assert row is not None
            onward, gone = row["onward"], gone + row["gone"]
    print(f"\n{gone} events in {len(times)} statements: {sum(times):.1f} s, the longest {max(times) * 1000:.0f} ms")
    assert gone >= 799_990
