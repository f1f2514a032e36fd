"""The roots of queries, and the board."""

import re
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tests.naive import paging
from tests.naive.feed import events_of
from tests.naive.nouns import Filter, ideas_of, themes_of, wins_of
from tests.naive.paging import FeedConnection, Page, waits
from tests.naive.similar import similar_to
from tests.naive.tables import Row
from tests.naive.things import TYPES, Thing, ordered
from tests.naive.values import feed_cursor, read_id, split, write

REFERENCE = re.compile(r"\s*(?:IDEA)?[- ]*([0-9]{1,9})\s*", re.IGNORECASE)
BY_TAG = {"org": "Organisation", "unit": "Unit", "person": "Person", "theme": "Theme"} | {
    "idea": "Idea",
    "comment": "Comment",
    "win": "Win",
    "screen": "Screen",
}


class Query(Thing):
    def get_cursor(self) -> str:
        return feed_cursor(self.asks.head, self.asks.head["position"])

    def get_feed(self, filter: Filter = None, **page: Any) -> Page:
        return FeedConnection(self.asks, events_of(self, filter), paging.FEED, **page)

    def get_node(self, id: str) -> Thing | None:
        found = split(id)
        if found is None or found[0] not in BY_TAG:
            return None
        return self.one(BY_TAG[found[0]], found[1], own=True)

    def get_nodes(self, ids: list[str]) -> list[Thing | None]:
        return [self.get_node(id_) for id_ in ids]

    def get_viewer(self) -> Thing | None:
        return self.one("Person" if self.asks.screen is None else "Screen", self.asks.person, own=True)

    def get_screens(self, **page: Any) -> Page:
        return paging.ScreenConnection(self.asks, self.seen("Screen"), paging.NAMES, **page)

    def get_organisation(self) -> Thing | None:
        return self.one("Organisation", self.asks.organisation["id"])

    def get_themes(self, filter: Filter = None, **page: Any) -> Page:
        return paging.ThemeConnection(self.asks, themes_of(self, filter), paging.THEMES, **page)

    def get_theme(self, id: str) -> Thing | None:
        return self.one("Theme", read_id("theme", id), own=True)

    def get_ideas(self, filter: Filter = None, order_by: str | None = None, **page: Any) -> Page:
        return paging.IdeaConnection(self.asks, ideas_of(self, filter), paging.IDEAS[order_by or "NEWEST"], **page)

    def get_idea(self, id: str | None = None, reference: str | None = None) -> Thing | None:
        """By id or reference; by both, where both are of the same idea; by neither, none."""
        if id is None and reference is None:
            return None
        number = REFERENCE.fullmatch(reference) if reference is not None else None
        for idea in self.seen("Idea", own=True):
            by_id = id is None or idea.row["id"] == read_id("idea", id)
            by_number = reference is None or (number is not None and idea.row["number"] == int(number[1]))
            if by_id and by_number:
                return self.one("Idea", idea.row["id"], own=True)
        return None

    def get_similar_ideas(self, text: str, first: int | None = None) -> list[Thing]:
        return similar_to(self, text, first)

    def get_wins(self, filter: Filter = None, **page: Any) -> Page:
        return paging.WinConnection(self.asks, wins_of(self, filter), paging.WINS, **page)

    def get_people(self, search: str | None = None, unit_id: str | None = None, **page: Any) -> Page:
        def fits(person: Row) -> bool:
            listed = person["deactivated_at"] is None or self.asks.is_admin
            named = search is None or search.lower() in person["name"].lower()
            of_unit = unit_id is None or self.tables.within(person["unit_id"], read_id("unit", unit_id))
            return listed and named and of_unit

        return paging.PersonConnection(self.asks, self.seen("Person", fits), paging.NAMES, **page)

    def get_board(self, unit_id: str | None = None) -> Thing | None:
        unit = None if unit_id is None else read_id("unit", unit_id)
        if unit is None and self.asks.screen is not None:
            unit = self.asks.screen["unit_id"]
        if unit is not None and not self.asks.sees("unit", self.tables.get("unit", unit)):
            return None
        return TYPES["Board"](self.asks, {"unit": unit})


class Board(Thing):
    """The board of a unit and all below it, or of the whole organisation."""

    @property
    def its_unit(self) -> UUID | None:
        unit: UUID | None = self.row["unit"]
        return unit

    def is_here(self, unit: UUID | None) -> bool:
        return self.its_unit is None or self.tables.within(unit, self.its_unit)

    def ideas(self, *statuses: str) -> list[Thing]:
        return self.seen("Idea", lambda idea: self.is_here(idea["shown_unit_id"]) and idea["status"] in statuses)

    @cached_property
    def awaiting(self) -> list[Thing]:
        return self.seen("Idea", lambda idea: self.is_here(idea["shown_unit_id"]) and waits(idea))

    @cached_property
    def new(self) -> list[Thing]:
        """Submitted yesterday or today, as days go where the organisation is (rule 5)."""
        o = self.asks.organisation
        since = datetime.combine(o["today"] - timedelta(days=1), time(), ZoneInfo(o["time_zone"]))
        return self.seen("Idea", lambda idea: self.is_here(idea["shown_unit_id"]) and idea["submitted_at"] >= since)

    @cached_property
    def shared(self) -> list[Thing]:
        return self.seen("Win", lambda win: self.is_here(win["unit_id"]))

    def get_cursor(self) -> str:
        return feed_cursor(self.asks.head, self.asks.head["position"])

    def get_as_of(self) -> str:
        head, o = self.asks.head, self.asks.organisation
        last = self.tables.all("event", organisation_id=o["id"], position=head["position"])
        at: str = write(last[0]["at"] if last else o["created_at"])
        return at

    def get_unit(self) -> Thing | None:
        return self.one("Unit", self.its_unit)

    def get_themes(self) -> list[Thing]:
        """The open ones, those that close soonest first."""

        def fits(theme: Row) -> bool:
            return theme["status"] == "OPEN" and (self.its_unit is None or self.asks.is_for(theme, self.its_unit))

        def soonest(theme: Thing) -> Any:
            closes = theme.row["closes_on"]
            return (closes is None, closes and closes.toordinal(), theme.row["created_at"], theme.row["id"])

        return sorted(self.seen("Theme", fits), key=soonest)

    def get_counts(self) -> Thing:
        return BoardCounts(
            self.asks,
            {
                "open": len(self.ideas("OPEN")),
                "awaiting_response": len(self.awaiting),
                "testing": len(self.ideas("TESTING")),
                "implemented": len(self.ideas("IMPLEMENTED", "SUSTAINED")),
                "wins": len(self.shared),
                "new_ideas": len(self.new),
            },
        )

    def get_new_ideas(self, first: int | None = None) -> list[Thing]:
        return ordered(self.new, "submitted_at", descending=True)[: first or 10]

    def get_awaiting_response(self, first: int | None = None) -> list[Thing]:
        return ordered(self.awaiting, "submitted_at")[: first or 10]

    def get_testing(self, first: int | None = None) -> list[Thing]:
        return ordered(self.ideas("TESTING"), "updated_at", descending=True)[: first or 10]

    def get_wins(self, first: int | None = None) -> list[Thing]:
        return ordered(self.shared, "shared_at", descending=True)[: first or 5]


class BoardCounts(Thing):
    pass
