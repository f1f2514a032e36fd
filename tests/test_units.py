"""Units through the API: the tree, who leads, and what follows from both at once."""

from uuid import UUID, uuid4

import pytest_asyncio

from tests import factories
from tests.client import Api
from tests.factories import Hospital
from tests.somebody import Somebody


@pytest_asyncio.fixture
async def admin(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.admin)


@pytest_asyncio.fixture
async def nurse(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.nurse)


async def test_units_form_a_tree(admin: Somebody, nurse: Somebody, module_hospital: Hospital) -> None:
    division = f"unit_{module_hospital.division}"
    unit = (await admin.do("createUnit", name="Ward C", parentId=division))["id"]
    bay = (await admin.do("createUnit", name="Bay 1", parentId=unit))["id"]
    seen = await nurse.node(unit, "Unit", "name memberCount version parent { id } children { id } leads { id }")
    assert seen == {
        "name": "Ward C", "memberCount": 0, "version": 1, "parent": {"id": division}, "children": [{"id": bay}],
        "leads": [],
    }  # fmt: skip
    assert {"id": unit} in (await nurse.node(division, "Unit", "children { id }"))["children"]
    renamed = await admin.do("editUnit", "name version", unitId=unit, name="Ward D", expectedVersion=1)
    assert renamed == {"name": "Ward D", "version": 2}
    assert await admin.fails("editUnit", unitId=unit, name="E", expectedVersion=1) == (
        "STALE_VERSION", "expectedVersion",
    )  # fmt: skip
    for below in (unit, bay):
        assert await admin.fails("editUnit", unitId=unit, parentId=below) == ("INVALID", "parentId")
    assert (await admin.do("editUnit", "parent { id }", unitId=bay, parentId=None))["parent"] is None
    assert await nurse.fails("createUnit", name="Mine") == ("FORBIDDEN",)


async def test_a_unit_that_moves_takes_people_and_ideas_with_it(
    admin: Somebody, nurse: Somebody, module_hospital: Hospital
) -> None:
    here, there = [(await admin.do("createUnit", name=name))["id"] for name in ("Here", "There")]
    ward = (await admin.do("createUnit", name="Moving", parentId=here))["id"]
    await admin.do("invitePerson", name="Member", email=f"{uuid4().hex}@ashcombe.example", unitId=ward)
    idea = (await nurse.do("submitIdea", problem="Boxes everywhere", unitId=ward))["id"]
    query = """query($id: ID!) { ideas(filter: {unitId: $id}) { nodes { id } }
      node(id: $id) { ... on Unit { memberCount } } }"""
    for above, below in ((here, there), (there, here)):
        seen, other = [await nurse.see(query, id=unit) for unit in (above, below)]
        assert (seen["ideas"]["nodes"], seen["node"]["memberCount"]) == ([{"id": idea}], 1)
        assert (other["ideas"]["nodes"], other["node"]["memberCount"]) == ([], 0)
        await admin.do("editUnit", unitId=ward, parentId=there)


async def test_whoever_leads_a_unit_answers_its_ideas_at_once(
    admin: Somebody, module_hospital: Hospital, module_api: Api
) -> None:
    colleague = Somebody(module_api, module_hospital.colleague)
    unit = (await admin.do("createUnit", name="Led"))["id"]
    ward = (await admin.do("createUnit", name="Below", parentId=unit))["id"]
    idea = f"idea_{await factories.submit(module_hospital, unit=UUID(ward.partition('_')[2]))}"
    move = {"ideaId": idea, "to": "UNDER_REVIEW"}
    assert await colleague.fails("changeIdeaStatus", **move) == ("FORBIDDEN",)
    person = f"person_{module_hospital.colleague}"
    edited = await admin.do("editUnit", "leads { id }", unitId=unit, leadIds=[person, person])
    assert edited["leads"] == [{"id": person}]
    own = await colleague.see("{ viewer { ... on Person { roles } } }")
    assert own["viewer"]["roles"] == ["CONTRIBUTOR", "UNIT_LEAD"]
    assert "CHANGE_STATUS" in (await colleague.node(idea, "Idea", "viewerCanDo"))["viewerCanDo"]
    await colleague.do("changeIdeaStatus", **move)
    await admin.do("editUnit", unitId=unit, leadIds=[])
    assert await colleague.fails("changeIdeaStatus", ideaId=idea, to="PLANNED") == ("FORBIDDEN",)


async def test_a_unit_lead_makes_themes_for_units_below_theirs(
    admin: Somebody, module_hospital: Hospital, module_api: Api
) -> None:
    colleague = Somebody(module_api, module_hospital.colleague)
    unit = (await admin.do("createUnit", name="Led", leadIds=[f"person_{module_hospital.colleague}"]))["id"]
    ward = (await admin.do("createUnit", name="Below", parentId=unit))["id"]
    theme = {"title": "T", "objective": "O"}
    await colleague.do("createTheme", **theme, unitIds=[ward, unit])
    for units in ([], [ward, f"unit_{module_hospital.ward_a}"]):
        assert await colleague.fails("createTheme", **theme, unitIds=units) == ("FORBIDDEN",)
    await admin.do("editUnit", unitId=unit, leadIds=[])


async def test_the_same_key_makes_one_unit(admin: Somebody) -> None:
    given = {"name": "Once", "idempotencyKey": uuid4().hex}
    first, again = [await admin.send("createUnit", "id", **given) for _ in range(2)]
    assert first.response.content == again.response.content
