"""A snapshot, a mutation, and its events applied to the snapshot: the same as a new snapshot. For every mutation."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, cast
from uuid import uuid4

import orjson
import pytest
import pytest_asyncio
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type

from api.context import Context
from api.cursors import Cursor, decode_cursor, encode_cursor
from api.subscriptions.hub import Member
from api.subscriptions.view import Opening
from api.viewer import Viewer
from db.operations import clock, themes
from tests import factories as make
from tests import replay_ideas, replay_others  # the cases
from tests.client import Api, serving
from tests.factories import Hospital
from tests.feed_log import Ear, settle
from tests.replay import Snapshot, feed_query, feed_subscription, moved_on, selection, settled, snapshot
from tests.replay_stage import CASES, OUTSIDE, Case, Stage

LOG = "select position, type, public from event where organisation_id = $1 and position > $2 order by position"


@pytest_asyncio.fixture(scope="module")
async def api(module_hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(module_hospital.database.dsn) as api:
        yield api


class Watch:
    """Who subscribed to `feed`, through the hub, before something happened or after it."""

    def __init__(self, api: Api, viewer: Viewer) -> None:
        self.hub, self.viewer = api.service.hub, viewer
        self.ear = Ear()
        self.member: Member | None = None

    async def join(self, api: Api, after: str) -> "Watch":
        text = feed_subscription(api.service.documents.schema)
        opening = await api.service.subscriptions.open(Context(self.viewer), text, {"after": after}, None)
        assert isinstance(opening, Opening), opening
        self.member = self.hub.join(opening, self.ear)
        return self

    async def heard_up_to(self, position: int) -> list[dict[str, Any]]:
        """The events, once everything up to `position` has been sent."""
        assert self.member is not None
        while (self.hub.head(self.viewer.organisation) or 0) < position or self.member.behind:
            await settle(1)
        self.hub.leave(self.member)
        items = [orjson.loads(payload)["data"]["feed"] for payload in self.ear.heard]
        return [item for item in items if item["__typename"] != "FeedCaughtUp"]


class Reader:
    """A member who looks on: snapshots, the feed by query and by subscription."""

    def __init__(self, api: Api, token: str, viewer: Viewer) -> None:
        self.api, self.token, self.viewer = api, token, viewer
        self.feed = feed_query(api.service.documents.schema)

    async def snapshot(self) -> Snapshot:
        return await snapshot(self.api, self.token)

    async def watch(self, after: str) -> Watch:
        return await Watch(self.api, self.viewer).join(self.api, after)

    async def events(self, after: str) -> list[dict[str, Any]]:
        answer = await self.api.ask(self.feed, self.token, after=after)
        assert not answer.errors, answer.errors
        assert not answer.data["feed"]["pageInfo"]["hasNextPage"]
        nodes: list[dict[str, Any]] = answer.data["feed"]["nodes"]
        return nodes


@pytest_asyncio.fixture(scope="module")
async def reader(api: Api, module_hospital: Hospital) -> Reader:
    token = await api.token(module_hospital.executive)
    viewer = await api.service.viewers.viewer(token)
    assert viewer is not None
    return Reader(api, token, viewer)


async def check(reader: Reader, old: Snapshot, watching: Watch, follows: frozenset[str] = frozenset()) -> list[str]:
    """Old snapshot and events are the new snapshot: live, replayed and by query. Answers all the types in the log."""
    api = reader.api
    assert settled({id_: dict(node) for id_, node in old.nodes.items()}) == old.nodes
    new = await reader.snapshot()
    before, after = decode_cursor(old.cursor), decode_cursor(new.cursor)
    live = await watching.heard_up_to(after.position)
    replayed = await (await reader.watch(old.cursor)).heard_up_to(after.position)
    asked = await reader.events(old.cursor)
    assert live == replayed == asked
    log = await api.service.database.rows(LOG, (before.organisation, before.position))
    assert [row["position"] for row in log] == list(range(before.position + 1, after.position + 1))
    public = [encode_cursor(Cursor(before.epoch, before.organisation, r["position"])) for r in log if r["public"]]
    assert [event["cursor"] for event in live] == public
    assert without(moved_on(old, live), follows) == without(new.nodes, follows)
    return [row["type"] for row in log]


def without(nodes: Mapping[str, Mapping[str, Any]], fields: frozenset[str]) -> dict[str, dict[str, Any]]:
    return {id_: {name: value for name, value in node.items() if name not in fields} for id_, node in nodes.items()}


class Mutation:
    """One mutation of the schema: its document, and an input of it that cannot succeed."""

    def __init__(self, api: Api, name: str) -> None:
        schema = api.service.documents.schema
        assert schema.mutation_type is not None
        field = schema.mutation_type.fields[name]
        payload = cast(GraphQLObjectType, get_named_type(field.type))
        self.input = cast(GraphQLInputObjectType, get_named_type(field.args["input"].type))
        (self.result,) = (n for n in payload.fields if n not in ("cursor", "userErrors", "invitationUrl"))
        self.name = name
        self.text = (
            f"mutation($input: {self.input.name}!) {{ {name}(input: $input) {{ "
            f"{self.result} {{ id }} cursor userErrors {{ code path }} }} }}"
        )

    def keyed(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """With a key, where it takes one: so that the same again is the same."""
        return {**given, **({"idempotencyKey": uuid4().hex} if "idempotencyKey" in self.input.fields else {})}

    def spoiled(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """With a name that is none, or about a thing that is not there, or with a text that is none."""
        if "code" in self.input.fields:
            return self.keyed({**given, "code": "none"})
        if "name" in self.input.fields:
            return self.keyed({**given, "name": " "})
        for name, value in given.items():
            if name.endswith("Id") and value is not None:
                return self.keyed({**given, name: f"{value.partition('_')[0]}_{uuid4()}"})
        text = next(name for name, value in given.items() if isinstance(value, str))
        return self.keyed({**given, text: " "})

    async def do(self, api: Api, token: str, given: Mapping[str, Any]) -> dict[str, Any]:
        answer = await api.ask(self.text, token, input=given)
        assert not answer.errors, answer.errors
        payload: dict[str, Any] = answer.data[self.name]
        # The law: no user errors and a result go together, and then there is a cursor.
        assert (payload["userErrors"] == []) == (payload[self.result] is not None) == (payload["cursor"] is not None)
        return payload


def test_every_mutation_has_a_case(api: Api) -> None:
    assert {case.prepare.__module__ for case in CASES} == {replay_ideas.__name__, replay_others.__name__}
    mutations = api.service.documents.schema.mutation_type
    assert mutations is not None
    assert {case.mutation for case in CASES} == set(mutations.fields) - set(OUTSIDE)
    for name in OUTSIDE:
        payload = cast(GraphQLObjectType, get_named_type(mutations.fields[name].type))
        assert "cursor" not in payload.fields


def test_every_creating_mutation_takes_a_key(api: Api) -> None:
    mutations = api.service.documents.schema.mutation_type
    assert mutations is not None
    for name in ("submitIdea", "addComment", "createTheme", "shareWin", "invitePerson", "createUnit"):
        assert "idempotencyKey" in Mutation(api, name).input.fields


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_events_make_the_old_snapshot_the_new_one(
    api: Api, module_hospital: Hospital, reader: Reader, case: Case
) -> None:
    stage = Stage(module_hospital, getattr(module_hospital, case.by))
    given = await case.prepare(stage)
    token = await api.token(stage.by)
    mutation = Mutation(api, case.mutation)
    old = await reader.snapshot()
    watching = await reader.watch(old.cursor)

    given_once = mutation.keyed(given)
    done = await mutation.do(api, token, given_once)
    assert not done["userErrors"]
    types = await check(reader, old, watching, case.follows)
    assert sorted(types) == sorted(case.events)
    if not any(type_ in case.events for type_ in types if type_ not in ("SILENT", "ACCESS_CHANGED")):
        assert without((await reader.snapshot()).nodes, case.follows) == without(old.nodes, case.follows)
    # Its effect is at its cursor, and the same again changes nothing.
    assert decode_cursor(done["cursor"]).position == decode_cursor(old.cursor).position + len(types)
    again = await mutation.do(api, token, given_once)
    assert [error["code"] for error in again["userErrors"]] == ([case.repeated] if case.repeated else [])
    if not case.repeated:
        assert (again[mutation.result], again["cursor"]) == (done[mutation.result], done["cursor"])
    assert (await reader.snapshot()).cursor == done["cursor"]
    # What cannot be done appends nothing either.
    failed = await mutation.do(api, token, mutation.spoiled(given))
    assert failed["userErrors"]
    assert (await reader.snapshot()).cursor == done["cursor"]


async def test_the_turning_of_the_day_tells_what_it_opens_and_closes(module_hospital: Hospital, reader: Reader) -> None:
    at, database = module_hospital, module_hospital.database
    today = await database.value("select today from organisation where id = $1", [at.organisation])
    opens = await make.theme(at, opened=False, opens_on=today)
    closes = await make.theme(at)
    await at.do(themes.edit_theme, at.lead, theme=closes, closes_on=today - timedelta(days=1))
    await make.submit(at)
    old = await reader.snapshot()
    watching = await reader.watch(old.cursor)
    await sleep_through_midnight(at)
    assert at.organisation in await clock.midnight(database)
    assert sorted(await check(reader, old, watching)) == ["THEME_CLOSED", "THEME_OPENED"]
    new = (await reader.snapshot()).of("Theme")
    assert (new[f"theme_{opens}"]["status"], new[f"theme_{closes}"]["status"]) == ("OPEN", "CLOSED")
    assert at.organisation not in await clock.midnight(database)


async def test_a_day_that_turns_no_theme_moves_the_position_in_silence(
    module_hospital: Hospital, reader: Reader
) -> None:
    old = await reader.snapshot()
    watching = await reader.watch(old.cursor)
    await sleep_through_midnight(module_hospital)
    await clock.midnight(module_hospital.database)
    assert await check(reader, old, watching) == ["SILENT"]


async def sleep_through_midnight(at: Hospital) -> None:
    """As if the clock had stood still since yesterday."""
    async with at.database.writes.connection() as connection:
        await connection.execute("update organisation set today = today - 1 where id = $1", at.organisation)


def test_the_snapshot_leaves_out_only_lists_of_what_is_in_it(api: Api) -> None:
    schema = api.service.documents.schema
    left_out = {
        f"{type_}.{name}"
        for type_ in ("Idea", "Comment", "Theme", "Win")
        for name in cast(GraphQLObjectType, schema.type_map[type_]).fields
        if name not in selection(schema, type_).split() and not name.startswith("viewer")
    }
    assert left_out == {"Idea.comments", "Idea.history", "Idea.similar", "Theme.ideas", "Theme.wins"}
