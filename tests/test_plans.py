"""Plans answer as the naive reader does: documents made by chance, then what each rule says by an example."""

import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_abstract_type, is_object_type
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import api.documents
from api.compose import compose
from api.context import Context
from api.cursors import decode_cursor
from api.documents import Documents
from api.plans.plan import events_plan, query_plan
from api.plans.selection import Limits
from api.resolvers.sources import MUTATIONS, SOURCES
from api.viewer import Viewer
from db.engine import Database
from db.terms import Sight
from tests.documents_made import BAD_CURSORS, TABLE_OF, Maker
from tests.naive import filled, paging, tables
from tests.naive.asking import EVENTS, Asks
from tests.naive.reader import Reader
from tests.naive.tables import Row
from tests.naive.values import feed_cursor

FAR = datetime.now(UTC) + timedelta(days=1)


async def no_mutation(context: Context, info: Any, input: object) -> object:
    raise AssertionError("nothing is changed here")


@dataclass
class World:
    """A filled database, answered in both ways."""

    database: Database
    documents: Documents
    reader: Reader
    filled: filled.Filled

    @property
    def schema(self) -> GraphQLSchema:
        return self.documents.schema

    def rows(self, table: str, **equal: object) -> list[Row]:
        return self.reader.tables.all(table, **equal)

    def row(self, table: str, **equal: object) -> Row:
        return self.rows(table, **equal)[0]

    def who(self, person: UUID) -> str:
        """What the person with this id is called here."""
        return next(who for who, id_ in self.filled.people.items() if id_ == person)

    def asks(self, who: str) -> Asks:
        return Asks(self.reader.tables, self.filled.people[who])

    def context(self, who: str) -> Context:
        asks = self.asks(who)
        sight = next((s for s in (Sight.ADMIN, Sight.MODERATOR) if s in asks.me["roles"]), Sight.MEMBER)
        return Context(Viewer(asks.organisation["id"], asks.person, uuid4(), sight, FAR))

    async def ask(self, who: str, text: str, documents: Documents | None = None, /, **variables: Any) -> dict[str, Any]:
        """What the plans answer."""
        answer = await (documents or self.documents).run(self.context(who), text, variables, None)
        return cast("dict[str, Any]", json.loads(answer))

    async def agree(self, who: str, text: str, /, **variables: Any) -> Any:
        """Both answer the same: the data, or None where both refuse."""
        expected = self.reader.answer(text, variables, self.filled.people[who])
        answer = await self.ask(who, text, **variables)
        if expected.data is not None:
            assert "errors" not in answer, answer["errors"]
            difference = differs(expected.data, answer["data"])
            assert difference is None, difference
            return answer["data"]
        refusals = {(r.code, r.path) for r in expected.refusals}
        assert "data" not in answer, f"should be refused: {refusals}"
        [error] = answer["errors"]
        assert (error["extensions"]["code"], tuple(error["path"])) in refusals, error
        return None

    async def refused(self, who: str, text: str, /, **variables: Any) -> tuple[str, list[str] | None]:
        [error] = (await self.ask(who, text, **variables))["errors"]
        return error["extensions"]["code"], error.get("path")


