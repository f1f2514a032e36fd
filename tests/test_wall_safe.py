"""What a screen reads: of each field of the schema, whether it answers; of each thing, whether it is on its wall."""

import json
from collections.abc import Iterator
from typing import Any, cast
from uuid import uuid4

import pytest
import pytest_asyncio
from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

from api.plans.wall_safe import WALL_SAFE
from api.schema.root import build
from api.subscriptions.arrivals import Arrivals
from api.subscriptions.pruned import Pruned
from api.subscriptions.view import Opening, shows_events
from api.subscriptions.views import Heads, Subscriptions
from api.trusted import sample
from api.unplanned import is_unplanned
from db.engine import Database
from tests.client import Api, serving
from tests.factories import Hospital, comment, submit
from tests.factories import screen as paired
from tests.world import Unknown, World

SCHEMA = build()._schema
OBJECTS = {
    name: type_
    for name, type_ in SCHEMA.type_map.items()
    if isinstance(type_, GraphQLObjectType) and not name.startswith("__")
}
SCREENS = ("screen 0", "screen 1", "screen 2", "foreign screen 0", "foreign screen 1")


def called(name: str, field: GraphQLField, tag: str = "idea") -> str:
    """A field with the arguments that it must have."""
    given = {arg: sample(its.type, tag) for arg, its in field.args.items() if is_required_argument(its)}
    return name + (f"({', '.join(f'{arg}: {json.dumps(value)}' for arg, value in given.items())})" if given else "")


def least(type_: GraphQLNamedType) -> str:
    """The least that can be selected of a type."""
    return "" if is_leaf_type(type_) else " { __typename }"


def ways(root: str) -> dict[str, str]:
    """To each type that a query or a subscription reaches, one way there: a document with a hole for what is asked."""
    found = {root: f"{root.lower()} {{ HOLE }}"}
    waiting = [root]
    while waiting:
        at = waiting.pop(0)
        for name, field in OBJECTS[at].fields.items():
            to = get_named_type(field.type)
            if is_leaf_type(to):
                continue
            members = SCHEMA.get_possible_types(cast(Any, to)) if is_abstract_type(to) else [to]
            for member in members:
                if member.name in found:
                    continue
                # A node's id says its type.
                tag = member.name.lower() if at == "Query" and name.startswith("node") else "idea"
                hole = "{ HOLE }" if member is to else f"{{ ... on {member.name} {{ HOLE }} }}"
                found[member.name] = found[at].replace("HOLE", f"{called(name, field, tag)} {hole}")
                waiting.append(member.name)
    return found


WAYS, HEARD = ways("Query"), ways("Subscription")


def fields(ways: dict[str, str]) -> Iterator[tuple[str, str]]:
    for type_name in ways:
        for name in OBJECTS[type_name].fields:
            yield type_name, name


@pytest_asyncio.fixture(scope="module")
async def world(module_database: Database) -> World:
    return await World.filled_in(module_database)


def safe_way(type_name: str, root: str = "Query") -> str | None:
    """A way to a type over fields that are wall-safe alone."""
    found, waiting = {root: f"{root.lower()} {{ HOLE }}"}, [root]
    while waiting:
        at = waiting.pop(0)
        for name in WALL_SAFE[at]:
            field = OBJECTS[at].fields[name]
            to = get_named_type(field.type)
            for member in SCHEMA.get_possible_types(cast(Any, to)) if is_abstract_type(to) else [to]:
                if member.name in WALL_SAFE and member.name not in found:
                    hole = "{ HOLE }" if member is to else f"{{ ... on {member.name} {{ HOLE }} }}"
                    found[member.name] = found[at].replace("HOLE", f"{called(name, field)} {hole}")
                    waiting.append(member.name)
    return found.get(type_name)


def test_what_is_wall_safe_is_there_and_can_be_reached() -> None:
    for type_name, names in WALL_SAFE.items():
        assert names <= set(OBJECTS[type_name].fields), type_name
        assert safe_way(type_name) or safe_way(type_name, "Subscription")


def test_nothing_that_is_wall_safe_takes_a_filter_or_an_order() -> None:
    """What is found by them tells too."""
    for type_name, names in WALL_SAFE.items():
        for name in names:
            assert set(OBJECTS[type_name].fields[name].args) <= {"first", "unitId"}, f"{type_name}.{name}"


