"""What a row of an old list says of an idea: all of it that can be taken over, or all that is wrong with it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from db.imports.asking import Asking, says_yes, yes
from db.imports.dates import Dates
from db.imports.names import DATES, IDEAS, plain
from db.imports.place import Place
from db.imports.sheet import Fault, Row
from db.imports.statuses import Statuses
from db.rules import NAME, NEEDS_REASON, TEXT, TITLE, clean
from db.terms import IdeaStatus

_ADDRESS = re.compile(r"[^\s<>@:;,]+@[^\s<>@;,]+")
_OTHERS = 5  # lines that are named, of those with the same reference
_ANONYMOUS = frozenset({"anonymous", "anon"})
_WITHOUT_A_NAME = _ANONYMOUS | frozenset({"n/a", "none", "-", "unknown"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """An idea as `import_idea` takes it. `stands_in`: its author is who stands for rows that name nobody here."""

    problem: str
    solution: str | None
    title: str | None
    theme: UUID | None
    unit: UUID | None
    author: UUID | None
    anonymous: bool
    status: IdeaStatus
    answer: str | None
    answered: datetime | None
    at: datetime
    stands_in: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A row. `identity`: what tells it from others in any file, if that can be said. `nobody`: why it has no author.

    `content`: what stands in it.
    """

    row: Row
    identity: str | None
    content: str
    wanted: Wanted | None
    faults: list[Fault]
    nobody: str | None = None


@dataclass(slots=True)
class Judge:
    """Judges the rows of one list. `at`: of what has no date."""

    place: Place
    statuses: Statuses
    dates: Dates
    at: datetime

    def judge(self, row: Row) -> Judged:
        asking = Asking(row)
        cells = row.cells
        at = asking.of("submitted", lambda text: self.dates.moment(text, "submitted"))
        answered = asking.of("answered", lambda text: self.dates.moment(text, "answered"))
        content = _content(cells, self.dates)
        identity = asking.of("reference", lambda text: f"reference {clean(text, NAME)}")
        if identity is None and "reference" not in cells:
            identity = content
        problem = asking.of("problem", lambda text: clean(text, TEXT))
        if problem is None and not asking.wrong("problem"):
            asking.faults.append(("problem", "Please write something here."))
        solution = asking.of("solution", lambda text: clean(text, TEXT))
        title = asking.of("title", lambda text: clean(text, TITLE))
        answer = asking.of("reason", lambda text: clean(text, TEXT))
        status = asking.of("status", self.statuses.status) or IdeaStatus.OPEN
        if status in NEEDS_REASON and answer is None and not asking.wrong("reason"):
            asking.faults.append(("reason", f"Please say why it was {status.lower()}."))
        if answered is not None and at is not None and answered < at:
            asking.faults.append(("answered", "That is before it was submitted."))
        theme = asking.of("theme", self.place.theme)
        unit = asking.of("unit", self.place.unit)
        anonymous = asking.of("anonymous", yes) or plain(cells.get("author", "")) in _ANONYMOUS
        author, nobody = self._author(cells.get("author"), asking)
        if asking.faults or problem is None:
            return Judged(row, identity, content, None, asking.faults)
        wanted = Wanted(
            problem, solution, title, theme, unit, author or self.place.author, anonymous,
            status, answer, answered, at or answered or self.at, author is None and self.place.author is not None,
        )  # fmt: skip
        return Judged(row, identity, content, wanted, [], nobody)

    def _author(self, written: str | None, asking: Asking) -> tuple[UUID | None, str | None]:
        """Nobody is invented: who wrote it is known by an address that somebody here has."""
        if written is None or plain(written) in _WITHOUT_A_NAME:
            return None, None
        address = _ADDRESS.search(written)
        if address is None:
            return None, "names"
        found = self.place.people.get(address[0].lower())
        if found is None:
            return None, "addresses"
        person, takes_part = found
        if not takes_part:
            asking.faults.append(("author", "An executive reads, and shares no ideas."))
        return person, None


def told_apart(judged: Sequence[Judged]) -> list[Judged]:
    """As they were, but for rows that say different things under one reference: none of them is taken for the other."""
    alike: dict[str, list[Judged]] = {}
    for each in judged:
        if each.identity is not None and each.identity != each.content:
            alike.setdefault(each.identity, []).append(each)
    same: dict[int, str] = {}
    for some in alike.values():
        if len({each.content for each in some}) > 1:
            lines = [each.row.line for each in some]
            same |= {line: _same(line, lines) for line in lines}
    return [_doubtful(each, same[each.row.line]) if each.row.line in same else each for each in judged]


def _same(line: int, lines: Sequence[int]) -> str:
    others = [other for other in lines[: _OTHERS + 1] if other != line][:_OTHERS]
    more = len(lines) - 1 - len(others)
    named = ", ".join(map(str, others)) + (f" and {more:,} more" if more else "")
    has = f"Line {named} has the same one, and says" if len(lines) == 2 else f"Lines {named} have the same one, and say"
    return f"{has} something else: give each its own, or leave that column out by --map."


def _doubtful(judged: Judged, why: str) -> Judged:
    return replace(judged, identity=None, wanted=None, faults=[*judged.faults, ("reference", why)])


def addresses(rows: list[Row]) -> set[str]:
    found = (_ADDRESS.search(row.cells.get("author", "")) for row in rows)
    return {address[0] for address in found if address is not None}


def _content(cells: dict[str, str], dates: Dates) -> str:
    """By what stands in a row, in whichever order and however its dates are written."""
    said: list[str] = []
    for column in IDEAS.columns:
        text = " ".join(cells.get(column, "").split())
        text = dates.same(text) if text and column in DATES else text
        text = "yes" if column == "anonymous" and says_yes(text) else text  # as workbook and CSV write it differently
        if text:
            said.append(f"{column}\x1f{text}")
    whole = "\x1e".join(said).encode("utf-8", "surrogatepass")
    return f"content {hashlib.sha256(whole).hexdigest()}"
