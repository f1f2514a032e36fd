"""Subscriptions of the model: what each was told so far, and what it may be told next."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import replace

from api.subscriptions.hub import Member
from api.subscriptions.presence import RESTART
from api.subscriptions.view import ACCESS_CHANGED, CURSOR_EXPIRED, LOG_REPLACED, Opening
from api.viewer import Viewer
from db.terms import Sight
from tests.hub_clients import JUST, Connection
from tests.hub_model import FeedView, WinsBoard

MOST_POSITION = 2**31 - 1


class Watch(ABC):
    """A subscription as its connection has it: the hub's sink."""

    tells = False  # FeedReset, so that it goes on where continuity is lost

    def __init__(self, connection: Connection) -> None:
        self.connection, self.world, self.feed = connection, connection.world, connection.feed
        self.member: Member | None = None
        self.over = False
        connection.operations.append(self)  # type: ignore[arg-type]
        self.task: asyncio.Task[None] | None = self.world.loop.create_task(self.begin())

    async def begin(self) -> None:
        try:
            opening = await self.open()
        except OSError:
            self.connection.close(*RESTART)
            return
        self.task = None
        if opening is None:
            self.connection.forget(self)
            return
        self.member = self.world.hub.join(opening, self)
        if self not in self.connection.operations:
            self.connection.forget(self)  # it ended while it joined

    @abstractmethod
    async def open(self) -> Opening | None: ...

    @abstractmethod
    def take(self, payload: bytes, position: int | None) -> None: ...

    @abstractmethod
    def complete(self) -> None:
        """Everything has drained and time has passed: it has been told all there is."""

    def wrong(self, what: str) -> None:
        self.world.problems.append(f"{self}: {what}")

    def writable(self) -> bool:
        return self.connection.writable()

    async def room(self) -> None:
        await self.connection.roomy.wait()

    def write(self, payload: bytes, position: int | None) -> None:
        if self.over:
            self.wrong(f"was told {payload.decode()} after its end")
        self.connection.put()
        self.take(payload, position)

    def finish(self, payload: bytes | None) -> None:
        self.connection.forget(self)
        if payload is not None:
            self.connection.put()
            self.take(payload, None)

    def close(self, code: int, reason: str) -> None:
        self.connection.close(code, reason)


class BoardWatch(Watch):
    def __init__(self, connection: Connection) -> None:
        self.board = WinsBoard(connection.feed, connection.world.reading, connection.world.reads)
        self.heard: list[list[str]] = []
        self.resets = 0
        super().__init__(connection)
        connection.watches(self.board.key)

    def __repr__(self) -> str:
        return f"a board of {self.feed.name}"

    async def open(self) -> Opening:
        assert self.connection.viewer is not None
        return Opening(self.board, self.connection.viewer)

    def take(self, payload: bytes, position: int | None) -> None:
        _, *answer = payload.decode().split()
        resets = self.world.resets[self.feed.organisation]  # after one, all is said anew
        if self.heard[-1:] == [answer] and self.resets == resets:
            self.wrong(f"was told {answer} twice")
        self.resets = resets
        if answer[0] not in self.feed.logs:
            self.wrong(f"was told of {answer[0]}")
        self.heard.append(answer)

    def complete(self) -> None:
        now = [self.feed.epoch, self.board.answer().decode()]
        if self.heard[-1:] != [now]:
            self.wrong(f"was told {self.heard[-1:]} last, and it is {now}")


