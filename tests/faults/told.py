"""A process of the test that does as it is told: a line of JSON a command, a line of JSON an answer."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 64 * 1024 * 1024  # bytes of one line
PATIENCE = 60.0  # seconds for an answer


class Told:
    """The test's side. What the process complains of goes to `log`."""

    def __init__(self, log: Path, module: str, *arguments: str) -> None:
        self.log = log
        self.command = (sys.executable, "-m", module, *arguments)
        self.turn = asyncio.Lock()
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> dict[str, Any]:
        """Its first line."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                limit=LONGEST,
            )
        return await self.answer()

    async def ask(self, do: str, **given: Any) -> dict[str, Any]:
        async with self.turn:
            assert self.process is not None
            assert self.process.stdin is not None
            self.process.stdin.write(orjson.dumps({"do": do, **given}) + b"\n")
            return await self.answer()

    async def answer(self) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await self.process.stdout.readline()
        assert line, f"{self.command[2]} ended: {self.log.read_text()[-4000:]}"
        answer: dict[str, Any] = orjson.loads(line)
        return answer

    async def end(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


async def obey(first: Mapping[str, Any], actions: Mapping[str, Callable[..., Awaitable[Any] | Any]]) -> None:
    """The process's side: says `first`, then does what it is told until nobody tells it any more."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LONGEST)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    say(first)
    while line := await reader.readline():
        command = orjson.loads(line)
        done = actions[command.pop("do")](**command)
        say((await done if isinstance(done, Awaitable) else done) or {})


def say(answer: Mapping[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()
