"""People: who is invited, what they may, where they belong, and that they have left."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import asyncpg

from db.errors import UserMistake, not_found
from db.events import AccessChanged, Event, Silent
from db.log import Outcome, Transaction
from db.operations.acting import changes, fresh, invalid, not_now, own_standing, require_admin, update
from db.operations.found import require_unit
from db.operations.units import count_members, lock_tree
from db.passwords import new_token, token_hash
from db.rules import EMAIL, INVITATION_KEPT, NAME, clean, cleaned, once
from db.terms import LEAVE, Leave, Role, UserErrorCode


@dataclass(frozen=True, slots=True)
class Invited(Outcome):
    """`token`: what the one-time link to /welcome carries; it is kept nowhere, so this is the only time it is known."""

    token: str = field(default="", repr=False)


async def invite_person(
    tx: Transaction,
    actor: UUID | None,
    *,
    name: str,
    email: str,
    job_title: str | None = None,
    unit: UUID | None = None,
    roles: Sequence[Role] = (),
) -> Invited:
    """Somebody new, with a one-time link to set their password. Administrators.

    Inviting somebody again who never used their link gives them a new one, and changes nothing else.
    """
    name, email = clean(name, NAME, "name"), clean_email(email)
    job_title, roles = cleaned(job_title, NAME, "jobTitle"), clean_roles(roles)
    await require_admin(tx, actor, "invite people")
    waiting = await tx.row(_WAITING, tx.organisation, email)
    if waiting is not None:
        return Invited(waiting["id"], token=await renew_invitation(tx, waiting["id"]))
    if unit is not None:
        await lock_tree(tx)
        await require_unit(tx, unit, "unitId")
    person = uuid4()
    await insert_person(tx, person, name=name, email=email, job_title=job_title, unit=unit, roles=roles)
    return Invited(person, [Silent(actor=actor)], await renew_invitation(tx, person))


_WAITING = """
select id from person
where organisation_id = $1 and email = $2 and password_hash is null and deactivated_at is null for no key update
"""
_INSERT = """
insert into person (organisation_id, id, unit_id, name, email, job_title, roles) values ($1, $2, $3, $4, $5, $6, $7)
on conflict (email) do nothing returning true
"""


async def insert_person(
    tx: Transaction,
    person: UUID,
    *,
    name: str,
    email: str,
    job_title: str | None = None,
    unit: UUID | None = None,
    roles: Sequence[Role] = (Role.CONTRIBUTOR,),
) -> None:
    """What inviting, and making an organisation, write. With a unit: under `lock_tree`."""
    if await tx.row(_INSERT, tx.organisation, person, unit, name, email, job_title, roles) is None:
        raise _taken()
    await count_members(tx, unit, 1)


_FORGET = "delete from invitation where organisation_id = $1 and person_id = $2"
_INVITE = """
insert into invitation (organisation_id, person_id, token_hash, expires_at) values ($1, $2, $3, now() + $4::interval)
"""


async def renew_invitation(tx: Transaction, person: UUID) -> str:
    """A new one-time token; an earlier one no longer works."""
    token = new_token()
    await tx.run(_FORGET, tx.organisation, person)
    await tx.run(_INVITE, tx.organisation, person, token_hash(token), INVITATION_KEPT)
    return token


async def edit_person(
    tx: Transaction,
    actor: UUID | None,
    *,
    person: UUID,
    name: str | Leave = LEAVE,
    email: str | Leave = LEAVE,
    job_title: str | Leave | None = LEAVE,
    unit: UUID | Leave | None = LEAVE,
    roles: Sequence[Role] | Leave = LEAVE,
    expected_version: int | None = None,
) -> Outcome:
    """What an administrator may change of somebody: all but their consent and their password."""
    await require_admin(tx, actor, "change people")
    if unit is not LEAVE or roles is not LEAVE:  # two who demote each other: one after the other, and one is left
        await lock_tree(tx)
    row = await _find(tx, person)
    changed = changes(
        row,
        name=name if name is LEAVE else clean(name, NAME, "name"),
        email=email if email is LEAVE else clean_email(email),
        job_title=job_title if job_title is LEAVE else cleaned(job_title, NAME, "jobTitle"),
        unit_id=unit,
        roles=roles if roles is LEAVE else clean_roles(roles),
    )
    if not changed:
        return Outcome(person)
    fresh(row["version"], expected_version)
    if "roles" in changed and Role.ADMIN in row["roles"] and roles is not LEAVE and Role.ADMIN not in roles:
        await _require_another_admin(tx, person, "roles")
    if "unit_id" in changed and unit is not LEAVE:
        await require_unit(tx, unit, "unitId")
        if row["deactivated_at"] is None:
            await count_members(tx, row["unit_id"], -1)
            await count_members(tx, unit, 1)
    try:
        await update(tx, "person", person, changed)
    except asyncpg.UniqueViolationError as error:
        raise _taken() from error
    event: Event = AccessChanged(actor=actor, person=person) if "roles" in changed else Silent(actor=actor)
    return Outcome(person, [event])


async def deactivate_person(tx: Transaction, actor: UUID | None, *, person: UUID) -> Outcome:
    """Somebody has left: they are signed out everywhere and keep their name on what they did."""
    await require_admin(tx, actor, "change people")
    await lock_tree(tx)
    row = await _find(tx, person)
    if row["deactivated_at"] is not None:
        return Outcome(person)
    if Role.ADMIN in row["roles"]:
        await _require_another_admin(tx, person, "personId")
    await update(tx, "person", person, {}, also="deactivated_at = now(), ")
    await count_members(tx, row["unit_id"], -1)
    await tx.run(_SIGN_OUT, tx.organisation, person, None)
    await tx.run(_FORGET, tx.organisation, person)
    return Outcome(person, [AccessChanged(actor=actor, person=person)])


async def edit_profile(
    tx: Transaction,
    actor: UUID,
    *,
    name: str | Leave = LEAVE,
    job_title: str | Leave | None = LEAVE,
    shown_on_screens: bool | Leave = LEAVE,
    expected_version: int | None = None,
) -> Outcome:
    """What everybody may change of themselves; that they are named on screens is theirs alone to say."""
    await own_standing(tx, actor)
    row = await _find(tx, actor)
    changed = changes(
        row,
        name=name if name is LEAVE else clean(name, NAME, "name"),
        job_title=job_title if job_title is LEAVE else cleaned(job_title, NAME, "jobTitle"),
        shown_on_screens=shown_on_screens,
    )
    if not changed:
        return Outcome(actor)
    fresh(row["version"], expected_version)
    await update(tx, "person", actor, changed)
    return Outcome(actor, [Silent(actor=actor)])


async def change_password(
    tx: Transaction, actor: UUID, *, verified_hash: str, new_hash: str, session: UUID | None = None
) -> Outcome:
    """Set a new password and sign out every other device. `verified_hash`: what sessions.check_password answered."""
    if await tx.row(_CHANGE_PASSWORD, tx.organisation, actor, verified_hash, new_hash) is None:
        raise not_now("The password was changed meanwhile.", "currentPassword")
    await tx.run(_SIGN_OUT, tx.organisation, actor, session)
    return Outcome(actor, [AccessChanged(actor=actor, person=actor)])


_CHANGE_PASSWORD = """
update person set password_hash = $4
where organisation_id = $1 and id = $2 and password_hash = $3 and deactivated_at is null returning true
"""
_SIGN_OUT = """
update session set revoked_at = now()
where organisation_id = $1 and person_id = $2 and revoked_at is null and id is distinct from $3
"""
_FIND = """
select name, email, job_title, unit_id, roles, shown_on_screens, deactivated_at, version
from person where organisation_id = $1 and id = $2 for no key update
"""


async def _find(tx: Transaction, person: UUID) -> asyncpg.Record:
    row = await tx.row(_FIND, tx.organisation, person)
    if row is None:
        raise not_found("person", "personId")
    return row


_ADMINS = """
select id from person where organisation_id = $1 and deactivated_at is null and roles @> array['ADMIN']
order by id for no key update
"""


async def _require_another_admin(tx: Transaction, person: UUID, *path: str) -> None:
    if not any(row["id"] != person for row in await tx.rows(_ADMINS, tx.organisation)):
        raise not_now("Somebody has to be left who may administer this.", *path)


def clean_roles(roles: Sequence[Role]) -> list[Role]:
    """As they are kept: CONTRIBUTOR where nothing is said, never the derived one, in the order of the terms."""
    if Role.UNIT_LEAD in roles:
        raise invalid("Name them as a lead of their unit instead.", "roles")
    return [role for role in Role if role in once(roles)] or [Role.CONTRIBUTOR]


_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def clean_email(email: str, *path: str) -> str:
    """In lower case, as PostgreSQL would make it. Raises UserMistake."""
    path = path or ("email",)
    email = unicodedata.normalize("NFC", clean(email, EMAIL, *path).lower())
    if not _EMAIL.fullmatch(email) or not email.isprintable():
        raise invalid("This is not an e-mail address.", *path)
    return email


def _taken() -> UserMistake:
    return UserMistake(UserErrorCode.ALREADY_TAKEN, "Somebody already has this e-mail address.", ["email"])
