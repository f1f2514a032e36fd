"""Ideas as they are shared, edited, answered, assigned and withdrawn."""

import asyncio
import json
from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

import pytest

from db.counts import miscounted
from db.errors import UserMistake
from db.operations.ideas import assign_idea_to_theme, change_idea_status, edit_idea, submit_idea, withdraw_idea
from db.operations.people import deactivate_person
from db.operations.themes import close_theme, edit_theme
from db.operations.units import create_unit
from db.terms import IdeaStatus, Value
from tests.factories import Hospital, comment, do, move, submit, theme
from tests.noticed import events_of, forbidden, mistake, row

PROBLEM = "The drip stands are always missing on nights."


async def test_a_problem_alone_is_enough(hospital: Hospital) -> None:
    [event] = await events_of(hospital, submit_idea, hospital.nurse, problem=PROBLEM)
    idea = await row(hospital, "idea", event["idea_id"])
    assert (idea["title"], idea["status"], idea["number"]) == (PROBLEM, "OPEN", 1)
    assert idea["author_unit_id"] == idea["shown_unit_id"] == hospital.ward_a
    assert (event["type"], event["actor_id"], event["actor_shown"]) == ("IDEA_SUBMITTED", hospital.nurse, True)
    assert (event["themes"], event["units"]) == ([], [hospital.ward_a])
    follows = await hospital.database.value("select person_id from follow where idea_id = $1", [idea["id"]])
    assert follows == hospital.nurse


async def test_reference_numbers_have_no_hole_however_many_come_at_once(hospital: Hospital) -> None:
    async def one(n: int) -> None:
        with suppress(UserMistake):
            await submit(hospital, theme=hospital.theme if n % 3 else uuid4())

    await asyncio.gather(*(one(n) for n in range(15)))
    numbers = [each["number"] for each in await hospital.database.rows("select number from idea order by number")]
    assert numbers == list(range(1, 11))
    assert await miscounted(hospital.database) == []


async def test_an_idea_is_counted_by_its_theme_and_named_in_its_facts(hospital: Hospital) -> None:
    [event] = await events_of(
        hospital, submit_idea, hospital.nurse, problem=PROBLEM, theme=hospital.theme, unit=hospital.ward_b
    )
    assert (event["themes"], event["units"]) == ([hospital.theme], [hospital.ward_b])
    assert (await row(hospital, "theme", hospital.theme))["idea_count"] == 1


async def test_an_anonymous_idea_shows_a_unit_large_enough_and_no_actor(hospital: Hospital) -> None:
    for author, unit, shown in (
        (hospital.nurse, None, hospital.ward_a),
        (hospital.colleague, None, hospital.division),
        (hospital.nurse, hospital.ward_b, hospital.division),
        (hospital.admin, None, None),
    ):
        [event] = await events_of(hospital, submit_idea, author, problem=PROBLEM, anonymous=True, unit=unit)
        idea = await row(hospital, "idea", event["idea_id"])
        assert idea["shown_unit_id"] == shown
        assert event["units"] == [shown] * (shown is not None)
        assert not event["actor_shown"]
    # What an anonymous author alone does hides them; what others may do as well does not.
    for operation, given in ((edit_idea, {"problem": "Something else."}), (withdraw_idea, {})):
        idea = await submit(hospital, anonymous=True)
        [event] = await events_of(hospital, operation, hospital.nurse, idea=idea, **given)
        assert not event["actor_shown"]
    [event] = await events_of(
        hospital, edit_idea, hospital.admin, idea=await submit(hospital, anonymous=True), title="T"
    )
    assert event["actor_shown"]


async def test_people_who_left_do_not_hide_an_anonymous_author(hospital: Hospital) -> None:
    people = await hospital.database.rows(
        "select id from person where unit_id = $1 and name like 'A_ Ward'", [hospital.ward_a]
    )
    for person in people[:2]:
        await hospital.do(deactivate_person, hospital.admin, person=person["id"])
    idea = await submit(hospital, anonymous=True)
    assert (await row(hospital, "idea", idea))["shown_unit_id"] == hospital.division


