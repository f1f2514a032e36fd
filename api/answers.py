"""Answers by position: what a statement answered, kept while the log stands where it was read.

A statement and its arguments say all that an answer depends on: organisation, sight and, where the plan looks at them,
the person stand in them. So an answer is good for whoever would ask the same, until the position moves. What is given
is never older than what this process gave or wrote before (`newest`), nor than the position that a request names.
"""

import asyncio
import gzip
import sys
from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from api.cursors import Cursor, encode_cursor
from db.engine import Database

MOST_BYTES = 64 * 2**20  # of a process
LARGEST = 4 * 2**20  # bytes of one answer that is kept
OVERHEAD = 1000  # bytes of an entry beside its texts and arguments
WORTH_PACKING = 4096  # bytes
ASIDE = 128 * 1024  # bytes from which on packing would hold up the loop
LEVEL = 1  # of gzip: a page of ideas is a fifth at this level, and little less at twice the work
STALE = 5.0  # seconds without a look of the tail, after which memory vouches for nothing
PAST = 8  # epochs of an organisation that are known to be over

Key: TypeAlias = tuple[UUID, bytes, tuple[object, ...]]  # organisation, statement, arguments


class Heads(Protocol):
    """What is known of each organisation's log: the tail. `begun`, `done`: its looks, by their numbers."""

    begun: int
    done: int

    def epoch(self, organisation: UUID) -> str | None: ...

    def head(self, organisation: UUID) -> int | None: ...

    def lag(self) -> float: ...

    def ring(self) -> None: ...


class Statement(Protocol):
    """What is executed: its text, and a digest that stands for it."""

    @property
    def text(self) -> str: ...

    @property
    def digest(self) -> bytes: ...


@dataclass(slots=True, eq=False)
class Kept:
    """One answer: the whole result as JSON, where it was read, and as gzip once somebody took it so."""

    whole: bytes
    head: Cursor
    cursor: str
    packed: bytes | None = None
    packing: "asyncio.Task[None] | None" = None
    beside: int = 0  # bytes of what it is kept under
    held: bool = False  # in memory, and counted there


class Flight:
    """A read that is under way, which others may wait for: `newest` and `after` as they were when it set out."""

    __slots__ = ("after", "landed", "newest")

    def __init__(self, newest: int, after: int) -> None:
        self.newest = newest
        self.after = after
        self.landed: asyncio.Future[Kept | None] | None = None


