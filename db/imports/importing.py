"""Runs an import of ideas: many rows a transaction, each through the operations and their rules.

A transaction appends one IdeasImported, which tells front ends to ask again, and no event for each idea.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from db.engine import LOST, Database
from db.errors import Refused, UserMistake
from db.events import IdeasImported
from db.imports.dates import Dates
from db.imports.ideas import Judge, Judged, addresses, told_apart
from db.imports.names import IDEAS
from db.imports.place import Organisation, find_organisation, find_place
from db.imports.rejects import Rejects
from db.imports.report import Nobody, Report, Watching, dated, understood
from db.imports.sheet import Fault, Sheet, read_sheet
from db.imports.statuses import Statuses
from db.imports.wording import counted
from db.log import Outcome, Transaction, writing
from db.operations.imports import Batch, Finished, begin_import, finish_import, import_idea, lock_for_import
from db.statistics import analyse

AT_ONCE = 50  # rows in a transaction: who shares an idea meanwhile waits for its number no longer than that
_COLUMN_OF = {"themeId": "theme", "unitId": "unit", "to": "status", "body": "reason"}
_ALREADY = "select imported_from from idea where organisation_id = $1 and imported_from = any($2)"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was said about a list. `mapping`, `statuses`: "theirs=ours". `author`: who stands for rows naming nobody."""

    organisation: str | None = None
    mapping: Sequence[str] = ()
    statuses: Sequence[str] = ()
    sheet: str | None = None
    author: str | None = None
    month_first: bool = False
    rejects: Path | None = None
    dry_run: bool = False


async def import_ideas(database: Database, path: Path, asked: Asked, watching: Watching | None = None) -> Report:
    """Take over the rows of a list; a dry run does the same and keeps nothing.

    Raises UserMistake where the file, or what was asked for, is wrong as a whole: then nothing was taken over.
    """
    watching = watching or Nobody()
    sheet = read_sheet(IDEAS, path, asked.mapping, asked.sheet)
    for sentence in sheet.recognised():
        watching.say(sentence)
    organisation = await find_organisation(database, asked.organisation)
    place = await find_place(database, organisation, addresses(sheet.rows), asked.author)
    statuses = Statuses(asked.statuses)
    rejects = Rejects(asked.rejects or path.with_name(f"{path.name}.rejects.csv"), path, sheet.columns)
    try:
        batch = None if asked.dry_run else await _begin(database, organisation, sheet, watching)
        at = organisation.now if batch is None else batch.at
        dates = Dates(organisation.zone, at, month_first=asked.month_first)
        judge = Judge(place, statuses, dates, at)
        judged = told_apart([judge.judge(row) for row in sheet.rows])
    except BaseException:
        rejects.drop()
        raise
    run = Run(database, sheet, judge, None if batch is None else batch.batch, rejects, watching)
    run.report.notes += [*understood(statuses.read), *dated(dates.read, sheet.columns.headers())]
    if dates.other_way_round:
        run.report.notes.append(
            counted(
                dates.other_way_round,
                "date has no such month, and would be one as month/day/year",
                "dates have no such month, and would be dates as month/day/year",
            )
            + ": if this list writes the month first, say --month-first."
        )
    await run.through(judged)
    return run.report


async def _begin(database: Database, organisation: Organisation, sheet: Sheet, watching: Watching) -> Batch:
    async def work(tx: Transaction) -> Outcome:
        return await begin_import(tx, organisation.admins[0], file_name=sheet.path.name, digest=sheet.digest)

    batch = (await writing(database, organisation.id, work)).outcome
    assert isinstance(batch, Batch)
    goes = "goes on: this list was interrupted" if batch.goes_on else "begins"
    watching.say(f"Batch {batch.batch} {goes}.")
    return batch


class _Tried(Exception):
    """Ends the transaction of a dry run."""


