"""`python -m bench.watchers ws|sse COUNT PORT TOKEN`: so many subscribers in one process, each with its own record.

Says `ready` on a line of its own when all are connected; then answers each line that it is given with one that says
how many events each subscriber has and what was wrong.
"""

import asyncio
import base64
import os
import sys
from abc import ABC, abstractmethod
from typing import Any

import orjson
import uvloop

DOCUMENT = """subscription { feed { __typename cursor
  ... on IdeaSubmitted { idea { title author { name } theme { title } } } } }"""
PROTOCOLS = "Sec-WebSocket-Protocol: graphql-transport-ws"


class Record:
    """What one subscriber was sent: event after event, whose titles end in numbers without a gap."""

    def __init__(self) -> None:
        self.events = 0
        self.last: int | None = None
        self.wrong = 0

    def note(self, result: dict[str, Any]) -> None:
        item = result["data"]["feed"]
        if item["__typename"] != "IdeaSubmitted":
            return
        idea = item["idea"]
        number = int(idea["title"].rpartition(" ")[2])
        whole = idea["author"]["name"] and idea["theme"]["title"] and item["cursor"]
        if not whole or (self.last is not None and number != self.last + 1):
            self.wrong += 1
        self.last = number
        self.events += 1


class Watcher(asyncio.Protocol, ABC):
    """A connection that is read as it comes."""

    def __init__(self, record: Record, port: int, token: str) -> None:
        self.record = record
        self.host = f"Host: 127.0.0.1:{port}"
        self.token = token
        self.buffer = b""
        self.open = False
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.hello())

    def data_received(self, data: bytes) -> None:
        self.buffer = self.buffer + data if self.buffer else data
        if not self.open:
            head, end, rest = self.buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith((b"HTTP/1.1 101", b"HTTP/1.1 200")):
                self.subscribed.set_exception(RuntimeError(head.decode()))
                return
            self.open, self.buffer = True, rest
            self.opened()
        self.read()

    def connection_lost(self, error: Exception | None) -> None:
        self.record.wrong += 1

    @abstractmethod
    def hello(self) -> bytes: ...

    @abstractmethod
    def opened(self) -> None: ...

    @abstractmethod
    def read(self) -> None: ...


class OverSocket(Watcher):
    """graphql-transport-ws, frame by frame."""

    def hello(self) -> bytes:
        key = base64.b64encode(os.urandom(16)).decode()
        return (
            f"GET /graphql HTTP/1.1\r\n{self.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{PROTOCOLS}\r\n\r\n"
        ).encode()

    def opened(self) -> None:
        self.say({"type": "connection_init", "payload": {"authorization": f"Bearer {self.token}"}})

    def say(self, message: dict[str, Any]) -> None:
        """A masked frame; its mask is zero, which changes nothing."""
        text = orjson.dumps(message)
        size = bytes([128 | len(text)]) if len(text) < 126 else b"\xfe" + len(text).to_bytes(2, "big")
        self.transport.write(b"\x81" + size + bytes(4) + text)

    def read(self) -> None:
        data, at = self.buffer, 0
        while len(data) - at >= 2:
            size, start = data[at + 1], at + 2
            if size >= 126:
                start += 2 if size == 126 else 8
                size = int.from_bytes(data[at + 2 : start], "big")
            if len(data) < start + size:
                break
            self.heard(data[at] & 15, data[start : start + size])
            at = start + size
        self.buffer = data[at:]

    def heard(self, kind: int, text: bytes) -> None:
        if kind != 1:
            return  # uvicorn's own ping may go unanswered for as long as a measurement takes
        message = orjson.loads(text)
        match message["type"]:
            case "next":
                self.record.note(message["payload"])
            case "ping":
                self.say({"type": "pong"})
            case "connection_ack":
                self.say({"id": "1", "type": "subscribe", "payload": {"query": DOCUMENT}})
                self.subscribed.set_result(None)
            case _:
                self.record.wrong += 1


class OverStream(Watcher):
    """graphql-sse; what one event says stands whole in a chunk of the answer."""

    def hello(self) -> bytes:
        body = orjson.dumps({"query": DOCUMENT})
        return (
            f"POST /graphql HTTP/1.1\r\n{self.host}\r\nAuthorization: Bearer {self.token}\r\n"
            f"Accept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def opened(self) -> None:
        self.subscribed.set_result(None)

    def read(self) -> None:
        *lines, self.buffer = self.buffer.split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                self.record.note(orjson.loads(line[6:]))


async def watch(kind: str, count: int, port: int, token: str) -> None:
    loop = asyncio.get_running_loop()
    records = [Record() for _ in range(count)]
    protocol = OverSocket if kind == "ws" else OverStream
    for record in records:
        _, watcher = await loop.create_connection(
            lambda record=record: protocol(record, port, token),  # type: ignore[misc]
            "127.0.0.1",
            port,
        )
        await watcher.subscribed
    print("ready", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        found = [record.events for record in records]
        wrong = sum(record.wrong for record in records)
        print(orjson.dumps({"least": min(found), "most": max(found), "wrong": wrong}).decode(), flush=True)


def main() -> None:
    kind, count, port, token = sys.argv[1:]
    uvloop.run(watch(kind, int(count), int(port), token))


if __name__ == "__main__":
    main()
