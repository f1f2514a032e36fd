"""A list whose header was found: its rows with what they have in our columns."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from db.errors import UserMistake
from db.imports.columns import Columns, could_be_header, find_columns, of_rejects, read_mapping
from db.imports.columns import Mapping as Mapped
from db.imports.dates import counted_from_1904
from db.imports.formulas import unescaped
from db.imports.grid import LARGEST, Grid, Line, Part, wrong
from db.imports.names import DATES, Kind, heading
from db.imports.texts import read_text
from db.imports.wording import counted, listed
from db.imports.workbooks import is_workbook, read_workbook

_LOOKED_AT = 50  # lines in which the header is looked for
# Of a cell that spans several lines, what holds for each of them.
_SPANS = frozenset({"theme", "unit", "author", "status", "answered", "submitted", "anonymous"})


Fault = tuple[str | None, str]  # our column, if it is one's, and why


@dataclass(frozen=True, slots=True)
class Row:
    """`line`: on which it begins. `cells`: by our columns, empty ones absent. `raw`: all of its cells.

    `faults`: (our column or None, why), what is wrong with its cells before anybody asks what they say.
    """

    line: int
    cells: dict[str, str]
    raw: list[str]
    faults: list[Fault]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`header`: the line of the names. `digest`: of the file and of what was said about its columns."""

    kind: Kind
    path: Path
    rows: list[Row]
    columns: Columns
    header: int
    name: str | None
    notes: list[str]
    digest: bytes

    def recognised(self) -> Iterator[str]:
        """What is what, as sentences."""
        where = self.path.name if self.name is None else f"{self.path.name}, sheet “{self.name}”"
        rows = counted(len(self.rows), "row")
        yield f"{where}: the names of the columns are in line {self.header}, and {rows} below."
        for n, ours in self.columns.ours.items():
            name = self.columns.names[n]
            told = " (by --map)" if n in self.columns.told else ""
            yield f"  “{name}” is {ours}{told}." if told or heading(name) != ours else f"  “{name}”"
        if self.columns.left:
            yield f"Not taken over: {listed(self.columns.names[n] for n in self.columns.left)}."
        yield from self.notes


def read_sheet(kind: Kind, path: Path, mapping: Sequence[str] = (), sheet: str | None = None) -> Sheet:
    """`mapping`: "their name=our name" for columns that are called something else. Raises UserMistake."""
    mappings = read_mapping(kind, mapping)
    raw = _bytes(path)
    digest = hashlib.sha256(raw)
    digest.update(json.dumps([kind.of, list(mapping), sheet]).encode())
    parts, workbook = _parts(raw, sheet), is_workbook(raw)
    del raw
    likeliest: tuple[int, Grid, Line] | None = None
    for _, read in parts:
        grid = _as_they_were(read())
        found = _header(kind, grid, mappings)
        if found is not None:
            return _sheet(kind, path, grid, found, mappings, digest.digest())
        for line in grid.lines[:_LOOKED_AT]:
            filled = sum(1 for cell in line.cells if cell)
            if likeliest is None or filled > likeliest[0]:
                likeliest = filled, grid, line
    if likeliest is None:
        if workbook and sheet is None:
            raise wrong("The sheets of this workbook are empty. With --sheet NAME one that is hidden is read, too.")
        raise wrong("This file is empty.")
    _, grid, line = likeliest
    try:
        find_columns(kind, line.cells, mappings)  # says what is missing
    except UserMistake as error:
        where = f"line {line.number}" if grid.name is None else f"line {line.number} of sheet “{grid.name}”"
        raise wrong(f"{error.message} (It looks as if the names of the columns were in {where}.)") from None
    raise AssertionError("a line that has its columns is a header")


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise wrong(f"{path} has more than {LARGEST // 1024**2} MB; divide it.")
        return path.read_bytes()
    except OSError as error:
        raise wrong(f"{path} cannot be read: {error.strerror or error}.") from error


def _parts(raw: bytes, sheet: str | None) -> Iterator[Part]:
    if is_workbook(raw):
        yield from read_workbook(raw, sheet)
    elif sheet is not None:
        raise wrong(f"--sheet {sheet}: this file is no workbook.")
    else:
        yield None, lambda: read_text(raw)


