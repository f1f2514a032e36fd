"""Reads an old list of suggestions: a CSV file as spreadsheets write it, each row with its line and named columns."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.errors import UserMistake
from db.terms import UserErrorCode

COLUMNS = (
    "problem",
    "solution",
    "title",
    "theme",
    "unit",
    "author",
    "status",
    "reason",
    "answered",
    "submitted",
    "reference",
)
_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)  # how Excel tells itself
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line on which it begins, and what it has in our columns; empty ones are absent."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`headers`: what the file calls our columns. `broken`: rows that have more cells than there are columns."""

    rows: list[Row]
    headers: dict[str, str]
    broken: list[int]
    notes: list[str]


def read_sheet(path: Path, mapping: Sequence[str] = ()) -> Sheet:
    """`mapping`: "their name=our name" for columns that are called something else. Raises UserMistake."""
    notes: list[str] = []
    text = _decoded(path, notes)
    begins = 1
    separator = None
    if told := _SEPARATOR_LINE.match(text):
        separator, text, begins = told[1], text[told.end() :], 2
    first = _QUOTED.sub("", text.split("\n", 1)[0])
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator or max(_SEPARATORS, key=first.count), strict=True
    )
    rows: list[Row] = []
    broken: list[int] = []
    names: list[str] = []
    columns: dict[int, str] = {}
    line = begins
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if not names:
                    names = [cell.strip() for cell in cells]
                    columns = _columns(names, mapping, notes)
                elif any(cell.strip() for cell in cells[len(names) :]):
                    broken.append(line)
                else:
                    # A tab inside a text, which no idea may have, means a space.
                    found = {
                        columns[n]: cell.replace("\t", " ").strip() for n, cell in enumerate(cells) if n in columns
                    }
                    rows.append(Row(line, {name: cell for name, cell in found.items() if cell}))
            line = begins + reader.line_num
    except csv.Error as error:
        raise _wrong(
            f"Line {line}: a row that begins here cannot be read ({error}). Is a quotation mark missing?"
        ) from error
    if not names:
        raise _wrong("This file is empty.")
    return Sheet(rows, {ours: names[n] for n, ours in columns.items()}, broken, notes)


def _decoded(path: Path, notes: list[str]) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise _wrong(f"{path} cannot be read: {error.strerror or error}.") from error
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _wrong("This is a workbook. Save the sheet as “CSV UTF-8” and import that file.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _wrong("This file is written in UTF-16. Save the sheet as “CSV UTF-8” and import that file.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise _wrong(
            f"Line {line}: this file is neither UTF-8 nor Windows-1252. Save the sheet as “CSV UTF-8”."
        ) from error
    notes.append("The file is not UTF-8 and was read as Windows-1252: look whether accented letters are right.")
    return text


def _columns(names: Sequence[str], mapping: Sequence[str], notes: list[str]) -> dict[int, str]:
    """Which of their columns, by place, is which of ours."""
    places: dict[str, list[int]] = {}
    for n, name in enumerate(names):
        places.setdefault(plain(name), []).append(n)
    listed = ", ".join(f"“{name}”" for name in names if name)
    chosen: dict[str, int] = {}
    for entry in mapping:
        theirs, equals, ours = entry.rpartition("=")
        ours = plain(ours)
        if not equals or ours not in COLUMNS:
            raise _wrong(f"--map {entry}: write THEIRS=OURS, where OURS is one of {', '.join(COLUMNS)}.")
        if plain(theirs) not in places:
            raise _wrong(f"--map {entry}: there is no column “{theirs}”. The file has {listed}.")
        if ours in chosen:
            raise _wrong(f"--map {entry}: {ours} is mapped already.")
        chosen[ours] = _only(places, plain(theirs), theirs)
    mapped = set(chosen.values())
    for ours in COLUMNS:
        if ours not in chosen and ours in places and places[ours][0] not in mapped:
            chosen[ours] = _only(places, ours, ours)
    if "problem" not in chosen:
        raise _wrong(f"There is no column “problem”. The file has {listed}. Say which it is: --map THEIRS=problem")
    left = [name for n, name in enumerate(names) if name and n not in chosen.values()]
    if left:
        notes.append(f"Not taken over: {', '.join(f'“{name}”' for name in left)}.")
    return {n: ours for ours, n in chosen.items()}


def _only(places: dict[str, list[int]], name: str, written: str) -> int:
    if len(places[name]) > 1:
        raise _wrong(f"There are {len(places[name])} columns “{written}”; rename those that are not meant.")
    return places[name][0]


def plain(name: str) -> str:
    """A name as names are compared: without regard to capitals and spaces."""
    return " ".join(name.split()).casefold()


def _wrong(message: str) -> UserMistake:
    return UserMistake(UserErrorCode.INVALID, message)
