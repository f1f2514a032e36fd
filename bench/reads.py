"""What an answer costs: Groundswell, plain Strawberry and the floor in turn, round after round, in one run."""

from dataclasses import dataclass, field
from statistics import median

from bench.asking import Asker
from bench.processes import Cost
from bench.questions import Question

WARM = 24  # requests before the first round: connections, plans and caches


@dataclass(frozen=True, slots=True)
class Side:
    """One server to ask. `share`: of a round's requests, since a costly one needs fewer."""

    name: str
    asker: Asker
    cost: Cost
    share: float = 1.0


@dataclass(slots=True)
class Figure:
    """CPU of a request in ms, a round each: the server's and PostgreSQL's."""

    question: str
    side: str
    server: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)

    @property
    def least(self) -> float:
        """The least sum; noise only adds."""
        return min(map(sum, zip(self.server, self.database, strict=True)))


async def compare(question: Question, sides: list[Side], database: Cost, requests: int, rounds: int) -> list[Figure]:
    """The figures of every side. Raises where the answers are not equal."""
    answers = [await side.asker.ask(question.document, question.variables[0]) for side in sides]
    for side, answer in zip(sides, answers, strict=True):
        if answer != answers[0]:
            raise RuntimeError(f"{question.name}: {side.name} answers otherwise than {sides[0].name}")
    for side in sides:
        await side.asker.open()
        await side.asker.answers(question.document, question.variables, WARM)
    figures = [Figure(question.name, side.name) for side in sides]
    for _ in range(rounds):
        for side, figure in zip(sides, figures, strict=True):
            times = max(16, int(requests * side.share))
            await side.asker.open()
            before = side.cost.cpu(), database.cpu()
            await side.asker.answers(question.document, question.variables, times)
            figure.server.append((side.cost.cpu() - before[0]) / times * 1000)
            figure.database.append((database.cpu() - before[1]) / times * 1000)
    return figures


def summary(values: list[float]) -> tuple[float, float]:
    """The minimum and the median."""
    return min(values), median(values)
