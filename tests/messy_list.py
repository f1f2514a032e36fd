"""A list of suggestions as a hospital keeps it, with all that people and spreadsheets do to one, and what is right."""

import csv
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

HEADER = (
    "No", "What would you like to improve?", "Suggested solution", "Ward", "Theme", "Your email", "Name",
    "Date submitted", "Status", "Our response", "Date answered", "Stay anonymous", "Comments", "Comments",
)  # fmt: skip
TITLE = "Suggestions of our wards"
TEN_MEGABYTES = 10 * 1024 * 1024
_STANDS_FOR_TEN = "TEN MEGABYTES"
NINA = "nina@ashcombe.example"


@dataclass(frozen=True)
class Formula:
    """`result`: what Excel kept of it; None: nothing."""

    text: str
    result: str | None


@dataclass(frozen=True)
class Error:
    text: str


@dataclass(frozen=True)
class Suggestion:
    """A row, and what becomes of it: "taken", "already" or "rejected". `problem`: as it is taken."""

    cells: dict[str, Any]
    becomes: str
    problem: str = ""


BLANK = Suggestion({}, "blank")
AGAIN = Suggestion(dict.fromkeys(HEADER), "header")


def suggestions(count: int) -> Iterator[Suggestion]:
    """So many rows, blank ones and names of columns between them included."""
    day = date(2023, 1, 2)
    for n in range(count):
        problem = f"Problem {n}: the trolley on bay {n % 40} squeaks – it’s been “looked at”"
        row = {HEADER[1]: problem, "No": n, "Date submitted": day + timedelta(days=n % 400)}
        nina = {"Your email": "Nina@Ashcombe.example", "Name": "Nina Nurse"}
        late = {"Theme": "falls"} if n > count // 2 else {}
        kinds = [
            BLANK,
            _taken({**row, **nina, "Ward": "ward a", **late}),
            _taken({**row, "Your email": f"gone{n}@elsewhere.example", "Ward": "Medicine / Ward B"}),
            _taken({**row, "Name": "Jo Bloggs", "Comments": "who?"}),
            Suggestion({**row, "Ward": "Ward Z"}, "rejected"),
            Suggestion({**row, "Date submitted": "31/31/2024"}, "rejected"),
            Suggestion({**row, "Date submitted": "soon", "Status": "lost", "Theme": "Nothing"}, "rejected"),
            _taken({**row, **nina, "Status": "Done", "Our response": "Oiled.", "Date answered": date(2024, 5, 6)}),
            Suggestion({**row, "Status": "Rejected"}, "rejected"),
            _taken({**row, HEADER[1]: Formula(f'="Computed "&A{n}', f"Computed {n}"), **nina}),
            Suggestion({**row, HEADER[1]: Formula(f'="Never computed "&A{n}', None)}, "rejected"),
            Suggestion({**row, HEADER[1]: "Said by many", "Date submitted": day}, "already"),
            Suggestion({**row, "Ward": Error("#N/A")}, "rejected"),
            _taken({**row, "Status": "In progress", "Date submitted": datetime(2024, 2, 29, 15, 54, 7)}),
            _taken({**row, "Our response": "Thank you, we are looking.", "Date answered": date(2024, 6, 1)}),
            _taken({**row, **nina, "Stay anonymous": True}),
            _taken({**row, HEADER[1]: f"-{n} degrees in the store", "Suggested solution": "=HEATING()"}),
            _taken(
                {
                    **row,
                    "Date submitted": f"{n % 28 + 1} March 2024",
                    "Status": "On hold",
                    "Our response": "No money\nthis year.",
                }
            ),
            _taken({**row, "Date submitted": f"{n % 28 + 1:02}/03/2024 09:{n % 60:02}", "Ward": "Ward A"}),
        ]
        if n == count // 3:
            yield AGAIN
        elif n == count // 4:
            yield Suggestion({**row, HEADER[1]: _STANDS_FOR_TEN}, "rejected")
        elif n == 11:
            yield Suggestion({**row, HEADER[1]: "Said by many", "Date submitted": day}, "taken", "Said by many")
        else:
            yield kinds[n % len(kinds)]


def _taken(cells: dict[str, Any]) -> Suggestion:
    problem = cells[HEADER[1]]
    return Suggestion(cells, "taken", problem.result if isinstance(problem, Formula) else problem)


def write_workbook(path: Path, rows: list[Suggestion]) -> int:
    """A title over all columns, a blank line, then the list; the line of its header."""
    with xlsxwriter.Workbook(path) as workbook:
        workbook.add_worksheet("Read me").write(0, 0, "How to use this workbook")
        sheet = workbook.add_worksheet("Suggestions")
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        moment = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.merge_range(0, 0, 0, len(HEADER) - 1, TITLE)
        for column, name in enumerate(HEADER):
            sheet.write_string(2, column, name)
        for n, suggestion in enumerate(rows, start=3):
            for column, value in _cells(suggestion):
                match value:
                    case Formula(text, result):
                        sheet.write_formula(n, column, text, None, "" if result is None else result)
                    case Error(text):
                        sheet.write_formula(n, column, "=NA()", None, text)
                    case datetime():
                        sheet.write_datetime(n, column, value, moment)
                    case date():
                        sheet.write_datetime(n, column, value, day)  # type: ignore[arg-type]
                    case bool():
                        sheet.write_boolean(n, column, value)
                    case int():
                        sheet.write_number(n, column, value)
                    case _:
                        sheet.write_string(n, column, str(value))
    _grow(path)
    return 3


def _grow(path: Path) -> None:
    """No program writes a cell of ten megabytes by itself."""
    small = path.with_suffix(".small")
    path.replace(small)
    with zipfile.ZipFile(small) as before, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(_STANDS_FOR_TEN.encode(), b"x" * TEN_MEGABYTES))
    small.unlink()


def write_csv(path: Path, rows: list[Suggestion], encoding: str = "cp1252") -> int:
    """The same as Excel would save it in Britain; the line of its header."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([TITLE] + [""] * (len(HEADER) - 1))
        writer.writerow([""] * len(HEADER))
        writer.writerow(HEADER)
        for suggestion in rows:
            cells = [""] * len(HEADER)
            for column, value in _cells(suggestion):
                cells[column] = _saved(value)
            writer.writerow(cells)
    return 3


def _saved(value: Any) -> str:
    match value:
        case Formula(_, result):
            return result or ""
        case Error(text):
            return text
        case datetime():
            return f"{value:%d/%m/%Y %H:%M:%S}"
        case date():
            return f"{value:%d/%m/%Y}"
        case bool():
            return str(value).upper()
        case _ if value == _STANDS_FOR_TEN:
            return "x" * TEN_MEGABYTES
        case _:
            return str(value)


def _cells(suggestion: Suggestion) -> Iterator[tuple[int, Any]]:
    if suggestion is AGAIN:
        yield from enumerate(HEADER)
        return
    for name, value in suggestion.cells.items():
        yield HEADER.index(name), value
