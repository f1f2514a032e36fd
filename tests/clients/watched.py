"""An example in a process of its own, which tells what it shows by lines of JSON."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.clients.building import FOLDER, node

EXAMPLES = ("react-urql", "react-apollo", "fetch-sse", "python")
FIRST = "first"  # shows nothing but the feed
WAY = " (on its way)"


class Example:
    """What it has told so far: `items` of the feed, in order, and the lines that it shows now."""

    def __init__(self, name: str, process: Process) -> None:
        self.name = name
        self.process = process
        self.items: list[dict[str, str]] = []
        self.list: list[str] = []
        self.alert: str | None = None  # what was refused
        self.status: str | None = None  # why what is shown is not live
        self.field = ""  # what is being written, where there is a field for it
        self.lists: list[list[str]] = []  # all that was ever shown
        self.alerts: list[str] = []
        self.statuses: list[str | None] = []
        self.told = asyncio.Condition()
        self.ended = False

    async def read(self) -> None:
        assert self.process.stdout is not None
        while line := await self.process.stdout.readline():
            said: dict[str, Any] = json.loads(line)
            async with self.told:
                if "list" not in said:
                    self.items.append(said.get("item", said))
                else:
                    self.list, self.alert, self.status = said["list"], said["alert"], said["status"]
                    self.field = said.get("field", "")
                    self.lists.append(self.list)
                    self.alerts += [self.alert] if self.alert is not None else []
                    self.statuses.append(self.status)
                self.told.notify_all()
        async with self.told:
            self.ended = True
            self.told.notify_all()

    async def until(self, what: str, true: Callable[["Example"], bool]) -> None:
        """Until it has told something by which this is true; `what` is what it is waited for."""
        try:
            async with asyncio.timeout(60), self.told:
                await self.told.wait_for(lambda: true(self) or self.ended)
            assert not self.ended, f"{self.name} ended by itself; before that: {what}"
        except TimeoutError:
            raise AssertionError(
                f"{self.name} never told: {what}; but {self.list}, {self.alert}, {self.status}; after {self.items[-3:]}"
            ) from None

    def order(self, order: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{order}\n".encode())

    def shows(self, *words: str) -> bool:
        """A line of what is shown now has all of these."""
        return any(all(word in line for word in words) for line in self.list)


def command(name: str, folder: Path) -> tuple[str, ...]:
    if name == "python":
        return sys.executable, str(FOLDER / "python" / "main.py"), str(folder / "ideas-to-share.json")
    if name == FIRST:
        return node(), str(FOLDER / "first.mjs")
    return node(), str(FOLDER / "dist" / f"{name}.mjs")


@asynccontextmanager
async def watching(name: str, server: str, token: str, folder: Path) -> AsyncIterator[Example]:
    """`folder`: where it may keep what it has to."""
    process = await asyncio.create_subprocess_exec(
        *command(name, folder),
        env={"PATH": os.environ["PATH"], "SERVER": server, "TOKEN": token},
        stdin=PIPE,
        stdout=PIPE,
        limit=2**20,
    )
    example = Example(name, process)
    reading = asyncio.create_task(example.read())
    try:
        yield example
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await reading
