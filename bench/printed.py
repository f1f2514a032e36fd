"""How the figures are shown: tables, the same as plain lines to paste, and by name for other programs."""

import importlib.metadata
import os
import platform
from collections.abc import Sequence
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from bench.figures import Figures

PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "uvloop", "asyncpg", "sqlalchemy", "orjson")

NARROWEST = 140  # columns, so that tables stay whole where the output goes to a file


class Printed:
    """Tables at once, the plain lines at the end."""

    def __init__(self) -> None:
        self.console = Console(width=max(Console().width, NARROWEST))
        self.lines: list[str] = []
        self.figures = Figures()

    def say(self, line: str) -> None:
        self.lines.append(line)
        self.console.print(line, highlight=False)

    def machine(self, postgres: str) -> None:
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        self.say(f"machine: {psutil.cpu_count()} cores, {cpu_model()}, {platform.system()} {platform.machine()}")
        self.say(f"load at the start (1, 5, 15 minutes): {load}")
        packages = {name: importlib.metadata.version(name) for name in PACKAGES}
        versions = {"Python": platform.python_version(), "PostgreSQL": postgres, **packages}
        self.say(f"versions: {', '.join(f'{name} {version}' for name, version in versions.items())}")
        self.figures.about = {"cores": psutil.cpu_count(), "cpu": cpu_model(), "load": load, "versions": versions}

    def table(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        table = Table(title=title, title_justify="left")
        for n, heading in enumerate(headings):
            table.add_column(heading, justify="right" if n else "left", no_wrap=n == 0)
        for row in rows:
            table.add_row(*row)
        self.console.print(table)

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