def differs(expected: Any, answer: Any, path: str = "data") -> str | None:
    """Where two answers differ first: same keys in the same order, same lists in order, numbers as numbers."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        if list(expected) != list(answer):
            return f"{path}: {list(expected)} != {list(answer)}"
        return next((d for k in expected if (d := differs(expected[k], answer[k], f"{path}.{k}"))), None)
    if isinstance(expected, list) and isinstance(answer, list):
        if len(expected) != len(answer):
            return f"{path}: {len(expected)} items expected, {len(answer)} given\n{expected}\n{answer}"
        pairs = enumerate(zip(expected, answer, strict=True))
        return next((d for n, (e, a) in pairs if (d := differs(e, a, f"{path}[{n}]"))), None)
    same = expected == answer and isinstance(expected, bool) == isinstance(answer, bool)
    return None if same else f"{path}: expected {expected!r}, got {answer!r}"


@pytest_asyncio.fixture(scope="module")
async def world(module_database: Database) -> AsyncIterator[World]:
    made = await filled.fill(module_database)
    async with module_database.writes.connection() as connection:
        read = await tables.load(connection, filled.TEXTS)
    schema = compose(SOURCES, MUTATIONS)
    limits = Limits(fields=10**6, rows=10**9)
    documents = Documents(schema, SOURCES, module_database, no_mutation, limits)
    yield World(module_database, documents, Reader(schema, read), made)


EVERYBODY = ("member", "lead", "theme lead", "coach", "moderator", "executive", "admin", "double", "foreign lead")


async def check(world: World, who: str, other: str, random: Random) -> None:
    """A document by one person twice and then by another: plans are reused where they may be, and only there."""
    made = Maker(world.schema, world.asks(who), random).document()
    try:
        for variables in made.variables:
            await world.agree(who, made.text, **variables)
        await world.agree(other, made.text, **made.variables[0])
    except BaseException:
        print(who, other, made.text, json.dumps(made.variables), sep="\n")
        raise


@settings(
    max_examples=200,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],  # a document is printed as it is: to make it smaller takes minutes
    suppress_health_check=list(HealthCheck),
)
@given(who=st.sampled_from(EVERYBODY), other=st.sampled_from(EVERYBODY), random=st.randoms(use_true_random=False))
async def test_plans_answer_as_the_naive_reader(world: World, who: str, other: str, random: Random) -> None:
    await check(world, who, other, random)


@pytest.mark.soak
async def test_plans_answer_as_the_naive_reader_for_long(world: World) -> None:
    for _ in range(5000):
        random = Random(secrets.randbelow(10**9))
        await check(world, random.choice(EVERYBODY), random.choice(EVERYBODY), random)


def reachable(schema: GraphQLSchema) -> set[tuple[str, str]]:
    """Every field of every object type that a query can lead to."""
    found: set[tuple[str, str]] = set()
    waiting, known = ["Query"], {"Query"}
    while waiting:
        type_ = schema.type_map[waiting.pop()]
        named: set[str] = set()
        if isinstance(type_, GraphQLObjectType):
            found |= {(type_.name, name) for name in ("__typename", *type_.fields)}
            named = {get_named_type(field.type).name for field in type_.fields.values()}
        elif is_abstract_type(type_):
            named = {member.name for member in schema.get_possible_types(cast(Any, type_))}
        waiting += named - known
        known |= named
    return found


async def test_every_field_that_a_query_leads_to_is_reached(world: World) -> None:
    random = Random(1)
    for _ in range(3000):
        wanted = frozenset(reachable(world.schema) - world.reader.reached)
        if not wanted:
            break
        who = random.choice(EVERYBODY)
        made = Maker(world.schema, world.asks(who), random, size=15, wanted=wanted).document()
        trial = Reader(world.schema, world.reader.tables)
        trial.answer(made.text, made.variables[0], world.filled.people[who])
        if trial.reached & wanted:
            await world.agree(who, made.text, **made.variables[0])
    assert wanted == frozenset()


def test_no_query_leads_to_mutations_subscriptions_and_what_they_alone_answer(world: World) -> None:
    objects = {name for name, type_ in world.schema.type_map.items() if is_object_type(type_) and name[:2] != "__"}
    rest = objects - {type_ for type_, _ in reachable(world.schema)}
    assert {name for name in rest if not name.endswith("Payload")} == {
        "Mutation",
        "Subscription",
        "InputError",
        "FeedCaughtUp",
        "FeedReset",
    }


# -- what is hidden


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


# -- what an answer looks like


def repeated(field: str, times: int = 51) -> str:
    return " ".join(f"b{n}: {field}" for n in range(times))


@pytest.mark.parametrize(
    "text",
    [
        f"{{ ideas(first: 3) {{ nodes {{ {repeated('title')} responseDueAt author {{ name }} }} }} }}",
        f"{{ ideas(first: 3) {{ nodes {{ {repeated('author { name }')} viewerCanDo }} }} }}",
        f"{{ ideas(first: 3) {{ nodes {{ {repeated('comments(first: 1) { nodes { id } }', 120)} }} }} }}",
        f"{{ ideas(first: 3) {{ edges {{ {repeated('cursor')} node {{ id }} }} }} }}",
        f"{{ ideas(first: 3) {{ pageInfo {{ {repeated('hasNextPage')} endCursor }} }} }}",
        f"{{ ideas(last: 3) {{ pageInfo {{ {repeated('startCursor')} hasPreviousPage }} }} }}",
        f"{{ ideas(first: 3) {{ {repeated('nodes { title }')} pageInfo {{ hasNextPage }} }} }}",
        f"{{ feed(first: 3) {{ pageInfo {{ {repeated('endCursor')} }} }} }}",
        f"{{ feed {{ nodes {{ ... on CommentAdded {{ {repeated('comment { body }')} }} cursor }} }} }}",
        f"{{ board {{ {repeated('testing { title }')} asOf counts {{ {repeated('open')} }} }} }}",
        f"{{ {repeated('viewer { ... on Person { name } }')} }}",
    ],
)
async def test_an_object_may_have_more_fields_than_a_function_has_arguments(world: World, text: str) -> None:
    await world.agree("member", text)


async def test_an_alias_has_at_most_63_letters(world: World) -> None:
    for wide in ("", repeated("title", 60)):
        data = await world.agree("member", f"{{ ideas(first: 1) {{ nodes {{ {'a' * 63}: id {wide} }} }} }}")
        assert "a" * 63 in data["ideas"]["nodes"][0]
    code, _ = await world.refused("member", f"{{ ideas {{ nodes {{ {'a' * 70}: id }} }} }}")
    assert code == "GRAPHQL_VALIDATION_FAILED"


async def test_typename_alone_is_one_object(world: World) -> None:
    data = await world.agree(
        "member", "{ __typename ideas { __typename } feed { __typename } board { __typename } viewer { __typename } }"
    )
    assert data["ideas"] == {"__typename": "IdeaConnection"}
    assert data["viewer"] == {"__typename": "Person"}


async def test_what_is_all_skipped_is_an_empty_object(world: World) -> None:
    skipped = (
        "query($skip: Boolean!) { ideas(first: 1) { nodes @skip(if: $skip) { id } } board @skip(if: $skip) { asOf } }"
    )
    assert await world.agree("member", skipped, skip=True) == {"ideas": {}}
    assert await world.agree("member", "{ viewer @include(if: false) { __typename } }") == {}


async def test_null_is_as_if_absent(world: World) -> None:
    text = """query($n: Int, $after: String, $filter: IdeaFilter, $order: IdeaOrder, $early: Boolean, $unit: ID) {
        ideas(first: $n, after: $after, filter: $filter, orderBy: $order) { nodes { id } }
        wins(last: $n, filter: {early: $early, unitId: $unit, values: null}) { nodes { id } }
        feed(first: $n, filter: {types: null, unitId: $unit}) { nodes { cursor } }
        board(unitId: $unit) { newIdeas(first: $n) { id } wins(first: null) { id } }
        idea(id: $unit, reference: null) { id }
    }"""
    absent = await world.agree("member", text)
    nulls = dict.fromkeys(("n", "after", "filter", "order", "early", "unit"))
    assert await world.agree("member", text, **nulls) == absent
    assert await world.agree("member", text, filter=dict.fromkeys(("statuses", "text", "mine", "themeId"))) == absent
    assert len(absent["ideas"]["nodes"]) == 20
    assert len(absent["board"]["newIdeas"]) <= 10


async def test_data_and_introspection_stand_beside_each_other(world: World) -> None:
    answer = await world.ask("member", "{ __schema { queryType { name } } organisation { name } }")
    assert answer["data"] == {"__schema": {"queryType": {"name": "Query"}}, "organisation": {"name": "St Aldhelm's"}}


# -- pages

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
    [selected] = documents.roots(request, root)
    plan, _ = events_plan(documents.asked(request, viewer.sight), root, selected)
    given = {"after": 0, "upto": asks.head["position"], "most": 1000}
    args = plan.args(viewer.organisation, viewer.person, {}, given)
    rows = await world.database.rows(plan.text, args)
    assert [json.loads(row["body"])[name] for row in rows] == pulled
    assert pulled
    types = {event["type"] for event in seen if event["position"] in {row["position"] for row in rows}}
    assert plan.types is None or types <= set(plan.types)


# -- what a plan costs


async def test_a_page_of_100_costs_one_statement_as_a_page_of_1_does(world: World) -> None:
    text = """query($n: Int) {
        cursor viewer { ... on Person { unit { parent { name } } } }
        ideas(first: $n) { edges { cursor node {
            author { name unit { leads { name } } } theme { owner { name } } viewerCanDo
            comments(first: 3) { nodes { author { name } } } wins { thanks { name } } history { nodes { at } }
        } } pageInfo { hasNextPage } }
        feed(first: $n) { nodes { at ... on CommentAdded { comment { idea { title } } } } } board { counts { open } }
    }"""
    for size in (1, 100):
        before = world.database.statements
        assert "errors" not in await world.ask("lead", text, n=size)
        assert world.database.statements == before + 1


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every plan that is made, as its text."""
    made: list[str] = []

    def counted(*args: Any) -> Any:
        plan, looks = query_plan(*args)
        made.append(plan.text)
        return plan, looks

    monkeypatch.setattr(api.documents, "query_plan", counted)
    return made


