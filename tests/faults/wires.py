"""A subscription's connection as a client has it: graphql-transport-ws or graphql-sse, with little work a message."""

import asyncio
import logging
import socket
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httptools
import orjson
from websockets.client import ClientProtocol
from websockets.exceptions import WebSocketException
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

Take = Callable[[Mapping[str, Any], str | None], None]  # one result and, over SSE, its id

BUFFER = 16 * 1024  # bytes that the system keeps for a reader who does not read

QUIET = logging.getLogger("quiet")
QUIET.addHandler(logging.NullHandler())
QUIET.propagate = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A subscription as it is asked at this connection."""

    port: int
    token: str
    query: str
    variables: Mapping[str, Any]
    last_event_id: str | None = None


class Wire(asyncio.Protocol, ABC):
    """`ended` says how: a close code, `ended` (SSE), `complete`, `cut`, or what was said instead of an answer."""

    def __init__(self, asked: Asked, take: Take) -> None:
        self.asked, self.take = asked, take
        self.loop = asyncio.get_running_loop()
        self.began_at = self.heard_at = self.loop.time()
        self.joined = False
        self.how: str | None = None
        self.ended: asyncio.Future[str] = self.loop.create_future()
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.hello()

    def data_received(self, data: bytes) -> None:
        self.heard_at = self.loop.time()
        try:
            self.hear(data)
        except Exception as error:
            self.finish(f"not understood: {error!r}")

    def connection_lost(self, error: Exception | None) -> None:
        self.finish("cut" if self.joined else "cut before an answer")

    def finish(self, how: str, *, politely: bool = False) -> None:
        if not self.ended.done():
            self.ended.set_result(self.how or how)
        if politely:
            self.transport.close()
        else:
            self.transport.abort()

    @abstractmethod
    def hello(self) -> None: ...

    @abstractmethod
    def hear(self, data: bytes) -> None: ...


class SocketWire(Wire):
    """graphql-transport-ws, one subscription a socket."""

    def hello(self) -> None:
        self.socket = ClientProtocol(
            parse_uri(f"ws://127.0.0.1:{self.asked.port}/graphql"),
            subprotocols=[Subprotocol("graphql-transport-ws")],
            max_size=None,
            logger=QUIET,
        )
        self.socket.send_request(self.socket.connect())
        self.flush()

    def hear(self, data: bytes) -> None:
        self.socket.receive_data(data)
        for event in self.socket.events_received():
            if isinstance(event, Frame):
                self.frame(event)
            elif isinstance(event, Response) and event.status_code != 101:
                self.how = f"http {event.status_code}"
            elif self.socket.handshake_exc is None:
                self.say(type="connection_init", payload={"authorization": f"Bearer {self.asked.token}"})
        self.flush()
        if self.socket.close_rcvd is not None:
            self.finish(str(self.socket.close_rcvd.code), politely=True)

    def frame(self, frame: Frame) -> None:
        if frame.opcode is not Opcode.TEXT:
            return  # pings are answered by the library
        message = orjson.loads(frame.data)
        match message["type"]:
            case "next":
                self.take(message["payload"], None)
            case "ping":
                self.say(type="pong")
            case "connection_ack":
                payload = {"query": self.asked.query, "variables": self.asked.variables}
                self.say(type="subscribe", id="1", payload=payload)
                self.joined = True
            case "error":
                self.take({"errors": message["payload"]}, None)
                self.finish("refused")
            case "complete":
                self.finish("complete")
            case other:
                raise ValueError(other)

    def say(self, **message: Any) -> None:
        if self.socket.state is State.OPEN:  # and not closing
            self.socket.send_text(orjson.dumps(message))

    def flush(self) -> None:
        try:
            waiting = self.socket.data_to_send()
        except WebSocketException as error:
            self.finish(f"not understood: {error!r}")
            return
        for data in waiting:
            if data:
                self.transport.write(data)


class StreamWire(Wire):
    """graphql-sse, in distinct connections mode."""

    def hello(self) -> None:
        self.parser = httptools.HttpResponseParser(self)
        self.text = b""
        body = orjson.dumps({"query": self.asked.query, "variables": self.asked.variables})
        resume = f"Last-Event-ID: {self.asked.last_event_id}\r\n" if self.asked.last_event_id else ""
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{self.asked.port}\r\n"
            f"Authorization: Bearer {self.asked.token}\r\nAccept: text/event-stream\r\n{resume}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)

    def hear(self, data: bytes) -> None:
        self.parser.feed_data(data)

    # The parser calls these.

    def on_headers_complete(self) -> None:
        self.joined = self.parser.get_status_code() == 200
        if not self.joined:
            self.how = f"http {self.parser.get_status_code()}"

    def on_body(self, body: bytes) -> None:
        if not self.joined:
            return
        *events, self.text = (self.text + body).split(b"\n\n")
        for event in events:
            self.event(event)

    def on_message_complete(self) -> None:
        self.finish("ended")

    def event(self, event: bytes) -> None:
        kind, data, id_ = b"", [], None
        for line in event.split(b"\n"):
            name, _, value = line.partition(b":")
            match name:
                case b"event":
                    kind = value.strip()
                case b"data":
                    data.append(value.removeprefix(b" "))
                case b"id":
                    id_ = value.strip().decode()
        if kind == b"next":
            self.take(orjson.loads(b"\n".join(data)), id_)
        elif kind == b"complete":
            self.finish("complete")


WIRES: Mapping[str, type[Wire]] = {"websocket": SocketWire, "sse": StreamWire}
