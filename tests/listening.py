"""Subscriptions from outside, over WebSocket or SSE: each keeps its own record of what it was sent."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.server import Server
from tests.sockets import connected, received, subscribe

PATIENCE = 15.0  # seconds; a test that waits so long has failed


@dataclass(eq=False)
class Heard:
    """One subscription: the results it was sent, and how it ended. `code`: of a socket's close."""

    results: list[dict[str, Any]] = field(default_factory=list)
    completed: bool = False
    ended: bool = False
    code: int | None = None
    failure: BaseException | None = None  # of the listener, not of what it listens to
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def items(self) -> list[dict[str, Any]]:
        """What was under the one field of each result that had data."""
        return [next(iter(result["data"].values())) for result in self.results if result.get("data")]

    @property
    def errors(self) -> list[dict[str, Any]]:
        return [error for result in self.results for error in result.get("errors", ())]

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]

    @property
    def over(self) -> bool:
        return self.completed or self.ended

    def took(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    async def until(self, condition: Callable[["Heard"], bool]) -> "Heard":
        async with asyncio.timeout(PATIENCE):
            while not condition(self):
                if self.failure is not None:
                    raise self.failure
                await self.changed.wait()
        return self

    async def count(self, items: int) -> "Heard":
        return await self.until(lambda heard: len(heard.items) >= items)


class Listener(ABC):
    """One person's subscriptions: all on one socket, or a stream each."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.token = server, token
        self.stack = AsyncExitStack()
        self.tasks: list[asyncio.Task[None]] = []

    @abstractmethod
    async def subscribe(self, query: str, **variables: Any) -> Heard: ...

    async def __aenter__(self) -> "Listener":
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await self.stack.aclose()


class Socket(Listener):
    def __init__(self, server: Server, token: str) -> None:
        super().__init__(server, token)
        self.heard: dict[str, Heard] = {}
        self.socket: ClientConnection

    async def __aenter__(self) -> "Socket":
        self.socket = await self.stack.enter_async_context(connected(self.server.socket_url, self.token))
        task = asyncio.create_task(self.listen())
        task.add_done_callback(lambda task: failed(task, *self.heard.values()))
        self.tasks.append(task)
        return self

    async def subscribe(self, query: str, **variables: Any) -> Heard:
        heard = self.heard[str(len(self.heard))] = Heard()
        await subscribe(self.socket, query, str(len(self.heard) - 1), **variables)
        return heard

    async def listen(self) -> None:
        try:
            async for message in received(self.socket):
                heard = self.heard[message["id"]]
                if message["type"] == "complete":
                    heard.completed = True
                elif message["type"] == "error":
                    heard.results.append({"errors": message["payload"]})
                    heard.completed = True
                else:
                    assert not heard.completed, "something came after the end"
                    heard.results.append(message["payload"])
                heard.took()
        except ConnectionClosed:
            pass
        for heard in self.heard.values():
            heard.ended, heard.code = True, self.socket.close_code
            heard.took()


class Streams(Listener):
    async def subscribe(self, query: str, *, last_event_id: str | None = None, **variables: Any) -> Heard:
        heard = Heard()
        headers = {"authorization": f"Bearer {self.token}", "accept": "text/event-stream"}
        if last_event_id is not None:
            headers["last-event-id"] = last_event_id
        client = await self.stack.enter_async_context(httpx.AsyncClient(timeout=None, trust_env=False))
        body = {"query": query, "variables": variables}
        response = await self.stack.enter_async_context(
            client.stream("POST", f"{self.server.url}/graphql", headers=headers, json=body)
        )
        assert response.status_code == 200
        task = asyncio.create_task(self.listen(response, heard))
        task.add_done_callback(lambda task: failed(task, heard))
        self.tasks.append(task)
        return heard

    async def listen(self, response: httpx.Response, heard: Heard) -> None:
        async for event in server_sent(response):
            if event["event"] == "complete":
                heard.completed = True
            else:
                assert event["event"] == "next"
                result = orjson.loads(event["data"])
                item = next(iter((result.get("data") or {}).values()), None) or {}
                assert event.get("id") == item.get("cursor"), "an item's id is its cursor"
                heard.results.append(result)
            heard.took()
        heard.ended = True
        heard.took()


def failed(task: "asyncio.Task[None]", *all_heard: Heard) -> None:
    """A listener that fails fails the test that waits for it."""
    if not task.cancelled() and (failure := task.exception()) is not None:
        for heard in all_heard:
            heard.failure = failure
            heard.took()


async def server_sent(response: httpx.Response) -> AsyncIterator[dict[str, str]]:
    """The events of a stream; comments are passed over."""
    event: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(":")
            if name:
                event[name] = value.removeprefix(" ")
        elif event:
            yield event
            event = {}


@asynccontextmanager
async def listening(transport: str, server: Server, token: str) -> AsyncIterator[Listener]:
    async with {"websocket": Socket, "sse": Streams}[transport](server, token) as listener:
        yield listener
