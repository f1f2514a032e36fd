"""`python -m bench.bare PORT`: the physical limit, a uvloop protocol that writes one ready frame to each connection.

It speaks just enough of HTTP, graphql-transport-ws and graphql-sse for the bench's own clients, and keeps nothing: a
submitIdea makes the event's bytes once, as long as Groundswell's are, and writes them to whoever subscribed.
"""

import asyncio
import base64
import hashlib
import sys
from typing import Any

import orjson
import uvloop

ACCEPTED = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Accept: "
)
STREAMING = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
ANSWER = orjson.dumps({"data": {"submitIdea": {"idea": None, "userErrors": []}}})
ANSWERED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(ANSWER), ANSWER)
HANDSHAKE = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(text: bytes) -> bytes:
    """A text frame of a server."""
    size = bytes([len(text)]) if len(text) < 126 else b"\x7e" + len(text).to_bytes(2, "big")
    return b"\x81" + size + text


ACKNOWLEDGED = frame(b'{"type":"connection_ack"}')


class Bare(asyncio.Protocol):
    """One connection; `sockets` and `streams` are the server's."""

    def __init__(self, sockets: set[asyncio.Transport], streams: set[asyncio.Transport]) -> None:
        self.sockets, self.streams = sockets, streams
        self.buffer = b""
        self.upgraded = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.sockets.discard(self.transport)
        self.streams.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        if self.upgraded:
            self.hear(data)
            return
        self.buffer += data
        head, end, body = self.buffer.partition(b"\r\n\r\n")
        if not end:
            return
        fields = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
        }
        if b"sec-websocket-key" in fields:
            key = base64.b64encode(hashlib.sha1(fields[b"sec-websocket-key"] + HANDSHAKE).digest())
            self.transport.write(ACCEPTED + key + b"\r\n\r\n")
            self.upgraded = True
        elif len(body) < int(fields[b"content-length"]):
            return
        elif fields[b"accept"] == b"text/event-stream":
            self.transport.write(STREAMING)
            self.streams.add(self.transport)
        else:
            self.publish(orjson.loads(body)["variables"]["input"]["title"])
            self.transport.write(ANSWERED)
        self.buffer = b""

    def hear(self, data: bytes) -> None:
        """The client's mask is zero, so its words can be read as they are."""
        if b'"connection_init"' in data:
            self.transport.write(ACKNOWLEDGED)
        if b'"subscribe"' in data:
            self.sockets.add(self.transport)

    def publish(self, title: str) -> None:
        cursor = f"bench.{'0' * 32}.412345"
        idea = {"title": title, "author": {"name": "Person 1"}, "theme": {"title": "Theme 1"}}
        payload = orjson.dumps({"data": {"feed": {"__typename": "IdeaSubmitted", "cursor": cursor, "idea": idea}}})
        message = frame(b'{"id":"0","type":"next","payload":%b}' % payload)
        for socket in self.sockets:
            socket.write(message)
        if self.streams:
            item = b"id: %b\nevent: next\ndata: %b\n\n" % (cursor.encode(), payload)
            chunk = b"%x\r\n%b\r\n" % (len(item), item)
            for stream in self.streams:
                stream.write(chunk)


async def serve(port: int) -> None:
    sockets: set[asyncio.Transport] = set()
    streams: set[asyncio.Transport] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Bare(sockets, streams), "127.0.0.1", port, backlog=8192)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
