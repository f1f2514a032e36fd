"""Answers by position: what a statement answered, kept while the log stands where it was read.

A statement and its arguments say all that an answer depends on: organisation, sight and, where the plan looks at them,
the person stand in them. So an answer is good for whoever would ask the same, until the position moves. What is given
is never older than what this process gave or wrote before (`newest`), nor than the position that a request names.
"""

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from api.cursors import Cursor, encode_cursor
from db.engine import Database

MOST_BYTES = 64 * 2**20  # of a process
LARGEST = 4 * 2**20  # bytes of one answer that is kept
OVERHEAD = 700  # bytes of an entry beside its texts
WORTH_PACKING = 4096  # bytes
ASIDE = 128 * 1024  # bytes from which on packing would hold up the loop
LEVEL = 1  # of gzip: a page of ideas is a fifth at this level, and little less at twice the work
STALE = 5.0  # seconds without a look of the tail, after which memory vouches for nothing


class Heads(Protocol):
    """What is known of each organisation's log: the tail."""

    def epoch(self, organisation: UUID) -> str | None: ...

    def head(self, organisation: UUID) -> int | None: ...

    def lag(self) -> float: ...


@dataclass(slots=True, eq=False)
class Kept:
    """One answer: the whole result as JSON, where it was read, and as gzip once somebody took it so."""

    whole: bytes
    head: Cursor
    cursor: str
    packed: bytes | None = None
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
        self.kept: OrderedDict[Hashable, Kept] = OrderedDict()
        self.flights: dict[Hashable, Flight] = {}
        self.given: dict[UUID, int] = {}  # the newest position that was answered, an organisation
        self.replaced = 0
        self.hits = 0
        self.shared = 0
        self.executions = 0

    def newest(self, organisation: UUID) -> int | None:
        """The position that no answer may be older than; None where this process cannot vouch for any."""
        head = self.heads.head(organisation)
        if head is None or self.heads.lag() > STALE:
            return None
        return max(head, self.given.get(organisation, 0))

    def gave(self, head: Cursor) -> None:
        """Somebody is answered at this position, after a read or a write."""
        if head.position > self.given.get(head.organisation, 0) and head.epoch == self.heads.epoch(head.organisation):
            self.given[head.organisation] = head.position

    def wrote(self, organisation: UUID, position: int) -> None:
        """This process committed."""
        self.given[organisation] = max(position, self.given.get(organisation, 0))

    def forget(self, organisation: UUID) -> None:
        """Its log was replaced: nothing that was read or given before counts."""
        self.replaced += 1
        self.given.pop(organisation, None)
        for key in [key for key, kept in self.kept.items() if kept.head.organisation == organisation]:
            self.drop(key)

    async def read(self, text: str, args: Sequence[Any], organisation: UUID, after: Cursor | None) -> Kept | None:
        """What the statement answers: columns position, epoch and body. None where it has no row.

        At or after `after`, unless that is a position of no log that there is.
        """
        newest = self.newest(organisation)
        if newest is None:
            return await self.execute(text, args, organisation)
        wanted = 0
        if after is not None and (after.epoch, after.organisation) == (self.heads.epoch(organisation), organisation):
            wanted = after.position if after.position > newest else 0
        key = (text, *(tuple(arg) if isinstance(arg, list) else arg for arg in args))
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
            return await self.read(text, args, organisation, after)  # who read it was called off
        return await self.fly(key, Flight(newest, wanted), text, args, organisation)

    async def fly(
        self, key: Hashable, flight: Flight, text: str, args: Sequence[Any], organisation: UUID
    ) -> Kept | None:
        """Reads, for whoever joins too."""
        self.flights[key] = flight
        replaced = self.replaced
        kept: Kept | None = None
        try:
            kept = await self.execute(text, args, organisation)
            if kept is not None and replaced == self.replaced:
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

    async def execute(self, text: str, args: Sequence[Any], organisation: UUID) -> Kept | None:
        self.executions += 1
        rows = await self.database.rows(text, args)
        if not rows:
            return None
        position, epoch, body = rows[0]
        head = Cursor(epoch, organisation, position)
        self.gave(head)
        return Kept(b'{"data":%b}' % body.encode(), head, encode_cursor(head))

    def keep(self, key: Hashable, kept: Kept) -> None:
        if kept.head.epoch != self.heads.epoch(kept.head.organisation) or len(kept.whole) > LARGEST:
            return
        if key in self.kept:
            self.drop(key)
        kept.held = True
        self.kept[key] = kept
        self.size += weight(kept)
        self.make_room()

    def make_room(self) -> None:
        while self.size > self.most_bytes:
            self.drop(next(iter(self.kept)))

    def drop(self, key: Hashable) -> None:
        kept = self.kept.pop(key)
        kept.held = False
        self.size -= weight(kept)

    async def packed(self, kept: Kept) -> bytes:
        """As gzip, made once."""
        if kept.packed is None:
            packed = await pack(kept.whole)
            if kept.packed is None:
                kept.packed = packed
                self.size += len(packed) if kept.held else 0
                self.make_room()
        return kept.packed


def weight(kept: Kept) -> int:
    return len(kept.whole) + len(kept.packed or b"") + OVERHEAD


async def pack(body: bytes) -> bytes:
    """As gzip; a large one in a thread, so that nobody waits for it."""
    if len(body) < ASIDE:
        return gzip.compress(body, LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
