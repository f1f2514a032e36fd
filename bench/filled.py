"""A hospital of any size by a few statements, in seconds: whole tables, whole log, right counters.

Nothing is random: the same numbers give the same rows. The operations are not asked, so the log's events have the
time of the filling.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

PEOPLE, THEMES, WARDS, DIVISIONS = 2_000, 40, 80, 8
NURSE = "person1@bench.example"

# `id_of(kind, n)` names a row, `spread(n, salt)` is an even scatter over 0 … 999,999 that looks like chance.
WORDS = """
create function pg_temp.id_of(kind text, n bigint) returns uuid language sql immutable as
$$ select md5('groundswell ' || kind || n)::uuid $$;
create function pg_temp.spread(n bigint, salt text) returns integer language sql immutable as
$$ select ((hashtextextended(n::text || salt, 7) % 1000000 + 1000000) % 1000000)::integer $$;
create function pg_temp.words(n bigint, many integer) returns text language sql immutable as
$$ select string_agg((array['trolley','label','chart','bleep','ward','night','porter','pump','form','door','bed',
   'handover','theatre','clinic','blood','queue','phone','lift','discharge','letter'])
   [1 + abs(hashint8(n * 31 + w) % 20)], ' ') from generate_series(1, many) w $$;
"""

PLACES = f"""
insert into organisation (id, name, slug, time_zone, today, value_focus, response_target_days, public_url)
select pg_temp.id_of('organisation', 1), 'Bench Hospital', 'bench', 'Europe/London', current_date,
       '{{PATIENT_SAFETY}}', 14, 'http://bench.example';
insert into unit (id, organisation_id, parent_id, name)
select pg_temp.id_of('unit', n), pg_temp.id_of('organisation', 1),
       case when n = 0 then null when n <= {DIVISIONS} then pg_temp.id_of('unit', 0)
            else pg_temp.id_of('unit', 1 + n % {DIVISIONS}) end,
       case when n = 0 then 'Site' when n <= {DIVISIONS} then 'Division ' || n else 'Ward ' || n end
from generate_series(0, {DIVISIONS + WARDS}) n;
insert into unit_within (organisation_id, ancestor_id, unit_id, depth)
with recursive up(unit_id, ancestor_id, depth) as (
    select id, id, 0 from unit
    union all select up.unit_id, unit.parent_id, depth + 1 from up join unit on unit.id = up.ancestor_id
    where unit.parent_id is not null)
select pg_temp.id_of('organisation', 1), ancestor_id, unit_id, depth from up;
insert into person (id, organisation_id, unit_id, name, email, roles)
select pg_temp.id_of('person', n), pg_temp.id_of('organisation', 1),
       pg_temp.id_of('unit', 1 + {DIVISIONS} + n % {WARDS}), 'Person ' || n, 'person' || n || '@bench.example',
       case when n = 0 then '{{ADMIN}}'::text[] else '{{CONTRIBUTOR}}' end
from generate_series(0, {PEOPLE - 1}) n;
insert into unit_lead (organisation_id, unit_id, person_id)
select pg_temp.id_of('organisation', 1), pg_temp.id_of('unit', n), pg_temp.id_of('person', 100 + n)
from generate_series(0, {DIVISIONS + WARDS}) n;
update unit set member_count = (
    select count(*) from person join unit_within w on w.unit_id = person.unit_id where w.ancestor_id = unit.id);
insert into theme (id, organisation_id, title, objective, status, values, owner_id, created_by, first_opened_at,
                   created_at)
select pg_temp.id_of('theme', n), pg_temp.id_of('organisation', 1), 'Theme ' || n, 'Less waiting, ' || n, 'OPEN',
       '{{TIMELINESS}}', pg_temp.id_of('person', 200 + n), pg_temp.id_of('person', 200 + n),
       now() - interval '1000 days', now() - interval '1000 days' + n * interval '1 hour'
