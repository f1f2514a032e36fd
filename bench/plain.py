"""Plain Strawberry over the same tables, as its documentation has it: types, async resolvers, data loaders.

For the comparison alone. It checks no token and reads no position, which is in its favour.
"""

from uuid import UUID

import strawberry
from strawberry.types import Info

from bench.plain_loaders import Row, loads


@strawberry.type
class Person:
    name: str


@strawberry.type
class Unit:
    name: str


@strawberry.type
class Win:
    headline: str
    early: bool


@strawberry.type
class WinConnection:
    nodes: list[Win]


@strawberry.type
class Theme:
    row: strawberry.Private[Row]
    id: strawberry.ID
    title: str
    idea_count: int

    @strawberry.field
    async def wins(self, info: Info, first: int) -> WinConnection:
        return WinConnection(nodes=[win(row) for row in await loads(info).wins.load(self.row["id"])])


@strawberry.type
class Comment:
    row: strawberry.Private[Row]
    body: str
    kind: str

    @strawberry.field
    async def author(self, info: Info) -> Person | None:
        return await author(info, self.row)


@strawberry.type
class CommentConnection:
    nodes: list[Comment]


@strawberry.type
class Idea:
    row: strawberry.Private[Row]
    id: strawberry.ID
    title: str
    problem: str
    status: str
    support_count: int
    comment_count: int

    @strawberry.field
    async def author(self, info: Info) -> Person | None:
        return await author(info, self.row)

    @strawberry.field
    async def theme(self, info: Info) -> Theme | None:
        row = self.row["theme_id"] and await loads(info).themes.load(self.row["theme_id"])
        return theme(row) if row else None

    @strawberry.field
    async def comments(self, info: Info, last: int) -> CommentConnection:
        return CommentConnection(nodes=[comment(row) for row in await loads(info).comments.load(self.row["id"])])

    @strawberry.field
    async def viewer_supports(self, info: Info) -> bool:
        return await loads(info).supports.load(self.row["id"])

    @strawberry.field
    async def viewer_follows(self, info: Info) -> bool:
        return await loads(info).follows.load(self.row["id"])


@strawberry.type
class IdeaConnection:
    nodes: list[Idea]


@strawberry.type
class ThemeConnection:
    nodes: list[Theme]


async def author(info: Info, row: Row) -> Person | None:
    found = None if row["anonymous"] else await loads(info).people.load(row["author_id"])
    return Person(name=found["name"]) if found else None


def win(row: Row) -> Win:
    return Win(headline=row["headline"], early=row["early"])


def comment(row: Row) -> Comment:
    return Comment(row=row, body=row["body"], kind=row["kind"])


def theme(row: Row) -> Theme:
    return Theme(
        row=row,
        id=strawberry.ID(f"theme_{row['id']}"),
        title=row["title"],
        idea_count=row["idea_count"],
    )


def idea(row: Row) -> Idea:
    return Idea(
        row=row,
        id=strawberry.ID(f"idea_{row['id']}"),
        title=row["title"],
        problem=row["problem"],
        status=row["status"],
        support_count=row["support_count"],
        comment_count=row["comment_count"],
    )


BELOW = "(select unit_id from unit_within where ancestor_id = $2)"
CHOSEN = f"organisation_id = $1 and withdrawn_at is null and shown_unit_id in {BELOW}"
SINCE = "(select timezone(time_zone, (today - 1)::timestamp) from organisation where id = $1)"
AWAITS = "status = 'OPEN' and first_response_at is null"
OF_WINS = f"from win where organisation_id = $1 and unit_id in {BELOW}"


@strawberry.type
class BoardCounts:
    unit: strawberry.Private[UUID]

    async def count(self, info: Info, from_: str) -> int:
        found = await loads(info).pool.fetchval(f"select count(*) {from_}", loads(info).organisation, self.unit)
        return int(found)

    @strawberry.field
    async def open(self, info: Info) -> int:
        return await self.count(info, f"from idea where {CHOSEN} and status = 'OPEN'")

    @strawberry.field
    async def awaiting_response(self, info: Info) -> int:
        return await self.count(info, f"from idea where {CHOSEN} and {AWAITS}")

    @strawberry.field
    async def testing(self, info: Info) -> int:
        return await self.count(info, f"from idea where {CHOSEN} and status = 'TESTING'")

    @strawberry.field
    async def implemented(self, info: Info) -> int:
        return await self.count(info, f"from idea where {CHOSEN} and status in ('IMPLEMENTED', 'SUSTAINED')")

    @strawberry.field
    async def wins(self, info: Info) -> int:
        return await self.count(info, OF_WINS)

    @strawberry.field
    async def new_ideas(self, info: Info) -> int:
        return await self.count(info, f"from idea where {CHOSEN} and submitted_at >= {SINCE}")


@strawberry.type
class Board:
    unit: Unit
    counts: BoardCounts

    async def some(self, info: Info, condition: str, order: str, first: int) -> list[Idea]:
        text = f"select * from idea where {CHOSEN} and {condition} order by {order} limit $3"
        rows = await loads(info).pool.fetch(text, loads(info).organisation, self.counts.unit, first)
        return [idea(row) for row in rows]

    @strawberry.field
    async def new_ideas(self, info: Info, first: int) -> list[Idea]:
        return await self.some(info, f"submitted_at >= {SINCE}", "submitted_at desc, id desc", first)

    @strawberry.field
    async def awaiting_response(self, info: Info, first: int) -> list[Idea]:
        return await self.some(info, AWAITS, "submitted_at, id", first)

    @strawberry.field
    async def testing(self, info: Info, first: int) -> list[Idea]:
        return await self.some(info, "status = 'TESTING'", "updated_at desc, id desc", first)

    @strawberry.field
    async def wins(self, info: Info, first: int) -> list[Win]:
        text = f"select * {OF_WINS} order by shared_at desc, id desc limit $3"
        return [
            win(row) for row in await loads(info).pool.fetch(text, loads(info).organisation, self.counts.unit, first)
        ]


@strawberry.type
class Query:
    @strawberry.field
    async def ideas(self, info: Info, first: int) -> IdeaConnection:
        text = (
            "select * from idea where organisation_id = $1 and withdrawn_at is null "
            "order by submitted_at desc, id desc limit $2"
        )
        rows = await loads(info).pool.fetch(text, loads(info).organisation, first)
        return IdeaConnection(nodes=[idea(row) for row in rows])

    @strawberry.field
    async def idea(self, info: Info, id: strawberry.ID) -> Idea | None:
        text = "select * from idea where organisation_id = $1 and withdrawn_at is null and id = $2"
        row = await loads(info).pool.fetchrow(text, loads(info).organisation, uuid_of(id))
        return idea(row) if row else None

    @strawberry.field
    async def themes(self, info: Info, first: int) -> ThemeConnection:
        text = (
            "select * from theme where organisation_id = $1 and status <> 'DRAFT' "
            "order by created_at desc, id desc limit $2"
        )
        rows = await loads(info).pool.fetch(text, loads(info).organisation, first)
        return ThemeConnection(nodes=[theme(row) for row in rows])

    @strawberry.field
    async def board(self, info: Info, unit_id: strawberry.ID) -> Board | None:
        row = await loads(info).units.load(uuid_of(unit_id))
        return Board(unit=Unit(name=row["name"]), counts=BoardCounts(unit=row["id"])) if row else None


def uuid_of(id_: strawberry.ID) -> UUID:
    return UUID(id_.partition("_")[2])