def _as_they_were(grid: Grid) -> Grid:
    """The cells of a file of rejected rows, as they were before we made them harmless."""
    if not any(of_rejects(line.cells) for line in grid.lines[:_LOOKED_AT]):
        return grid
    return replace(grid, lines=[replace(line, cells=[*map(unescaped, line.cells)]) for line in grid.lines])


def _header(kind: Kind, grid: Grid, mappings: Sequence[Mapped]) -> int | None:
    """Which line has the names: the first that names two of ours, else one, beside others, else alone."""
    named = [could_be_header(kind, line.cells, mappings) for line in grid.lines[:_LOOKED_AT]]
    filled = [sum(1 for cell in line.cells if cell) for line in grid.lines[:_LOOKED_AT]]
    for fits in (
        [n for n, count in enumerate(named) if count > 1],
        [n for n, count in enumerate(named) if count and filled[n] > 1],
        [n for n, count in enumerate(named) if count],
    ):
        if fits:
            return fits[0]
    return None


def _sheet(kind: Kind, path: Path, grid: Grid, header: int, mappings: Sequence[Mapped], digest: bytes) -> Sheet:
    line = grid.lines[header]
    names, last = _names(grid, header)
    columns = find_columns(kind, names, mappings)
    spans = _spans(grid, columns)
    notes, rows, again = list(grid.notes), [], []
    for each in grid.lines[last + 1 :]:
        if each.cells[: len(names)] == line.cells[: len(names)]:
            again.append(each.number)
            continue
        rows.append(_row(each, columns, spans.get(each.number, {}), grid.since_1904))
    if again:
        lines = "line" if len(again) == 1 else "lines"
        more = f" and {len(again) - 5} more" if len(again) > 5 else ""
        notes.append(
            f"The names of the columns stand again in {lines} {', '.join(map(str, again[:5]))}{more}: passed over."
        )
    return Sheet(kind, path, rows, columns, line.number, grid.name, notes, digest)


def _names(grid: Grid, header: int) -> tuple[list[str], int]:
    """The names of the columns and which is their last line: some may be below one that spans several columns."""
    line = grid.lines[header]
    names = list(line.cells)
    tall = [last[0] for first, last in grid.merged if first[0] == line.number and last[0] > line.number]
    bottom = max(tall, default=line.number)
    last = header
    for n in range(header + 1, len(grid.lines)):
        below = grid.lines[n]
        if below.number > bottom:
            break
        last = n
        for column, cell in enumerate(below.cells):
            if cell:
                names[column] = cell
    while names and not names[-1]:
        names.pop()
    return names, last


def _spans(grid: Grid, columns: Columns) -> dict[int, dict[int, str]]:
    """By line and cell, what a cell above says that spans it."""
    found: dict[int, dict[int, str]] = {}
    at = {line.number: line for line in grid.lines}
    for (top, column), (bottom, _) in grid.merged:
        if bottom > top and columns.ours.get(column) in _SPANS and top in at:
            for number in range(top + 1, min(bottom, grid.lines[-1].number) + 1):
                found.setdefault(number, {})[column] = at[top].cells[column]
    return found


def _row(line: Line, columns: Columns, spanned: dict[int, str], since_1904: bool) -> Row:
    raw = line.cells
    cells: dict[str, str] = {}
    faults: list[Fault] = []
    for n, ours in columns.ours.items():
        if n in spanned and not any(raw[n : n + 1]):  # as the row says it by itself, also where it is rejected
            raw = [*raw, *[""] * (n + 1 - len(raw))]
            raw[n] = spanned[n]
        if since_1904 and ours in DATES and n < len(raw):
            raw = [*raw[:n], counted_from_1904(raw[n]), *raw[n + 1 :]]
        cell = raw[n] if n < len(raw) else ""
        if n in line.faults:
            faults.append((ours, line.faults[n]))
        elif cell:
            cells[ours] = cell
    if any(raw[len(columns.names) :]):
        faults.append((None, "This row has more cells than there are names of columns."))
    return Row(line.number, cells, raw, faults)
