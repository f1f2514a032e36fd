"""What the page on scaling says is what its script computes from the figures beside it."""

from dataclasses import replace
from pathlib import Path

import orjson

from bench.scaling import Costs, Layout, Load, Machine, laid_out, report

DOCS = Path(__file__).resolve().parent.parent / "docs"
COSTS = Costs(
    delivery=10,
    connect=500,
    connection=20,
    mutation=1000,
    mutation_postgres=1000,
    read=100,
    read_postgres=100,
    rung=300,
    rung_postgres=0,
    doorbell="Redis",
)


def test_the_page_is_what_the_script_prints() -> None:
    figures = orjson.loads((DOCS / "scaling.json").read_bytes())["figures"]
    printed = "\n".join(report(Load(), Costs.of(figures), Machine()))
    assert printed in (DOCS / "scaling.md").read_text()


def test_an_event_is_written_once_read_once_a_view_and_process_and_delivered_to_whom_it_concerns() -> None:
    load = Load(organisations=2, boards=100, phones=300, events=1, views=5, reach=0.5)
    layout = Layout(load, COSTS, processes=3, homes=2, looks=200)
    assert load.deliveries == 2 * 200 * 0.5
    assert layout.reads == 2 * 5 * 2
    assert layout.looks_together == 3 * 2
    micro = 2 * 1000 + 200 * 10 + 20 * 100 + 6 * 300
    assert round(layout.server_cores * 1e6) == micro
    assert round(layout.postgres_cores * 1e6) == 2 * 1000 + 20 * 100


def test_more_processes_are_laid_out_for_more_connections_and_for_more_events() -> None:
    load, machine = Load(), Machine()
    usual = laid_out(load, COSTS, machine, scattered=False)
    assert usual is not None
    assert usual.processes == 25
    crowded = laid_out(replace(load, phones=400_000), COSTS, machine, scattered=False)
    busy = laid_out(replace(load, events=20), COSTS, machine, scattered=False)
    assert crowded is not None
    assert busy is not None
    assert crowded.processes == 45
    assert busy.processes > usual.processes
    assert busy.server_cores <= busy.processes * machine.busy


def test_views_that_every_process_reads_for_itself_are_carried_by_no_number_of_processes() -> None:
    assert laid_out(replace(Load(), views=200), COSTS, Machine(), scattered=True) is None
