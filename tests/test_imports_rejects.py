"""Rows that cannot be taken go to a file with all that is wrong; put right there, they are imported from it."""

import csv
import fcntl
import os
import re
from collections.abc import Callable
from datetime import date
from itertools import chain, product
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from db import imports
from db.errors import UserMistake
from db.imports.formulas import escaped, unescaped
from tests.factories import Hospital
from tests.messy_list import suggestions, write_csv, write_workbook

Write = Callable[[Path, Any], int]


async def take(hospital: Hospital, path: Path, **given: Any) -> imports.Report:
    return await imports.import_ideas(hospital.database, path, imports.Asked(organisation="ashcombe", **given))


def rejects_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.rejects.csv")


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8-sig").splitlines(keepends=True)))


async def test_all_faults_of_a_row_stand_beside_its_own_cells(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("What is wrong?,Ward,Date,No\nBells,Ward A,2024-01-02,1\n,Ward Z,soon,2\n")
    report = await take(hospital, path)
    assert rejects_of(path).read_bytes().startswith(b"\xef\xbb\xbf"), "so that Excel reads it as UTF-8"
    header, row = rows_of(rejects_of(path))
    assert header == ["Rejected line", "Rejected because", "What is wrong?", "Ward", "Date", "No"]
    assert (row[0], row[2:]) == ("3", ["", "Ward Z", "soon", "2"])
    assert row[1] == (
        "Column “Date”: “soon” is not a date as 2024-11-23 or 23/11/2024 (day/month/year). "
        "Column “What is wrong?”: Please write something here. "
        "Column “Ward”: There is no unit called “Ward Z”."
    )
    assert f"The rejected rows are in {rejects_of(path)}" in "\n".join(report)


async def test_what_was_put_right_is_imported_from_there(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    problem = "-10 degrees in the store"
    path.write_text(f"Problem,Ward,Solution\n{problem},Ward Z,=HEATING()\nBells,Ward A,\n")
    await take(hospital, path)
    rejects = rejects_of(path)
    text = rejects.read_text("utf-8-sig")
    assert f",'{problem},Ward Z,'=HEATING()" in text, "no spreadsheet takes them for formulas"
    rejects.write_text(text.replace("Ward Z,'", "Ward B,'"), "utf-8-sig")
    again = await take(hospital, rejects)
    assert (again.imported, again.already, again.rejected) == (1, 0, [])
    found = await hospital.database.row("select problem, solution from idea where problem like '-%'")
    assert found is not None
    assert (found["problem"], found["solution"]) == (problem, "=HEATING()")
    assert not rejects_of(rejects).exists()


async def test_dates_of_a_workbook_that_counts_from_1904_come_out_and_back_as_they_are(
    hospital: Hospital, tmp_path: Path
) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as made:
        sheet, shown = made.add_worksheet(), made.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, ["Problem", "Ward", "Date"])
        sheet.write_column(1, 0, ["Shown as a date", "As a number", "With a time", "Not yet", "No date"])
        sheet.write_column(1, 1, ["Ward Z"] * 5)
        sheet.write_datetime(1, 2, date(2024, 3, 5), shown)
        sheet.write_column(2, 2, [43894, 43894.25, 65000, 12345])
    await take(hospital, path)
    rejects = rejects_of(path)
    dates = [row[4] for row in rows_of(rejects)[1:]]
    assert dates == ["2024-03-05", "2024-03-05", "2024-03-05T06:00:00", "2081-12-17", "12345"]
    rejects.write_text(rejects.read_text("utf-8-sig").replace("Ward Z,2", "Ward A,2"), "utf-8-sig")
    assert (await take(hospital, rejects)).imported == 3
    days = await hospital.database.rows("select submitted_at::date as day from idea where imported_from is not null")
    assert {each["day"] for each in days} == {date(2024, 3, 5)}
    assert [row[4] for row in rows_of(rejects_of(rejects))[1:]] == ["2081-12-17", "12345"]


async def test_a_number_twice_is_not_taken_for_one_idea(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Suggestion,Ref\nBells,15\nDoors,15\nLights,16\nLights,16\n")
    report = await take(hospital, path)
    assert (report.imported, report.already, len(report.rejected)) == (1, 1, 2)
    _, *rows = rows_of(rejects_of(path))
    assert [row[1].partition(",")[0] for row in rows] == [
        "Column “Ref”: Line 3 has the same one",
        "Column “Ref”: Line 2 has the same one",
    ]
    rows[1][3] = "17"
    with rejects_of(path).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Rejected line", "Rejected because", "Suggestion", "Ref"], *rows])
    again = await take(hospital, rejects_of(path))
    assert (again.imported, again.already, len(again.rejected)) == (2, 0, 0)


async def test_of_very_many_with_one_number_only_some_are_named(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Suggestion,Ref\n" + "".join(f"Problem {n},n/a\n" for n in range(9)))
    report = await take(hospital, path)
    whys = [each.why for each in report.rejected]
    assert "Lines 3, 4, 5, 6, 7 and 3 more have the same one, and say something else:" in whys[0]
    assert "Lines 2, 3, 4, 5, 6 and 3 more have the same one" in whys[8]


async def test_one_is_said_as_one(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Suggestion,Ref,Date\nBells,1,03/31/2024\nDoors,2,\n")
    report = await take(hospital, path)
    said = "\n".join(report)
    assert "1 date has no such month, and would be one as month/day/year: if this list writes" in said
    assert f"Batch {report.batch} has 1 idea. To take it back: groundswell" in said
    assert "1 idea imported, 0 there already, 1 rejected." in said


async def test_what_has_a_date_of_its_answer_alone_was_shared_by_then(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Suggestion,Date,Date closed,Status\nBells,,2024-03-01,Done\nDoors,last spring,2024-03-01,Done\n")
    report = await take(hospital, path)
    assert (report.imported, len(report.rejected)) == (1, 1)
    [[_, why, *_]] = rows_of(rejects_of(path))[1:]
    assert why.startswith("Column “Date”: “last spring” is not a date")
    assert "before it was submitted" not in why
    [day] = await hospital.database.rows("select submitted_at::date as day from idea where imported_from is not null")
    assert day["day"] == date(2024, 3, 1)


async def test_what_somebody_works_on_is_not_written_over(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Suggestion,Ward\nBells,Ward Z\n")
    await take(hospital, path)
    await take(hospital, path, dry_run=True)
    assert set(os.listdir(tmp_path)) == {"list.csv", "list.csv.rejects.csv"}, "the same is said once"
    put_right = rejects_of(path).read_text("utf-8").replace("Ward Z", "Ward A")
    rejects_of(path).write_text(put_right, "utf-8")
    report = await take(hospital, path, dry_run=True)
    kept = tmp_path / "list.csv.rejects.1.csv"
    assert kept.read_text("utf-8") == put_right
    assert f"The rejected rows of an earlier run are kept in {kept}." in report.notes
    assert rejects_of(path).stat().st_mode & 0o077 == 0


async def test_a_list_that_is_being_imported_waits_for_no_second_run(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Suggestion\nBells\n")
    with path.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(UserMistake, match="being imported already"):
            await take(hospital, path)
    assert (await take(hospital, path)).imported == 1


def test_a_cell_is_read_back_as_it_was() -> None:
    for signs in ("'=+-@\t\ra", "'=＠; \"\n\ufeffa"):
        for cell in map("".join, chain.from_iterable(product(signs, repeat=length) for length in range(5))):
            assert unescaped(escaped(cell)) == cell
            assert not escaped(cell).startswith(("\t", "\r"))
            for part in re.split(r"[;\t\r\n]", escaped(cell)):
                assert not part.lstrip(' "\ufeff').startswith(("=", "+", "-", "@", "＠"))


async def test_rejected_rows_hold_no_formula_whatever_a_spreadsheet_takes_for_the_separator(
    hospital: Hospital, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    problem = "Bells;=1+cmd|'/C calc'!A0;\n- lamps\n\"=2+2"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Problem", "Ward", "@Notes;=3"], [problem, "Ward Z", "＝4; +5"]])
    await take(hospital, path)
    rejects = rejects_of(path)
    text = rejects.read_text("utf-8-sig")
    for separator in ",;\t":
        for row in csv.reader(text.splitlines(keepends=True), delimiter=separator):
            assert [cell for cell in row if cell.lstrip(' "').startswith(("=", "+", "-", "@", "＝"))] == []
    await take(hospital, rejects, dry_run=True)
    assert rejects_of(rejects).read_text("utf-8-sig") == text, "nothing is added at each run"
    rejects.write_text(text.replace("Ward Z,", "Ward A,"), "utf-8-sig")
    assert (await take(hospital, rejects, mapping=["@Notes;=3=solution"])).imported == 1
    found = await hospital.database.row("select problem, solution from idea where imported_from is not null")
    assert found is not None
    assert (found["problem"], found["solution"]) == (problem, "＝4; +5")


async def test_nothing_rejected_leaves_no_file_of_an_earlier_run(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("problem,unit\nBells,Ward Z\n")
    await take(hospital, path)
    assert rejects_of(path).exists()
    path.write_text("problem,unit\nBells,Ward A\n")
    await take(hospital, path)
    assert not rejects_of(path).exists()


async def test_another_file_is_not_written_over(hospital: Hospital, tmp_path: Path) -> None:
    path, other = tmp_path / "list.csv", tmp_path / "mine.csv"
    path.write_text("problem,unit\nBells,Ward Z\n")
    other.write_text("mine")
    for place in (other, path):
        with pytest.raises(UserMistake, match="this is another file"):
            await take(hospital, path, rejects=place)
    with pytest.raises(UserMistake, match=r"cannot be written .*--rejects PATH"):
        await take(hospital, path, rejects=tmp_path / "nowhere" / "rejects.csv")
    assert other.read_text() == "mine"
    assert await hospital.database.value("select count(*) from import_batch") == 0


@pytest.mark.parametrize(
    ("write", "name"), [(write_workbook, "list.xlsx"), (write_csv, "list.csv")], ids=["workbook", "csv"]
)
async def test_a_dry_run_of_a_messy_list_says_exactly_what_happens(
    hospital: Hospital, tmp_path: Path, write: Write, name: str
) -> None:
    path = tmp_path / name
    write(path, list(suggestions(130)))
    before = await hospital.database.value("select sum(position) from feed_head")
    tried = await take(hospital, path, dry_run=True)
    said = rejects_of(path).read_bytes()
    assert await hospital.database.value("select count(*) from idea") == 0
    assert await hospital.database.value("select sum(position) from feed_head") == before
    assert await hospital.database.value("select count(*) from import_batch") == 0
    done = await take(hospital, path)
    assert done.imported > 50
    assert (tried.imported, tried.already, tried.nobody) == (done.imported, done.already, done.nobody)
    assert (tried.rejected, tried.notes) == (done.rejected, done.notes)
    assert rejects_of(path).read_bytes() == said
    shown = list(tried)
    assert "Status “Done” is implemented (7 rows)." in shown
    assert "“Date submitted”: “18 March 2024” is 18 March 2024." in shown
