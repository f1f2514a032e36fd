"""The example as a program: it shows the ideas as lines of JSON, and shares what it is told to.

`TOKEN=… python main.py [FILE]`: what waits to be sent is kept in FILE. Of the standard
input it takes lines: "share WORDS", "mend" (drops what was refused), "more".
"""

import asyncio
import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportError
from ideas import Ideas
from outbox import Outbox
from staying import SignedOutError, stay


def tell(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


async def main(server: str, token: str, file: Path) -> None:
    session: AsyncClientSession | None = None
    asks: set[asyncio.Task[None]] = set()
    status: str | None = "Connecting …"  # why what is shown is not live

    def show() -> None:
        # The feed may tell of an idea before the answer comes: then it is there, and is not shown twice.
        told = {idea["problem"] for idea in ideas.ideas}
        waiting = [f"{each['problem']} (on its way)" for each in outbox.waiting if each["problem"] not in told]
        lines = [
            f"{idea['reference']} {idea['title']} ({idea['status']}, {idea['supportCount']})" for idea in ideas.ideas
        ]
        tell(
            {
                "list": [*waiting, *lines],
                "alert": outbox.refused[0]["why"] if outbox.refused else None,
                "status": status,
            }
        )

    def taken(item: dict[str, Any]) -> None:
        tell({"item": {name: item[name] for name in ("__typename", "cursor")}})

    ideas = Ideas(show, taken)
    outbox = Outbox(file, ideas.put, show)

    async def more(now: AsyncClientSession) -> None:
        with suppress(TransportError, TimeoutError):  # it can be asked for again
            await ideas.read_more(now)

    # guide: main
    def live(now: AsyncClientSession | None, why: str | None) -> None:
        nonlocal session, status
        session, status = now, why
        show()

    async def work(now: AsyncClientSession) -> None:
        live(now, None)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(ideas.follow(now))
                tasks.create_task(outbox.send(now))
        finally:
            live(None, "No connection.")

    async def bearer(renew: bool) -> str | None:
        return None if renew else token  # one from the command line is not renewed

    async def staying() -> None:
        try:
            await stay(server, bearer, work)
        except SignedOutError:
            live(None, "Sign in again.")

    # guide ends: main
    connected = asyncio.create_task(staying())

    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while order := (await lines.readline()).decode():
        match order.rstrip("\n").split(" ", 1):
            case ["share", problem]:
                outbox.share(problem)
            case ["mend"] if outbox.refused:  # what to do with its text is for whoever wrote it
                outbox.drop(outbox.refused[0]["key"])
            case ["more"] if session is not None:
                asking = asyncio.create_task(more(session))
                asks.add(asking)
                asking.add_done_callback(asks.discard)
    connected.cancel()


if __name__ == "__main__":
    kept = Path(sys.argv[1] if len(sys.argv) > 1 else "ideas-to-share.json")
    asyncio.run(main(os.environ.get("SERVER", "http://127.0.0.1:8000"), os.environ["TOKEN"], kept))
