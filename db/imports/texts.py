"""Reads a CSV file as spreadsheets write it: whichever encoding and separator they chose."""

import csv
import io
import re

from db.imports.grid import Grid, Line, line_of, tidy, wrong

_SEPARATORS = ",;\t"
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)  # how Excel tells itself
_QUOTED = re.compile(r'"[^"]*"')
_BEGINNING = 100  # characters, in which no list has a zero
_PAGE = re.compile(r"\s*<(!doctype|html|head|meta|style|table|[?]xml)\b", re.IGNORECASE)  # a report that is called .xls
_LOOKED_AT = 20_000  # characters by which the separator is told


def read_text(raw: bytes) -> Grid:
    """Raises UserMistake where it is no text, or its quotation marks do not close."""
    notes: list[str] = []
    text = _decoded(raw, notes)
    if "\0" in text[:_BEGINNING]:
        raise wrong("This file is no text, or UTF-16 that does not begin as such. Save the sheet as “CSV UTF-8”.")
    if _PAGE.match(text):
        raise wrong("This file is a web page or XML. Open it in Excel, save it as .xlsx and import that file.")
    begins = 1
    separator = None
    if told := _SEPARATOR_LINE.match(text):
        separator, text, begins = told[1], text[told.end() :], 2
    separator = separator or _separator(text)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines: list[Line] = []
    number = begins
    try:
        for cells in reader:
            line = line_of(number, [tidy(cell) for cell in cells])
            if line is not None:
                lines.append(line)
            number = begins + reader.line_num
    except csv.Error as error:
        raise wrong(
            f"Line {number}: a row that begins here cannot be read ({error}). Is a quotation mark missing?"
        ) from error
    return Grid(lines, notes=notes)


def _separator(text: str) -> str:
    """The one that most of the first lines have, and have most of: a title may stand above, and prose has commas."""
    beginning = _QUOTED.sub("", text[:_LOOKED_AT]).split("\n")[:20]
    counts = {each: [line.count(each) for line in beginning] for each in _SEPARATORS}
    return max(_SEPARATORS, key=lambda each: (sum(map(bool, counts[each])), max(counts[each])))


def _decoded(raw: bytes, notes: list[str]) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return raw.decode("utf-16")
        except UnicodeDecodeError as error:
            raise wrong("This file begins as UTF-16 and does not go on so. Save it as “CSV UTF-8”.") from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if not raw[: error.start].isascii():
            line = raw.count(b"\n", 0, error.start) + 1
            raise wrong(
                f"Line {line}: up to here this file is UTF-8, and no further. Save it as “CSV UTF-8”."
            ) from error
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise wrong(
            f"Line {line}: this file is neither UTF-8 nor Windows-1252. Save the sheet as “CSV UTF-8”."
        ) from error
    notes.append("The file is not UTF-8 and was read as Windows-1252: look whether accented letters are right.")
    return text
