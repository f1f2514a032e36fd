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


class Presence:
    """All connections of this process. `current` says what a viewer may do now, None: nothing any more."""

    def __init__(self, current: Current) -> None:
        self.current = current
        self.visitors: dict[Visitor, Viewer | None] = {}
        self.people: dict[UUID, set[Visitor]] = {}
        self.expiries: dict[Visitor, asyncio.TimerHandle] = {}
        self.changes: dict[UUID, float] = {}
        self.leaving = False
        self.tasks: set[asyncio.Task[None]] = set()

    def enter(self, visitor: Visitor) -> None:
        """A connection that nobody has signed in on yet."""
        self.visitors[visitor] = None

    def admit(self, visitor: Visitor, viewer: Viewer) -> None:
        """It is `viewer` from now on: closed to the second when the credential expires."""
        self.forget(visitor)
        self.visitors[visitor] = viewer
        self.people.setdefault(viewer.person, set()).add(visitor)
        self.arm(visitor, viewer)
        changed = self.changes.get(viewer.person)
        if changed is not None and asyncio.get_running_loop().time() - changed < REMEMBER:
            # It may have been authenticated before the change and be admitted after it.
            self.start(self.check(visitor, viewer))

    def leave(self, visitor: Visitor) -> None:
        self.forget(visitor)
        self.visitors.pop(visitor, None)

    def forget(self, visitor: Visitor) -> None:
        if (timer := self.expiries.pop(visitor, None)) is not None:
            timer.cancel()
        viewer = self.visitors.get(visitor)
        if viewer is not None and (others := self.people.get(viewer.person)) is not None:
            others.discard(visitor)
            if not others:
                del self.people[viewer.person]

    def arm(self, visitor: Visitor, viewer: Viewer) -> None:
        left = (viewer.expires_at - datetime.now(UTC)).total_seconds()
        # A day at a time: a timer counts a clock that a change of the system's time does not move.
        wait = max(0.0, min(left, 86_400.0))
        self.expiries[visitor] = asyncio.get_running_loop().call_later(wait, self.expire, visitor, viewer)

    def expire(self, visitor: Visitor, viewer: Viewer) -> None:
        if viewer.expires_at <= datetime.now(UTC):
            visitor.close(*FORBIDDEN)
        else:
            self.arm(visitor, viewer)

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

    async def check(self, visitor: Visitor, viewer: Viewer) -> None:
        now: Viewer | None = None
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
        if now is None:
            visitor.close(*FORBIDDEN)
        elif now != viewer:
            sight = now.sight != viewer.sight
            self.forget(visitor)
            self.visitors[visitor] = now
            self.people.setdefault(now.person, set()).add(visitor)
            self.arm(visitor, now)
            if sight:
                visitor.changed(now)

    async def goodbye(self, within: float) -> None:
        """Everybody is told to connect again, spread over `within` seconds so that they do not come at once."""
        self.leaving = True
        visitors = tuple(self.visitors)
        for n, visitor in enumerate(visitors, start=1):
            visitor.close(*RESTART)
            if n % max(1, len(visitors) // 50) == 0:
                await asyncio.sleep(within / 50)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.ended)

    def ended(self, task: "asyncio.Task[None]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("looking at a viewer's access failed", exc_info=error)
