"""The figures of reads and writes as two tables of Markdown, for docs/performance.md."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from bench.reads import AIMED_AT, Figure


def cpu(figures: Sequence[Figure]) -> Iterator[str]:
    """CPU ms at the usual number of connections."""

    def cell(of_side: list[Figure]) -> str:
        figure = of_side[0]
        return f"{min(figure.server):.2f} + {min(figure.database):.2f} = {figure.least:.2f}"

    return table([figure for figure in figures if figure.case.connections == AIMED_AT], cell)


def latency(figures: Sequence[Figure]) -> Iterator[str]:
    """p50 / p99 in ms, by the number of connections."""

    def cell(of_side: list[Figure]) -> str:
        return ", ".join(f"{short(figure.latency(0.5))} / {short(figure.latency(0.99))}" for figure in of_side)

    return table(figures, cell)


def table(figures: Sequence[Figure], cell: Callable[[list[Figure]], str]) -> Iterator[str]:
    """A row a question and state, a column a side."""
    sides = list(dict.fromkeys(figure.side for figure in figures))
    yield f"| | {' | '.join(sides)} |"
    yield "|---" * (len(sides) + 1) + "|"
    for (question, state), group in groupby(figures, lambda figure: (figure.case.question.name, figure.case.state)):
        rows = list(group)
        cells = ([figure for figure in rows if figure.side == side] for side in sides)
        shown = (cell(of_side) if of_side else "–" for of_side in cells)
        yield f"| {question}: {state} | {' | '.join(shown)} |"


def short(ms: float) -> str:
    return f"{ms:.1f}" if ms < 10 else f"{ms:.0f}"
