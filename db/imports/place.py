"""The organisation that a list is imported into, as the rows of the list name it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from db.engine import Database
from db.errors import UserMistake
from db.imports.names import plain
from db.imports.wording import quoted
from db.rules import Standing, in_window
from db.terms import Role, ThemeStatus, UserErrorCode

T = TypeVar("T")

_ORGANISATIONS = "select id, slug, time_zone, public_url, now() as now from organisation order by slug"
_ADMINS = """
select id from person where organisation_id = $1 and deactivated_at is null and roles @> array['ADMIN']
order by created_at, id limit 2
"""
_PEOPLE = """
select email, id, roles, exists (select from unit_lead where person_id = person.id) as leads
from person where organisation_id = $1 and deactivated_at is null and email = any($2)
"""
_THEMES = """
select title as name, id, status, opens_on, closes_on, (now() at time zone $2)::date as today
from theme where organisation_id = $1 and status <> 'DRAFT'
"""
_UNITS = "select name, id, parent_id from unit where organisation_id = $1"
_STEP = re.compile(r"\s*[>/\\»›]\s*")


@dataclass(frozen=True, slots=True)
class Organisation:
    """`admins`: the first ones, in whose name statuses are given."""

    id: UUID
    admins: tuple[UUID, ...]
    zone: ZoneInfo
    public_url: str
    now: datetime


async def find_organisation(database: Database, slug: str | None) -> Organisation:
    """Raises UserMistake where it is not to be found, or not clear."""
    organisations = await database.rows(_ORGANISATIONS)
    slugs = ", ".join(each["slug"] for each in organisations)
    if slug is None and len(organisations) > 1:
        raise _wrong(f"There are several organisations: choose one with --organisation ({slugs}).")
    row = next((each for each in organisations if slug in (None, each["slug"])), None)
    if row is None:
        raise _wrong(f"There is no organisation “{slug or ''}”; there is: {slugs or 'none yet'}.")
    admins = tuple(each["id"] for each in await database.rows(_ADMINS, [row["id"]]))
    return Organisation(row["id"], admins, ZoneInfo(row["time_zone"]), row["public_url"], row["now"])


class Units:
    """Units by their names, and by their paths as “Medicine / Ward 4”, the last steps of one being enough."""

    def __init__(self, rows: Iterable[tuple[UUID, str, UUID | None]]) -> None:
        self._named: dict[str, list[UUID]] = {}
        self._of: dict[UUID, tuple[str, UUID | None]] = {}
        for unit, name, parent in rows:
            self.add(unit, name, parent)

    def add(self, unit: UUID, name: str, parent: UUID | None) -> None:
        self._of[unit] = (plain(name), parent)
        self._named.setdefault(plain(name), []).append(unit)

    def find(self, path: str) -> list[UUID]:
        """Those that it may mean."""
        found = self._named.get(plain(path), [])
        steps = [plain(step) for step in _STEP.split(path)]
        ends = found or [unit for unit in self._named.get(steps[-1], []) if self._ends(unit, steps)]
        whole = [unit for unit in ends if self._depth(unit) == len(steps)]
        return whole if len(ends) > 1 and len(steps) > 1 and whole else ends

    def _depth(self, unit: UUID | None) -> int:
        return 0 if unit is None else 1 + self._depth(self._of[unit][1])

    def _ends(self, unit: UUID | None, steps: Sequence[str]) -> bool:
        for step in reversed(steps):
            if unit is None or self._of[unit][0] != step:
                return False
            unit = self._of[unit][1]
        return True

    def child(self, name: str, parent: UUID | None) -> UUID | None:
        return next((unit for unit in self._named.get(plain(name), []) if self._of[unit][1] == parent), None)


def steps_of(path: str) -> list[str]:
    return [step for step in _STEP.split(path.strip()) if step]


async def find_units(database: Database, organisation: UUID) -> Units:
    rows = await database.rows(_UNITS, [organisation])
    return Units((row["id"], row["name"], row["parent_id"]) for row in rows)


@dataclass(frozen=True, slots=True)
class Place:
    """What rows of ideas name. `people`: by address, each with whether they take part. `themes`: each whether open."""

    organisation: Organisation
    people: Mapping[str, tuple[UUID, bool]]
    themes: Mapping[str, list[tuple[UUID, bool]]]
    units: Units
    author: UUID | None

    def answers(self, author: UUID | None) -> UUID:
        """In whose name an idea is answered: an administrator who did not write it, where there is one."""
        admins = self.organisation.admins
        return next((admin for admin in admins if admin != author), admins[0])

    def theme(self, name: str) -> UUID:
        """Raises UserMistake."""
        theme, is_open = _the_one(self.themes.get(plain(name), []), "theme", name)
        if not is_open:
            raise _wrong("This theme is not open.", "theme")
        return theme

    def unit(self, name: str) -> UUID:
        """Raises UserMistake."""
        return _the_one(self.units.find(name), "unit", name)


async def find_place(
    database: Database, organisation: Organisation, addresses: Iterable[str], author: str | None
) -> Place:
    """Raises UserMistake where --author is not to be found."""
    wanted = {address.lower() for address in (*addresses, author or "") if address.isprintable()}
    people = {
        each["email"]: (each["id"], _takes_part(each))
        for each in await database.rows(_PEOPLE, [organisation.id, sorted(wanted)])
    }
    if author is not None and author.lower() not in people:
        raise _wrong(f"--author {author}: nobody here has this address.")
    themes: dict[str, list[tuple[UUID, bool]]] = {}
    for row in await database.rows(_THEMES, [organisation.id, organisation.zone.key]):
        is_open = row["status"] == ThemeStatus.OPEN and in_window(row["today"], row["opens_on"], row["closes_on"])
        themes.setdefault(plain(row["name"]), []).append((row["id"], is_open))
    units = await find_units(database, organisation.id)
    return Place(organisation, people, themes, units, None if author is None else people[author.lower()][0])


def _takes_part(row: asyncpg.Record) -> bool:
    roles = frozenset(Role(role) for role in row["roles"]) | ({Role.UNIT_LEAD} if row["leads"] else frozenset())
    return Standing(roles=roles).takes_part


def _the_one(found: Sequence[T], column: str, name: str) -> T:
    if len(found) != 1:
        count = f"There are {len(found)} {column}s" if found else f"There is no {column}"
        raise _wrong(f"{count} called {quoted(name)}.", column)
    return found[0]


def _wrong(message: str, *path: str) -> UserMistake:
    return UserMistake(UserErrorCode.INVALID, message, path)