async def test_bad_input_is_answered_with_its_path(hospital: Hospital) -> None:
    for given, code, *path in (
        ({"problem": "  "}, "REQUIRED", "problem"),
        ({"problem": "x" * 4001}, "TOO_LONG", "problem"),
        ({"problem": PROBLEM, "title": "x" * 141}, "TOO_LONG", "title"),
        ({"problem": PROBLEM, "theme": uuid4()}, "NOT_FOUND", "themeId"),
        ({"problem": PROBLEM, "unit": uuid4()}, "NOT_FOUND", "unitId"),
    ):
        with mistake(code, *path):
            await hospital.do(submit_idea, hospital.nurse, **given)
    assert await hospital.database.value("select count(*) from idea") == 0


async def test_what_belongs_to_others_answers_as_what_is_missing(hospital: Hospital) -> None:
    idea = await submit(hospital)
    for operation, given in (
        (edit_idea, {"title": "T"}),
        (withdraw_idea, {}),
        (change_idea_status, {"to": IdeaStatus.PLANNED}),
        (assign_idea_to_theme, {"theme": None}),
    ):
        with mistake("NOT_FOUND", "ideaId"):
            await do(hospital.database, hospital.other_organisation, operation, hospital.stranger, idea=idea, **given)


async def test_an_executive_reads(hospital: Hospital) -> None:
    with forbidden():
        await submit(hospital, hospital.executive)


async def test_a_closed_theme_refuses_ideas(hospital: Hospital) -> None:
    await hospital.do(close_theme, hospital.lead, theme=hospital.theme)
    with mistake("THEME_CLOSED", "themeId"):
        await submit(hospital, theme=hospital.theme)
    assert await miscounted(hospital.database) == []


async def test_a_theme_past_its_last_day_refuses_ideas_before_the_clock_has_closed_it(hospital: Hospital) -> None:
    today = await hospital.database.value("select today from organisation where id = $1", [hospital.organisation])
    await hospital.do(edit_theme, hospital.lead, theme=hospital.theme, closes_on=today)
    await submit(hospital, theme=hospital.theme)
    await hospital.do(edit_theme, hospital.lead, theme=hospital.theme, closes_on=today - timedelta(days=2))
    with mistake("THEME_CLOSED", "themeId"):
        await submit(hospital, theme=hospital.theme)


async def test_a_draft_is_no_theme_to_those_who_do_not_see_it(hospital: Hospital) -> None:
    draft = await theme(hospital, opened=False)
    with mistake("NOT_FOUND", "themeId"):
        await submit(hospital, theme=draft)
    for who in (hospital.lead, hospital.admin):
        with mistake("THEME_CLOSED", "themeId"):
            await submit(hospital, who, theme=draft)


async def test_an_edit_changes_what_it_says_and_counts_the_version(hospital: Hospital) -> None:
    idea = await submit(hospital, values=[Value.EQUITY])
    given = {"idea": idea, "solution": "A line.", "values": [], "expected_version": 1}
    [event] = await events_of(hospital, edit_idea, hospital.nurse, **given)
    kept = await row(hospital, "idea", idea)
    assert event["type"] == "IDEA_EDITED"
    assert (kept["solution"], kept["values"], kept["problem"], kept["version"]) == ("A line.", [], PROBLEM, 2)
    # The same once more is there already; something else with the old version is not.
    assert await events_of(hospital, edit_idea, hospital.nurse, **given) == []
    with mistake("STALE_VERSION", "expectedVersion"):
        await hospital.do(edit_idea, hospital.nurse, **{**given, "solution": None})
    [event] = await events_of(hospital, edit_idea, hospital.nurse, idea=idea, solution=None, title=None)
    assert (await row(hospital, "idea", idea))["solution"] is None


