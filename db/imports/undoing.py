"""Takes a batch back: many ideas a transaction; those that people have worked on stay and are named."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from db.engine import LOST, Database
from db.errors import Refused
from db.imports.place import find_organisation
from db.imports.report import Nobody, Watching
from db.imports.wording import counted
from db.log import Outcome, Transaction, writing
from db.operations.imports import TakenBack, undo_import

_COUNT = """
select count(*) from idea where organisation_id = $1 and import_batch_id = $2 and withdrawn_at is null
"""
_WHOSE = """
select slug from organisation join import_batch on organisation_id = organisation.id where import_batch.id = $1
"""
_SHOWN = 50


@dataclass(slots=True)
class Undone:
    """`kept`: the numbers of the ideas that stay. `before`: when it was undone already."""

    batch: str
    even_if_worked_on: bool
    withdrawn: int = 0
    kept: list[int] = field(default_factory=list)
    before: datetime | None = None
    stopped: str | None = None

    def __iter__(self) -> Iterator[str]:
        if self.before is not None and not self.withdrawn and self.stopped is None:
            yield f"Batch {self.batch} was undone already, on {self.before.day} {self.before:%B %Y}."
        else:
            yield f"Batch {self.batch}: {counted(self.withdrawn, 'idea')} withdrawn. The list can be imported again."
        if self.kept:
            named = ", ".join(f"IDEA-{number}" for number in self.kept[:_SHOWN])
            more = f" and {len(self.kept) - _SHOWN:,} more" if len(self.kept) > _SHOWN else ""
            why = "part of a win" if self.even_if_worked_on else "worked on since, or part of a win"
            yield f"{counted(len(self.kept), 'idea stays', 'ideas stay')}, {why}: {named}{more}."
            if not self.even_if_worked_on:
                yield "With --even-if-worked-on those that are in no win go too."
        if self.stopped is not None:
            yield self.stopped


async def undo(
    database: Database,
    batch: str,
    *,
    organisation: str | None = None,
    even_if_worked_on: bool = False,
    watching: Watching | None = None,
) -> Undone:
    """Withdraw what a batch brought. Raises UserMistake where there is no such batch."""
    watching = watching or Nobody()
    batch = batch.strip().upper()
    where = await find_organisation(database, organisation or await database.value(_WHOSE, [batch]))
    count = await database.value(_COUNT, [where.id, batch])
    undone = Undone(batch, even_if_worked_on)
    after: UUID | None = None
    first = True
    while first or after is not None:
        watching.step(undone.withdrawn + len(undone.kept), count)
        if watching.stopped:
            undone.stopped = "Stopped as you asked. Run the same command again: it goes on."
            break

        async def work(tx: Transaction, after: UUID | None = after) -> Outcome:
            return await undo_import(tx, where.admins[0], batch=batch, after=after, even_if_worked_on=even_if_worked_on)

        try:
            taken = (await writing(database, where.id, work)).outcome
        except (Refused, *LOST) as error:
            why = str(error) if isinstance(error, Refused) else "The database does not answer."
            undone.stopped = f"Stopped: {why} Run the same command again: it goes on."
            break
        assert isinstance(taken, TakenBack)
        undone.withdrawn += taken.withdrawn
        undone.kept += taken.kept
        undone.before = taken.undone_before if first else undone.before
        first, after = False, taken.last
    else:
        watching.step(count, count)
    undone.kept.sort()
    return undone
