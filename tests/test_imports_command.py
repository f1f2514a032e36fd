"""`groundswell import`, as an operator types it: every command of its page in order, and Ctrl-C."""

import asyncio
import re
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
import xlsxwriter

from api.cli import main
from api.commands.watched import Watched
from db.counts import miscounted
from tests.factories import Hospital
from tests.test_cli import ROOT, command, on
from tests.test_operations_people import WAITING

COMMANDS = re.findall(r"```sh\ngroundswell (.*?)\n```", (ROOT / "docs/import.md").read_text())
SUGGESTIONS = (
    ("Suggestion", "Ward", "Date raised", "Status", "Notes from the huddle"),
    ("Bells out of reach", "Ward A", "05/03/2024", "Closed", "A clip"),
    ("No chairs", "Ward Z", "06/03/2024", "New", ""),
    ("Lamps flicker", "Ward B", "07/03/2024", "New", ""),
)
PEOPLE = (
    ("Name", "Email", "Job title", "Department", "Role"),
    ("Una Young", "una@ashcombe.example", "Ward clerk", "Medicine / Ward 7", ""),
    ("Nina Nurse", "nina@ashcombe.example", "", "Ward A", ""),
)


@pytest.fixture
def lists(hospital: Hospital, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder in which an operator has both lists, on this hospital's database."""
    for name, rows in (("suggestions.xlsx", SUGGESTIONS), ("people.xlsx", PEOPLE)):
        with xlsxwriter.Workbook(tmp_path / name) as workbook:
            sheet = workbook.add_worksheet()
            for n, row in enumerate(rows):
                sheet.write_row(n, 0, row)
    monkeypatch.chdir(tmp_path)
    for name, value in on(hospital.database.dsn).items():
        monkeypatch.setenv(name, value)
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    yield tmp_path
    signal.signal(signal.SIGTERM, before[0])
    signal.signal(signal.SIGINT, before[1])


def test_the_commands_of_the_page_do_what_it_says(lists: Path, capsys: pytest.CaptureFixture[str]) -> None:
    batch = ""

    def typed(written: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main([*shlex.split(written.replace("K7QM2P", batch)), "--organisation", "ashcombe"])
        return ended.value.code, capsys.readouterr().out

    tried, looked, imported, again, undone, people_tried, people = COMMANDS
    code, shown = typed(tried)
    assert code == 1
    assert "“Suggestion” is problem." in shown
    assert "Not taken over: “Notes from the huddle”." in shown
    assert "Column “Status”: “Closed” is none of open" in shown
    assert "1 idea would be imported, 0 there already, 2 rejected." in shown
    _, shown = typed(looked)
    assert "“Notes from the huddle” is solution (by --map)." in shown
    assert "Status “Closed” is implemented (1 row)." in shown
    code, shown = typed(imported)
    assert (code, "2 ideas imported, 0 there already, 1 rejected." in shown) == (1, True)
    (batch,) = set(re.findall(r"Batch (\w{6})", shown))
    rejects = lists / "suggestions.xlsx.rejects.csv"
    rejects.write_text(rejects.read_text("utf-8-sig").replace("Ward Z,0", "Ward B,0"), "utf-8-sig")
    code, shown = typed(again)
    assert (code, "1 idea imported, 0 there already, 0 rejected." in shown) == (0, True)
    code, shown = typed(undone)
    assert (code, shown) == (0, f"Batch {batch}: 2 ideas withdrawn. The list can be imported again.\n")
    code, shown = typed(people_tried)
    assert (code, "1 person would be invited, 1 there already, 0 rejected." in shown) == (0, True)
    code, shown = typed(people)
    assert (code, "1 person invited, 1 there already, 0 rejected." in shown) == (0, True)
    assert "people.xlsx.invitations.csv has the one-time links of 1 person: give" in shown
    assert "token" not in shown


async def test_ctrl_c_ends_it_between_two_transactions_and_says_how_to_go_on(
    hospital: Hospital, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("problem,theme\n" + "".join(f"Problem {n},{'Falls' * (n == 70)}\n" for n in range(150)))
    arguments = ("import", str(path), "--organisation", "ashcombe")
    holding = await asyncpg.connect(hospital.database.dsn)
    async with holding.transaction():
        await holding.execute("select from theme where id = $1 for update", hospital.theme)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.cli", *arguments, cwd=ROOT, env=on(hospital.database.dsn),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(30):
            while await hospital.database.value(WAITING) < 1:  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.01)
        process.send_signal(signal.SIGINT)
    await holding.close()
    shown = (await process.communicate())[0].decode()
    assert process.returncode == 130
    assert "100 ideas imported" in shown
    assert shown.endswith(
        "Stopped before line 102: as you asked. Run the same command again: it goes on, and adds nothing twice.\n"
    )
    assert await hospital.database.value("select count(*) from idea") == 100
    assert await miscounted(hospital.database) == []
    done = command(on(hospital.database.dsn), *arguments)
    assert "50 ideas imported, 100 there already, 0 rejected." in done.stdout


def test_where_there_is_no_terminal_a_line_tells_now_and_then_how_far_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    watched = Watched("rows")
    for done in range(0, 2001, 50):
        watched.step(done, 2000)
    lines = capsys.readouterr().out.splitlines()
    assert (len(lines), lines[0], lines[-1]) == (10, "200 of 2,000 rows", "2,000 of 2,000 rows")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--undo", "K7QM2P", "--dry-run"], "--dry-run: does not go with --undo."),
        (["list.csv", "--even-if-worked-on"], "--even-if-worked-on: does not go with a list of ideas."),
        (["list.csv", "--invitations", "x.csv"], "--invitations: does not go with a list of ideas."),
    ],
)
def test_what_would_be_passed_over_is_refused(arguments: list[str], sentence: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["import", *arguments])
    assert ended.value.code == f"groundswell: {sentence}"


@pytest.mark.parametrize("arguments", [["import"], ["import", "list.csv", "--undo", "K7QM2P"]])
def test_what_is_meant_must_be_said(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == "groundswell: import: say which FILE, or --undo BATCH."