class Answers:
    """One process's memory of answers, bounded in bytes; who was not asked for longest goes first.

    `hits`, `shared`: requests that cost no execution, because the answer was there or was being read.
    """

    def __init__(self, database: Database, heads: Heads, most_bytes: int = MOST_BYTES) -> None:
        self.database = database
        self.heads = heads
        self.most_bytes = most_bytes
        self.size = 0
        self.kept: OrderedDict[Key, Kept] = OrderedDict()
        self.flights: dict[Key, Flight] = {}
        self.given: dict[UUID, int] = {}  # the newest position that was answered, an organisation
        self.doubts: dict[UUID, tuple[int, Cursor]] = {}  # the look that ends one, and what was met
        self.past: dict[UUID, deque[str]] = {}
        self.histories: Counter[UUID] = Counter()  # how often a log was replaced
        self.hits = 0
        self.shared = 0
        self.executions = 0

    # Where an organisation's log stands -----------------------------------------------------------------------------

    def newest(self, organisation: UUID) -> int | None:
        """The position that no answer may be older than; None where this process cannot vouch for any."""
        doubt = self.doubts.get(organisation)
        if doubt is not None:
            if self.heads.done < doubt[0]:
                return None
            del self.doubts[organisation]
        head = self.heads.head(organisation)
        if head is None or self.heads.lag() > STALE:
            return None
        return max(head, self.given.get(organisation, 0))

    def known(self, organisation: UUID) -> Cursor | None:
        """The newest position that this process has met, vouching for nothing; None of a log that it never saw."""
        self.newest(organisation)  # which ends a doubt that is over
        if organisation in self.doubts:
            return self.doubts[organisation][1]
        epoch, head = self.heads.epoch(organisation), self.heads.head(organisation)
        if epoch is None or head is None:
            return None
        return Cursor(epoch, organisation, max(head, self.given.get(organisation, 0)))

    def stands(self, organisation: UUID, after: Cursor | None) -> Cursor | None:
        """Where the log stands, without asking; None where only the database can tell, or `after` is beyond that."""
        newest, epoch = self.newest(organisation), self.heads.epoch(organisation)
        if newest is None or epoch is None:
            return None
        here = Cursor(epoch, organisation, newest)
        return here if after is None or self.passed(after, here) else None

    def passed(self, after: Cursor, here: Cursor) -> bool:
        """Whether who is answered at `here` is answered after `after`; an expired one is passed over (rule 6)."""
        if after.organisation != here.organisation:
            return True
        if after.epoch != here.epoch:
            return after.epoch in self.past.get(here.organisation, ())
        return after.position <= here.position

    def gave(self, head: Cursor, history: int) -> None:
        """Somebody is answered at this position; `history`: of `histories`, as it was before the reading began."""
        organisation = head.organisation
        if head.epoch == self.heads.epoch(organisation) and history == self.histories[organisation]:
            self.given[organisation] = max(head.position, self.given.get(organisation, 0))
        elif head.epoch not in self.past.get(organisation, ()):
            # Of a log that the tail has not seen, or that may be over: until it has looked again, nobody knows.
            self.doubts[organisation] = (self.heads.begun + 1, head)
            self.heads.ring()

    def wrote(self, organisation: UUID, position: int, epoch: str) -> None:
        """This process committed."""
        self.gave(Cursor(epoch, organisation, position), self.histories[organisation])

    def forget(self, organisation: UUID, former: str) -> None:
        """Its log was replaced: nothing that was read or given before counts. `former`: its epoch until now."""
        self.histories[organisation] += 1
        if former != self.heads.epoch(organisation):
            self.over(organisation, former)
        self.given.pop(organisation, None)
        for key in [key for key in self.kept if key[0] == organisation]:
            self.drop(key)
        for key in [key for key in self.flights if key[0] == organisation]:
            del self.flights[key]

    def over(self, organisation: UUID, epoch: str) -> None:
        """This epoch is not the one that the database has."""
        past = self.past.setdefault(organisation, deque(maxlen=PAST))
        if epoch not in past:
            past.append(epoch)

    # Reading ----------------------------------------------------------------------------------------------------------

    async def read(
        self, statement: Statement, args: Sequence[Any], organisation: UUID, after: Cursor | None
    ) -> Kept | None:
        """What the statement answers: columns position, epoch and body. None where it has no row.

        At or after `after`, unless that is a position of no log that there is.
        """
        newest = self.newest(organisation)
        if newest is None:
            return await self.execute(statement, args, organisation)
        wanted = 0
        if after is not None and after.organisation == organisation:
            epoch = self.heads.epoch(organisation)
            if after.epoch == epoch:
                wanted = after.position if after.position > newest else 0
            elif after.epoch not in self.past.get(organisation, ()):  # older than this process, or newer than its tail
                kept = await self.execute(statement, args, organisation)
                if kept is not None and kept.head.epoch == epoch:
                    self.over(organisation, after.epoch)
                return kept
        key = (organisation, statement.digest, tuple([tuple(arg) if isinstance(arg, list) else arg for arg in args]))
        kept = self.kept.get(key)
        if kept is not None and not wanted and kept.head.position >= newest:
            self.kept.move_to_end(key)
            self.hits += 1
            return kept
        flight = self.flights.get(key)
        if flight is not None and (flight.newest, flight.after) == (newest, wanted):
            if flight.landed is None:
                flight.landed = asyncio.get_running_loop().create_future()
            landed = await asyncio.shield(flight.landed)
            if landed is not None:
                self.shared += 1
                return landed
            return await self.read(statement, args, organisation, after)  # who read it was called off
        return await self.fly(key, Flight(newest, wanted), statement, args)

    async def fly(self, key: Key, flight: Flight, statement: Statement, args: Sequence[Any]) -> Kept | None:
        """Reads, for whoever joins too."""
        organisation = key[0]
        self.flights[key] = flight
        history = self.histories[organisation]
        kept: Kept | None = None
        try:
            kept = await self.execute(statement, args, organisation)
            if kept is not None and history == self.histories[organisation]:
                self.keep(key, kept)
            return kept
        except Exception as error:
            if flight.landed is not None and not flight.landed.done():
                flight.landed.set_exception(error)
                flight.landed.exception()  # those who wait may all have gone
            raise
        finally:
            if self.flights.get(key) is flight:
                del self.flights[key]
            if flight.landed is not None and not flight.landed.done():
                flight.landed.set_result(kept)

    async def execute(self, statement: Statement, args: Sequence[Any], organisation: UUID) -> Kept | None:
        self.executions += 1
        history = self.histories[organisation]
        rows = await self.database.rows(statement.text, args)
        if not rows:
            return None
        position, epoch, body = rows[0]
        head = Cursor(epoch, organisation, position)
        self.gave(head, history)
        return Kept(b'{"data":%b}' % body.encode(), head, encode_cursor(head))

    # Keeping ----------------------------------------------------------------------------------------------------------

    def keep(self, key: Key, kept: Kept) -> None:
        beside = sum(map(size_of, key[2]))
        if kept.head.epoch != self.heads.epoch(kept.head.organisation) or len(kept.whole) + beside > LARGEST:
            return
        if key in self.kept:
            self.drop(key)
        kept.held = True
        kept.beside = beside
        self.kept[key] = kept
        self.size += weight(kept)
        self.make_room()

    def make_room(self) -> None:
        while self.size > self.most_bytes:
            self.drop(next(iter(self.kept)))

    def drop(self, key: Key) -> None:
        kept = self.kept.pop(key)
        kept.held = False
        self.size -= weight(kept)

    async def packed(self, kept: Kept) -> bytes:
        """As gzip, made once: whoever comes meanwhile waits for the same."""
        while kept.packed is None:
            if kept.packing is None:
                kept.packing = asyncio.create_task(self.pack(kept))
            await asyncio.shield(kept.packing)
        return kept.packed

    async def pack(self, kept: Kept) -> None:
        try:
            kept.packed = await pack(kept.whole)
            self.size += len(kept.packed) if kept.held else 0
            self.make_room()
        finally:
            kept.packing = None


def weight(kept: Kept) -> int:
    return len(kept.whole) + len(kept.packed or b"") + kept.beside + OVERHEAD


def size_of(value: object) -> int:
    """Bytes of an argument; a list's with what is in it."""
    return sys.getsizeof(value) + (sum(map(size_of, value)) if isinstance(value, tuple) else 0)


async def pack(body: bytes) -> bytes:
    """As gzip; a large one in a thread, so that nobody waits for it."""
    if len(body) < ASIDE:
        return gzip.compress(body, LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
