"""A thousand boards that reload at the same moment: until the last has its answer, and what that takes."""

from dataclasses import dataclass

from bench.questions import Question
from bench.reads import Side, State, Turns

BOARDS = 1_000


@dataclass(frozen=True, slots=True)
class Reload:
    """One time: ms until the last answer, ms until half of them, ms of CPU of the server and of PostgreSQL."""

    state: State
    last: float
    half: float
    server: float
    database: float


async def reload(turns: Turns, side: Side, question: Question, rounds: int) -> list[Reload]:
    """Just after a write, and once again, a round each; over fresh connections, which are open before it counts."""
    found: list[Reload] = []
    for _ in range(rounds):
        await turns.loads.open(side.order(question, BOARDS))
        await turns.loads.run(1, "once")
        states: tuple[State, ...] = ("cold", "warm")
        for state in states:
            before = turns.spent(side)
            run = await turns.loads.run(BOARDS, "once" if state == "cold" else "never")
            after = turns.spent(side)
            server, database = ((b - a) * 1000 for a, b in zip(before, after, strict=True))
            half = sorted(run.latencies)[BOARDS // 2] / 1000
            found.append(Reload(state, run.seconds * 1000, half, server, database))
    return found
