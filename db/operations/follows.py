"""Supporting and following ideas."""

from datetime import datetime
from uuid import UUID

from db.events import IdeaSupported, Silent
from db.log import Outcome, Transaction
from db.operations.acting import require
from db.operations.found import FoundIdea, find_idea

_SUPPORT = """
with added as (
    insert into support (organisation_id, idea_id, person_id, at) values ($1, $2, $3, coalesce($4, now()))
    on conflict do nothing returning idea_id
), counted as (
    update idea set support_count = support_count + 1, active_at = greatest(active_at, coalesce($4, now()))
    from added where id = added.idea_id
), followed as (
    insert into follow (organisation_id, idea_id, person_id) select $1, idea_id, $3 from added on conflict do nothing
)
select true from added
"""
_UNSUPPORT = """
with taken as (
    delete from support where organisation_id = $1 and idea_id = $2 and person_id = $3 returning idea_id
), counted as (
    update idea set support_count = support_count - 1, active_at = now() from taken where id = taken.idea_id
)
select true from taken
"""
_FOLLOW = """
insert into follow (organisation_id, idea_id, person_id) values ($1, $2, $3) on conflict do nothing returning true
"""
_UNFOLLOW = "delete from follow where organisation_id = $1 and idea_id = $2 and person_id = $3 returning true"


async def support_idea(tx: Transaction, actor: UUID, *, idea: UUID, at: datetime | None = None) -> Outcome:
    """Who supports an idea follows it too. `at`: when it was, for a demonstration."""
    found = await _find(tx, actor, idea, "support ideas")
    found.require_published()
    if await tx.row(_SUPPORT, tx.organisation, idea, actor, at) is None:
        return Outcome(idea)
    return Outcome(idea, [IdeaSupported(**found.facts(actor))])


async def unsupport_idea(tx: Transaction, actor: UUID, *, idea: UUID) -> Outcome:
    """Takes support back; they go on following until they say otherwise."""
    found = await _find(tx, actor, idea, "support ideas")
    found.require_published()
    if await tx.row(_UNSUPPORT, tx.organisation, idea, actor) is None:
        return Outcome(idea)
    return Outcome(idea, [IdeaSupported(**found.facts(actor))])


async def follow_idea(tx: Transaction, actor: UUID, *, idea: UUID) -> Outcome:
    found = await _find(tx, actor, idea, "follow ideas")
    found.require_published()
    if await tx.row(_FOLLOW, tx.organisation, idea, actor) is None:
        return Outcome(idea)
    return Outcome(idea, [Silent(actor=actor)])


async def unfollow_idea(tx: Transaction, actor: UUID, *, idea: UUID) -> Outcome:
    await _find(tx, actor, idea, "follow ideas")
    if await tx.row(_UNFOLLOW, tx.organisation, idea, actor) is None:
        return Outcome(idea)
    return Outcome(idea, [Silent(actor=actor)])


async def _find(tx: Transaction, actor: UUID, idea: UUID, what: str) -> FoundIdea:
    found = await find_idea(tx, actor, idea)
    require(found.standing.takes_part, what)
    return found
