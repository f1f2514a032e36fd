"""Themes: what everyone works toward, for how long, and for which units."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, Uuid, any_, bindparam, func, select

from db import models as t
from db import rules, sight
from db.events import Silent, ThemeClosed, ThemeEdited, ThemeOpened
from db.log import Outcome, Transaction
from db.operations.acting import (
    MEMBER,
    changes,
    fresh,
    invalid,
    known_roles,
    limit,
    not_now,
    require,
    roles,
    update,
)
from db.operations.found import FoundTheme, find_theme, require_person, require_units
from db.rules import MOST_UNITS_OF_A_THEME, OBJECTIVE, TEXT, TITLE, Standing, clean, cleaned, once
from db.sql import compiled
from db.terms import LEAVE, Leave, ThemeStatus, Value

# The actor's roles, and whether they lead every one of these units or one above it.
_u = t.units.alias("u")
_LEADER = compiled(
    select(
        roles().label("roles"),
        select(func.coalesce(func.bool_and(sight.leads(_u.c.id, MEMBER)), False))
        .where(
            _u.c.organisation_id == MEMBER.organisation,  # others' are as if they were missing
            _u.c.id == any_(bindparam("units", type_=ARRAY(Uuid), required=True)),
        )
        .scalar_subquery()
        .label("leads"),
    )
)


async def create_theme(
    tx: Transaction,
    actor: UUID,
    *,
    title: str,
    objective: str,
    why: str | None = None,
    values: Sequence[Value] = (),
    units: Sequence[UUID] = (),
    owner: UUID | None = None,
    opens_on: date | None = None,
    closes_on: date | None = None,
    at: datetime | None = None,
) -> Outcome:
    """A draft, seen by its owner, who made it and administrators; `open_theme` or the clock opens it.

    `at`: when it was made, for a demonstration.
    """
    title, objective = clean(title, TITLE, "title"), clean(objective, OBJECTIVE, "objective")
    why, values, units = cleaned(why, TEXT, "why"), once(values), once(units)
    _require_window(opens_on, closes_on)
    limit(units, MOST_UNITS_OF_A_THEME, "unitIds")
    row = await tx.ask(_LEADER, actor=actor, units=units)
    assert row is not None, "a select of scalars has one row"
    standing = Standing(roles=known_roles(row["roles"]), leads=row["leads"])
    require(rules.may_create_themes(standing), "create a theme here")
    await require_units(tx, units, "unitIds")
    if owner is not None:
        await require_person(tx, owner, "ownerId")
    theme = uuid4()
    await tx.run(
        _INSERT, tx.organisation, theme, title, objective, why, values, owner or actor, actor, opens_on, closes_on, at
    )
    await _set_units(tx, theme, units)
    return Outcome(theme, [Silent(actor=actor)])


_INSERT = """
insert into theme
    (organisation_id, id, title, objective, why, status, values, owner_id, created_by, opens_on, closes_on, created_at)
values ($1, $2, $3, $4, $5, 'DRAFT', $6, $7, $8, $9, $10, coalesce($11, now()))
"""


async def edit_theme(
    tx: Transaction,
    actor: UUID | None,
    *,
    theme: UUID,
    title: str | Leave = LEAVE,
    objective: str | Leave = LEAVE,
    why: str | Leave | None = LEAVE,
    values: Sequence[Value] | Leave = LEAVE,
    units: Sequence[UUID] | Leave = LEAVE,
    owner: UUID | Leave = LEAVE,
    opens_on: date | Leave | None = LEAVE,
    closes_on: date | Leave | None = LEAVE,
    expected_version: int | None = None,
) -> Outcome:
    """Its owner and administrators. A draft's edit is told to nobody."""
    found = await _find_own(tx, actor, theme, "edit this theme")
    changed = changes(
        found.row,
        title=title if title is LEAVE else clean(title, TITLE, "title"),
        objective=objective if objective is LEAVE else clean(objective, OBJECTIVE, "objective"),
        why=why if why is LEAVE else cleaned(why, TEXT, "why"),
        values=values if values is LEAVE else once(values),
        owner_id=owner,
        opens_on=opens_on,
        closes_on=closes_on,
    )
    if units is not LEAVE:
        units = once(units)
        limit(units, MOST_UNITS_OF_A_THEME, "unitIds")
        if set(units) == set(found.units):
            units = LEAVE
    if not changed and units is LEAVE:
        return Outcome(theme)
    fresh(found.version, expected_version)
    _require_window(
        found.opens_on if opens_on is LEAVE else opens_on, found.closes_on if closes_on is LEAVE else closes_on
    )
    if owner is not LEAVE and "owner_id" in changed:
        await require_person(tx, owner, "ownerId")
        if found.status is ThemeStatus.DRAFT and not (found.standing.admin or found.row["created_by"] == actor):
            # They would no longer see it, and an edit that is done answers with its result.
            raise not_now("Open this draft first, or ask who made it to give it away.", "ownerId")
    touched = found.units
    if units is not LEAVE:
        await require_units(tx, units, "unitIds")
        if found.units and (not units or not set(units).issubset(found.units)):
            await _require_reach(tx, actor, units)
        await _set_units(tx, theme, units)
        # None means the whole organisation, before or after: then every unit's filter matches.
        touched = tuple(once([*touched, *units])) if touched and units else ()
    await update(tx, "theme", theme, changed)
    if found.status is ThemeStatus.DRAFT:
        return Outcome(theme, [Silent(actor=actor)])
    return Outcome(theme, [ThemeEdited(actor=actor, theme=theme, themes=(theme,), units=touched)])


