"""The demonstration's organisation as seeding finds it: its units, people and open themes, always in the same order."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from random import Random
from uuid import UUID

from db.hospital.ideas import units_for
from db.hospital.people import PersonPlan, people
from db.hospital.places import units
from db.hospital.themes import themes
from db.hospital.wins import plan_of
from db.log import Transaction
from db.rules import in_window
from db.terms import Role

EVERYBODY = 5000
_SEED = "Ashcombe"


def draws(*what: object) -> Random:
    """Random numbers that are the same for the same thing on every machine."""
    return Random(" ".join(map(str, (_SEED, *what))))


@cache
def everybody() -> tuple[PersonPlan, ...]:
    """All who can come to work here; the first ones lead the units, in the units' order."""
    return tuple(people(draws("people"), EVERYBODY))


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who takes part."""

    id: UUID
    name: str
    unit: UUID | None


@dataclass(frozen=True, slots=True)
class OpenTheme:
    """An open theme; `plan` is its index in the hospital's themes."""

    id: UUID
    plan: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Who and what there is. `places`: the id of each unit of the hospital, by its index there."""

    now: datetime
    members: list[Member]
    by_unit: dict[UUID, list[Member]]
    unit_names: dict[UUID, str]
    leads: dict[UUID, UUID]
    coaches: list[UUID]
    admin: UUID
    themes: list[OpenTheme]
    places: list[UUID | None] = field(default_factory=list)

    def lead_of(self, unit: UUID | None) -> UUID | None:
        return None if unit is None else self.leads.get(unit)

    def lead_for(self, unit: UUID | None, author: UUID, *, anonymous: bool) -> UUID:
        """Who may answer: the unit's lead; a coach where the unit is not shown, or its lead is the author."""
        lead = None if anonymous else self.lead_of(unit)
        others = [each for each in (*self.coaches, self.admin) if each != author]
        return lead if lead is not None and lead != author else others[0]

    def concerning(self, unit: UUID | None) -> list[int]:
        """The indices of the themes that concern a unit most; all, where none does."""
        every = range(len(themes()))
        return [n for n in every if any(self.places[place] == unit for place in units_for(n))] or list(every)

    def unit_name(self, unit: UUID | None) -> str:
        return "" if unit is None else self.unit_names[unit]


_PEOPLE = """
select id, name, unit_id, roles from person where organisation_id = $1 and deactivated_at is null order by email
"""
_UNITS = """
select id, name, (
    select person.id from unit_lead join person on person.id = person_id
    where unit_lead.unit_id = unit.id and deactivated_at is null order by email limit 1) as lead
from unit where organisation_id = $1 order by name
"""
_THEMES = """
select theme.id, title, opens_on, closes_on, first_opened_at, organisation.today, now() as now
from theme join organisation on organisation.id = organisation_id
where organisation_id = $1 and status = 'OPEN' order by title
"""


async def look_round(tx: Transaction) -> Known:
    """Read all of it."""
    found = await tx.rows(_PEOPLE, tx.organisation)
    members = [Member(row["id"], row["name"], row["unit_id"]) for row in found if row["roles"] != [Role.EXECUTIVE]]
    by_unit: dict[UUID, list[Member]] = {}
    for member in members:
        if member.unit is not None:
            by_unit.setdefault(member.unit, []).append(member)
    places = await tx.rows(_UNITS, tx.organisation)
    by_name = {row["name"]: row["id"] for row in places}
    themes = [
        OpenTheme(row["id"], plan, row["first_opened_at"])
        for row in await tx.rows(_THEMES, tx.organisation)
        if (plan := plan_of(row["title"])) is not None and in_window(row["today"], row["opens_on"], row["closes_on"])
    ]
    clock = await tx.row("select now() as now")
    assert clock is not None, "a select of one value has one row"
    return Known(
        now=clock["now"],
        members=members,
        by_unit=by_unit,
        unit_names={row["id"]: row["name"] for row in places},
        leads={row["id"]: row["lead"] for row in places if row["lead"] is not None},
        coaches=[row["id"] for row in found if Role.COACH in row["roles"]],
        admin=next(row["id"] for row in found if Role.ADMIN in row["roles"]),
        themes=themes,
        places=[by_name.get(unit.name) for unit in units()],
    )
