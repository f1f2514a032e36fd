"""A way to PostgreSQL on which answers take a while: what was read is old before the process has it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

MOST = 0.03  # seconds that an answer of the database takes longer


class End(asyncio.Protocol):
    """One end of a link; what comes in here goes out at the other end, in order, at once or late."""

    def __init__(self, late: Random | None) -> None:
        self.late = late
        self.other: End | None = None
        self.transport: asyncio.Transport
        self.due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        assert self.other is not None, "it is read from once it is linked"
        if self.late is None:
            self.other.transport.write(data)
            return
        loop = asyncio.get_running_loop()
        self.due = max(self.due + 1e-6, loop.time() + self.late.uniform(0, MOST))
        loop.call_at(self.due, self.other.transport.write, data)

    def connection_lost(self, error: Exception | None) -> None:
        if self.other is not None:
            self.other.transport.abort()


@asynccontextmanager
async def slow(dsn: str, random: Random) -> AsyncIterator[str]:
    """The address at which the same database answers late."""
    parts = urlsplit(dsn)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    name = f".s.PGSQL.{asked.get('port', '5432')}"
    loop = asyncio.get_running_loop()
    links: set[asyncio.Task[None]] = set()

    async def link(client: End) -> None:
        _, server = await loop.create_unix_connection(lambda: End(random), str(Path(asked["host"]) / name))
        client.other, server.other = server, client
        client.transport.resume_reading()

    class Client(End):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            super().connection_made(transport)
            self.transport.pause_reading()
            links.add(asyncio.create_task(link(self)))

    with tempfile.TemporaryDirectory(prefix="gs-", dir="/tmp") as folder:
        server = await loop.create_unix_server(lambda: Client(None), str(Path(folder) / name))
        try:
            yield urlunsplit(parts._replace(query=urlencode({**asked, "host": folder})))
        finally:
            server.close()
            await asyncio.gather(*links)
