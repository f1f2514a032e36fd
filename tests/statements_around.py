"""One, or many, of everything about what a mutation acts on: what it costs must not grow with it."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

from api.cursors import split_id
from db.operations import organisations, people, units
from tests import factories as make
from tests.replay_stage import Stage

COMMENTS = """
with written as (
    insert into comment (organisation_id, id, idea_id, author_id, anonymous, body, kind, created_at)
    select $1, gen_random_uuid(), $2, $3, false, 'Much is said', 'COMMENT', now() from generate_series(1, $4)
)
update idea set comment_count = comment_count + $4 where id = $2
"""
# By others than who acts, whose own may be what the mutation is about.
SUPPORTERS = """
with added as (
    insert into support (organisation_id, idea_id, person_id, at) select organisation_id, $2, id, now() from person
    where organisation_id = $1 and id <> $3 order by id limit $4 on conflict do nothing returning true
)
update idea set support_count = support_count + (select count(*) from added) where id = $2
"""
FOLLOWERS = """
insert into follow (organisation_id, idea_id, person_id) select organisation_id, $2, id from person
where organisation_id = $1 and id <> $3 order by id limit $4 on conflict do nothing
"""
IDEAS_OF_A_WIN = """
insert into win_idea (organisation_id, win_id, idea_id) select organisation_id, $2, id from idea
where organisation_id = $1 and status = 'TESTING' order by id limit $3 on conflict do nothing
"""
THANKS_OF_A_WIN = """
insert into win_thanks (organisation_id, win_id, person_id) select organisation_id, $2, id from person
where organisation_id = $1 order by id limit $3 on conflict do nothing
"""


async def surround(stage: Stage, given: Mapping[str, Any], number: int) -> None:
    """Around each thing that an input names; the organisation is as it was at first."""
    at = stage.at
    await at.do(organisations.edit_organisation, at.admin, response_target_days=organisations.RESPONSE_TARGET_DAYS)
    ways = {"idea": idea, "comment": comment, "theme": theme, "win": win, "unit": unit, "person": person}
    ways["screen"] = screen
    for tag, id_ in ids_of(given):
        await ways[tag](stage, id_, number)


def ids_of(given: Mapping[str, Any]) -> Iterator[tuple[str, UUID]]:
    for value in given.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and (found := split_id(each)) is not None:
                yield found


async def run(stage: Stage, text: str, *args: object) -> None:
    async with stage.at.database.writes.connection() as connection:
        await connection.execute(text, stage.at.organisation, *args)


async def idea(stage: Stage, id_: UUID, number: int) -> None:
    """Its comments, supporters and followers."""
    await run(stage, COMMENTS, id_, stage.at.colleague, number * 5)
    for text in (SUPPORTERS, FOLLOWERS):
        await run(stage, text, id_, stage.by, number)


async def comment(stage: Stage, id_: UUID, number: int) -> None:
    await idea(stage, await stage.at.database.value("select idea_id from comment where id = $1", [id_]), number)


async def theme(stage: Stage, id_: UUID, number: int) -> None:
    """Ideas and wins under it, where it is open."""
    if await stage.at.database.value("select status from theme where id = $1", [id_]) == "OPEN":
        for _ in range(number):
            await make.submit(stage.at, theme=id_)
            await make.win(stage.at, theme=id_)


async def win(stage: Stage, id_: UUID, number: int) -> None:
    """Its ideas and whom it thanks."""
    for _ in range(number):
        await make.move(stage.at, await make.submit(stage.at), "TESTING")
    for text in (IDEAS_OF_A_WIN, THANKS_OF_A_WIN):
        await run(stage, text, id_, number)


async def unit(stage: Stage, id_: UUID, number: int) -> None:
    """Units below it, people and ideas in it."""
    at = stage.at
    for n in range(number):
        await at.do(units.create_unit, at.admin, name=f"Bay {n}", parent=id_)
        email = f"{uuid4().hex}@ashcombe.example"
        somebody = (await at.do(people.invite_person, at.admin, name=f"Many {n}", email=email, unit=id_)).id
        await make.submit(at, somebody)


async def person(stage: Stage, id_: UUID, number: int) -> None:
    """What they shared and said."""
    for _ in range(number):
        await make.comment(stage.at, await make.submit(stage.at, id_), id_)


async def screen(stage: Stage, id_: UUID, number: int) -> None:
    """Others on other walls."""
    for _ in range(number):
        await make.screen(stage.at)
