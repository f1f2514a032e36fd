"""What a GraphQL object is made of here: a row, who asks, and how it was reached."""

import re
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from tests.naive.asking import Asks
from tests.naive.tables import Row, Tables
from tests.naive.values import write

TYPES: dict[str, type["Thing"]] = {}


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: "_" + capital[0].lower(), name)


class Thing:
    """An object of one type. A field is the method of its name, in snake case, or else the column."""

    table: ClassVar[str] = ""
    tag: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        TYPES[cls.__name__] = cls

    def __init__(self, asks: Asks, row: Row, *, own: bool = False) -> None:
        self.asks = asks
        self.row = row
        self.own = own  # reached by id: the answer is this person's alone

    @property
    def tables(self) -> Tables:
        return self.asks.tables

    def get(self, name: str, args: dict[str, Any]) -> Any:
        """The value of a field: JSON, another thing, a list of things or None."""
        method = getattr(self, f"get_{snake(name)}", None)
        if method is not None:
            return method(**{snake(arg): value for arg, value in args.items()})
        return write(self.row[snake(name)])

    def get_id(self) -> str:
        return f"{self.tag}_{self.row['id']}"

    # -- from one thing to others: seen, or not there

    def one(self, type_: str, id_: object, *, own: bool = False) -> "Thing | None":
        made = TYPES[type_]
        row = self.tables.get(made.table, id_)
        return made(self.asks, row, own=own) if row is not None and self.asks.sees(made.table, row, own=own) else None

    def seen(self, type_: str, where: Callable[[Row], bool] = lambda row: True, *, own: bool = False) -> list["Thing"]:
        made = TYPES[type_]
        return [
            made(self.asks, row)
            for row in self.tables.rows[made.table]
            if self.asks.sees(made.table, row, own=own) and where(row)
        ]

    def paired(self, table: str, mine: str, theirs: str, type_: str) -> list["Thing"]:
        """Through a table of pairs."""
        ids = {row[theirs] for row in self.tables.all(table, **{mine: self.row["id"]})}
        return self.seen(type_, lambda row: row["id"] in ids)


def ordered(things: Iterable[Thing], *names: str, descending: bool = False) -> list[Thing]:
    """By columns and, last of all, by id."""
    return sorted(things, key=lambda thing: [*(thing.row[n] for n in names), thing.row["id"]], reverse=descending)


def narrowed(asked: dict[str, Any] | None) -> dict[str, Any]:
    """A filter without what does not narrow: what is absent or null."""
    return {name: value for name, value in (asked or {}).items() if value is not None}
