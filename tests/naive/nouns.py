"""Organisations, units, people, themes, ideas, comments and wins, field by field."""

from datetime import timedelta
from typing import Any

from db import rules
from db.terms import CommentAction, IdeaAction, IdeaStatus, ThemeAction, ThemeStatus, WinAction
from tests.naive import paging
from tests.naive.paging import FeedConnection, Page, waits
from tests.naive.similar import similar_to
from tests.naive.tables import Row
from tests.naive.things import Thing, narrowed, ordered
from tests.naive.values import read_id, write

Filter = dict[str, Any] | None


def overlap(row: Row, values: list[str]) -> bool:
    return not set(row["values"]).isdisjoint(values)


class Organisation(Thing):
    table, tag = "organisation", "org"

    def get_units(self, **page: Any) -> Page:
        return paging.UnitConnection(self.asks, self.seen("Unit"), paging.NAMES, **page)

    def get_viewer_can_create_themes(self) -> bool:
        leads = self.tables.has("unit_lead", person_id=self.asks.person)
        return rules.may_create_themes(rules.Standing(roles=self.asks.roles, leads=leads))


class Unit(Thing):
    table, tag = "unit", "unit"

    def get_parent(self) -> Thing | None:
        return self.one("Unit", self.row["parent_id"])

    def get_children(self) -> list[Thing]:
        return ordered(self.seen("Unit", lambda unit: unit["parent_id"] == self.row["id"]), "name")

    def get_leads(self) -> list[Thing]:
        return ordered(self.paired("unit_lead", "unit_id", "person_id", "Person"), "name")


class Person(Thing):
    table, tag = "person", "person"

    def get_email(self) -> str | None:
        myself = self.own and self.row["id"] == self.asks.person
        email: str = self.row["email"]
        return email if self.asks.is_admin or myself else None

    def get_unit(self) -> Thing | None:
        return self.one("Unit", self.row["unit_id"])

    def get_roles(self) -> list[str]:
        leads = self.tables.has("unit_lead", person_id=self.row["id"])
        return self.row["roles"] + ["UNIT_LEAD"] * leads


class Screen(Thing):
    table, tag = "screen", "screen"

    def get_unit(self) -> Thing | None:
        return self.one("Unit", self.row["unit_id"])

    def get_paired_by(self) -> Thing | None:
        return self.one("Person", self.row["paired_by"])


class Theme(Thing):
    table, tag = "theme", "theme"

    def get_owner(self) -> Thing | None:
        return self.one("Person", self.row["owner_id"])

    def get_units(self) -> list[Thing]:
        return ordered(self.paired("theme_unit", "theme_id", "unit_id", "Unit"), "name")

    def get_ideas(self, filter: Filter = None, order_by: str | None = None, **page: Any) -> Page:
        listed = ideas_of(self, filter, lambda idea: idea["theme_id"] == self.row["id"])
        return paging.IdeaConnection(self.asks, listed, paging.IDEAS[order_by or "NEWEST"], **page)

    def get_wins(self, **page: Any) -> Page:
        listed = self.seen("Win", lambda win: win["theme_id"] == self.row["id"])
        return paging.WinConnection(self.asks, listed, paging.WINS, **page)

    def get_viewer_can_do(self) -> list[ThemeAction]:
        window_open = rules.in_window(self.asks.organisation["today"], self.row["opens_on"], self.row["closes_on"])
        standing = self.asks.standing(self.row["created_by"], theme=self.row["id"])
        return rules.theme_actions(ThemeStatus(self.row["status"]), window_open, standing)


def themes_of(thing: Thing, filter: Filter) -> list[Thing]:
    asked = narrowed(filter)
    asks = thing.asks

    def fits(theme: Row) -> bool:
        return all(
            {
                "statuses": lambda value: theme["status"] in value,
                "unitId": lambda value: asks.is_for(theme, read_id("unit", value)),
                "values": lambda value: overlap(theme, value),
                "mine": lambda value: not value or asks.person in (theme["owner_id"], theme["created_by"]),
            }[name](value)
            for name, value in asked.items()
        )

    return thing.seen("Theme", fits, own=bool(asked.get("mine")))


