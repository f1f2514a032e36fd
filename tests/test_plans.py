"""Plans answer as the naive reader does: documents made by chance, then what each rule says by an example."""

import json
import re
import secrets
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_abstract_type, is_object_type
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import api.documents
from api.documents import Documents
from api.plans.plan import query_plan
from db.engine import Database
from db.terms import Sight
from tests.documents_made import Maker
from tests.naive import paging
from tests.naive.reader import Reader
from tests.world import World


@pytest_asyncio.fixture(scope="module")
async def world(module_database: Database) -> World:
    return await World.filled_in(module_database)


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


async def test_a_null_where_none_may_be_is_refused_and_never_taken_for_no_filter(world: World) -> None:
    text = "query($s: IdeaStatus = DECLINED) { ideas(filter: {statuses: [$s]}) { nodes { status } } }"
    assert "errors" not in await world.ask("member", text)
    refused = await world.ask("member", text, s=None)
    assert [error["extensions"]["code"] for error in refused["errors"]] == ["BAD_ARGUMENT"]
    assert "data" not in refused


async def test_data_and_introspection_stand_beside_each_other(world: World) -> None:
    answer = await world.ask("member", "{ __schema { queryType { name } } organisation { name } }")
    assert answer["data"] == {"__schema": {"queryType": {"name": "Query"}}, "organisation": {"name": "St Aldhelm's"}}


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


async def test_a_list_that_shapes_the_sql_is_a_set(world: World, compiled: list[str]) -> None:
    text = "query($s: [IdeaStatus!]) { ideas(first: 1, filter: {statuses: $s}) { nodes { status } } }"
    for statuses in (["OPEN", "PLANNED"], ["PLANNED", "OPEN"], ["OPEN", "PLANNED"] * 10_000):
        await world.agree("member", text, s=statuses)
    assert len(compiled) == 1
    assert len(compiled[0]) < 5_000


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
    for sight in (Sight.MEMBER, Sight.MODERATOR, Sight.ADMIN):
        request = world.documents.request(text, {}, None)
        plan = world.documents.query_plan(request, sight)
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
        (f"{{ {repeated('organisation { ' + repeated('name', 100) + ' }', 25)} }}", "1,000 fields"),
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
    documents = Documents(world.schema, world.documents.sources)
    before = world.database.statements
    [error] = (await world.ask("member", text, documents))["errors"][:1]
    assert error["extensions"]["code"] in ("TOO_COSTLY", "GRAPHQL_PARSE_FAILED")
    assert what in error["message"]
    assert world.database.statements == before


async def test_a_document_at_the_limits_is_answered(world: World) -> None:
    documents = Documents(world.schema, world.documents.sources)
    for text in (nested(18), f"{{ ideas(first: 100) {{ nodes {{ {repeated('id', 200)} }} }} }}"):
        assert "errors" not in await world.ask("member", text, documents)


def test_the_naive_reader_shares_nothing_with_what_it_judges() -> None:
    judged = re.compile(r"^\s*(from|import) (sqlalchemy|api|db\.sight|db\.models|db\.sql)\b", re.MULTILINE)
    files = sorted((Path(__file__).parent / "naive").glob("*.py"))
    assert [file.name for file in files if judged.search(file.read_text())] == []
    assert files
