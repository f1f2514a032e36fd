"""Themes through the API: prepared, opened and closed, by somebody or by the day."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from db.operations import clock
from tests.client import Api
from tests.factories import Hospital
from tests.somebody import Somebody

FALLS = {"title": "Falls", "objective": "Halve the falls by spring"}


@pytest_asyncio.fixture
async def lead(module_api: Api, module_hospital: Hospital) -> Somebody:
    """A theme lead."""
    return Somebody(module_api, module_hospital.lead)


@pytest_asyncio.fixture
async def nurse(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.nurse)


@pytest_asyncio.fixture
async def today(module_hospital: Hospital) -> date:
    found: date = await module_hospital.database.value(
        "select date(timezone(time_zone, now())) from organisation where id = $1", [module_hospital.organisation]
    )
    return found


async def status(who: Somebody, theme: str) -> str | None:
    found = await who.node(theme, "Theme", "status")
    return None if found is None else str(found["status"])


async def day_turns(hospital: Hospital) -> None:
    """It was yesterday until now."""
    async with hospital.database.writes.connection() as connection:
        await connection.execute("update organisation set today = today - 1 where id = $1", hospital.organisation)
    assert hospital.organisation in await clock.midnight(hospital.database)


async def test_a_draft_is_its_owners_until_it_opens(lead: Somebody, nurse: Somebody) -> None:
    theme = await lead.do("createTheme", "id status owner { name } viewerCanDo", **FALLS)
    assert theme == {
        "id": theme["id"], "status": "DRAFT", "owner": {"name": "Lena Lead"}, "viewerCanDo": ["EDIT", "OPEN"],
    }  # fmt: skip
    draft = theme["id"]
    assert await status(nurse, draft) is None
    mine = "{ themes(first: 100, filter: {mine: true}) { nodes { id } } }"
    everybody = "{ themes(first: 100) { nodes { id } } }"
    assert draft in str(await lead.see(mine))
    assert draft not in str(await lead.see(everybody))
    assert await lead.fails("submitIdea", problem="x", themeId=draft) == ("THEME_CLOSED", "themeId")
    opened = await lead.do("openTheme", "status viewerCanDo", themeId=draft)
    assert opened == {"status": "OPEN", "viewerCanDo": ["EDIT", "CLOSE", "SUBMIT", "SHARE_WIN"]}
    assert draft in str(await nurse.see(everybody))
    event = await nurse.see("{ feed(last: 1) { nodes { ... on ThemeOpened { theme { id } actor { name } } } } }")
    assert event["feed"]["nodes"] == [{"theme": {"id": draft}, "actor": {"name": "Lena Lead"}}]


async def test_nobody_gives_away_a_draft_that_they_would_no_longer_see(
    lead: Somebody, nurse: Somebody, module_hospital: Hospital
) -> None:
    draft = (await lead.do("createTheme", **FALLS, ownerId=f"person_{nurse.person}"))["id"]
    to = {"themeId": draft, "ownerId": f"person_{module_hospital.colleague}"}
    assert await nurse.fails("editTheme", **to) == ("NOT_ALLOWED_NOW", "ownerId")
    await nurse.do("openTheme", themeId=draft)
    assert (await nurse.do("editTheme", "owner { name }", **to))["owner"] == {"name": "Bo Colleague"}


async def test_a_closed_theme_refuses_ideas_keeps_its_own_and_takes_wins(lead: Somebody, nurse: Somebody) -> None:
    theme = (await lead.do("createTheme", **FALLS))["id"]
    await lead.do("openTheme", themeId=theme)
    idea = (await nurse.do("submitIdea", problem="Wet floors", themeId=theme))["id"]
    await lead.do("closeTheme", themeId=theme)
    assert await nurse.fails("submitIdea", problem="x", themeId=theme) == ("THEME_CLOSED", "themeId")
    other = (await nurse.do("submitIdea", problem="Slippery stairs"))["id"]
    assert await lead.fails("assignIdeaToTheme", ideaId=other, themeId=theme) == ("THEME_CLOSED", "themeId")
    kept = await nurse.node(theme, "Theme", "status ideaCount ideas { nodes { id } } viewerCanDo")
    assert kept == {
        "status": "CLOSED", "ideaCount": 1, "ideas": {"nodes": [{"id": idea}]}, "viewerCanDo": ["SHARE_WIN"],
    }  # fmt: skip
    await nurse.do("shareWin", headline="Dry", change="Mats", themeId=theme)
    await lead.do("openTheme", themeId=theme)
    await nurse.do("submitIdea", problem="Again", themeId=theme)
    assert (await nurse.node(theme, "Theme", "ideaCount winCount")) == {"ideaCount": 2, "winCount": 1}


async def test_a_window_opens_and_closes_a_theme_at_midnight(
    lead: Somebody, nurse: Somebody, today: date, module_hospital: Hospital
) -> None:
    day = timedelta(days=1)
    begins = (await lead.do("createTheme", **FALLS, opensOn=str(today)))["id"]
    later = (await lead.do("createTheme", **FALLS, opensOn=str(today + day)))["id"]
    waits = (await lead.do("createTheme", **FALLS))["id"]
    last_day, over = [(await lead.do("createTheme", **FALLS, closesOn=str(today)))["id"] for _ in range(2)]
    for theme in (last_day, over):
        await lead.do("openTheme", themeId=theme)
    await lead.do("editTheme", themeId=over, closesOn=str(today - day))
    # The day has not turned yet, and yet an idea is judged by the real time.
    assert await nurse.fails("submitIdea", problem="x", themeId=over) == ("THEME_CLOSED", "themeId")
    await day_turns(module_hospital)
    assert [await status(lead, each) for each in (begins, later, waits, last_day, over)] == [
        "OPEN", "DRAFT", "DRAFT", "OPEN", "CLOSED",
    ]  # fmt: skip
    await nurse.do("submitIdea", problem="On its last day", themeId=last_day)
    events = await nurse.see(
        "{ feed(last: 10) { nodes { __typename actor { id } ... on ThemeClosed { theme { id } } } } }"
    )
    assert {"__typename": "ThemeClosed", "actor": None, "theme": {"id": over}} in events["feed"]["nodes"]
    assert {"__typename": "ThemeOpened", "actor": None} in events["feed"]["nodes"]


async def test_a_theme_opened_by_hand_is_open_from_today(lead: Somebody, nurse: Somebody, today: date) -> None:
    day = timedelta(days=1)
    theme = (await lead.do("createTheme", **FALLS, opensOn=str(today + day)))["id"]
    opened = await lead.do("openTheme", "status opensOn", themeId=theme)
    assert opened == {"status": "OPEN", "opensOn": str(today)}
    await nurse.do("submitIdea", problem="Today", themeId=theme)
    await lead.do("closeTheme", themeId=theme)
    await lead.do("editTheme", themeId=theme, opensOn=None, closesOn=str(today - day))
    assert (await lead.do("openTheme", "closesOn", themeId=theme))["closesOn"] is None
    await nurse.do("submitIdea", problem="Today", themeId=theme)


async def test_an_edit_leaves_what_is_absent_and_clears_what_is_null(
    lead: Somebody, module_hospital: Hospital, today: date
) -> None:
    unit = f"unit_{module_hospital.ward_a}"
    fields = "id title why opensOn closesOn values units { id } version"
    given = {**FALLS, "why": "They hurt", "closesOn": str(today), "values": ["PATIENT_SAFETY"], "unitIds": [unit]}
    theme = await lead.do("createTheme", fields, **given)
    assert theme["units"] == [{"id": unit}]
    edited = await lead.do("editTheme", fields, themeId=theme["id"], why=None, closesOn=None, title="Fewer falls")
    assert edited == {**theme, "why": None, "closesOn": None, "title": "Fewer falls", "version": 2}
    edited = await lead.do("editTheme", fields, themeId=theme["id"], unitIds=[], values=[], expectedVersion=2)
    assert (edited["units"], edited["values"], edited["version"]) == ([], [], 3)
    assert await lead.fails("editTheme", themeId=theme["id"], title="x", expectedVersion=2) == (
        "STALE_VERSION", "expectedVersion",
    )  # fmt: skip
    wrong = {"opensOn": str(today), "closesOn": str(today - timedelta(days=1))}
    assert await lead.fails("editTheme", themeId=theme["id"], **wrong) == ("INVALID", "closesOn")


async def test_a_theme_is_for_its_units_and_those_above_and_below(
    lead: Somebody, nurse: Somebody, module_hospital: Hospital
) -> None:
    h = module_hospital
    themes = {}
    for name, units in (("all", []), ("division", [h.division]), ("ward a", [h.ward_a]), ("ward b", [h.ward_b])):
        made = await lead.do("createTheme", **FALLS, unitIds=[f"unit_{unit}" for unit in units])
        themes[name] = (await lead.do("openTheme", themeId=made["id"]))["id"]
    query = """query($id: ID!) { board(unitId: $id) { themes { id } }
      themes(first: 100, filter: {unitId: $id}) { nodes { id } } }"""
    for unit, names in (
        (h.ward_a, {"all", "division", "ward a"}),
        (h.division, {"all", "division", "ward a", "ward b"}),
        (h.ward_b, {"all", "division", "ward b"}),
    ):
        seen = await nurse.see(query, id=f"unit_{unit}")
        for listed in (seen["themes"]["nodes"], seen["board"]["themes"]):
            assert {name for name, theme in themes.items() if {"id": theme} in listed} == names


async def test_the_same_key_makes_one_theme(lead: Somebody) -> None:
    given = {**FALLS, "idempotencyKey": uuid4().hex}
    first, again = [await lead.send("createTheme", "id", **given) for _ in range(2)]
    assert first.response.content == again.response.content


@pytest.mark.parametrize("who", ["nurse", "coach", "moderator", "executive"])
async def test_not_everybody_makes_themes(who: str, module_api: Api, module_hospital: Hospital) -> None:
    somebody = Somebody(module_api, getattr(module_hospital, who))
    assert await somebody.fails("createTheme", **FALLS) == ("FORBIDDEN",)
    assert not (await somebody.see("{ organisation { viewerCanCreateThemes } }"))["organisation"][
        "viewerCanCreateThemes"
    ]
