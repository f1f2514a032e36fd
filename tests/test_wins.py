"""Wins through the API: shared while they are early, with thanks, of ideas or simply done."""

from datetime import timedelta
from uuid import uuid4

import pytest_asyncio

from tests import factories
from tests.client import Api
from tests.factories import Hospital
from tests.somebody import Somebody

WIN = {"headline": "From 9 to 4 days", "change": "A ward round at eight"}


@pytest_asyncio.fixture
async def nurse(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.nurse)


@pytest_asyncio.fixture
async def lead(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.lead)


@pytest_asyncio.fixture
async def colleague(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.colleague)


async def an_idea(hospital: Hospital, *moves: str, **given: object) -> str:
    idea = await factories.submit(hospital, **given)
    await factories.move(hospital, idea, *moves)
    return f"idea_{idea}"


async def test_a_win_of_a_tested_idea_implements_it(nurse: Somebody, module_hospital: Hospital) -> None:
    theme = f"theme_{module_hospital.theme}"
    idea = await an_idea(module_hospital, "TESTING", theme=module_hospital.theme)
    fields = "id early theme { id } unit { name } ideas { id status } sharedBy { name } beforeValue afterValue"
    win = await nurse.do("shareWin", fields, **WIN, ideaIds=[idea], beforeValue=9, afterValue=4.5, unitOfMeasure="days")
    assert win == {
        "id": win["id"], "early": True, "theme": {"id": theme}, "unit": {"name": "Ward A"}, "beforeValue": 9.0,
        "ideas": [{"id": idea, "status": "IMPLEMENTED"}], "sharedBy": {"name": "Nina Nurse"}, "afterValue": 4.5,
    }  # fmt: skip
    events = await nurse.see("{ feed(last: 2) { nodes { __typename ... on IdeaStatusChanged { from to } } } }")
    assert events["feed"]["nodes"] == [
        {"__typename": "WinShared"},
        {"__typename": "IdeaStatusChanged", "from": "TESTING", "to": "IMPLEMENTED"},
    ]
    assert (await nurse.node(idea, "Idea", "wins { id }"))["wins"] == [{"id": win["id"]}]
    assert (await nurse.see("{ wins(first: 1) { nodes { id } } }"))["wins"]["nodes"] == [{"id": win["id"]}]


async def test_an_idea_that_is_not_tried_gives_no_win(
    nurse: Somebody, colleague: Somebody, module_hospital: Hospital
) -> None:
    planned, tested = await an_idea(module_hospital, "PLANNED"), await an_idea(module_hospital, "TESTING")
    assert await nurse.fails("shareWin", **WIN, ideaIds=[tested, planned]) == ("NOT_ALLOWED_NOW", "ideaIds", "1")
    assert (await nurse.node(tested, "Idea", "status"))["status"] == "TESTING"
    assert await colleague.fails("shareWin", **WIN, ideaIds=[tested]) == ("FORBIDDEN",)


async def test_a_win_without_an_idea_is_of_ones_own_unit_and_not_early(colleague: Somebody) -> None:
    win = await colleague.do("shareWin", "early theme { id } ideas { id } unit { name }", **WIN)
    assert win == {"early": False, "theme": None, "ideas": [], "unit": {"name": "Ward B"}}


async def test_a_win_is_early_for_six_weeks_after_its_theme_first_opened(
    nurse: Somebody, lead: Somebody, module_hospital: Hospital
) -> None:
    theme = await factories.theme(module_hospital)

    async def opened(ago: timedelta) -> None:
        async with module_hospital.database.writes.connection() as connection:
            await connection.execute(
                "update theme set first_opened_at = now() - $2::interval where id = $1", theme, ago
            )

    for ago, early in ((timedelta(weeks=6) - timedelta(minutes=1), True), (timedelta(weeks=6, minutes=1), False)):
        await opened(ago)
        win = await nurse.do("shareWin", "id early", **WIN, themeId=f"theme_{theme}")
        assert win["early"] is early
        listed = "query($early: Boolean) { wins(first: 1, filter: {early: $early}) { nodes { id } } }"
        assert (await nurse.see(listed, early=early))["wins"]["nodes"] == [{"id": win["id"]}]
    # Closing and opening again does not begin anew.
    await lead.do("closeTheme", themeId=f"theme_{theme}")
    await lead.do("openTheme", themeId=f"theme_{theme}")
    assert not (await nurse.do("shareWin", "early", **WIN, themeId=f"theme_{theme}"))["early"]


async def test_people_are_thanked_by_name(nurse: Somebody, module_hospital: Hospital) -> None:
    people = [f"person_{each}" for each in (module_hospital.lead, module_hospital.colleague)]
    win = await nurse.do("shareWin", "id thanks { name }", **WIN, thankIds=people)
    assert win["thanks"] == [{"name": "Bo Colleague"}, {"name": "Lena Lead"}]
    edited = await nurse.do("editWin", "thanks { name } version", winId=win["id"], thankIds=people[:1])
    assert edited == {"thanks": [{"name": "Lena Lead"}], "version": 2}
    assert await nurse.fails("editWin", winId=win["id"], thankIds=[*people, f"person_{module_hospital.stranger}"]) == (
        "NOT_FOUND", "thankIds", "2",
    )  # fmt: skip


async def test_a_win_of_an_anonymous_idea_does_not_name_its_author(
    nurse: Somebody, colleague: Somebody, module_hospital: Hospital
) -> None:
    idea = await an_idea(module_hospital, "TESTING", anonymous=True)
    win = (await nurse.do("shareWin", **WIN, ideaIds=[idea]))["id"]
    assert (await colleague.node(win, "Win", "sharedBy { name }"))["sharedBy"] is None
    events = await colleague.see("{ feed(last: 2) { nodes { __typename actor { name } } } }")
    assert [event["actor"] for event in events["feed"]["nodes"]] == [None, None]


async def test_an_edit_leaves_what_is_absent_and_clears_what_is_null(nurse: Somebody) -> None:
    fields = "id headline before after beforeValue version"
    win = await nurse.do("shareWin", fields, **WIN, before="Long", after="Short", beforeValue=9)
    edited = await nurse.do("editWin", fields, winId=win["id"], before=None, beforeValue=None, headline="Shorter")
    assert edited == {**win, "before": None, "beforeValue": None, "headline": "Shorter", "version": 2}
    assert await nurse.fails("editWin", winId=win["id"], headline="x", expectedVersion=1) == (
        "STALE_VERSION", "expectedVersion",
    )  # fmt: skip


async def test_the_same_key_shares_one_win(nurse: Somebody, module_hospital: Hospital) -> None:
    given = {**WIN, "ideaIds": [await an_idea(module_hospital, "TESTING")], "idempotencyKey": uuid4().hex}
    first, again = [await nurse.send("shareWin", "id", **given) for _ in range(2)]
    assert first.response.content == again.response.content
    assert await nurse.fails("shareWin", **{**given, "headline": "Other"}) == ("IDEMPOTENCY_CONFLICT", "idempotencyKey")
