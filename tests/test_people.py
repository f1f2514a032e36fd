"""People through the API: who joins, what they may, what they say of themselves, and that they leave."""

from uuid import UUID, uuid4

import pytest_asyncio

from tests.client import Api
from tests.factories import Hospital
from tests.somebody import Somebody


@pytest_asyncio.fixture
async def admin(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.admin)


@pytest_asyncio.fixture
async def nurse(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.nurse)


async def test_somebody_invited_is_one_of_us(admin: Somebody, nurse: Somebody, module_hospital: Hospital) -> None:
    unit = f"unit_{module_hospital.ward_b}"
    before = (await nurse.node(unit, "Unit", "memberCount"))["memberCount"]
    fields = "id name email jobTitle roles unit { id }"
    given = {"name": " Zoë Zhang ", "email": "ZOE@Ashcombe.example", "jobTitle": "Porter", "unitId": unit}
    invited = await admin.do("invitePerson", fields, **given)
    assert invited == {
        "id": invited["id"], "name": "Zoë Zhang", "email": "zoe@ashcombe.example", "jobTitle": "Porter",
        "roles": ["CONTRIBUTOR"], "unit": {"id": unit},
    }  # fmt: skip
    assert (await nurse.node(unit, "Unit", "memberCount"))["memberCount"] == before + 1
    found = await nurse.see('{ people(search: "zhang") { nodes { id email } } }')
    assert found["people"]["nodes"] == [{"id": invited["id"], "email": None}]
    # Until the link is used, inviting again makes another link and no other person.
    assert (await admin.do("invitePerson", **given))["id"] == invited["id"]
    taken = {"name": "Else", "email": "Other@Wenlow.example"}
    assert await admin.fails("invitePerson", **taken) == ("ALREADY_TAKEN", "email")


async def test_an_administrator_moves_people_and_counts_follow(
    admin: Somebody, nurse: Somebody, module_hospital: Hospital
) -> None:
    ward_a, ward_b = f"unit_{module_hospital.ward_a}", f"unit_{module_hospital.ward_b}"
    email = f"{uuid4().hex}@ashcombe.example"
    person = (await admin.do("invitePerson", name="Mover", email=email, unitId=ward_a))["id"]

    async def counts() -> list[int]:
        units = [ward_a, ward_b, f"unit_{module_hospital.division}"]
        return [(await nurse.node(unit, "Unit", "memberCount"))["memberCount"] for unit in units]

    a, b, division = await counts()
    await admin.do("editPerson", personId=person, unitId=ward_b)
    assert await counts() == [a - 1, b + 1, division]
    await admin.do("editPerson", personId=person, unitId=None)
    assert await counts() == [a - 1, b, division - 1]
    edited = await admin.do("editPerson", "unit { id } version", personId=person, unitId=ward_a, expectedVersion=3)
    assert edited == {"unit": {"id": ward_a}, "version": 4}
    assert await admin.fails("editPerson", personId=person, name="x", expectedVersion=3) == (
        "STALE_VERSION", "expectedVersion",
    )  # fmt: skip
    await admin.do("deactivatePerson", personId=person)
    assert await counts() == [a - 1, b, division - 1]


async def test_whoever_leaves_keeps_their_name_on_what_they_did(
    admin: Somebody, nurse: Somebody, module_api: Api
) -> None:
    email = f"{uuid4().hex}@ashcombe.example"
    invited = (await admin.do("invitePerson", name="Leaving Soon", email=email))["id"]
    leaver = Somebody(module_api, UUID(invited.partition("_")[2]))
    idea = (await leaver.do("submitIdea", problem="Before I go"))["id"]
    left = await admin.do("deactivatePerson", "name deactivatedAt", personId=invited)
    assert left["deactivatedAt"] is not None
    assert (await leaver.ask("{ cursor }")).codes == ["UNAUTHENTICATED"]
    assert (await nurse.node(idea, "Idea", "author { name }"))["author"] == {"name": "Leaving Soon"}
    people = '{ people(search: "Leaving Soon") { nodes { id } } }'
    assert (await nurse.see(people))["people"]["nodes"] == []
    assert (await admin.see(people))["people"]["nodes"] == [{"id": invited}]
    win = {"headline": "x", "change": "y", "thankIds": [invited]}
    assert await nurse.fails("shareWin", **win) == ("NOT_FOUND", "thankIds", "0")


async def test_people_say_of_themselves_what_they_want(nurse: Somebody, admin: Somebody) -> None:
    fields = "name jobTitle shownOnScreens version"
    before = await nurse.see(f"{{ viewer {{ ... on Person {{ {fields} }} }} }}")
    edited = await nurse.do("editProfile", fields, jobTitle="Sister", shownOnScreens=True)
    assert edited == {
        **before["viewer"], "jobTitle": "Sister", "shownOnScreens": True, "version": before["viewer"]["version"] + 1,
    }  # fmt: skip
    assert (await nurse.do("editProfile", fields, jobTitle=None))["jobTitle"] is None
    assert await nurse.fails("editProfile", name="  ") == ("REQUIRED", "name")


async def test_roles_open_and_close_at_once(admin: Somebody, module_api: Api, module_hospital: Hospital) -> None:
    coach = Somebody(module_api, module_hospital.coach)
    person, theme = f"person_{module_hospital.coach}", {"title": "T", "objective": "O"}
    assert await coach.fails("createTheme", **theme) == ("FORBIDDEN",)
    edited = await admin.do("editPerson", "roles", personId=person, roles=["THEME_LEAD", "COACH", "THEME_LEAD"])
    assert edited["roles"] == ["THEME_LEAD", "COACH"]
    await coach.do("createTheme", **theme)
    await admin.do("editPerson", personId=person, roles=["COACH"])
    assert await coach.fails("createTheme", **theme) == ("FORBIDDEN",)


async def test_somebody_is_always_left_to_administer(admin: Somebody, module_hospital: Hospital) -> None:
    own = f"person_{module_hospital.admin}"
    assert await admin.fails("deactivatePerson", personId=own) == ("NOT_ALLOWED_NOW", "personId")
    assert await admin.fails("editPerson", personId=own, roles=["CONTRIBUTOR"]) == ("NOT_ALLOWED_NOW", "roles")


async def test_the_same_key_invites_once(admin: Somebody) -> None:
    given = {"name": "Once", "email": f"{uuid4().hex}@ashcombe.example", "idempotencyKey": uuid4().hex}
    first, again = [await admin.send("invitePerson", "id", **given) for _ in range(2)]
    assert first.response.content == again.response.content
    assert await admin.fails("invitePerson", **{**given, "name": "Twice"}) == ("IDEMPOTENCY_CONFLICT", "idempotencyKey")
