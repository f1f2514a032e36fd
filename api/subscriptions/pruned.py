"""What the logs no longer keep: a cursor before that is expired, for a view that would have carried it (rule 6).

Any process may have pruned, so memory can say that a cursor is expired, never that it is good. Whoever reads a page of
the log asks the database afterwards: what took an event away left its mark in the same transaction, so a page that
lacks something is always found.
"""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from datetime import timedelta
from uuid import UUID

import asyncpg

from api.cursors import Cursor
from db.engine import LOST, Database
from db.events import PUBLIC
from db.retention import MARKS, MARKS_OF_ONE, prune

log = logging.getLogger("groundswell.pruned")

LEAVE = 2.0  # seconds for a round to end whose database may not answer; its lock ends with its connection
EVERY = 3600.0  # seconds between two rounds
DELIVERED = frozenset(event.type for event in PUBLIC)


class Pruned:
    """Prunes as the installation wants it (`keep` None: never), and knows what was pruned by whomever."""

    def __init__(self, database: Database, keep: timedelta | None, *, every: float = EVERY) -> None:
        self.database = database
        self.keep = keep
        self.every = every
        self.marks: dict[tuple[UUID, str], dict[str, int]] = {}  # organisation and epoch -> type -> position
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Reads what is known, then goes on by itself. Raises what asyncpg raises where the database is away."""
        await self.look()
        self.task = asyncio.create_task(self.run())

    async def stop(self) -> None:
        task, self.task = self.task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task], timeout=LEAVE)

    async def run(self) -> None:
        while True:
            try:
                await self.go_round()
            except LOST as error:
                log.warning("the feeds could not be pruned, the database is away (%r); again later", error)
            except Exception:
                log.exception("the feeds could not be pruned; again later")
            await asyncio.sleep(self.every)

    async def go_round(self) -> None:
        if self.keep is not None and (gone := await prune(self.database, self.keep)):
            log.info("%d events older than %d days are no longer kept", gone, self.keep.days)
        await self.look()

    async def look(self) -> None:
        """Reads all marks. They are few: one an organisation and type."""
        rows = await self.database.rows(MARKS)
        self.marks = {}
        self.learn(rows)

    def learn(self, rows: Iterable[asyncpg.Record]) -> None:
        for organisation, epoch, type_, position in rows:
            self.marks.setdefault((organisation, epoch), {})[type_] = position

    def known(self, cursor: Cursor, types: frozenset[str] | None) -> bool:
        """Is it known here that an event of these types after the cursor is gone? None: all that are delivered."""
        marks = self.marks.get((cursor.organisation, cursor.epoch), {})
        return is_beyond(marks, types, cursor.position)

    async def lacks(self, organisation: UUID, types: frozenset[str] | None, after: int) -> bool:
        """Is an event of these types after a position gone by now?"""
        rows = await self.database.rows(MARKS_OF_ONE, (organisation,))
        self.learn(rows)
        return is_beyond({row["type"]: row["position"] for row in rows}, types, after)


def is_beyond(marks: Mapping[str, int], types: frozenset[str] | None, after: int) -> bool:
    wanted = DELIVERED if types is None else types
    return any(position > after and type_ in wanted for type_, position in marks.items())
