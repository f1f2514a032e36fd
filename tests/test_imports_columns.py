"""Columns are recognised by what hospitals and forms call them; what is doubtful is asked."""

from pathlib import Path

import pytest

from db.errors import UserMistake
from db.imports.names import IDEAS, PEOPLE, Kind, heading
from db.imports.sheet import read_sheet
from db.imports.statuses import Statuses
from db.terms import IdeaStatus


def recognised(path: Path, header: str, *mapping: str, kind: Kind = IDEAS) -> dict[str, str]:
    """By what the file calls them, which of ours."""
    file = path / "list.csv"
    file.write_text(header + "\n" + ",".join("x" for _ in header.split(",")) + "\n")
    columns = read_sheet(kind, file, mapping).columns
    return {columns.names[n]: ours for n, ours in columns.ours.items()}


@pytest.mark.parametrize("kind", [IDEAS, PEOPLE], ids=lambda kind: kind.of)
def test_a_name_stands_for_one_column(kind: Kind) -> None:
    names = [name for ours, others in kind.columns.items() for name in (ours, *others)]
    assert len(set(names)) == len(names)
    assert [name for name in names if heading(name) != name] == [], "names are written as they are compared"


def test_the_exports_of_forms_are_known(tmp_path: Path) -> None:
    microsoft = "ID,Start time,Completion time,Email,Name,What would you like to improve?,Which ward or department?"
    assert recognised(tmp_path, microsoft) == {
        "Completion time": "submitted",
        "Email": "author",
        "What would you like to improve?": "problem",
        "Which ward or department?": "unit",
    }
    google = "Timestamp,Email address,What is the problem? *,What could be done about it?"
    assert recognised(tmp_path, google) == {
        "Timestamp": "submitted",
        "Email address": "author",
        "What is the problem? *": "problem",
        "What could be done about it?": "solution",
    }


def test_the_exact_name_goes_before_others(tmp_path: Path) -> None:
    assert recognised(tmp_path, "Idea,Problem,Date_Raised") == {"Problem": "problem", "Date_Raised": "submitted"}


@pytest.mark.parametrize(
    ("header", "mapping", "sentence"),
    [
        (
            "Issue,Concern",
            [],
            "“Issue” and “Concern” could each be problem: say which it is, as --map “Issue=problem”.",
        ),
        (
            "Issue,Issue",
            [],
            "There are 2 columns “Issue”: say which is meant, as --map “Issue#2=problem” for the second.",
        ),
        ("Problem,Note,Note", ["Note=solution"], "There are 2 columns “Note”"),
        ("Problem,Note,Note", ["Note#3=solution"], "the file has only 2 columns “Note”"),
        ("Problem,Note", ["Note=answer"], "where OURS is one of problem, solution"),
    ],
)
def test_what_is_doubtful_is_asked(tmp_path: Path, header: str, mapping: list[str], sentence: str) -> None:
    with pytest.raises(UserMistake) as refused:
        recognised(tmp_path, header, *mapping)
    assert sentence in str(refused.value)


def test_what_is_doubtful_can_be_said(tmp_path: Path) -> None:
    assert recognised(tmp_path, "Issue,Concern", "issue=problem") == {"Issue": "problem"}
    assert recognised(tmp_path, "Issue,Concern", "Concern=") == {"Issue": "problem"}
    assert recognised(tmp_path, "Problem,Note,Note", "Note#2=solution") == {"Problem": "problem", "Note": "solution"}
    assert recognised(tmp_path, "Problem,Room #2", "Room #2=unit") == {"Problem": "problem", "Room #2": "unit"}
    assert recognised(tmp_path, "Suggestion,Grund", "Grund=problem") == {"Grund": "problem"}


def test_statuses_are_what_hospitals_call_them() -> None:
    statuses = Statuses(["Closed=implemented"])
    for text, means in {
        "Closed – implemented": IdeaStatus.IMPLEMENTED,
        "DONE": IdeaStatus.IMPLEMENTED,
        "rejected": IdeaStatus.DECLINED,
        "On-hold": IdeaStatus.DEFERRED,
        "In Progress": IdeaStatus.TESTING,
        "new": IdeaStatus.OPEN,
        "under_review": IdeaStatus.UNDER_REVIEW,
        "closed": IdeaStatus.IMPLEMENTED,
    }.items():
        assert statuses.status(text) is means
    with pytest.raises(UserMistake, match="with --status “Open/closed=…” you say which it means"):
        statuses.status("Open/closed")
    with pytest.raises(UserMistake, match="where OURS is one of open, under review"):
        Statuses(["Closed=withdrawn"])


def test_where_no_column_is_known_those_are_named_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Ward log (all sites),,\n,,\nNo.,What's bugging you?,Ward\n1,Bells,Ward A\n")
    with pytest.raises(UserMistake) as refused:
        read_sheet(IDEAS, path)
    assert "The file has “No.”, “What's bugging you?”, “Ward”." in refused.value.message
    assert "line 3" in refused.value.message
