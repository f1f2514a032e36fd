"""Wins: shared of ideas or without, and edited."""

import math
from datetime import timedelta
from uuid import uuid4

from db.counts import miscounted
from db.operations.ideas import edit_idea
from db.operations.themes import close_theme
from db.operations.wins import edit_win, share_win
from db.terms import Value
from tests.factories import Hospital, do, move, submit, theme, win
from tests.noticed import events_of, forbidden, mistake, row

SAID = {"headline": "Stands in their place", "change": "A line on the floor."}


async def test_a_win_of_ideas_being_tested_implements_them(hospital: Hospital) -> None:
    first = await submit(hospital, theme=hospital.theme)
    second = await submit(hospital, theme=hospital.theme, unit=hospital.ward_b)
    done = await submit(hospital, theme=hospital.theme)
    await move(hospital, first, "TESTING")
    await move(hospital, second, "TESTING")
    await move(hospital, done, "TESTING", "IMPLEMENTED")
    events = await events_of(hospital, share_win, hospital.lead, **SAID, ideas=[second, done, first, first])
    assert [(each["type"], each["idea_id"]) for each in events] == [
        ("WIN_SHARED", None),
        ("IDEA_STATUS_CHANGED", second),
        ("IDEA_STATUS_CHANGED", first),
    ]
    kept = await row(hospital, "win", events[0]["win_id"])
    assert (kept["theme_id"], kept["unit_id"], kept["early"]) == (hospital.theme, None, True)
    assert events[0]["themes"] == [hospital.theme]
    assert events[0]["units"] == [hospital.ward_b, hospital.ward_a]
    assert (await row(hospital, "idea", first))["status"] == "IMPLEMENTED"
    assert await miscounted(hospital.database) == []


async def test_a_win_without_an_idea_has_the_unit_of_who_shares_it(hospital: Hospital) -> None:
    [event] = await events_of(hospital, share_win, hospital.nurse, **SAID, thanks=[hospital.colleague])
    kept = await row(hospital, "win", event["win_id"])
    assert (kept["theme_id"], kept["unit_id"], kept["early"]) == (None, hospital.ward_a, False)
    assert event["units"] == [hospital.ward_a]


async def test_who_gives_their_name_later_is_named_by_their_wins_too(hospital: Hospital) -> None:
    first, second = [await submit(hospital, anonymous=True) for _ in range(2)]
    for idea in (first, second):
        await move(hospital, idea, "TESTING")
    one, both = await win(hospital, hospital.nurse, of=[first]), await win(hospital, hospital.nurse, of=[first, second])
    await win(hospital, of=[first])  # the lead's
    for idea in (first, second):
        await move(hospital, idea, "TESTING", "DEFERRED")
    for idea, named in ((first, one), (second, both)):
        edited, told = await events_of(hospital, edit_idea, hospital.nurse, idea=idea, anonymous=False)
        assert (edited["type"], told["type"], told["win_id"]) == ("IDEA_EDITED", "WIN_EDITED", named)
        assert (told["actor_shown"], told["units"]) == (True, [hospital.ward_a])


async def test_a_win_is_shared_by_the_author_or_a_lead_of_each_idea(hospital: Hospital) -> None:
    idea = await submit(hospital)
    await move(hospital, idea, "TESTING")
    for who in (hospital.colleague, hospital.coach, hospital.executive):
        with forbidden():
            await hospital.do(share_win, who, **SAID, ideas=[idea])
    with forbidden():
        await hospital.do(share_win, hospital.executive, **SAID)
    theirs = await submit(hospital, hospital.colleague)
    await move(hospital, theirs, "TESTING", actor=hospital.admin)
    with forbidden():
        await hospital.do(share_win, hospital.nurse, **SAID, ideas=[idea, theirs])
    await hospital.do(share_win, hospital.nurse, **SAID, ideas=[idea])


