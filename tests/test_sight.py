"""What is hidden from whom, and that no way round leads to it."""

import json

import pytest_asyncio
from sqlalchemy import select

from api.plans.selection import Builder, Limits
from db import sight
from db.engine import Database
from db.models import events
from db.sql import compiled
from db.terms import Sight
from tests.documents_made import TABLE_OF
from tests.world import World


@pytest_asyncio.fixture(scope="module")
async def world(module_database: Database) -> World:
    return await World.filled_in(module_database)


async def test_a_withdrawn_idea_is_there_for_its_author_alone(world: World) -> None:
    idea = world.row("idea", status="WITHDRAWN")
    author = world.who(idea["author_id"])
    id_, number = f"idea_{idea['id']}", f"IDEA-{idea['number']}"
    alone = """query($id: ID!, $number: String!) {
        node(id: $id) { id } nodes(ids: [$id]) { id }
        byId: idea(id: $id) { id } byNumber: idea(reference: $number) { id }
    }"""
    own = await world.agree(author, alone, id=id_, number=number)
    assert own == {"node": {"id": id_}, "nodes": [{"id": id_}], "byId": {"id": id_}, "byNumber": {"id": id_}}
    for other in ("lead", "moderator", "foreign lead"):
        hidden = await world.agree(other, alone, id=id_, number=number)
        assert hidden == {"node": None, "nodes": [None], "byId": None, "byNumber": None}

    lists = """query($mine: Boolean) {
        ideas(first: 100, filter: {mine: $mine}) { nodes { id } }
        themes(first: 100) { nodes { ideas(first: 100, filter: {mine: $mine}) { nodes { id } } } }
        wins(first: 100) { nodes { ideas { id } } }
        board { newIdeas(first: 50) { id } counts { newIdeas open } }
        feed(first: 100) { nodes { ... on CommentAdded { idea { id } } ... on IdeaEdited { idea { id } } } }
    }"""
    assert id_ in json.dumps((await world.agree(author, lists, mine=True))["ideas"])
    for who, mine in ((author, False), (author, None), ("lead", True), ("admin", False)):
        assert id_ not in json.dumps(await world.agree(who, lists, mine=mine))


async def test_a_theme_gives_its_authors_their_withdrawn_ideas_with_mine(world: World) -> None:
    hidden = [i for i in world.rows("idea", status="WITHDRAWN") if i["theme_id"]]
    seen = [i for i in hidden if world.row("theme", id=i["theme_id"])["status"] != "DRAFT"]
    idea = next(i for i in seen if i["author_id"] in world.filled.people.values())
    text = """query($theme: ID!) { theme(id: $theme) {
        mine: ideas(filter: {mine: true}) { nodes { id } } all: ideas(first: 100) { nodes { id } }
    } }"""
    data = await world.agree(world.who(idea["author_id"]), text, theme=f"theme_{idea['theme_id']}")
    assert {"id": f"idea_{idea['id']}"} in data["theme"]["mine"]["nodes"]
    assert {"id": f"idea_{idea['id']}"} not in data["theme"]["all"]["nodes"]


async def test_a_removed_comment_is_nowhere(world: World) -> None:
    comment = next(c for c in world.rows("comment") if c["removed_at"] and not c["idea_withdrawn_at"])
    text = """query($id: ID!, $idea: ID!) {
        node(id: $id) { id } idea(id: $idea) { comments(first: 100) { nodes { id } } history { nodes { cursor } } }
    }"""
    for who in (world.who(comment["author_id"]), "admin"):
        ids = {"id": f"comment_{comment['id']}", "idea": f"idea_{comment['idea_id']}"}
        data = await world.agree(who, text, **ids)
        assert data["node"] is None
        assert ids["id"] not in json.dumps(data)


