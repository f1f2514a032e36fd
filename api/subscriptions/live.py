"""Everybody who watches one live query: run again when the position has moved, sent when the answer differs."""

import asyncio
import logging
from datetime import UTC, datetime

from api.failures import encoded, refusal
from api.subscriptions.audience import Head, Shared
from api.subscriptions.presence import RESTART, TOO_SLOW
from api.subscriptions.subscriber import Subscriber
from api.subscriptions.view import LiveView, State
from db.errors import Refused

log = logging.getLogger("groundswell.hub")

FAILURES = 5  # in a row, then its clients are told to connect again


class LiveAudience:
    """The subscribers of one live query. One task runs it for all; a slow member gets the newest answer alone."""

    def __init__(self, view: LiveView, head: Head, shared: Shared) -> None:
        self.view = view
        self.head = head
        self.limits = shared.limits
        self.counts = shared.counts
        self.slots = shared.board_slots
        self.members: set[Subscriber[LiveAudience]] = set()
        self.latest: State | None = None
        self.changed_at: datetime | None = None
        self.task: asyncio.Task[None] | None = None

    def __bool__(self) -> bool:
        return bool(self.members)

    def join(self, s: "Subscriber[LiveAudience]") -> None:
        self.members.add(s)
        if self.task is None:
            self.run_anew()
        if self.latest is not None or s.first:
            self.send(s)

    def leave(self, s: "Subscriber[LiveAudience]") -> None:
        self.members.discard(s)
        s.stop()
        if not self.members:
            self.stop()

    def drop(self, s: "Subscriber[LiveAudience]", ending: tuple[int, str]) -> None:
        self.counts.too_slow += ending is TOO_SLOW
        self.leave(s)
        s.sink.close(*ending)

    def stop(self) -> None:
        task, self.task = self.task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()

    def run_anew(self) -> None:
        """From nothing: whatever was sent before is no longer known to hold."""
        self.stop()
        self.latest = None
        self.task = asyncio.create_task(self.run())
        self.task.add_done_callback(self.ended)

    def ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a live query failed; its clients are told to connect again", exc_info=error)
            for s in tuple(self.members):
                self.drop(s, RESTART)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        failures = 0
        while True:
            started = loop.time()
            try:
                async with self.slots, asyncio.timeout(self.limits.read):
                    self.counts.view_reads += 1
                    state = await self.view.read(self.head.position or 0)
            except Refused as refused:
                self.refuse(refused)
                return
            except Exception:
                failures += 1
                if failures == FAILURES:
                    raise
                log.warning("a live query could not be read; trying again", exc_info=True)
                await asyncio.sleep(self.limits.board)
                continue
            failures = 0
            differs = self.latest is None or self.latest.comparable != state.comparable
            self.latest = state
            if differs:
                self.changed_at = datetime.now(UTC)
                self.counts.executions_saved += len(self.members) - 1
                for s in tuple(self.members):
                    if s in self.members:  # not if it ended with another one of its connection
                        self.send(s)
                if self.task is None:
                    return  # the last of them has just ended
            await asyncio.sleep(max(0.0, started + self.limits.board - loop.time()))
            while (self.head.position or 0) <= state.position:
                await self.head.moved.wait()

    def refuse(self, refused: Refused) -> None:
        """Ends it for everybody with the error: asked again it would be refused again, so that nobody reconnects."""
        payload = encoded({"errors": [refusal(refused)]})
        for s in tuple(self.members):
            if s not in self.members:
                continue
            self.leave(s)
            try:
                s.sink.finish(payload)
            except Exception:
                log.exception("a subscriber could not be written to")
                s.sink.close(*RESTART)

    def send(self, s: "Subscriber[LiveAudience]") -> None:
        """The newest answer, at once or as soon as there is room for it."""
        if s.task is not None:
            return
        if s.first or not s.sink.writable():
            s.task = asyncio.create_task(self.send_later(s))
            s.task.add_done_callback(lambda task: self.sent(s, task))
        elif self.latest is not None:
            self.write(s, self.latest)

    def write(self, s: "Subscriber[LiveAudience]", state: State) -> None:
        try:
            s.sink.write(state.payload, state.position)
            self.counts.deliveries += 1
        except Exception:
            log.exception("a subscriber could not be written to")
            self.drop(s, RESTART)

    async def send_later(self, s: "Subscriber[LiveAudience]") -> None:
        while True:
            if not s.sink.writable():
                try:
                    async with asyncio.timeout(self.limits.stall):
                        await s.sink.room()
                except TimeoutError:
                    self.drop(s, TOO_SLOW)
                    return
            if not s.first:
                break
            s.sink.write(s.first.popleft(), None)
        s.first = s.task = None
        if self.latest is not None:
            self.write(s, self.latest)

    def sent(self, s: "Subscriber[LiveAudience]", task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("sending a live query failed; its client is told to connect again", exc_info=error)
            self.drop(s, RESTART)
