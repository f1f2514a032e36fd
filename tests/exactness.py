"""A server on a hospital, fifty writes of all kinds, and by plain Python over the log what they owe a subscription."""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from api.cursors import Cursor, decode_cursor, encode_cursor
from api.settings import Settings
from api.viewer import printed_token
from db.log import HEAD, Transaction
from db.operations import people, sessions
from tests import factories as make
from tests.client import ENVIRONMENT
from tests.factories import PASSWORD, Hospital
from tests.listening import Listener
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
        """Where the log stands, also after what was written beside the server, of which its memory may not know yet."""
        asked = decode_cursor((await self.ask(token, "{ cursor }"))["cursor"])
        row = await self.at.database.row(HEAD, [asked.organisation])
        assert row is not None
        return encode_cursor(Cursor(row["epoch"], asked.organisation, row["position"]))

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


async def seen(listener: Listener, cursor: str) -> None:
    """Returns when the server's feed has come so far: before, a replay ends where the feed then is."""
    await (await listener.subscribe(FEED, after=cursor)).count(1)


@asynccontextmanager
async def opened(at: Hospital, *arguments: str) -> AsyncIterator[World]:
    async with (
        running(at.database.dsn, *arguments) as server,
        httpx.AsyncClient(base_url=server.url, timeout=30, limits=httpx.Limits(max_connections=20)) as http,
    ):
        yield World(at, server, http, Settings.read(ENVIRONMENT))
