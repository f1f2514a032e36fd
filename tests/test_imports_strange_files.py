"""What is given to `groundswell import` and is no list, or a strange one, is one clear sentence, never a guess."""

import csv
from pathlib import Path

import pytest
import xlsxwriter

from db.errors import UserMistake
from db.imports import Asked, import_ideas
from db.imports.names import IDEAS
from db.imports.sheet import read_sheet
from tests.factories import Hospital

LIST = "Problem\tWard\r\nSiân’s bell\tWard A\r\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf\n , ,\n", "This file is empty."),
        (LIST.encode("utf-16-le"), "This file is no text, or UTF-16 that does not begin as such."),
        (LIST.encode("utf-32"), "This file is no text, or UTF-16 that does not begin as such."),
        (b"PK\x05\x06" + bytes(18), "This file is no text, or UTF-16 that does not begin as such."),
        (LIST.encode() + b"caf\xe9", "Line 3: up to here this file is UTF-8, and no further."),
        (b"%PDF-1.7\n\x81\x8d", "Line 2: this file is neither UTF-8 nor Windows-1252."),
        (b"<html><table><tr><td>Problem</td></tr></table></html>", "This file is a web page or XML."),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "This file is a web page or XML."),
    ],
)
def test_what_is_no_list_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "list.xls"
    path.write_bytes(content)
    with pytest.raises(UserMistake) as refused:
        read_sheet(IDEAS, path)
    assert str(refused.value).startswith(sentence)


def test_where_only_hidden_sheets_have_something_it_is_said_how_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as made:
        hidden, shown = made.add_worksheet("Old"), made.add_worksheet("New")
        hidden.hide()
        shown.activate()
        hidden.write_column("A1", ["Problem", "Bells"])
    with pytest.raises(UserMistake, match=r"The sheets of this workbook are empty\. With --sheet NAME"):
        read_sheet(IDEAS, path)
    assert [row.cells for row in read_sheet(IDEAS, path, sheet="old").rows] == [{"problem": "Bells"}]


def test_very_many_columns_are_named_as_far_as_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    names = [f"Question {n}" for n in range(300)]
    path.write_text(",".join(names))
    with pytest.raises(UserMistake, match=r"“Question 38”, “Question 39” and 260 more\. Say which it is"):
        read_sheet(IDEAS, path)
    path.write_text(",".join(["Problem", *names]))
    *_, left = read_sheet(IDEAS, path).recognised()
    assert left.endswith("“Question 38”, “Question 39” and 260 more.")


async def test_of_a_long_text_where_a_word_belongs_only_the_beginning_is_said(
    hospital: Hospital, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    columns = ["date", "theme", "unit", "status", "anonymous"]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([["problem", *columns], ["Bells", *["many words\n" * 100] * len(columns)]])
    (rejected,) = (await import_ideas(hospital.database, path, Asked(organisation="ashcombe"))).rejected
    assert {column for column, _ in rejected.reasons} == set(columns)
    assert all("“many words many words" in why and len(why) < 700 for _, why in rejected.reasons)
    assert "\n" not in rejected.why


async def test_names_of_columns_without_a_row_import_nothing_and_say_so(hospital: Hospital, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Problem,Ward")
    said = list(await import_ideas(hospital.database, path, Asked(organisation="ashcombe")))
    assert said[0] == "0 ideas imported, 0 there already, 0 rejected."
    assert said[1].endswith("has none, and is forgotten.")
