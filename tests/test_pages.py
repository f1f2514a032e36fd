"""Pages and their cursors; arguments that refuse an operation; the feed by pull."""

import json
from typing import Any, cast

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType

from api.cursors import decode_cursor
from api.plans.plan import events_plan
from db.engine import Database
from tests.cursors_made import BAD_CURSORS
from tests.naive import paging
from tests.naive.asking import EVENTS
from tests.naive.values import feed_cursor
from tests.world import World


@pytest_asyncio.fixture(scope="module")
async def world(module_database: Database) -> World:
    return await World.filled_in(module_database)


LISTS = {
    **{f"ideas(orderBy: {order}, PAGE)": "ideas" for order in paging.IDEAS},
    "themes(PAGE)": "themes",
    "wins(PAGE)": "wins",
    "feed(PAGE)": "feed",
    "ideas(filter: {mine: true}, PAGE)": "ideas",
}
FORWARD_ONLY = {"people(PAGE)": "people"}


@pytest.mark.parametrize("size", [1, 3, 7])
@pytest.mark.parametrize("field", [*LISTS, *FORWARD_ONLY])
async def test_paging_gives_every_row_once(world: World, field: str, size: int) -> None:
    name = {**LISTS, **FORWARD_ONLY}[field]
    found: dict[str, list[str]] = {}
    for end, place, more, at in (
        ("first", "after", "hasNextPage", "endCursor"),
        ("last", "before", "hasPreviousPage", "startCursor"),
    ):
        if end == "last" and field in FORWARD_ONLY:
            continue
        type_ = "Cursor" if name == "feed" else "String"
        called = field.replace("PAGE", f"{end}: {size}, {place}: $at")
        text = f"query($at: {type_}) {{ {called} {{ edges {{ cursor }} pageInfo {{ {more} {at} }} }} }}"
        pages: list[list[str]] = []
        cursor = None
        while True:
            page = (await world.ask("lead", text, at=cursor))["data"][name]
            pages.append([edge["cursor"] for edge in page["edges"]])
            cursor = page["pageInfo"][at]
            if not page["pageInfo"][more]:
                break
        assert all(len(page) == size for page in pages[:-1])
        pages = pages if end == "first" else pages[::-1]
        found[end] = [item for page in pages for item in page]
        assert len(set(found[end])) == len(found[end])
    whole = await world.agree("lead", f"{{ {field.replace('PAGE', 'first: 100')} {{ edges {{ cursor }} }} }}")
    assert all(cursors == [edge["cursor"] for edge in whole[name]["edges"]] for cursors in found.values())


PAGES = (
    "query($first: Int, $last: Int, $after: String) { ideas(first: $first, last: $last, after: $after) { __typename } }"
)


@pytest.mark.parametrize(
    "bad", [{"first": 0}, {"first": -1}, {"first": 101}, {"last": 101}, {"first": 1, "last": 1}, {"after": "x"}]
)
async def test_a_bad_page_refuses_the_operation_before_any_sql(world: World, bad: dict[str, Any]) -> None:
    before = world.database.statements
    assert await world.refused("member", PAGES, **bad) == ("BAD_ARGUMENT", ["ideas"])
    assert world.database.statements == before


@pytest.mark.parametrize("cursor", BAD_CURSORS)
@pytest.mark.parametrize(
    "field",
    [*(f"ideas(orderBy: {order}, after: $c)" for order in paging.IDEAS), "people(after: $c)", "wins(before: $c)"],
)
async def test_a_page_cursor_that_no_list_wrote_refuses_the_operation(world: World, field: str, cursor: str) -> None:
    before = world.database.statements
    assert await world.agree("member", f"query($c: String) {{ {field} {{ __typename }} }}", c=cursor) is None
    assert world.database.statements == before


