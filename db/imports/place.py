"""The organisation that ideas are imported into, as the rows of a list name it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from db.engine import Database
from db.errors import UserMistake
from db.imports.sheet import Row, plain
from db.terms import UserErrorCode

_ORGANISATIONS = "select id, slug, time_zone, now() as now from organisation order by slug"
_ADMIN = """
select id from person where organisation_id = $1 and deactivated_at is null and roles @> array['ADMIN']
order by created_at, id limit 1
"""
_PEOPLE = "select email, id from person where organisation_id = $1 and deactivated_at is null and email = any($2)"
_THEMES = "select title as name, id from theme where organisation_id = $1 and status <> 'DRAFT'"
_UNITS = "select name, id from unit where organisation_id = $1"


@dataclass(frozen=True, slots=True)
class Place:
    """`admin`: in whose name statuses are given. `author`: who stands for rows that name nobody who is here."""

    organisation: UUID
    admin: UUID
    zone: ZoneInfo
    now: datetime
    people: Mapping[str, UUID]
    themes: Mapping[str, list[UUID]]
    units: Mapping[str, list[UUID]]
    author: UUID | None

    def author_of(self, cells: Mapping[str, str]) -> UUID:
        """Raises UserMistake."""
        named = cells.get("author")
        found = self.people.get(named.lower()) if named is not None else None
        if found is not None or self.author is not None:
            return found or self.author  # type: ignore[return-value]
        reason = "An author is needed." if named is None else f"Nobody here has the address “{named}”."
        raise _wrong(f"{reason} (With --author EMAIL somebody stands for such rows.)", "author")


def named(cells: Mapping[str, str], column: str, known: Mapping[str, list[UUID]]) -> UUID | None:
    """The unit or theme that the row names, if it names one. Raises UserMistake."""
    name = cells.get(column)
    if name is None:
        return None
    found = known.get(plain(name), [])
    if len(found) != 1:
        count = f"There are {len(found)} {column}s" if found else f"There is no {column}"
        raise _wrong(f"{count} called “{name}”.", column)
    return found[0]


async def find_place(database: Database, rows: Iterable[Row], slug: str | None, author: str | None) -> Place:
    """Raises UserMistake where the organisation or --author is not to be found."""
    organisations = await database.rows(_ORGANISATIONS)
    slugs = ", ".join(each["slug"] for each in organisations)
    if slug is None and len(organisations) > 1:
        raise _wrong(f"There are several organisations: choose one with --organisation ({slugs}).")
    row = next((each for each in organisations if slug in (None, each["slug"])), None)
    if row is None:
        raise _wrong(f"There is no organisation “{slug or ''}”; there is: {slugs or 'none yet'}.")
    organisation: UUID = row["id"]
    written = {each.cells.get("author", "") for each in rows} | {author or ""}
    wanted = {address.lower() for address in written if address.isprintable()}
    people = {each["email"]: each["id"] for each in await database.rows(_PEOPLE, [organisation, sorted(wanted)])}
    if author is not None and author.lower() not in people:
        raise _wrong(f"--author {author}: nobody here has this address.")
    return Place(
        organisation=organisation,
        admin=await database.value(_ADMIN, [organisation]),
        zone=ZoneInfo(row["time_zone"]),
        now=row["now"],
        people=people,
        themes=_by_name(await database.rows(_THEMES, [organisation])),
        units=_by_name(await database.rows(_UNITS, [organisation])),
        author=None if author is None else people[author.lower()],
    )


def _by_name(rows: Iterable[asyncpg.Record]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for row in rows:
        found.setdefault(plain(row["name"]), []).append(row["id"])
    return found


def _wrong(message: str, *path: str) -> UserMistake:
    return UserMistake(UserErrorCode.INVALID, message, path)
