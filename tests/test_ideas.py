"""Ideas through the API: what a colleague does with one, and what they then see."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.client import Api
from tests.factories import Hospital
from tests.somebody import Somebody

PROBLEM = "Bed 4's curtain does not close."


@pytest_asyncio.fixture
async def nurse(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.nurse)


@pytest_asyncio.fixture
async def lead(module_api: Api, module_hospital: Hospital) -> Somebody:
    """Leads the nurse's ward, and owns the open theme."""
    return Somebody(module_api, module_hospital.lead)


@pytest_asyncio.fixture
async def colleague(module_api: Api, module_hospital: Hospital) -> Somebody:
    return Somebody(module_api, module_hospital.colleague)


async def shared(who: Somebody, **given: object) -> str:
    idea: str = (await who.do("submitIdea", problem=PROBLEM, **given))["id"]
    return idea


async def test_a_nurse_shares_an_idea_and_sees_it(nurse: Somebody) -> None:
    idea = await nurse.do(
        "submitIdea", "id reference title status version author { name } unit { name }", problem=PROBLEM
    )
    assert idea == {
        "id": idea["id"],
        "reference": idea["reference"],
        "title": PROBLEM,
        "status": "OPEN",
        "version": 1,
        "author": {"name": "Nina Nurse"},
        "unit": {"name": "Ward A"},
    }
    assert idea["reference"].startswith("IDEA-")
    newest = await nurse.see("{ ideas(first: 1) { nodes { id } } }")
    assert newest["ideas"]["nodes"] == [{"id": idea["id"]}]
    said = idea["reference"].lower()
    assert (await nurse.see("query($r: String!) { idea(reference: $r) { id } }", r=said))["idea"]["id"] == idea["id"]


async def test_a_write_is_seen_at_its_cursor(nurse: Somebody) -> None:
    answer = await nurse.send("submitIdea", "id", problem=PROBLEM)
    cursor, idea = answer.data["submitIdea"]["cursor"], answer.data["submitIdea"]["idea"]["id"]
    query = "{ cursor feed(last: 1) { nodes { cursor ... on IdeaSubmitted { idea { id } } } } }"
    seen = await nurse.see(query)
    assert seen == {"cursor": cursor, "feed": {"nodes": [{"cursor": cursor, "idea": {"id": idea}}]}}


async def test_an_idea_goes_its_way_and_each_reason_is_said(nurse: Somebody, lead: Somebody) -> None:
    idea = await shared(nurse)
    fields = "status statusReason viewerCanMoveTo version"
    for to, reason in (
        ("UNDER_REVIEW", None), ("DEFERRED", "After the winter."), ("UNDER_REVIEW", None), ("PLANNED", None),
        ("TESTING", "On ward A first."), ("IMPLEMENTED", None), ("SUSTAINED", None), ("IMPLEMENTED", None),
    ):  # fmt: skip
        assert to in (await lead.node(idea, "Idea", "viewerCanMoveTo"))["viewerCanMoveTo"]
        moved = await lead.do("changeIdeaStatus", fields, ideaId=idea, to=to, reason=reason)
        assert (moved["status"], moved["statusReason"]) == (to, reason)
    assert moved["version"] == 9
    seen = await nurse.node(idea, "Idea", "comments { nodes { body kind author { name } } } viewerCanMoveTo")
    assert seen == {
        "viewerCanMoveTo": [],
        "comments": {
            "nodes": [
                {"body": body, "kind": "STATUS_REASON", "author": {"name": "Lena Lead"}}
                for body in ("After the winter.", "On ward A first.")
            ]
        },
    }
    history = await nurse.node(idea, "Idea", "history { nodes { __typename ... on IdeaStatusChanged { from to } } }")
    names = [each["__typename"] for each in history["history"]["nodes"]]
    assert names[:4] == ["IdeaSubmitted", "IdeaStatusChanged", "IdeaStatusChanged", "CommentAdded"]
    assert history["history"]["nodes"][2] == {
        "__typename": "IdeaStatusChanged",
        "from": "UNDER_REVIEW",
        "to": "DEFERRED",
    }


