"""The servers whose reads and writes are compared: how each is started, and what it leaves undone."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bench.node_peer import FOLDER, command
from bench.processes import Serving, python, serving

OURS = "ours"
LESS = "no sign-in, no positions, no events, keys are taken and not looked at, input is not checked"
USUAL = (OURS, "strawberry", "mercurius", "floor")
KINDS = (*USUAL, "steps")  # the last where it is asked for


@dataclass(frozen=True, slots=True)
class Contender:
    """One server. `is_ours`: it answers by positions and may answer from memory; else cold and warm are the same."""

    kind: str
    name: str
    settings: str
    start: Callable[[], AbstractContextManager[Serving]]

    @property
    def is_ours(self) -> bool:
        return self.kind == OURS


def contenders(
    dsn: str,
    organisation: str,
    person: str,
    ours: Callable[[], AbstractContextManager[Serving]],
    kinds: tuple[str, ...],
) -> tuple[list[Contender], list[str]]:
    """Those of these kinds that can run here; and a sentence for each that cannot."""
    by = (dsn, organisation, person, "{port}")
    found = [
        Contender(
            OURS,
            "Groundswell",
            "as `groundswell run` starts it: sign-in by bearer, one organisation of several, events, idempotency keys",
            ours,
        ),
        Contender(
            "strawberry",
            "plain Strawberry",
            "its own ASGI view and executor with its defaults, data loaders, asyncpg's pool of 8, uvicorn with uvloop "
            f"and httptools; {LESS}",
            lambda: serving(*python("bench.peers", "plain", *by)),
        ),
    ]
    left_out = []
    if "mercurius" in kinds:
        node = command()
        if isinstance(node, str):
            left_out.append(f"Mercurius is left out: {node}")
        else:
            found.append(
                Contender(
                    "mercurius",
                    "Mercurius + JIT",
                    "fastify without logging, NODE_ENV=production, jit: 1, its loaders, pg's pool of 8 with named "
                    f"prepared statements; {LESS}; not asked for board and viewer",
                    lambda: serving(*node, *by, "asked", environment={"NODE_ENV": "production"}, folder=FOLDER),
                )
            )
    found.append(
        Contender(
            "floor",
            "by hand",
            "bare ASGI on uvicorn, one statement by hand that makes the JSON, no GraphQL; writes the event and the key "
            "in that statement too; no sign-in, a key that comes twice is not answered twice, input is not checked",
            lambda: serving(*python("bench.peers", "floor", *by)),
        )
    )
    found.append(
        Contender(
            "steps",
            "by hand in steps",
            "as by hand, but writes begin, write the rows, read the payload with event and key, and commit: four round "
            "trips, as Groundswell's",
            lambda: serving(*python("bench.peers", "steps", *by)),
        )
    )
    return [each for each in found if each.kind in kinds], left_out
