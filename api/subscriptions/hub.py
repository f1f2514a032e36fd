"""The hub: joins subscribers to views, sends every view each batch of positions once, lets nobody miss or repeat one.

Pure asyncio: no database and no GraphQL. Per organisation a channel with its head and its audiences. The classic
mistake is a join during an advance: whoever joins while views are being read stands at the old head. So after the
reads, without awaiting, the head is set and each audience is either sent its batch or, where its view was not read,
falls behind at the old head; only audiences that no event of the batch can concern stay live as they are.
"""

import asyncio
import logging
from collections.abc import Hashable, Iterable
from typing import Any, TypeAlias, cast
from uuid import UUID

from api.subscriptions.arrivals import Arrivals
from api.subscriptions.audience import Audience, Head, Shared, name
from api.subscriptions.limits import Limits
from api.subscriptions.live import LiveAudience
from api.subscriptions.presence import RESTART, Current, Presence
from api.subscriptions.subscriber import Subscriber
from api.subscriptions.view import (
    ACCESS_CHANGED,
    LOG_REPLACED,
    Away,
    Batch,
    LiveView,
    Opening,
    Sink,
    View,
    shows_events,
)
from api.subscriptions.window import UNDOING
from api.viewer import Viewer

log = logging.getLogger("groundswell.hub")

Member: TypeAlias = Subscriber[Audience] | Subscriber[LiveAudience]


