"""The server's processes: one socket, one or several uvicorn processes on it, and how they end."""

import asyncio
import errno
import gc
import logging
import multiprocessing
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any

import asyncpg
import uvicorn
from starlette.applications import Starlette
from uvicorn.config import STARTUP_FAILURE

from api.app import create_app
from api.frames import Bounded
from api.settings import Settings
from db.errors import Misconfigured

log = logging.getLogger(__name__)

GOODBYE, GRACE = 8.0, 5  # seconds: to tell subscribers to come back; for requests under way
CUT = "Asked again to stop: what is under way is cut off, and who follows is not told."
LARGEST_MESSAGE = 2**20
# Seconds, but for the count and the last, which is milliseconds.
DEAD = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 60_000}
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Service:
    """What each process of the server is made from."""

    settings: Settings
    dsn: str

    def app(self) -> Starlette:
        return create_app(self.settings, self.dsn)


class Server(uvicorn.Server):
    """uvicorn's, but subscribers hear at the signal, before their sockets close, that they should come back.

    With `parent` it ends as soon as that process is gone, so that kill -9 leaves nobody on the port.
    """

    def __init__(self, app: Starlette, started: Callable[[], None], parent: int | None = None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                loop="uvloop",
                http="httptools",
                ws=Bounded,
                ws_max_size=LARGEST_MESSAGE,
                ws_ping_interval=None,  # we ping ourselves: whoever is late is to read 1012, not 1011
                ws_per_message_deflate=False,  # it doubles the work, and costs 40 KiB and more a connection
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                workers=1,
                timeout_graceful_shutdown=GRACE,
            )
        )
        self.app = app
        self.tell_started = started
        self.parent = parent

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """As uvicorn's, less the signal raised again at the end: who called us still has to leave in order."""
        self.force_exit = self.force_exit or (self.should_exit and sig == signal.SIGINT)
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        orphaned = self.parent is not None and os.getppid() != self.parent
        return await super().on_tick(counter) or orphaned

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        settle_memory()
        if self.started:
            self.tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """In order; at once, and without that, when Ctrl-C is pressed again."""
        leaving = asyncio.create_task(self.leave(sockets))
        while not leaving.done() and not self.force_exit:
            await asyncio.wait([leaving], timeout=0.1)  # uvicorn's flag is set by a signal, and wakes nobody
        if leaving.done():
            return leaving.result()
        log.warning(CUT)
        logging.disable()  # each of them would say where it was
        leaving.cancel()
        return None

    async def leave(self, sockets: list[socket.socket] | None) -> None:
        await self.drain()
        for server in self.servers:
            server.close()  # who comes back now must not come back to us
        try:
            await asyncio.wait_for(self.app.state.goodbye(), GOODBYE)
        except TimeoutError:
            log.warning("Not every subscriber could be told in %s s that the server stops.", GOODBYE)
        except Exception:
            log.exception("Subscribers could not be told that the server stops.")
        await super().shutdown(sockets)

    async def drain(self) -> None:
        """/readyz says that it ends, and all else is served until a proxy must have heard of it.

        Closing at once would cut whoever has connected already and is not accepted yet.
        """
        service = self.app.state.service
        service.leaving = True
        await asyncio.sleep(service.settings.drain.total_seconds())


def listen(settings: Settings) -> socket.socket:
    """The bound socket. Raises Misconfigured where the port is taken or the address is not this machine's."""
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise Misconfigured(f"HOST: {host} is no address of this machine ({error.strerror}).") from error
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        find_dead_ends(listening)
        listening.bind(address)
    except PermissionError as error:
        listening.close()
        raise Misconfigured(f"PORT: {port} is not yours to listen on; set PORT to one above 1023.") from error
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise Misconfigured(
                f"PORT: {port} is in use on {host}: stop what uses it, or set PORT to another."
            ) from error
        raise Misconfigured(f"HOST: {host} is no address of this machine ({error.strerror}).") from error
    return listening