@pytest.mark.parametrize(("type_name", "name"), list(fields(WAYS)))
async def test_a_screen_is_answered_what_is_wall_safe_and_refused_all_else(
    world: World, type_name: str, name: str
) -> None:
    field = OBJECTS[type_name].fields[name]
    asked = called(name, field) + least(get_named_type(field.type))
    safe = name in WALL_SAFE.get(type_name, ())
    way = safe_way(type_name) if safe else WAYS[type_name]
    assert way is not None
    for screen in SCREENS:
        answer = await world.ask(screen, way.replace("HOLE", asked))
        if safe:
            assert "errors" not in answer, answer
        else:
            assert "data" not in answer
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def opened(world: World, screen: str, document: str) -> Opening | list[str]:
    """A subscription as a socket opens it, or with what it is refused."""
    database, answering = world.database, world.answering
    pruned, heads = Pruned(database, None), cast(Heads, Unknown())
    subscriptions = Subscriptions(world.documents, heads, database, pruned, Arrivals(1), answering)
    opening = await subscriptions.open(world.context(screen), document, {}, None)
    assert opening is not None, document
    return opening if isinstance(opening, Opening) else [error["extensions"]["code"] for error in opening]


@pytest.mark.parametrize(("type_name", "name"), list(fields(HEARD)))
async def test_a_screen_hears_what_is_wall_safe_and_is_refused_all_else(
    world: World, type_name: str, name: str
) -> None:
    field = OBJECTS[type_name].fields[name]
    asked = called(name, field) + least(get_named_type(field.type))
    way = safe_way(type_name, "Subscription") if name in WALL_SAFE.get(type_name, ()) else None
    for screen in SCREENS:
        if way is None:
            document = HEARD[type_name].replace("HOLE", asked)
            assert await opened(world, screen, document) == ["FORBIDDEN"], document
            continue
        opening = await opened(world, screen, way.replace("HOLE", asked))
        assert isinstance(opening, Opening)
        assert not shows_events(opening.view)
        assert b'"errors"' not in (await opening.view.read(0)).payload


@pytest.mark.parametrize("name", sorted(set(OBJECTS["Subscription"].fields) - WALL_SAFE["Subscription"]))
async def test_no_other_subscription_is_a_screens_however_little_it_asks(world: World, name: str) -> None:
    """That something happened tells too: `{ __typename }` is asked, and each field inside that a wall may show."""
    field = OBJECTS["Subscription"].fields[name]
    to = get_named_type(field.type)
    inner = ["__typename"]
    for member in SCHEMA.get_possible_types(cast(Any, to)) if is_abstract_type(to) else [cast(Any, to)]:
        for own, its in member.fields.items():
            of = get_named_type(its.type)
            safe = everything(of.name, 0) if of.name in WALL_SAFE else "__typename"
            asked = called(own, its) + ("" if is_leaf_type(of) else f" {{ {safe} }}")
            inner.append(f"... on {member.name} {{ {asked} }}")
    for screen in SCREENS:
        for selection in inner:
            document = f"subscription {{ {called(name, field)} {{ {selection} }} }}"
            assert await opened(world, screen, document) == ["FORBIDDEN"], document


def everything(type_name: str, depth: int) -> str:
    """All that a screen may read of a type, so deep."""
    parts = []
    for name in sorted(WALL_SAFE[type_name]):
        to = get_named_type(OBJECTS[type_name].fields[name].type)
        if is_leaf_type(to):
            parts.append(name)
        elif depth > 0 and is_abstract_type(to):
            members = [m.name for m in SCHEMA.get_possible_types(cast(Any, to)) if m.name in WALL_SAFE]
            apart = [f"... on {m} {{ of{m}: __typename {everything(m, depth - 1)} }}" for m in members if m != "Person"]
            parts.append(f"{name} {{ {' '.join(apart)} }}")
        elif depth > 0 and to.name in WALL_SAFE:
            parts.append(f"{name} {{ {everything(to.name, depth - 1)} }}")
    return " ".join(["__typename", *parts])


