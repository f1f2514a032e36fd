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
    """Somebody signed in, looking at the tables."""

    tables: Tables
    person: UUID

    @cached_property
    def me(self) -> Row:
        me = self.tables.get("person", self.person)
        assert me is not None
        return me

    @property
    def organisation(self) -> Row:
        organisation = self.tables.get("organisation", self.me["organisation_id"])
        assert organisation is not None
        return organisation

    @cached_property
    def head(self) -> Row:
        return self.tables.all("feed_head", organisation_id=self.organisation["id"])[0]

    @property
    def is_admin(self) -> bool:
        return "ADMIN" in self.me["roles"]

    # -- what is seen

    def sees(self, table: str, row: Row | None, *, own: bool = False) -> bool:
        """`own`: by id or in `mine`, where one's own unpublished things show too."""
        if row is None:
            return False
        if row["id" if table == "organisation" else "organisation_id"] != self.organisation["id"]:
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

    def standing(self, author: UUID, *, units: Any = (), theme: UUID | None = None) -> Standing:
        return Standing(
            roles=self.roles,
            author=author == self.person,
            leads=any(self.leads(unit) for unit in units),
            owns_theme=self.owns(theme),
        )
