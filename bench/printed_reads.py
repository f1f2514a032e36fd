"""How the figures of reads and writes are shown, beside what is aimed at."""

from collections.abc import Sequence
from statistics import median

from bench.boards import BOARDS, Reload
from bench.pasted_reads import cpu, latency
from bench.printed import Printed
from bench.reads import AIMED_AT, Figure, summary

HEADINGS = ("", "connections", "server", "PostgreSQL", "both", "p50 ms", "p99 ms", "executed", "× ours", "aim")


class PrintedReads:
    def __init__(self, printed: Printed) -> None:
        self.printed = printed
        self.verdicts: list[str] = []
        self.figures: list[Figure] = []

    def question(self, cases: Sequence[Sequence[Figure]], ours: str) -> None:
        """All cases of one question, each with every side."""
        rows = []
        for figures in cases:
            self.figures += figures
            own = next((figure.least for figure in figures if figure.side == ours), None)
            rows += [self.row(figure, own, ours) for figure in figures]
        name = cases[0][0].case.question.name
        self.printed.table(f"{name}: CPU ms a request, least of the rounds (and their median)", HEADINGS, rows)

    def row(self, figure: Figure, own: float | None, ours: str) -> tuple[str, ...]:
        case = figure.case
        (server, server_median), (database, database_median) = map(summary, (figure.server, figure.database))
        p50, p99 = figure.latency(0.5), figure.latency(0.99)
        aim = case.aim if figure.side == ours else None
        executed = None if figure.executed is None else figure.executed / len(figure.latencies)
        said = "" if aim is None else f"{aim:.2f} {'met' if figure.least <= aim else 'missed'}"
        of = {
            "question": case.question.name,
            "side": figure.side,
            "state": case.state,
            "connections": case.connections,
        }
        for key, value in {
            "server_cpu_per_request": server,
            "server_cpu_per_request_median": server_median,
            "postgres_cpu_per_request": database,
            "postgres_cpu_per_request_median": database_median,
            "cpu_per_request": figure.least,
            "latency_p50": p50,
            "latency_p99": p99,
            **({} if aim is None else {"aim_cpu_per_request": aim}),
        }.items():
            self.printed.figures.note("reads", key, value, "ms", **of)
        if executed is not None:
            self.printed.figures.note("reads", "executed_per_request", executed, "executions", **of)
        what = "read" if case.question.reads else "write"
        over = f"{case.connections} connection{'s' if case.connections > 1 else ''}"
        self.printed.lines.append(
            f"{what}: {case.question.name}: {case.state}, {over}: {figure.side}: server {server:.3f} ms (median "
            f"{server_median:.3f}), PostgreSQL {database:.3f} ms (median {database_median:.3f}), both "
            f"{figure.least:.3f} ms, p50 {p50:.2f} ms, p99 {p99:.2f} ms, {len(figure.latencies)} requests"
            f"{'' if executed is None else f', {executed:.0%} of them executed'}"
        )
        if aim is not None:
            self.verdicts.append(
                f"aim: {case.question.name}: {case.state}, {AIMED_AT} connections: {figure.least:.3f} ms, at most "
                f"{aim:.2f}: {'met' if figure.least <= aim else 'missed'}"
            )
        return (
            f"{figure.side}, {case.state}",
            str(case.connections),
            f"{server:.3f} ({server_median:.3f})",
            f"{database:.3f} ({database_median:.3f})",
            f"{figure.least:.3f}",
            f"{p50:.2f}",
            f"{p99:.2f}",
            "" if executed is None else f"{executed:.0%}",
            "" if own is None else f"{figure.least / own:.1f}",
            said,
        )

    def boards(self, reloads: Sequence[Reload]) -> None:
        rows = []
        for state in ("cold", "warm"):
            times = [each for each in reloads if each.state == state]
            shown = []
            for name in ("last", "half", "server", "database"):
                values = [getattr(each, name) for each in times]
                shown.append(f"{min(values):.0f} ({median(values):.0f})")
            rows.append((state, *shown))
            best = min(times, key=lambda each: each.last)
            for key, value in {
                "until_last_answer": best.last,
                "until_half_of_answers": best.half,
                "server_cpu": min(each.server for each in times),
                "postgres_cpu": min(each.database for each in times),
            }.items():
                self.printed.figures.note("boards", key, value, "ms", state=state, boards=BOARDS)
            self.printed.lines.append(
                f"boards: {BOARDS:,} reload at once, {state}: the last has its answer after {shown[0]} ms, half after "
                f"{shown[1]} ms, CPU of the server {shown[2]} ms, of PostgreSQL {shown[3]} ms"
            )
        self.printed.table(
            f"{BOARDS:,} boards that reload at the same moment, ms: least (and median) of the times",
            ("", "last answer", "half of them", "CPU of server", "CPU of PostgreSQL"),
            rows,
        )

    def end(self) -> None:
        """All verdicts together, and the tables to paste."""
        for verdict in self.verdicts:
            self.printed.say(verdict)
        for heading, table in (
            (f"CPU ms a request at {AIMED_AT} connections, server + PostgreSQL = both, least of the rounds:", cpu),
            ("p50 / p99 ms, by connections:", latency),
        ):
            self.printed.lines += [heading, *table(self.figures)]
