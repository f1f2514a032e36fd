"""Supporting and following through the API: counted once, told to those who should hear of it."""

import pytest_asyncio

from tests import factories
from tests.client import Api
from tests.factories import Hospital
from tests.somebody import Somebody

FIELDS = "supportCount viewerSupports viewerFollows"
FOLLOWED = "{ ideas(first: 100, filter: {followed: true}) { nodes { id } } }"


@pytest_asyncio.fixture
async def nurse(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.nurse)


@pytest_asyncio.fixture
async def colleague(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.colleague)


@pytest_asyncio.fixture
async def idea(module_hospital: Hospital) -> str:
    """The nurse's."""
    return f"idea_{await factories.submit(module_hospital)}"


async def test_support_counts_once_and_can_be_taken_back(colleague: Somebody, nurse: Somebody, idea: str) -> None:
    supported = {"supportCount": 1, "viewerSupports": True, "viewerFollows": True}
    first, again = [await colleague.send("supportIdea", FIELDS, ideaId=idea) for _ in range(2)]
    assert first.data["supportIdea"]["idea"] == supported
    assert again.response.content == first.response.content  # and nothing moved
    assert (await nurse.node(idea, "Idea", FIELDS)) == {**supported, "viewerSupports": False}
    back = await colleague.do("unsupportIdea", FIELDS, ideaId=idea)
    assert back == {"supportCount": 0, "viewerSupports": False, "viewerFollows": True}
    events = await nurse.see("{ feed(last: 2) { nodes { ... on IdeaSupported { supportCount idea { id } } } } }")
    # As it is when it is read, not as it was.
    assert events["feed"]["nodes"] == [{"supportCount": 0, "idea": {"id": idea}}] * 2


async def test_following_is_ones_own_and_told_to_nobody(colleague: Somebody, nurse: Somebody, idea: str) -> None:
    assert idea in str(await nurse.see(FOLLOWED))  # who shares an idea follows it
    assert idea not in str(await colleague.see(FOLLOWED))
    events = "{ feed(last: 1) { nodes { cursor } } }"
    before = await nurse.see(events)
    assert (await colleague.do("followIdea", FIELDS, ideaId=idea))["viewerFollows"]
    assert idea in str(await colleague.see(FOLLOWED))
    assert await nurse.see(events) == before
    assert not (await colleague.do("unfollowIdea", FIELDS, ideaId=idea))["viewerFollows"]
    assert idea not in str(await colleague.see(FOLLOWED))


async def test_most_supported_comes_first(
    colleague: Somebody, nurse: Somebody, module_hospital: Hospital, idea: str
) -> None:
    other = f"idea_{await factories.submit(module_hospital)}"
    for who in (colleague, nurse):
        await who.do("supportIdea", ideaId=other)
    await colleague.do("supportIdea", ideaId=idea)
    order = "{ ideas(first: 2, orderBy: MOST_SUPPORTED) { nodes { id supportCount } } }"
    assert (await nurse.see(order))["ideas"]["nodes"][0] == {"id": other, "supportCount": 2}


async def test_an_executive_reads(module_api: Api, module_hospital: Hospital, idea: str) -> None:
    executive = Somebody(module_api, module_hospital.executive)
    for mutation in ("supportIdea", "unsupportIdea", "followIdea", "unfollowIdea"):
        assert await executive.fails(mutation, ideaId=idea) == ("FORBIDDEN",)
    assert (await executive.node(idea, "Idea", "viewerCanDo viewerCanMoveTo")) == {
        "viewerCanDo": [], "viewerCanMoveTo": [],
    }  # fmt: skip


async def test_two_mutations_of_a_document_may_share_a_fragment_and_ask_for_more(
    colleague: Somebody, idea: str
) -> None:
    text = """mutation($id: ID!) {
        a: supportIdea(input: {ideaId: $id}) { ...Shared }
        b: followIdea(input: {ideaId: $id}) { idea { id } }
        c: supportIdea(input: {ideaId: $id}) { ...Shared idea { supportCount } }
        d: supportIdea(input: {ideaId: $id}) { ...Shared idea { status } }
    } fragment Shared on SupportIdeaPayload { idea { id } }"""
    answer = await colleague.ask(text, id=idea)
    assert answer.errors == []
    assert {key: payload["idea"] for key, payload in answer.data.items()} == {
        "a": {"id": idea},
        "b": {"id": idea},
        "c": {"id": idea, "supportCount": 1},
        "d": {"id": idea, "status": "OPEN"},
    }
