"""Asks what a row's cells say, and keeps all that is wrong with them, not only the first."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from db.errors import UserMistake
from db.imports.names import plain
from db.imports.sheet import Fault, Row
from db.imports.wording import quoted
from db.terms import UserErrorCode

T = TypeVar("T")

_YES = frozenset({"yes", "y", "true", "1", "x", "anonymous", "anonymously"})
_NO = frozenset({"no", "n", "false", "0", "-", "named", "not anonymous"})


@dataclass(slots=True)
class Asking:
    """One row's cells, by our columns."""

    row: Row
    faults: list[Fault] = field(init=False)

    def __post_init__(self) -> None:
        self.faults = list(self.row.faults)

    def of(self, column: str, read: Callable[[str], T]) -> T | None:
        if column not in self.row.cells:
            return None
        try:
            return read(self.row.cells[column])
        except UserMistake as error:
            self.faults.append((column, error.message))
            return None

    def wrong(self, column: str) -> bool:
        return any(name == column for name, _ in self.faults)


def says_yes(text: str) -> bool:
    return plain(text) in _YES


def yes(text: str) -> bool:
    if says_yes(text):
        return True
    if plain(text) in _NO:
        return False
    raise UserMistake(UserErrorCode.INVALID, f"{quoted(text)} is neither yes nor no.")
