"""A client in a process of its own: follows the feed for ever and writes down, line by line, what it was sent.

`python follower.py URL RECORD AFTER`, with the token in the environment. It knows nothing but its record: whenever the
connection is lost it goes on after the last line of it.
"""

import asyncio
import contextlib
import json
import os
import sys
from pathlib import Path

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

FEED = """subscription($after: Cursor) { feed(after: $after) { __typename cursor ... on FeedReset { reason }
  ... on IdeaSubmitted { idea { id } } ... on CommentAdded { comment { id } } ... on WinShared { win { id } } } }"""


class Record:
    """A line an event: its cursor, a blank, the event."""

    def __init__(self, path: Path, after: str) -> None:
        lines = path.read_text().splitlines() if path.exists() else []
        self.after = lines[-1].partition(" ")[0] if lines else after
        self.file = path.open("a")

    def keep(self, item: dict[str, object]) -> None:
        self.after = str(item["cursor"])
        if item["__typename"] != "FeedCaughtUp":
            self.file.write(f"{item['cursor']} {json.dumps(item)}\n")
            self.file.flush()


async def follow(url: str, token: str, record: Record) -> None:
    async with connect(url, subprotocols=["graphql-transport-ws"], open_timeout=5, proxy=None) as socket:  # type: ignore[list-item]

        async def say(**message: object) -> None:
            await socket.send(json.dumps(message))

        await say(type="connection_init", payload={"authorization": f"Bearer {token}"})
        await say(type="subscribe", id="1", payload={"query": FEED, "variables": {"after": record.after}})
        async for text in socket:
            message = json.loads(text)
            if message["type"] == "ping":
                await say(type="pong")
            elif message["type"] == "next":
                record.keep(message["payload"]["data"]["feed"])
            elif message["type"] in ("error", "complete"):
                return  # refused while the database is away: come again


async def main() -> None:
    url, path, after = sys.argv[1:]
    record = Record(Path(path), after)
    while True:
        with contextlib.suppress(OSError, WebSocketException, TimeoutError):
            await follow(url, os.environ["TOKEN"], record)
        await asyncio.sleep(0.05)


asyncio.run(main())
