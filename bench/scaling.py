"""`python -m bench.scaling FILE`: what one process, one machine and many carry, from the figures of a bench's run.

FILE is what `python -m bench --json FILE` wrote. Everything else that the answer needs is an assumption, stands in
`Load` and `Machine`, and is printed with it; each can be given otherwise on the command line.
"""

import argparse
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import orjson

MICRO = 1e-6
OURS = "Groundswell"


@dataclass(frozen=True, slots=True)
class Load:
    """Who is connected, and what happens in the busiest minute."""

    organisations: int = 200
    boards: int = 50_000
    phones: int = 200_000  # all of them open at once
    events: float = 0.5  # a second, of one organisation
    views: int = 60  # of one organisation: a board's for each unit, some of phones
    reach: float = 0.2  # of an organisation's subscribers, whom an event concerns

    @property
    def connections(self) -> int:
        return self.boards + self.phones

    @property
    def events_together(self) -> float:
        return self.organisations * self.events

    @property
    def deliveries(self) -> float:
        """A second."""
        return self.events * self.connections * self.reach


@dataclass(frozen=True, slots=True)
class Machine:
    """What a process or a machine is asked for at the most."""

    cores: int = 4  # of a node, with a process each
    gib: float = 16.0  # of a node
    busy: float = 0.5  # of a core, so that a storm finds room
    sockets: int = 10_000  # of a process
    looks: float = 200.0  # of a process at the log, a second
    postgres_cores: float = 16.0


