"""Exact: whoever subscribes after a cursor is sent just what happened since, in order, over either transport."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from api.cursors import Cursor, decode_cursor, encode_cursor
from api.settings import Settings
from api.viewer import printed_token
from db import migrate
from db.log import Transaction
from db.operations import people, sessions
from tests import factories as make
from tests.client import ENVIRONMENT
from tests.factories import PASSWORD, Hospital
from tests.listening import Heard, Listener, listening
from tests.server import Server, running

TRANSPORTS = ("websocket", "sse")
WRITES = 50

IDEA, COMMENT, WIN, THEME = "idea { id }", "comment { id } idea { id }", "win { id }", "theme { id }"
PAGE = "query($after: Cursor) { feed(after: $after) { nodes { cursor } } }"
FEED = f"""subscription($after: Cursor, $filter: FeedFilter) {{ feed(after: $after, filter: $filter) {{
  __typename cursor
  ... on FeedReset {{ reason }}
  ... on IdeaSubmitted {{ {IDEA} }} ... on IdeaEdited {{ {IDEA} }} ... on IdeaStatusChanged {{ from to {IDEA} }}
  ... on IdeaSupported {{ supportCount {IDEA} }}
  ... on CommentAdded {{ {COMMENT} }} ... on CommentEdited {{ {COMMENT} }}
  ... on WinShared {{ {WIN} }} ... on WinEdited {{ {WIN} }}
  ... on ThemeEdited {{ {THEME} }} ... on ThemeOpened {{ {THEME} }} ... on ThemeClosed {{ {THEME} }}
  ... on ContentRetracted {{ nodeId }}
}} }}"""
TYPED = {
    "ideaSubmitted": """subscription($after: Cursor, $themeId: ID, $unitId: ID) {
  ideaSubmitted(after: $after, themeId: $themeId, unitId: $unitId) { __typename cursor idea { id } } }""",
    "commentAdded": """subscription($after: Cursor, $ideaId: ID, $themeId: ID, $unitId: ID) {
  commentAdded(after: $after, ideaId: $ideaId, themeId: $themeId, unitId: $unitId) {
    __typename cursor comment { id } idea { id } } }""",
    "winShared": """subscription($after: Cursor, $themeId: ID, $unitId: ID) {
  winShared(after: $after, themeId: $themeId, unitId: $unitId) { __typename cursor win { id } } }""",
}
ONE_TYPE = {"ideaSubmitted": "IDEA_SUBMITTED", "commentAdded": "COMMENT_ADDED", "winShared": "WIN_SHARED"}
BOARD = """{ cursor asOf themes { id title ideaCount winCount } unit { id }
  newIdeas(first: 50) { id title status } awaitingResponse(first: 50) { id } testing(first: 50) { id supportCount }
  wins(first: 50) { id headline } counts { open awaitingResponse testing implemented wins newIdeas } }"""
THEME_EVENTS = ("THEME_EDITED", "THEME_OPENED", "THEME_CLOSED")


@dataclass
class World:
    """A hospital, a server on it, and its people's tokens."""

    at: Hospital
    server: Server
    http: httpx.AsyncClient
    settings: Settings

    async def token(self, person: UUID) -> str:
        email = await self.at.database.value("select email from person where id = $1", [person])
        return await printed_token(self.at.database, self.settings, email, 1)

    async def ask(self, token: str | None, query: str, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body = answer.json()
        assert not body.get("errors"), body
        return body["data"]

    async def cursor(self, token: str) -> str:
        cursor: str = (await self.ask(token, "{ cursor }"))["cursor"]
        return cursor

    async def do(self, token: str | None, mutation: str, **input_: Any) -> dict[str, Any]:
        """A mutation that succeeds; its payload."""
        type_ = mutation[0].upper() + mutation[1:] + "Input"
        text = f"mutation($input: {type_}!) {{ {mutation}(input: $input) {{ cursor userErrors {{ message path }} }} }}"
        payload: dict[str, Any] = (await self.ask(token, text, input=input_))[mutation]
        assert payload["userErrors"] == [], payload
        return payload

    async def somebody(self, **given: Any) -> UUID:
        """A person of their own for a test, who has a password."""
        email = f"{random.randbytes(8).hex()}@ashcombe.example"
        given = {"name": "Sam Somebody", "email": email, **given}
        person = (await self.at.do(people.invite_person, self.at.admin, **given)).id
        async with self.at.database.writes.connection() as connection, connection.transaction():
            link = await people.renew_invitation(Transaction(connection, self.at.organisation), person)
        await sessions.accept_invitation(self.at.database, token=link, password=PASSWORD)
        return person


@pytest_asyncio.fixture(scope="module", params=[1])
async def world(module_hospital: Hospital, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with (
        running(module_hospital.database.dsn, "--workers", str(request.param)) as server,
        httpx.AsyncClient(base_url=server.url, timeout=30, limits=httpx.Limits(max_connections=20)) as http,
    ):
        yield World(module_hospital, server, http, Settings.read(ENVIRONMENT))


# The writes --------------------------------------------------------------------------------------------------------


@dataclass
class Places:
    """What a round of writes is about. `falls` is the first hospital's theme, `sleep` one for ward B alone."""

    falls: str
    sleep: str
    idea: str


Write = Callable[[], Awaitable[Any]]


async def writes(world: World) -> tuple[Places, list[Write]]:
    """Fifty writes of all kinds that can be done in any order, all at once. What is withdrawn is from before."""
    at = world.at
    nurse, lead, admin, colleague = [
        await world.token(person) for person in (at.nurse, at.lead, at.admin, at.colleague)
    ]
    sleep = await make.theme(at, title="Sleep", units=[at.ward_b])
    closing, draft = await make.theme(at, title="Closing"), await make.theme(at, opened=False)
    falls = f"theme_{at.theme}"
    idea, other = await make.submit(at, theme=at.theme), await make.submit(at, at.colleague)
    moved = [await make.submit(at, theme=at.theme) for _ in range(3)]
    answered = [await make.submit(at, theme=at.theme if n else None) for n in range(3)]
    tested = [await make.submit(at, theme=at.theme) for _ in range(2)]
    for each in tested:
        await make.move(at, each, "TESTING")
    withdrawn = [await make.submit(at, theme=at.theme) for _ in range(2)]
    remarks = [await make.comment(at, each) for each in (idea, other)]
    edited = await make.win(at, theme=at.theme)

    def write(token: str, mutation: str, **input_: Any) -> Write:
        return lambda: world.do(token, mutation, **input_)

    def idea_id(id_: UUID) -> str:
        return f"idea_{id_}"

    made = [
        *(write(nurse, "submitIdea", problem=f"In falls {n}", themeId=falls) for n in range(5)),
        *(write(colleague, "submitIdea", problem=f"In sleep {n}", themeId=f"theme_{sleep}") for n in range(3)),
        *(write(nurse, "submitIdea", problem=f"Nameless {n}", anonymous=True) for n in range(1)),
        *(write(colleague, "submitIdea", problem=f"Alone {n}") for n in range(2)),
        *(write(colleague, "addComment", ideaId=idea_id(idea), body=f"Yes {n}") for n in range(5)),
        *(write(nurse, "addComment", ideaId=idea_id(other), body=f"No {n}", anonymous=True) for n in range(3)),
        *(write(nurse, "shareWin", headline=f"Done {n}", change="It.", themeId=falls) for n in range(2)),
        *(write(colleague, "shareWin", headline=f"Done too {n}", change="It.") for n in range(2)),
        *(write(lead, "shareWin", headline="By an idea", change="It.", ideaIds=[idea_id(each)]) for each in tested),
        *(write(admin, "assignIdeaToTheme", ideaId=idea_id(each), themeId=f"theme_{sleep}") for each in moved),
        *(
            write(lead, "changeIdeaStatus", ideaId=idea_id(each), to="DEFERRED", reason="In spring.")
            for each in answered
        ),
        *(write(token, "supportIdea", ideaId=idea_id(idea)) for token in (nurse, lead, colleague, admin)),
        *(write(token, "followIdea", ideaId=idea_id(other)) for token in (lead, admin)),
        *(write(nurse, "withdrawIdea", ideaId=idea_id(each)) for each in withdrawn),
        *(write(colleague, "removeComment", commentId=f"comment_{each}") for each in remarks),
        write(admin, "editWin", winId=f"win_{edited}", learned="To ask."),
        write(nurse, "editIdea", ideaId=idea_id(idea), solution="Signs."),
        write(admin, "editIdea", ideaId=idea_id(other), unitId=f"unit_{at.division}"),
        write(lead, "editTheme", themeId=falls, why=f"For {sleep}."),
        write(lead, "closeTheme", themeId=f"theme_{closing}"),
        write(lead, "openTheme", themeId=f"theme_{draft}"),
        write(lead, "createTheme", title="Later", objective="Later on"),
        write(admin, "createUnit", name="Ward Z", parentId=f"unit_{at.division}"),
        write(nurse, "editProfile", jobTitle=f"Nurse of {sleep}"),
    ]
    assert len(made) == WRITES
    random.Random(WRITES).shuffle(made)
    return Places(falls, f"theme_{sleep}", idea_id(idea)), made


# What must arrive, by plain Python over the log --------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """One subscription: its field, its arguments, and what of the log it is about."""

    field: str
    types: tuple[str, ...] | None = None
    theme: str | None = None
    unit: str | None = None
    idea: str | None = None

    @property
    def query(self) -> str:
        return FEED if self.field == "feed" else TYPED[self.field]

    def variables(self, after: str | None) -> dict[str, Any]:
        given = {"themeId": self.theme, "unitId": self.unit, "ideaId": self.idea}
        if self.field == "feed":
            types = {"types": list(self.types)} if self.types else {}
            return {"after": after, "filter": {**{k: v for k, v in given.items() if v}, **types}}
        return {"after": after, **{k: v for k, v in given.items() if v}}

    def concerns(self, event: Any, below: dict[UUID, set[UUID]]) -> bool:
        """`below`: the units within each unit, itself included."""
        types = self.types if self.field == "feed" else (ONE_TYPE[self.field],)
        if types is not None and event["type"] not in types:
            return False
        if event["type"] == "CONTENT_RETRACTED":
            return True
        if self.theme is not None and self.theme not in {f"theme_{each}" for each in event["themes"]}:
            return False
        if self.idea is not None and self.idea != f"idea_{event['idea_id']}":
            return False
        if self.unit is None:
            return True
        asked, its = UUID(self.unit.removeprefix("unit_")), set(event["units"])
        if its & below[asked]:
            return True
        return event["type"] in THEME_EVENTS and (not its or any(asked in below[each] for each in its))


def all_wanted(at: Hospital, places: Places) -> list[Wanted]:
    ward_a, ward_b, division, site = (f"unit_{each}" for each in (at.ward_a, at.ward_b, at.division, at.site))
    return [
        Wanted("feed"),
        Wanted("feed", types=("IDEA_SUBMITTED", "CONTENT_RETRACTED")),
        Wanted("feed", types=("WIN_EDITED",)),
        Wanted("feed", theme=places.falls),
        Wanted("feed", theme=places.sleep),
        Wanted("feed", types=("IDEA_EDITED", "IDEA_SUBMITTED"), theme=places.sleep),
        *(Wanted("feed", unit=unit) for unit in (ward_a, ward_b, division, site)),
        Wanted("feed", idea=places.idea),
        Wanted("feed", theme=places.falls, unit=ward_a, idea=places.idea),
        Wanted("ideaSubmitted"),
        Wanted("ideaSubmitted", theme=places.falls),
        Wanted("ideaSubmitted", unit=ward_b),
        Wanted("commentAdded"),
        Wanted("commentAdded", idea=places.idea),
        Wanted("commentAdded", theme=places.falls, unit=site),
        Wanted("winShared"),
        Wanted("winShared", theme=places.falls),
        Wanted("winShared", unit=division),
    ]


LOG = "select * from event where organisation_id = $1 and position > $2 and public order by position"
WITHIN = "select ancestor_id, unit_id from unit_within where organisation_id = $1"


async def expected(at: Hospital, wanted: Wanted, after: str) -> list[tuple[str, str, tuple[str, ...]]]:
    """Type, cursor and ids of everything that this subscription is to be sent."""
    start = decode_cursor(after)
    below: dict[UUID, set[UUID]] = {}
    for row in await at.database.rows(WITHIN, [at.organisation]):
        below.setdefault(row["ancestor_id"], set()).add(row["unit_id"])
    return [
        (
            event["type"],
            encode_cursor(Cursor(start.epoch, start.organisation, event["position"])),
            tuple(
                sorted(
                    f"{name}_{event[f'{name}_id']}"
                    for name in ("idea", "comment", "win", "theme")
                    if event[f"{name}_id"] is not None
                )
            ),
        )
        for event in await at.database.rows(LOG, [at.organisation, start.position])
        if wanted.concerns(event, below)
    ]


def as_expected(items: list[dict[str, Any]]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (
            "".join(f"_{c}" if c.isupper() else c for c in item["__typename"]).strip("_").upper(),
            item["cursor"],
            tuple(sorted(value["id"] for value in item.values() if isinstance(value, dict))),
        )
        for item in items
        if item["__typename"] not in ("FeedCaughtUp", "FeedReset")
    ]


# Exactness ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_everybody_is_sent_exactly_what_happened_after_their_cursor(world: World, transport: str) -> None:
    at = world.at
    places, made = await writes(world)
    executive = await world.token(at.executive)
    after = await world.cursor(executive)
    asked = all_wanted(at, places)
    heard: list[tuple[Wanted, Heard]] = []
    async with (
        listening(transport, world.server, executive) as before,
        listening(transport, world.server, executive) as during,
        listening(transport, world.server, executive) as afterwards,
    ):

        async def ask_all(listener: Listener, pause: float) -> None:
            for wanted in asked:
                heard.append((wanted, await listener.subscribe(wanted.query, **wanted.variables(after))))
                await asyncio.sleep(pause)

        await ask_all(before, 0)
        await asyncio.gather(ask_all(during, 0.02), *(write() for write in made))
        await ask_all(afterwards, 0)
        log = await expected(at, asked[0], after)
        assert len(log) > 40
        assert len(heard) == 3 * len(asked)
        for wanted, one in heard:
            due = await expected(at, wanted, after)
            assert due or wanted.field != "feed", f"{wanted} was put to no test"
            await one.until(lambda one, due=due: len(as_expected(one.items)) >= len(due))  # type: ignore[misc]
        # One more, which everybody may have and who wants it gets: nothing else was under way before it.
        await world.do(await world.token(at.nurse), "submitIdea", problem="The last", themeId=places.falls)
        for wanted, one in heard:
            due = await expected(at, wanted, after)
            await one.until(lambda one, due=due: len(as_expected(one.items)) >= len(due))  # type: ignore[misc]
            assert as_expected(one.items) == due, wanted
            assert not one.errors
            caught_up = [item for item in one.items if item["__typename"] == "FeedCaughtUp"]
            assert bool(caught_up) == (wanted.field == "feed")


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_many_who_come_and_go_each_hear_everything_once(world: World, transport: str) -> None:
    at = world.at
    _, made = await writes(world)
    executive = await world.token(at.executive)
    start = await world.cursor(executive)
    done = asyncio.Event()

    async def wanderer(seed: int) -> list[dict[str, Any]]:
        """Takes a few items, goes without a word, comes back after the last one."""
        choice, after, items = random.Random(seed), start, list[dict[str, Any]]()
        while not (done.is_set() and after == await world.cursor(executive)):
            async with listening(transport, world.server, executive) as listener:
                one = await listener.subscribe(FEED, after=after)
                with suppress(TimeoutError):
                    async with asyncio.timeout(0.5):
                        await one.count(choice.randint(1, 12))
                items += one.items
                after = items[-1]["cursor"] if items else after
        return items

    wandering = [asyncio.create_task(wanderer(seed)) for seed in range(3)]
    for n in range(0, len(made), 5):
        await asyncio.gather(*(write() for write in made[n : n + 5]))
    done.set()
    due = await expected(at, Wanted("feed"), start)
    for each in wandering:
        assert as_expected(await asyncio.wait_for(each, 20)) == due


async def test_a_stream_goes_on_after_its_last_event_id(world: World) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    for n in range(3):
        await world.do(nurse, "submitIdea", problem=f"Idea {n}")
    due = await expected(world.at, Wanted("feed"), start)
    async with listening("sse", world.server, nurse) as listener:
        again = await listener.subscribe(FEED, after=start, last_event_id=due[0][1])
        await again.count(3)
        assert as_expected(again.items) == due[1:]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_the_last_answer_of_a_board_is_the_query_s(world: World, transport: str) -> None:
    at = world.at
    _, made = await writes(world)
    executive = await world.token(at.executive)
    live = f"subscription($unitId: ID) {{ board(unitId: $unitId) {BOARD} }}"
    query = f"query($unitId: ID) {{ board(unitId: $unitId) {BOARD} }}"
    units_ = (None, f"unit_{at.ward_a}", f"unit_{at.division}")
    async with listening(transport, world.server, executive) as listener:
        boards = [await listener.subscribe(live, unitId=unit) for unit in units_]
        for board in boards:
            await board.count(1)
        await asyncio.gather(*(write() for write in made))
        for unit, board in zip(units_, boards, strict=True):
            last = (await world.ask(executive, query, unitId=unit))["board"]
            await board.until(lambda heard, last=last: shown(heard.items[-1]) == shown(last))  # type: ignore[misc]
            assert len(board.items) <= 6, "it is coalesced"
            different = [shown(one) for one in board.items]
            assert all(one != other for one, other in pairwise(different))


def shown(board: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in board.items() if name not in ("cursor", "asOf")}


# Cursors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_replay_ends_with_caught_up_where_it_ends(world: World, transport: str) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    async with listening(transport, world.server, nurse) as listener:
        nothing = await listener.subscribe(FEED, after=start)
        await nothing.count(1)
        assert nothing.items == [{"__typename": "FeedCaughtUp", "cursor": start}]
        done = await world.do(nurse, "submitIdea", problem="One")
        await seen(listener, done["cursor"])
        two = await listener.subscribe(FEED, after=start)
        await two.count(2)
        assert [item["__typename"] for item in two.items] == ["IdeaSubmitted", "FeedCaughtUp"]
        assert {item["cursor"] for item in two.items} == {done["cursor"]}


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_silent_event_moves_the_cursor_and_is_delivered_to_nobody(world: World, transport: str) -> None:
    nurse = await world.token(world.at.nurse)
    start = await world.cursor(nurse)
    done = await world.do(nurse, "editProfile", jobTitle=f"Nurse {random.random()}")
    async with listening(transport, world.server, nurse) as listener:
        await seen(listener, done["cursor"])
        feed = await listener.subscribe(FEED, after=start)
        await feed.count(1)
        assert feed.items == [{"__typename": "FeedCaughtUp", "cursor": done["cursor"]}]


async def seen(listener: Listener, cursor: str) -> None:
    """Returns when the server's feed has come so far: before, a replay ends where the feed then is."""
    await (await listener.subscribe(FEED, after=cursor)).count(1)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_cursors_of_others_and_of_no_log_are_expired_and_garbage_is_refused(world: World, transport: str) -> None:
    at = world.at
    nurse = await world.token(at.nurse)
    here = decode_cursor(await world.cursor(nurse))
    foreign = await world.cursor(await world.token(at.stranger))
    beyond = encode_cursor(Cursor(here.epoch, here.organisation, here.position + 1000))
    async with listening(transport, world.server, nurse) as listener:
        for cursor, reason in ((foreign, "LOG_REPLACED"), (beyond, "CURSOR_EXPIRED")):
            feed = await listener.subscribe(FEED, after=cursor)
            await feed.count(1)
            first = feed.items[0]
            assert (first["__typename"], first["reason"]) == ("FeedReset", reason)
            assert first["cursor"] == await world.cursor(nurse)
            done = await world.do(nurse, "submitIdea", problem="It goes on")
            await feed.until(lambda one: as_expected(one.items) != [])
            assert feed.items[-1]["cursor"] == done["cursor"]
            for query in TYPED.values():
                typed = await (await listener.subscribe(query, after=cursor)).until(lambda one: one.over)
                assert typed.codes == ["CURSOR_EXPIRED"]
                assert typed.errors[0]["extensions"]["cursor"] == await world.cursor(nurse)
                assert typed.items == []
        for garbage in ("", "x", "1.2.3", beyond + "0" * 20, f"{here.epoch}.{here.organisation.hex}.-1", "…"):
            for query in (FEED, *TYPED.values()):
                refused = await (await listener.subscribe(query, after=garbage)).until(lambda one: one.over)
                assert refused.codes == ["BAD_ARGUMENT"]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_after_a_restore_everybody_is_told_and_can_go_on_from_the_cursor_told(
    world: World, transport: str
) -> None:
    at = world.at
    nurse = await world.token(at.nurse)
    old = await world.cursor(nurse)
    async with listening(transport, world.server, nurse) as listener:
        feed = await listener.subscribe(FEED, after=old)
        typed = [await listener.subscribe(query, after=old) for query in TYPED.values()]
        await feed.count(1)
        await migrate.new_epoch(at.database)
        await feed.count(2)
        told = feed.items[1]
        assert (told["__typename"], told["reason"]) == ("FeedReset", "LOG_REPLACED")
        assert told["cursor"] == await world.cursor(nurse) != old
        for one in typed:
            await one.until(lambda one: one.over)
            assert one.codes == ["CURSOR_EXPIRED"]
            assert one.errors[0]["extensions"]["cursor"] == told["cursor"]
        done = await world.do(nurse, "submitIdea", problem="After the restore")
        await feed.until(lambda one: one.items[-1]["cursor"] == done["cursor"])
        await seen(listener, done["cursor"])
        again = await listener.subscribe(FEED, after=told["cursor"])
        await again.count(2)
        assert [item["__typename"] for item in again.items] == ["IdeaSubmitted", "FeedCaughtUp"]
        late = await listener.subscribe(FEED, after=old)
        await late.count(1)
        assert (late.items[0]["__typename"], late.items[0]["reason"]) == ("FeedReset", "LOG_REPLACED")
        answer = await world.http.post(
            "/graphql",
            json={
                "query": PAGE,
                "variables": {"after": old},
            },
            headers={"authorization": f"Bearer {nurse}"},
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "CURSOR_EXPIRED"


# Access ------------------------------------------------------------------------------------------------------------


async def cut_off(heard: Heard, transport: str) -> None:
    """4403 on a socket; over SSE a result with the error, then the end."""
    await asyncio.wait_for(heard.until(lambda one: one.over), 5)
    if transport == "websocket":
        assert heard.code == 4403
    else:
        assert heard.codes == ["UNAUTHENTICATED"]
        assert heard.completed


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_signing_out_ends_what_is_open_and_nobody_else(world: World, transport: str) -> None:
    person = await world.somebody()
    email = await world.at.database.value("select email from person where id = $1", [person])
    text = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { message } } }"
    tokens = [
        (await world.ask(None, text, input={"email": email, "password": PASSWORD}))["signIn"]["accessToken"]
        for _ in range(2)
    ]
    async with (
        listening(transport, world.server, tokens[0]) as leaving,
        listening(transport, world.server, tokens[1]) as staying,
    ):
        start = await world.cursor(tokens[0])
        feed, other = await leaving.subscribe(FEED, after=start), await staying.subscribe(FEED, after=start)
        await feed.count(1)
        await other.count(1)
        await world.ask(tokens[0], "mutation { signOut(input: {}) { userErrors { message } } }")
        await cut_off(feed, transport)
        done = await world.do(tokens[1], "submitIdea", problem="Still here")
        await other.until(lambda one: one.items[-1]["cursor"] == done["cursor"])
    refused = await world.http.post(
        "/graphql", json={"query": "{ cursor }"}, headers={"authorization": f"Bearer {tokens[0]}"}
    )
    assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_who_is_deactivated_is_cut_off(world: World, transport: str) -> None:
    person = await world.somebody()
    token = await world.token(person)
    async with listening(transport, world.server, token) as listener:
        feed = await listener.subscribe(FEED, after=await world.cursor(token))
        await feed.count(1)
        board = await listener.subscribe(f"subscription {{ board {BOARD} }}")
        await board.count(1)
        await world.do(await world.token(world.at.admin), "deactivatePerson", personId=f"person_{person}")
        await cut_off(feed, transport)
        await cut_off(board, transport)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_change_of_role_resets_the_feed_which_goes_on(world: World, transport: str) -> None:
    person = await world.somebody()
    token = await world.token(person)
    async with listening(transport, world.server, token) as listener:
        feed = await listener.subscribe(FEED, after=await world.cursor(token))
        await feed.count(1)
        admin = await world.token(world.at.admin)
        changed = await world.do(admin, "editPerson", personId=f"person_{person}", roles=["MODERATOR"])
        await feed.count(2)
        told = feed.items[1]
        assert (told["__typename"], told["reason"]) == ("FeedReset", "ACCESS_CHANGED")
        assert decode_cursor(told["cursor"]).position <= decode_cursor(changed["cursor"]).position
        done = await world.do(token, "submitIdea", problem="As a moderator")
        await feed.until(lambda one: one.items[-1]["cursor"] == done["cursor"])
        assert as_expected(feed.items) == await expected(world.at, Wanted("feed"), told["cursor"])
