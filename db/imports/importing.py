"""Runs an import: batches of rows, each batch one transaction, each row through the operations and their rules.

A batch appends one IdeasImported, which tells front ends to ask again, and no event for each idea.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from uuid import UUID

from db.engine import Database
from db.errors import Refused, UserMistake
from db.events import IdeasImported
from db.imports.cells import identity, moment, status, way_to
from db.imports.place import Place, find_place, named
from db.imports.report import Rejected, Report
from db.imports.sheet import Row, Sheet, read_sheet
from db.log import Outcome, Transaction, writing
from db.operations.ideas import change_idea_status, submit_idea
from db.statistics import analyse
from db.terms import IdeaStatus, UserErrorCode

_AT_ONCE = 50  # rows in a transaction: who shares an idea meanwhile waits for its number no longer than that
_COLUMN_OF = {"themeId": "theme", "unitId": "unit", "to": "status"}
_ALREADY = "select imported_from from idea where organisation_id = $1 and imported_from = any($2)"
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('import into ' || $1::text, 0))"
# When it was answered nobody knows, where the list has no date for it.
_ANSWERED_SOMETIME = "update idea set first_response_at = null where organisation_id = $1 and id = any($2)"


async def import_file(
    database: Database,
    path: Path,
    *,
    organisation: str | None = None,
    mapping: Sequence[str] = (),
    author: str | None = None,
    dry_run: bool = False,
) -> Report:
    """Share the rows of a CSV file as ideas; a dry run does the same and keeps nothing.

    `mapping`: "their column=our column". `author`: the address of who stands for rows that name nobody who is here.
    Raises UserMistake where the file, or what was asked for, is wrong as a whole: then nothing was taken over.
    """
    sheet = read_sheet(path, mapping)
    place = await find_place(database, sheet.rows, organisation, author)
    report = Report(dry_run, notes=list(sheet.notes))
    report.rejected.extend(Rejected(line, None, "This row has more cells than the first one.") for line in sheet.broken)
    seen: set[str] = set()
    for begun in range(0, len(sheet.rows), _AT_ONCE):
        batch = _Batch(sheet, place, frozenset(seen), dry_run)
        rows = sheet.rows[begun : begun + _AT_ONCE]
        try:
            await writing(database, place.organisation, partial(batch.take, rows))
        except _Undone:
            pass
        except Refused as refused:
            report.stopped = f"Stopped before line {rows[0].line}: {refused} A second run adds nothing twice."
            break
        seen |= batch.taken
        report.imported += len(batch.taken)
        report.already += batch.already
        report.by_default += batch.by_default
        report.rejected.extend(batch.rejected)
    if report.imported and not dry_run:
        await analyse(database)
    return report


class _Undone(Exception):
    """Ends the transaction of a dry run."""


@dataclass(slots=True)
class _Batch:
    """`earlier`: the rows of this file that were taken before; `taken`: those of this batch, by their identities."""

    sheet: Sheet
    place: Place
    earlier: frozenset[str]
    dry_run: bool
    taken: set[str] = field(default_factory=set)
    already: int = 0
    by_default: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    answered_sometime: list[UUID] = field(default_factory=list)

    async def take(self, rows: Sequence[Row], tx: Transaction) -> Outcome:
        self._begin_again()
        await tx.run(_ONE_AT_A_TIME, str(tx.organisation))
        identities = {row.line: which for row in rows if (which := self._identity(row)) is not None}
        found = await tx.rows(_ALREADY, tx.organisation, list(identities.values()))
        known = self.earlier | {row["imported_from"] for row in found}
        for row in rows:
            which = identities.get(row.line)
            if which is None:
                continue
            if which in known or which in self.taken:
                self.already += 1
                continue
            try:
                async with tx.savepoint():
                    await self._share(tx, row, which)
            except (UserMistake, Refused) as error:
                self._reject(row, error)
            else:
                self.taken.add(which)
        if self.answered_sometime:
            await tx.run(_ANSWERED_SOMETIME, tx.organisation, self.answered_sometime)
        if self.dry_run:
            raise _Undone
        return Outcome(tx.organisation, [IdeasImported(count=len(self.taken))] if self.taken else [])

    def _begin_again(self) -> None:
        """The transaction may be tried again, where it met a deadlock."""
        self.taken, self.rejected, self.answered_sometime = set(), [], []
        self.already = self.by_default = 0

    async def _share(self, tx: Transaction, row: Row, which: str) -> None:
        cells, place = row.cells, self.place
        author = place.author_of(cells)
        theme, unit = named(cells, "theme", place.themes), named(cells, "unit", place.units)
        at, answered = self._moment(cells, "submitted"), self._moment(cells, "answered")
        goal = status(cells["status"]) if "status" in cells else IdeaStatus.OPEN
        way = way_to(goal)
        for column in ("reason", "answered"):
            if column in cells and not way:
                raise UserMistake(UserErrorCode.INVALID, "An idea that is open has none yet.", [column])
        if answered is not None and answered < (at or place.now):
            raise UserMistake(UserErrorCode.INVALID, "That is before it was submitted.", ["answered"])
        shared = await submit_idea(
            tx,
            author,
            problem=cells.get("problem", ""),
            solution=cells.get("solution"),
            title=cells.get("title"),
            theme=theme,
            unit=unit,
            at=at,
            imported_from=which,
        )
        for step in way:
            reason = cells.get("reason") if step is goal else None
            when = answered or at
            await change_idea_status(tx, place.admin, idea=shared.id, to=step, reason=reason, at=when)
        if way and answered is None:
            self.answered_sometime.append(shared.id)
        self.by_default += place.people.get(cells.get("author", "").lower()) is None

    def _moment(self, cells: dict[str, str], column: str) -> datetime | None:
        return moment(cells[column], self.place.zone, self.place.now, column) if column in cells else None

    def _identity(self, row: Row) -> str | None:
        try:
            return identity(row.cells)
        except UserMistake as error:
            self._reject(row, error)
            return None

    def _reject(self, row: Row, error: UserMistake | Refused) -> None:
        """With the column that is wrong, as the file calls it."""
        path = error.path if isinstance(error, UserMistake) else ()
        ours = _COLUMN_OF.get(path[0], path[0]) if path else None
        column = None if ours is None else self.sheet.headers.get(ours, ours)
        self.rejected.append(Rejected(row.line, column, str(error)))
