"""`python -m bench.peers KIND DSN ORGANISATION PERSON PORT`: one of the Python servers to compare with."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import uvicorn

from bench.floor import Floor
from bench.floor_steps import FloorInSteps
from bench.plain_feed import PlainFeed
from bench.plain_server import Plain

PEERS: dict[str, Callable[[str, UUID, UUID], Any]] = {
    "plain": Plain,
    "floor": Floor,
    "steps": FloorInSteps,
    "loaded": partial(PlainFeed, way="loaded"),
    "carried": partial(PlainFeed, way="carried"),
}


def main() -> None:
    kind, dsn, organisation, person, port = sys.argv[1:]
    app = PEERS[kind](dsn, UUID(organisation), UUID(person))
    uvicorn.run(
        app,
        port=int(port),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        backlog=8192,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
