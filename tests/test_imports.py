"""An old list of suggestions is taken over: what is good, once; what is not, with its reason."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from db import imports
from db.counts import miscounted
from db.errors import Refused, UserMistake
from db.imports import importing
from db.imports.names import IDEAS
from db.imports.sheet import read_sheet
from db.log import writing
from db.operations import themes, units
from db.rules import MOVES, way_to
from db.terms import IdeaStatus, RefusalCode
from tests import factories
from tests.factories import Hospital
from tests.test_operations_people import WAITING

Written = Callable[..., Path]
NINA = "nina@ashcombe.example"


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str, encoding: str = "utf-8") -> Path:
        path = tmp_path / "list.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


async def take(hospital: Hospital, path: Path, **given: Any) -> imports.Report:
    return await imports.import_ideas(hospital.database, path, imports.Asked(organisation="ashcombe", **given))


async def ideas(hospital: Hospital) -> list[dict[str, Any]]:
    rows = await hospital.database.rows(
        "select idea.*, person.email, unit.name as unit, theme.title as theme from idea "
        "left join person on person.id = author_id left join unit on unit.id = author_unit_id "
        "left join theme on theme.id = theme_id order by number"
    )
    return [dict(row) for row in rows]


async def counted(hospital: Hospital) -> bool:
    """Does PostgreSQL know how rare words are?"""
    return bool(await hospital.database.value("select reltuples from pg_class where oid = 'idea'::regclass") >= 0)


async def log(hospital: Hospital) -> list[tuple[int, str, str]]:
    rows = await hospital.database.rows("select position, type, facts from event order by organisation_id, position")
    return [tuple(row) for row in rows]


FULL = """\
problem,solution,title,theme,unit,author,status,reason,answered,submitted,reference
"Bells out of reach.
Every night.",A clip,Bells,falls,ward a,NINA@ashcombe.example,Under review,,2024-03-09,2024-03-05,A-1
No chairs,,,,Ward B,lena@ashcombe.example,declined,Fire safety says no.,,05/04/2024 14:30,A-2
"""


async def test_every_column_is_taken_over(hospital: Hospital, written: Written) -> None:
    report = await take(hospital, written(FULL))
    assert list(report)[-2:] == [
        "2 ideas imported, 0 there already, 0 rejected.",
        f"Batch {report.batch} has 2 ideas. To take them back: groundswell import --undo {report.batch}",
    ]
    assert await counted(hospital)
    first, second = await ideas(hospital)
    assert (first["problem"], first["solution"]) == ("Bells out of reach.\nEvery night.", "A clip")
    assert (first["title"], first["theme"], first["unit"], first["email"]) == ("Bells", "Falls", "Ward A", NINA)
    assert (first["status"], first["submitted_at"].isoformat()) == ("UNDER_REVIEW", "2024-03-05T12:00:00+00:00")
    assert first["first_response_at"].isoformat() == "2024-03-09T12:00:00+00:00"
    assert (second["status"], second["status_reason"]) == ("DECLINED", "Fire safety says no.")
    assert second["submitted_at"].isoformat() == "2024-04-05T13:30:00+00:00", "as the clock was at the organisation"
    assert second["first_response_at"] is None, "nobody knows when it was answered"
    assert second["title"] == "No chairs"
    assert second["comment_count"] == 1
    assert await miscounted(hospital.database) == []


async def test_a_batch_is_one_event(hospital: Hospital, written: Written) -> None:
    before = await log(hospital)
    await take(hospital, written(FULL))
    (_, kind, facts), *more = [event for event in await log(hospital) if event not in before]
    assert (kind, facts, more) == ("IDEAS_IMPORTED", '{"count": 2}', [])


async def test_many_rows_come_in_batches_of_one_event_each(hospital: Hospital, written: Written) -> None:
    before = await log(hospital)
    rows = "".join(f"Problem {n},{NINA}\n" for n in range(60))
    report = await take(hospital, written("problem,author\n" + rows))
    assert report.imported == 60
    new = [event for event in await log(hospital) if event not in before]
    assert [(kind, facts) for _, kind, facts in new] == [
        ("IDEAS_IMPORTED", '{"count": 50}'),
        ("IDEAS_IMPORTED", '{"count": 10}'),
    ]


async def test_an_import_that_has_to_stop_tells_what_it_did(
    hospital: Hospital, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions = iter([True, True, False])  # the first begins the batch

    async def once(*given: Any) -> Any:
        if next(transactions):
            return await writing(*given)
        raise Refused(RefusalCode.UNAVAILABLE, "Too busy just now; please try again.")

    monkeypatch.setattr(importing, "writing", once)
    rows = "".join(f"Problem {n},{NINA if n else 'eve@ashcombe.example'}\n" for n in range(60))
    file = written("problem,author\n" + rows)
    first = await take(hospital, file)
    assert (first.imported, len(first.rejected)) == (49, 1)
    assert "Stopped before line 52" in list(first)[-1]
    assert "it goes on" in list(first)[-1]
    monkeypatch.undo()
    second = await take(hospital, file)
    assert (second.imported, second.already, second.stopped) == (10, 49, None)
    assert second.batch == first.batch
    assert second.in_batch == 59


async def test_a_second_run_adds_nothing_twice(hospital: Hospital, written: Written) -> None:
    text = f"problem,author,reference\nOne,{NINA},7\nTwo,{NINA},\nTwo,{NINA},\n"
    first = await take(hospital, written(text))
    assert (first.imported, first.already) == (2, 1), "the same row twice in a file is one idea"
    position = len(await log(hospital))
    # Another file, other columns and order: the reference is the same, and so is what stands in a row.
    again = f"reference;author;problem\n;{NINA};Two\n7;{NINA};One, said better\n8;{NINA};Three\n"
    second = await take(hospital, written(again))
    assert (second.imported, second.already) == (1, 2)
    assert [idea["problem"] for idea in await ideas(hospital)] == ["One", "Two", "Three"]
    third = await take(hospital, written(again))
    assert (third.imported, third.already) == (0, 3)
    assert len(await log(hospital)) == position + 1


async def test_it_locks_as_everybody_does_first_the_number_then_the_themes_by_their_ids(
    hospital: Hospital, written: Written
) -> None:
    """Or it would stand in a circle with whoever gives an idea from one theme to another."""
    both = {await factories.theme(hospital, title=title): title for title in ("Sleep", "Food")}
    low, high = sorted(both)
    path = written(f"problem,theme\nOne,{both[high]}\nTwo,{both[low]}\n")
    async with hospital.database.writes.connection() as held:
        await held.execute("begin")
        await held.execute("select from theme where id = $1 for update", low)
        taking = asyncio.create_task(take(hospital, path))
        async with asyncio.timeout(2):  # less than the lock waits
            while await hospital.database.value(WAITING) < 1:  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.01)
        assert await held.fetch("select from theme where id = $1 for update nowait", high)
        free = "select from idea_number where organisation_id = $1 for update skip locked"
        assert not await held.fetch(free, hospital.organisation)
        await held.execute("rollback")
    assert (await taking).imported == 2


async def test_a_dry_run_says_the_same_and_changes_nothing(hospital: Hospital, written: Written) -> None:
    path = written(f"problem,author,theme\nOne,{NINA},\nOne,{NINA},\nTwo,{NINA},Unheard of\n")
    before = await log(hospital)
    tried = await take(hospital, path, dry_run=True)
    assert await ideas(hospital) == []
    assert await log(hospital) == before
    done = await take(hospital, path)
    assert (tried.imported, tried.already, tried.rejected) == (done.imported, done.already, done.rejected)
    assert "1 idea would be imported, 1 there already, 1 rejected." in list(tried)


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"author": "eve@ashcombe.example"}, "author", "An executive reads, and shares no ideas."),
        ({"problem": ""}, "problem", "Please write something here."),
        ({"problem": "a\0b"}, "problem", "a character that cannot be kept"),
        ({"problem": "x" * 4001}, "problem", "At most 4,000 characters"),
        ({"title": "x" * 141}, "title", "At most 140 characters"),
        ({"theme": "Nothing"}, "theme", "There is no theme called “Nothing”."),
        ({"theme": "Over"}, "theme", "This theme is not open."),
        ({"theme": "Not yet"}, "theme", "There is no theme called"),
        ({"unit": "Ward Z"}, "unit", "There is no unit called “Ward Z”."),
        ({"unit": "Twice"}, "unit", "There are 2 units called “Twice”."),
        ({"status": "closed"}, "status", "“closed” is none of open, under review"),
        ({"status": "Withdrawn"}, "status", "is none of"),
        ({"status": "Declined"}, "reason", "Please say why it was declined."),
        ({"anonymous": "perhaps"}, "anonymous", "“perhaps” is neither yes nor no."),
        ({"submitted": "13/31/2024"}, "submitted", "day/month/year"),
        ({"submitted": "5 Fructidor 2024"}, "submitted", "is not a date"),
        ({"submitted": "05/03/24"}, "submitted", "is not a date"),
        ({"submitted": "2024-02-30"}, "submitted", "is not a date"),
        ({"submitted": "2999-01-01"}, "submitted", "is in the future"),
        ({"status": "Planned", "submitted": "2024-02-03", "answered": "2024-02-01"}, "answered", "before it was"),
        ({"reference": "a\x01"}, "reference", "a character that cannot be kept"),
    ],
)
async def test_what_is_wrong_is_named_with_its_line_column_and_reason(
    hospital: Hospital, written: Written, cells: dict[str, str], column: str | None, reason: str
) -> None:
    over = await factories.theme(hospital, title="Over")
    await hospital.do(themes.close_theme, hospital.lead, theme=over)
    await factories.theme(hospital, title="Not yet", opened=False)
    for _ in range(2):
        await hospital.do(units.create_unit, hospital.admin, name="Twice")
    names = ["problem", "title", "theme", "unit", "author", "anonymous", "status", "reason", "answered"]
    names += ["submitted", "reference"]
    row = {"problem": "Two\nlines", "author": NINA, **cells}
    bad = ",".join(f'"{row.get(name, "")}"' for name in names)
    good = ",".join({"problem": "Good", "author": NINA}.get(name, "") for name in names)
    report = await take(hospital, written(f"{','.join(names)}\n{good}\n\n{bad}\n{good}1\n"))
    (rejected,) = report.rejected
    ((named, why),) = rejected.reasons
    assert (rejected.line, named) == (4, column)
    assert reason in why
    assert report.imported == 2, "whatever else is in the batch goes in"
    assert await miscounted(hospital.database) == []


async def test_somebody_may_stand_for_rows_without_an_author(hospital: Hospital, written: Written) -> None:
    path = written(f"problem,author\nOne,\nTwo,gone@y.example\nThree,{NINA}\n")
    report = await take(hospital, path, author="Lena@ashcombe.example")
    assert "3 ideas imported (2 in the name of --author), 0 there already, 0 rejected." in list(report)
    assert [idea["email"].partition("@")[0] for idea in await ideas(hospital)] == ["lena", "lena", "nina"]
    with pytest.raises(UserMistake, match=r"--author nobody@y\.example: nobody here"):
        await take(hospital, path, author="nobody@y.example")


async def test_nobody_is_invented(hospital: Hospital, written: Written) -> None:
    text = f"""\
