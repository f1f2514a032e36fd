"""Plain Strawberry's mutations: each one transaction, and so few checks as nobody would dare."""

from uuid import uuid4

import strawberry
from strawberry.types import Info

from bench.plain import Comment, Idea, comment, idea, uuid_of
from bench.plain_loaders import Loads, Row, loads


@strawberry.input
class SubmitIdeaInput:
    problem: str
    title: str
    theme_id: strawberry.ID
    idempotency_key: strawberry.ID | None = None  # taken, and not looked at


@strawberry.input
class AddCommentInput:
    idea_id: strawberry.ID
    body: str
    idempotency_key: strawberry.ID | None = None


@strawberry.type
class UserError:
    message: str


@strawberry.type
class SubmitIdeaPayload:
    idea: Idea | None
    user_errors: list[UserError]


@strawberry.type
class AddCommentPayload:
    comment: Comment | None
    user_errors: list[UserError]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def submit_idea(self, info: Info, input: SubmitIdeaInput) -> SubmitIdeaPayload:
        row, _ = await submitted(loads(info), input, logged=False)
        return SubmitIdeaPayload(idea=idea(row), user_errors=[])

    @strawberry.mutation
    async def add_comment(self, info: Info, input: AddCommentInput) -> AddCommentPayload:
        row = await commented(loads(info), input)
        return AddCommentPayload(comment=comment(row), user_errors=[])


async def submitted(with_: Loads, input: SubmitIdeaInput, *, logged: bool) -> tuple[Row, int]:
    """Idea, follower and counters, and where it is logged the event, whose position it gives; else 0."""
    by, theme_id = with_.organisation, uuid_of(input.theme_id)
    async with with_.pool.acquire() as connection, connection.transaction():
        number = await connection.fetchval(NUMBER, by)
        await connection.execute(COUNT_IDEA, theme_id)
        row = await connection.fetchrow(SUBMIT, by, uuid4(), number, input.title, input.problem, theme_id, with_.person)
        assert row is not None
        await connection.execute(FOLLOW, by, row["id"], with_.person)
        position = 0
        if logged:
            position = await connection.fetchval(APPEND, by, with_.person, row["id"], theme_id, row["shown_unit_id"])
    return row, position


async def commented(with_: Loads, input: AddCommentInput) -> Row:
    """Comment, follower and counter."""
    by, idea_id = with_.organisation, uuid_of(input.idea_id)
    async with with_.pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(COMMENT, by, uuid4(), idea_id, with_.person, input.body)
        assert row is not None
        await connection.execute(COUNT_COMMENT, idea_id)
        await connection.execute(FOLLOW, by, idea_id, with_.person)
    return row


NUMBER = "update idea_number set last = last + 1 where organisation_id = $1 returning last"
COUNT_IDEA = "update theme set idea_count = idea_count + 1 where id = $1"
SUBMIT = """
insert into idea (organisation_id, id, number, title, problem, status, values, author_id, anonymous, theme_id,
                  author_unit_id, shown_unit_id, submitted_at, updated_at, active_at)
select $1, $2, $3, $4, $5, 'OPEN', '{}', id, false, $6, unit_id, unit_id, now(), now(), now()
from person where id = $7 returning *"""
COMMENT = """
insert into comment (organisation_id, id, idea_id, author_id, anonymous, body, kind, created_at)
values ($1, $2, $3, $4, false, $5, 'COMMENT', now()) returning *"""
COUNT_COMMENT = "update idea set comment_count = comment_count + 1, active_at = now() where id = $1"
FOLLOW = """
insert into follow (organisation_id, idea_id, person_id) values ($1, $2, $3) on conflict do nothing"""
APPEND = """
with head as (update feed_head set position = position + 1 where organisation_id = $1 returning position)
insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_id, actor_shown, idea_id,
                   themes, units, facts)
select $1, position, clock_timestamp(), 'IDEA_SUBMITTED', 1, true, false, $2, true, $3, array[$4::uuid],
       array[$5::uuid], '{}' from head returning position"""
