"""Who asks, what they see (rules 1, 8, 10), and how they stand to it (rule 2): in plain Python."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from db.rules import Standing
from db.terms import Role
from tests.naive.tables import Row, Tables

EVENTS = {
    "IDEA_SUBMITTED": "IdeaSubmitted",
    "IDEA_EDITED": "IdeaEdited",
    "IDEA_STATUS_CHANGED": "IdeaStatusChanged",
    "IDEA_SUPPORTED": "IdeaSupported",
    "IDEAS_IMPORTED": "IdeasImported",
    "COMMENT_ADDED": "CommentAdded",
    "COMMENT_EDITED": "CommentEdited",
    "WIN_SHARED": "WinShared",
    "WIN_EDITED": "WinEdited",
    "THEME_EDITED": "ThemeEdited",
    "THEME_OPENED": "ThemeOpened",
    "THEME_CLOSED": "ThemeClosed",
    "CONTENT_RETRACTED": "ContentRetracted",
}
KNOWN_VERSION = 1


@dataclass
class Asks:
    """Somebody signed in, or a screen, looking at the tables."""

    tables: Tables
    person: UUID

    @cached_property
    def me(self) -> Row:
        me = self.tables.get("person", self.person)
        assert me is not None
        return me

    @cached_property
    def screen(self) -> Row | None:
        return self.tables.get("screen", self.person)

    @property
    def organisation(self) -> Row:
        mine = self.me if self.screen is None else self.screen
        organisation = self.tables.get("organisation", mine["organisation_id"])
        assert organisation is not None
        return organisation

    @cached_property
    def head(self) -> Row:
        return self.tables.all("feed_head", organisation_id=self.organisation["id"])[0]

    @property
    def is_admin(self) -> bool:
        return self.screen is None and "ADMIN" in self.me["roles"]

    # -- what is seen

    def sees(self, table: str, row: Row | None, *, own: bool = False) -> bool:
        """`own`: by id or in `mine`, where one's own unpublished things show too."""
        if row is None:
            return False
        if row["id" if table == "organisation" else "organisation_id"] != self.organisation["id"]:
            return False
        if table == "screen":
            return self.is_admin or row is self.screen or (self.screen is None and self.leads(row["unit_id"]))
        if self.screen is not None and not self.is_for_a_wall(table, row, self.screen["unit_id"]):
            return False
        if table == "idea":
            return row["status"] != "WITHDRAWN" or (own and row["author_id"] == self.person)
        if table == "theme":
            prepares = self.is_admin or self.person in (row["owner_id"], row["created_by"])
            return row["status"] != "DRAFT" or (own and prepares)
        if table == "comment":
            return row["removed_at"] is None and self.sees("idea", self.tables.get("idea", row["idea_id"]))
        if table == "event":
            return self.sees_event(row)
        return True

    def is_for_a_wall(self, table: str, row: Row, unit: UUID | None) -> bool:
        """What a screen may show at all: of its unit, if it has one; people who agreed to it and are still here."""
        if table == "person" and (not row["shown_on_screens"] or row["deactivated_at"] is not None):
            return False
        if table == "theme" and unit is not None:
            return self.is_for(row, unit)
        place = {"unit": "id", "person": "unit_id", "idea": "shown_unit_id", "win": "unit_id"}.get(table)
        if table == "comment" or place is None:
            return table != "comment"
        return unit is None or self.tables.within(row[place], unit)

    def is_for(self, theme: Row, unit: UUID) -> bool:
        """Themes without units, and those with this unit, one above or one below it (rule 8)."""
        within = self.tables.within
        units = [row["unit_id"] for row in self.tables.all("theme_unit", theme_id=theme["id"])]
        return not units or any(within(own, unit) or within(unit, own) for own in units)

    def sees_event(self, event: Row) -> bool:
        if not event["public"] or event["type"] not in EVENTS or event["version"] > KNOWN_VERSION:
            return False
        return all(
            event[f"{noun}_id"] is None or self.sees(noun, self.tables.get(noun, event[f"{noun}_id"]))
            for noun in ("idea", "comment", "theme", "win")
        )

    # -- how they stand

    @property
    def roles(self) -> frozenset[Role]:
        derived = {Role.UNIT_LEAD} if self.tables.has("unit_lead", person_id=self.person) else set()
        return frozenset(derived | {Role(role) for role in self.me["roles"]})

    def leads(self, unit: UUID | None) -> bool:
        led = {row["unit_id"] for row in self.tables.all("unit_lead", person_id=self.person)}
        return not led.isdisjoint(self.tables.upward(unit))

    def owns(self, theme: UUID | None) -> bool:
        row = self.tables.get("theme", theme)
        return row is not None and row["owner_id"] == self.person

    def standing(self, author: UUID | None, *, units: Any = (), theme: UUID | None = None) -> Standing:
        return Standing(
            roles=self.roles,
            author=author == self.person,
            leads=any(self.leads(unit) for unit in units),
            owns_theme=self.owns(theme),
        )
