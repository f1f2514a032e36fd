"""The floor: the same answers by hand. No GraphQL and no framework; one statement, its JSON passed on as it came."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from bench.questions import BOARD, COMMENT, IDEA, KEY, LATEST, SUBMIT, THEMES, VIEWER
from db.engine import SETTINGS
from db.turns import AT_ONCE

NAME = "case when person.id is null then null else json_build_object('name', person.name) end"
THEME = "case when theme.id is null then null else json_build_object('title', theme.title) end"
OF_IDEA = """left join person on person.id = i.author_id and not i.anonymous left join theme on theme.id = i.theme_id"""
CHOSEN = "i.organisation_id = $1 and i.withdrawn_at is null"
NEWEST = f"""from (select * from idea i where {CHOSEN} order by submitted_at desc, id desc limit 50) i"""

LATEST_SQL = f"""
select json_build_object('ideas', json_build_object('nodes', json_agg(j)))::text from (
    select json_build_object('id', 'idea_' || i.id, 'title', i.title, 'status', i.status,
        'supportCount', i.support_count, 'commentCount', i.comment_count, 'author', {NAME}, 'theme', {THEME}) as j
    {NEWEST} {OF_IDEA} order by i.submitted_at desc, i.id desc) page"""
IDEA_SQL = f"""
select json_build_object('idea', json_build_object('id', 'idea_' || i.id, 'title', i.title, 'problem', i.problem,
    'status', i.status, 'author', {NAME}, 'comments', json_build_object('nodes', (select json_agg(j) from (
        select json_build_object('body', c.body, 'kind', c.kind, 'author',
            case when by.id is null then null else json_build_object('name', by.name) end) as j
        from (select * from comment where idea_id = i.id and removed_at is null
              order by created_at desc, id desc limit 20) c
        left join person by on by.id = c.author_id and not c.anonymous
        order by c.created_at, c.id) page))))::text
