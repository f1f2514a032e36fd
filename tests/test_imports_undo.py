"""A batch is taken back: it leaves every list and screen, and what people have worked on since stays."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from db import imports
from db.counts import miscounted
from db.errors import Refused, UserMistake
from db.imports import undoing
from db.log import Outcome, Transaction, writing
from db.operations import comments, follows, ideas
from db.operations.imports import lock_for_import, undo_import
from db.operations.organisations import create_organisation
from db.terms import RefusalCode
from tests import factories
from tests.client import Api, serving
from tests.factories import Hospital

NINA = "nina@ashcombe.example"
Written = Callable[[Iterable[str]], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(lines: Iterable[str]) -> Path:
        path = tmp_path / "list.csv"
        path.write_text("problem,author,theme,status,response,date\n" + "".join(f"{line}\n" for line in lines))
        return path

    return write


async def take(hospital: Hospital, path: Path, **given: Any) -> imports.Report:
    return await imports.import_ideas(hospital.database, path, imports.Asked(organisation="ashcombe", **given))


async def undo(hospital: Hospital, batch: str | None, **given: Any) -> imports.Undone:
    assert batch is not None
    return await imports.undo(hospital.database, batch, organisation="ashcombe", **given)


async def published(hospital: Hospital) -> set[str]:
    rows = await hospital.database.rows("select problem from idea where withdrawn_at is null")
    return {row["problem"] for row in rows}


async def named(hospital: Hospital, problem: str) -> UUID:
    found: UUID = await hospital.database.value("select id from idea where problem = $1", [problem])
    return found


ROWS = [f"Plain,{NINA},Falls,,,", "Tested,,Falls,Done,Oiled.,2024-03-04", "Open,,,,We are looking.,2024-03-04"]


async def test_what_a_batch_brought_is_gone_and_can_come_again(hospital: Hospital, written: Written) -> None:
    path = written(ROWS)
    own = await factories.submit(hospital, theme=hospital.theme)
    first = await take(hospital, path)
    position = await hospital.database.value("select max(position) from event")
    undone = await undo(hospital, first.batch and f" {first.batch.lower()}")
    assert list(undone) == [f"Batch {first.batch}: 3 ideas withdrawn. The list can be imported again."]
    rows = await hospital.database.rows("select id from idea where withdrawn_at is null")
    assert [row["id"] for row in rows] == [own]
    assert await hospital.database.value("select count(*) from comment where idea_withdrawn_at is null") == 0
    assert await miscounted(hospital.database) == []
    told = await hospital.database.rows(
        "select type, facts->>'node' as node from event where position > $1", [position]
    )
    assert {row["type"] for row in told} == {"CONTENT_RETRACTED"}
    gone = await hospital.database.rows("select id from idea where withdrawn_at is not null")
    assert {row["node"] for row in told} == {f"idea_{row['id']}" for row in gone}
    second = await take(hospital, path)
    assert (second.imported, second.already) == (3, 0)
    assert second.batch != first.batch


async def test_a_batch_is_found_where_there_are_several_organisations(hospital: Hospital, written: Written) -> None:
    await create_organisation(hospital.database, name="Northmoor", admin_email="oona@northmoor.example")
    batch = (await take(hospital, written(ROWS))).batch
    assert batch is not None
    assert (await imports.undo(hospital.database, batch)).withdrawn > 0


async def test_who_undoes_twice_is_told(hospital: Hospital, written: Written) -> None:
    batch = (await take(hospital, written(ROWS))).batch
    await undo(hospital, batch)
    (sentence,) = await undo(hospital, batch)
    assert sentence.startswith(f"Batch {batch} was undone already, on ")
    with pytest.raises(UserMistake, match="There is no import batch “ABCDEF”"):
        await undo(hospital, "abcdef")


async def test_what_people_worked_on_stays_and_is_named(hospital: Hospital, written: Written) -> None:
    problems = ["Commented", "Supported", "Edited", "Moved", "Assigned", "Won", "Followed", "Untouched"]
    problems += ["Reason edited"]
    status = {"Won": "Testing", "Reason edited": "Declined"}
    rows = [f"{each},{NINA},,{status.get(each, '')},{'No.' * (each == 'Reason edited')}," for each in problems]
    report = await take(hospital, written(rows))
    idea = {problem: await named(hospital, problem) for problem in problems}
    await factories.comment(hospital, idea["Commented"])
    await hospital.do(follows.support_idea, hospital.colleague, idea=idea["Supported"])
    await hospital.do(ideas.edit_idea, hospital.nurse, idea=idea["Edited"], solution="Oil")
    await factories.move(hospital, idea["Moved"], "PLANNED", actor=hospital.admin)
    await hospital.do(ideas.assign_idea_to_theme, hospital.admin, idea=idea["Assigned"], theme=hospital.theme)
    await factories.win(hospital, hospital.admin, of=[idea["Won"]])
    await hospital.do(follows.follow_idea, hospital.colleague, idea=idea["Followed"])
    reason = await hospital.database.value("select id from comment where idea_id = $1", [idea["Reason edited"]])
    await hospital.do(comments.edit_comment, hospital.admin, comment=reason, body="No money.")
    undone = await undo(hospital, report.batch)
    assert undone.withdrawn == 2
    assert await published(hospital) == set(problems) - {"Followed", "Untouched"}
    numbers = await hospital.database.rows("select number from idea where withdrawn_at is null order by number")
    assert undone.kept == [row["number"] for row in numbers]
    assert list(undone)[1].endswith(", ".join(f"IDEA-{number}" for number in undone.kept) + ".")
    again = await undo(hospital, report.batch, even_if_worked_on=True)
    assert await published(hospital) == {"Won"}
    assert list(again)[1].startswith("1 idea stays, part of a win: IDEA-")
    assert await miscounted(hospital.database) == []


async def test_what_its_author_withdrew_does_not_come_again(hospital: Hospital, written: Written) -> None:
    path = written(ROWS)
    await take(hospital, path)
    await hospital.do(ideas.withdraw_idea, hospital.nurse, idea=await named(hospital, "Plain"))
    again = await take(hospital, path)
    assert (again.imported, again.already) == (0, 3)
    assert "Plain" not in await published(hospital)


async def test_an_undo_that_is_interrupted_goes_on(
    hospital: Hospital, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(f"Problem {n},,,,," for n in range(230))
    batch = (await take(hospital, path)).batch
    transactions = iter([True, False])

    async def once(*given: Any) -> Any:
        if next(transactions):
            return await writing(*given)
        raise Refused(RefusalCode.UNAVAILABLE, "Too busy just now; please try again.")

    monkeypatch.setattr(undoing, "writing", once)
    first = await undo(hospital, batch)
    assert (first.withdrawn, len(await published(hospital))) == (100, 130)
    assert "it goes on" in list(first)[-1]
    monkeypatch.undo()
    assert (await undo(hospital, batch)).withdrawn == 130
    assert await published(hospital) == set()


class Impatient:
    """Stops what runs after its first transaction."""

    stopped = False

    def say(self, sentence: str) -> None:
        pass

    def step(self, done: int, of: int) -> None:
        self.stopped = done > 0


async def test_what_was_interrupted_and_undone_begins_anew(hospital: Hospital, written: Written) -> None:
    path = written(f"Problem {n},,,,," for n in range(60))
    asked = imports.Asked(organisation="ashcombe")
    first = await imports.import_ideas(hospital.database, path, asked, Impatient())
    assert (first.imported, list(first)[-1]) == (
        50,
        "Stopped before line 52: as you asked. Run the same command again: it goes on, and adds nothing twice.",
    )
    await undo(hospital, first.batch)
    second = await take(hospital, path)
    assert (second.imported, second.batch == first.batch) == (60, False)


async def test_a_batch_that_is_undone_while_it_comes_takes_no_more(hospital: Hospital, written: Written) -> None:
    batch = (await take(hospital, written(ROWS))).batch
    await undo(hospital, batch)

    async def more(tx: Transaction) -> Outcome:
        await lock_for_import(tx, batch, [])
        raise AssertionError("it was undone")

    with pytest.raises(UserMistake, match="This batch was undone meanwhile"):
        await writing(hospital.database, hospital.organisation, more)


async def test_only_administrators_undo(hospital: Hospital, written: Written) -> None:
    batch = (await take(hospital, written(ROWS))).batch
    with pytest.raises(Refused, match="You may not undo an import"):
        await hospital.do(undo_import, hospital.lead, batch=batch)


async def test_an_idea_of_nobody_is_seen_by_all_and_belongs_to_none(hospital: Hospital, written: Written) -> None:
    await take(hospital, written(["Bells,Jo Bloggs,,,,", "Lamps,,,,We look.,2024-03-04", f"Chairs,{NINA},,,,"]))
    query = """{ ideas(orderBy: OLDEST) { nodes {
        title anonymous author { name } viewerCanDo awaitingResponse comments { nodes { kind } } } } }"""
    mine = "{ ideas(filter: {mine: true}) { nodes { title } } }"
    async with serving(hospital.database.dsn) as api:
        seen = {node["title"]: node for node in (await asked(api, hospital.nurse, query))["ideas"]["nodes"]}
        assert {title: (each["author"], each["anonymous"]) for title, each in seen.items()} == {
            "Bells": (None, False),
            "Lamps": (None, False),
            "Chairs": ({"name": "Nina Nurse"}, False),
        }
        assert "EDIT" not in seen["Bells"]["viewerCanDo"]
        assert {title: each["awaitingResponse"] for title, each in seen.items()} == {
            "Bells": True,
            "Lamps": False,
            "Chairs": True,
        }
        assert [comment["kind"] for comment in seen["Lamps"]["comments"]["nodes"]] == ["RESPONSE"]
        own = (await asked(api, hospital.nurse, mine))["ideas"]["nodes"]
        assert own == [{"title": "Chairs"}]
    with pytest.raises(Refused):
        await hospital.do(ideas.withdraw_idea, hospital.nurse, idea=await named(hospital, "Bells"))
    await hospital.do(comments.add_comment, hospital.lead, idea=await named(hospital, "Bells"), body="Ours too.")


async def asked(api: Api, person: UUID, query: str) -> Any:
    answer = await api.ask(query, await api.token(person))
    assert answer.errors == []
    return answer.data