async def test_an_anonymous_author_is_never_named(world: World) -> None:
    idea = next(i for i in world.rows("idea", anonymous=True) if i["status"] != "WITHDRAWN")
    author = world.who(idea["author_id"])
    ids = {"id": f"idea_{idea['id']}", "author": f"person_{idea['author_id']}"}
    text = """query($id: ID!, $author: ID!) {
        idea(id: $id) { author { id } } by: ideas(first: 100, filter: {authorId: $author}) { nodes { id } }
    }"""
    for who in (author, "admin", "moderator", "lead"):
        data = await world.agree(who, text, **ids)
        assert data["idea"] == {"author": None}
        assert ids["id"] not in json.dumps(data["by"])
    mine = await world.agree(author, "{ ideas(first: 100, filter: {mine: true}) { nodes { id author { id } } } }")
    assert {"id": ids["id"], "author": None} in mine["ideas"]["nodes"]


async def test_a_draft_is_there_for_who_prepares_it(world: World) -> None:
    draft = world.row("theme", status="DRAFT")
    text = "query($id: ID!) { theme(id: $id) { id } themes(first: 100) { nodes { id } } }"
    mine = "{ themes(first: 100, filter: {mine: true}) { nodes { id } } }"
    id_ = f"theme_{draft['id']}"
    for who in {world.who(draft["owner_id"]), world.who(draft["created_by"])}:
        data = await world.agree(who, text, id=id_)
        assert data["theme"] == {"id": id_}
        assert {"id": id_} not in data["themes"]["nodes"]
        assert {"id": id_} in (await world.agree(who, mine))["themes"]["nodes"]
    assert (await world.agree("admin", text, id=id_))["theme"] == {"id": id_}
    assert {"id": id_} not in (await world.agree("admin", mine))["themes"]["nodes"]
    assert (await world.agree("moderator", text, id=id_))["theme"] is None


async def test_addresses_are_for_administrators_and_oneself(world: World) -> None:
    text = """query($me: ID!) {
        viewer { ... on Person { email } } node(id: $me) { ... on Person { email } }
        people(first: 100) { nodes { id email } }
    }"""
    me = world.asks("member").me
    data = await world.agree("member", text, me=f"person_{me['id']}")
    assert data["viewer"] == data["node"] == {"email": me["email"]}
    assert {person["email"] for person in data["people"]["nodes"]} == {None}
    seen = await world.agree("admin", text, me=f"person_{me['id']}")
    assert seen["node"] == {"email": me["email"]}
    assert None not in {person["email"] for person in seen["people"]["nodes"]}


async def test_an_event_is_seen_by_whom_all_that_it_is_about_is_seen_by(world: World) -> None:
    """A screen's too, though no screen may ask for events: where it may one day, it must not hear other units' wins."""
    at = world.asks("screen 1")
    assert at.screen is not None
    asks = Builder(world.schema, {}, {}, Sight.UNIT_SCREEN, Limits(), completing=False)
    text = compiled(select(events.c.win_id).where(sight.event(events.c, asks), events.c.win_id.is_not(None)))
    given = {"organisation": at.organisation["id"], "unit": at.screen["unit_id"], **text.constants}
    seen = {row["win_id"] for row in await world.database.rows(text.text, [given[name] for name in text.names])}
    ours = world.rows("event", organisation_id=at.organisation["id"], public=True)
    shared = {event["win_id"] for event in ours if event["win_id"]}
    here = {win for win in shared if at.tables.within(world.row("win", id=win)["unit_id"], at.screen["unit_id"])}
    assert seen <= here
    assert seen
    assert shared - here  # others there are


async def test_another_organisation_is_not_there(world: World) -> None:
    foreign = world.asks("foreign lead").organisation["id"]
    for tag, table in (*TABLE_OF.items(),):
        key = "id" if table == "organisation" else "organisation_id"
        ids = [f"{tag}_{row['id']}" for row in world.rows(table, **{key: foreign})][:50]
        data = await world.agree("admin", "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids)
        assert data["nodes"] == [None] * len(ids)
    unit = f"unit_{world.row('unit', organisation_id=foreign)['id']}"
    assert await world.agree("admin", "query($unit: ID) { board(unitId: $unit) { asOf } }", unit=unit) == {
        "board": None
    }
