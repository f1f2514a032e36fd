"""A list of people: those who are not here are invited, once, each with one link; whatever ends the run."""

import asyncio
import csv
import fcntl
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from db import imports
from db.counts import miscounted
from db.errors import UserMistake
from db.operations import people
from db.operations.sessions import accept_invitation
from tests.factories import PASSWORD, Hospital
from tests.test_cli import ROOT, command, on, until

Written = Callable[[str], Path]

LIST = """\
Full name,Work email,Job title,Department,Role,Unit lead
Una Young,Una.Young@ashcombe.example,Ward clerk,medicine / WARD A,,
Vic Vale,vic@ashcombe.example,Sister,Medicine > Ward 7,"Theme lead, coach",yes
Wyn West,wyn@ashcombe.example,,Medicine > ward 7,,no
Nina Nurse,NINA@ashcombe.example,Matron,Ward B,,
Una Young,una.young@ashcombe.example,Ward clerk,Ward A,,
"""


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> Path:
        path = tmp_path / "people.csv"
        path.write_text(text)
        return path

    return write


async def take(hospital: Hospital, path: Path, **given: Any) -> imports.Report:
    return await imports.import_people(hospital.database, path, imports.Asked(organisation="ashcombe", **given))


def links(path: Path) -> dict[str, str]:
    """By address, what the link carries."""
    file = path.with_name(f"{path.name}.invitations.csv")
    assert file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["Name", "E-mail address", "Link"]
    assert len({row[1] for row in rows}) == len(rows), "one line each"
    return {row[1]: row[2].partition("/welcome#token=")[2] for row in rows[1:]}


async def test_those_who_are_not_here_are_invited_with_unit_roles_and_lead(
    hospital: Hospital, written: Written
) -> None:
    path = written(LIST)
    report = await take(hospital, path)
    assert "3 people invited, 1 there already, 1 rejected." in list(report)
    assert dict(report.made) == {"Units made": 1, "Leads named": 1}
    rows = await hospital.database.rows(
        "select email, person.name, job_title, unit.name as unit, parent_id, roles, "
        "exists (select from unit_lead where person_id = person.id) as leads "
        "from person join unit on unit.id = unit_id where email in ('una.young@ashcombe.example', "
        "'vic@ashcombe.example', 'wyn@ashcombe.example') order by email"
    )
    una, vic, wyn = ([*row.values()][1:] for row in rows)
    assert una == ["Una Young", "Ward clerk", "Ward A", hospital.division, ["CONTRIBUTOR"], False]
    assert vic == ["Vic Vale", "Sister", "Ward 7", hospital.division, ["THEME_LEAD", "COACH"], True]
    assert wyn == ["Wyn West", None, "Ward 7", hospital.division, ["CONTRIBUTOR"], False]
    assert await hospital.database.value("select job_title from person where id = $1", [hospital.nurse]) is None
    assert await miscounted(hospital.database) == []
    found = links(path)
    assert found.keys() == {"una.young@ashcombe.example", "vic@ashcombe.example", "wyn@ashcombe.example"}
    for token in found.values():
        await accept_invitation(hospital.database, token=token, password=PASSWORD)


async def test_one_address_twice_is_said_as_such_and_not_as_somebody_who_is_here(
    hospital: Hospital, written: Written
) -> None:
    others = "".join(f"P{n},p{n}@ashcombe.example,\n" for n in range(60))  # more than a transaction takes
    path = written(f"Name,Email,Ward\nZoe,zoe@ashcombe.example,Ward A\n{others}Zoe,ZOE@ashcombe.example,Ward B\n")
    for dry_run in (True, False):
        report = await take(hospital, path, dry_run=dry_run)
        assert (report.imported, report.already) == (61, 0)
        assert [*map(str, report.rejected)] == [
            "Line 63: Column “Email”: This is the same address as in line 2.",
        ]


