"""A client of the feed that never gives up; its cursor moves with every item, so nothing is missed or comes twice."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from db.errors import Misconfigured

PROTOCOL = Subprotocol("graphql-transport-ws")
ANSWER_TIME = 15.0  # seconds for the answer to a greeting
LONGEST_PAUSE = 15.0
# What trying again cannot help; all other codes mean: connect again.
NO_TOKEN, NOT_AGAIN = (4401, 4403), (4400, 4406, 4409, 4429)
PASSING = ("UNAVAILABLE", "INTERNAL", "RATE_LIMITED")  # errors that another try may not meet

HERE: Final = "query Here { cursor }"
FEED: Final = """
subscription Watch($after: Cursor) {
  feed(after: $after) {
    __typename
    cursor
    ... on FeedReset { reason }
    ... on FeedEvent { at actor { name } }
    ... on IdeaSubmitted { idea { ...Line } }
    ... on IdeaEdited { idea { ...Line } }
    ... on IdeaStatusChanged { idea { ...Line } from to }
    ... on IdeaSupported { idea { ...Line } supportCount }
    ... on CommentAdded { idea { ...Line } }
    ... on CommentEdited { idea { ...Line } }
    ... on IdeasImported { count }
    ... on WinShared { win { headline theme { title } } }
    ... on WinEdited { win { headline theme { title } } }
    ... on ThemeEdited { theme { title } }
    ... on ThemeOpened { theme { title } }
    ... on ThemeClosed { theme { title } }
    ... on ContentRetracted { nodeId }
  }
}
fragment Line on Idea { reference title theme { title } }
"""

Item = dict[str, Any]


class TokenRefusedError(Exception):
    """The server does not accept the token, or not any more."""


class Watcher:
    """Follows the feed from `cursor` (None: from now). `show` gets each item once, `say` how the connection stands."""

    def __init__(
        self,
        url: str,
        token: Callable[[], Awaitable[str]],
        cursor: str | None,
        show: Callable[[Item], None],
        say: Callable[[str], None],
    ) -> None:
        self.url = socket_address(url)
        self.token = token
        self.cursor = cursor
        self.show = show
        self.say = say
        self.attempt = 0
        self.accepted = False  # the present token, at least once

    async def watch(self) -> None:
        """Until cancelled. Raises Misconfigured where trying again cannot help, TokenRefusedError for the token."""
        while True:
            try:
                await self.connection()
                reason = "the server ended the subscription"
            except InvalidStatus as error:
                status = error.response.status_code
                if status in (401, 403):
                    raise Misconfigured(f"{self.url} refuses the connection ({status}).") from error
                if status == 404:
                    raise Misconfigured(f"There is no Groundswell at {self.url}.") from error
                reason = f"the server answered {status}"
            except ConnectionClosed as error:
                reason = closed(error)
            except TimeoutError:
                reason = "the server does not answer"
            except InvalidHandshake as error:
                reason = str(error)
            except ConnectionRefusedError:
                reason = f"nobody answers at {self.url}"
            except OSError as error:
                reason = error.strerror or str(error)
            pause = min(LONGEST_PAUSE, 0.25 * 2**self.attempt) * random.uniform(0.5, 1)
            self.attempt = min(self.attempt + 1, 10)
            self.say(f"Not connected: {reason}. Trying again in {pause:.1f} s …")
            await asyncio.sleep(pause)

    async def connection(self) -> None:
        async with connect(
            self.url, subprotocols=[PROTOCOL], compression=None, max_size=None, open_timeout=ANSWER_TIME
        ) as socket:
            if socket.subprotocol != PROTOCOL:
                raise Misconfigured(f"{self.url} does not speak {PROTOCOL}: it is no Groundswell.")
            await send(socket, "connection_init", payload={"authorization": f"Bearer {await self.token()}"})
            async with asyncio.timeout(ANSWER_TIME):
                while (await receive(socket))["type"] != "connection_ack":
                    pass
            self.accepted = True
            if self.cursor is None:
                self.cursor = await here(socket)
            await send(socket, "subscribe", id="feed", payload=request(FEED, after=self.cursor))
            self.say("Live")
            while True:
                message = await receive(socket)
                if message["type"] == "next":
                    self.take(message["payload"])
                elif message["type"] == "error":
                    failed(message["payload"])
                elif message["type"] == "complete":
                    return

    def take(self, payload: Item) -> None:
        if payload.get("errors"):
            failed(payload["errors"])
        item: Item = payload["data"]["feed"]
        self.show(item)
        self.cursor = item["cursor"]
        self.attempt = 0


def socket_address(url: str) -> str:
    """ws://…/graphql for http://…. Raises Misconfigured for what is no address."""
    parts = urlsplit(url if "://" in url else f"http://{url}")
    scheme = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}.get(parts.scheme)
    if scheme is None or not parts.hostname:
        raise Misconfigured("--url: give the server's address, such as https://groundswell.example.org.")
    return urlunsplit((scheme, parts.netloc, parts.path.rstrip("/") or "/graphql", parts.query, ""))


async def here(socket: ClientConnection) -> str:
    """The position now, so that what happens from now on is missed by no interruption."""
    await send(socket, "subscribe", id="here", payload=request(HERE))
    cursor: str | None = None
    async with asyncio.timeout(ANSWER_TIME):
        while (message := await receive(socket))["type"] != "complete":
            if message["type"] == "error":
                failed(message["payload"])
            if message["type"] == "next":
                if message["payload"].get("errors"):
                    failed(message["payload"]["errors"])
                cursor = message["payload"]["data"]["cursor"]
    if cursor is None:
        raise ConnectionError("the server gave no cursor")
    return cursor


def request(query: str, **variables: object) -> Item:
    return {"query": query, "variables": variables}


async def send(socket: ClientConnection, kind: str, **more: object) -> None:
    await socket.send(json.dumps({"type": kind, **more}))


async def receive(socket: ClientConnection) -> Item:
    """The next message that is not about the connection's health."""
    while True:
        try:
            message: Item = json.loads(await socket.recv())
        except ValueError as error:
            raise ConnectionError("the server sent something that is not JSON") from error
        if message["type"] == "ping":
            await send(socket, "pong")
        elif message["type"] != "pong":
            return message


def failed(errors: list[Item]) -> None:
    """Raises what the errors mean: to stop, or to try again."""
    code, words = errors[0].get("extensions", {}).get("code"), errors[0]["message"]
    if code == "UNAUTHENTICATED":
        raise TokenRefusedError(words)
    if code in PASSING:
        raise ConnectionError(words)
    raise Misconfigured(f"The server does not show the feed: {words}")


def closed(error: ConnectionClosed) -> str:
    """Why the server closed. Raises where it said not to come back."""
    if error.rcvd is None:
        return "the connection was lost"
    code, reason = error.rcvd.code, error.rcvd.reason
    if code in NO_TOKEN:
        raise TokenRefusedError(reason) from error
    if code in NOT_AGAIN:
        raise Misconfigured(f"The server closed the connection for good ({code} {reason}).") from error
    return reason or f"the server closed the connection ({code})"