class Idea(Thing):
    table, tag = "idea", "idea"

    def get_similar(self, first: int | None = None) -> list[Thing]:
        return similar_to(self, self.row["id"], first)

    def get_reference(self) -> str:
        return f"IDEA-{self.row['number']}"

    def get_author(self) -> Thing | None:
        return None if self.row["anonymous"] else self.one("Person", self.row["author_id"])

    def get_theme(self) -> Thing | None:
        return self.one("Theme", self.row["theme_id"])

    def get_unit(self) -> Thing | None:
        return self.one("Unit", self.row["shown_unit_id"])

    def get_viewer_supports(self) -> bool:
        return self.tables.has("support", idea_id=self.row["id"], person_id=self.asks.person)

    def get_viewer_follows(self) -> bool:
        return self.tables.has("follow", idea_id=self.row["id"], person_id=self.asks.person)

    def standing(self) -> rules.Standing:
        return self.asks.standing(self.row["author_id"], units=[self.row["shown_unit_id"]], theme=self.row["theme_id"])

    def get_viewer_can_move_to(self) -> list[IdeaStatus]:
        return rules.moves(IdeaStatus(self.row["status"]), self.standing())

    def get_viewer_can_do(self) -> list[IdeaAction]:
        return rules.idea_actions(IdeaStatus(self.row["status"]), self.standing())

    def get_wins(self) -> list[Thing]:
        return ordered(self.paired("win_idea", "idea_id", "win_id", "Win"), "shared_at", descending=True)

    def get_response_due_at(self) -> str:
        days = timedelta(hours=24 * self.asks.organisation["response_target_days"])
        due: str = write(self.row["submitted_at"] + days)
        return due

    def get_awaiting_response(self) -> bool:
        return waits(self.row)

    def get_comments(self, **page: Any) -> Page:
        listed = self.seen("Comment", lambda comment: comment["idea_id"] == self.row["id"])
        return paging.CommentConnection(self.asks, listed, paging.COMMENTS, **page)

    def get_history(self, **page: Any) -> Page:
        listed = self.seen("FeedEvent", lambda event: event["idea_id"] == self.row["id"])
        return FeedConnection(self.asks, listed, paging.FEED, **page)


def ideas_of(thing: Thing, filter: Filter, where: Any = lambda idea: True) -> list[Thing]:
    """IdeaFilter."""
    asked = narrowed(filter)
    asks, tables = thing.asks, thing.tables

    def fits(idea: Row) -> bool:
        return where(idea) and all(
            {
                "statuses": lambda value: idea["status"] in value,
                "themeId": lambda value: idea["theme_id"] == read_id("theme", value),
                "unitId": lambda value: tables.within(idea["shown_unit_id"], read_id("unit", value)),
                "values": lambda value: overlap(idea, value),
                "authorId": lambda value: not idea["anonymous"] and idea["author_id"] == read_id("person", value),
                "awaitingResponse": lambda value: waits(idea) is value,
                "text": lambda value: idea["id"] in tables.words[value],
                "submittedAfter": lambda value: idea["submitted_at"] > value,
                "submittedBefore": lambda value: idea["submitted_at"] < value,
                "mine": lambda value: not value or idea["author_id"] == asks.person,
                "followed": lambda value: not value or tables.has("follow", idea_id=idea["id"], person_id=asks.person),
            }[name](value)
            for name, value in asked.items()
        )

    return thing.seen("Idea", fits, own=bool(asked.get("mine")))


class Comment(Thing):
    table, tag = "comment", "comment"

    def get_idea(self) -> Thing | None:
        return self.one("Idea", self.row["idea_id"])

    def get_author(self) -> Thing | None:
        return None if self.row["anonymous"] else self.one("Person", self.row["author_id"])

    def get_viewer_can_do(self) -> list[CommentAction]:
        return rules.comment_actions(self.asks.standing(self.row["author_id"]))


class Win(Thing):
    table, tag = "win", "win"

    def get_ideas(self) -> list[Thing]:
        return ordered(self.paired("win_idea", "win_id", "idea_id", "Idea"), "number")

    def get_theme(self) -> Thing | None:
        return self.one("Theme", self.row["theme_id"])

    def get_unit(self) -> Thing | None:
        return self.one("Unit", self.row["unit_id"])

    def get_thanks(self) -> list[Thing]:
        return ordered(self.paired("win_thanks", "win_id", "person_id", "Person"), "name")

    def get_shared_by(self) -> Thing | None:
        """Nobody where it would give away who wrote one of its ideas without their name."""
        ids = {row["idea_id"] for row in self.tables.all("win_idea", win_id=self.row["id"])}
        nameless = self.tables.all("idea", anonymous=True, author_id=self.row["shared_by"])
        return None if any(idea["id"] in ids for idea in nameless) else self.one("Person", self.row["shared_by"])

    def get_viewer_can_do(self) -> list[WinAction]:
        standing = self.asks.standing(self.row["shared_by"], units=[self.row["unit_id"]], theme=self.row["theme_id"])
        return [WinAction.EDIT] if rules.may_edit_win(standing) else []


def wins_of(thing: Thing, filter: Filter) -> list[Thing]:
    asked = narrowed(filter)

    def fits(win: Row) -> bool:
        return all(
            {
                "themeId": lambda value: win["theme_id"] == read_id("theme", value),
                "unitId": lambda value: thing.tables.within(win["unit_id"], read_id("unit", value)),
                "values": lambda value: overlap(win, value),
                "early": lambda value: win["early"] is value,
            }[name](value)
            for name, value in asked.items()
        )

    return thing.seen("Win", fits)
