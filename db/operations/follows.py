"""Supporting and following ideas."""

from datetime import datetime
from uuid import UUID

import asyncpg

from db.events import IdeaSupported, Silent
from db.log import Outcome, Transaction
from db.operations.acting import require
from db.operations.found import FoundIdea, find_idea, known_idea, on_idea

_SUPPORT = on_idea(
    """
with added as (
    insert into support (organisation_id, idea_id, person_id, at)
    select :organisation, i.id, :actor, coalesce(:at, now()) from idea i where i.id = :idea and {visible}
    on conflict do nothing returning idea_id
), counted as (
    update idea i set support_count = support_count + 1, active_at = greatest(active_at, coalesce(:at, now()))
    from added where i.id = added.idea_id and {visible} returning {facts}
), followed as (
    insert into follow (organisation_id, idea_id, person_id) select :organisation, idea_id, :actor from added
    on conflict do nothing
)
select * from counted
"""
)
_UNSUPPORT = on_idea(
    """
with taken as (
    delete from support where organisation_id = :organisation and idea_id = :idea and person_id = :actor
    returning idea_id
), counted as (
    update idea i set support_count = support_count - 1, active_at = now()
    from taken where i.id = taken.idea_id and {visible} returning {facts}
)
select * from counted
"""
)
_FOLLOW = """
insert into follow (organisation_id, idea_id, person_id) values ($1, $2, $3) on conflict do nothing returning true
"""
_UNFOLLOW = "delete from follow where organisation_id = $1 and idea_id = $2 and person_id = $3 returning true"


async def support_idea(tx: Transaction, actor: UUID, *, idea: UUID, at: datetime | None = None) -> Outcome:
    """Who supports an idea follows it too. `at`: when it was, for a demonstration."""
    return await _change(tx, actor, idea, await tx.ask(_SUPPORT, actor=actor, idea=idea, at=at))


async def unsupport_idea(tx: Transaction, actor: UUID, *, idea: UUID) -> Outcome:
    """Takes support back; they go on following until they say otherwise."""
    return await _change(tx, actor, idea, await tx.ask(_UNSUPPORT, actor=actor, idea=idea))


async def _change(tx: Transaction, actor: UUID, idea: UUID, changed: asyncpg.Record | None) -> Outcome:
    """Judge what was changed; where that is nothing it is as they want it, or there is no such idea."""
    found = _taking_part(
        await find_idea(tx, actor, idea) if changed is None else known_idea(changed, actor), "support ideas"
    )
    found.require_published()
    return Outcome(idea, [] if changed is None else [IdeaSupported(**found.facts(actor))])


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
    return _taking_part(await find_idea(tx, actor, idea), what)


def _taking_part(found: FoundIdea, what: str) -> FoundIdea:
    require(found.standing.takes_part, what)
    return found
