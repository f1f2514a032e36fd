"""The board through the API: what a huddle room shows, at one position, for a unit and all below it."""

from typing import Any

import pytest_asyncio

from tests import factories
from tests.client import Api, serving
from tests.factories import Hospital
from tests.somebody import Somebody

BOARD = """query($unit: ID, $first: Int) { cursor board(unitId: $unit) {
  cursor asOf unit { name } themes { id } newIdeas(first: $first) { id } awaitingResponse { id } testing { id }
  wins { id } counts { open awaitingResponse testing implemented wins newIdeas } } }"""


@pytest_asyncio.fixture
async def lead(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.lead)


async def board(who: Somebody, unit: object = None, first: int = 10) -> Any:
    seen = await who.see(BOARD, unit=None if unit is None else f"unit_{unit}", first=first)
    assert seen["board"]["cursor"] == seen["cursor"]
    return seen["board"]


async def test_a_board_shows_its_unit_and_all_below(hospital: Hospital) -> None:
    h = hospital
    a = [f"idea_{await factories.submit(h)}" for _ in range(3)]
    b = f"idea_{await factories.submit(h, h.colleague)}"
    async with serving(h.database.dsn) as api:
        lead, admin = Somebody(api, h.lead), Somebody(api, h.admin)
        await lead.do("changeIdeaStatus", ideaId=a[0], to="TESTING")
        await lead.do("addComment", ideaId=a[1], body="We look into it.")
        win = (await lead.do("shareWin", headline="Done", change="So"))["id"]
        ward = await board(lead, h.ward_a)
        theme = {"id": f"theme_{h.theme}"}
        assert ward == {
            "cursor": ward["cursor"], "asOf": ward["asOf"], "unit": {"name": "Ward A"}, "themes": [theme],
            "newIdeas": [{"id": a[2]}, {"id": a[1]}, {"id": a[0]}], "awaitingResponse": [{"id": a[2]}],
            "testing": [{"id": a[0]}], "wins": [{"id": win}],
            "counts": {
                "open": 2, "awaitingResponse": 1, "testing": 1, "implemented": 0, "wins": 1, "newIdeas": 3,
            },
        }  # fmt: skip
        last = (await lead.see("{ feed(last: 1) { nodes { at } } }"))["feed"]["nodes"][0]["at"]
        assert ward["asOf"] == last
        small = await board(lead, h.ward_b)
        assert [small[name] for name in ("newIdeas", "testing", "wins")] == [[{"id": b}], [], []]
        assert (await board(lead, h.division))["counts"]["open"] == 3
        everything = await board(lead)
        assert (everything["unit"], everything["counts"]["open"]) == (None, 3)
        few = await board(lead, first=1)
        assert (few["newIdeas"], few["counts"]["newIdeas"]) == ([{"id": b}], 4)
        # What was shared the day before yesterday is no longer new.
        async with h.database.writes.connection() as connection:
            await connection.execute("update idea set submitted_at = submitted_at - interval '3 days'")
        api.service.answers.forget(h.organisation, "former")  # which no operation did
        assert (await board(lead))["newIdeas"] == []
        await admin.do("closeTheme", themeId=theme["id"])
        assert (await board(lead))["themes"] == []


async def test_there_is_no_board_of_a_unit_that_is_not_ours(lead: Somebody, module_hospital: Hospital) -> None:
    for unit in (module_hospital.organisation, module_hospital.nurse):
        assert (await lead.see(BOARD, unit=f"unit_{unit}"))["board"] is None
    for wrong in (f"person_{module_hospital.nurse}", "x"):
        assert (await lead.ask(BOARD, unit=wrong)).codes == ["BAD_ARGUMENT"]


async def test_a_board_is_one_statement(lead: Somebody, module_api: Api, module_hospital: Hospital) -> None:
    await board(lead, module_hospital.site)
    module_api.service.answers.forget(module_hospital.organisation, "former")
    before = module_api.service.database.statements
    await board(lead, module_hospital.site)
    assert module_api.service.database.statements - before == 1