async def open_theme(
    tx: Transaction,
    actor: UUID | None,
    *,
    theme: UUID,
    expected_version: int | None = None,
    at: datetime | None = None,
) -> Outcome:
    """Open a draft, or a closed theme again. Opened by somebody it is open from today, whatever its window said.

    `at`: when it was, for a demonstration.
    """
    found = await _find_own(tx, actor, theme, "open this theme")
    if found.status is ThemeStatus.OPEN and (
        actor is None or rules.in_window(found.today, found.opens_on, found.closes_on)
    ):
        return Outcome(theme)
    fresh(found.version, expected_version)
    changed: dict[str, object] = {"status": ThemeStatus.OPEN}
    if found.first_opened_at is None:
        changed["first_opened_at"] = at or found.now
    if actor is not None and found.opens_on is not None and found.opens_on > found.today:
        changed["opens_on"] = found.today
    if actor is not None and found.closes_on is not None and found.closes_on < found.today:
        changed["closes_on"] = None
    await update(tx, "theme", theme, changed)
    return Outcome(theme, [ThemeOpened(actor=actor, theme=theme, themes=(theme,), units=found.units)])


async def close_theme(
    tx: Transaction, actor: UUID | None, *, theme: UUID, expected_version: int | None = None
) -> Outcome:
    """Close an open theme: it takes no more ideas, and keeps what it has."""
    found = await _find_own(tx, actor, theme, "close this theme")
    if found.status is ThemeStatus.CLOSED:
        return Outcome(theme)
    if found.status is ThemeStatus.DRAFT:
        raise not_now("This theme has not been opened yet.", "themeId")
    fresh(found.version, expected_version)
    await update(tx, "theme", theme, {"status": ThemeStatus.CLOSED})
    return Outcome(theme, [ThemeClosed(actor=actor, theme=theme, themes=(theme,), units=found.units)])


async def _require_reach(tx: Transaction, actor: UUID | None, units: Sequence[UUID]) -> None:
    """For units that it was not for, or for all, a theme is meant by whoever might have made it so."""
    if actor is None:
        return
    row = await tx.ask(_LEADER, actor=actor, units=units)
    assert row is not None, "a select of scalars has one row"
    standing = Standing(roles=known_roles(row["roles"]), leads=row["leads"])
    require(rules.may_create_themes(standing), "make this theme one of these units")


async def _find_own(tx: Transaction, actor: UUID | None, theme: UUID, what: str) -> FoundTheme:
    found = await find_theme(tx, actor, theme)
    require(rules.may_change_theme(found.standing), what)
    return found


def _require_window(opens_on: date | None, closes_on: date | None) -> None:
    if opens_on is not None and closes_on is not None and closes_on < opens_on:
        raise invalid("A theme closes on the day it opens, or later.", "closesOn")


_CLEAR_UNITS = "delete from theme_unit where organisation_id = $1 and theme_id = $2 and unit_id <> all($3)"
_ADD_UNITS = """
insert into theme_unit (organisation_id, theme_id, unit_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing
"""


async def _set_units(tx: Transaction, theme: UUID, units: Sequence[UUID]) -> None:
    await tx.run(_CLEAR_UNITS, tx.organisation, theme, units)
    await tx.run(_ADD_UNITS, tx.organisation, theme, units)
