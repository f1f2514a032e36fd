"""Imports: the batch of a list, its ideas with their answers, and how a batch is taken back."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from db.errors import UserMistake
from db.events import ContentRetracted
from db.log import Outcome, Transaction
from db.operations.acting import not_now, require_admin
from db.operations.comments import add_comment
from db.operations.ideas import change_idea_status, submit_idea
from db.rules import way_to
from db.terms import IdeaStatus, UserErrorCode

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is mistaken for another
_ID = 6
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('import into ' || $1::text, 0))"


@dataclass(frozen=True, slots=True)
class Batch(Outcome):
    """`batch`: its id. `at`: when it began; whatever its ideas have no date for was then, also where it goes on."""

    batch: str = ""
    at: datetime = datetime.min
    goes_on: bool = False


_UNFINISHED = """
select id, begun_at from import_batch
where organisation_id = $1 and digest = $2 and finished_at is null and undone_at is null order by begun_at limit 1
"""
_BEGIN = """
insert into import_batch (organisation_id, id, file_name, digest) values ($1, $2, $3, $4) returning id, begun_at
"""


async def begin_import(tx: Transaction, actor: UUID | None, *, file_name: str, digest: bytes) -> Batch:
    """The batch in which the same list was interrupted, or a new one. Administrators."""
    await require_admin(tx, actor, "import ideas")
    await tx.run(_ONE_AT_A_TIME, str(tx.organisation))
    found = await tx.row(_UNFINISHED, tx.organisation, digest)
    batch = "".join(secrets.choice(_LETTERS) for _ in range(_ID))
    row = found or await tx.row(_BEGIN, tx.organisation, batch, file_name, digest)
    assert row is not None, "an insert answers with its row"
    return Batch(tx.organisation, batch=row["id"], at=row["begun_at"], goes_on=found is not None)


_COUNT = "select count(*) as n from idea where organisation_id = $1 and import_batch_id = $2"
_FINISH = "update import_batch set finished_at = now() where organisation_id = $1 and id = $2 and finished_at is null"
_FORGET = "delete from import_batch where organisation_id = $1 and id = $2"


@dataclass(frozen=True, slots=True)
class Finished(Outcome):
    ideas: int = 0


async def finish_import(tx: Transaction, actor: UUID | None, *, batch: str) -> Finished:
    """The list is through. A batch that took nothing is forgotten. Administrators."""
    await require_admin(tx, actor, "import ideas")
    await tx.run(_ONE_AT_A_TIME, str(tx.organisation))
    row = await tx.row(_COUNT, tx.organisation, batch)
    assert row is not None, "a count has one row"
    await tx.run(_FINISH if row["n"] else _FORGET, tx.organisation, batch)
    return Finished(tx.organisation, ideas=row["n"])


_UNDONE = "select undone_at is not null as undone from import_batch where organisation_id = $1 and id = $2 for share"
_LOCK_NUMBER = "select last from idea_number where organisation_id = $1 for no key update"
_LOCK_THEMES = "select id from theme where organisation_id = $1 and id = any($2) order by id for no key update"


async def lock_for_import(tx: Transaction, batch: str | None, themes: Sequence[UUID]) -> None:
    """What many ideas at once lock, before the first of them.

    One import at a time; then as everybody does: the number, and the themes in the order of their ids. `batch`: none
    for a dry run. Raises UserMistake where the batch was undone meanwhile.
    """
    await tx.run(_ONE_AT_A_TIME, str(tx.organisation))
    if batch is not None:
        row = await tx.row(_UNDONE, tx.organisation, batch)
        if row is None or row["undone"]:
            raise not_now("This batch was undone meanwhile.", "batch")
    await tx.rows(_LOCK_NUMBER, tx.organisation)
    if themes:
        await tx.rows(_LOCK_THEMES, tx.organisation, list(themes))


# Whoever answers in the list's stead follows none of it, and when it was answered is as the list says.
_ANSWERED = """
with unfollowed as (
    delete from follow where organisation_id = $1 and idea_id = $2 and person_id = $3 and $3 is distinct from $5::uuid
)
update idea set first_response_at = $4 where organisation_id = $1 and id = $2
"""


async def import_idea(
    tx: Transaction,
    actor: UUID,
    *,
    batch: str | None,
    imported_from: str,
    at: datetime,
    author: UUID | None,
    anonymous: bool = False,
    problem: str,
    solution: str | None = None,
    title: str | None = None,
    theme: UUID | None = None,
    unit: UUID | None = None,
    status: IdeaStatus = IdeaStatus.OPEN,
    answer: str | None = None,
    answered: datetime | None = None,
) -> Outcome:
    """An idea of an old list, with its status and its answer in the actor's name. Under `lock_for_import`.

    An answer is the reason of the status; an idea that stays open has it as a comment, which is its response.
    `answered`: when; where nobody knows, an idea that is open no more has no time of it.
    """
    shared = await submit_idea(
        tx, author, problem=problem, solution=solution, title=title, theme=theme, unit=unit, anonymous=anonymous,
        at=at, imported_from=imported_from, import_batch=batch,
    )  # fmt: skip
    when = answered or at
    way = way_to(status)
    for step in way:
        reason = answer if step is status else None
        await change_idea_status(tx, actor, idea=shared.id, to=step, reason=reason, at=when)
    if not way and answer is not None:
        await add_comment(tx, actor, idea=shared.id, body=answer, at=when)
        answered = when
    if way or answered is not None:
        await tx.run(_ANSWERED, tx.organisation, shared.id, actor, answered, author)
    return shared


@dataclass(frozen=True, slots=True)
class TakenBack(Outcome):
    """`withdrawn`: how many. `kept`: the numbers of those that stay. `last`: after which to go on; None at the end."""

    withdrawn: int = 0
    kept: Sequence[int] = ()
    last: UUID | None = None
    undone_before: datetime | None = None


_AT_ONCE = 100
_FIRST = UUID(int=0)
_BATCH = "select begun_at, undone_at from import_batch where organisation_id = $1 and id = $2 for no key update"
_UNDO = "update import_batch set undone_at = now() where organisation_id = $1 and id = $2"
_LOCK_IDEAS = f"""
select id from idea where organisation_id = $1 and import_batch_id = $2 and withdrawn_at is null and id > $3
order by id limit {_AT_ONCE} for no key update
"""
# All that the import wrote is dated when the batch began, or earlier; all that people do later is later.
_WORKED_ON = """
select id, number, theme_id, active_at > $3 or updated_at > $3 or exists (
    select from comment where comment.idea_id = idea.id and edited_at is not null) as worked_on,
    exists (select from win_idea where win_idea.idea_id = idea.id) as won