from generate_series(0, {THEMES - 1}) n;
"""

# An idea every few minutes for a thousand days. The newest wait for their answer; most of the old have one.
IDEAS = f"""
insert into idea (id, organisation_id, number, title, problem, solution, status, status_reason, values, author_id,
                  anonymous, theme_id, author_unit_id, shown_unit_id, support_count, comment_count, first_response_at,
                  submitted_at, updated_at, active_at, withdrawn_at)
select pg_temp.id_of('idea', n), pg_temp.id_of('organisation', 1), n, 'Idea ' || n || ' ' || pg_temp.words(n, 4),
       pg_temp.words(n + 1, 20), case when n % 3 > 0 then pg_temp.words(n + 2, 15) end, status,
       case when status in ('DEFERRED', 'DECLINED') then 'Not now' end,
       case n % 3 when 0 then '{{PATIENT_SAFETY}}'::text[] when 1 then '{{TIMELINESS,TIME_RELEASED}}' else '{{}}' end,
       pg_temp.id_of('person', author), n % 10 = 0,
       case when n % 5 > 0 then pg_temp.id_of('theme', pg_temp.spread(n, 'theme') % {THEMES}) end,
       pg_temp.id_of('unit', ward), pg_temp.id_of('unit', ward), n % 5, case when n % 20 = 1 then 22 else 2 end,
       case when answered then at + interval '3 days' end, at, at + interval '3 days', at + interval '4 days',
       case when status = 'WITHDRAWN' then at + interval '1 day' end
from (select n, pg_temp.spread(n, 'author') % {PEOPLE} as author,
             1 + {DIVISIONS} + pg_temp.spread(n, 'author') % {PEOPLE} % {WARDS} as ward,
             now() - ($1::integer - n) * interval '1000 days' / $1::integer as at,
             case when recent and chance < 900000 then 'OPEN' when chance < 80000 then 'OPEN'
                  when chance < 130000 then 'UNDER_REVIEW' when chance < 180000 then 'PLANNED'
                  when chance < 200000 then 'TESTING' when chance < 500000 then 'IMPLEMENTED'
                  when chance < 650000 then 'SUSTAINED' when chance < 780000 then 'DEFERRED'
                  when chance < 970000 then 'DECLINED' else 'WITHDRAWN' end as status,
             not recent and chance >= 10000 as answered
      from (select n, pg_temp.spread(n, 'status') as chance, n > $1::integer * 0.985 as recent
            from generate_series(1, $1::integer) n) chosen) made;
"""

REST = (
    "insert into idea_number select pg_temp.id_of('organisation', 1), $1::integer",
    f"""
insert into comment (id, organisation_id, idea_id, author_id, anonymous, body, kind, created_at, idea_withdrawn_at)
select pg_temp.id_of('comment', number::bigint * 100 + c), organisation_id, id,
       pg_temp.id_of('person', pg_temp.spread(number * 100 + c, 'by') % {PEOPLE}), c = 3, pg_temp.words(number + c, 12),
       case when c = 1 and first_response_at is not null then 'RESPONSE' else 'COMMENT' end,
       submitted_at + c * interval '1 hour', withdrawn_at
from idea cross join generate_series(1, comment_count) c where number <= $1::integer""",
    *(
        f"""
insert into {table} (organisation_id, idea_id, person_id, at)
select organisation_id, id, pg_temp.id_of('person', (number + s * 97) % {PEOPLE}), submitted_at
from idea cross join generate_series(1, {many}) s where number <= $1::integer"""
        for table, many in (("support", "support_count"), ("follow", "1"))
    ),
    """
insert into win (id, organisation_id, headline, change, early, values, theme_id, unit_id, shared_by, shared_at)
select pg_temp.id_of('win', number), organisation_id, 'Win ' || number || ' ' || pg_temp.words(number, 3),
       pg_temp.words(number, 15), number % 7 = 0, values, theme_id, shown_unit_id, author_id,
       submitted_at + interval '40 days'
from idea where status in ('IMPLEMENTED', 'SUSTAINED') and number % 23 = 0 and number <= $1::integer
  and submitted_at < now() - interval '40 days'""",
    """