async def test_an_id_of_another_type_refuses_the_operation(world: World) -> None:
    other = f"win_{world.row('win')['id']}"
    for text, path in (
        ("query($id: ID!) { theme(id: $id) { id } }", ["theme"]),
        ("query($id: ID!) { i: idea(id: $id) { id } }", ["i"]),
        ("query($id: ID!) { board(unitId: $id) { asOf } }", ["board"]),
        (
            "query($id: ID!) { themes { nodes { ideas(filter: {authorId: $id}) { nodes { id } } } } }",
            ["themes", "nodes", "ideas"],
        ),
        ("query($id: ID!) { feed(filter: {ideaId: $id}) { nodes { at } } }", ["feed"]),
    ):
        assert await world.agree("member", text, id=other) is None
        assert await world.refused("member", text, id=other) == ("BAD_ARGUMENT", path)


async def test_text_that_cannot_be_looked_for_refuses_the_operation(world: World) -> None:
    for text in (
        "query($t: String) { ideas(filter: {text: $t}) { __typename } }",
        "query($t: String) { people(search: $t) { __typename } }",
    ):
        for bad in ("a\0b", "a\ud800b"):
            assert (await world.refused("member", text, t=bad))[0] == "BAD_ARGUMENT"
    made_up = "a\0_00000000-0000-0000-0000-000000000009"
    text = "query($id: ID!) { node(id: $id) { id } nodes(ids: [$id]) { id } }"
    assert await world.agree("member", text, id=made_up) == {"node": None, "nodes": [None]}


async def test_what_is_skipped_refuses_nothing(world: World) -> None:
    """Not even where the plan of an earlier answer looked at it."""
    text = """query($ids: [ID!]!, $ask: Boolean!, $n: Int) {
        nodes(ids: $ids) @include(if: $ask) { id } ideas(first: $n) @include(if: $ask) { __typename }
    }"""
    many = ["nothing"] * 101
    assert await world.agree("member", text, ids=["nothing"], ask=True, n=1)
    assert await world.agree("member", text, ids=many, ask=False, n=0) == {}
    assert await world.agree("member", text, ids=many, ask=True, n=1) is None
    assert await world.agree("member", text, ids=[], ask=True, n=0) is None


# -- the feed by pull


async def test_the_feed_by_pull_is_the_log_as_it_may_be_seen(world: World) -> None:
    asks = world.asks("lead")
    seen = [e for e in world.rows("event", organisation_id=asks.organisation["id"]) if asks.sees("event", e)]
    text = """query($after: Cursor) {
        feed(first: 5, after: $after) { nodes { __typename cursor at } pageInfo { hasNextPage endCursor } }
    }"""
    pulled: list[dict[str, Any]] = []
    after = None
    while True:
        feed = (await world.agree("lead", text, after=after))["feed"]
        pulled += feed["nodes"]
        after = feed["pageInfo"]["endCursor"]
        if not feed["pageInfo"]["hasNextPage"]:
            break
    expected = [(e["position"], EVENTS[e["type"]]) for e in sorted(seen, key=lambda e: e["position"])]
    assert [(decode_cursor(e["cursor"]).position, e["__typename"]) for e in pulled] == expected
    assert {type_ for _, type_ in expected} == set(EVENTS.values())
    # The end passes over what stays unseen, up to the position that was read.
    assert decode_cursor(after).position == asks.head["position"] > expected[-1][0]


async def test_events_of_a_newer_release_are_passed_over(world: World) -> None:
    organisation = world.asks("lead").organisation["id"]
    unknown = world.rows("event", organisation_id=organisation, type="FROM_A_NEWER_RELEASE")
    newer = [e for e in world.rows("event", organisation_id=organisation) if e["version"] > 1]
    assert all(e["public"] for e in unknown + newer)
    feed = (await world.agree("lead", "{ feed(first: 100) { nodes { cursor } } }"))["feed"]
    positions = {decode_cursor(node["cursor"]).position for node in feed["nodes"]}
    assert positions.isdisjoint(e["position"] for e in unknown + newer)


