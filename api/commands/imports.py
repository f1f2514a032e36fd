"""`groundswell import FILE`: ideas or people from a spreadsheet, and `--undo BATCH`: ideas withdrawn again."""

import signal
from argparse import Namespace
from collections.abc import Awaitable, Callable
from typing import TypeVar

from api.commands.installation import on_database
from api.commands.watched import Watched
from api.settings import read_settings
from db.engine import Database
from db.errors import UserMistake
from db.imports import Asked, Report, Undone, import_ideas, import_people, undo
from db.terms import UserErrorCode

T = TypeVar("T")


def command(given: Namespace) -> int:
    """1 where a row was rejected, or it had to stop; what else there is was taken over."""
    if (given.file is None) == (given.undo is None):
        raise UserMistake(UserErrorCode.INVALID, "import: say which FILE, or --undo BATCH.")
    _require_sense(given)
    watched = Watched("ideas" if given.undo is not None else "rows")
    if given.undo is not None:
        return _ended(watched, _watched(watched, lambda database: _undo(database, given, watched)))
    report = _watched(watched, lambda database: _import(database, given, watched))
    return _ended(watched, report) or int(bool(report.rejected))


_OF_A_LIST = ("dry_run", "map", "status", "sheet", "author", "rejects", "month_first", "invitations")


def _require_sense(given: Namespace) -> None:
    """Raises UserMistake for what would be passed over: `--undo` withdraws, whatever else is said."""
    astray = [*_OF_A_LIST] if given.undo is not None else ["even_if_worked_on"]
    if not given.people:
        astray.append("invitations")
    for name in astray:
        if getattr(given, name):
            option = f"--{name.replace('_', '-')}"
            raise UserMistake(UserErrorCode.INVALID, f"{option}: does not go with {_what(given)}.")


def _what(given: Namespace) -> str:
    return "--undo" if given.undo is not None else "a list of people" if given.people else "a list of ideas"


def _asked(given: Namespace) -> Asked:
    return Asked(
        organisation=given.organisation,
        mapping=given.map,
        statuses=given.status,
        sheet=given.sheet,
        author=given.author,
        month_first=given.month_first,
        rejects=given.rejects,
        dry_run=given.dry_run,
    )


def _import(database: Database, given: Namespace, watched: Watched) -> Awaitable[Report]:
    if given.people:
        return import_people(database, given.file, _asked(given), given.invitations, watched)
    return import_ideas(database, given.file, _asked(given), watched)


def _undo(database: Database, given: Namespace, watched: Watched) -> Awaitable[Undone]:
    return undo(
        database,
        given.undo,
        organisation=given.organisation,
        even_if_worked_on=given.even_if_worked_on,
        watching=watched,
    )


def _watched(watched: Watched, work: Callable[[Database], Awaitable[T]]) -> T:
    async def watching(database: Database) -> T:
        with watched.watching():
            return await work(database)

    return on_database(read_settings(), watching)


def _ended(watched: Watched, sentences: Report | Undone) -> int:
    for sentence in sentences:
        watched.say(sentence)
    if sentences.stopped is None:
        return 0
    return 128 + signal.SIGINT if watched.stopped else 1
