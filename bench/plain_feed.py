"""Plain Strawberry's own subscriptions over the same tables: graphql-transport-ws, a queue a subscriber, no more.

`loaded`: an event carries the idea's row, author and theme come by data loaders. `carried`: the mutation reads author
and theme once and the event carries them. The same settings as whoever wants it fast would choose: no compression, no
keep-alive, parsed and validated documents cached, orjson, a garbage collector that looks seldom.
"""

import asyncio
import gc
from collections.abc import AsyncGenerator, Callable
from typing import Any, Literal, TypeAlias
from uuid import UUID

import orjson
import strawberry
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.types import Info

from bench.plain import Idea, Person, Query, idea
from bench.plain_loaders import Loads, Row, loads
from bench.plain_server import Plain
from bench.plain_writes import SubmitIdeaInput, SubmitIdeaPayload, submitted

Way: TypeAlias = Literal["loaded", "carried"]


@strawberry.interface
class FeedItem:
    cursor: str


@strawberry.type
class IdeaSubmitted(FeedItem):
    idea: Idea


@strawberry.type
class CarriedTheme:
    title: str


@strawberry.type
class CarriedIdea:
    title: str
    problem: str
    status: str
    author: Person | None
    theme: CarriedTheme | None


@strawberry.type(name="IdeaSubmitted")
class CarriedSubmitted(FeedItem):
    idea: CarriedIdea


class Topic:
    """In-process pub/sub: a queue for each who listens."""

    def __init__(self) -> None:
        self.queues: set[asyncio.Queue[FeedItem]] = set()

    def publish(self, item: FeedItem) -> None:
        for queue in self.queues:
            queue.put_nowait(item)

    async def items(self) -> AsyncGenerator[FeedItem, None]:
        queue: asyncio.Queue[FeedItem] = asyncio.Queue()
        self.queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self.queues.discard(queue)


async def loaded(with_: Loads, cursor: str, row: Row) -> FeedItem:
    return IdeaSubmitted(cursor=cursor, idea=idea(row))


async def carried(with_: Loads, cursor: str, row: Row) -> FeedItem:
    author, theme = await asyncio.gather(with_.people.load(row["author_id"]), with_.themes.load(row["theme_id"]))
    whole = CarriedIdea(
        title=row["title"],
        problem=row["problem"],
        status=row["status"],
        author=Person(name=author["name"]) if author else None,
        theme=CarriedTheme(title=theme["title"]) if theme else None,
    )
    return CarriedSubmitted(cursor=cursor, idea=whole)


def schema(way: Way) -> strawberry.Schema:
    topic = Topic()
    event: Callable[..., Any] = loaded if way == "loaded" else carried

    @strawberry.type
    class Mutation:
        @strawberry.mutation
        async def submit_idea(self, info: Info, input: SubmitIdeaInput) -> SubmitIdeaPayload:
            with_ = loads(info)
            row, position = await submitted(with_, input, logged=True)
            topic.publish(await event(with_, f"bench.{with_.organisation.hex}.{position}", row))
            return SubmitIdeaPayload(idea=idea(row), user_errors=[])

    @strawberry.type
    class Subscription:
        @strawberry.subscription
        async def feed(self) -> AsyncGenerator[FeedItem, None]:
            async for item in topic.items():
                yield item

    return strawberry.Schema(
        Query,
        Mutation,
        Subscription,
        types=[IdeaSubmitted if way == "loaded" else CarriedSubmitted],
        extensions=[ParserCache, ValidationCache],
    )


class PlainFeed(Plain):
    """The ASGI application."""

    def __init__(self, dsn: str, organisation: UUID, person: UUID, way: Way) -> None:
        super().__init__(dsn, organisation, person, schema(way), keep_alive=False)
        gc.freeze()
        gc.set_threshold(50_000, 50, 100)

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data).decode()