async def test_a_moved_idea_is_told_to_those_of_both_units(hospital: Hospital) -> None:
    idea = await submit(hospital)
    [event] = await events_of(hospital, edit_idea, hospital.nurse, idea=idea, unit=hospital.ward_b)
    assert event["units"] == [hospital.ward_a, hospital.ward_b]


async def test_only_author_and_administrators_edit(hospital: Hospital) -> None:
    idea = await submit(hospital)
    for who in (hospital.colleague, hospital.lead, hospital.coach, hospital.moderator):
        with forbidden():
            await hospital.do(edit_idea, who, idea=idea, title="T")
    await hospital.do(edit_idea, hospital.admin, idea=idea, title="T")
    await move(hospital, idea, "TESTING")
    with mistake("NOT_ALLOWED_NOW", "ideaId"):
        await hospital.do(edit_idea, hospital.nurse, idea=idea, title="Another")


async def test_an_edit_does_not_tell_an_administrator_where_an_anonymous_author_works(hospital: Hospital) -> None:
    idea = await submit(hospital, hospital.colleague, anonymous=True)  # of ward B, shown as the division's
    small = (await hospital.do(create_unit, hospital.admin, name="Bay", parent=hospital.division)).id
    for unit in (hospital.ward_b, small, hospital.division):
        given = {"idea": idea, "unit": unit, "expected_version": 7}
        assert await events_of(hospital, edit_idea, hospital.admin, **given) == [], "the same would be shown"
    for unit in (hospital.ward_a, hospital.site, None):
        with mistake("STALE_VERSION", "expectedVersion"):
            await hospital.do(edit_idea, hospital.admin, idea=idea, unit=unit, expected_version=7)
    # Ward B has grown: now it would be shown, and that it is theirs makes no difference.
    async with hospital.database.writes.connection() as held:
        await held.execute("update unit set member_count = 10 where id = any($1)", [hospital.ward_b, small])
    for unit in (hospital.ward_b, small):
        with mistake("STALE_VERSION", "expectedVersion"):
            await hospital.do(edit_idea, hospital.admin, idea=idea, unit=unit, expected_version=7)
    with mistake("NOT_FOUND", "unitId"):
        await hospital.do(edit_idea, hospital.admin, idea=idea, unit=uuid4())


async def test_a_withdrawn_idea_is_gone_for_all_but_its_author(hospital: Hospital) -> None:
    idea = await submit(hospital, theme=hospital.theme)
    await comment(hospital, idea)
    for who in (hospital.lead, hospital.admin):
        with forbidden():
            await hospital.do(withdraw_idea, who, idea=idea)
    [event] = await events_of(hospital, withdraw_idea, hospital.nurse, idea=idea)
    assert (event["type"], event["idea_id"]) == ("CONTENT_RETRACTED", None)
    assert json.loads(event["facts"]) == {"node": f"idea_{idea}"}
    assert await miscounted(hospital.database) == []
    assert await events_of(hospital, withdraw_idea, hospital.nurse, idea=idea) == []
    with mistake("NOT_FOUND", "ideaId"):
        await move(hospital, idea, "PLANNED")
    with mistake("NOT_ALLOWED_NOW", "ideaId"):
        await hospital.do(edit_idea, hospital.nurse, idea=idea, title="T")


@pytest.mark.parametrize("who", ["lead", "coach", "admin"])
async def test_leads_and_coaches_change_the_status(hospital: Hospital, who: str) -> None:
    idea = await submit(hospital)
    actor = getattr(hospital, who)
    [event] = await events_of(hospital, change_idea_status, actor, idea=idea, to=IdeaStatus.PLANNED)
    assert json.loads(event["facts"]) == {"from": "OPEN", "to": "PLANNED"}
    kept = await row(hospital, "idea", idea)
    assert kept["first_response_at"] is not None
    assert kept["version"] == 2