async def test_a_feeds_page_ends_where_it_is_safe_to_go_on(world: World) -> None:
    """At the position that was read, unless events follow; with `before` they may."""
    head = world.asks("lead").head
    whole = feed_cursor(head, head["position"])
    text = """query($after: Cursor, $before: Cursor) {
        feed(after: $after, before: $before) { nodes { cursor } pageInfo { startCursor endCursor } }
    }"""
    empty = await world.agree("lead", text, after=whole)
    assert empty["feed"] == {"nodes": [], "pageInfo": {"startCursor": None, "endCursor": whole}}
    none = await world.agree("lead", text, before=feed_cursor(head, 0))
    assert none["feed"] == {"nodes": [], "pageInfo": {"startCursor": None, "endCursor": None}}
    some = await world.agree("lead", text, before=feed_cursor(head, 9))
    assert some["feed"]["pageInfo"]["endCursor"] == some["feed"]["nodes"][-1]["cursor"]


async def test_cursors_of_other_feeds_are_expired(world: World) -> None:
    head, foreign = world.asks("lead").head, world.asks("foreign lead").head
    text = "query($after: Cursor) { ideas(first: 1) { nodes { h: history(after: $after) { __typename } } } }"
    for cursor in (
        feed_cursor(head, head["position"] + 1),
        feed_cursor({**head, "epoch": "older"}, 1),
        feed_cursor(foreign, 1),
    ):
        assert await world.refused("lead", text, after=cursor) == ("CURSOR_EXPIRED", ["ideas", "nodes", "h"])
    assert await world.refused("lead", text, after="nonsense") == ("BAD_ARGUMENT", ["ideas", "nodes", "h"])


@pytest.mark.parametrize(
    ("subscription", "query"),
    [
        ("feed", "feed(first: 100)"),
        ("feed(filter: {unitId: $UNIT})", "feed(first: 100, filter: {unitId: $UNIT})"),
        ("feed(filter: {themeId: $THEME, types: [IDEA_EDITED, IDEAS_IMPORTED]})",) * 2,
        ("ideaSubmitted(themeId: $THEME)", "feed(first: 100, filter: {types: IDEA_SUBMITTED, themeId: $THEME})"),
        ("commentAdded(ideaId: $IDEA)", "feed(first: 100, filter: {types: COMMENT_ADDED, ideaId: $IDEA})"),
        ("winShared(unitId: $UNIT)", "feed(first: 100, filter: {types: WIN_SHARED, unitId: $UNIT})"),
    ],
)
async def test_a_subscription_carries_what_the_feed_by_pull_does(world: World, subscription: str, query: str) -> None:
    asks, own = world.asks("lead"), {"organisation_id": world.asks("lead").organisation["id"]}
    seen = [event for event in world.rows("event", **own) if asks.sees("event", event)]
    commented = next(event for event in seen if event["type"] == "COMMENT_ADDED")
    submitted = next(event for event in seen if event["type"] == "IDEA_SUBMITTED" and event["themes"])
    unit = world.row("unit", parent_id=None, **own)
    ids = {
        "$UNIT": f"unit_{unit['id']}",
        "$THEME": f"theme_{submitted['themes'][0]}",
        "$IDEA": f"idea_{commented['idea_id']}",
    }
    for name, id_ in ids.items():
        subscription, query = (text.replace(name, f'"{id_}"') for text in (subscription, query))
    selection = "{ __typename cursor ... on FeedEvent { at actor { name } } }"
    pulled = (await world.agree("lead", f"{{ {query} {{ nodes {selection} }} }}"))["feed"]["nodes"]
    name = subscription.partition("(")[0]
    chosen = selection if name == "feed" else "{ __typename cursor at actor { name } }"

    documents, viewer = world.documents, world.context("lead").viewer
    request = documents.request(f"subscription {{ {subscription} {chosen} }}", {}, None)
    root = cast(GraphQLObjectType, world.schema.subscription_type)
    [selected] = documents.roots(request, viewer.sight)
    plan, _ = events_plan(documents.asked(request, viewer.sight), root, selected)
    given = {"after": 0, "upto": asks.head["position"], "most": 1000}
    args = plan.args(viewer, {}, given)
    rows = await world.database.rows(plan.text, args)
    assert [json.loads(row["body"])[name] for row in rows] == pulled
    assert pulled
    types = {event["type"] for event in seen if event["position"] in {row["position"] for row in rows}}
    assert plan.types is not None
    kinds = plan.types({})
    assert kinds is None or types <= set(kinds)