async def test_a_dry_run_says_exactly_what_would_happen(hospital: Hospital, written: Written) -> None:
    path = written(LIST + "Xen Xu,xen@ashcombe.example,,Ward 7,Emperor,\nYan,yan@ashcombe.example,,Ward 7,,\n")
    before = await hospital.database.value("select sum(position) from feed_head")
    tried = await take(hospital, path, dry_run=True)
    assert await hospital.database.value("select sum(position) from feed_head") == before
    assert not path.with_name("people.csv.invitations.csv").exists()
    rejects = path.with_name("people.csv.rejects.csv")
    said = rejects.read_bytes()
    done = await take(hospital, path)
    assert (tried.imported, tried.already, tried.made) == (done.imported, done.already, done.made) == (4, 1, done.made)
    assert tried.rejected == done.rejected
    assert rejects.read_bytes() == said


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("Zoe,not an address,,,,", "Work email", "This is not an e-mail address."),
        (",zoe@ashcombe.example,,,,", "Full name", "Please write something here."),
        ("Zoe,other@wenlow.example,,,,", "Work email", "Somebody already has this e-mail address."),
        ("Zoe,cora@ashcombe.example,,,,", "Work email", "This person has left: they were deactivated."),
        ("Zoe,zoe@ashcombe.example,,,Emperor,", "Role", "“Emperor” is none of contributor"),
        ("Zoe,zoe@ashcombe.example,,,,perhaps", "Unit lead", "neither yes nor no"),
        ("Zoe,zoe@ashcombe.example,,,,yes", "Department", "Of which unit are they a lead?"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_of_it_is_taken(
    hospital: Hospital, written: Written, row: str, column: str, reason: str
) -> None:
    await hospital.do(people.deactivate_person, hospital.admin, person=hospital.coach)
    report = await take(hospital, written(LIST.splitlines()[0] + f"\n{row}\nAmy,amy@ashcombe.example,,,,\n"))
    (rejected,) = report.rejected
    ((named, why),) = rejected.reasons
    assert (rejected.line, named, report.imported) == (2, column, 1)
    assert reason in why


async def test_a_second_run_invites_nobody_twice_and_renews_what_has_lapsed(
    hospital: Hospital, written: Written
) -> None:
    path = written(LIST)
    await take(hospital, path)
    first = links(path)
    await accept_invitation(hospital.database, token=first["una.young@ashcombe.example"], password=PASSWORD)
    holding = await asyncpg.connect(hospital.database.dsn)
    await holding.execute(
        "update invitation set expires_at = now() from person where person.id = person_id and email = $1",
        "vic@ashcombe.example",
    )
    await holding.close()
    tried = await take(hospital, path, dry_run=True)
    report = await take(hospital, path)
    for each in (tried, report):
        assert (each.imported, each.already, dict(each.made)) == (0, 4, {"Links renewed": 1})
        assert "1 person was invited before and has set no password." in "\n".join(each), "Nina, by somebody else"
    second = links(path)
    assert second.keys() == {"vic@ashcombe.example", "wyn@ashcombe.example"}, "who has a password needs none"
    assert second["wyn@ashcombe.example"] == first["wyn@ashcombe.example"]
    for token in second.values():
        await accept_invitation(hospital.database, token=token, password=PASSWORD)


async def test_links_of_others_in_the_same_file_stay(hospital: Hospital, written: Written) -> None:
    path = written(LIST)
    await take(hospital, path)
    ours = links(path)
    elsewhere = path.with_name("elsewhere.csv")
    elsewhere.write_text("Name,Email\nOda Reed,oda@wenlow.example\n")
    shared = path.with_name(f"{path.name}.invitations.csv")
    asked = imports.Asked(organisation="wenlow")
    await imports.import_people(hospital.database, elsewhere, asked, shared)
    both = links(path)
    assert both.keys() == {*ours, "oda@wenlow.example"}
    assert ours.items() <= both.items()


async def test_links_hold_no_formula_also_when_they_are_written_again(hospital: Hospital, written: Written) -> None:
    path = written("Name,Email\n=1+1;=2,=una@ashcombe.example\nVic,vic@ashcombe.example\n")
    await take(hospital, path)
    await accept_invitation(hospital.database, token=links(path)["vic@ashcombe.example"], password=PASSWORD)
    await take(hospital, path)
    [_, line] = path.with_name(f"{path.name}.invitations.csv").read_text("utf-8-sig").splitlines()
    assert line.startswith("'=1+1;'=2,'=una@ashcombe.example,")


async def test_two_runs_do_not_write_links_at_once(hospital: Hospital, written: Written) -> None:
    path = written(LIST)
    folder = os.open(path.parent, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with pytest.raises(UserMistake, match="Another import writes links"):
        await take(hospital, path)
    os.close(folder)
    assert (await take(hospital, path)).imported > 0


async def test_whoever_was_invited_has_one_link_that_works_though_it_was_killed(
    hospital: Hospital, written: Written
) -> None:
    names = [f"P{n}" for n in range(120)]
    path = written("name,email,unit\n" + "".join(f"{name},{name}@ashcombe.example,New {name[:2]}\n" for name in names))
    arguments = ("import", "--people", str(path), "--organisation", "ashcombe")
    file = path.with_name("people.csv.invitations.csv")
    holding = await asyncpg.connect(hospital.database.dsn)
    async with holding.transaction():
        # The append waits for the position: the links are written, and their people not yet there.
        await holding.execute("select from feed_head for update")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "api.cli", *arguments, cwd=ROOT, env=on(hospital.database.dsn),
            stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        await until(lambda: file.exists() and file.read_text().count("welcome") >= 50)
        process.send_signal(signal.SIGKILL)
        assert await process.wait() == -signal.SIGKILL
    await holding.close()
    dead = {line.rpartition("=")[2] for line in file.read_text().splitlines()[1:]}
    assert len(dead) == 50
    done = command(on(hospital.database.dsn), *arguments)
    assert "120 people invited" in done.stdout
    assert "token" not in done.stdout
    found = links(path)
    assert found.keys() == {f"{name.lower()}@ashcombe.example" for name in names}
    assert dead.isdisjoint(found.values())
    working = await hospital.database.value("select count(*) from invitation where used_at is null")
    assert working >= 120
    await accept_invitation(hospital.database, token=found["p7@ashcombe.example"], password=PASSWORD)
    assert await miscounted(hospital.database) == []


async def test_another_file_is_not_written_over(hospital: Hospital, written: Written) -> None:
    path = written(LIST)
    other = path.with_name("people.csv.invitations.csv")
    other.write_text("mine")
    with pytest.raises(UserMistake, match="this is another file"):
        await take(hospital, path)
    assert other.read_text() == "mine"
