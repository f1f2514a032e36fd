"""The processes and organisations of the test: what each has promised, and what its clients know and were answered."""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from api.cursors import Cursor, decode_cursor, encode_cursor
from tests.answers_documents import Data, Document, Known
from tests.answers_model import Theme, Who, Write
from tests.answers_wire import Lines
from tests.server import Server


@dataclass(eq=False)
class Process:
    """One `groundswell run`. `share`: of the writes. `floors`: by organisation, the newest position it has answered.

    Whoever begins to ask holds it to its floors as they are then; they begin anew when it is started again.
    """

    server: Server
    share: float
    floors: Counter[str] = field(default_factory=Counter)
    lines: Lines = field(init=False)
    up: bool = True

    def __post_init__(self) -> None:
        self.lines = Lines(self.server)

    def kill(self) -> None:
        self.up = False
        self.server.kill()
        self.lines.close()

    async def start(self) -> None:
        await self.server.start()
        self.floors, self.lines, self.up = Counter(), Lines(self.server), True


@dataclass(frozen=True, slots=True)
class Read:
    """One answer to a query: what it says, without `cursor` where that was not asked for, and where it was read."""

    who: Who
    document: Document
    variables: Mapping[str, Any]
    position: int
    data: Data
    how: str


@dataclass(frozen=True, slots=True)
class Tag:
    """An answer that a client has kept, by its ETag."""

    tag: str
    data: Data


@dataclass(eq=False)
class Place:
    """One organisation: who is in it, what its clients know, and what they were answered.

    `start`: where its log stood before anybody began. `mover`, `assigner`: they alone do that, so that nothing that is
    written has its effect already.
    """

    people: Sequence[Who]
    themes: Sequence[Theme]
    start: Cursor
    mover: Who
    assigner: Who
    owners: dict[str, Who] = field(default_factory=dict)  # of ideas, published or not
    statuses: dict[str, str] = field(default_factory=dict)
    placed: dict[str, str | None] = field(default_factory=dict)  # under which theme
    drafts: list[str] = field(default_factory=list)
    pages: dict[str, str] = field(default_factory=dict)
    cursors: list[str] = field(default_factory=list)
    tags: dict[Any, deque[Tag]] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    reads: list[Read] = field(default_factory=list)
    other: "Place" = field(init=False)
    hot: tuple[Document, Data] | None = None  # what many ask for just now

    def __post_init__(self) -> None:
        self.cursors.append(encode_cursor(self.start))
        self.newest = self.start.position

    @property
    def id(self) -> str:
        return self.people[0].organisation

    def known(self) -> Known:
        people, foreign = [who.id for who in self.people], [*self.other.owners]
        return Known([*self.owners], [*people, *self.drafts], foreign, [*self.pages.items()], self.cursors)

    def heard(self, cursor: str) -> int:
        """Of a cursor that somebody was answered."""
        position = decode_cursor(cursor).position
        if position > self.newest:
            self.newest = position
            self.cursors.append(cursor)
        return position