async def test_declining_needs_a_reason_and_nothing_leads_back_to_open(nurse: Somebody, lead: Somebody) -> None:
    idea = await shared(nurse)
    assert await lead.fails("changeIdeaStatus", ideaId=idea, to="DECLINED") == ("REASON_REQUIRED", "reason")
    await lead.do("changeIdeaStatus", ideaId=idea, to="DECLINED", reason="The curtains go next year.")
    assert await lead.fails("changeIdeaStatus", ideaId=idea, to="OPEN") == ("NOT_ALLOWED_NOW", "to")
    assert await lead.fails("changeIdeaStatus", ideaId=idea, to="TESTING") == ("NOT_ALLOWED_NOW", "to")
    await lead.do("changeIdeaStatus", ideaId=idea, to="UNDER_REVIEW")


async def test_an_idea_awaits_its_first_response(nurse: Somebody, lead: Somebody, colleague: Somebody) -> None:
    idea = await shared(nurse)
    fields = "awaitingResponse firstResponseAt responseDueAt submittedAt"

    async def waits() -> bool:
        query = "{ ideas(first: 100, filter: {awaitingResponse: true}) { nodes { id } } }"
        listed = idea in [each["id"] for each in (await nurse.see(query))["ideas"]["nodes"]]
        assert (await nurse.node(idea, "Idea", "awaitingResponse"))["awaitingResponse"] is listed
        return listed

    assert await waits()
    seen = await nurse.node(idea, "Idea", fields)
    due, at = (datetime.fromisoformat(seen[name]) for name in ("responseDueAt", "submittedAt"))
    assert due - at == timedelta(days=7)
    await colleague.do("addComment", ideaId=idea, body="With us too.")
    await nurse.do("addComment", ideaId=idea, body="Since Monday.")
    assert await waits()
    kinds = [
        (await lead.do("addComment", "kind", ideaId=idea, body=body))["kind"]
        for body in ("We will look into it.", "Tomorrow.")
    ]
    assert kinds == ["RESPONSE", "COMMENT"]
    assert not await waits()
    assert (await nurse.node(idea, "Idea", fields))["firstResponseAt"] is not None


async def test_a_change_of_status_is_a_response_too(nurse: Somebody, lead: Somebody) -> None:
    idea = await shared(nurse)
    moved = await lead.do("changeIdeaStatus", "awaitingResponse firstResponseAt", ideaId=idea, to="UNDER_REVIEW")
    assert moved["firstResponseAt"] is not None
    own = await shared(lead)
    moved = await lead.do("changeIdeaStatus", "awaitingResponse firstResponseAt", ideaId=own, to="UNDER_REVIEW")
    assert moved == {"awaitingResponse": False, "firstResponseAt": None}  # nobody answers themselves


async def test_an_author_edits_while_nobody_works_on_it(nurse: Somebody, lead: Somebody) -> None:
    idea = await shared(nurse, title="The curtain", solution="Longer rails")
    edited = await nurse.do("editIdea", "title solution values version", ideaId=idea, solution=None, values=["EQUITY"])
    assert edited == {"title": "The curtain", "solution": None, "values": ["EQUITY"], "version": 2}
    assert (await nurse.do("editIdea", "title", ideaId=idea, title="Bed 4"))["title"] == "Bed 4"
    await lead.do("changeIdeaStatus", ideaId=idea, to="PLANNED")
    assert await nurse.fails("editIdea", ideaId=idea, title="Bed 5") == ("NOT_ALLOWED_NOW", "ideaId")
    assert "EDIT" not in (await nurse.node(idea, "Idea", "viewerCanDo"))["viewerCanDo"]


async def test_who_read_an_older_version_is_told(nurse: Somebody, lead: Somebody) -> None:
    idea = await shared(nurse)
    await nurse.do("editIdea", ideaId=idea, title="Bed 4", expectedVersion=1)
    assert await nurse.fails("editIdea", ideaId=idea, title="Bed 5", expectedVersion=1) == (
        "STALE_VERSION", "expectedVersion",
    )  # fmt: skip
    stale = {"ideaId": idea, "to": "PLANNED", "expectedVersion": 1}
    assert await lead.fails("changeIdeaStatus", **stale) == ("STALE_VERSION", "expectedVersion")
    await lead.do("changeIdeaStatus", **{**stale, "expectedVersion": 2})
    assert (await nurse.node(idea, "Idea", "title status version")) == {
        "title": "Bed 4",
        "status": "PLANNED",
        "version": 3,
    }


