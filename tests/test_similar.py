"""Similar ideas: found while somebody types, the most alike first, and nothing that may not be seen."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from api.context import Context
from api.resolvers.similar import COST
from db.operations import ideas
from tests.client import Api, serving
from tests.factories import Hospital, do, submit
from tests.old_events import execute

PLAIN = "query($text: String!) { similarIdeas(text: $text) { idea { title } } }"
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
        answer = await api.ask(PLAIN, nurse, text="hoist")
        assert "etag" not in answer.response.headers
    assert api.service.answers.executions == read + 4  # which words are looked for changes without a new position


async def test_how_alike_they_are_tells_of_nothing_that_is_not_seen(api: Api, hospital: Hospital) -> None:
    """However often a word stands in another organisation's ideas, or in withdrawn ones."""
    await submit(hospital, title="Hoist", problem="The hoist is locked away at night.")
    nurse, text = await api.token(hospital.nurse), "hoist sepsis night"
    before = (await api.ask(SIMILAR, nurse, text=text)).data["similarIdeas"]
    gone = [await submit(hospital, title=f"Sepsis {n}", problem="Sepsis at night.") for n in range(20)]
    for idea in gone:
        await hospital.do(ideas.withdraw_idea, hospital.nurse, idea=idea)
    other = await hospital.database.value("select organisation_id from person where id = $1", [hospital.stranger])
    for n in range(60):
        await do(hospital.database, other, ideas.submit_idea, hospital.stranger, title=f"Sepsis {n}", problem="Hoist")
    await execute(hospital, "analyze idea")
    assert (await api.ask(SIMILAR, nurse, text=text)).data["similarIdeas"] == before
    assert 0 < before[0]["likeness"] < 1


async def test_a_rare_word_counts_for_more_than_one_that_many_ideas_have(api: Api, hospital: Hospital) -> None:
    for n in range(20):
        await submit(hospital, title=f"Night {n}", problem="Something happens at night.")
    await submit(hospital, title="Night", problem="At night it is dark.")
    await submit(hospital, title="Hoist", problem="The hoist is gone.")
    nurse = await api.token(hospital.nurse)
    found = (await api.ask(SIMILAR, nurse, text="hoist dark")).data["similarIdeas"]
    assert {each["idea"]["title"]: each["likeness"] for each in found} == {"Hoist": 0.5, "Night": 0.5}
    for text in ("hoist night", "night hoist"):
        assert (await titles(api, nurse, text))[0] == "Hoist"


@pytest.mark.parametrize("selection", ["idea { id }", "likeness", "__typename", "likeness idea { title }"])
async def test_a_search_costs_the_same_whatever_is_asked_of_it(api: Api, hospital: Hospital, selection: str) -> None:
    nurse = await api.token(hospital.nurse)
    for root, searches in (
        (f'similarIdeas(text: "hoist") {{ {selection} }}', 1),
        (f"ideas(first: 20) {{ nodes {{ similar(first: 1) {{ {selection} }} }} }}", 20),
    ):
        body = {"query": f"{{ {root} }}", "extensions": {"cost": True}}
        headers = {"authorization": f"Bearer {nurse}"}
        answer = (await api.http.post("/graphql", json=body, headers=headers)).json()
        assert searches * COST < answer["extensions"]["cost"]["rows"] < searches * COST + 1000
    many = f"{{ ideas(first: 100) {{ nodes {{ similar(first: 1) {{ {selection} }} }} }} }}"
    assert (await api.ask(many, nurse)).codes == ["TOO_COSTLY"]
    assert COST >= 1000


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{ similarIdeas(text: "hoist") { idea { similar { likeness } } } }', ["similarIdeas", "idea", "similar"]),
        (
            '{ idea(id: "ID") { a: similar { idea { theme { ideas { nodes { b: similar { likeness } } } } } } } }',
            ["idea", "a", "idea", "theme", "ideas", "nodes", "b"],
        ),
    ],
)
async def test_no_search_is_made_of_what_a_search_found(
    api: Api, hospital: Hospital, text: str, path: list[str]
) -> None:
    text = text.replace("ID", f"idea_{await submit(hospital)}")
    answer = await api.ask(text, await api.token(hospital.nurse))
    assert answer.codes == ["TOO_COSTLY"]
    assert answer.errors[0]["path"] == path
    assert "beneath another" in answer.errors[0]["message"]


@pytest.mark.parametrize(
    "selection",
    [
        "board { newIdeas { similar { idea { title } } } }",
        "board { themes { ideas { nodes { similar { likeness } } } } }",
        "ideaSubmitted { idea { similar { idea { title } } } }",
        "feed { ... on IdeaSubmitted { idea { similar { idea { title } } } } }",
    ],
)
async def test_nobody_subscribes_to_what_is_similar(api: Api, hospital: Hospital, selection: str) -> None:
    """It would be searched for whenever anything changes, beside what the walls wait for."""
    viewer = await api.service.viewers.viewer(await api.token(hospital.nurse))
    opened = await api.service.subscriptions.open(Context(viewer), f"subscription {{ {selection} }}", {}, None)
    assert isinstance(opened, list), opened
    assert [error["extensions"]["code"] for error in opened] == ["TOO_COSTLY"]
    assert "in a subscription" in opened[0]["message"]