@pytest.mark.parametrize("screen", SCREENS)
async def test_all_that_a_screen_may_read_is_of_its_unit_and_names_who_agreed(world: World, screen: str) -> None:
    """As the naive reader has it, which knows the rules and no SQL."""
    document = f"{{ {everything('Query', 5)} }}"
    document = document.replace(" lastEventAt", "").replace(" lastSeenAt", "")  # which come never from memory
    data = await world.agree(screen, document)
    assert data["viewer"]["ofScreen"] == "Screen"
    at = world.asks(screen)
    agreed = {f"person_{row['id']}" for row in world.rows("person", shown_on_screens=True, deactivated_at=None)}
    unit = at.screen["unit_id"] if at.screen else None
    for person in (thing for thing in things(data) if thing["__typename"] == "Person"):
        assert person["id"] in agreed
    for idea in (thing for thing in things(data) if thing["__typename"] == "Idea"):
        number, of = int(idea["reference"].removeprefix("IDEA-")), at.organisation["id"]
        row = world.row("idea", number=number, organisation_id=of)
        assert unit is None or at.tables.within(row["shown_unit_id"], unit)
        assert row["withdrawn_at"] is None
    assert len(data["board"]["awaitingResponse"]) > 0 or screen == "foreign screen 1"


def things(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, list):
        for each in data:
            yield from things(each)
    elif isinstance(data, dict):
        if "__typename" in data:
            yield data
        for each in data.values():
            yield from things(each)


@pytest.mark.parametrize("screen", SCREENS[:3])
async def test_another_units_board_is_not_there(world: World, screen: str) -> None:
    at = world.asks(screen)
    mine = at.screen["unit_id"] if at.screen else None
    for unit in world.rows("unit"):
        here = unit["organisation_id"] == at.organisation["id"]
        text = f'{{ board(unitId: "unit_{unit["id"]}") {{ unit {{ id }} }} }}'
        board = (await world.ask(screen, text))["data"]["board"]
        assert (board is not None) is (here and (mine is None or at.tables.within(unit["id"], mine)))
        live = await opened(world, screen, f"subscription {text}")
        assert isinstance(live, Opening) if board else live == ["BAD_ARGUMENT"]
    nobody = await opened(world, screen, f'subscription {{ board(unitId: "unit_{uuid4()}") {{ cursor }} }}')
    assert nobody == ["BAD_ARGUMENT"]  # the same: whether there is such a unit is not told


# -- with a token, as a wall has one


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> Any:
    async with serving(hospital.database.dsn) as api:
        yield api


async def test_a_screen_reads_and_changes_nothing(api: Api, hospital: Hospital) -> None:
    begun = (await api.ask("mutation { requestPairing(input: {}) { code deviceSecret } }")).data["requestPairing"]
    await paired(hospital, unit=hospital.ward_a, code=begun["code"])
    redeem = "mutation($s: String!) { redeemPairing(input: {deviceSecret: $s}) { token userErrors { code } } }"
    token = (await api.ask(redeem, s=begun["deviceSecret"])).data["redeemPairing"]["token"]
    idea = await submit(hospital, title="No hoist", unit=hospital.ward_a)
    await comment(hospital, idea, body="Nor at weekends")
    await api.see(await api.token(hospital.nurse))
    board = await api.ask("{ board { unit { name } newIdeas { title author { name } } } }", token)
    assert board.data == {"board": {"unit": {"name": "Ward A"}, "newIdeas": [{"title": "No hoist", "author": None}]}}
    for text in (
        'mutation { submitIdea(input: {problem: "x"}) { cursor } }',
        'mutation { signIn(input: {email: "a@b.example", password: "x"}) { accessToken } }',
        "mutation { signOut(input: {}) { signedOut } }",
        "mutation { requestPairing(input: {}) { code } }",
    ):
        assert (await api.ask(text, token)).codes == ["FORBIDDEN"]
    assert (await api.ask("{ __schema { queryType { name } } }", token)).errors == []


def test_each_type_of_the_schema_is_looked_at() -> None:
    unreached = set(OBJECTS) - set(WAYS) - set(HEARD) - {"Mutation"}
    assert {name for name in unreached if not is_unplanned(name)} == set()