from idea where organisation_id = $1 and id = any($2) order by number
"""
_WITHDRAW = """
with hidden as (
    update comment set idea_withdrawn_at = now() where organisation_id = $1 and idea_id = any($2)
), counted as (
    update theme set idea_count = idea_count - gone.n
    from (select theme_id, count(*) as n from idea where organisation_id = $1 and id = any($2) group by 1) gone
    where theme.organisation_id = $1 and theme.id = gone.theme_id
)
update idea set status = 'WITHDRAWN', withdrawn_at = now(), imported_from = null, updated_at = now(),
    active_at = now(), version = version + 1
where organisation_id = $1 and id = any($2)
"""


async def undo_import(
    tx: Transaction, actor: UUID | None, *, batch: str, after: UUID | None = None, even_if_worked_on: bool = False
) -> TakenBack:
    """Withdraw the next ideas of a batch, so that the same list can be imported again. Administrators.

    Those that people have worked on stay, unless they are meant too; of those in a win all stay.
    """
    await require_admin(tx, actor, "undo an import")
    await tx.run(_ONE_AT_A_TIME, str(tx.organisation))
    row = await tx.row(_BATCH, tx.organisation, batch)
    if row is None:
        raise UserMistake(UserErrorCode.NOT_FOUND, f"There is no import batch “{batch}”.", ["batch"])
    if row["undone_at"] is None:
        await tx.run(_UNDO, tx.organisation, batch)
    locked = [each["id"] for each in await tx.rows(_LOCK_IDEAS, tx.organisation, batch, after or _FIRST)]
    found = await tx.rows(_WORKED_ON, tx.organisation, locked, row["begun_at"])
    kept = {each["id"] for each in found if each["won"] or (each["worked_on"] and not even_if_worked_on)}
    gone = [idea for idea in locked if idea not in kept]
    themes = {each["theme_id"] for each in found if each["id"] not in kept and each["theme_id"] is not None}
    if themes:
        await tx.rows(_LOCK_THEMES, tx.organisation, list(themes))
    if gone:
        await tx.run(_WITHDRAW, tx.organisation, gone)
    return TakenBack(
        tx.organisation,
        [ContentRetracted(actor=actor, node=f"idea_{idea}") for idea in gone],
        withdrawn=len(gone),
        kept=[each["number"] for each in found if each["id"] in kept],
        last=locked[-1] if len(locked) == _AT_ONCE else None,
        undone_before=row["undone_at"],
    )