@dataclass(slots=True)
class Run:
    """One run through a list. `seen`: the rows of this file that were taken over, by their identities."""

    database: Database
    sheet: Sheet
    judge: Judge
    batch: str | None
    rejects: Rejects
    watching: Watching
    seen: set[str] = field(default_factory=set)
    report: Report = field(init=False)

    def __post_init__(self) -> None:
        dry_run = self.batch is None
        self.report = Report(("idea", "ideas"), dry_run, batch=self.batch, rejects=self.rejects.path)

    async def through(self, rows: Sequence[Judged]) -> None:
        organisation = self.judge.place.organisation
        try:
            for begun in range(0, len(rows), AT_ONCE):
                self.watching.step(begun, len(rows))
                if self.watching.stopped:
                    self._stop(rows[begun], "as you asked.")
                    break
                some = _Some(self)
                try:
                    with suppress(_Tried):
                        await writing(self.database, organisation.id, partial(some.take, rows[begun : begun + AT_ONCE]))
                except (UserMistake, Refused) as refused:
                    self._stop(rows[begun], str(refused))
                    break
                except LOST:
                    self._stop(rows[begun], "the database does not answer.")
                    break
                self._keep(some)
            else:
                self.watching.step(len(rows), len(rows))
                await self._finish(organisation)
        finally:
            self.rejects.close(self.report)

    def _stop(self, row: Judged, why: str) -> None:
        self.report.stopped = (
            f"Stopped before line {row.row.line}: {why} Run the same command again: it goes on, and adds nothing twice."
        )

    def _keep(self, some: "_Some") -> None:
        report = self.report
        self.seen |= some.taken.keys()
        report.imported += len(some.taken)
        report.already += some.already
        for taken in some.taken.values():
            stands_in = taken.wanted is not None and taken.wanted.stands_in
            report.by_default += stands_in
            if taken.nobody is not None and not stands_in:
                report.nobody[taken.nobody] += 1
        for judged, faults in some.rejected:
            self.rejects.add(report, judged.row, faults)
        self.rejects.flush()

    async def _finish(self, organisation: Organisation) -> None:
        if self.batch is None:
            return
        work: Any = partial(finish_import, actor=organisation.admins[0], batch=self.batch)
        finished = (await writing(self.database, organisation.id, work)).outcome
        assert isinstance(finished, Finished)
        self.report.in_batch = finished.ideas
        if self.report.imported:
            await analyse(self.database)


@dataclass(slots=True)
class _Some:
    """The rows of one transaction. `taken`: by their identities."""

    run: Run
    taken: dict[str, Judged] = field(default_factory=dict)
    already: int = 0
    rejected: list[tuple[Judged, list[Fault]]] = field(default_factory=list)

    async def take(self, rows: Sequence[Judged], tx: Transaction) -> Outcome:
        # The transaction may be tried again, where it met a deadlock.
        self.taken, self.rejected, self.already = {}, [], 0
        themes = {each.wanted.theme for each in rows if each.wanted is not None}
        await lock_for_import(tx, self.run.batch, [theme for theme in themes if theme is not None])
        identities = [each.identity for each in rows if each.identity is not None]
        found = await tx.rows(_ALREADY, tx.organisation, identities)
        known = {row["imported_from"] for row in found} | self.run.seen
        for each in rows:
            if each.identity is not None and (each.identity in known or each.identity in self.taken):
                self.already += 1
            elif each.wanted is None or each.identity is None:
                self.rejected.append((each, each.faults))
            else:
                await self._share(tx, each, each.identity)
        if self.run.batch is None:
            raise _Tried
        return Outcome(tx.organisation, [IdeasImported(count=len(self.taken))] if self.taken else [])

    async def _share(self, tx: Transaction, judged: Judged, identity: str) -> None:
        wanted = judged.wanted
        assert wanted is not None
        given = asdict(wanted)
        del given["stands_in"]
        answers: UUID = self.run.judge.place.answers(wanted.author)
        try:
            async with tx.savepoint():
                await import_idea(tx, answers, batch=self.run.batch, imported_from=identity, **given)
        except (UserMistake, Refused) as error:
            path = error.path if isinstance(error, UserMistake) else ()
            ours = _COLUMN_OF.get(path[0], path[0]) if path else None
            self.rejected.append((judged, [(ours, str(error))]))
        else:
            self.taken[identity] = judged
