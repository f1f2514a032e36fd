"""What an answer costs and how long it takes: all sides in turn, round after round, in one run."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal, TypeAlias

from bench.asking import Asker
from bench.counted import counted
from bench.loading import Loads
from bench.loads import Appends, Order
from bench.processes import Cost, Serving
from bench.questions import Question
from bench.sides import Contender

State: TypeAlias = Literal["cold", "warm", "write"]
STATES: tuple[State, ...] = ("cold", "warm", "write")
# Cold: every request comes after a write. Warm: nothing is written any more once the server has caught up.
BEFORE: dict[State, Appends] = {"cold": "each", "warm": "once", "write": "never"}
WHILE: dict[State, Appends] = {"cold": "each", "warm": "never", "write": "never"}
EXECUTED = "groundswell_answers_read_total"
WARMING = 96  # requests at a time, until a side is warm
FEWEST, MOST = 24, 20_000  # requests of a turn
OF_WRITES = 2.0  # times as long a turn, since most of it is waiting for the disk


@dataclass(frozen=True, slots=True)
class Side:
    """One server to ask."""

    contender: Contender
    server: Serving
    token: str

    @property
    def name(self) -> str:
        return self.contender.name

    def order(self, question: Question, connections: int) -> Order:
        return Order(
            port=self.server.port,
            token=self.token,
            document=question.document,
            variables=question.variables,
            connections=connections,
            keyed=question.keyed,
            positioned=self.contender.is_ours,
        )


@dataclass(frozen=True, slots=True)
class Case:
    """A question, asked over so many connections, in one state."""

    question: Question
    state: State
    connections: int

    @property
    def aim(self) -> float | None:
        return self.question.aims.get(self.state) if self.connections == AIMED_AT else None


AIMED_AT = 8  # connections


@dataclass(slots=True)
class Figure:
    """CPU of a request in ms, a round each: the server's and PostgreSQL's.

    `latencies`: µs, of all rounds. `requests`: of a round. `executed`: of all requests so many took a statement, the
    others were answered from memory or by another's; None where the server does not say.
    """

    case: Case
    side: str
    requests: int = 0
    server: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    latencies: list[int] = field(default_factory=list)
    executed: int | None = None

    @property
    def least(self) -> float:
        """The least sum; noise only adds."""
        return min(map(sum, zip(self.server, self.database, strict=True)))

    def latency(self, share: float) -> float:
        """ms, within which this share of all answers came."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] / 1000


class Turns:
    """Who asks, whom, and what PostgreSQL has used. `seconds`: what a turn is to last."""

    def __init__(self, loads: Loads, database: Cost, seconds: float) -> None:
        self.loads, self.database, self.seconds = loads, database, seconds

    async def compare(self, case: Case, sides: Sequence[Side], rounds: int) -> list[Figure]:
        """The figures of every side, in their order."""
        figures = [Figure(case, side.name) for side in sides]
        for round_ in range(rounds + 1):
            for side, figure in zip(sides, figures, strict=True):
                await self.open(case, side)
                if round_ == 0:
                    figure.requests = await self.requests(case)
                else:
                    await self.measure(figure, side)
        return figures

    async def warm_up(self, question: Question, side: Side, seconds: float) -> None:
        """Connections, statements, and what a compiler does meanwhile."""
        case = Case(question, "write" if question.keyed else "cold", AIMED_AT)
        await self.open(case, side)
        spent = 0.0
        while spent < seconds:
            spent += (await self.loads.run(WARMING, WHILE[case.state])).seconds

    async def open(self, case: Case, side: Side) -> None:
        await self.loads.open(side.order(case.question, case.connections))
        warming = case.connections
        if case.state == "warm" and side.contender.is_ours:
            warming = max(warming, len(case.question.variables))
        await self.loads.run(warming, BEFORE[case.state])

    async def measure(self, figure: Figure, side: Side) -> None:
        tells = side.contender.is_ours and figure.case.question.reads
        executed = await counted(side.server.port, EXECUTED) if tells else 0
        before = self.spent(side)
        run = await self.loads.run(figure.requests, WHILE[figure.case.state])
        after = self.spent(side)
        figure.server.append((after[0] - before[0]) / figure.requests * 1000)
        figure.database.append((after[1] - before[1]) / figure.requests * 1000)
        figure.latencies += run.latencies
        if tells:
            executed = await counted(side.server.port, EXECUTED) - executed
            figure.executed = (figure.executed or 0) + int(executed)

    def spent(self, side: Side) -> tuple[float, float]:
        return side.server.cost.cpu(), self.database.cpu(without=(self.loads.backend,))

    async def requests(self, case: Case) -> int:
        """How many a turn has: tried with few, and with more of them while that is too short to tell."""
        lasts = self.seconds * (OF_WRITES if case.state == "write" else 1.0)
        tried, seconds = max(FEWEST, 2 * case.connections), 0.0
        while seconds < lasts / 4 and tried < MOST:
            tried = min(MOST, 4 * tried) if seconds else tried
            seconds = (await self.loads.run(tried, WHILE[case.state])).seconds
        return max(FEWEST, min(MOST, int(tried * lasts / seconds)))


async def agree(question: Question, sides: Sequence[Side]) -> None:
    """Raises where the answers are not equal."""
    first = None
    for side in sides:
        asker = Asker(side.server.port, side.token)
        try:
            answers = await asker.answers(question)
        finally:
            asker.close()
        first = first or answers
        if answers != first:
            raise RuntimeError(f"{question.name}: {side.name} answers otherwise than {sides[0].name}")


def summary(values: list[float]) -> tuple[float, float]:
    """The minimum and the median."""
    return min(values), median(values)
