"""Connections: held ones for reads and for writes, with the settings that each needs; the version check."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg

from db.errors import Misconfigured
from db.turns import Turns

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

OLDEST_SERVER = 150000
PREPARED = 512  # statements of one connection, the least recently used goes first; as many as documents are kept
READERS = 8  # connections of one database object, for queries
PATIENCE = 10.0  # seconds for one reading, waiting for a connection included: a server that is frozen never answers
SETTINGS = {
    "application_name": "groundswell",
    "timezone": "UTC",
    "jit": "off",
    # With a page size and filters in the text, planning again at every run never wins; payloads are plans too.
    "plan_cache_mode": "force_generic_plan",
    "statement_timeout": "5000",
    "lock_timeout": "3000",
    "idle_in_transaction_session_timeout": "10000",
}
LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # used between the server's last word and the end of its connection
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
)

# It answers, but not in time: a statement that took too long, or waited too long for a lock.
BUSY = (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)


class Held:
    """Up to `size` connections, kept open and handed out without a reset: nothing is left behind on them."""

    def __init__(self, dsn: str, size: int, settings: Mapping[str, str]) -> None:
        self.dsn = dsn
        self.settings = dict(settings)
        self.free = asyncio.Semaphore(size)
        self.idle: deque[Connection] = deque()
        self.all: set[Connection] = set()

    async def connect(self) -> Connection:
        # Long statements too, or a board would be planned anew each time. PostgreSQL keeps some hundred times a
        # statement's text for each, in each connection: hence not all that can be asked.
        connection: Connection = await asyncpg.connect(
            self.dsn,
            server_settings=self.settings,
            statement_cache_size=PREPARED,
            max_cached_statement_lifetime=0,
            max_cacheable_statement_size=0,
            timeout=10,
        )
        self.all.add(connection)
        return connection

    @asynccontextmanager
    async def connection(self, *, fresh: bool = False) -> AsyncIterator[Connection]:
        """A connection for one statement or one transaction; `fresh` never takes one that may have died idle."""
        async with self.free:
            connection: Connection | None = None
            while self.idle and connection is None:
                candidate = self.idle.pop()
                if fresh or candidate.is_closed():
                    self.discard(candidate)
                else:
                    connection = candidate
            if connection is None:
                connection = await self.connect()
            lost = False
            try:
                yield connection
            except (*LOST, asyncio.CancelledError):
                lost = True  # though it may not look closed yet; or its answer is still to come
                raise
            finally:
                if lost or connection.is_closed() or connection.is_in_transaction():
                    self.discard(connection)
                else:
                    self.idle.append(connection)

    def discard(self, connection: Connection) -> None:
        self.all.discard(connection)
        connection.terminate()

    async def close(self) -> None:
        for connection in tuple(self.all):
            self.discard(connection)
        self.idle.clear()


class Database:
    """One installation's database. `listeners` hear of every commit of this process: (organisation, position, epoch).

    `access_listeners` hear whose access a commit of this process changed, before anybody is answered. `turns` are of
    those who write.
    """

    def __init__(self, dsn: str, *, readers: int = READERS, writers: int = 8) -> None:
        self.dsn = dsn
        self.reads = Held(dsn, readers, SETTINGS)
        self.writes = Held(dsn, writers, SETTINGS)
        self.turns = Turns()
        self.listeners: list[Callable[[UUID, int, str], None]] = []
        self.access_listeners: list[Callable[[UUID], None]] = []
        self.statements = 0

    async def rows(self, text: str, args: Sequence[object] = ()) -> list[asyncpg.Record]:
        """One reading statement on a held connection: a snapshot by itself, without a transaction.

        A connection that died since its last use is replaced once; a database that is down raises what asyncpg
        raises, and one that does not answer a TimeoutError, which is of LOST.
        """
        self.statements += 1
        async with asyncio.timeout(PATIENCE):
            try:
                async with self.reads.connection() as connection:
                    return await connection.fetch(text, *args)
            except LOST:
                async with self.reads.connection(fresh=True) as connection:
                    return await connection.fetch(text, *args)

    async def row(self, text: str, args: Sequence[object] = ()) -> asyncpg.Record | None:
        rows = await self.rows(text, args)
        return rows[0] if rows else None

    async def value(self, text: str, args: Sequence[object] = ()) -> Any:
        rows = await self.rows(text, args)
        return rows[0][0] if rows else None

    def committed(self, organisation: UUID, position: int, epoch: str, access_changed: Sequence[UUID] = ()) -> None:
        for person in access_changed:
            for hears in self.access_listeners:
                hears(person)
        for listener in self.listeners:
            listener(organisation, position, epoch)

    async def close(self) -> None:
        await self.reads.close()
        await self.writes.close()


async def check(database: Database) -> None:
    """Raises Misconfigured where the database is down, or older than PostgreSQL 15."""
    try:
        version = int(await database.value("show server_version_num"))
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise Misconfigured("DATABASE_URL: the database refuses this user or password.") from error
    except asyncpg.InvalidCatalogNameError as error:
        raise Misconfigured("DATABASE_URL: there is no such database on this server; create it first.") from error
    except (asyncpg.PostgresError, *LOST, ValueError, TimeoutError) as error:
        raise Misconfigured(f"DATABASE_URL: the database does not answer ({type(error).__name__}).") from error
    if version < OLDEST_SERVER:
        raise Misconfigured(f"DATABASE_URL: this is PostgreSQL {version // 10000}; Groundswell needs 15 or newer.")
