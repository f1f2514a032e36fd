"""Similar ideas: found while somebody types, the most alike first, and nothing that may not be seen."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from db.operations import ideas
from tests.client import Api, serving
from tests.factories import Hospital, submit
from tests.old_events import execute

SIMILAR = "query($text: String!) { similarIdeas(text: $text) { likeness idea { title } } }"


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def titles(api: Api, token: str, text: str) -> list[str]:
    found = (await api.ask(SIMILAR, token, text=text)).data["similarIdeas"]
    likeness = [each["likeness"] for each in found]
    assert likeness == sorted(likeness, reverse=True)
    assert all(0 <= each <= 1 for each in likeness)
    return [each["idea"]["title"] for each in found]


@pytest.mark.parametrize("counted", [False, True])
async def test_what_somebody_types_finds_what_is_there_already(api: Api, hospital: Hospital, counted: bool) -> None:
    """`counted`: PostgreSQL knows how rare each word is, or has not looked yet."""
    await submit(hospital, title="Hoist", problem="At night the hoist is locked away and nobody has the key.")
    await submit(hospital, title="Keys", problem="The key of the drug cupboard goes home in pockets.")
    await submit(hospital, title="Tea", problem="Patients wait for tea in the morning.")
    if counted:
        await execute(hospital, "analyze idea")
    nurse = await api.token(hospital.nurse)
    assert (await titles(api, nurse, "nobody finds the hoists at night"))[0] == "Hoist"
    assert (await titles(api, nurse, "Where are the keys of the cupboard?"))[0] == "Keys"
    assert "Tea" not in await titles(api, nurse, "hoist")
    for nothing in ("", " ", "the and of", "zebra", "'|&!:*\\", "x" * 4000):
        assert await titles(api, nurse, nothing) == []


async def test_an_idea_knows_its_like_and_not_itself(api: Api, hospital: Hospital) -> None:
    first = await submit(hospital, title="Hoist", problem="The hoist is locked away at night.")
    await submit(hospital, title="No hoist", problem="At night there is no hoist.")
    await submit(hospital, title="Tea", problem="Patients wait for tea.")
    asked = "query($id: ID!) { idea(id: $id) { similar(first: 3) { likeness idea { title } } } }"
    found = (await api.ask(asked, await api.token(hospital.nurse), id=f"idea_{first}")).data["idea"]["similar"]
    assert [each["idea"]["title"] for each in found] == ["No hoist"]
    assert found[0]["likeness"] > 0.3
    listed = "{ ideas { nodes { title similar(first: 1) { idea { title } } } } }"
    nodes = (await api.ask(listed, await api.token(hospital.nurse))).data["ideas"]["nodes"]
    assert {node["title"]: [each["idea"]["title"] for each in node["similar"]] for node in nodes} == {
        "Hoist": ["No hoist"],
        "No hoist": ["Hoist"],
        "Tea": [],
    }


async def test_what_may_not_be_seen_is_like_nothing(api: Api, hospital: Hospital) -> None:
    gone = await submit(hospital, title="Hoist", problem="The hoist is locked away.")
    await submit(hospital, hospital.nurse, title="Hoists", problem="A hoist for each ward.", anonymous=True)
    await hospital.do(ideas.withdraw_idea, hospital.nurse, idea=gone)
    nurse, stranger = await api.token(hospital.nurse), await api.token(hospital.stranger)
    assert await titles(api, nurse, "hoist") == ["Hoists"]
    assert await titles(api, stranger, "hoist") == []


async def test_too_long_a_text_is_refused_and_none_is_answered_from_memory(api: Api, hospital: Hospital) -> None:
    nurse = await api.token(hospital.nurse)
    assert (await api.ask(SIMILAR, nurse, text="x" * 4001)).codes == ["BAD_ARGUMENT"]
    read = api.service.answers.executions
    for _ in range(2):
        assert await titles(api, nurse, "hoist") == []
    assert api.service.answers.executions == read + 2  # how rare a word is changes without a new position
