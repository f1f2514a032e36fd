"""A messy list of a hospital is taken over whole, though the process is killed in the middle, and taken back whole."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import asyncpg
import pytest

from db import imports
from db.counts import miscounted
from tests.factories import Hospital
from tests.messy_list import Suggestion, suggestions, write_csv, write_workbook
from tests.test_cli import ROOT, command, on

Write = Callable[[Path, list[Suggestion]], int]


class List:
    """A messy list in a file, and what must become of it."""

    def __init__(self, path: Path, write: Write, count: int) -> None:
        self.path, self.rows = path, list(suggestions(count))
        self.header = write(path, self.rows)

    def of(self, becomes: str) -> int:
        return sum(row.becomes == becomes for row in self.rows)

    @property
    def problems(self) -> Counter[str]:
        return Counter(row.problem for row in self.rows if row.becomes == "taken")

    @property
    def rejected(self) -> int:
        return self.of("rejected")


async def published(hospital: Hospital) -> Counter[str]:
    rows = await hospital.database.rows("select problem from idea where withdrawn_at is null")
    return Counter(row["problem"] for row in rows)


async def told(hospital: Hospital) -> int:
    """How many ideas the feed has told of."""
    return int(
        await hospital.database.value(
            "select coalesce(sum((facts->>'count')::int), 0) from event where type = 'IDEAS_IMPORTED'"
        )
    )


async def killed_in_the_middle(hospital: Hospital, arguments: tuple[str, ...]) -> int:
    """How many ideas there were when the process was killed: it cannot pass the theme, which is ours meanwhile."""
    holding = await asyncpg.connect(hospital.database.dsn)
    try:
        async with holding.transaction():
            await holding.execute("select from theme where id = $1 for update", hospital.theme)
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "api.cli", *arguments, cwd=ROOT, env={**on(hospital.database.dsn), "PATH": ""},
                stdout=asyncio.subprocess.DEVNULL, stderr=None,
            )  # fmt: skip
            there = 0
            while there < 50 and process.returncode is None:
                there = await hospital.database.value("select count(*) from idea")
                await asyncio.sleep(0)
            process.send_signal(signal.SIGKILL)
            assert await process.wait() == -signal.SIGKILL
    finally:
        await holding.close()
    return (await published(hospital)).total()


@pytest.mark.parametrize(
    ("write", "name", "count"),
    [
        pytest.param(write_workbook, "list.xlsx", 400, id="workbook"),
        pytest.param(write_csv, "list.csv", 400, id="csv"),
        pytest.param(write_workbook, "list.xlsx", 20_000, id="20,000-workbook", marks=pytest.mark.soak),
        pytest.param(write_csv, "list.csv", 20_000, id="20,000-csv", marks=pytest.mark.soak),
    ],
)
async def test_nothing_comes_twice_or_half_though_it_is_killed_and_undone_it_is_gone(
    hospital: Hospital, tmp_path: Path, write: Write, name: str, count: int
) -> None:
    given = List(tmp_path / name, write, count)
    arguments = ("import", str(given.path), "--organisation", "ashcombe")
    some = await killed_in_the_middle(hospital, arguments)
    assert 0 < some < given.of("taken")
    assert await told(hospital) == some
    assert await miscounted(hospital.database) == []

    began = perf_counter()
    done = command(on(hospital.database.dsn), *arguments, patience=600)
    print(f"{count / (perf_counter() - began):,.0f} rows a second")
    assert done.returncode == 1, done.stderr
    assert "goes on: this list was interrupted" in done.stdout
    assert f"{given.of('taken') - some:,} ideas imported" in done.stdout
    assert await published(hospital) == given.problems
    assert await told(hospital) == given.of("taken")
    assert await miscounted(hospital.database) == []
    rejects = given.path.with_name(f"{name}.rejects.csv")
    lines = [line for line in rejects.read_text("utf-8-sig").splitlines() if line.split(",")[0].isdigit()]
    assert len(lines) == given.rejected
    assert rejects.stat().st_size < 1_000 * given.rejected, "and not ten megabytes of it"

    again = await imports.import_ideas(hospital.database, given.path, imports.Asked(organisation="ashcombe"))
    assert (again.imported, again.already) == (0, given.of("taken") + given.of("already"))
    assert await published(hospital) == given.problems

    (batch,) = await hospital.database.rows("select id from import_batch")
    undone = await imports.undo(hospital.database, batch["id"], organisation="ashcombe")
    assert (undone.withdrawn, undone.kept) == (given.of("taken"), [])
    assert await published(hospital) == Counter()
    assert await miscounted(hospital.database) == []
