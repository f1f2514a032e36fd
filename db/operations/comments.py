"""Comments on ideas; the server decides which is a response."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, or_, select

from db import models as t
from db import rules, sight
from db.errors import not_found
from db.events import CommentAdded, CommentEdited, ContentRetracted
from db.log import Outcome, Transaction
from db.operations.acting import MEMBER, fresh, require
from db.operations.found import FoundIdea, find_idea, known_idea, on_idea
from db.rules import TEXT, Standing, clean
from db.sql import compiled
from db.terms import CommentKind

_ADD = on_idea(
    """
with counted as (
    update idea i set comment_count = comment_count + 1, active_at = greatest(active_at, coalesce(:at, now()))
    where i.id = :idea and {visible} returning {facts}
), written as (
    insert into comment (organisation_id, id, idea_id, author_id, anonymous, body, kind, created_at)
    select :organisation, :comment, id, :actor, :anonymous, :body, :kind, coalesce(:at, now()) from counted
), followed as (
    insert into follow (organisation_id, idea_id, person_id) select :organisation, id, :actor from counted
    on conflict do nothing
)
select * from counted
"""
)
_RESPONDS = f"""
with kept as (
    update comment set kind = '{CommentKind.RESPONSE}' where id = $2 and organisation_id = $1
)
update idea set first_response_at = coalesce($4, now()) where id = $3 and organisation_id = $1
"""


async def add_comment(
    tx: Transaction,
    actor: UUID,
    *,
    idea: UUID,
    body: str,
    anonymous: bool = False,
    at: datetime | None = None,
) -> Outcome:
    """Who comments follows the idea. `at`: when it was written, for an import or a demonstration."""
    body = clean(body, TEXT, "body")
    comment = uuid4()
    found = await _add(tx, actor, idea, comment, body=body, kind=CommentKind.COMMENT, anonymous=anonymous, at=at)
    require(found.standing.takes_part, "comment on ideas")
    found.require_published()
    if is_response(found, anonymous=anonymous):
        await tx.run(_RESPONDS, tx.organisation, comment, idea, at)
    return Outcome(comment, [CommentAdded(comment=comment, **found.facts(actor, shown=not anonymous))])


def is_response(found: FoundIdea, *, anonymous: bool = False) -> bool:
    """The first change of status or comment by somebody who may change the status and is not the author.

    It must not give a name that was not given (docs/decisions/0007): an anonymous comment is none, since its kind would
    tell that a lead wrote it; and a lead answers an anonymous idea of their own as any other, or would be known by it.
    """
    own = found.standing.author and not found.anonymous
    return not found.responded and not own and not anonymous and rules.may_change_status(found.standing)


async def give_reason(tx: Transaction, actor: UUID, found: FoundIdea, reason: str, at: datetime | None) -> CommentAdded:
    """The reason of a status, as a comment. The idea is locked."""
    comment = uuid4()
    await _add(tx, actor, found.id, comment, body=reason, kind=CommentKind.STATUS_REASON, anonymous=False, at=at)
    return CommentAdded(comment=comment, **found.facts(actor))


async def _add(
    tx: Transaction,
    actor: UUID,
    idea: UUID,
    comment: UUID,
    *,
    body: str,
    kind: CommentKind,
    anonymous: bool,
    at: datetime | None,
) -> FoundIdea:
    row = await tx.ask(_ADD, actor=actor, idea=idea, comment=comment, body=body, kind=kind, anonymous=anonymous, at=at)
    if row is None:
        raise not_found("idea", "ideaId")
    return known_idea(row, actor)


async def edit_comment(
    tx: Transaction, actor: UUID, *, comment: UUID, body: str, expected_version: int | None = None
) -> Outcome:
    """Its author alone."""
    body = clean(body, TEXT, "body")
    found = await _find(tx, actor, comment)
    if found.removed:
        raise not_found("comment", "commentId")
    require(rules.may_edit_comment(found.standing), "edit this comment")
    if body == found.body:
        return Outcome(comment)
    fresh(found.version, expected_version)
    await tx.run(_EDIT, tx.organisation, comment, body)
    facts = found.idea.facts(actor, shown=not found.anonymous)
    return Outcome(comment, [CommentEdited(comment=comment, **facts)])


_EDIT = """
update comment set body = $3, edited_at = now(), version = version + 1 where organisation_id = $1 and id = $2
"""
_REMOVE = """
with removed as (
    update comment set removed_at = now(), version = version + 1 where organisation_id = $1 and id = $2
)
update idea set comment_count = comment_count - 1 where organisation_id = $1 and id = $3
"""


async def remove_comment(tx: Transaction, actor: UUID, *, comment: UUID) -> Outcome:
    """Its author, a moderator or an administrator. The result is the idea."""
    found = await _find(tx, actor, comment)
    may = rules.may_remove_comment(found.standing)
    if found.removed:
        if not may:
            raise not_found("comment", "commentId")
        return Outcome(found.idea.id)
    require(may, "remove this comment")
    await tx.run(_REMOVE, tx.organisation, comment, found.idea.id)
    shown = not (found.anonymous and found.standing.author)
    return Outcome(found.idea.id, [ContentRetracted(actor=actor, actor_shown=shown, node=f"comment_{comment}")])


@dataclass(frozen=True, slots=True)
class _FoundComment:
    """A comment and its idea, both locked; `standing` is to the comment. Removed ones are found too."""

    idea: FoundIdea
    body: str
    anonymous: bool
    removed: bool
    version: int
    standing: Standing


_IDEA_OF = "select idea_id from comment where organisation_id = $1 and id = $2"
_c = t.comments.alias("c")
_COMMENT = compiled(
    select(_c)
    .where(
        _c.c.organisation_id == MEMBER.organisation,
        _c.c.id == bindparam("comment", type_=Uuid, required=True),
        or_(sight.comment(_c.c, MEMBER), _c.c.removed_at.is_not(None)),
    )
    .with_for_update(key_share=True)
)


async def _find(tx: Transaction, actor: UUID, comment: UUID) -> _FoundComment:
    missing = not_found("comment", "commentId")
    of = await tx.row(_IDEA_OF, tx.organisation, comment)
    if of is None:
        raise missing
    idea = await find_idea(tx, actor, of["idea_id"], missing)
    row = await tx.ask(_COMMENT, actor=actor, comment=comment)
    if row is None:
        raise missing
    return _FoundComment(
        idea=idea,
        body=row["body"],
        anonymous=row["anonymous"],
        removed=row["removed_at"] is not None,
        version=row["version"],
        standing=replace(idea.standing, author=actor == row["author_id"]),
    )
