"""Comments through the API: what is said, what it counts as, and how it leaves every screen."""

from uuid import uuid4

import pytest_asyncio

from tests import factories
from tests.client import Api
from tests.factories import Hospital
from tests.somebody import Somebody

COMMENTS = "commentCount comments { nodes { id body kind author { name } } }"


@pytest_asyncio.fixture
async def nurse(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.nurse)


@pytest_asyncio.fixture
async def colleague(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.colleague)


@pytest_asyncio.fixture
async def moderator(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.moderator)


@pytest_asyncio.fixture
async def idea(module_hospital: Hospital) -> str:
    """The nurse's."""
    return f"idea_{await factories.submit(module_hospital)}"


async def test_a_comment_is_seen_under_its_idea_oldest_first(nurse: Somebody, colleague: Somebody, idea: str) -> None:
    for who, body in ((colleague, "With us too."), (nurse, "Since when?")):
        comment = await who.do("addComment", "body kind idea { id }", ideaId=idea, body=body)
        assert comment == {"body": body, "kind": "COMMENT", "idea": {"id": idea}}
    seen = await nurse.node(idea, "Idea", COMMENTS)
    assert seen["commentCount"] == 2
    assert [(each["body"], each["author"]["name"]) for each in seen["comments"]["nodes"]] == [
        ("With us too.", "Bo Colleague"),
        ("Since when?", "Nina Nurse"),
    ]
    assert (await colleague.node(idea, "Idea", "viewerFollows"))["viewerFollows"]


async def test_the_server_says_what_is_a_response(module_hospital: Hospital, module_api: Api, idea: str) -> None:
    coach = Somebody(module_api, module_hospital.coach)
    assert (await coach.do("addComment", "kind", ideaId=idea, body="Let us try it."))["kind"] == "RESPONSE"
    assert (await coach.do("addComment", "kind", ideaId=idea, body="On Monday."))["kind"] == "COMMENT"
    assert not (await coach.node(idea, "Idea", "awaitingResponse"))["awaitingResponse"]


async def test_an_anonymous_comment_names_nobody(nurse: Somebody, colleague: Somebody, idea: str) -> None:
    comment = await colleague.do("addComment", "id author { id } anonymous", ideaId=idea, body="Me too", anonymous=True)
    assert (comment["author"], comment["anonymous"]) == (None, True)
    events = await nurse.see("{ feed(last: 1) { nodes { __typename actor { id } } } }")
    assert events["feed"]["nodes"] == [{"__typename": "CommentAdded", "actor": None}]
    await colleague.do("editComment", commentId=comment["id"], body="Me as well")
    events = await nurse.see("{ feed(last: 1) { nodes { __typename actor { id } } } }")
    assert events["feed"]["nodes"] == [{"__typename": "CommentEdited", "actor": None}]


async def test_a_comment_is_edited_by_its_author_alone(
    nurse: Somebody, colleague: Somebody, moderator: Somebody, idea: str
) -> None:
    comment = (await colleague.do("addComment", ideaId=idea, body="With us to."))["id"]
    assert (await colleague.node(comment, "Comment", "viewerCanDo"))["viewerCanDo"] == ["EDIT", "REMOVE"]
    assert (await moderator.node(comment, "Comment", "viewerCanDo"))["viewerCanDo"] == ["REMOVE"]
    assert (await nurse.node(comment, "Comment", "viewerCanDo"))["viewerCanDo"] == []
    edited = await colleague.do("editComment", "body version editedAt", commentId=comment, body="With us too.")
    assert (edited["body"], edited["version"], edited["editedAt"] is None) == ("With us too.", 2, False)
    stale = {"commentId": comment, "body": "Otherwise", "expectedVersion": 1}
    assert await colleague.fails("editComment", **stale) == ("STALE_VERSION", "expectedVersion")
    assert await moderator.fails("editComment", commentId=comment, body="x") == ("FORBIDDEN",)


async def test_a_removed_comment_is_gone_everywhere(
    nurse: Somebody, colleague: Somebody, moderator: Somebody, idea: str
) -> None:
    comment = (await colleague.do("addComment", ideaId=idea, body="Something rude."))["id"]
    assert await nurse.fails("removeComment", commentId=comment) == ("FORBIDDEN",)
    left = await moderator.do("removeComment", f"id {COMMENTS}", commentId=comment)
    assert left == {"id": idea, "commentCount": 0, "comments": {"nodes": []}}
    for who in (nurse, colleague, moderator):
        assert await who.node(comment, "Comment", "id") is None
        feed = (
            "{ feed(last: 20) { nodes { ... on CommentAdded { comment { id } } ... on ContentRetracted { nodeId } } } }"
        )
        nodes = (await who.see(feed))["feed"]["nodes"]
        assert {"comment": {"id": comment}} not in nodes
        assert nodes[-1] == {"nodeId": comment}
    assert await colleague.fails("editComment", commentId=comment, body="x") == ("NOT_FOUND", "commentId")


async def test_the_same_key_comments_once(colleague: Somebody, idea: str) -> None:
    given = {"ideaId": idea, "body": "Once", "idempotencyKey": uuid4().hex}
    first, again = [await colleague.send("addComment", "id", **given) for _ in range(2)]
    assert first.response.content == again.response.content
    assert (await colleague.node(idea, "Idea", "commentCount"))["commentCount"] == 1
    await colleague.do("removeComment", commentId=first.data["addComment"]["comment"]["id"])
    assert await colleague.fails("addComment", **given) == ("GONE",)


async def test_a_withdrawn_idea_takes_no_comments(nurse: Somebody, colleague: Somebody, idea: str) -> None:
    await nurse.do("withdrawIdea", ideaId=idea)
    assert await colleague.fails("addComment", ideaId=idea, body="x") == ("NOT_FOUND", "ideaId")
    assert await nurse.fails("addComment", ideaId=idea, body="x") == ("NOT_ALLOWED_NOW", "ideaId")
