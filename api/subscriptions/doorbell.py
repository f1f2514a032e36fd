"""The doorbell: broadcaster says to every process that something moved, never what. Its loss costs latency alone.

One fixed channel, one subscription a process, an empty payload; publishing goes through one task, after commits and
coalesced. broadcaster does not tell when its connection dies, so the doorbell listens for its own rings: it counts as
connected once it has heard itself, and silence after a ring means that it is rebuilt. While it is broken, commits of
this process ring directly and the tail's clock does the rest.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from broadcaster import Broadcast
from broadcaster._base import Subscriber

from db.errors import Misconfigured

log = logging.getLogger("groundswell.doorbell")

CHANNEL = "groundswell_moved"
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    gather: float = 0.005  # commits within it are published once, and what is heard within it rings once
    proof: float = 10.0  # of silence, then it rings to hear itself
    echo: float = 5.0  # until a ring that is not heard means that it is broken
    look: float = 1.0  # between two looks at how long it has been silent
    connect: float = 5.0  # until it has heard itself
    probe: float = 0.1  # between the rings by which it tries that
    farewell: float = 1.0  # for a connection that may be dead already
    again: float = 1.0  # before the first attempt to rebuild, doubled up to thirty


class Broken(Exception):
    """The broadcast no longer works; it is to be built anew. What it says may be shown to anybody."""


def make(url: str) -> Broadcast:
    try:
        return Broadcast(url)
    except ModuleNotFoundError as error:
        raise Misconfigured(f"BROADCAST_URL: {error.name} is not installed; install broadcaster's extra.") from error
    except ValueError as error:
        raise Misconfigured("BROADCAST_URL: use memory://, postgresql://… or redis://…") from error


def death(broadcast: Broadcast) -> asyncio.Event:
    """Set by what can be seen of a death that broadcaster itself passes over; the echo finds the rest."""
    dead = asyncio.Event()

    def ended(task: "asyncio.Task[None]") -> None:
        dead.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.debug("a reader of the broadcast ended: %r", error)

    backend = broadcast._backend
    for reader in (broadcast._listener_task, getattr(backend, "_listener", None)):
        if isinstance(reader, asyncio.Task):  # the second is Redis's; PostgreSQL's is a method
            reader.add_done_callback(ended)
    terminated = getattr(getattr(backend, "_conn", None), "add_termination_listener", None)
    if terminated is not None:
        terminated(lambda connection: dead.set())
    return dead


async def subscribe(broadcast: Broadcast, stack: AsyncExitStack, farewell: float) -> Subscriber:
    subscription = broadcast.subscribe(CHANNEL)
    subscriber: Subscriber = await subscription.__aenter__()
    stack.push_async_callback(quietly, lambda: subscription.__aexit__(None, None, None), farewell)
    ready = getattr(broadcast._backend, "_ready", None)
    if ready is not None:
        # Redis: broadcaster wakes its reader before it subscribes; a reader that finds nothing subscribed sleeps again.
        ready.set()
    return subscriber


async def disconnect(broadcast: Broadcast) -> None:
    reader = getattr(broadcast._backend, "_listener", None)
    if isinstance(reader, asyncio.Task):  # Redis's: it would complain of what is closed under it
        reader.cancel()
        await asyncio.wait([reader], timeout=0.5)
    if hasattr(broadcast, "_listener_task"):
        await broadcast.disconnect()
    else:  # it never came so far; its backend may hold a connection
        await broadcast._backend.disconnect()


async def heeding(step: Awaitable[Result]) -> Result:
    """Does it, and is cancelled even where it passes over that.

    redis-py waits by asyncio.wait_for, which on Python 3.11 forgets a cancellation when the answer comes with it.
    """
    task = asyncio.current_task()
    before = 0 if task is None else task.cancelling()
    result = await step
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return result


async def quietly(end: Callable[[], Awaitable[object]], limit: float) -> None:
    """Ends what may be dead already: its complaints are no news."""
    try:
        async with asyncio.timeout(limit):
            await end()
    except Exception as error:
        log.debug("while the doorbell was taken down: %r", error)


class Doorbell:
    """`ring` is called in this process whenever something may have moved anywhere, once in `gather` at most.

    `rung` counts what this process published, `heard` what it heard of everybody's rings, its own among them.
    """

    def __init__(self, url: str, ring: Callable[[], None], pace: Pace | None = None) -> None:
        self.url = url
        self.ring = ring
        self.pace = pace or Pace()
        self.backend = urlsplit(url).scheme
        self.pressed = asyncio.Event()
        self.connected = False
        self.rung = 0
        self.heard = 0
        self.rebuilt = 0
        self.worked = False  # ever
        self.trouble: str | None = None
        self.unheard = False  # it rang, and has heard nothing since
        self.silence = 0  # looks since it heard something, or since it rang in vain
        self.resting: asyncio.TimerHandle | None = None  # since it called `ring`
        self.owing = False  # a call of `ring`, when it has rested
        self.task: asyncio.Task[None] | None = None
        make(url)  # a wrong setting is told at start

    async def start(self) -> None:
        """Begins to listen. A broadcast that can't be reached does not keep the process from starting."""
        ready = asyncio.Event()
        self.task = asyncio.create_task(self.keep(ready))
        self.task.add_done_callback(self.ended)
        await ready.wait()

    async def stop(self) -> None:
        task, self.task = self.task, None
        while task is not None and not task.done():
            task.cancel()  # again, where a task group had an error at that moment and forgot this for it
            await asyncio.wait([task], timeout=self.pace.connect)
        if self.resting is not None:
            self.resting.cancel()

    def committed(self, organisation: UUID, position: int, epoch: str) -> None:
        """After a commit of this process (for Database.listeners). Never raises, never waits."""
        if self.connected:
            self.pressed.set()
        else:
            self.sound()

    def state(self) -> dict[str, object]:
        """For /readyz."""
        return {
            "backend": self.backend,
            "state": "CONNECTED" if self.connected else "RECONNECTING",
            "rung": self.rung,
            "heard": self.heard,
            "rebuilt": self.rebuilt,
            "trouble": self.trouble,
        }

    def sound(self) -> None:
        """Calls `ring` now, or as soon as it has rested: many processes must not make this one look all the time."""
        if self.resting is None:
            self.resting = asyncio.get_running_loop().call_later(self.pace.gather, self.rested)
            self.ring()
        else:
            self.owing = True

    def rested(self) -> None:
        self.resting = None
        if self.owing:
            self.owing = False
            self.sound()

    async def keep(self, ready: asyncio.Event) -> None:
        """Builds the broadcast, works with it until it breaks, builds it anew."""
        wait = self.pace.again
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await self.work(ready)
            except Exception as error:
                # Its state is on a public page: what another error says may hold an address.
                self.trouble = str(error) if isinstance(error, Broken) else type(error).__name__
                log.warning("the doorbell is broken (%r); polling until it is rebuilt", error)
            ready.set()
            if asyncio.get_running_loop().time() - begun > 60:
                wait = self.pace.again
            await asyncio.sleep(wait)
            wait = min(30.0, wait * 2)

    async def work(self, ready: asyncio.Event) -> None:
        """Until it breaks: raises what broke it."""
        async with AsyncExitStack() as stack:
            broadcast = make(self.url)
            stack.push_async_callback(quietly, lambda: disconnect(broadcast), self.pace.farewell)
            async with asyncio.timeout(self.pace.connect):
                await heeding(broadcast.connect())
                dead = death(broadcast)
                subscriber = await heeding(subscribe(broadcast, stack, self.pace.farewell))
                await self.prove(broadcast, subscriber)
            self.begin()
            ready.set()
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.listen(subscriber))
                    group.create_task(self.publish(broadcast))
                    group.create_task(self.watch(dead))
            except ExceptionGroup as several:
                raise several.exceptions[0] from several
            finally:
                self.connected = False  # before it is taken down, which may take a while
                self.sound()  # what was pressed and not published

    def begin(self) -> None:
        if self.worked:
            self.rebuilt += 1
            log.info("the doorbell works again")
        self.worked = self.connected = True
        self.trouble, self.unheard, self.silence = None, False, 0
        self.sound()  # what moved before we listened

    async def prove(self, broadcast: Broadcast, subscriber: Subscriber) -> None:
        """Returns when it hears itself. A ring may overtake the subscription, so it rings until then."""
        while True:
            await self.press(broadcast)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.pace.probe):
                    await subscriber.get()
                    self.heard += 1
                    return

    async def press(self, broadcast: Broadcast) -> None:
        await heeding(broadcast.publish(CHANNEL, ""))
        self.rung += 1

    async def listen(self, subscriber: Subscriber) -> None:
        while True:
            # It does not pause while something waits, so a flood is drained at once and broadcaster's queue, which has
            # no bound, holds no more than came by one read of the socket.
            await subscriber.get()
            self.heard += 1
            self.unheard, self.silence = False, 0
            self.sound()

    async def publish(self, broadcast: Broadcast) -> None:
        while True:
            await self.pressed.wait()
            self.pressed.clear()
            if not self.unheard:
                self.unheard, self.silence = True, 0
            async with asyncio.timeout(self.pace.echo):
                await self.press(broadcast)
            await asyncio.sleep(self.pace.gather)

    async def watch(self, dead: asyncio.Event) -> None:
        """Counts looks and not time, which has run on for a process that was paused."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.pace.look):
                    await dead.wait()
                    raise Broken("its connection is closed")
            self.silence += 1
            silent = self.silence * self.pace.look
            if self.unheard and silent > self.pace.echo:
                raise Broken("it does not hear itself")
            if not self.unheard and silent > self.pace.proof:
                self.pressed.set()

    def ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.connected = False
            log.error("the doorbell has stopped; polling from now on", exc_info=error)