problem,author,anonymous
Known,Nina Nurse <{NINA}>,
Hidden,{NINA},yes
Gone,gone@elsewhere.example,yes
Elsewhere,other@wenlow.example,
Named,Jo Bloggs,
Form,anonymous,
Nobody,,
"""
    before = await hospital.database.value("select count(*) from person")
    report = await take(hospital, written(text))
    found = {idea["problem"]: (idea["email"], idea["anonymous"]) for idea in await ideas(hospital)}
    nobody = dict.fromkeys(("Elsewhere", "Named", "Nobody"), (None, False))
    unnamed = dict.fromkeys(("Gone", "Form"), (None, True))
    assert found == {"Known": (NINA, False), "Hidden": (NINA, True), **nobody, **unnamed}
    assert dict(report.nobody) == {"addresses": 2, "names": 1}
    assert await hospital.database.value("select count(*) from person") == before
    assert await hospital.database.value("select count(*) from follow") == 2


async def test_a_slip_without_a_name_shows_no_small_ward(hospital: Hospital, written: Written) -> None:
    await take(hospital, written("problem,unit,anonymous\nOpenly,Ward B,no\nQuietly,Ward B,yes\n"))
    rows = await hospital.database.rows("select problem, shown_unit_id, author_unit_id from idea order by number")
    openly, quietly = rows
    assert openly["shown_unit_id"] == openly["author_unit_id"] is not None
    assert quietly["author_unit_id"] is not None
    assert quietly["shown_unit_id"] != quietly["author_unit_id"]


async def test_prose_with_commas_stands_between_semicolons(hospital: Hospital, written: Written) -> None:
    report = await take(
        hospital, written("problem;status\nMore beds, chairs, tables;new\nLess noise, at night, please;\n")
    )
    assert (report.imported, report.rejected) == (2, [])


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("begins", ["", "\ufeff", "sep"])
async def test_spreadsheets_write_csv_in_many_ways(
    hospital: Hospital, written: Written, separator: str, begins: str
) -> None:
    begins = f"sep={separator}\r\n" if begins == "sep" else begins
    cells = [["Author", '"A problem, or; two"'], [NINA, '"Chloë, said ""no""; twice"']]
    text = begins + "".join(separator.join(row) + "\r\n" for row in cells)
    report = await take(hospital, written(text), mapping=["a  PROBLEM, or; two=problem"])
    assert report.rejected == []
    assert [idea["problem"] for idea in await ideas(hospital)] == ['Chloë, said "no"; twice']


async def test_an_old_encoding_is_read_and_said(hospital: Hospital, written: Written) -> None:
    path = written(f"problem,author\nSiân’s café,{NINA}\n", "cp1252")
    assert "Windows-1252" in list(read_sheet(IDEAS, path).recognised())[-1]
    await take(hospital, path)
    assert [idea["problem"] for idea in await ideas(hospital)] == ["Siân’s café"]


async def test_columns_that_are_not_taken_over_are_said(hospital: Hospital, written: Written) -> None:
    path = written(f"No,problem,author,Ward manager\n1,One,{NINA},x\n2,Two,{NINA},x,y\n")
    assert "Not taken over: “No”, “Ward manager”." in list(read_sheet(IDEAS, path).recognised())
    report = await take(hospital, path)
    assert list(report)[:2] == [
        "Line 3: This row has more cells than there are names of columns.",
        "1 idea imported, 0 there already, 1 rejected.",
    ]


@pytest.mark.parametrize(
    ("content", "mapping", "message"),
    [
        (b"", [], "This file is empty."),
        (b"title\nx\n", [], "There is no column “problem”. The file has “title”."),
        (b"a,b\nx,y\n", ["c=problem"], "--map c=problem: there is no column “c”. The file has “a”, “b”."),
        (b"a,b\nx,y\n", ["a=trouble"], "--map a=trouble: write THEIRS=OURS"),
        (b"a,b\nx,y\n", ["a=problem", "b=problem"], "problem is mapped already"),
        (b"problem,problem\nx,y\n", [], "There are 2 columns “problem”"),
        (b'problem\nx\n"y\nz\n', [], "Line 3: a row that begins here cannot be read"),
        (b"PK\x03\x04...", [], "This workbook is broken."),
        (b"\xff\xfeproblem", [], "This file begins as UTF-16 and does not go on so."),
        (b"problem\nx\n\x81\xff\n", [], "Line 3: this file is neither UTF-8 nor Windows-1252."),
    ],
)
async def test_a_file_that_is_wrong_as_a_whole_is_refused(
    hospital: Hospital, tmp_path: Path, content: bytes, mapping: list[str], message: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(UserMistake) as refused:
        await take(hospital, path, mapping=mapping)
    assert message in refused.value.message


async def test_the_organisation_is_chosen_where_there_are_several(hospital: Hospital, written: Written) -> None:
    path = written("problem\nx\n")
    with pytest.raises(UserMistake, match=r"several organisations: .* \(ashcombe, wenlow\)"):
        await imports.import_ideas(hospital.database, path, imports.Asked())
    with pytest.raises(UserMistake, match="There is no organisation “ash”"):
        await imports.import_ideas(hospital.database, path, imports.Asked(organisation="ash"))
    with pytest.raises(UserMistake, match="cannot be read: No such file"):
        await take(hospital, path.with_name("none.csv"))


@pytest.mark.parametrize("goal", [status for status in IdeaStatus if status is not IdeaStatus.WITHDRAWN])
def test_every_status_is_reached_as_the_lifecycle_allows(goal: IdeaStatus) -> None:
    way = [IdeaStatus.OPEN, *way_to(goal)]
    assert way[-1] is goal
    assert all(after in MOVES[before] for before, after in pairwise(way))
