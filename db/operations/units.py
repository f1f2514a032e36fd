"""Units: their tree, leads and member counts."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from db.errors import UserMistake, not_found
from db.events import Silent
from db.log import Outcome, Transaction
from db.operations.acting import changes, fresh, invalid, limit, require_admin, update
from db.operations.found import require_people, require_unit
from db.rules import MOST_CHILDREN, MOST_LEADS, NAME, clean, once
from db.terms import LEAVE, Leave, UserErrorCode

_TREE = "select pg_advisory_xact_lock(hashtextextended('units of ' || $1::text, 0))"


async def lock_tree(tx: Transaction) -> None:
    """One at a time changes where units or people belong, or who administers: counts and pairs are read as they stay.

    Called before any statement that reads the tree: each statement sees what was committed when it began.
    """
    await tx.run(_TREE, str(tx.organisation))


_COUNT: Final = """
update unit set member_count = member_count + $3
where organisation_id = $1 and id in (select ancestor_id from unit_within where unit_id = $2)
"""


async def count_members(tx: Transaction, unit: UUID | None, more: int) -> None:
    """So many more (or fewer) active people in the unit and all above it. Under `lock_tree`."""
    if unit is not None and more:
        await tx.run(_COUNT, tx.organisation, unit, more)


async def create_unit(
    tx: Transaction,
    actor: UUID | None,
    *,
    name: str,
    parent: UUID | None = None,
    leads: Sequence[UUID] = (),
) -> Outcome:
    """A unit below `parent`, or at the top. Administrators."""
    name, leads = clean(name, NAME, "name"), once(leads)
    await require_admin(tx, actor, "change units")
    await lock_tree(tx)
    await _require_room(tx, parent)
    unit = uuid4()
    await tx.run(_INSERT, tx.organisation, unit, parent, name)
    await tx.run(_INSERT_WITHIN, tx.organisation, unit, parent)
    await _set_leads(tx, unit, leads, ())
    return Outcome(unit, [Silent(actor=actor)])


_INSERT = "insert into unit (organisation_id, id, parent_id, name) values ($1, $2, $3, $4)"
_INSERT_WITHIN = """
insert into unit_within (organisation_id, ancestor_id, unit_id, depth)
select $1::uuid, $2::uuid, $2, 0
union all select $1, ancestor_id, $2, depth + 1 from unit_within where organisation_id = $1 and unit_id = $3
"""


async def edit_unit(
    tx: Transaction,
    actor: UUID | None,
    *,
    unit: UUID,
    name: str | Leave = LEAVE,
    parent: UUID | Leave | None = LEAVE,
    leads: Sequence[UUID] | Leave = LEAVE,
    expected_version: int | None = None,
) -> Outcome:
    """Rename a unit, move it with all below it, or name its leads. Ideas keep the unit shown for them (rule 8)."""
    if name is not LEAVE:
        name = clean(name, NAME, "name")
    await require_admin(tx, actor, "change units")
    await lock_tree(tx)
    row = await tx.row(_FIND, tx.organisation, unit)
    if row is None:
        raise not_found("unit", "unitId")
    changed = changes(row, name=name, parent_id=parent)
    if leads is not LEAVE:
        leads = once(leads)
        if set(leads) == set(row["leads"]):
            leads = LEAVE
    if not changed and leads is LEAVE:
        return Outcome(unit)
    fresh(row["version"], expected_version)
    if "parent_id" in changed and parent is not LEAVE:
        await _move(tx, unit, parent, row["member_count"])
    if leads is not LEAVE:
        await _set_leads(tx, unit, leads, row["leads"])
    await update(tx, "unit", unit, changed)
    return Outcome(unit, [Silent(actor=actor)])


_FIND = """
select name, parent_id, member_count, version, array(select person_id from unit_lead where unit_id = unit.id) as leads
from unit where organisation_id = $1 and id = $2 for no key update
"""
_BELOW = "select true from unit_within where organisation_id = $1 and ancestor_id = $2 and unit_id = $3"
_LEAVE_ANCESTORS = """
delete from unit_within where organisation_id = $1
and unit_id in (select unit_id from unit_within where ancestor_id = $2)
and ancestor_id in (select ancestor_id from unit_within where unit_id = $2 and depth > 0)
"""
_JOIN_ANCESTORS = """
insert into unit_within (organisation_id, ancestor_id, unit_id, depth)
select $1, above.ancestor_id, below.unit_id, above.depth + 1 + below.depth
from unit_within above, unit_within below where above.unit_id = $3 and below.ancestor_id = $2
"""


async def _move(tx: Transaction, unit: UUID, parent: UUID | None, members: int) -> None:
    await _require_room(tx, parent)
    if parent is not None and await tx.row(_BELOW, tx.organisation, unit, parent) is not None:
        raise invalid("A unit cannot be moved below itself.", "parentId")
    await count_members(tx, unit, -members)
    await tx.run(_LEAVE_ANCESTORS, tx.organisation, unit)
    if parent is not None:
        await tx.run(_JOIN_ANCESTORS, tx.organisation, unit, parent)
    await count_members(tx, unit, members)


_CHILDREN = "select count(*) as n from unit where organisation_id = $1 and parent_id = $2"


async def _require_room(tx: Transaction, parent: UUID | None) -> None:
    if parent is None:
        return
    await require_unit(tx, parent, "parentId")
    row = await tx.row(_CHILDREN, tx.organisation, parent)
    if row is not None and row["n"] >= MOST_CHILDREN:
        raise UserMistake(
            UserErrorCode.LIMIT_REACHED, f"At most {MOST_CHILDREN} units below one, please.", ["parentId"]
        )


_CLEAR_LEADS = "delete from unit_lead where organisation_id = $1 and unit_id = $2 and person_id <> all($3)"
_ADD_LEADS = """
insert into unit_lead (organisation_id, unit_id, person_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing
"""


async def _set_leads(tx: Transaction, unit: UUID, leads: Sequence[UUID], before: Sequence[UUID]) -> None:
    limit(leads, MOST_LEADS, "leadIds")
    await require_people(tx, leads, "leadIds", known=before)
    await tx.run(_CLEAR_LEADS, tx.organisation, unit, leads)
    if leads:
        await tx.run(_ADD_LEADS, tx.organisation, unit, leads)
