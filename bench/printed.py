"""How the figures are shown: tables, and the same as plain lines to paste."""

import importlib.metadata
import os
import platform
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from bench.feed import Delivered, Grown
from bench.reads import Figure, summary

PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "uvloop", "asyncpg", "sqlalchemy", "orjson")


class Printed:
    """Tables at once, the plain lines at the end."""

    def __init__(self) -> None:
        self.console = Console()
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)
        self.console.print(line, highlight=False)

    def machine(self, postgres: str) -> None:
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        self.say(f"machine: {psutil.cpu_count()} cores, {cpu_model()}, {platform.system()} {platform.machine()}")
        self.say(f"load at the start (1, 5, 15 minutes): {load}")
        versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
        self.say(f"versions: Python {platform.python_version()}, PostgreSQL {postgres}, {versions}")

    def reads(self, figures: list[list[Figure]]) -> None:
        for sides in figures:
            ours, floor = sides[0], sides[-1]
            table = Table(title=f"{ours.question}: CPU ms a request", title_justify="left")
            for heading in ("", "server", "PostgreSQL", "both", "× floor", "× Groundswell"):
                table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
            for figure in sides:
                (server, server_median), (database, database_median) = map(summary, (figure.server, figure.database))
                times = figure.least / floor.least, figure.least / ours.least
                table.add_row(
                    figure.side,
                    f"{server:.2f} ({server_median:.2f})",
                    f"{database:.2f} ({database_median:.2f})",
                    f"{figure.least:.2f}",
                    *(f"{each:.1f}" for each in times),
                )
                self.lines.append(
                    f"read: {figure.question}: {figure.side}: server {server:.3f} ms (median {server_median:.3f}), "
                    f"PostgreSQL {database:.3f} ms (median {database_median:.3f}), both {figure.least:.3f} ms, "
                    f"{times[0]:.1f} x floor, {times[1]:.1f} x Groundswell"
                )
            self.console.print(table)
        self.console.print("[dim]Minimum of the rounds, and in brackets their median.")

    def deliveries(self, found: list[Delivered]) -> None:
        table = Table(title="The feed, CPU µs", title_justify="left")
        for heading in (
            "subscribers",
            "server a delivery",
            "less mutation",
            "PostgreSQL an event",
            "connect",
            "KiB each",
        ):
            table.add_column(heading, justify="right")
        for each in found:
            (server, server_median), (database, database_median) = map(summary, (each.server, each.database))
            less = server - each.alone[0] / each.subscribers
            table.add_row(
                f"{each.subscribers:,} {each.kind}",
                f"{server:.1f} ({server_median:.1f})",
                f"{less:.1f}",
                f"{database:.0f} ({database_median:.0f})",
                f"{each.connect:.0f}",
                f"{each.resident:.1f}",
            )
            self.lines.append(
                f"feed: {each.subscribers} {each.kind} subscribers, {each.events} events, all "
                f"{each.subscribers * each.events} deliveries there and in order: server {server:.2f} µs a delivery "
                f"(median {server_median:.2f}) with its share of the mutation, {less:.2f} µs without; PostgreSQL "
                f"{database:.0f} µs an event (median {database_median:.0f}) with the mutation; the mutation alone: "
                f"server {each.alone[0]:.0f} µs, PostgreSQL {each.alone[1]:.0f} µs; connect and subscribe "
                f"{each.connect:.0f} µs, {each.resident:.1f} KiB resident each"
            )
        self.console.print(table)

    def growth(self, found: Grown) -> None:
        parts = ", ".join(f"{events:,}: {kib / 1024:.1f}" for events, kib in found.after)
        (first, kib_first), (last, kib_last) = found.after[1], found.after[-1]
        slope = (kib_last - kib_first) / (last - first) * 1000
        self.say(
            f"memory: MiB resident of the server after so many events to {found.subscribers} subscribers: {parts}; "
            f"{slope:+.0f} KiB a thousand events after the first quarter"
        )

    def paste(self) -> None:
        self.console.rule("to paste")
        for line in self.lines:
            print(line)


def cpu_model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown CPU"