async def test_bad_input_is_answered_with_its_path(hospital: Hospital) -> None:
    idea = await submit(hospital)
    draft = await theme(hospital, opened=False)
    for given, code, *path in (
        ({"headline": ""}, "REQUIRED", "headline"),
        ({"change": "x" * 4001}, "TOO_LONG", "change"),
        ({"before_value": math.nan}, "INVALID", "beforeValue"),
        ({"after_value": math.inf}, "INVALID", "afterValue"),
        ({"ideas": [idea]}, "NOT_ALLOWED_NOW", "ideaIds", "0"),
        ({"ideas": [uuid4()]}, "NOT_FOUND", "ideaIds", "0"),
        ({"ideas": [uuid4() for _ in range(21)]}, "LIMIT_REACHED", "ideaIds"),
        ({"thanks": [hospital.nurse, hospital.stranger]}, "NOT_FOUND", "thankIds", "1"),
        ({"unit": uuid4()}, "NOT_FOUND", "unitId"),
        ({"theme": uuid4()}, "NOT_FOUND", "themeId"),
        ({"theme": draft}, "NOT_ALLOWED_NOW", "themeId"),
    ):
        with mistake(code, *path):
            await hospital.do(share_win, hospital.lead, **{**SAID, **given})
    assert await hospital.database.value("select count(*) from win") == 0


async def test_a_win_is_early_for_six_weeks(hospital: Hospital) -> None:
    opened = (await row(hospital, "theme", hospital.theme))["first_opened_at"]
    await hospital.do(close_theme, hospital.lead, theme=hospital.theme)
    for after, early in ((timedelta(weeks=6), True), (timedelta(weeks=6, seconds=1), False)):
        made = await win(hospital, theme=hospital.theme, at=opened + after)
        assert (await row(hospital, "win", made))["early"] is early


async def test_an_idea_has_at_most_twenty_wins(hospital: Hospital) -> None:
    idea = await submit(hospital)
    await move(hospital, idea, "TESTING")
    for _ in range(20):
        await win(hospital, of=[idea])
    with mistake("LIMIT_REACHED", "ideaIds", "0"):
        await win(hospital, of=[idea])


async def test_a_win_is_edited_by_who_shared_it_leads_and_administrators(hospital: Hospital) -> None:
    made = await win(hospital, hospital.nurse, theme=hospital.theme)
    for who in (hospital.colleague, hospital.coach, hospital.executive):
        with forbidden():
            await hospital.do(edit_win, who, win=made, learned="Ask first.")
    for n, who in enumerate((hospital.nurse, hospital.lead, hospital.admin)):
        [event] = await events_of(hospital, edit_win, who, win=made, learned=f"Ask {n} times.")
        assert (event["type"], event["win_id"], event["themes"]) == ("WIN_EDITED", made, [hospital.theme])
    with mistake("NOT_FOUND", "winId"):
        await do(hospital.database, hospital.other_organisation, edit_win, hospital.stranger, win=made, learned="x")


async def test_an_edit_changes_what_it_says(hospital: Hospital) -> None:
    made = await win(hospital, thanks=[hospital.nurse], before_value=9.0)
    given = {"win": made, "thanks": [hospital.colleague], "before_value": None, "values": [Value.EQUITY]}
    assert len(await events_of(hospital, edit_win, hospital.lead, **given, expected_version=1)) == 1
    kept = await row(hospital, "win", made)
    assert (kept["before_value"], kept["values"], kept["version"]) == (None, ["EQUITY"], 2)
    thanked = await hospital.database.rows("select person_id from win_thanks where win_id = $1", [made])
    assert [each["person_id"] for each in thanked] == [hospital.colleague]
    assert await events_of(hospital, edit_win, hospital.lead, **given, expected_version=1) == []
    with mistake("STALE_VERSION", "expectedVersion"):
        await hospital.do(edit_win, hospital.lead, win=made, headline="x", expected_version=1)
