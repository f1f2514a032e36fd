"""The vocabulary in which a resolver says where a field comes from: SQL over rows, never values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from sqlalchemy import ColumnElement, FromClause

from db.sight import Asks

Expression: TypeAlias = ColumnElement[Any]
Condition: TypeAlias = ColumnElement[bool]
Facts: TypeAlias = Mapping[str, Any]


class Argument(Protocol):
    """One argument, or one field of an input object. What shapes the SQL is looked at; all else is bound."""

    def __getitem__(self, name: str) -> "Argument": ...

    @property
    def given(self) -> bool:
        """Present and not null; becomes part of the plan's key."""

    def look(self) -> Any:
        """The value itself; becomes part of the plan's key. For enums and page sizes, never free text."""

    def later(self) -> Callable[[Facts], Any]:
        """What tells the value of an operation's variables, where it shapes no SQL."""

    def bind(self, type_: Any, decode: Callable[[Any], Any] = ...) -> Expression:
        """A parameter. `decode` runs at each execution; what it raises refuses the operation before any SQL."""


class Row(Protocol):
    """A row that a shape looks at: its columns, the arguments of the field that led to it, and who asks."""

    @property
    def c(self) -> Any: ...

    @property
    def args(self) -> Argument: ...

    @property
    def asks(self) -> Asks: ...

    @property
    def outer(self) -> "Row": ...

    @property
    def by_id(self) -> bool:
        """Reached as by id: the plan is one of this person alone, and shows what is their own."""


@dataclass(frozen=True, slots=True)
class Column:
    """A value of the row: a column or an expression over it. `name`: of the column, where it is nothing but one.

    `cost`: of an aggregate, how many rows it counts as in what an operation may ask for. `moving`: it changes without
    a new position, so that what asks for it has no version.
    """

    sql: Callable[[Row], Expression]
    name: str | None = None
    cost: int = 0
    moving: bool = False


@dataclass(frozen=True, slots=True)
class One:
    """A row that this one belongs to, or null. `by_id`: reached as by id, one's own unpublished things included.

    `always` says that the target exists and is seen whenever the row is: only then may the field be non-null.
    """

    type: str
    on: Callable[[Row, Row], Condition]
    by_id: bool = False
    always: bool = False


@dataclass(frozen=True, slots=True)
class Here:
    """An object over the same row, with the field's arguments; null unless `when`."""

    type: str
    when: Callable[[Row], Condition | None] = lambda row: None


@dataclass(frozen=True, slots=True)
class Many:
    """A bounded list, `most` at the most (an operation enforces it) or as many as the argument `first` says.

    `on` is given this row, the child's, and the arguments of the field stand in the child's `args`. `cost`: of a list
    that is hard to find, how many rows finding it counts as, whatever is selected of it; such a one (`searched`) is not
    asked for again of what it found, nor by a subscription, which would search whenever something changes. `moving`:
    as a column's.
    """

    type: str
    on: Callable[[Row, Row], Condition]
    order: Callable[[Row], Sequence[Expression]]
    most: int
    paged: bool = False
    cost: int = 0
    moving: bool = False

    @property
    def searched(self) -> bool:
        return self.cost > 0


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key of an order: its SQL, its type, and how its JSON is read back from a page cursor.

    `decode` raises ValueError or TypeError for what PostgreSQL did not write.
    """

    sql: Callable[[Row], Expression]
    type: Any
    decode: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Order:
    """Sort keys, all in one direction (a keyset is one row comparison); the id is added as the last."""

    keys: Sequence[Key]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """A keyset connection. `orders` by name; the argument `orderBy`, where the field has one, chooses."""

    type: str
    on: Callable[[Row, Row], Condition]
    orders: Mapping[str, Order]
    # `filter: {mine: true}` reaches one's own unpublished things: asked with the child row.
    by_id: Callable[[Row], bool] = field(default=lambda row: False)


@dataclass(frozen=True, slots=True)
class FeedPages:
    """A connection of events whose page cursors are feed cursors and whose order is the position."""

    type: str
    on: Callable[[Row, Row], Condition]


@dataclass(frozen=True, slots=True)
class ById:
    """Any node by its id; the id's tag says the type and is part of the plan's key. `many`: a list of ids."""

    many: bool = False


@dataclass(frozen=True, slots=True)
class Live:
    """A subscription's events: rows of the log in a range of positions that also fulfil `on`.

    `types`: what tells the event types it can carry, of an operation's variables; None means any.
    """

    type: str
    on: Callable[[Row], Condition]
    types: Callable[[Row], Callable[[Facts], Sequence[str] | None]]


@dataclass(frozen=True, slots=True)
class Computed:
    """A value made in Python by `by` from `needs`: names of the source's columns or facts."""

    needs: tuple[str, ...]
    by: Callable[[Facts], object]


Shape: TypeAlias = Column | One | Here | Many | Connection | FeedPages | ById | Live | Computed


@dataclass(frozen=True, slots=True)
class Source:
    """Where a GraphQL type comes from: its table, its fields, and who sees a row of it (`sees`, everywhere).

    `by_id`: who reaches a row by its id. `facts`: what computed fields need and the schema does not show.
    `tag`: the beginning of its ids, where it is a Node.
    """

    type: str
    table: FromClause
    fields: Mapping[str, Shape]
    sees: Callable[[Any, Asks], Condition]
    by_id: Callable[[Any, Asks], Condition] | None = None
    facts: Mapping[str, Column] = field(default_factory=dict)
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Abstract:
    """An interface or union over rows of one table: `kind` is the SQL that tells the members apart.

    `members`: GraphQL type -> the value of `kind`; with a single member no `kind` is asked. `on_a_wall`: what it is to
    a screen, where that is something else.
    """

    type: str
    table: FromClause
    members: Mapping[str, str]
    sees: Callable[[Any, Asks], Condition]
    kind: Callable[[Row], Expression] | None = None
    on_a_wall: "Abstract | None" = None


class Sources:
    """Every source by its type's name."""

    def __init__(self, sources: Sequence[Source | Abstract]) -> None:
        self.concrete = {s.type: s for s in sources if isinstance(s, Source)}
        self.abstract = {s.type: s for s in sources if isinstance(s, Abstract)}
        self.tags = {s.tag: s for s in self.concrete.values() if s.tag}
        if len(self.concrete) + len(self.abstract) != len(sources):
            raise ValueError("a type has more than one source")
