"""Orders, pages and connections: keyset paging over lists that are wholly there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.naive.asking import Asks
from tests.naive.tables import Row
from tests.naive.things import Thing
from tests.naive.values import feed_cursor, page_cursor, read_feed_cursor, read_page_cursor

DEFAULT, MOST = 20, 100


@dataclass(frozen=True)
class Order:
    """Sort keys, each with its type; the id comes last."""

    name: str
    keys: Sequence[tuple[Callable[[Row], Any], type]]
    descending: bool = False

    def place(self, row: Row) -> list[Any]:
        return [*(key(row) for key, _ in self.keys), row["id"]]

    def cursor(self, asks: Asks, row: Row) -> str:
        return page_cursor(self.name, self.place(row))

    def read(self, text: str) -> list[Any]:
        return read_page_cursor(self.name, [*(type_ for _, type_ in self.keys), UUID], text)


class Position(Order):
    """The order of a feed, whose page cursors are its cursors."""

    def place(self, row: Row) -> list[Any]:
        return [row["position"]]

    def cursor(self, asks: Asks, row: Row) -> str:
        return feed_cursor(asks.head, row["position"])

    def read(self, text: str) -> list[Any]:
        return [read_feed_cursor(text)[2]]


def by(column: str, type_: type = datetime) -> tuple[Callable[[Row], Any], type]:
    return lambda row: row[column], type_


def waits(idea: Row) -> bool:
    """Open, and nobody who may change the status has answered."""
    return idea["status"] == "OPEN" and idea["first_response_at"] is None


IDEAS = {
    "NEWEST": Order("NEWEST", [by("submitted_at")], descending=True),
    "OLDEST": Order("OLDEST", [by("submitted_at")]),
    "MOST_SUPPORTED": Order("MOST_SUPPORTED", [by("support_count", int)], descending=True),
    "MOST_DISCUSSED": Order("MOST_DISCUSSED", [by("comment_count", int)], descending=True),
    "RECENTLY_ACTIVE": Order("RECENTLY_ACTIVE", [by("active_at")], descending=True),
    "LONGEST_WAITING": Order("LONGEST_WAITING", [(lambda idea: 0 if waits(idea) else 1, int), by("submitted_at")]),
}
THEMES = Order("NEWEST", [by("created_at")], descending=True)
WINS = Order("NEWEST", [by("shared_at")], descending=True)
COMMENTS = Order("OLDEST", [by("created_at")])
NAMES = Order("NAME", [by("name", str)])
FEED = Position("POSITION", [])


class PageInfo(Thing):
    pass


class FeedPageInfo(Thing):
    pass


class Page(Thing):
    """A connection: the items between two places, from one end."""

    edge: type[Thing]
    info: type[Thing] = PageInfo

    def __init__(
        self,
        asks: Asks,
        things: list[Thing],
        order: Order,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> None:
        super().__init__(asks, {})
        self.order = order
        self.backward = last is not None
        self.after, self.before = after, before
        size = last or first or DEFAULT
        listed = sorted(things, key=lambda thing: order.place(thing.row), reverse=order.descending)
        if after is not None:
            listed = [thing for thing in listed if self.is_beyond(thing, order.read(after), order.descending)]
        if before is not None:
            listed = [thing for thing in listed if self.is_beyond(thing, order.read(before), not order.descending)]
        self.more = len(listed) > size
        self.things = listed[-size:] if self.backward else listed[:size]

    def is_beyond(self, thing: Thing, place: list[Any], downward: bool) -> bool:
        mine = self.order.place(thing.row)
        return mine < place if downward else mine > place

    def get_nodes(self) -> list[Thing]:
        return self.things

    def get_edges(self) -> list[Thing]:
        return [
            self.edge(self.asks, {"node": thing, "cursor": self.order.cursor(self.asks, thing.row)})
            for thing in self.things
        ]

    def get_page_info(self) -> Thing:
        cursors = [self.order.cursor(self.asks, thing.row) for thing in self.things]
        return self.info(
            self.asks,
            {
                "has_next_page": self.before is not None if self.backward else self.more,
                "has_previous_page": self.more if self.backward else self.after is not None,
                "start_cursor": cursors[0] if cursors else None,
                "end_cursor": self.end(cursors),
            },
        )

    def end(self, cursors: list[str]) -> str | None:
        return cursors[-1] if cursors else None


class Edge(Thing):
    def get_node(self) -> Thing:
        thing: Thing = self.row["node"]
        return thing


def connection(noun: str) -> type[Page]:
    """The connection type of a noun."""
    return type(f"{noun}Connection", (Page,), {"edge": type(f"{noun}Edge", (Edge,), {})})


IdeaConnection = connection("Idea")
ThemeConnection = connection("Theme")
WinConnection = connection("Win")
CommentConnection = connection("Comment")
PersonConnection = connection("Person")
UnitConnection = connection("Unit")
ScreenConnection = connection("Screen")


class FeedEdge(Edge):
    pass


class FeedConnection(Page):
    """Its end is where to go on: where no event follows, the position at which it was read."""

    edge = FeedEdge
    info = FeedPageInfo

    def end(self, cursors: list[str]) -> str | None:
        if self.before is None and (self.backward or not self.more):
            return feed_cursor(self.asks.head, self.asks.head["position"])
        return super().end(cursors)
