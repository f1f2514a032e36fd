"""Screens: approved, renamed and revoked by who leads their unit or administers; what they may see, while they may."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import Uuid, bindparam, or_, select

from db import models as t
from db import rules, sight
from db.engine import Database
from db.errors import UserMistake, not_found
from db.events import AccessChanged, Silent
from db.log import Outcome, Transaction
from db.operations.acting import MEMBER, acts_for_all, known_roles, require, roles
from db.operations.found import require_unit
from db.passwords import may_be_token, token_hash
from db.rules import NAME, Standing, clean, cleaned
from db.sql import compiled
from db.terms import Sight, UserErrorCode

_LEADER = compiled(
    select(
        roles().label("roles"),
        sight.leads(bindparam("unit", type_=Uuid, required=True), MEMBER).label("leads"),
    )
)
_LOCK = """
select name, screen_id, organisation_id, secret_hash, expires_at > now() as good from pairing where id = $1 for update
"""
_PAIRED = "select paired_by, unit_id, revoked_at, name from screen where organisation_id = $1 and id = $2"
_INSERT = """
insert into screen (organisation_id, id, unit_id, name, token_hash, paired_by) values ($1, $2, $3, $4, $5, $6)
"""
# Approved in its last seconds, its wall has not asked yet: whoever approved it was told that all is well.
_APPROVED = """
update pairing set organisation_id = $2, screen_id = $3, expires_at = greatest(expires_at, now() + $4::interval)
where id = $1
"""


async def approve_pairing(
    tx: Transaction, actor: UUID, *, pairing: UUID, name: str | None = None, unit: UUID | None = None
) -> Outcome:
    """A screen of this unit, or of the whole organisation. Leads of the unit; administrators.

    A code is good once: for whoever approved it, to ask for the same again changes nothing. `name` None: what the wall
    suggests.
    """
    name = cleaned(name, NAME, "name")
    row = await tx.ask(_LEADER, actor=actor, unit=unit)
    assert row is not None, "a select of scalars has one row"
    require(rules.may_pair_screens(Standing(roles=known_roles(row["roles"]), leads=row["leads"])), "pair a screen here")
    await require_unit(tx, unit, "unitId")
    waiting = await tx.row(_LOCK, pairing)
    if waiting is not None and waiting["organisation_id"] == tx.organisation:
        made = await tx.row(_PAIRED, tx.organisation, waiting["screen_id"])
        if made is not None and (actor, unit, None, name or made["name"]) == tuple(made):
            return Outcome(waiting["screen_id"])
    if waiting is None or not waiting["good"] or waiting["screen_id"] is not None:
        raise UserMistake(UserErrorCode.GONE, "This code was used already, or is too old.", ["code"])
    name = clean(name or waiting["name"] or "", NAME, "name")
    screen = uuid4()
    await tx.run(_INSERT, tx.organisation, screen, unit, name, waiting["secret_hash"], actor)
    await tx.run(_APPROVED, pairing, tx.organisation, screen, rules.PAIRING_REDEEMED_WITHIN)
    return Outcome(screen, [Silent(actor=actor)])


_s = t.screens.alias("s")
_FIND = compiled(
    select(_s.c.name, _s.c.revoked_at)
    .where(
        _s.c.organisation_id == MEMBER.organisation,
        _s.c.id == bindparam("screen", type_=Uuid, required=True),
        or_(acts_for_all(), sight.leads(_s.c.unit_id, MEMBER)),  # as sight.screen has it
    )
    .with_for_update(key_share=True, of=_s)
)


async def _find(tx: Transaction, actor: UUID | None, screen: UUID) -> asyncpg.Record:
    row = await tx.ask(_FIND, actor=actor, screen=screen)
    if row is None:
        raise not_found("screen", "screenId")
    return row


async def rename_screen(tx: Transaction, actor: UUID, *, screen: UUID, name: str) -> Outcome:
    """Leads of its unit; administrators."""
    name = clean(name, NAME, "name")
    row = await _find(tx, actor, screen)
    if row["name"] == name:
        return Outcome(screen)
    await tx.run("update screen set name = $3 where organisation_id = $1 and id = $2", tx.organisation, screen, name)
    return Outcome(screen, [Silent(actor=actor)])


async def revoke_screen(tx: Transaction, actor: UUID, *, screen: UUID) -> Outcome:
    """Its token is worth nothing from now on, and it goes blank within seconds. Leads of its unit; administrators."""
    row = await _find(tx, actor, screen)
    if row["revoked_at"] is not None:
        return Outcome(screen)
    await tx.run("update screen set revoked_at = now() where organisation_id = $1 and id = $2", tx.organisation, screen)
    return Outcome(screen, [AccessChanged(actor=actor, person=screen)])


# What a screen's token opens ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """A screen that may show something, and of which unit."""

    screen: UUID
    organisation: UUID
    unit: UUID | None

    @property
    def sight(self) -> Sight:
        return Sight.SCREEN if self.unit is None else Sight.UNIT_SCREEN


_OF_TOKEN = "select id, organisation_id, unit_id from screen where token_hash = $1 and revoked_at is null"
_NOW = "select id, organisation_id, unit_id from screen where id = $1 and revoked_at is null"


async def of_token(database: Database, token: str) -> Shown | None:
    """The screen of this token; None where there is none, or none any more."""
    if not may_be_token(token):
        return None
    row = await database.row(_OF_TOKEN, [token_hash(token)])
    return None if row is None else Shown(row["id"], row["organisation_id"], row["unit_id"])


async def access(database: Database, screen: UUID) -> Shown | None:
    """What a screen may show now; None where it was revoked."""
    row = await database.row(_NOW, [screen])
    return None if row is None else Shown(row["id"], row["organisation_id"], row["unit_id"])


_SEEN = """
update screen set last_seen_at = now(), last_event_at = greatest(last_event_at, seen.event_at)
from unnest($1::uuid[], $2::timestamptz[]) as seen(id, event_at)
where screen.id = seen.id and screen.revoked_at is null
"""


async def saw(database: Database, seen: Mapping[UUID, datetime | None]) -> None:
    """These screens are on, and were sent something at this time (None: nothing new). Moves no position (rule 4)."""
    async with database.writes.connection() as connection:
        order = sorted(seen)  # one order for all processes
        await connection.execute(_SEEN, order, [seen[screen] for screen in order])
