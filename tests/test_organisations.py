"""The organisation through the API: its settings, its day, and that others never see it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest_asyncio

from tests.client import Api
from tests.factories import Hospital
from tests.somebody import Somebody

FIELDS = "name slug timeZone today valueFocus responseTargetDays publicUrl trustedDocumentsOnly version"


@pytest_asyncio.fixture
async def admin(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.admin)


@pytest_asyncio.fixture
async def nurse(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.nurse)


async def test_everybody_sees_their_own_organisation(
    nurse: Somebody, module_api: Api, module_hospital: Hospital
) -> None:
    seen = (await nurse.see(f"{{ organisation {{ id {FIELDS} units {{ nodes {{ name }} }} }} }}"))["organisation"]
    assert (seen["name"], seen["slug"], seen["timeZone"]) == ("Ashcombe", "ashcombe", "Europe/London")
    assert seen["valueFocus"][0] == "PATIENT_SAFETY"
    assert [unit["name"] for unit in seen["units"]["nodes"]] == ["Ashcombe General", "Medicine", "Ward A", "Ward B"]
    stranger = Somebody(module_api, module_hospital.stranger)
    theirs = await stranger.see(f'{{ organisation {{ id name }} node(id: "{seen["id"]}") {{ id }} }}')
    assert theirs["organisation"]["name"] == "Wenlow"
    assert theirs["node"] is None


async def test_an_administrator_changes_the_settings(admin: Somebody, nurse: Somebody) -> None:
    before = (await nurse.see(f"{{ organisation {{ {FIELDS} }} }}"))["organisation"]
    focus = ["EQUITY", "ENVIRONMENT"]
    edited = await admin.do("editOrganisation", FIELDS, valueFocus=[*focus, "EQUITY"], publicUrl="https://x.example/")
    assert edited == {
        **before, "valueFocus": focus, "publicUrl": "https://x.example", "version": before["version"] + 1,
    }  # fmt: skip
    assert await admin.fails("editOrganisation", name="x", expectedVersion=before["version"]) == (
        "STALE_VERSION", "expectedVersion",
    )  # fmt: skip
    assert await admin.fails("editOrganisation", responseTargetDays=0) == ("INVALID", "responseTargetDays")
    assert await nurse.fails("editOrganisation", name="Mine") == ("FORBIDDEN",)


async def test_browsers_may_send_any_document_until_an_administrator_says_otherwise(
    admin: Somebody, nurse: Somebody
) -> None:
    assert (await nurse.see("{ organisation { trustedDocumentsOnly } }"))["organisation"] == {
        "trustedDocumentsOnly": False
    }
    assert await nurse.fails("editOrganisation", trustedDocumentsOnly=True) == ("FORBIDDEN",)
    for on in (True, False):
        assert await admin.do("editOrganisation", "trustedDocumentsOnly", trustedDocumentsOnly=on) == {
            "trustedDocumentsOnly": on
        }
        assert await admin.do("editOrganisation", "trustedDocumentsOnly", trustedDocumentsOnly=None) == {
            "trustedDocumentsOnly": on
        }


async def test_a_change_of_the_settings_is_told_to_every_process_and_to_nobody_else(
    admin: Somebody, nurse: Somebody, module_hospital: Hospital
) -> None:
    before = (await nurse.see("{ cursor }"))["cursor"]
    await admin.do("editOrganisation", responseTargetDays=12)
    newest = "select type, public from event where organisation_id = $1 order by position desc limit 1"
    row = await module_hospital.database.row(newest, [module_hospital.organisation])
    assert row is not None
    assert (row["type"], row["public"]) == ("SETTINGS_CHANGED", False)
    feed = await nurse.see("query($c: Cursor!) { cursor feed(after: $c) { nodes { __typename } } }", c=before)
    assert feed["feed"]["nodes"] == []
    assert feed["cursor"] != before


async def test_another_target_is_when_every_idea_is_due(admin: Somebody, nurse: Somebody) -> None:
    idea = (await nurse.do("submitIdea", problem="How soon?"))["id"]
    await admin.do("editOrganisation", responseTargetDays=2)
    seen = await nurse.node(idea, "Idea", "submittedAt responseDueAt")
    due, at = (datetime.fromisoformat(seen[name]) for name in ("responseDueAt", "submittedAt"))
    assert due - at == timedelta(days=2)


async def test_a_day_is_a_day_where_the_organisation_is(admin: Somebody) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/London"):
        edited = await admin.do("editOrganisation", "today timeZone", timeZone=zone)
        assert edited == {"today": str(datetime.now(ZoneInfo(zone)).date()), "timeZone": zone}
