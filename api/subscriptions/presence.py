"""Who is connected: ends them when their access ends or changes, and tells them to come back at a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from api.viewer import Viewer

log = logging.getLogger("groundswell.presence")

RESTART = (1012, "Restarting: connect again")
TOO_SLOW = (1013, "Too slow: connect again")
FORBIDDEN = (4403, "Forbidden")
REMEMBER = 60.0  # seconds for which a change of access is remembered, for those who were just being let in
TRIES = 5

Current: TypeAlias = Callable[[Viewer], Awaitable[Viewer | None]]


class Visitor(Protocol):
    """One connection: a socket or an event stream."""

    def close(self, code: int, reason: str) -> None: ...

    def changed(self, viewer: Viewer) -> None:
        """Their sight is another from now on."""

    def beat(self, now: float) -> None:
        """The time that it asked to be woken at has come: heartbeats, a maximum life."""


class Presence:
    """All connections of this process. `current` says what a viewer may do now, None: nothing any more.

    One clock for all of them, which the hub drives, since timers of their own would cost each a kilobyte.
    """

    def __init__(self, current: Current) -> None:
        self.current = current
        self.visitors: dict[Visitor, Viewer | None] = {}
        self.people: dict[UUID, set[Visitor]] = {}
        self.due: dict[Visitor, float] = {}
        self.changes: dict[UUID, float] = {}
        self.leaving = False
        self.left = asyncio.Event()
        self.tasks: set[asyncio.Task[None]] = set()

    def enter(self, visitor: Visitor) -> None:
        """A connection that nobody has signed in on yet."""
        self.visitors[visitor] = None

    def admit(self, visitor: Visitor, viewer: Viewer) -> None:
        """It is `viewer` from now on: closed within a tick of the credential's end."""
        self.known_as(visitor, viewer)
        changed = self.changes.get(viewer.person)
        if changed is not None and asyncio.get_running_loop().time() - changed < REMEMBER:
            # It may have been authenticated before the change and be admitted after it.
            self.start(self.check(visitor, viewer))

    def known_as(self, visitor: Visitor, viewer: Viewer | None) -> None:
        before = self.visitors.get(visitor)
        if before is not None and (others := self.people.get(before.person)) is not None:
            others.discard(visitor)
            if not others:
                del self.people[before.person]
        self.visitors[visitor] = viewer
        if viewer is not None:
            self.people.setdefault(viewer.person, set()).add(visitor)

    def leave(self, visitor: Visitor) -> None:
        if visitor in self.visitors:
            self.known_as(visitor, None)
            del self.visitors[visitor]
        self.due.pop(visitor, None)
        if not self.visitors:
            self.left.set()

    def wake(self, visitor: Visitor, at: float) -> None:
        """`beat` is called once, at the first tick after `at`, a time of the loop."""
        self.due[visitor] = at

    def tick(self, now: float) -> None:
        """Ends those whose credential has expired, by the system's clock; wakes those who asked for it."""
        today = datetime.now(UTC)
        expired = [v for v, viewer in self.visitors.items() if viewer is not None and viewer.expires_at <= today]
        for visitor in expired:
            visitor.close(*FORBIDDEN)
        for visitor in [visitor for visitor, at in self.due.items() if at <= now]:
            self.due.pop(visitor, None)
            try:
                visitor.beat(now)
            except Exception:
                log.exception("a connection's clock failed; its client is told to connect again")
                visitor.close(*RESTART)

    def reconsider(self, person: UUID) -> None:
        """Something about this person's access changed: look again at every connection of theirs."""
        now = asyncio.get_running_loop().time()
        self.changes.pop(person, None)
        self.changes[person] = now
        for other, at in tuple(self.changes.items()):  # the oldest come first
            if now - at < REMEMBER:
                break
            del self.changes[other]
        for visitor in tuple(self.people.get(person, ())):
            viewer = self.visitors[visitor]
            if viewer is not None:
                self.start(self.check(visitor, viewer))

    def reconsider_all(self, organisation: UUID) -> None:
        """Anything may have changed about them."""
        for person in {v.person for v in self.visitors.values() if v is not None and v.organisation == organisation}:
            self.reconsider(person)

    async def check(self, visitor: Visitor, viewer: Viewer) -> None:
        now: Viewer | None = None
        change = self.changes.get(viewer.person)
        for attempt in range(TRIES):
            try:
                now = await self.current(viewer)
                break
            except Exception:
                log.exception("a viewer's access could not be looked up")
                if attempt == TRIES - 1:
                    visitor.close(*RESTART)
                    return
                await asyncio.sleep(0.2 * 2**attempt)
        if self.visitors.get(visitor) is not viewer:
            return  # left, or admitted anew, meanwhile
        if (newer := self.changes.get(viewer.person)) is not None and newer != change:
            return  # another look began after it, and may have ended before: what it found holds
        if now is None:
            visitor.close(*FORBIDDEN)
        elif now != viewer:
            self.known_as(visitor, now)
            if now.sight != viewer.sight:
                visitor.changed(now)

    async def goodbye(self, within: float) -> None:
        """Everybody is told to connect again, spread over `within` seconds so that they do not come at once.

        Returns when all have gone; what they asked for is answered first.
        """
        self.leaving = True
        visitors = tuple(self.visitors)
        together = max(1, -(-len(visitors) // 50))
        for n, visitor in enumerate(visitors, start=1):
            try:
                visitor.close(*RESTART)
            except Exception:
                log.exception("a connection could not be told to come back")
            if n % together == 0:
                await asyncio.sleep(within / 50)
        while self.visitors:
            self.left.clear()
            await self.left.wait()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.ended)

    def ended(self, task: "asyncio.Task[None]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("looking at a viewer's access failed", exc_info=error)
