"""Who acts and how they stand to what they act on: SQL for the statement that finds it, and what follows from it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)

from db import models as t
from db import sight
from db.errors import Refused, UserMistake, forbidden
from db.log import Transaction
from db.rules import Standing
from db.sight import Columns, Condition
from db.sql import compiled
from db.terms import LEAVE, RefusalCode, Role, Sight, UserErrorCode


class Acting:
    """Who acts, as the parameters `organisation` and `actor` of a statement."""

    def __init__(self, seen: Sight) -> None:
        self._sight = seen

    @property
    def organisation(self) -> ColumnElement[UUID]:
        return bindparam("organisation", type_=Uuid, required=True)

    @property
    def person(self) -> ColumnElement[UUID]:
        return bindparam("actor", type_=Uuid, required=True)

    @property
    def unit(self) -> ColumnElement[UUID]:
        raise AssertionError("a screen changes nothing")

    @property
    def sight(self) -> Sight:
        return self._sight


MEMBER, ADMINISTRATOR = Acting(Sight.MEMBER), Acting(Sight.ADMIN)
CLOCK = Standing(roles=frozenset({Role.ADMIN}))  # the clock and an import may what an administrator may
# In the statements' text: fewer parameters to send.
ADMIN = literal_column(f"array['{Role.ADMIN}']", ARRAY(Text))
UNIT_LEAD = literal_column(f"array['{Role.UNIT_LEAD}']", ARRAY(Text))


def _actor() -> Columns:
    return t.people.alias("actor")


def is_actor(p: Columns) -> Condition:
    """Who acts, still one of us."""
    return and_(p.organisation_id == MEMBER.organisation, p.id == MEMBER.person, p.deactivated_at.is_(None))


def roles_of(p: Columns) -> ColumnElement[Any]:
    """The roles of a person, the derived one included."""
    lead = t.unit_leads.alias()
    leads_some = sight.some(lead, lead.c.person_id == p.id)
    return case((leads_some, p.roles.op("||")(UNIT_LEAD)), else_=p.roles)


def roles() -> ColumnElement[Any]:
    """The roles of who acts; null where they are not, or no longer, one of us."""
    p = _actor()
    return select(roles_of(p.c)).where(is_actor(p.c)).scalar_subquery()


def acts_for_all() -> Condition:
    """The clock acts, or an administrator."""
    p = _actor()
    admin = select(true()).where(is_actor(p.c), p.c.roles.contains(ADMIN))
    return or_(MEMBER.person.is_(None), exists(admin))


def stands(unit: ColumnElement[Any], theme: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """The columns that `standing` reads: roles, lead of this unit or one above, owner of this theme."""
    return [
        roles().label("roles"),
        sight.leads(unit, MEMBER).label("leads"),
        sight.owns(theme, MEMBER).label("owns_theme"),
    ]


def standing(row: asyncpg.Record, actor: UUID | None, author: UUID | None = None) -> Standing:
    """How the actor stands to what was found. Raises Refused where they are not, or no longer, one of us."""
    if actor is None:
        return CLOCK
    return Standing(
        roles=known_roles(row["roles"]),
        author=actor == author,
        leads=row["leads"],
        owns_theme=row["owns_theme"],
    )


def known_roles(stored: Iterable[str] | None) -> frozenset[Role]:
    if stored is None:
        raise Refused(RefusalCode.UNAUTHENTICATED, "Please sign in again.")
    return frozenset(Role(role) for role in stored)


_ROLES = compiled(select(roles().label("roles")))


async def own_standing(tx: Transaction, actor: UUID | None) -> Standing:
    """How the actor stands where nothing is acted on yet."""
    if actor is None:
        return CLOCK
    row = await tx.ask(_ROLES, actor=actor)
    assert row is not None, "a select of one scalar has one row"
    return Standing(roles=known_roles(row["roles"]))


async def require_admin(tx: Transaction, actor: UUID | None, what: str) -> None:
    require((await own_standing(tx, actor)).admin, what)


def require(allowed: bool, what: str) -> None:
    if not allowed:
        raise forbidden(what)


def not_now(message: str, *path: str) -> UserMistake:
    return UserMistake(UserErrorCode.NOT_ALLOWED_NOW, message, path)


def invalid(message: str, *path: str) -> UserMistake:
    return UserMistake(UserErrorCode.INVALID, message, path)


def limit(items: Iterable[object], most: int, *path: str) -> None:
    """Plain lists are bounded (rule 12)."""
    if sum(1 for _ in items) > most:
        raise UserMistake(UserErrorCode.LIMIT_REACHED, f"At most {most}, please.", path)


def changes(row: asyncpg.Record | Mapping[str, object], **wanted: object) -> dict[str, object]:
    """What an edit would really change: neither what is left alone nor what is so already."""
    return {name: value for name, value in wanted.items() if value is not LEAVE and row[name] != value}


def fresh(version: int, expected: int | None) -> None:
    """Raises STALE_VERSION where somebody else was quicker. Asked after `changes`: what is so already is fine."""
    if expected is not None and version != expected:
        raise UserMistake(UserErrorCode.STALE_VERSION, "Somebody else has changed this meanwhile.", ["expectedVersion"])


async def update(tx: Transaction, table: str, row: UUID, changed: Mapping[str, object], also: str = "") -> None:
    """Write an edit and count the version up. Names come from the code, values are parameters."""
    columns = "".join(f'"{name}" = ${n}, ' for n, name in enumerate(changed, start=3))
    await tx.run(
        f'update "{table}" set {columns}{also}version = version + 1 where organisation_id = $1 and id = $2',
        tx.organisation,
        row,
        *changed.values(),
    )


def local_date() -> ColumnElement[Any]:
    """The real date where the organisation is: what a write is judged by, before and after the day turned."""
    o = t.organisations.alias()
    zone = select(o.c.time_zone).where(o.c.id == MEMBER.organisation).scalar_subquery()
    return func.date(func.timezone(zone, func.now()))
