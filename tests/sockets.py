"""A graphql-transport-ws client that keeps its own record of what it was sent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect


@asynccontextmanager
async def connected(url: str, token: str | None) -> AsyncIterator[ClientConnection]:
    """A socket that was acknowledged."""
    async with connect(url, subprotocols=["graphql-transport-ws"], max_size=None, ping_interval=None) as socket:  # type: ignore[list-item]
        payload = {"authorization": f"Bearer {token}"} if token else {}
        await socket.send(orjson.dumps({"type": "connection_init", "payload": payload}).decode())
        assert orjson.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


async def subscribe(socket: ClientConnection, query: str, id_: str = "1", **variables: Any) -> None:
    message = {"id": id_, "type": "subscribe", "payload": {"query": query, "variables": variables}}
    await socket.send(orjson.dumps(message).decode())


async def received(socket: ClientConnection) -> AsyncIterator[dict[str, Any]]:
    """Every message but pings, as it comes."""
    async for text in socket:
        message = orjson.loads(text)
        if message["type"] == "ping":
            await socket.send('{"type":"pong"}')
        else:
            yield message
