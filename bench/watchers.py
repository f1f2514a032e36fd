"""`python -m bench.watchers ASKED`: many subscribers in one process, each with its own record of what it was sent.

ASKED is JSON (bench.watching.Asked). Says `ready` on a line of its own when all are connected; then answers each line:
`until N` when every subscriber has N events or something was wrong, `latencies` with the µs from mutation to arrival of
all that came since it was asked last.
"""

import asyncio
import base64
import os
import socket
import sys
import time
from abc import ABC, abstractmethod
from array import array
from dataclasses import dataclass
from typing import Any

import orjson
import uvloop

from bench.watching import Asked

PROTOCOLS = "Sec-WebSocket-Protocol: graphql-transport-ws"
SMALLEST_BUFFER = 4096
OF_ONE_STALLED = 20  # subscriptions, so that the kernel's buffers, which hold megabytes, are full after few events


@dataclass(frozen=True, slots=True)
class Event:
    """What a title says: the number of a lane's events before it, and when the mutation was sent."""

    lane: int
    number: int
    sent: int
    whole: bool


def event_of(result: dict[str, Any]) -> Event | None:
    item = result["data"]["feed"]
    if item["__typename"] != "IdeaSubmitted":
        return None
    idea = item["idea"]
    _, lane, number, sent = idea["title"].split(" ")
    whole = bool(idea["author"]["name"] and idea["theme"]["title"] and item["cursor"])
    return Event(int(lane), int(number), int(sent), whole)


class Sent:
    """What the process was sent. The same bytes are read once for all subscribers that were sent them."""

    def __init__(self, subscribers: int) -> None:
        self.subscribers = subscribers
        self.latencies = array("q")
        self.events = 0
        self.wrong = 0
        self.target = 0
        self.reached = asyncio.Event()
        self.text = b"-"
        self.event: Event | None = None

    def keep(self, text: bytes, event: Event | None) -> Event | None:
        self.text, self.event = text, event
        return event

    def note(self, event: Event, now: int) -> None:
        self.events += 1
        self.latencies.append(now - event.sent)
        if self.events >= self.target:
            self.reached.set()

    def fail(self) -> None:
        self.wrong += 1
        self.reached.set()

    async def until(self, events: int) -> None:
        """Until each has had so many, or something was wrong."""
        self.target = events * self.subscribers
        self.reached.clear()
        if self.events < self.target and not self.wrong:
            await self.reached.wait()

    def taken(self) -> list[int]:
        latencies, self.latencies = self.latencies, array("q")
        return [each // 1000 for each in latencies]


class Watcher(asyncio.Protocol, ABC):
    """A connection that is read as it comes, and its record: a lane's events have numbers without a gap."""

    def __init__(self, sent: Sent, asked: Asked, number: int) -> None:
        self.sent = sent
        self.asked = asked
        self.operation = asked.operation(number)
        self.host = f"Host: 127.0.0.1:{asked.port}"
        self.buffer = b""
        self.open = False
        self.events = 0
        self.lanes: dict[int, int] = {}
        self.subscribed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.hello())

    def data_received(self, data: bytes) -> None:
        self.now = time.monotonic_ns()
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
        if not self.subscribed.done():
            self.subscribed.set_exception(RuntimeError("the server closed a connection"))
        self.sent.fail()

    def begun(self) -> None:
        self.subscribed.set_result(None)
        if self.asked.stalled:
            self.transport.pause_reading()

    def note(self, event: Event | None) -> None:
        if event is None:
            return
        if not event.whole or self.lanes.get(event.lane, event.number - 1) != event.number - 1:
            self.sent.fail()
        self.lanes[event.lane] = event.number
        self.events += 1
        self.sent.note(event, self.now)

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
        self.say({"type": "connection_init", "payload": {"authorization": f"Bearer {self.asked.token}"}})

    def say(self, message: dict[str, Any]) -> None:
        self.put(1, orjson.dumps(message))

    def put(self, kind: int, text: bytes) -> None:
        """A masked frame; its mask is zero, which changes nothing."""
        size = bytes([128 | len(text)]) if len(text) < 126 else b"\xfe" + len(text).to_bytes(2, "big")
        self.transport.write(bytes([128 | kind]) + size + bytes(4) + text)

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
        if text == self.sent.text:
            self.note(self.sent.event)
        elif kind == 9:
            self.put(10, text)
        elif kind != 1:
            self.sent.fail()  # a close, or what nobody asked for
        else:
            self.answer(text)

    def answer(self, text: bytes) -> None:
        message = orjson.loads(text)
        match message["type"]:
            case "next":
                self.note(self.sent.keep(text, event_of(message["payload"])))
            case "ping":
                self.say({"type": "pong"})
            case "connection_ack":
                for n in range(OF_ONE_STALLED if self.asked.stalled else 1):
                    self.say({"id": str(n), "type": "subscribe", "payload": self.operation})
                self.begun()
            case _:
                self.sent.fail()


class OverStream(Watcher):
    """graphql-sse; what one event says stands whole in a chunk of the answer."""

    def hello(self) -> bytes:
        body = orjson.dumps(self.operation)
        return (
            f"POST /graphql HTTP/1.1\r\n{self.host}\r\nAuthorization: Bearer {self.asked.token}\r\n"
            f"Accept: text/event-stream\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    def opened(self) -> None:
        self.begun()

    def read(self) -> None:
        *lines, self.buffer = self.buffer.split(b"\n")
        for line in lines:
            if line == self.sent.text:
                self.note(self.sent.event)
            elif line.startswith(b"data: {"):
                self.note(self.sent.keep(line, event_of(orjson.loads(line[6:]))))
            elif line.startswith(b"event: complete"):
                self.sent.fail()


async def connect(sent: Sent, asked: Asked, number: int) -> Watcher:
    loop = asyncio.get_running_loop()
    kind = OverSocket if asked.kind == "ws" else OverStream
    link = socket.socket()
    link.setblocking(False)
    if asked.stalled:
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
    await loop.sock_connect(link, ("127.0.0.1", asked.port))
    _, watcher = await loop.create_connection(lambda: kind(sent, asked, number), sock=link)
    await watcher.subscribed
    return watcher


async def watch(asked: Asked) -> None:
    sent = Sent(asked.subscribers)
    watchers = [await connect(sent, asked, asked.first + n) for n in range(asked.subscribers)]
    questions = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin)
    print("ready", flush=True)
    while question := (await questions.readline()).split():
        if question[0] == b"until":
            await sent.until(int(question[1]))
            have = [watcher.events for watcher in watchers]
            print(orjson.dumps([min(have), max(have), sent.wrong]).decode(), flush=True)
        else:
            print(orjson.dumps(sent.taken()).decode(), flush=True)


def main() -> None:
    uvloop.run(watch(Asked(**orjson.loads(sys.argv[1]))))


if __name__ == "__main__":
    main()
