"""The servers whose feeds are compared, and how each is started: with the settings that suit it best."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.node_peer import FOLDER, command
from bench.processes import Serving, python, serving


@dataclass(frozen=True, slots=True)
class Contestant:
    """One server. `start` gives a fresh one each time, since memory that was given back is used again."""

    name: str
    settings: str
    kinds: tuple[str, ...]
    start: Callable[[], AbstractContextManager[Serving]]


GROUNDSWELL, BARE = "Groundswell", "bare uvloop writer"
OF_STRAWBERRY = (
    "uvicorn with uvloop, httptools and websockets-sansio, no compression, no keep-alive of either, ParserCache and "
    "ValidationCache, orjson, garbage collector frozen at the start and its thresholds raised to 50,000, 50, 100"
)
OF_MERCURIUS = "fastify without logging, NODE_ENV=production, jit: 1, no compression, no keep-alive"
LOADED = "author and theme by loaders that remember nothing, since a subscription outlives its rows"
CARRIED = "author and theme read once by the mutation and published with the idea"


def contestants(
    dsn: str, organisation: str, person: str, ours: Callable[[], AbstractContextManager[Serving]]
) -> tuple[list[Contestant], list[str]]:
    """Those that can run here; and a sentence for each that cannot."""
    by = (dsn, organisation, person, "{port}")

    def strawberry(way: str) -> Callable[[], AbstractContextManager[Serving]]:
        return lambda: serving(*python("bench.peers", way, *by))

    found = [
        Contestant(GROUNDSWELL, "as `groundswell run` starts it, doorbell in memory", ("ws", "sse"), ours),
        Contestant(
            BARE,
            "no GraphQL, no database: an asyncio.Protocol that writes one ready frame of the same size to each",
            ("ws", "sse"),
            lambda: serving(*python("bench.bare", "{port}")),
        ),
    ]
    left_out = []
    node = command()
    if isinstance(node, str):
        left_out.append(f"Mercurius is left out: {node}")
    else:
        environment = {"NODE_ENV": "production"}

        def mercurius(way: str) -> Callable[[], AbstractContextManager[Serving]]:
            return lambda: serving(*node, *by, way, environment=environment, folder=FOLDER)

        found += [
            Contestant("Mercurius, carried", f"{OF_MERCURIUS}; {CARRIED}", ("ws",), mercurius("carried")),
            Contestant("Mercurius, loaders", f"{OF_MERCURIUS}; {LOADED}", ("ws",), mercurius("loaded")),
        ]
    found += [
        Contestant("plain Strawberry, carried", f"{OF_STRAWBERRY}; {CARRIED}", ("ws",), strawberry("carried")),
        Contestant("plain Strawberry, loaders", f"{OF_STRAWBERRY}; {LOADED}", ("ws",), strawberry("loaded")),
    ]
    return found, left_out