class Subscription(Watch):
    """What it was told so far stands in `at`: everything of its view up to there, in this epoch."""

    def __init__(
        self,
        connection: Connection,
        types: frozenset[str] | None,
        tells: bool,
        cursor: tuple[str, int] | None = None,
        raw: bool = False,  # a cursor that nobody looked at: beyond the head, it is the hub's to refuse
    ) -> None:
        assert connection.viewer is not None
        self.tells, self.cursor, self.raw = tells, cursor, raw
        self.at: tuple[str | None, int] | None = None
        self.lost = False  # the log was replaced under it, and it waits to be told
        self.first = self.replay = self.ahead = self.early = False
        self.view = connection.world.view(connection.feed, connection.viewer.sight, types, tells)
        super().__init__(connection)
        for sight in Sight:
            connection.watches(replace(self.view, sight=sight).key)
        self.world.told.setdefault(self.view.key, self.world.loop.time())

    def __repr__(self) -> str:
        types = "all" if self.view.types is None else "+".join(sorted(self.view.types))
        return f"{types} of {self.feed.name} for {self.view.sight.name} at {self.at}"

    async def open(self) -> Opening | None:
        world, viewer, organisation = self.world, self.connection.viewer, self.feed.organisation
        assert viewer is not None
        view, after, first = self.view, None, []
        if self.cursor is not None:
            epoch, position = self.cursor if self.raw else await self.head(self.cursor)
            if self.cursor[0] == epoch and self.cursor[1] <= position:
                after, self.at = self.cursor[1], self.cursor
            elif (said := view.reset(position, CURSOR_EXPIRED if self.cursor[0] == epoch else LOG_REPLACED)) is None:
                return None  # refused
            else:
                after, first, self.at = position, [said], (epoch, position)
        head, epoch = world.hub.head(organisation), world.tail.epoch(organisation)
        self.first, self.replay = bool(first), after is not None
        self.ahead = after is not None and (head is None or after > head)
        self.early = self.lost = epoch not in (None, self.feed.epoch)
        if after is None and head is not None:
            self.at = epoch, head
        return Opening(view, viewer, after, first, self.again if self.tells else None)

    async def head(self, cursor: tuple[str, int]) -> tuple[str, int]:
        """Where the feed stands, in the epoch that the tail knows: positions of another mean nothing to the hub."""
        tail, organisation = self.world.tail, self.feed.organisation
        epoch, position = tail.epoch(organisation), tail.head(organisation)
        if epoch is not None and position is not None and cursor[0] == epoch and cursor[1] <= position:
            return epoch, position
        found = await self.world.reading.read(self.view.key, lambda: (self.feed.epoch, self.feed.end))
        if found[0] != tail.epoch(organisation):
            await tail.wait_for(organisation, MOST_POSITION)
        if found[0] != tail.epoch(organisation):
            self.world.reading.faults[self.view.key] += 1
            raise OSError("the log was replaced, and the tail has not seen it or has seen more")
        return found

    async def again(self, viewer: Viewer) -> FeedView:
        view = await self.world.lookups.read(viewer.person, lambda: replace(self.view, sight=viewer.sight))
        self.world.told.setdefault(view.key, self.world.loop.time())
        return view

    # What it is told.

    def take(self, payload: bytes, position: int | None) -> None:
        kind, epoch, said, what, sight = payload.decode().split()
        upto = int(said)
        if self.at is None:  # from the head on, once it was known
            self.at = self.world.first[self.feed.organisation]
        if position not in (None, upto):
            self.wrong(f"{payload.decode()} was written as {position}")
        if kind in ("reset", "expired"):
            self.begin_anew(kind, epoch, upto, what, Sight[sight])
            return
        if sight != self.view.sight.name:
            self.wrong(f"was told {payload.decode()} with another sight")
        if self.feed.epoch != self.at[0]:
            self.lost = True
        if epoch != self.at[0] and not self.lost:
            self.wrong(f"was told {payload.decode()} of a log that is gone")
        if kind == "caught_up":
            self.check_quiet()
        else:
            self.check_shown(epoch, upto)
        if not self.lost and (missed := self.missed(upto + (kind == "caught_up"))):
            self.wrong(f"was told {payload.decode()} and never {missed}")
        if upto < self.at[1] or (kind == "event" and upto == self.at[1]):
            self.wrong(f"was told {payload.decode()} out of order")
        self.at = self.at[0], upto

    def missed(self, before: int) -> list[int]:
        assert self.at is not None
        entries = self.feed.logs[self.at[0] or self.feed.epoch]
        return [p for p in range(self.at[1] + 1, min(before, len(entries) + 1)) if self.view.shows(entries[p - 1])]

    def check_shown(self, epoch: str, position: int) -> None:
        if epoch not in self.feed.logs:
            self.wrong(f"was told of {epoch}")
            return
        entry = self.feed.logs[epoch][position - 1]
        if not self.view.shows(replace(entry, gone=False)):
            self.wrong(f"was told of {entry}, which it does not show")

    def check_quiet(self) -> None:
        """The end of a replay, or the clock: never an event that was not shown."""
        if self.replay:
            self.replay = False
            return
        now, before = self.world.loop.time(), self.world.told.get(self.view.key, 0.0)
        if now != before and now - before < self.world.limits.quiet - JUST:
            self.wrong(f"was told that it is quiet, {now - before:.1f} seconds after it was told before")
        self.world.told[self.view.key] = now

    def begin_anew(self, kind: str, epoch: str, position: int, reason: str, sight: Sight) -> None:
        assert self.at is not None
        person, world = self.connection.person, self.world
        replaced = self.early or self.at[0] != self.feed.epoch
        changed = len(world.sights[person]) > self.connection.sights_before
        expired = self.ahead or self.view.pruned_after(*self.at)
        fair = {LOG_REPLACED: replaced, CURSOR_EXPIRED: expired, ACCESS_CHANGED: changed, "-": replaced or expired}
        if not (self.first or fair[reason]):
            self.wrong(f"was reset to {epoch} {position} for no reason ({reason})")
        if epoch == self.feed.epoch and position > self.feed.end:
            self.wrong(f"was reset to {epoch} {position}, beyond the log's end")
        if sight != self.view.sight and reason != ACCESS_CHANGED:
            self.wrong(f"was given another sight by {reason}")
        self.view = replace(self.view, sight=sight)
        self.replay = self.replay and self.first
        self.first = False
        self.at, self.lost = (epoch, position), False

    def complete(self) -> None:
        if self.at is None:
            self.at = self.world.first[self.feed.organisation]
        if self.lost or self.at[0] != self.feed.epoch:
            self.wrong(f"never heard that its log was replaced by {self.feed.epoch}")
        elif missed := self.missed(self.feed.end + 1):
            self.wrong(f"was never told {missed}")
        elif self.tells and (self.replay or self.at[1] != self.feed.end):
            self.wrong("was never told that it has caught up")
        if self.view.sight != self.world.sights[self.connection.person][-1]:
            self.wrong("sees as its viewer did before")
