"""`python -m bench.peers plain|floor DSN ORGANISATION PERSON PORT`: one of the two servers to compare with."""

import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import uvicorn

from bench.floor import Floor
from bench.plain import Plain

PEERS: dict[str, Callable[[str, UUID, UUID], Any]] = {"plain": Plain, "floor": Floor}


def main() -> None:
    kind, dsn, organisation, person, port = sys.argv[1:]
    app = PEERS[kind](dsn, UUID(organisation), UUID(person))
    uvicorn.run(
        app, port=int(port), loop="uvloop", http="httptools", log_level="warning", access_log=False, server_header=False
    )


if __name__ == "__main__":
    main()
