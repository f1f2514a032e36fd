"""What stands in a workbook is read as people see it; what cannot be read is said, and nothing of it guessed."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xlsxwriter

from db.errors import UserMistake
from db.imports import grid, workbook_parts
from db.imports.dates import Dates
from db.imports.names import IDEAS
from db.imports.sheet import Sheet, read_sheet

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 30, tzinfo=LONDON)
Fill = Callable[[Any, Any], None]


def workbook(path: Path, fill: Fill, **options: Any) -> Path:
    """A workbook `path`/list.xlsx with one sheet, as `fill` (workbook, sheet) fills it."""
    path = path / "list.xlsx"
    with xlsxwriter.Workbook(path, options) as made:
        fill(made, made.add_worksheet("List"))
    return path


def read(path: Path, *mapping: str, sheet: str | None = None) -> Sheet:
    return read_sheet(IDEAS, path, mapping, sheet)


def cells(sheet: Sheet) -> list[dict[str, str]]:
    return [row.cells for row in sheet.rows]


def test_values_are_as_people_see_them(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        day, moment = made.add_format({"num_format": "d mmm yy"}), made.add_format({"num_format": "dd/mm/yy hh:mm:ss"})
        sheet.write_row(0, 0, ["Problem", "Reference", "Date raised", "Responded", "Anonymous"])
        sheet.write_row(1, 0, [12, 12.5])
        sheet.write_datetime(1, 2, date(2024, 3, 5), day)
        sheet.write_datetime(1, 3, datetime(2024, 3, 5, 15, 54, 7), moment)
        sheet.write_boolean(1, 4, True)

    assert cells(read(workbook(tmp_path, fill))) == [
        {
            "problem": "12",
            "reference": "12.5",
            "submitted": "2024-03-05",
            "answered": "2024-03-05T15:54:07",
            "anonymous": "yes",
        }
    ]


def test_what_spans_several_lines_is_said_by_each_also_where_it_is_rejected(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Problem", "Ward"])
        sheet.write_column(1, 0, ["One", "Two"])
        sheet.merge_range(1, 1, 2, 1, "Ward A")

    sheet = read(workbook(tmp_path, fill))
    assert [row.cells["unit"] for row in sheet.rows] == ["Ward A", "Ward A"]
    assert [row.raw for row in sheet.rows] == [["One", "Ward A"], ["Two", "Ward A"]]


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_count_from_where_the_workbook_counts(tmp_path: Path, since_1904: bool) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["Problem", "Date"])
        sheet.write_string(1, 0, "A date that is shown as one")
        sheet.write_datetime(1, 1, date(2024, 3, 5), made.add_format({"num_format": "dd/mm/yyyy"}))
        sheet.write_string(2, 0, "One that is not")
        sheet.write_datetime(2, 1, datetime(2024, 3, 5, 15, 54, 7), made.add_format({"num_format": "0.00"}))

    sheet = read(workbook(tmp_path, fill, date_1904=since_1904))
    dates = Dates(LONDON, NOW)
    found = [dates.moment(row.cells["submitted"], "submitted").replace(tzinfo=None) for row in sheet.rows]
    assert found == [datetime(2024, 3, 5, 12), datetime(2024, 3, 5, 15, 54, 7)]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-11-23", "2024-11-23T12:00:00+00:00"),
        ("2024-11-23 15:54", "2024-11-23T15:54:00+00:00"),
        ("2024-07-23T15:54:07.25Z", "2024-07-23T15:54:07+00:00"),
        ("2024/07/23 3:54:07 PM GMT+1", "2024-07-23T15:54:07+01:00"),  # Google Forms
        ("23/7/2024 12:05 am", "2024-07-23T00:05:00+01:00"),
        ("23.07.2024", "2024-07-23T12:00:00+01:00"),
        ("Tue 23rd July 2024", "2024-07-23T12:00:00+01:00"),
        ("23-Jul-2024", "2024-07-23T12:00:00+01:00"),
        ("July 23, 2024", "2024-07-23T12:00:00+01:00"),
        ("45496.5", "2024-07-23T12:00:00+01:00"),
    ],
)
def test_dates_are_understood_as_people_and_forms_write_them(text: str, moment: str) -> None:
    assert Dates(LONDON, NOW).moment(text, "submitted").isoformat() == moment


def test_a_bare_number_is_a_date_only_where_a_hospital_could_mean_one() -> None:
    dates = Dates(LONDON, NOW)
    for text, day in {"32874": date(1990, 1, 1), "45231": date(2023, 11, 1), "46111": date(2026, 3, 30)}.items():
        assert dates.moment(text, "submitted").date() == day
    for text, day in {"12345": "18 October 1933", "32873.9": "31 December 1989", "46112": "31 March 2026"}.items():
        with pytest.raises(UserMistake, match=f"“{text}” is a bare number, by Excel's count of days {day}: only"):
            dates.moment(text, "submitted")
    with pytest.raises(UserMistake, match="is in the future"):
        dates.moment("46111.9", "submitted")


def test_today_is_not_in_the_future_before_noon_and_stays_the_same_row() -> None:
    morning = datetime(2026, 3, 30, 9, tzinfo=LONDON)
    dates = Dates(LONDON, morning)
    assert dates.moment("30/03/2026", "submitted") == morning
    assert dates.same("30/03/2026") == Dates(LONDON, NOW).same("2026-03-30")
    for text in ("31/03/2026", "30/03/2026 10:00"):
        with pytest.raises(UserMistake, match="is in the future"):
            dates.moment(text, "submitted")


def test_a_list_that_writes_the_month_first_is_noticed_and_can_be_read(tmp_path: Path) -> None:
    dates = Dates(LONDON, NOW)
    with pytest.raises(UserMistake, match="day/month/year"):
        dates.moment("07/23/2024", "submitted")
    assert dates.other_way_round == 1
    assert Dates(LONDON, NOW, month_first=True).moment("07/23/2024", "submitted").date() == date(2024, 7, 23)


def test_a_title_blank_lines_and_names_in_two_lines_stand_above_the_list(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.merge_range("A1:D1", "Ideas")
        sheet.merge_range("A4:A5", "Suggestion")
        sheet.merge_range("B4:B5", "Ward")
        sheet.merge_range("C4:D4", "Dates")
        sheet.write_row("C5", ["Date raised", "Date closed"])
        sheet.write_row("A7", ["Bells", "Ward A", "2024-01-02", "2024-02-03"])

    sheet = read(workbook(tmp_path, fill))
    assert (sheet.header, [row.line for row in sheet.rows]) == (4, [7])
    assert cells(sheet) == [{"problem": "Bells", "unit": "Ward A", "submitted": "2024-01-02", "answered": "2024-02-03"}]
    assert (
        next(sheet.recognised()) == "list.xlsx, sheet “List”: the names of the columns are in line 4, and 1 row below."
    )


def test_what_spans_several_lines_holds_for_each_but_an_idea_is_one(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row("A1", ["Problem", "Ward"])
        sheet.merge_range("B2:B3", "Ward A")
        sheet.write("A2", "One")
        sheet.write("A3", "Two")
        sheet.merge_range("A4:A5", "Three")
        sheet.write("B4", "Ward B")

    assert cells(read(workbook(tmp_path, fill))) == [
        {"problem": "One", "unit": "Ward A"},
        {"problem": "Two", "unit": "Ward A"},
        {"problem": "Three", "unit": "Ward B"},
    ]


def test_the_first_sheet_with_such_a_list_is_read_unless_another_is_named(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write("A1", "How to fill this in")
        hidden, second, third = (made.add_worksheet(name) for name in ("Values", "2023", "2024"))
        hidden.hide()
        for each, problem in ((hidden, "Hidden"), (second, "Old"), (third, "New")):
            each.write_column("A1", ["Problem", problem])

    path = workbook(tmp_path, fill)
    assert [read(path).name, read(path, sheet="2024").name] == ["2023", "2024"]
    with pytest.raises(UserMistake, match=r"there is no such sheet\. The file has “List”, “Values”, “2023”, “2024”"):
        read(path, sheet="2025")


def test_formulas_are_their_results_and_those_without_are_said(tmp_path: Path) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row("A1", ["Problem", "Ward", "Not ours"])
        sheet.write_formula("A2", '="Bells"', None, "Bells")
        sheet.write_formula("B2", '="Ward "&"A"', None, "Ward A")
        sheet.write_formula("A3", '="Never computed"', None, "")
        sheet.write("A4", "Chairs")
        sheet.write_formula("B4", "=NA()", None, "#N/A")
        sheet.write("A5", "Lamps")
        sheet.write_formula("C5", "=NA()", None, "#N/A")

    rows = read(workbook(tmp_path, fill)).rows
    assert [row.cells for row in rows] == [
        {"problem": "Bells", "unit": "Ward A"},
        {},
        {"problem": "Chairs"},
        {"problem": "Lamps"},
    ]
    never = "This cell is a formula whose result is not in the file: open the file in Excel and save it."
    assert [row.faults for row in rows] == [
        [],
        [("problem", never)],
        [("unit", "This cell shows the error #N/A.")],
        [],
    ]


def packed(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return made.getvalue()


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 512, "This is an old workbook (.xls)."),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "This workbook is protected by a password."),
        (b"PK\x03\x04 and no more", "This workbook is broken."),
        (packed({"content.xml": b"<a/>"}), "This is not an Excel workbook."),
        (packed({"xl/workbook.xml": b"<a", "xl/_rels/workbook.xml.rels": b"<a/>"}), "This workbook is broken."),
        (packed({"xl/workbook.xml": b"<a/>"}), "This workbook is broken."),
    ],
)
def test_what_is_no_workbook_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)
    with pytest.raises(UserMistake) as refused:
        read(path)
    assert str(refused.value).startswith(sentence)


def test_a_workbook_that_would_take_all_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write("A1", "Problem")
        sheet.write("XFD1048576", "far away")

    path = workbook(tmp_path, fill)
    with pytest.raises(UserMistake, match="Something stands in row 1,048,576, column 16,384: This workbook is too"):
        read(path)
    monkeypatch.setattr(workbook_parts, "MOST_BYTES", 100_000)
    path.write_bytes(packed({"xl/workbook.xml": b" " * 10_000_000}))
    assert path.stat().st_size < 20_000
    with pytest.raises(UserMistake, match="This workbook is too large"):
        read(path)
    monkeypatch.setattr("db.imports.sheet.LARGEST", 1_000)
    with pytest.raises(UserMistake, match="has more than"):
        read(path)


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/SharedStrings.xml"])
def test_one_long_text_that_very_many_cells_refer_to_is_counted_for_each(tmp_path: Path, name: str) -> None:
    long = "x" * grid.LONGEST

    def fill(made: Any, sheet: Any) -> None:
        sheet.write_column("A1", ["Problem", *[long] * (workbook_parts.MOST_TEXT // len(long) + 1)])

    path = workbook(tmp_path, fill)
    path.write_bytes(packed({name if "shared" in old else old: content for old, content in parts_of(path).items()}))
    assert path.stat().st_size < 50_000
    with pytest.raises(UserMistake, match="there are more than 67,108,864 characters of text: This workbook is too"):
        read(path)


def test_of_two_parts_with_one_name_none_is_chosen(tmp_path: Path) -> None:
    path = workbook(tmp_path, lambda made, sheet: sheet.write_column("A1", ["Problem", "Bells"]))
    parts = parts_of(path)
    path.write_bytes(packed(parts | {"xl/SHAREDSTRINGS.xml": parts["xl/sharedStrings.xml"]}))
    with pytest.raises(UserMistake, match="This workbook is broken"):
        read(path)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        (b'<c r="A2"', b'<c r="A99999999"', "Something stands in row 99,999,999, column 1: This workbook is too large"),
        (b'<c r="A2"', b'<c r="2A"', "This workbook is broken."),
        (b'encoding="UTF-8"', b'encoding="UTF-9"', "This workbook is broken."),
        (b"<v>1</v>", b"<v>99</v>", "The sheet “List” cannot be read"),
        (b"<v>1</v>", b"<v>000000000000000000001</v>", "This workbook is broken."),
    ],
)
def test_a_workbook_that_contradicts_itself_is_one_sentence(
    tmp_path: Path, before: bytes, after: bytes, sentence: str
) -> None:
    path = workbook(tmp_path, lambda made, sheet: sheet.write_column("A1", ["Problem", "Bells"]))
    parts = parts_of(path)
    part = "xl/worksheets/sheet1.xml"
    assert before in parts[part]
    parts[part] = parts[part].replace(before, after)
    path.write_bytes(packed(parts))
    with pytest.raises(UserMistake) as refused:
        read(path)
    assert str(refused.value).startswith(sentence)


def test_a_cell_that_is_too_long_is_cut_and_said(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    long = "x" * (grid.LONGEST + 1)
    path.write_text(f"problem,theme,other\n{long},,\nfine,,{long}\n")
    first, second = read(path).rows
    assert first.faults == [("problem", "This cell has 32,768 characters; at most 32,767 are read.")]
    assert len(first.raw[0]) < 300
    assert (second.cells, second.faults) == ({"problem": "fine"}, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_whichever_encoding_spreadsheets_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes("Ideas of 2024\n\nIdea\tWard\nSiân’s café\tWard A\n".encode(encoding))
    assert cells(read(path)) == [{"problem": "Siân’s café", "unit": "Ward A"}]
