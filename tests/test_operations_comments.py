"""Comments, and which of them is a response; supporting and following."""

import asyncio
import json
from uuid import uuid4

import pytest

from db.counts import miscounted
from db.operations.comments import add_comment, edit_comment, remove_comment
from db.operations.follows import follow_idea, support_idea, unfollow_idea, unsupport_idea
from db.operations.ideas import withdraw_idea
from tests.factories import Hospital, comment, do, move, submit
from tests.noticed import events_of, forbidden, mistake, row


async def test_a_comment_is_counted_told_and_followed(hospital: Hospital) -> None:
    idea = await submit(hospital, theme=hospital.theme)
    [event] = await events_of(hospital, add_comment, hospital.colleague, idea=idea, body=" With us too. ")
    said = await row(hospital, "comment", event["comment_id"])
    assert (said["body"], said["kind"]) == ("With us too.", "COMMENT")
    assert (event["type"], event["idea_id"]) == ("COMMENT_ADDED", idea)
    assert (event["themes"], event["units"], event["actor_shown"]) == ([hospital.theme], [hospital.ward_a], True)
    kept = await row(hospital, "idea", idea)
    assert (kept["comment_count"], kept["version"], kept["first_response_at"]) == (1, 1, None)
    follow = "select true from follow where idea_id = $1 and person_id = $2"
    assert await hospital.database.value(follow, [idea, hospital.colleague])


@pytest.mark.parametrize("who", ["lead", "coach", "admin"])
async def test_the_first_comment_of_who_may_answer_is_a_response(hospital: Hospital, who: str) -> None:
    idea = await submit(hospital)
    first = await comment(hospital, idea, getattr(hospital, who))
    second = await comment(hospital, idea, getattr(hospital, who))
    assert (await row(hospital, "comment", first))["kind"] == "RESPONSE"
    assert (await row(hospital, "comment", second))["kind"] == "COMMENT"
    assert (await row(hospital, "idea", idea))["first_response_at"] is not None


async def test_nobody_answers_their_own_idea(hospital: Hospital) -> None:
    idea = await submit(hospital, hospital.lead)
    said = await comment(hospital, idea, hospital.lead)
    assert (await row(hospital, "comment", said))["kind"] == "COMMENT"
    assert (await row(hospital, "idea", idea))["first_response_at"] is None


async def test_neither_kind_nor_clock_gives_a_name_that_was_not_given(hospital: Hospital) -> None:
    idea = await submit(hospital)
    said = await comment(hospital, idea, hospital.lead, anonymous=True)
    assert (await row(hospital, "comment", said))["kind"] == "COMMENT", "or it would tell that a lead wrote it"
    assert (await row(hospital, "idea", idea))["first_response_at"] is None
    own, moved = [await submit(hospital, hospital.lead, anonymous=True) for _ in range(2)]
    said = await comment(hospital, own, hospital.lead)
    assert (await row(hospital, "comment", said))["kind"] == "RESPONSE", "as of any lead who is not its author"
    await move(hospital, moved, "PLANNED")
    assert (await row(hospital, "idea", moved))["first_response_at"] is not None


async def test_an_anonymous_comment_names_nobody(hospital: Hospital) -> None:
    idea = await submit(hospital)
    [event] = await events_of(hospital, add_comment, hospital.colleague, idea=idea, body="Yes.", anonymous=True)
    [edited] = await events_of(hospital, edit_comment, hospital.colleague, comment=event["comment_id"], body="Yes!")
    [removed] = await events_of(hospital, remove_comment, hospital.colleague, comment=event["comment_id"])
    assert not event["actor_shown"]
    assert not edited["actor_shown"]
    assert not removed["actor_shown"]


async def test_a_comment_is_edited_by_its_author(hospital: Hospital) -> None:
    idea = await submit(hospital)
    said = await comment(hospital, idea)
    for who in (hospital.nurse, hospital.admin, hospital.moderator):
        with forbidden():
            await hospital.do(edit_comment, who, comment=said, body="No.")
    [event] = await events_of(hospital, edit_comment, hospital.colleague, comment=said, body="Yes.", expected_version=1)
    assert (event["type"], event["comment_id"], event["idea_id"]) == ("COMMENT_EDITED", said, idea)
    kept = await row(hospital, "comment", said)
    assert (kept["version"], kept["edited_at"] is None) == (2, False)
    assert await events_of(hospital, edit_comment, hospital.colleague, comment=said, body="Yes.") == []
    with mistake("STALE_VERSION", "expectedVersion"):
        await hospital.do(edit_comment, hospital.colleague, comment=said, body="No.", expected_version=1)