async def test_other_values_of_variables_need_no_other_plan(world: World, compiled: list[str]) -> None:
    text = """query Reused($id: ID!, $author: ID, $text: String, $after: String, $since: DateTime, $unit: ID) {
        theme(id: $id) { title }
        ideas(after: $after, filter: {authorId: $author, text: $text, submittedAfter: $since, unitId: $unit}) {
            nodes { title }
        }
    }"""
    theme, person, unit = world.row("theme"), world.row("person"), world.row("unit")
    for n, idea in enumerate(world.rows("idea", organisation_id=world.asks("lead").organisation["id"])[:3]):
        await world.agree(
            ("lead", "member", "coach")[n],
            text,
            id=f"theme_{theme['id']}",
            author=f"person_{(person if n else world.asks('lead').me)['id']}",
            text=("trolley", "porter or chart", "")[n],
            after=paging.IDEAS["NEWEST"].cursor(world.asks("lead"), idea),
            since=f"202{n}-01-01T00:00:00Z",
            unit=f"unit_{unit['id']}",
        )
    assert len(compiled) == 1


async def test_what_shapes_the_sql_needs_a_plan_of_its_own(world: World, compiled: list[str]) -> None:
    text = """query Shaped($n: Int, $order: IdeaOrder, $author: ID, $ask: Boolean!) {
        ideas(first: $n, orderBy: $order, filter: {authorId: $author}) { nodes { id title @include(if: $ask) } }
    }"""
    author = f"person_{world.asks('lead').person}"
    shapes: list[dict[str, Any]] = [
        {"ask": True},
        {"ask": False},
        {"ask": True, "n": 3},
        {"ask": True, "order": "OLDEST"},
        {"ask": True, "author": author},
    ]
    for _ in range(2):
        for variables in shapes:
            await world.agree("lead", text, **variables)
    assert len(compiled) == len(set(compiled)) == len(shapes)
    await world.agree("admin", text, ask=True)
    assert len(compiled) == len(shapes) + 1  # another sight