insert into win_idea (organisation_id, win_id, idea_id)
select win.organisation_id, win.id, idea.id from idea join win on win.id = pg_temp.id_of('win', idea.number)
where idea.number <= $1::integer""",
    """
update theme set idea_count = (select count(*) from idea where theme_id = theme.id and withdrawn_at is null),
                 win_count = (select count(*) from win where theme_id = theme.id) where $1::integer > 0""",
    """
insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_id, actor_shown, idea_id,
                   comment_id, win_id, themes, units, facts)
select organisation_id, row_number() over (order by at, type, id), clock_timestamp(), type, 1, true, false, actor,
       shown, idea, comment, win, array_remove(array[theme], null), array_remove(array[unit], null), '{}'
from (select organisation_id, submitted_at as at, 'IDEA_SUBMITTED' as type, id, author_id as actor,
             not anonymous as shown, id as idea, null::uuid as comment, null::uuid as win, theme_id as theme,
             shown_unit_id as unit from idea where number <= $1::integer
      union all
      select comment.organisation_id, created_at, 'COMMENT_ADDED', comment.id, comment.author_id,
             not comment.anonymous, idea.id, comment.id, null, theme_id, shown_unit_id
      from comment join idea on idea.id = comment.idea_id
      union all
      select organisation_id, shared_at, 'WIN_SHARED', id, shared_by, true, null, null, id, theme_id, unit_id
      from win) happened""",
    """
insert into feed_head select pg_temp.id_of('organisation', 1), count(*), 'bench' from event where $1::integer > 0""",
)


@dataclass(frozen=True, slots=True)
class Hospital:
    """What the questions ask about: `discussed` are ideas with more than twenty comments, `quiet` ones with a few."""

    organisation: UUID
    unit: UUID
    theme: UUID
    discussed: list[UUID]
    quiet: list[UUID]


async def fill(dsn: str, ideas: int) -> None:
    """Into migrated, empty tables. Foreign keys are not asked, which takes a superuser and saves most of the time."""
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction():
            await connection.execute("set local session_replication_role = replica")
            await connection.execute("set local jit = off")
            await connection.execute(WORDS + PLACES)
            for statement in (IDEAS, *REST):
                await connection.execute(statement, ideas)
        await connection.execute("vacuum (analyze)")
    finally:
        await connection.close()


async def found(dsn: str) -> tuple[Hospital, int] | None:
    """The hospital that was filled in before and how many ideas it began with; None where there is none."""
    connection = await asyncpg.connect(dsn)
    try:
        organisation = await connection.fetchval("select id from organisation where slug = 'bench'")
        if organisation is None:
            return None
        discussed = await connection.fetch(
            "select id from idea where comment_count = 22 and withdrawn_at is null order by number desc limit 50"
        )
        quiet = await connection.fetch(
            "select id from idea where comment_count = 2 and withdrawn_at is null order by number desc offset 500 "
            "limit 200"
        )
        ideas = await connection.fetchval("select count(*) from idea where problem not like 'A bench measures.%'")
        hospital = Hospital(
            organisation,
            await connection.fetchval("select id from unit where name = 'Division 1'"),
            await connection.fetchval("select id from theme where title = 'Theme 1'"),
            [row["id"] for row in discussed],
            [row["id"] for row in quiet],
        )
        return hospital, ideas
    finally:
        await connection.close()


@contextmanager
def copied(dsn: str) -> Iterator[str]:
    """A copy of the database, gone at the end: so that each run begins with what was filled in."""
    address = urlsplit(dsn)
    name = f"{address.path[1:]}_copy"

    async def administer(*statements: str) -> None:
        connection = await asyncpg.connect(urlunsplit(address._replace(path="/postgres")))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    drop = f"drop database if exists {name} with (force)"
    asyncio.run(administer(drop, f"create database {name} template {address.path[1:]} strategy file_copy"))
    try:
        yield urlunsplit(address._replace(path=f"/{name}"))
    finally:
        asyncio.run(administer(drop))
