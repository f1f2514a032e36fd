"""The tail: the only reader of the log. Every second, or when rung, it looks where each organisation's feed stands.

One a process. What moved goes to the hub, in order; changes of access go to whoever is connected. A database that is
away is waited for; any other failure ends the process, since everything behind the tail would stand still in silence.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

import asyncpg

from db.engine import LOST, Database
from db.events import PUBLIC, AccessChanged, SettingsChanged, Silent

log = logging.getLogger("groundswell.tail")

HEADS = "select organisation_id, position, epoch from feed_head"
# One row a type: the positions in between are whole, since the log has no gaps.
EVENTS = """
select type, version, count(*) as count,
       array_agg(distinct facts ->> 'person') filter (where type = 'ACCESS_CHANGED') as people
from event where organisation_id = $1 and position > $2 and position <= $3
group by type, version
"""
AWAY = (
    *LOST,
    TimeoutError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
)
PUBLIC_VERSIONS = {event.type: event.version for event in PUBLIC}
VERSIONS: dict[str, int] = {
    **PUBLIC_VERSIONS,
    Silent.type: Silent.version,
    AccessChanged.type: AccessChanged.version,
    SettingsChanged.type: SettingsChanged.version,
}


class Audiences(Protocol):
    """What the tail tells of the log: the hub."""

    def advance(self, organisation: UUID, position: int, types: set[str]) -> None: ...

    def doubt(self, organisation: UUID) -> None: ...

    def reset(self, organisation: UUID, position: int) -> None: ...

    def reconsider(self, person: UUID) -> None: ...


class Tail:
    """`fatal` is called with a sentence when the tail can't go on; it ends the process.

    `changed` hears first of a person whose access changed, so that what was remembered of them can be forgotten;
    `replaced` of an organisation of which nothing that was remembered need hold any more, and of its former epoch.
    `settings` hears of an organisation of whose settings nothing that was remembered need hold any more.
    `unknown` counts events that this release does not know, by type and version.
    """

    def __init__(
        self,
        database: Database,
        hub: Audiences,
        *,
        fatal: Callable[[str], None],
        changed: Callable[[UUID], object] | None = None,
        replaced: Callable[[UUID, str], object] | None = None,
        settings: Callable[[UUID], object] = lambda organisation: None,
        every: float = 1.0,
        patience: float = 10.0,
    ) -> None:
        self.database = database
        self.hub = hub
        self.fatal = fatal
        self.changed = changed
        self.replaced = replaced
        self.settings = settings
        self.every = every
        self.patience = patience
        self.heads: dict[UUID, int] = {}
        self.epochs: dict[UUID, str] = {}
        self.unknown: Counter[tuple[str, int]] = Counter()
        self.rung = asyncio.Event()
        self.begun = 0
        self.done = 0
        self.looked = asyncio.Event()
        self.looked_at: float | None = None
        self.away = False
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Looks once, then goes on by itself. Raises what asyncpg raises where the database is away."""
        await self.look()
        self.task = asyncio.create_task(self.run())
        self.task.add_done_callback(self.ended)

    async def stop(self) -> None:
        task, self.task = self.task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def ring(self) -> None:
        """Something may have moved: look now."""
        self.rung.set()

    def head(self, organisation: UUID) -> int | None:
        """The position that was seen last; None for an organisation that was never seen."""
        return self.heads.get(organisation)

    def epoch(self, organisation: UUID) -> str | None:
        return self.epochs.get(organisation)

    def lag(self) -> float:
        """Seconds since the last look that succeeded began; infinite before the first."""
        if self.looked_at is None:
            return float("inf")
        return asyncio.get_running_loop().time() - self.looked_at

    async def wait_for(self, organisation: UUID, position: int, within: float = 3.0) -> bool:
        """Waits until a position has been seen. False where a look that began after the call did not see it."""
        if self.heads.get(organisation, -1) >= position:
            return True
        wanted = self.begun + 1
        self.ring()
        try:
            async with asyncio.timeout(within):
                while self.done < wanted:
                    await self.looked.wait()
        except TimeoutError:
            log.warning("a reader waited for the tail in vain")
        return self.heads.get(organisation, -1) >= position

    async def run(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self.every):
                    await self.rung.wait()
            except TimeoutError:
                pass  # the floor under the doorbell
            self.rung.clear()
            try:
                await self.look()
            except AWAY as error:
                if not self.away:
                    log.warning("the database is away (%r); the feed waits for it", error)
                self.away = True
                await asyncio.sleep(self.every)
            else:
                if self.away:
                    log.info("the database is back")
                self.away = False

    async def look(self) -> None:
        """One look at all feeds. What was rung since it began is another one's."""
        self.begun += 1
        this = self.begun
        began = asyncio.get_running_loop().time()  # what is found is at least as new as this
        async with asyncio.timeout(self.patience):
            for row in await self.database.rows(HEADS):
                await self.follow(row["organisation_id"], row["position"], row["epoch"])
        self.done = this
        self.looked_at = began
        self.looked.set()
        self.looked = asyncio.Event()

    async def follow(self, organisation: UUID, position: int, epoch: str) -> None:
        seen = self.heads.get(organisation)
        if seen is None:
            self.settings(organisation)  # whoever asked before may have seen them change since
            self.heads[organisation], self.epochs[organisation] = position, epoch
            self.hub.advance(organisation, position, set())
        elif epoch != self.epochs[organisation] or position < seen:
            log.warning("the log of organisation %s was replaced: from %d to %d", organisation, seen, position)
            former, self.epochs[organisation] = self.epochs[organisation], epoch
            self.heads[organisation] = position
            if self.replaced is not None:
                self.replaced(organisation, former)
            self.settings(organisation)
            self.hub.reset(organisation, position)
        elif position > seen:
            rows = await self.database.rows(EVENTS, (organisation, seen, position))
            types = self.sort(organisation, seen, position, rows)
            self.heads[organisation] = position
            self.hub.advance(organisation, position, types)

    def sort(self, organisation: UUID, after: int, upto: int, rows: list[Any]) -> set[str]:
        """The public types among the new events. Changes of access are told, unknown events are counted."""
        types: set[str] = set()
        found = 0
        for row in rows:
            found += row["count"]
            if row["version"] > VERSIONS.get(row["type"], 0):
                if (row["type"], row["version"]) not in self.unknown:
                    log.info("events of type %s, version %d are unknown here", row["type"], row["version"])
                self.unknown[row["type"], row["version"]] += row["count"]
            elif row["type"] == AccessChanged.type:
                for person in map(UUID, row["people"] or ()):
                    if self.changed is not None:
                        self.changed(person)
                    self.hub.reconsider(person)
            elif row["type"] == SettingsChanged.type:
                self.settings(organisation)
            elif row["type"] in PUBLIC_VERSIONS:
                types.add(row["type"])
        if found != upto - after:
            # This process did not look for longer than events are kept.
            log.error("organisation %s: %d events between %d and %d", organisation, found, after, upto)
            self.settings(organisation)
            self.hub.doubt(organisation)
        return types

    def ended(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            return
        log.critical("the tail has died", exc_info=task.exception())
        self.fatal("the tail has died")
