"""Requests over a few kept connections, as lean as can be, so that the asking does not take the cores."""

import asyncio
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any

import orjson

CONNECTIONS = 8


class Asker:
    """Kept connections to one server's /graphql."""

    def __init__(self, port: int, token: str, kept: int = CONNECTIONS) -> None:
        self.port = port
        self.kept = kept
        self.head = (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nAccept: application/json\r\nContent-Length: "
        )
        self.connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def open(self) -> None:
        """Whole and fresh connections: the server closes what was idle for some seconds."""
        self.close()
        self.connections = [
            await asyncio.open_connection("127.0.0.1", self.port, limit=2**20) for _ in range(self.kept)
        ]

    def request(self, document: str, variables: dict[str, Any]) -> bytes:
        body = orjson.dumps({"query": document, "variables": variables})
        return f"{self.head}{len(body)}\r\n\r\n".encode() + body

    async def answers(self, document: str, variables: Sequence[dict[str, Any]], times: int) -> list[Any]:
        """So many requests over all connections; every connection's last answer. Raises where one has no data."""
        requests = iter(list(islice(cycle([self.request(document, each) for each in variables]), times)))
        bodies = await asyncio.gather(*(self.work(connection, requests) for connection in self.connections))
        return [decoded(body) for body in bodies if body]

    async def ask(self, document: str, variables: dict[str, Any]) -> Any:
        if not self.connections or self.connections[0][0].at_eof():
            await self.open()
        return decoded(await self.exchange(self.connections[0], self.request(document, variables)))

    async def work(
        self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], requests: Iterator[bytes]
    ) -> bytes:
        body = b""
        for request in requests:
            body = await self.exchange(connection, request)
        return body

    async def exchange(self, connection: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes) -> bytes:
        reader, writer = connection
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"http/1.1 200") or not body.startswith(b'{"data"'):
            raise RuntimeError(f"not answered: {head.decode()}{body[:2000].decode()}")
        return body

    def close(self) -> None:
        for _, writer in self.connections:
            writer.close()


def decoded(body: bytes) -> Any:
    answer = orjson.loads(body)
    if answer.get("errors"):
        raise RuntimeError(f"answered with errors: {answer['errors']}")
    return answer["data"]
