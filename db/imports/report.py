"""What an import did or would do, as sentences."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that was not taken over: its line in the file, the column as the file calls it, and why."""

    line: int
    column: str | None
    reason: str

    def __str__(self) -> str:
        column = "" if self.column is None else f", column “{self.column}”"
        return f"Line {self.line}{column}: {self.reason}"


@dataclass(slots=True)
class Report:
    """`by_default`: how many of those imported are in the name of --author. `stopped`: why it ended before its end."""

    dry_run: bool
    imported: int = 0
    already: int = 0
    by_default: int = 0
    stopped: str | None = None
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        yield from self.notes
        yield from map(str, sorted(self.rejected, key=lambda rejected: rejected.line))
        would = "would be " if self.dry_run else ""
        default = f" ({self.by_default:,} in the name of --author)" if self.by_default else ""
        yield (
            f"{self.imported:,} {'idea' if self.imported == 1 else 'ideas'} {would}imported{default}, "
            f"{self.already:,} there already, {len(self.rejected):,} rejected."
        )
        if self.stopped is not None:
            yield self.stopped
