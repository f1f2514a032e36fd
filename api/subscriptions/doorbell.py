"""The doorbell: broadcaster says to every process that something moved, never what. Its loss costs latency alone.

One fixed channel, one subscription a process, an empty payload; publishing goes through one task, after commits and
coalesced. broadcaster does not tell when its connection dies, so the doorbell listens for its own rings: silence after
one means that it is rebuilt. While it is broken, commits of this process ring directly and the tail's clock does the
rest.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from broadcaster import Broadcast
from broadcaster._base import Subscriber

from db.errors import Misconfigured

log = logging.getLogger("groundswell.doorbell")

CHANNEL = "groundswell_moved"


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds."""

    gather: float = 0.005  # commits within it ring once
    proof: float = 10.0  # of silence, then it rings to hear itself
    echo: float = 5.0  # until a ring that is not heard means that it is broken
    look: float = 1.0  # between two looks at its connection
    connect: float = 5.0
    again: float = 1.0  # before the first attempt to rebuild, doubled up to thirty


class Broken(Exception):
    """The broadcast no longer works; it is to be built anew."""


def make(url: str) -> Broadcast:
    try:
        return Broadcast(url)
    except ModuleNotFoundError as error:
        raise Misconfigured(f"BROADCAST_URL: {error.name} is not installed; install broadcaster's extra.") from error
    except ValueError as error:
        raise Misconfigured("BROADCAST_URL: use memory://, postgresql://… or redis://…") from error


def lost(broadcast: Broadcast) -> bool:
    """What can be seen of a death that broadcaster itself passes over; the echo finds the rest."""
    connection = getattr(broadcast._backend, "_conn", None)
    closed = getattr(connection, "is_closed", None)
    return broadcast._listener_task.done() or (closed is not None and bool(closed()))


async def disconnect(broadcast: Broadcast) -> None:
    if hasattr(broadcast, "_listener_task"):
        await broadcast.disconnect()
    else:  # it never came so far; its backend may hold a connection
        await broadcast._backend.disconnect()


async def quietly(end: Callable[[], Awaitable[object]], limit: float) -> None:
    """Ends what may be dead already: its complaints are no news."""
    try:
        async with asyncio.timeout(limit):
            await end()
    except Exception as error:
        log.debug("while the doorbell was taken down: %r", error)


class Doorbell:
    """`ring` is called in this process whenever something may have moved anywhere."""

    def __init__(self, url: str, ring: Callable[[], None], pace: Pace | None = None) -> None:
        self.url = url
        self.ring = ring
        self.pace = pace or Pace()
        self.backend = urlsplit(url).scheme
        self.pressed = asyncio.Event()
        self.connected = False
        self.rebuilt = 0
        self.trouble: str | None = None
        self.unheard_since: float | None = None
        self.heard_at = 0.0
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
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    def committed(self, organisation: UUID, position: int) -> None:
        """After a commit of this process (for Database.listeners). Never raises, never waits."""
        if self.connected:
            self.pressed.set()
        else:
            self.ring()

    def state(self) -> dict[str, object]:
        """For /readyz."""
        return {
            "backend": self.backend,
            "state": "CONNECTED" if self.connected else "RECONNECTING",
            "rebuilt": self.rebuilt,
            "trouble": self.trouble,
        }

    async def keep(self, ready: asyncio.Event) -> None:
        """Builds the broadcast, works with it until it breaks, builds it anew."""
        wait = self.pace.again
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                await self.work(ready)
            except Exception as error:
                # Its state is on a public page: what the error says may hold an address.
                self.trouble = str(error) if isinstance(error, Broken) else type(error).__name__
                log.warning("the doorbell is broken (%r); polling until it is rebuilt", error)
            finally:
                self.connected = False
            ready.set()
            self.rebuilt += 1
            self.ring()  # whatever was pressed meanwhile
            if asyncio.get_running_loop().time() - begun > 60:
                wait = self.pace.again
            await asyncio.sleep(wait)
            wait = min(30.0, wait * 2)

    async def work(self, ready: asyncio.Event) -> None:
        """Until it breaks: raises what broke it."""
        async with AsyncExitStack() as stack:
            broadcast = make(self.url)
            stack.push_async_callback(quietly, lambda: disconnect(broadcast), self.pace.connect)
            async with asyncio.timeout(self.pace.connect):
                await broadcast.connect()
                subscription = broadcast.subscribe(CHANNEL)
                subscriber = await subscription.__aenter__()

            stack.push_async_callback(quietly, lambda: subscription.__aexit__(None, None, None), self.pace.connect)
            self.connected, self.trouble, self.unheard_since = True, None, None
            self.heard_at = asyncio.get_running_loop().time()
            if self.rebuilt:
                log.info("the doorbell works again")
            ready.set()
            self.ring()  # what moved before we listened
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self.listen(subscriber))
                    group.create_task(self.publish(broadcast))
                    group.create_task(self.watch(broadcast))
            except* Exception as several:
                raise Broken(", ".join(str(e) or type(e).__name__ for e in several.exceptions)) from several

    async def listen(self, subscriber: Subscriber) -> None:
        while True:
            await subscriber.get()
            self.heard_at = asyncio.get_running_loop().time()
            self.unheard_since = None
            self.ring()

    async def publish(self, broadcast: Broadcast) -> None:
        while True:
            await self.pressed.wait()
            self.pressed.clear()
            if self.unheard_since is None:
                self.unheard_since = asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(self.pace.echo):
                    await broadcast.publish(CHANNEL, "")
            except BaseException:
                self.ring()  # this process at least hears of its commits
                raise
            await asyncio.sleep(self.pace.gather)

    async def watch(self, broadcast: Broadcast) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self.pace.look)
            if lost(broadcast):
                raise Broken("its connection is closed")
            now = loop.time()
            if self.unheard_since is not None and now - self.unheard_since > self.pace.echo:
                raise Broken("it does not hear itself")
            if now - self.heard_at > self.pace.proof and self.unheard_since is None:
                self.pressed.set()

    def ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.connected = False
            log.error("the doorbell has stopped; polling from now on", exc_info=error)