async def test_what_is_so_already_is_done_and_moves_nothing(nurse: Somebody) -> None:
    idea = await shared(nurse)
    before = (await nurse.see("{ cursor }"))["cursor"]
    again = await nurse.send("editIdea", "id version", ideaId=idea, problem=PROBLEM)
    assert again.data["editIdea"] == {"idea": {"id": idea, "version": 1}, "cursor": before, "userErrors": []}


async def test_a_withdrawn_idea_is_gone_for_everybody_but_its_author(nurse: Somebody, colleague: Somebody) -> None:
    idea = await shared(nurse)
    await colleague.do("addComment", ideaId=idea, body="With us too.")
    withdrawn = await nurse.do("withdrawIdea", "status viewerCanDo", ideaId=idea)
    assert withdrawn == {"status": "WITHDRAWN", "viewerCanDo": []}
    for query in (
        "{ ideas(first: 100) { nodes { id } } }",
        "{ feed(last: 50) { nodes { ... on IdeaSubmitted { idea { id } } } } }",
    ):
        assert idea not in str(await colleague.see(query))
        assert idea not in str(await nurse.see(query))
    assert await colleague.node(idea, "Idea", "id") is None
    assert (await nurse.node(idea, "Idea", "status"))["status"] == "WITHDRAWN"
    mine = await nurse.see("{ ideas(first: 100, filter: {mine: true}) { nodes { id } } }")
    assert {"id": idea} in mine["ideas"]["nodes"]
    last = await colleague.see("{ feed(last: 1) { nodes { ... on ContentRetracted { nodeId } } } }")
    assert last["feed"]["nodes"] == [{"nodeId": idea}]
    assert await colleague.fails("supportIdea", ideaId=idea) == ("NOT_FOUND", "ideaId")


async def test_an_idea_that_is_worked_on_is_not_withdrawn(nurse: Somebody, lead: Somebody) -> None:
    idea = await shared(nurse)
    await lead.do("changeIdeaStatus", ideaId=idea, to="TESTING")
    assert await nurse.fails("withdrawIdea", ideaId=idea) == ("NOT_ALLOWED_NOW", "ideaId")


async def test_an_anonymous_idea_names_nobody_anywhere(
    nurse: Somebody, lead: Somebody, module_hospital: Hospital, module_api: Api
) -> None:
    idea = await shared(nurse, anonymous=True)
    seen = await lead.node(idea, "Idea", "anonymous author { id } unit { name } history { nodes { actor { id } } }")
    assert seen == {
        "anonymous": True, "author": None, "unit": {"name": "Ward A"}, "history": {"nodes": [{"actor": None}]},
    }  # fmt: skip
    by_author = "query($id: ID!) { ideas(first: 100, filter: {authorId: $id}) { nodes { id } } }"
    assert idea not in str(await lead.see(by_author, id=f"person_{nurse.person}"))
    assert idea in str(await nurse.see("{ ideas(first: 100, filter: {mine: true}) { nodes { id } } }"))
    # Ward B is too small: the nearest unit upward that is large enough is shown.
    small = Somebody(module_api, module_hospital.colleague)
    widened = await small.do("submitIdea", "id unit { name }", problem=PROBLEM, anonymous=True)
    assert widened["unit"] == {"name": "Medicine"}
    in_ward = "query($id: ID!) { ideas(first: 100, filter: {unitId: $id}) { nodes { id } } }"
    assert widened["id"] not in str(await lead.see(in_ward, id=f"unit_{module_hospital.ward_b}"))
    assert widened["id"] in str(await lead.see(in_ward, id=f"unit_{module_hospital.division}"))
    # A name may be given later, never taken back.
    named = await small.do("editIdea", "author { name } unit { name }", ideaId=widened["id"], anonymous=False)
    assert named == {"author": {"name": "Bo Colleague"}, "unit": {"name": "Ward B"}}
    assert await small.fails("editIdea", ideaId=widened["id"], anonymous=True) == ("INVALID", "anonymous")


async def test_an_idea_is_put_under_a_theme_and_out_of_it(
    nurse: Somebody, lead: Somebody, module_hospital: Hospital
) -> None:
    theme, idea = f"theme_{module_hospital.theme}", await shared(nurse)
    before = (await nurse.node(theme, "Theme", "ideaCount"))["ideaCount"]
    for theme_id, count in ((theme, before + 1), (None, before)):
        moved = await lead.do("assignIdeaToTheme", "theme { id }", ideaId=idea, themeId=theme_id)
        assert moved["theme"] == (theme_id and {"id": theme_id})
        assert (await nurse.node(theme, "Theme", "ideaCount"))["ideaCount"] == count