@pytest.mark.parametrize(
    ("text", "per_person"),
    [
        ("{ ideas { nodes { title author { name email } theme { title } comments { nodes { body } } } } }", False),
        ("{ board { counts { open } testing { title } } feed { nodes { cursor } } organisation { name } }", False),
        ("{ ideas(filter: {mine: false, followed: null, awaitingResponse: true}) { nodes { id } } }", False),
        (
            "{ themes { nodes { ideas { nodes { id } } } } wins { nodes { sharedBy { id } } } people { __typename } }",
            False,
        ),
        ("{ ideas(filter: {mine: true}) { nodes { id } } }", True),
        ("{ ideas(filter: {followed: true}) { nodes { id } } }", True),
        ("{ themes(filter: {mine: true}) { nodes { id } } }", True),
        ("{ ideas { nodes { viewerSupports } } }", True),
        ("{ ideas { nodes { viewerCanDo } } }", True),
        ("{ themes { nodes { viewerCanDo } } }", True),
        ("{ organisation { viewerCanCreateThemes } }", True),
        ('{ node(id: "idea_00000000-0000-0000-0000-000000000000") { id } }', True),
        ('{ idea(reference: "IDEA-1") { id } }', True),
        ("{ viewer { __typename } }", True),
    ],
)
def test_a_plan_is_of_one_person_only_where_the_answer_is(world: World, text: str, per_person: bool) -> None:
    for sight in Sight:
        request = world.documents.request(text, {}, None)
        root = cast(GraphQLObjectType, world.schema.query_type)
        plan = world.documents.query_plan(request, root, sight)
        assert plan.per_person is per_person
        assert per_person or "person" not in plan.names


def nested(levels: int) -> str:
    """The viewer's unit, and so many units above one another."""
    return "{ viewer { ... on Person { unit " + "{ parent " * levels + "{ id }" + " }" * levels + " } } }"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (nested(19), "Deeper"),
        (f"{{ ideas {{ nodes {{ {repeated('id', 201)} }} }} }}", "200 fields"),
        (f"{{ {repeated('organisation { ' + repeated('name', 100) + ' }', 25)} }}", "2,000 fields"),
        (
            "{ ideas(first: 100) { nodes { comments(first: 100) { nodes { idea { comments { nodes { id } } } } } } } }",
            "rows",
        ),
        (f"{{ {repeated('ideas(first: 100) { nodes { comments(first: 100) { nodes { id } } } }', 6)} }}", "rows"),
        ("{ " + "a" * 100_001 + " }", "too long"),
        ("{ ideas " + "{ nodes { theme { ideas " * 2000 + "{ nodes { id } }" + " } } }" * 2000 + " }", ""),
    ],
)
async def test_what_costs_too_much_is_refused_before_any_sql(world: World, text: str, what: str) -> None:
    documents = Documents(world.schema, SOURCES, world.database, no_mutation)
    before = world.database.statements
    [error] = (await world.ask("member", text, documents))["errors"][:1]
    assert error["extensions"]["code"] in ("TOO_COSTLY", "GRAPHQL_PARSE_FAILED")
    assert what in error["message"]
    assert world.database.statements == before


async def test_a_document_at_the_limits_is_answered(world: World) -> None:
    documents = Documents(world.schema, SOURCES, world.database, no_mutation)
    for text in (nested(18), f"{{ ideas(first: 100) {{ nodes {{ {repeated('id', 200)} }} }} }}"):
        assert "errors" not in await world.ask("member", text, documents)