@pytest.mark.parametrize("who", ["colleague", "moderator", "admin"])
async def test_a_comment_is_removed_by_its_author_a_moderator_or_an_administrator(hospital: Hospital, who: str) -> None:
    idea = await submit(hospital)
    said = await comment(hospital, idea)
    for other in (hospital.nurse, hospital.lead):
        with forbidden():
            await hospital.do(remove_comment, other, comment=said)
    [event] = await events_of(hospital, remove_comment, getattr(hospital, who), comment=said)
    assert (event["type"], event["actor_shown"]) == ("CONTENT_RETRACTED", True)
    assert json.loads(event["facts"]) == {"node": f"comment_{said}"}
    written = await hospital.do(remove_comment, getattr(hospital, who), comment=said)
    assert (written.id, written.repeated) == (idea, True)
    assert await miscounted(hospital.database) == []
    for operation, given in ((remove_comment, {}), (edit_comment, {"body": "x"})):
        with mistake("NOT_FOUND", "commentId"):
            await hospital.do(operation, hospital.nurse, comment=said, **given)


async def test_what_is_hidden_or_foreign_answers_as_what_is_missing(hospital: Hospital) -> None:
    idea = await submit(hospital)
    said = await comment(hospital, idea)
    for organisation, actor in (
        (hospital.other_organisation, hospital.stranger),
        (hospital.organisation, hospital.colleague),
    ):
        if actor == hospital.colleague:
            await hospital.do(withdraw_idea, hospital.nurse, idea=idea)
        for operation, given, path in (
            (add_comment, {"idea": idea, "body": "x"}, "ideaId"),
            (edit_comment, {"comment": said, "body": "x"}, "commentId"),
            (remove_comment, {"comment": said}, "commentId"),
            (support_idea, {"idea": idea}, "ideaId"),
            (unsupport_idea, {"idea": idea}, "ideaId"),
            (follow_idea, {"idea": idea}, "ideaId"),
            (unfollow_idea, {"idea": idea}, "ideaId"),
        ):
            with mistake("NOT_FOUND", path):
                await do(hospital.database, organisation, operation, actor, **given)
    with mistake("NOT_FOUND", "commentId"):
        await hospital.do(remove_comment, hospital.admin, comment=uuid4())
    with mistake("NOT_ALLOWED_NOW", "ideaId"):
        await comment(hospital, idea, hospital.nurse)


async def test_an_executive_reads(hospital: Hospital) -> None:
    idea = await submit(hospital)
    for operation, given in ((add_comment, {"body": "x"}), (support_idea, {}), (follow_idea, {})):
        with forbidden():
            await hospital.do(operation, hospital.executive, idea=idea, **given)


async def test_support_is_given_once_and_taken_back_once(hospital: Hospital) -> None:
    idea = await submit(hospital)
    [event] = await events_of(hospital, support_idea, hospital.colleague, idea=idea)
    assert (event["type"], event["idea_id"]) == ("IDEA_SUPPORTED", idea)
    assert await events_of(hospital, support_idea, hospital.colleague, idea=idea) == []
    assert (await row(hospital, "idea", idea))["support_count"] == 1
    follow = "select true from follow where idea_id = $1 and person_id = $2"
    assert await hospital.database.value(follow, [idea, hospital.colleague])
    [event] = await events_of(hospital, unsupport_idea, hospital.colleague, idea=idea)
    assert event["type"] == "IDEA_SUPPORTED"
    assert await events_of(hospital, unsupport_idea, hospital.colleague, idea=idea) == []
    assert await miscounted(hospital.database) == []


async def test_support_of_many_at_once_is_counted_right(hospital: Hospital) -> None:
    idea = await submit(hospital)
    people = [each["id"] for each in await hospital.database.rows(
        "select id from person where organisation_id = $1 and roles <> array['EXECUTIVE']", [hospital.organisation]
    )]  # fmt: skip
    await asyncio.gather(*(hospital.do(support_idea, person, idea=idea) for person in people * 2))
    assert (await row(hospital, "idea", idea))["support_count"] == len(people)


async def test_following_is_told_to_nobody(hospital: Hospital) -> None:
    idea = await submit(hospital)
    [event] = await events_of(hospital, follow_idea, hospital.colleague, idea=idea)
    assert (event["type"], event["public"]) == ("SILENT", False)
    assert await events_of(hospital, follow_idea, hospital.colleague, idea=idea) == []
    assert len(await events_of(hospital, unfollow_idea, hospital.colleague, idea=idea)) == 1
    assert await events_of(hospital, unfollow_idea, hospital.colleague, idea=idea) == []