async def test_the_same_key_does_nothing_twice(nurse: Somebody, colleague: Somebody) -> None:
    given = {"problem": PROBLEM, "idempotencyKey": uuid4().hex}
    first = await nurse.send("submitIdea", "id reference", **given)
    await nurse.do("submitIdea", problem="Another in between.")
    again = await nurse.send("submitIdea", "id reference", **given)
    assert again.response.content == first.response.content
    idea = first.data["submitIdea"]["idea"]["id"]
    # The result as it is now, whoever changed it; a key is one person's own.
    await nurse.do("editIdea", ideaId=idea, title="Bed 4")
    assert (await nurse.do("submitIdea", "title", **given))["title"] == "Bed 4"
    assert (await colleague.do("submitIdea", **given))["id"] != idea
    assert await nurse.fails("submitIdea", **{**given, "anonymous": True}) == ("IDEMPOTENCY_CONFLICT", "idempotencyKey")
    # What was refused is not remembered.
    wrong = {"problem": " ", "idempotencyKey": uuid4().hex}
    assert await nurse.fails("submitIdea", **wrong) == ("REQUIRED", "problem")
    await nurse.do("submitIdea", **{**wrong, "problem": PROBLEM})
    await nurse.do("withdrawIdea", ideaId=idea)
    assert await nurse.fails("submitIdea", **given) == ("GONE",)


async def test_the_same_key_many_times_at_once_is_one_idea(nurse: Somebody) -> None:
    given = {"problem": "Only once, please.", "idempotencyKey": uuid4().hex}
    answers = await asyncio.gather(*(nurse.send("submitIdea", "id", **given) for _ in range(8)))
    assert len({answer.response.content for answer in answers}) == 1
    found = await nurse.see('{ ideas(filter: {text: "only once please", mine: true}) { nodes { id } } }')
    assert found["ideas"]["nodes"] == [answers[0].data["submitIdea"]["idea"]]


@pytest.mark.parametrize("fields", ["id", ""])
async def test_a_key_of_what_was_withdrawn_is_gone_whatever_is_asked_of_it(nurse: Somebody, fields: str) -> None:
    given = {"problem": PROBLEM, "idempotencyKey": uuid4().hex}
    idea = (await nurse.do("submitIdea", **given))["id"]
    await nurse.do("withdrawIdea", ideaId=idea)
    answer = await nurse.send("submitIdea", fields, **given)
    assert [error["code"] for error in answer.data["submitIdea"]["userErrors"]] == ["GONE"]


async def test_words_find_ideas_in_any_of_their_forms(nurse: Somebody) -> None:
    idea = await shared(nurse, title="Wheelchairs", solution="Hanging signs with quokkas")
    found = "query($text: String!) { ideas(filter: {text: $text}) { nodes { id } } }"
    assert (await nurse.see(found, text="hang quokka"))["ideas"]["nodes"] == [{"id": idea}]
    for text in ("quokka -sign", "", "''|&!:*<->", "wombat"):
        assert idea not in str(await nurse.see(found, text=text))


async def test_an_operation_costs_few_statements(module_api: Api, nurse: Somebody) -> None:
    idea = await shared(nurse)
    counted: list[str] = []
    held = module_api.service.database.writes

    async def statements(send: Awaitable[object]) -> int:
        counted.clear()
        connections = list(held.all)
        for connection in connections:
            connection.add_query_logger(log)
        try:
            await send
        finally:
            for connection in connections:
                connection.remove_query_logger(log)
        return len(counted)

    def log(record: object) -> None:
        counted.append(getattr(record, "query", ""))

    full = "id title author { name } unit { name parent { name } } comments { nodes { body } } viewerCanDo"
    assert 0 < await statements(nurse.do("submitIdea", full, problem=PROBLEM)) <= 6, counted
    assert 0 < await statements(nurse.do("supportIdea", full, ideaId=idea)) <= 6, counted
    assert 0 < await statements(nurse.do("addComment", "id body", ideaId=idea, body="Yes")) <= 6, counted
    before = module_api.service.database.statements
    await nurse.see("{ ideas(first: 50) { nodes { " + full + " } } cursor viewer { ... on Person { name } } }")
    assert module_api.service.database.statements - before == 1
