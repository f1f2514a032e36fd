"""Events, each type with what it carries, and the feed by pull."""

from typing import Any
from uuid import UUID

from tests.naive.asking import EVENTS
from tests.naive.tables import Row
from tests.naive.things import TYPES, Thing, narrowed
from tests.naive.values import feed_cursor, read_id


class FeedEvent(Thing):
    """Any event; `of` makes it one of its own type."""

    table = "event"

    def __new__(cls, asks: Any, row: Row, *, own: bool = False) -> "FeedEvent":
        return object.__new__(TYPES[EVENTS[row["type"]]])  # type: ignore[return-value]

    def get_cursor(self) -> str:
        return feed_cursor(self.asks.head, self.row["position"])

    def get_actor(self) -> Thing | None:
        return self.one("Person", self.row["actor_id"]) if self.row["actor_shown"] else None

    def get_idea(self) -> Thing | None:
        return self.one("Idea", self.row["idea_id"])

    def get_comment(self) -> Thing | None:
        return self.one("Comment", self.row["comment_id"])

    def get_win(self) -> Thing | None:
        return self.one("Win", self.row["win_id"])

    def get_theme(self) -> Thing | None:
        return self.one("Theme", self.row["theme_id"])

    def get_from(self) -> Any:
        return self.row["facts"]["from"]

    def get_to(self) -> Any:
        return self.row["facts"]["to"]

    def get_count(self) -> Any:
        return self.row["facts"]["count"]

    def get_node_id(self) -> Any:
        return self.row["facts"]["node"]

    def get_support_count(self) -> Any:
        idea = self.tables.get("idea", self.row["idea_id"])
        return idea and idea["support_count"]


for name in EVENTS.values():
    type(name, (FeedEvent,), {})


def events_of(thing: Thing, filter: dict[str, Any] | None) -> list[Thing]:
    """FeedFilter: by the facts in the event; what is unfiltered passes all but `types` (rule 4)."""
    asked = narrowed(filter)
    types = asked.pop("types", None)

    def fits(event: Row) -> bool:
        if types is not None and event["type"] not in types:
            return False
        return event["unfiltered"] or all(
            {
                "themeId": lambda value: read_id("theme", value) in event["themes"],
                "unitId": lambda value: is_of(thing, event, read_id("unit", value)),
                "ideaId": lambda value: event["idea_id"] == read_id("idea", value),
            }[name](value)
            for name, value in asked.items()
        )

    return thing.seen("FeedEvent", fits)


def is_of(thing: Thing, event: Row, unit: UUID) -> bool:
    """Of the unit or one below; of a theme also of one above, or of the whole organisation (rule 8)."""
    within = thing.tables.within
    if any(within(own, unit) for own in event["units"]):
        return True
    about_theme = event["type"].startswith("THEME_")
    return about_theme and (not event["units"] or any(within(unit, own) for own in event["units"]))
