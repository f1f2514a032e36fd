"""Which screens are on: those that asked or hold a connection, written down every half a minute: a dead wall shows."""

import asyncio
import logging
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from api.subscriptions.hub import Hub
from api.viewer import Viewers
from db.engine import BUSY, LOST, Database
from db.operations import screens

log = logging.getLogger(__name__)

EVERY = 30.0  # seconds


class Seen:
    """One a process. It moves no position (rule 4): what a leader reads of it is as old as the last writing."""

    def __init__(self, database: Database, hub: Hub, viewers: Viewers, every: float = EVERY) -> None:
        self.database = database
        self.hub = hub
        self.viewers = viewers
        self.every = every
        self.task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self.task = asyncio.create_task(self.run())

    def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self.every)
            try:
                await self.write()
            except (*LOST, *BUSY) as error:
                log.warning("which screens are on could not be written (%r); again in a while", error)
            except Exception:
                log.exception("which screens are on could not be written; again in a while")

    async def write(self) -> None:
        seen: dict[UUID, datetime | None] = dict.fromkeys(self.viewers.screens)
        self.viewers.screens.clear()
        for viewer in tuple(self.hub.presence.visitors.values()):
            if viewer is not None and viewer.sight.on_a_wall:
                seen.setdefault(viewer.person)
        for screen, at in self.told():
            seen[screen] = max(seen.get(screen) or at, at)
        if seen:
            await screens.saw(self.database, seen)

    def told(self) -> Iterator[tuple[UUID, datetime]]:
        """Screens that have been sent the newest of their board, and when that was."""
        for channel in self.hub.channels.values():
            for board in channel.boards.values():
                for member in board.members:
                    if board.changed_at is not None and member.task is None and member.viewer.sight.on_a_wall:
                        yield member.viewer.person, board.changed_at