@dataclass(frozen=True, slots=True)
class Costs:
    """CPU in µs and memory in KiB, as measured."""

    delivery: float
    connect: float
    connection: float
    mutation: float
    mutation_postgres: float
    read: float
    read_postgres: float
    rung: float
    rung_postgres: float
    doorbell: str

    @classmethod
    def of(cls, figures: list[dict[str, Any]]) -> "Costs":
        """Of the run with one view over WebSocket, and of Redis where it was measured."""

        def of(name: str, **where: object) -> float:
            found = [f for f in figures if f["name"] == name and where.items() <= f.items()]
            if not found:
                raise SystemExit(f"The file has no figure {name} ({where}): it takes the whole feed part of a run.")
            return float(found[0]["value"])

        usual = {"part": "feed", "server": OURS, "transport": "ws", "subscribers": 1000, "views": 1}
        doorbells = {f["doorbell"] for f in figures if f["part"] == "doorbell"}
        bell = "Redis" if "Redis" in doorbells else "PostgreSQL"
        return cls(
            delivery=of("server_cpu_per_delivery_less_mutation", **usual),
            connect=of("connect_cpu", **usual),
            connection=of("resident_per_connection_after", **usual),
            mutation=of("server_cpu_per_mutation", **usual),
            mutation_postgres=of("postgres_cpu_per_mutation", **usual),
            read=of("server_cpu_per_view_read", server=OURS),
            read_postgres=of("postgres_cpu_per_view_read", server=OURS),
            rung=of("server_cpu_per_event_rung", doorbell=bell),
            rung_postgres=max(0.0, of("postgres_cpu_per_event_more", doorbell=bell)),
            doorbell=bell,
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """So many processes; an organisation's subscribers are on `homes` of them."""

    load: Load
    costs: Costs
    processes: int
    homes: int
    looks: float

    @property
    def reads(self) -> float:
        """Statements of views a second: each view once an event on each process that shows it."""
        return self.load.events_together * self.load.views * self.homes

    @property
    def looks_together(self) -> float:
        """Looks at the log a second; what happens between two of them is one look."""
        return self.processes * min(self.load.events_together, self.looks)

    @property
    def server_cores(self) -> float:
        load, costs = self.load, self.costs
        writing = load.events_together * costs.mutation
        return MICRO * (
            writing + load.deliveries * costs.delivery + self.reads * costs.read + self.looks_together * costs.rung
        )

    @property
    def postgres_cores(self) -> float:
        load, costs = self.load, self.costs
        writing = load.events_together * costs.mutation_postgres
        return MICRO * (writing + self.reads * costs.read_postgres + self.looks_together * costs.rung_postgres)


def laid_out(load: Load, costs: Costs, machine: Machine, *, scattered: bool) -> Layout | None:
    """The fewest processes that carry it; None where each further one brings more work than it takes."""
    fewest = math.ceil(load.connections / machine.sockets)
    for processes in range(fewest, 20_000):
        # An organisation that fits into one process has a second one, so that a restart is felt by half of it.
        homes = processes if scattered else min(processes, max(2, math.ceil(fewest / load.organisations)))
        layout = Layout(load, costs, processes, homes, machine.looks)
        if layout.server_cores <= processes * machine.busy:
            return layout
    return None


def largest(carries: Callable[[float], bool]) -> float:
    """The largest factor that is carried, to a hundredth."""
    low, high = 0.0, 1.0
    while carries(high) and high < 1e6:
        low, high = high, high * 2
    while high - low > 0.01:
        middle = (low + high) / 2
        low, high = (middle, high) if carries(middle) else (low, middle)
    return low


def busier(load: Load, factor: float) -> Load:
    return Load(**{**{f.name: getattr(load, f.name) for f in fields(load)}, "events": load.events * factor})


def report(load: Load, costs: Costs, machine: Machine) -> Iterator[str]:
    yield from assumptions(load, machine, costs)
    yield from one(load, costs, machine)
    for title, scattered in (("each organisation on two processes", False), ("connections scattered", True)):
        layout = laid_out(load, costs, machine, scattered=scattered)
        yield ""
        yield f"### {load.connections:,} connections, {title}"
        yield ""
        if layout is None:
            per_process = load.events_together * load.views * costs.read * MICRO
            yield (
                f"Not carried by any number of processes: each one reads every organisation's views for itself, "
                f"{load.events_together * load.views:,.0f} statements a second, which is {per_process:.2f} of its core."
            )
            continue
        yield from many(layout, machine)
        if not scattered:
            yield from breaking(load, costs, machine)


def assumptions(load: Load, machine: Machine, costs: Costs) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    yield (
        f"| connected | {load.boards:,} boards and {load.phones:,} phones, all at once, in {load.organisations} "
        f"organisations, {load.views} views in each |"
    )
    yield (
        f"| busiest minute | {load.events:g} events a second in each organisation ({load.events_together:,.0f} "
        f"together), each concerning {load.reach:.0%} of its subscribers: {load.deliveries:,.0f} deliveries a second |"
    )
    yield (
        f"| a process | at most {machine.sockets:,} connections and {machine.busy:.0%} of a core; a node has "
        f"{machine.cores} cores and {machine.gib:g} GiB, PostgreSQL {machine.postgres_cores:g} cores |"
    )
    yield (
        f"| measured | a delivery {costs.delivery:.1f} µs, connect and subscribe {costs.connect:.0f} µs, a connection "
        f"{costs.connection:.1f} KiB; a mutation {costs.mutation:.0f} + {costs.mutation_postgres:.0f} µs (server + "
        f"PostgreSQL), a view's read {costs.read:.0f} + {costs.read_postgres:.0f}, a ring through {costs.doorbell} "
        f"{costs.rung:.0f} + {costs.rung_postgres:.0f} |"
    )


def one(load: Load, costs: Costs, machine: Machine) -> Iterator[str]:
    """One process, and one node whose processes share the organisations between them."""
    yield ""
    yield "### One process, one machine"
    yield ""
    own = load.connections / load.organisations

    def fits(organisations: float) -> bool:
        share = organisations / load.organisations
        part = Load(
            organisations=math.ceil(organisations),
            boards=round(load.boards * share),
            phones=round(load.phones * share),
            events=load.events,
            views=load.views,
            reach=load.reach,
        )
        cores = Layout(part, costs, 1, 1, machine.looks).server_cores
        return part.connections <= machine.sockets and cores <= machine.busy

    organisations = math.floor(largest(fits))
    connections = organisations * own
    yield (
        f"One process carries {organisations} such organisations ({connections:,.0f} connections, "
        f"{connections * costs.connection / 2**20:.2f} GiB for them); a machine with {machine.cores} cores "
        f"{organisations * machine.cores}. If all of a process's connections come back at once, that is "
        f"{connections * costs.connect * MICRO:.1f} s of its core."
    )


def many(layout: Layout, machine: Machine) -> Iterator[str]:
    load, costs = layout.load, layout.costs
    nodes = math.ceil(layout.processes / machine.cores)
    storm = load.connections * costs.connect * MICRO / layout.processes
    rows = (
        ("processes, nodes", f"{layout.processes}, {nodes}"),
        ("connections a process", f"{load.connections / layout.processes:,.0f}"),
        ("server cores in use", f"{layout.server_cores:.1f} of {layout.processes}"),
        ("memory of connections", f"{load.connections * costs.connection / 2**20:.1f} GiB"),
        ("statements of views a second", f"{layout.reads:,.0f}"),
        ("looks of tails a second", f"{layout.looks_together:,.0f}"),
        ("doorbells published, heard a second", f"{load.events_together:,.0f}, {layout.looks_together:,.0f}"),
        ("PostgreSQL cores in use", f"{layout.postgres_cores:.1f} of {machine.postgres_cores:g}"),
        ("everybody back at once", f"{storm:.1f} s of each process's core"),
    )
    yield "| | |"
    yield "|---|---|"
    for name, value in rows:
        yield f"| {name} | {value} |"


def breaking(load: Load, costs: Costs, machine: Machine) -> Iterator[str]:
    """By how much the events can grow until something is full, the first first."""

    def postgres(factor: float) -> bool:
        layout = laid_out(busier(load, factor), costs, machine, scattered=False)
        return layout is not None and layout.postgres_cores <= machine.postgres_cores * machine.busy

    def one_process(factor: float) -> bool:
        more = busier(load, factor)
        own = (
            MICRO
            * more.events
            * (more.connections / more.organisations * more.reach * costs.delivery / 2 + more.views * costs.read)
        )
        return own + MICRO * min(more.events_together, machine.looks) * costs.rung <= machine.busy

    found = sorted(
        [
            (largest(postgres), "PostgreSQL has no core to spare"),
            (largest(one_process), "one organisation's half fills its process"),
        ]
    )
    yield ""
    yield (
        "What is full first, if only the events grow: "
        + "; ".join(f"{what} at {factor:.1f} times as many" for factor, what in found)
        + "."
    )


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("file", type=Path)
    for kind in (Load(), Machine()):
        for field in fields(kind):
            default = getattr(kind, field.name)
            parser.add_argument(f"--{field.name.replace('_', '-')}", type=type(default), default=default)
    return parser.parse_args()


def main() -> None:
    given = options()
    figures = orjson.loads(given.file.read_bytes())["figures"]
    load = Load(**{field.name: getattr(given, field.name) for field in fields(Load)})
    machine = Machine(**{field.name: getattr(given, field.name) for field in fields(Machine)})
    for line in report(load, Costs.of(figures), machine):
        print(line)


if __name__ == "__main__":
    main()
