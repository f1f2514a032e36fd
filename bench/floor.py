"""The floor: the same answers by hand. No GraphQL and no framework; one statement, its JSON passed on as it came."""

from collections import deque
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from bench.questions import BOARD, IDEA, PAGE, SUBMIT, THEMES, VIEWER
from db.engine import SETTINGS

NAME = "case when person.id is null then null else json_build_object('name', person.name) end"
THEME = "case when theme.id is null then null else json_build_object('title', theme.title) end"
OF_IDEA = """left join person on person.id = i.author_id and not i.anonymous left join theme on theme.id = i.theme_id"""
CHOSEN = "i.organisation_id = $1 and i.withdrawn_at is null"
NEWEST = f"""from (select * from idea i where {CHOSEN} order by submitted_at desc, id desc limit 50) i"""

PAGE_SQL = f"""
select json_build_object('ideas', json_build_object('nodes', json_agg(j)))::text from (
    select json_build_object('title', i.title, 'reference', 'IDEA-' || i.number, 'status', i.status,
        'supportCount', i.support_count, 'commentCount', i.comment_count, 'author', {NAME}, 'theme', {THEME},
        'unit', case when unit.id is null then null else json_build_object('name', unit.name) end) as j
    {NEWEST} {OF_IDEA} left join unit on unit.id = i.shown_unit_id
    order by i.submitted_at desc, i.id desc) page"""
IDEA_SQL = f"""
select json_build_object('idea', json_build_object('title', i.title, 'problem', i.problem, 'status', i.status,
    'author', {NAME}, 'comments', json_build_object('nodes', (select json_agg(j) from (
        select json_build_object('body', c.body, 'kind', c.kind, 'author',
            case when by.id is null then null else json_build_object('name', by.name) end) as j
        from (select * from comment where idea_id = i.id and removed_at is null
              order by created_at, id limit 20) c left join person by on by.id = c.author_id and not c.anonymous
        order by c.created_at, c.id) page))))::text
from idea i left join person on person.id = i.author_id and not i.anonymous where {CHOSEN} and i.id = $2"""
THEMES_SQL = """
select json_build_object('themes', json_build_object('nodes', json_agg(j)))::text from (
    select json_build_object('title', title, 'objective', objective, 'ideaCount', idea_count, 'winCount', win_count,
        'wins', json_build_object('nodes', (select coalesce(json_agg(w), '[]') from (
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
SUBMIT_SQL = """
with numbered as (
    update idea_number set last = last + 1 where organisation_id = $1 returning last
), counted as (
    update theme set idea_count = idea_count + 1 where id = $5 returning title
), written as (
    insert into idea (organisation_id, id, number, title, problem, status, values, author_id, anonymous, theme_id,
                      author_unit_id, shown_unit_id, submitted_at, updated_at, active_at)
    select $1, $2, last, $3, $4, 'OPEN', '{}', $6, false, $5, unit_id, unit_id, now(), now(), now()
    from numbered, person where person.id = $6 returning title, status, shown_unit_id
), followed as (
    insert into follow (organisation_id, idea_id, person_id) values ($1, $2, $6)
), head as (
    update feed_head set position = position + 1 where organisation_id = $1 returning position
), appended as (
    insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_id, actor_shown, idea_id,
                       themes, units, facts)
    select $1, position, clock_timestamp(), 'IDEA_SUBMITTED', 1, true, false, $6, true, $2, array[$5::uuid],
           array[shown_unit_id], '{}' from head, written
)
select json_build_object('submitIdea', json_build_object('idea', json_build_object('title', written.title,
    'status', status, 'author', json_build_object('name', person.name), 'theme', json_build_object('title',
    counted.title)), 'userErrors', '[]'::json))::text from written, counted, person where person.id = $6"""


class Floor:
    """The ASGI application."""

    def __init__(self, dsn: str, organisation: UUID, person: UUID) -> None:
        self.dsn = dsn
        self.idle: deque[Any] = deque()
        by = organisation, person
        self.ways: dict[str, tuple[str, Callable[[Any], tuple[object, ...]]]] = {
            PAGE: (PAGE_SQL, lambda v: by[:1]),
            IDEA: (IDEA_SQL, lambda v: (organisation, UUID(v["id"][5:]))),
            THEMES: (THEMES_SQL, lambda v: by[:1]),
            BOARD: (BOARD_SQL, lambda v: (organisation, UUID(v["unit"][5:]))),
            VIEWER: (VIEWER_SQL, lambda v: by),
            SUBMIT: (SUBMIT_SQL, lambda v: submitted(organisation, person, v["input"])),
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
        connection = self.idle.pop() if self.idle else await self.connect()
        body = await connection.fetchval(text, *args(asked["variables"]))
        self.idle.append(connection)
        answer = b'{"data":' + body.encode() + b"}"
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def connect(self) -> Any:
        return await asyncpg.connect(self.dsn, server_settings=SETTINGS, max_cacheable_statement_size=0)


def submitted(organisation: UUID, person: UUID, given: dict[str, Any]) -> tuple[object, ...]:
    return organisation, uuid4(), given["title"], given["problem"], UUID(given["themeId"][6:]), person
