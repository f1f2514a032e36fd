"""The inside of an Excel workbook, looked at before it is read: that it is not too large, and what its cells hide.

What reads the values tells neither of a formula whose result was not kept nor of an error, and takes memory for every
cell up to the last one, and for a text once for each cell that refers to it.
"""

import io
import zipfile
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from db.imports.grid import wrong

MOST_BYTES = 256 * 1024 * 1024  # of all parts, unpacked
MOST_CELLS = 5_000_000  # of a sheet, up to its last row and column
MOST_TEXT = 64 * 1024 * 1024  # characters of a sheet, a text that is shared by many cells counted for each
_BROKEN = "This workbook is broken. Open it in Excel, save it as .xlsx and import that file."
_TOO_LARGE = "This workbook is too large. Copy the list alone into a new workbook and import that one."
_LONGEST_VALUE = 20  # characters that are looked at: of an error, or of a number
_TEXTS = "xl/sharedStrings.xml"


def unpacked(raw: bytes) -> io.BytesIO:
    """The workbook with its parts as they are, none compressed: nothing in it is larger than what was counted here."""
    made = io.BytesIO()
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed, zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as plain:
            if "xl/workbook.xml" not in packed.namelist():
                raise wrong("This is not an Excel workbook. Save the list as .xlsx or as “CSV UTF-8”.")
            if len({name.lower() for name in packed.namelist()}) < len(packed.namelist()):
                raise wrong(_BROKEN)  # which of two parts with one name would be read?
            for part in packed.infolist():
                if not part.filename.endswith((".xml", ".rels")) or part.filename.startswith("xl/media/"):
                    continue
                if part.file_size > left:
                    raise wrong(_TOO_LARGE)
                content = packed.read(part)
                left -= len(content)
                plain.writestr(part.filename, content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise wrong(_BROKEN) from error
    made.seek(0)
    return made


@dataclass(slots=True)
class Looked:
    """What a sheet's cells hide, by (row, column) from 0, and how far the sheet goes."""

    hidden: dict[tuple[int, int], str] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0


class _Texts:
    """Follows the XML of the texts that cells refer to: how many characters each has."""

    def __init__(self) -> None:
        self.lengths = array("L")
        self.inside = False

    def start(self, name: str, _: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "si":
                self.lengths.append(0)
            case "t":
                self.inside = True

    def end(self, name: str) -> None:
        if name.rpartition(":")[2] == "t":
            self.inside = False

    def text(self, data: str) -> None:
        if self.inside and self.lengths:
            self.lengths[-1] += len(data)


class _Sheet:
    """Follows a sheet's XML, cell by cell. `texts`: how many characters each of the shared texts has."""

    def __init__(self, texts: Sequence[int]) -> None:
        self.looked = Looked()
        self.texts, self.characters = texts, 0
        self.row = self.column = -1
        self.kind = ""
        self.formula = self.inside = False
        self.empty = True
        self.value = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
                self.column = -1
            case "c":
                if "r" in attributes:  # which counts, whatever its row says
                    self.row, self.column = _place(attributes["r"])
                else:
                    self.column += 1
                self.kind, self.formula, self.value = attributes.get("t", ""), False, ""
                self.empty = True
            case "f":
                self.formula, self.empty = True, False
            case "v" | "t":
                self.inside, self.empty, self.value = True, False, ""
            case "is":
                self.empty = False

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v" | "t":
                self.inside = False
            case "c":
                self._cell()

    def text(self, data: str) -> None:
        if self.inside and len(self.value) < _LONGEST_VALUE:
            self.value = (self.value + data)[:_LONGEST_VALUE]

    def _shared(self) -> int:
        """Raises ValueError where it refers to nothing."""
        if len(self.value) == _LONGEST_VALUE or int(self.value) < 0:
            raise ValueError(self.value)
        return self.texts[int(self.value)] if int(self.value) < len(self.texts) else 0

    def _cell(self) -> None:
        looked = self.looked
        if self.kind == "s" and self.value:
            self.characters += self._shared()
            if self.characters > MOST_TEXT:
                raise wrong(
                    f"Up to row {self.row + 1:,} there are more than {MOST_TEXT:,} characters of text: {_TOO_LARGE}"
                )
        if self.kind == "e":
            looked.hidden[self.row, self.column] = f"This cell shows the error {self.value}."
        elif self.formula and not self.value and self.kind != "str":
            looked.hidden[self.row, self.column] = (
                "This cell is a formula whose result is not in the file: open the file in Excel and save it."
            )
        elif self.empty:  # it has a colour, say
            return
        looked.rows, looked.columns = max(looked.rows, self.row + 1), max(looked.columns, self.column + 1)
        if looked.rows * looked.columns > MOST_CELLS:
            raise wrong(f"Something stands in row {looked.rows:,}, column {looked.columns:,}: {_TOO_LARGE}")


def _place(reference: str) -> tuple[int, int]:
    """The row and column of “B12”, from 0. Raises ValueError."""
    letters = reference.rstrip("0123456789")
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        raise ValueError(reference)
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return int(reference[len(letters) :]) - 1, column - 1


class Parts:
    """The parts of an unpacked workbook by name. Raises UserMistake where it is broken."""

    def __init__(self, workbook: io.BytesIO) -> None:
        self._zip = zipfile.ZipFile(workbook)
        self._names = {name.lower(): name for name in self._zip.namelist()}
        self._texts = _Texts()
        self.since_1904 = False
        self._sheets: dict[str, str] = {}
        targets: dict[str, str] = {}

        def relation(name: str, attributes: dict[str, str]) -> None:
            if name.rpartition(":")[2] == "Relationship":
                targets[attributes.get("Id", "")] = attributes.get("Target", "")

        def workbook_part(name: str, attributes: dict[str, str]) -> None:
            match name.rpartition(":")[2]:
                case "workbookPr":
                    self.since_1904 = attributes.get("date1904") in ("1", "true")
                case "sheet":
                    relations = [value for key, value in attributes.items() if key.rpartition(":")[2] == "id"]
                    target = targets.get(relations[-1] if relations else "", "")
                    self._sheets.setdefault(attributes.get("name", ""), target)

        self._parse("xl/_rels/workbook.xml.rels", relation)
        self._parse("xl/workbook.xml", workbook_part)
        if _TEXTS.lower() in self._names:
            self._parse(_TEXTS, self._texts.start, self._texts)

    def look(self, sheet: str) -> Looked:
        """What stands in a sheet and is not told by its values."""
        target = self._sheets.get(sheet, "")
        path = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        followed = _Sheet(self._texts.lengths)
        self._parse(path, followed.start, followed)
        return followed.looked

    def _parse(self, part: str, start: object, followed: _Sheet | _Texts | None = None) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = start  # type: ignore[assignment]
        if followed is not None:
            parser.EndElementHandler, parser.CharacterDataHandler = followed.end, followed.text
        try:
            parser.Parse(self._zip.read(self._names[part.lower()]), True)
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise wrong(_BROKEN) from error
