"""A list as it stands in a file, read from whichever kind: lines of cells, as people see them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from db.errors import UserMistake
from db.terms import UserErrorCode

LARGEST = 200 * 1024 * 1024  # bytes of a file
LONGEST = 32_767  # characters of a cell, which is what Excel allows
_KEPT = 200  # characters that are kept of a longer one


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list that is not blank. `faults`: by cell, why it cannot be taken as it stands."""

    number: int
    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)


# From the first to the last cell, both as (line, cell from 0).
Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Grid:
    """`name`: of the sheet, where there are several. `since_1904`: what its bare numbers of days count from."""

    lines: list[Line]
    name: str | None = None
    notes: list[str] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    since_1904: bool = False


# A sheet's name and how to read it: those after the one that is meant are not read.
Part = tuple[str | None, Callable[[], Grid]]


def line_of(number: int, cells: list[str], faults: dict[int, str] | None = None) -> Line | None:
    """Nothing of a blank line; and of a cell that is too long only its beginning."""
    faults = faults or {}
    if not faults and not any(cells):
        return None
    for n, cell in enumerate(cells):
        if len(cell) > LONGEST:
            faults[n] = f"This cell has {len(cell):,} characters; at most {LONGEST:,} are read."
            cells[n] = f"{cell[:_KEPT]}… (cut: it had {len(cell):,} characters)"
    return Line(number, cells, faults)


def tidy(cell: str) -> str:
    """A tab inside a text, which no idea may have, means a space; a line break of a word processor is one."""
    if not cell.isprintable():
        cell = cell.replace("\t", " ").replace("\x0b", "\n")
    return cell.strip()


def wrong(message: str) -> UserMistake:
    return UserMistake(UserErrorCode.INVALID, message)