def settle_memory() -> None:
    """What stands after the start stands to the end: the garbage collector need not look at it time and again.

    Nor at each connection after every few hundred objects; a crowd that comes back makes a hundred for each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def find_dead_ends(listening: socket.socket) -> None:
    """Connections inherit this: whose other end is gone without a word, or takes nothing at all, is closed.

    Heartbeats alone don't do it: they lie in the buffer of a connection that nobody acknowledges any more.
    """
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in DEAD.items():
        if hasattr(socket, name):  # not every system has each of them
            listening.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def allow_open_files() -> None:
    """Each subscriber is an open file: as many as the system lets this process have without asking for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def serve(service: Service, listening: socket.socket, workers: int, started: Callable[[], None]) -> int:
    """Serve until a signal says stop; the exit code. `started` is called once, when the first answer can be had."""
    set_up_logging()
    allow_open_files()
    if workers == 1:
        return run_server(Server(service.app(), started), listening)
    return Workers(service, listening, workers, started).run()


def run_server(server: Server, listening: socket.socket) -> int:
    try:
        server.run([listening])
    except SystemExit as end:  # uvicorn's way to say that it did not start; the reason is in the log
        return end.code if isinstance(end.code, int) else STARTUP_FAILURE
    return 1 if server.app.state.service.failed else 0


class Discreet(logging.Formatter):
    """A failed statement by its SQLSTATE alone: PostgreSQL's own words quote people's values."""

    def formatException(self, ei: Any) -> str:
        text, error = super().formatException(ei), ei[1]
        while error is not None:
            if isinstance(error, asyncpg.PostgresError):
                text = text.replace(str(error), f"SQLSTATE {error.sqlstate}")
            error = error.__cause__ or error.__context__
        return text


def set_up_logging() -> None:
    """Lines for a terminal and a log collector alike, on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Discreet("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for name in ("uvicorn", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


class Workers:
    """Processes that share the socket: one that dies is replaced, one that cannot start stops all."""

    def __init__(self, service: Service, listening: socket.socket, number: int, started: Callable[[], None]) -> None:
        self.service, self.listening, self.number, self.tell_started = service, listening, number, started
        self.news, self.tell = SPAWN.Pipe(duplex=False)
        self.processes: dict[int, tuple[multiprocessing.context.SpawnProcess, float]] = {}

    def run(self) -> int:
        waiting_for = self.number
        try:
            for _ in range(self.number):
                self.start()
            while True:
                for ready in wait([self.news, *self.processes]):
                    if ready is self.news:
                        self.news.recv_bytes()
                        waiting_for -= 1
                        if waiting_for == 0:
                            self.tell_started()
                    elif isinstance(ready, int) and not self.replaced(ready):
                        return STARTUP_FAILURE
        except KeyboardInterrupt:
            return 0
        finally:
            self.stop()

    def start(self) -> None:
        process = SPAWN.Process(target=work, args=(self.service, self.listening, self.tell, os.getpid()))
        # A worker inherits the mask and keeps it: a terminal's Ctrl-C is for us, who then tell the workers.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        self.processes[process.sentinel] = process, time.monotonic()

    def replaced(self, sentinel: int) -> bool:
        process, since = self.processes.pop(sentinel)
        process.join()
        if process.exitcode == STARTUP_FAILURE:
            return False
        log.error("Worker %s ended (exit code %s); another takes its place.", process.pid, process.exitcode)
        time.sleep(max(0.0, 1 - (time.monotonic() - since)))
        self.start()
        return True

    def stop(self) -> None:
        self.listening.close()  # else it would go on taking connections that nobody answers
        processes = [process for process, _ in self.processes.values()]
        for process in processes:
            process.terminate()
        try:
            until = time.monotonic() + self.service.settings.drain.total_seconds() + GOODBYE + 3 * GRACE
            for process in processes:
                process.join(max(0.0, until - time.monotonic()))
            for process in processes:
                if process.is_alive():
                    log.error("Worker %s does not end; it is killed.", process.pid)
                    process.kill()
        except KeyboardInterrupt:  # asked twice
            log.warning(CUT)
            for process in processes:
                process.kill()


def work(service: Service, listening: socket.socket, tell: Connection, parent: int) -> None:
    """One worker's life."""
    set_up_logging()
    raise SystemExit(run_server(Server(service.app(), lambda: tell.send_bytes(b"."), parent), listening))
