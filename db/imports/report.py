"""What an import did or would do, as sentences, and who is told while it runs."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from db.imports.wording import counted, quoted
from db.terms import IdeaStatus

_SHOWN = 20  # of the reasons, and of the rows


class Watching(Protocol):
    """Who is told while it runs, and may stop it between two transactions."""

    def say(self, sentence: str) -> None: ...

    def step(self, done: int, of: int) -> None: ...

    @property
    def stopped(self) -> bool: ...


class Nobody:
    """Is told and stops nothing."""

    stopped = False

    def say(self, sentence: str) -> None:
        pass

    def step(self, done: int, of: int) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken over: its line in the file and, by the columns as the file calls them, why."""

    line: int
    reasons: tuple[tuple[str | None, str], ...]

    @property
    def why(self) -> str:
        return " ".join(_why(column, reason) for column, reason in self.reasons)

    def __str__(self) -> str:
        return f"Line {self.line}: {self.why}"


def _why(column: str | None, reason: str) -> str:
    return reason if column is None else f"Column {quoted(column)}: {reason}"


@dataclass(slots=True)
class Report:
    """`of`: what the list is of. `made`: what was made beside, and how often. `stopped`: why it ended before its end.

    `notes`: how statuses and dates were understood, and what else is to be known.
    """

    of: tuple[str, str]  # one, many
    dry_run: bool
    done: str = "imported"
    batch: str | None = None
    in_batch: int = 0
    imported: int = 0
    already: int = 0
    by_default: int = 0
    made: Counter[str] = field(default_factory=Counter)
    nobody: Counter[str] = field(default_factory=Counter)
    stopped: str | None = None
    rejected: list[Rejected] = field(default_factory=list)
    rejects: Path | None = None
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        yield from self.notes
        reasons = Counter((column, reason) for each in self.rejected for column, reason in each.reasons)
        if len(self.rejected) > _SHOWN:
            for (column, reason), count in reasons.most_common(_SHOWN):
                yield f"{count:,} × {_why(column, reason)}"
            if len(reasons) > _SHOWN:
                yield f"… and {counted(len(reasons) - _SHOWN, 'other reason')}."
        for each in self.rejected[:_SHOWN]:
            yield str(each)
        if len(self.rejected) > _SHOWN:
            yield f"… and {counted(len(self.rejected) - _SHOWN, 'more line')}."
        would = "would be " if self.dry_run else ""
        default = f" ({self.by_default:,} in the name of --author)" if self.by_default else ""
        one, many = self.of
        yield (
            f"{counted(self.imported, one, many)} {would}{self.done}{default}, "
            f"{self.already:,} there already, {len(self.rejected):,} rejected."
        )
        for what, count in sorted(self.made.items()):
            yield f"{what}: {count:,}{' would be' if self.dry_run else ''}."
        if self.nobody["addresses"]:
            yield f"{self.nobody['addresses']:,} with an address that nobody here has: taken over without an author."
        if self.nobody["names"]:
            yield f"{self.nobody['names']:,} with a name and no address, which is not taken over: without an author."
        if self.rejected and self.rejects is not None:
            yield f"The rejected rows are in {self.rejects}: put them right there, and import that file."
        if self.batch is not None and self.stopped is not None:
            yield f"Batch {self.batch} is not through. To take back what it has: groundswell import --undo {self.batch}"
        elif self.batch is not None and self.in_batch:
            back = "it" if self.in_batch == 1 else "them"
            yield (
                f"Batch {self.batch} has {counted(self.in_batch, one, many)}. To take {back} back: "
                f"groundswell import --undo {self.batch}"
            )
        elif self.batch is not None:
            yield f"Batch {self.batch} has none, and is forgotten."
        if self.stopped is not None:
            yield self.stopped


def understood(statuses: Mapping[str, tuple[IdeaStatus, int]]) -> Iterator[str]:
    """The words of a list that are no status of ours by name."""
    for word, (status, count) in sorted(statuses.items(), key=lambda item: -item[1][1]):
        ours = status.replace("_", " ").lower()
        if " ".join(word.replace("_", " ").replace("-", " ").split()).casefold() != ours:
            yield f"Status “{word}” is {ours} ({counted(count, 'row')})."


def dated(dates: Mapping[tuple[str, str], tuple[str, datetime]], headers: Mapping[str, str]) -> Iterator[str]:
    """One date of each way of writing."""
    for (column, _), (text, moment) in sorted(dates.items()):
        if not text.startswith(f"{moment:%Y-%m-%d}"):
            yield f"“{headers.get(column, column)}”: “{text}” is {moment.day} {moment:%B %Y}."
