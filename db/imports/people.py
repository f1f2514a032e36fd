"""Runs an import of people: each invited through the operations, units made where they are missing."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import UUID

from db.engine import LOST, Database
from db.errors import Refused, UserMistake
from db.events import Event
from db.imports.grid import wrong
from db.imports.importing import Asked
from db.imports.invitations import Invitation, Invitations
from db.imports.invited import Judged, Wanted, judge_all
from db.imports.names import PEOPLE
from db.imports.place import Organisation, Units, find_organisation
from db.imports.rejects import Rejects
from db.imports.report import Nobody, Report, Watching
from db.imports.sheet import Fault, Row, read_sheet
from db.imports.wording import counted, quoted
from db.log import Outcome, Transaction, writing
from db.operations.people import Invited, invite_person
from db.operations.units import create_unit, edit_unit, lock_tree

_AT_ONCE = 50
_UNITS = "select id, name, parent_id from unit where organisation_id = $1"
_HERE = """
select email, deactivated_at is not null as has_left, password_hash is null as waits
from person where organisation_id = $1 and email = any($2)
"""
_LEADS = "select person_id from unit_lead where organisation_id = $1 and unit_id = $2"
_COLUMN_OF = {"jobTitle": "job title", "unitId": "unit", "parentId": "unit", "leadIds": "lead"}


async def import_people(
    database: Database, path: Path, asked: Asked, invitations: Path | None = None, watching: Watching | None = None
) -> Report:
    """Invite those of a list who are not here; a dry run does the same and keeps nothing.

    Raises UserMistake where the file, or what was asked for, is wrong as a whole: then nobody was invited.
    """
    watching = watching or Nobody()
    sheet = read_sheet(PEOPLE, path, asked.mapping, asked.sheet)
    for sentence in sheet.recognised():
        watching.say(sentence)
    organisation = await find_organisation(database, asked.organisation)
    links = Invitations(invitations or path.with_name(f"{path.name}.invitations.csv"), path, organisation.public_url)
    rejects = Rejects(asked.rejects or path.with_name(f"{path.name}.rejects.csv"), path, sheet.columns)
    report = Report(("person", "people"), asked.dry_run, done="invited", rejects=rejects.path)
    run = _Run(database, organisation, links, report, rejects, watching)
    try:
        with links.alone():
            await run.invite(judge_all(sheet.rows))
    finally:
        rejects.close(report)
    if run.waiting:
        report.notes.append(
            counted(run.waiting, "person was invited before and has", "people were invited before and have")
            + f" set no password. No link of theirs is in {links.path.name}: invite them again for a new one."
        )
    return report


class _Tried(Exception):
    """Ends the transaction of a dry run."""


@dataclass(slots=True)
class _Run:
    """`waiting`: how many were invited by others and have set no password."""

    database: Database
    organisation: Organisation
    links: Invitations
    report: Report
    rejects: Rejects
    watching: Watching
    waiting: int = 0

    async def invite(self, rows: Sequence[Judged]) -> None:
        links, dry_run = self.links, self.report.dry_run
        await links.tidy(self.database, self.organisation.id, only_look=dry_run)
        if dry_run:
            # In one transaction: what a row makes is there for those after it. Units and people wait meanwhile.
            with suppress(_Tried):
                await writing(self.database, self.organisation.id, partial(self.try_all, rows))
            return
        await self.through(rows)
        await links.tidy(self.database, self.organisation.id)
        if links.kept:
            self.report.notes.append(
                f"{links.path} has the one-time links of {counted(len(links.kept), 'person', 'people')}: give each to "
                "its person alone."
            )

    async def through(self, rows: Sequence[Judged]) -> None:
        for begun in range(0, len(rows), _AT_ONCE):
            self.watching.step(begun, len(rows))
            some = _Some(self)
            why = "as you asked." if self.watching.stopped else None
            if why is None:
                try:
                    await writing(
                        self.database, self.organisation.id, partial(some.take, rows[begun : begun + _AT_ONCE])
                    )
                except (UserMistake, Refused) as refused:
                    why = str(refused)
                except LOST:
                    why = "the database does not answer."
            if why is not None:
                self.report.stopped = (
                    f"Stopped before line {rows[begun][0].line}: {why} Run the same command again: it goes on, and "
                    "invites nobody twice."
                )
                return
            self._keep(some)
        self.watching.step(len(rows), len(rows))

    async def try_all(self, rows: Sequence[Judged], tx: Transaction) -> Outcome:
        parts: list[_Some] = []
        for begun in range(0, len(rows), _AT_ONCE):
            self.watching.step(begun, len(rows))
            parts.append(_Some(self))
            await parts[-1].take(rows[begun : begun + _AT_ONCE], tx)
            if self.watching.stopped:
                self.report.stopped = "Stopped as you asked."
                break
        for some in parts:
            self._keep(some)
        raise _Tried

    def _keep(self, some: "_Some") -> None:
        self.report.imported += some.invited
        self.report.already += some.already
        self.report.made.update(some.made)
        self.waiting += some.waiting
        for row, faults in some.rejected:
            self.rejects.add(self.report, row, faults)
        self.rejects.flush()


@dataclass(slots=True)
class _Some:
    """The rows of one transaction."""

    run: _Run
    units: Units = field(default_factory=lambda: Units(()))
    links: list[Invitation] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)
    rejected: list[tuple[Row, list[Fault]]] = field(default_factory=list)
    invited: int = 0
    already: int = 0
    waiting: int = 0

    async def take(self, rows: Sequence[Judged], tx: Transaction) -> Outcome:
        # The transaction may be tried again, where it met a deadlock.
        self.links, self.events, self.made, self.rejected = [], [], {}, []
        self.invited = self.already = self.waiting = 0
        await lock_tree(tx)
        self.units = await _units(tx)
        emails = [each.email for _, each in rows if isinstance(each, Wanted)]
        here = {row["email"]: row for row in await tx.rows(_HERE, tx.organisation, emails)}
        for row, each in rows:
            if not isinstance(each, Wanted):
                self.rejected.append((row, each))
            elif each.email not in here:
                await self._invite(tx, each)
            elif here[each.email]["has_left"]:
                self.rejected.append((row, [("email", "This person has left: they were deactivated.")]))
            else:
                self.already += 1
                if here[each.email]["waits"] and each.email in self.run.links.lapsed:
                    await self._renew(tx, each)
                elif here[each.email]["waits"] and each.email not in self.run.links.kept:
                    self.waiting += 1
        if self.links and not self.run.report.dry_run:
            self.run.links.add(self.links)
        return Outcome(tx.organisation, self.events)

    async def _invite(self, tx: Transaction, wanted: Wanted) -> None:
        admin = self.run.organisation.admins[0]
        events: list[Event] = []
        made = 0
        try:
            async with tx.savepoint():
                unit, missing = self._find(wanted.unit)
                for name in missing:
                    created = await create_unit(tx, admin, name=name, parent=unit)
                    self.units.add(created.id, name, unit)
                    unit, made = created.id, made + 1
                    events += created.events
                invited: Invited = await invite_person(
                    tx, admin, name=wanted.name, email=wanted.email, job_title=wanted.job_title, unit=unit,
                    roles=wanted.roles,
                )  # fmt: skip
                events += invited.events
                if wanted.lead and unit is not None:
                    leads = [row["person_id"] for row in await tx.rows(_LEADS, tx.organisation, unit)]
                    events += (await edit_unit(tx, admin, unit=unit, leads=[*leads, invited.id])).events
        except (UserMistake, Refused) as error:
            path = error.path if isinstance(error, UserMistake) else ()
            self.rejected.append((wanted.row, [(_COLUMN_OF.get(path[0], path[0]) if path else None, str(error))]))
            if made:
                self.units = await _units(tx)
            return
        self.events += events
        self.invited += 1
        self._count("Units made", made)
        self._count("Leads named", int(wanted.lead))
        self.links.append(Invitation(wanted.name, wanted.email, invited.token))

    async def _renew(self, tx: Transaction, wanted: Wanted) -> None:
        again = await invite_person(tx, self.run.organisation.admins[0], name=wanted.name, email=wanted.email)
        self.links.append(Invitation(wanted.name, wanted.email, again.token))
        self._count("Links renewed", 1)

    def _count(self, what: str, count: int) -> None:
        if count:
            self.made[what] = self.made.get(what, 0) + count

    def _find(self, steps: Sequence[str]) -> tuple[UUID | None, Sequence[str]]:
        """The unit that is there, and what is missing below it. Raises UserMistake where several could be meant."""
        for known in range(len(steps), 0, -1):
            found = self.units.find(" / ".join(steps[:known]))
            if len(found) > 1:
                raise _several(len(found), " / ".join(steps[:known]))
            if found:
                return found[0], steps[known:]
        return None, steps


def _several(count: int, name: str) -> UserMistake:
    error = wrong(f"There are {count} units called {quoted(name)}: write its path, as {quoted(f'Medicine / {name}')}.")
    return UserMistake(error.code, error.message, ["unit"])


async def _units(tx: Transaction) -> Units:
    rows = await tx.rows(_UNITS, tx.organisation)
    return Units((row["id"], row["name"], row["parent_id"]) for row in rows)