from idea i left join person on person.id = i.author_id and not i.anonymous where {CHOSEN} and i.id = $2"""
THEMES_SQL = """
select json_build_object('themes', json_build_object('nodes', json_agg(j)))::text from (
    select json_build_object('id', 'theme_' || id, 'title', title, 'ideaCount', idea_count, 'wins',
        json_build_object('nodes', (select coalesce(json_agg(w), '[]') from (
            select json_build_object('headline', headline, 'early', early) as w from win where theme_id = theme.id
            order by shared_at desc, id desc limit 3) few))) as j
    from theme where organisation_id = $1 and status <> 'DRAFT' order by created_at desc, id desc limit 40) page"""
BELOW = "i.shown_unit_id in (select unit_id from unit_within where ancestor_id = $2)"
SINCE = """(select timezone(time_zone, (today - 1)::timestamp) from organisation where id = $1)"""
AWAITS = "i.status = 'OPEN' and i.first_response_at is null"


def listed(condition: str, order: str) -> str:
    return f"""(select coalesce(json_agg(j), '[]') from (
        select json_build_object('title', i.title, 'author', {NAME}, 'theme', {THEME}) as j
        from (select * from idea i where {CHOSEN} and {BELOW} and {condition} order by {order} limit 10) i {OF_IDEA}
        order by {order}) page)"""


def counted(condition: str) -> str:
    return f"(select count(*) from idea i where {CHOSEN} and {BELOW} and {condition})"


BOARD_SQL = f"""
select json_build_object('board', json_build_object(
    'unit', (select json_build_object('name', name) from unit where id = $2 and organisation_id = $1),
    'newIdeas', {listed(f"i.submitted_at >= {SINCE}", "i.submitted_at desc, i.id desc")},
    'awaitingResponse', {listed(AWAITS, "i.submitted_at, i.id")},
    'testing', {listed("i.status = 'TESTING'", "i.updated_at desc, i.id desc")},
    'wins', (select coalesce(json_agg(json_build_object('headline', headline)), '[]') from (
        select headline from win i where organisation_id = $1 and {BELOW.replace("shown_unit_id", "unit_id")}
        order by shared_at desc, id desc limit 5) few),
    'counts', json_build_object('open', {counted("i.status = 'OPEN'")}, 'awaitingResponse', {counted(AWAITS)},
        'testing', {counted("i.status = 'TESTING'")},
        'implemented', {counted("i.status in ('IMPLEMENTED', 'SUSTAINED')")},
        'wins', (select count(*) from win i where organisation_id = $1
                 and {BELOW.replace("shown_unit_id", "unit_id")}),
        'newIdeas', {counted(f"i.submitted_at >= {SINCE}")})))::text"""
VIEWER_SQL = f"""
select json_build_object('ideas', json_build_object('nodes', json_agg(j)))::text from (
    select json_build_object('title', i.title, 'status', i.status, 'supportCount', i.support_count, 'author', {NAME},
        'viewerSupports', exists (select from support where idea_id = i.id and person_id = $2),
        'viewerFollows', exists (select from follow where idea_id = i.id and person_id = $2)) as j
    {NEWEST} left join person on person.id = i.author_id and not i.anonymous
    order by i.submitted_at desc, i.id desc) page"""
SUBMIT_EVENT = {"type": "IDEA_SUBMITTED", "idea": "$5", "comment": "null", "mutation": "submitIdea"}
COMMENT_EVENT = {"type": "COMMENT_ADDED", "idea": "$6", "comment": "$5", "mutation": "addComment"}


def logged(of: str, type: str, idea: str, comment: str, mutation: str) -> str:
    """The end of both mutations: position, event and key, as Groundswell keeps them. `$1`: organisation, `$2`: who."""
    return f"""
), head as (
    update feed_head set position = position + 1 where organisation_id = $1 returning position
), appended as (
    insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_id, actor_shown, idea_id,
                       comment_id, themes, units, facts)
    select $1, position, clock_timestamp(), '{type}', 1, true, false, $2, true, {idea}, {comment},
           array_remove(array[theme_id], null), array_remove(array[shown_unit_id], null), '{{}}' from head, {of}
), kept as (
    insert into idempotency_key (organisation_id, person_id, mutation, key, input_hash, result_id, position)
    select $1, $2, '{mutation}', $3, $4, $5, position from head
)"""


SUBMIT_ROWS = """
with numbered as (
    update idea_number set last = last + 1 where organisation_id = $1 returning last
), counted as (
    update theme set idea_count = idea_count + 1 where id = $8 returning title
), written as (
    insert into idea (organisation_id, id, number, title, problem, status, values, author_id, anonymous, theme_id,
                      author_unit_id, shown_unit_id, submitted_at, updated_at, active_at)
    select $1, $5, last, $6, $7, 'OPEN', '{}', $2, false, $8, unit_id, unit_id, now(), now(), now()
    from numbered, person where person.id = $2 returning title, status, theme_id, shown_unit_id
), followed as (
    insert into follow (organisation_id, idea_id, person_id) values ($1, $5, $2)
"""
SUBMIT_SQL = f"""{SUBMIT_ROWS}{logged("written", **SUBMIT_EVENT)}
select json_build_object('submitIdea', json_build_object('idea', json_build_object('title', written.title,
    'status', status, 'author', json_build_object('name', person.name), 'theme', json_build_object('title',
    counted.title)), 'userErrors', '[]'::json))::text from written, counted, person where person.id = $2"""
COMMENT_ROWS = """
with written as (
    insert into comment (organisation_id, id, idea_id, author_id, anonymous, body, kind, created_at)
    values ($1, $5, $6, $2, false, $7, 'COMMENT', now()) returning body, kind
), counted as (
    update idea set comment_count = comment_count + 1, active_at = now() where organisation_id = $1 and id = $6
    returning theme_id, shown_unit_id
), followed as (
    insert into follow (organisation_id, idea_id, person_id) values ($1, $6, $2) on conflict do nothing
"""
COMMENT_SQL = f"""{COMMENT_ROWS}{logged("counted", **COMMENT_EVENT)}
select json_build_object('addComment', json_build_object('comment', json_build_object('body', body, 'kind', kind,
    'author', json_build_object('name', person.name)), 'userErrors', '[]'::json))::text
from written, person where person.id = $2"""


READERS = 8  # as many connections as the peers have


class Floor:
    """The ASGI application."""

    def __init__(self, dsn: str, organisation: UUID, person: UUID) -> None:
        self.dsn = dsn
        self.idle: deque[Any] = deque()
        # All writes come to the same rows, where waiting in the database would cost more than waiting here.
        self.reads, self.writes = asyncio.Semaphore(READERS), asyncio.Semaphore(AT_ONCE)
        by = organisation, person
        self.ways: dict[str, tuple[str, Callable[[Any], tuple[object, ...]]]] = {
            LATEST: (LATEST_SQL, lambda v: by[:1]),
            IDEA: (IDEA_SQL, lambda v: (organisation, UUID(v["id"][5:]))),
            THEMES: (THEMES_SQL, lambda v: by[:1]),
            BOARD: (BOARD_SQL, lambda v: (organisation, UUID(v["unit"][5:]))),
            VIEWER: (VIEWER_SQL, lambda v: by),
            SUBMIT: (SUBMIT_SQL, lambda v: (*by, *submitted(v["input"]))),
            COMMENT: (COMMENT_SQL, lambda v: (*by, *commented(v["input"]))),
        }

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        asked = orjson.loads((await receive())["body"])
        text, args = self.ways[asked["query"]]
        async with self.writes if asked["query"] in (SUBMIT, COMMENT) else self.reads:
            connection = self.idle.pop() if self.idle else await self.connect()
            body = await self.ask(connection, text, args(asked["variables"]))
            self.idle.append(connection)
        answer = b'{"data":' + body.encode() + b"}"
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def ask(self, connection: Any, text: str, args: tuple[object, ...]) -> str:
        answer: str = await connection.fetchval(text, *args)
        return answer

    async def connect(self) -> Any:
        return await asyncpg.connect(self.dsn, server_settings=SETTINGS, max_cacheable_statement_size=0)


def submitted(given: dict[str, Any]) -> tuple[object, ...]:
    return *once(given), uuid4(), given["title"], given["problem"], UUID(given["themeId"][6:])


def commented(given: dict[str, Any]) -> tuple[object, ...]:
    return *once(given), uuid4(), UUID(given["ideaId"][5:]), given["body"]


def once(given: dict[str, Any]) -> tuple[str, bytes]:
    """The key, and the hash of what it is kept for."""
    return given[KEY], hashlib.sha256(orjson.dumps(given)).digest()
