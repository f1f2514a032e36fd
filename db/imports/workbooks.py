"""Reads an Excel workbook (.xlsx): each sheet as people see it, formulas by the results that Excel kept."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from db.imports.grid import Grid, Line, Part, line_of, tidy, wrong
from db.imports.workbook_parts import Parts, unpacked

_WORKBOOK, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def is_workbook(raw: bytes) -> bool:
    return raw.startswith((_WORKBOOK, _OLD))


def read_workbook(raw: bytes, sheet: str | None) -> Iterator[Part]:
    """Its visible sheets, or the one that is meant. Raises UserMistake."""
    if raw.startswith(_OLD):
        if _ENCRYPTED in raw:
            raise wrong("This workbook is protected by a password. Save it without one and import that file.")
        raise wrong("This is an old workbook (.xls). Open it in Excel, save it as .xlsx and import that file.")
    file = unpacked(raw)
    parts = Parts(io.BytesIO(file.getvalue()))
    workbook = _opened(file)
    sheets = [each for each in workbook.sheets_metadata if each.typ is SheetTypeEnum.WorkSheet]
    if sheet is None:
        names = [each.name for each in sheets if each.visible is SheetVisibleEnum.Visible]
    else:
        names = [each.name for each in sheets if each.name.casefold() == sheet.casefold()]
        if not names:
            there = ", ".join(f"“{each.name}”" for each in sheets)
            raise wrong(f"--sheet {sheet}: there is no such sheet. The file has {there}.")
    for name in names:
        yield name, lambda name=name: _grid(workbook, parts, name)  # type: ignore[misc]


def _opened(file: io.BytesIO) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(file)
    except CalamineError as error:
        raise wrong(f"This workbook cannot be read: {error}. Open it in Excel and save it as .xlsx.") from error


def _grid(workbook: CalamineWorkbook, parts: Parts, name: str) -> Grid:
    looked = parts.look(name)
    try:
        sheet = workbook.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=False)
    except CalamineError as error:
        raise wrong(f"The sheet “{name}” cannot be read: {error}. Open it in Excel and save it as .xlsx.") from error
    faults: dict[int, dict[int, str]] = {}
    for (row, column), why in looked.hidden.items():
        faults.setdefault(row, {})[column] = why
    lines: list[Line] = []
    for n in range(max(len(rows), looked.rows)):
        cells = [shown(value) for value in rows[n]] if n < len(rows) else []
        cells += [""] * (looked.columns - len(cells))
        line = line_of(n + 1, cells, faults.get(n))
        if line is not None:
            lines.append(line)
    merged = [((first[0] + 1, first[1]), (last[0] + 1, last[1])) for first, last in _merged(sheet)]
    return Grid(lines, name, merged=merged, since_1904=parts.since_1904)


def _merged(sheet: CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return sheet.merged_cell_ranges or []


def shown(value: int | float | str | bool | time | date | datetime | timedelta) -> str:
    """A value as people see it: 12 and not 12.0, a day without a time as a day."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.15g}"
    if isinstance(value, datetime):
        value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    return str(value)
