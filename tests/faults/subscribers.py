"""Subscribers in a process of their own: each follows one view for ever and keeps its own record of what it was sent.

`python -m tests.faults.subscribers SPECIFICATION SEED`. A subscriber knows nothing but its record: whenever its
connection ends, it goes on after the last cursor. It drops a connection on which it hears nothing for too long.
"""

import asyncio
import random
import ssl
import sys
from array import array
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import uvloop

from tests.faults.told import obey
from tests.faults.wires import WIRES, Asked, Wire

CONNECT = 5.0  # seconds
ANSWER = 10.0  # until a connection that was made must have been accepted
LOOK = 0.25
LAST_WAIT = 3.0  # at most, on average half of it


class Subscriber:
    """One of them. `record`: a number an event, its position and its type (see record.py)."""

    def __init__(self, given: Mapping[str, Any], port: int, types: Mapping[str, int], home: "Subscribers") -> None:
        self.name: str = given["name"]
        self.given = given
        self.port = port
        self.types = types
        self.home = home
        self.record = array("q")
        self.start: str = given["after"]
        self.after: str = self.start
        self.log, _, self.position = self.after.rpartition(".")  # the epoch and the organisation stay the same
        self.wire: Wire | None = None
        self.reads_on: asyncio.TimerHandle | None = None

    @property
    def reached(self) -> int:
        """The position of its last event."""
        return self.record[-1] >> 8 if self.record else 0

    def doing(self) -> str:
        """For whoever wonders why it is not further."""
        if self.wire is None:
            return "connects"
        now = asyncio.get_running_loop().time()
        silent = f"nothing heard for {now - self.wire.heard_at:.0f} s"
        connected = f"{'joined' if self.wire.joined else 'connected'} {now - self.wire.began_at:.0f} s ago"
        return f"{connected}, {silent}{'' if self.reads_on is None else ', does not read'}"

    async def follow(self) -> None:
        wait = 0.05
        while True:
            how = await self.connection()
            self.home.ended[how] += 1
            joined = self.wire is not None and self.wire.joined
            self.wire = None
            wait = 0.05 if joined else min(LAST_WAIT, wait * 2)
            await asyncio.sleep(self.home.choice.uniform(0, wait))

    async def connection(self) -> str:
        """How it ended."""
        loop = asyncio.get_running_loop()
        sse = self.given["transport"] == "sse"
        # As a browser has it: its first `after` stays in the request, and Last-Event-ID wins over it.
        resume = self.after if sse and self.after != self.start else None
        after = self.start if sse else self.after
        variables = {**self.given["variables"], "after": after}
        asked = Asked(self.port, self.given["token"], self.given["query"], variables, resume)
        kind = WIRES[self.given["transport"]]
        try:
            async with asyncio.timeout(CONNECT):
                _, self.wire = await loop.create_connection(
                    lambda: kind(asked, self.take), "127.0.0.1", self.port, ssl=self.home.tls
                )
        except (OSError, TimeoutError):
            return "not connected"
        return await self.wire.ended

    def take(self, result: Mapping[str, Any], id_: str | None) -> None:
        if errors := result.get("errors"):
            self.wrong(f"was told {errors}")
            return
        (item,) = result["data"].values()
        cursor, type_ = item["cursor"], item["__typename"]
        log, _, position = cursor.rpartition(".")
        if log != self.log:
            self.wrong(f"was sent an event of another log: {item}")
        if self.given["transport"] == "sse" and id_ != cursor:
            self.wrong(f"was sent {cursor} with the id {id_}")
        if type_ == "FeedCaughtUp":
            if int(position) < int(self.after.rpartition(".")[2]):
                self.wrong(f"was said to have caught up with {position} after {self.after}")
        elif type_ in self.types:
            self.record.append(int(position) << 8 | self.types[type_])
        else:
            self.wrong(f"was sent {item}")  # FeedReset above all
            return
        self.after = cursor

    def wrong(self, what: str) -> None:
        self.home.wrong.append(f"{self.name} {what[:500]}")

    def look(self, now: float) -> None:
        """Drops a connection on which nothing is heard any more."""
        wire = self.wire
        if wire is None or self.reads_on is not None or wire.ended.done():
            return
        if now - wire.heard_at > (self.given["patience"] if wire.joined else ANSWER):
            wire.finish("nothing heard" if wire.joined else "not answered")

    def stop_reading(self, seconds: float) -> bool:
        """False where it can't: it is not connected, or has stopped already."""
        wire = self.wire
        if wire is None or self.reads_on is not None or not wire.joined or wire.transport.is_closing():
            return False
        wire.transport.pause_reading()
        self.reads_on = asyncio.get_running_loop().call_later(seconds, self.read_on, wire)
        return True

    def read_on(self, wire: Wire) -> None:
        self.reads_on = None
        wire.heard_at = asyncio.get_running_loop().time()
        if not wire.transport.is_closing():
            wire.transport.resume_reading()


class Subscribers:
    def __init__(self, specification: Mapping[str, Any], seed: int) -> None:
        self.choice = random.Random(seed)
        self.ended: Counter[str] = Counter()
        self.wrong: list[str] = []
        trust = specification.get("trust")
        self.tls = ssl.create_default_context(cafile=trust) if trust else None
        self.records = Path(specification["records"])
        self.all = [
            Subscriber(given, specification["port"], specification["types"], self)
            for given in specification["subscribers"]
        ]
        self.failed: list[str] = []

    async def start(self) -> dict[str, Any]:
        self.tasks = [asyncio.create_task(subscriber.follow()) for subscriber in self.all]
        for task in self.tasks:
            task.add_done_callback(lambda task: self.failed.append(repr(task.exception())))
        self.tasks.append(asyncio.create_task(self.watch()))
        return {}

    async def watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK)
            now = loop.time()
            for subscriber in self.all:
                subscriber.look(now)

    def state(self) -> dict[str, Any]:
        assert not self.failed, self.failed
        return {
            "reached": {subscriber.name: subscriber.reached for subscriber in self.all},
            "doing": {subscriber.name: subscriber.doing() for subscriber in self.all},
            "joined": sum(subscriber.wire is not None and subscriber.wire.joined for subscriber in self.all),
            "ended": dict(self.ended),
            "wrong": self.wrong[:20],
        }

    def stop_reading(self, share: float, seconds: float) -> dict[str, int]:
        chosen = [subscriber for subscriber in self.all if self.choice.random() < share]
        return {"subscribers": sum(subscriber.stop_reading(seconds) for subscriber in chosen)}

    def read_on(self) -> None:
        for subscriber in self.all:
            if subscriber.reads_on is not None and subscriber.wire is not None:
                subscriber.reads_on.cancel()
                subscriber.read_on(subscriber.wire)

    def write_records(self) -> None:
        for subscriber in self.all:
            with (self.records / subscriber.name).open("wb") as file:
                subscriber.record.tofile(file)


async def main(specification: Mapping[str, Any], seed: int) -> None:
    subscribers = Subscribers(specification, seed)
    names = ("start", "state", "stop_reading", "read_on", "write_records")
    await obey({}, {name: getattr(subscribers, name) for name in names})


if __name__ == "__main__":
    uvloop.run(main(orjson.loads(Path(sys.argv[1]).read_bytes()), int(sys.argv[2])))