class Channel:
    """One organisation: its head, who watches, and the task that advances them."""

    def __init__(self, organisation: UUID) -> None:
        self.head = Head(organisation)
        self.audiences: dict[Hashable, Audience] = {}
        self.boards: dict[Hashable, LiveAudience] = {}
        self.target = 0
        self.types: set[str] = set()
        self.doubted = False  # some of what came may be gone: everybody catches up, by reads that find that out
        self.task: asyncio.Task[None] | None = None

    def advance(self, position: int, types: Iterable[str]) -> None:
        if self.head.position is None:
            self.target = position
            self.head.move(position)
        elif position > self.target:
            self.target = position
            self.types.update(types)
            if self.task is None:
                self.run()

    def run(self) -> None:
        self.task = asyncio.create_task(self.catch_target())
        self.task.add_done_callback(self.ended)

    async def catch_target(self) -> None:
        """Batch after batch; what arrives while one is read is the next one."""
        while self.head.position is not None and self.head.position < self.target:
            await self.step(self.head.position, self.target)
        self.task = None

    async def step(self, after: int, upto: int) -> None:
        types, self.types = self.types, set()
        doubted, self.doubted = self.doubted, False
        asked = [a for a in self.audiences.values() if a.live and a.concerns(types) and not doubted]
        read = await asyncio.gather(*(self.batch(a, after, upto) for a in asked))
        batches = dict(zip(asked, read, strict=True))
        # From here on nothing awaits.
        self.head.move(upto)
        if doubted or not UNDOING.isdisjoint(types):
            for audience in self.audiences.values():
                audience.window.clear()
        for audience in tuple(self.audiences.values()):
            if doubted or audience.concerns(types):
                audience.deliver(batches.get(audience), after, upto)
            else:
                audience.window.pass_over(after, upto)

    async def batch(self, audience: Audience, after: int, upto: int) -> Batch | None:
        try:
            return await audience.pages.newest(after, upto)
        except (Away, TimeoutError) as error:
            log.warning("a view could not be read in time (%s); its subscribers catch up", name(error))
            return None
        except Exception:
            log.exception("a view could not be read; its subscribers catch up")
            return None

    def ended(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.error("advancing failed; everybody is told to connect again", exc_info=error)
        self.task = None
        for audience in tuple(self.audiences.values()):
            audience.window.clear()  # a retraction may have been among what failed
            for s in audience.members():
                audience.drop(s, RESTART)
        if self.head.position is not None and self.head.position < self.target:
            self.head.move(self.target)

    def reset(self, position: int) -> None:
        """The log is another one now."""
        if self.task is not None:
            self.task.cancel()
            self.task = None
        self.target = position
        self.types.clear()
        self.doubted = False
        self.head.move(position)
        for audience in tuple(self.audiences.values()):
            audience.window.clear()
            for s in audience.members():
                audience.restart(s, LOG_REPLACED)
        for board in tuple(self.boards.values()):
            board.run_anew()

    def tidy(self, now: float, limits: Limits) -> None:
        """Forgets views that nobody watches any more: after a while, since those who were cut off come back."""
        empty = sorted((a for a in self.audiences.values() if not a), key=lambda a: a.empty_since)
        for n, audience in enumerate(empty):
            if now - audience.empty_since > limits.linger or len(empty) - n > limits.lingering:
                self.discard(audience)

    def discard(self, audience: Audience | LiveAudience) -> None:
        """Nobody watches it any more."""
        if isinstance(audience, Audience):
            audience.pages.end()
        of_kind: dict[Hashable, Any] = self.audiences if isinstance(audience, Audience) else self.boards
        if of_kind.get(audience.view.key) is audience:
            del of_kind[audience.view.key]


class Hub:
    """All channels of this process, and who is connected.

    `current` says what a viewer may do now (None: nothing any more); it is asked when their access changed.
    """

    def __init__(self, current: Current, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.shared = Shared(self.limits)
        self.presence = Presence(current)
        self.channels: dict[UUID, Channel] = {}
        self.ticker: asyncio.Task[None] | None = None
        self.reopening: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self.ticker = asyncio.create_task(self.tick())
        self.ticker.add_done_callback(self.ticker_ended)

    def stop(self) -> None:
        """Ends every task; whoever is still connected hears nothing more."""
        tasks = [self.ticker, *self.reopening, *self.presence.tasks]
        for channel in self.channels.values():
            tasks.append(channel.task)
            for audience in tuple(channel.audiences.values()):
                for s in audience.members():
                    audience.leave(s)
            for board in tuple(channel.boards.values()):
                for m in tuple(board.members):
                    board.leave(m)
        for task in tasks:
            if task is not None:
                task.cancel()

    async def tick(self) -> None:
        while True:
            await asyncio.sleep(self.limits.tick)
            now = asyncio.get_running_loop().time()
            self.presence.tick(now)
            for channel in tuple(self.channels.values()):
                for audience in tuple(channel.audiences.values()):
                    audience.say_caught_up(now)
                channel.tidy(now, self.limits)

    def ticker_ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the clock of the feed failed; it is started again", exc_info=error)
            self.start()

    def channel(self, organisation: UUID) -> Channel:
        channel = self.channels.get(organisation)
        if channel is None:
            channel = self.channels[organisation] = Channel(organisation)
        return channel

    def head(self, organisation: UUID) -> int | None:
        """Up to where live subscribers have been sent everything."""
        channel = self.channels.get(organisation)
        return channel.head.position if channel is not None else None

    def advance(self, organisation: UUID, position: int, types: Iterable[str]) -> None:
        """The log of an organisation is at `position`; `types` are the public events since the last call."""
        self.channel(organisation).advance(position, types)

    def reset(self, organisation: UUID, position: int) -> None:
        """Its log was replaced: `feed` says FeedReset(LOG_REPLACED), subscriptions to one type end.

        So were the people and their sessions: whoever is connected is looked at again.
        """
        self.channel(organisation).reset(position)
        self.presence.reconsider_all(organisation)

    def doubt(self, organisation: UUID) -> None:
        """Of what the next advance tells of, something is no longer kept."""
        self.channel(organisation).doubted = True

    def reconsider(self, person: UUID) -> None:
        """This person's access changed, or a session of theirs was revoked."""
        self.presence.reconsider(person)

    async def goodbye(self, within: float = 3.0) -> None:
        """At the signal: everybody is told to connect again, spread over `within` seconds."""
        await self.presence.goodbye(within)

    # Subscribers -----------------------------------------------------------------------------------------------

    def join(self, opening: Opening, sink: Sink) -> Member:
        """From now, or after a position; what came in between is sent first, each event once and in order."""
        view = opening.view
        channel = self.channel(view.organisation)
        if shows_events(view):
            subscriber = Subscriber(
                self.audience(channel, view),
                opening.viewer,
                sink,
                after=opening.after,
                first=opening.first,
                again=opening.again,
            )
            subscriber.audience.join(subscriber)
            return subscriber
        board = channel.boards.get(view.key)
        if board is None:
            board = LiveAudience(cast(LiveView, view), channel.head, self.shared)
            channel.boards[view.key] = board
        member = Subscriber(board, opening.viewer, sink, first=opening.first)
        board.join(member)
        return member

    def audience(self, channel: Channel, view: View) -> Audience:
        audience = channel.audiences.get(view.key)
        if audience is None:
            audience = Audience(view, channel.head, self.shared)
            channel.audiences[view.key] = audience
        return audience

    @property
    def arrivals(self) -> Arrivals:
        """The door through which subscriptions are opened."""
        return self.shared.arrivals

    def leave(self, subscriber: Member) -> None:
        """Its client has gone, or wants no more. A second call does nothing."""
        subscriber.closed = True
        subscriber.audience.leave(subscriber)  # type: ignore[arg-type]
        audience = subscriber.audience
        if not audience and (isinstance(audience, LiveAudience) or not audience.window.size):
            self.channels[audience.head.organisation].discard(audience)

    def change(self, subscriber: Member, viewer: Viewer) -> bool:
        """Its viewer's sight is another now: `feed` says so and goes on with it. False: it cannot go on."""
        audience = subscriber.audience
        if isinstance(audience, LiveAudience):
            return False
        position = audience.head.position or 0
        payload = audience.view.reset(position, ACCESS_CHANGED)
        if payload is None:
            return False
        if subscriber.again is None:
            self.leave(subscriber)
            subscriber.sink.write(payload, position)
            return False
        self.leave(subscriber)
        subscriber.closed, subscriber.viewer = False, viewer
        task = asyncio.create_task(self.reopen(cast("Subscriber[Audience]", subscriber), viewer))
        self.reopening.add(task)
        task.add_done_callback(self.reopening.discard)
        return True

    async def reopen(self, subscriber: "Subscriber[Audience]", viewer: Viewer) -> None:
        assert subscriber.again is not None
        try:
            view = await subscriber.again(viewer)
        except Exception:
            log.exception("a feed could not be opened anew; its client is told to connect again")
            subscriber.sink.close(*RESTART)
            return
        if subscriber.closed or subscriber.viewer is not viewer:
            return  # it left, or its sight changed again, meanwhile
        subscriber.audience = self.audience(self.channel(view.organisation), view)
        subscriber.audience.restart(subscriber, ACCESS_CHANGED)