async def test_nobody_else_changes_the_status(hospital: Hospital) -> None:
    idea = await submit(hospital, unit=hospital.ward_b)
    for who in (hospital.nurse, hospital.colleague, hospital.lead, hospital.moderator, hospital.executive):
        with forbidden():
            await hospital.do(change_idea_status, who, idea=idea, to=IdeaStatus.PLANNED)
    await hospital.do(assign_idea_to_theme, hospital.admin, idea=idea, theme=hospital.theme)
    await hospital.do(change_idea_status, hospital.lead, idea=idea, to=IdeaStatus.PLANNED)  # now their theme's


async def test_declining_needs_a_reason_which_becomes_a_comment(hospital: Hospital) -> None:
    idea = await submit(hospital, theme=hospital.theme)
    with mistake("REASON_REQUIRED", "reason"):
        await hospital.do(change_idea_status, hospital.lead, idea=idea, to=IdeaStatus.DECLINED)
    changed, added = await events_of(
        hospital, change_idea_status, hospital.lead, idea=idea, to=IdeaStatus.DECLINED, reason="We tried it in May."
    )
    assert (changed["type"], added["type"]) == ("IDEA_STATUS_CHANGED", "COMMENT_ADDED")
    assert added["themes"] == [hospital.theme]
    assert added["units"] == [hospital.ward_a]
    said = await row(hospital, "comment", added["comment_id"])
    assert (said["kind"], said["body"]) == ("STATUS_REASON", "We tried it in May.")
    assert (await row(hospital, "idea", idea))["status_reason"] == "We tried it in May."
    assert await miscounted(hospital.database) == []
    again = {"idea": idea, "to": IdeaStatus.DECLINED, "reason": "We tried it in May.", "expected_version": 1}
    assert await events_of(hospital, change_idea_status, hospital.lead, **again) == []


async def test_a_status_goes_only_where_the_lifecycle_lets_it(hospital: Hospital) -> None:
    idea = await submit(hospital)
    for to in (IdeaStatus.IMPLEMENTED, IdeaStatus.SUSTAINED, IdeaStatus.WITHDRAWN):
        with mistake("NOT_ALLOWED_NOW", "to"):
            await hospital.do(change_idea_status, hospital.lead, idea=idea, to=to)
    with mistake("STALE_VERSION", "expectedVersion"):
        await hospital.do(change_idea_status, hospital.lead, idea=idea, to=IdeaStatus.PLANNED, expected_version=7)


async def test_of_two_who_change_it_at_once_both_are_judged_by_what_is(hospital: Hospital) -> None:
    idea = await submit(hospital)

    async def change(to: IdeaStatus) -> object:
        try:
            return await hospital.do(change_idea_status, hospital.lead, idea=idea, to=to, expected_version=1)
        except UserMistake as error:
            return error.code

    answers = await asyncio.gather(
        change(IdeaStatus.PLANNED), change(IdeaStatus.TESTING), change(IdeaStatus.UNDER_REVIEW)
    )
    assert sum(answer == "STALE_VERSION" for answer in answers) == 2


async def test_a_lead_gives_an_idea_to_a_theme_and_takes_it_back(hospital: Hospital) -> None:
    idea = await submit(hospital, theme=hospital.theme)
    other = await theme(hospital, title="Sleep")
    with forbidden():
        await hospital.do(assign_idea_to_theme, hospital.nurse, idea=idea, theme=other)
    [event] = await events_of(hospital, assign_idea_to_theme, hospital.lead, idea=idea, theme=other)
    assert (event["type"], event["themes"]) == ("IDEA_EDITED", [hospital.theme, other])
    assert await events_of(hospital, assign_idea_to_theme, hospital.lead, idea=idea, theme=other) == []
    await hospital.do(assign_idea_to_theme, hospital.lead, idea=idea, theme=None)
    assert await miscounted(hospital.database) == []
    await hospital.do(close_theme, hospital.lead, theme=other)
    with mistake("THEME_CLOSED", "themeId"):
        await hospital.do(assign_idea_to_theme, hospital.lead, idea=idea, theme=other)
    with mistake("NOT_FOUND", "themeId"):
        await hospital.do(assign_idea_to_theme, hospital.lead, idea=idea, theme=uuid4())
