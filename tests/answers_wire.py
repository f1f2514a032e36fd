"""Kept connections to one process, by HTTP and by WebSocket, as lean as can be: the asking must not take the cores."""

import asyncio
import gzip
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import orjson
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.server import Server
from tests.sockets import connected, received, subscribe

GONE = (OSError, EOFError, ConnectionClosed)  # of a process that was killed
JSON = "application/json"
IDLE = 2.0  # seconds


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def answer(self) -> Any:
        return orjson.loads(self.body)


@dataclass
class Line:
    """One connection of HTTP/1.1, one request at a time."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used: float = 0.0  # last, as the monotonic clock has it

    async def exchange(self, head: str, body: bytes) -> Response:
        """Raises what is in GONE."""
        self.writer.write(head.encode() + body)
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        status = int(lines[0].split()[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = 0 if status == 304 else int(headers["content-length"])
        text = await self.reader.readexactly(length)
        if headers.get("content-encoding") == "gzip":
            text = gzip.decompress(text)
        return Response(status, headers, text)


@dataclass
class Lines:
    """Connections to one process as it runs now; closed when it is killed."""

    server: Server
    idle: list[Line] = field(default_factory=list)

    async def ask(
        self,
        token: str | None,
        query: str,
        variables: Mapping[str, Any],
        *,
        get: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """One operation. Raises what is in GONE."""
        named = {"Host": f"127.0.0.1:{self.server.port}", "Accept": JSON, **(headers or {})}
        if token is not None:
            named["Authorization"] = f"Bearer {token}"
        if get:
            target = f"?query={quote(query)}&variables={quote(orjson.dumps(variables).decode())}"
            body = b""
        else:
            target, body = "", orjson.dumps({"query": query, "variables": variables})
            named |= {"Content-Type": JSON, "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        return await self.exchange(f"{'GET' if get else 'POST'} /graphql{target} HTTP/1.1\r\n{lines}\r\n", body)

    async def exchange(self, head: str, body: bytes) -> Response:
        line = await self.free()
        try:
            response = await line.exchange(head, body)
        except BaseException:
            line.writer.close()
            raise
        line.used = time.monotonic()
        self.idle.append(line)
        return response

    async def free(self) -> Line:
        """The server closes what was idle for some seconds."""
        while self.idle:
            line = self.idle.pop()
            if time.monotonic() - line.used < IDLE and not line.reader.at_eof():
                return line
            line.writer.close()
        return await self.open()

    async def open(self) -> Line:
        return Line(*await asyncio.open_connection("127.0.0.1", self.server.port, limit=2**20))

    def close(self) -> None:
        for line in self.idle:
            line.writer.close()
        self.idle.clear()


class Socket:
    """One person's WebSocket: queries, several at a time."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.token = server, token
        self.stack = AsyncExitStack()
        self.waiting: dict[str, asyncio.Future[Any]] = {}
        self.number = 0
        self.connection: ClientConnection
        self.listening: asyncio.Task[None]

    async def __aenter__(self) -> "Socket":
        """Raises what is in GONE."""
        self.connection = await self.stack.enter_async_context(connected(self.server.socket_url, self.token))
        self.listening = asyncio.create_task(self.listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        self.listening.cancel()
        await asyncio.wait([self.listening])
        await self.stack.aclose()
        if not self.listening.cancelled():
            self.listening.result()  # what it failed with

    async def listen(self) -> None:
        """Hands each answer to who waits for it."""
        try:
            async for message in received(self.connection):
                if message["type"] in ("next", "error"):
                    payload = message["payload"]
                    result = payload if message["type"] == "next" else {"errors": payload}
                    self.waiting.pop(message["id"]).set_result(result)
        except ConnectionClosed:
            pass
        finally:
            for future in self.waiting.values():
                future.cancelled() or future.set_exception(EOFError())

    async def ask(self, query: str, variables: Mapping[str, Any]) -> Any:
        """Raises what is in GONE."""
        self.number += 1
        id_ = str(self.number)
        answer = self.waiting[id_] = asyncio.get_running_loop().create_future()
        if self.listening.done():
            raise EOFError
        await subscribe(self.connection, query, id_, **variables)
        return await answer
