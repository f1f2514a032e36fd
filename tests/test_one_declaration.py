"""A field is declared once: then it is in the schema, in the plan and in the naive reader, or nothing starts."""

import difflib
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from api.cli import main
from api.commands.schema import FILE
from api.compose import Unfit, compose
from api.documents import Documents
from api.plans.plan import Plan
from api.plans.shapes import Sources
from api.resolvers.sources import MUTATIONS, SOURCES
from api.schema.comments import Comment
from api.schema.feed import FeedCaughtUp, IdeaEdited
from api.schema.ideas import Idea
from api.schema.people import Person
from api.viewer import NEVER, Viewer
from db.engine import Database
from db.terms import Sight
from tests import factories as make
from tests.client import serving
from tests.factories import Hospital
from tests.world import World

PAGE = Path(__file__).parent.parent / "docs" / "how-a-field-becomes-sql.md"


def on_the_page(language: str) -> str:
    """The page's one block in this language."""
    [block] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    return str(block).strip()


def declare(patched: pytest.MonkeyPatch, type_: Any, line: str) -> None:
    """One line in the class of a type, with the names that its file has; in place of the field that is there."""
    names = dict(vars(sys.modules[type_.__module__]))
    exec(f"@strawberry.type\nclass Declared:\n    {line}", names)
    [field] = names["Declared"].__strawberry_definition__.fields
    definition = type_.__strawberry_definition__
    others = [each for each in definition.fields if each.python_name != field.python_name]
    patched.setattr(definition, "fields", [*others, field])


def planned(documents: Documents, text: str, **variables: Any) -> Plan:
    return documents.query_plan(documents.request(text, variables, None), Sight.MEMBER)


# -- the page's line


@pytest.fixture(scope="module")
def declared() -> Iterator[None]:
    """Ideas say when they were last active, which no release shows."""
    with pytest.MonkeyPatch.context() as patched:
        declare(patched, Idea, on_the_page("python"))
        yield


@pytest_asyncio.fixture(scope="module")
async def world(declared: None, module_database: Database) -> World:
    return await World.filled_in(module_database)


def test_a_declared_field_is_in_the_printed_schema(declared: None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["schema"])
    printed = capsys.readouterr().out.splitlines()
    changes = [line for line in difflib.ndiff(FILE.read_text().splitlines(), printed) if not line.startswith("  ")]
    assert sorted(changes) == [
        "+ ",
        '+   """When it last changed, or was commented on or supported."""',
        "+   activeAt: DateTime!",
    ]


def test_a_declared_field_is_a_column_in_the_plan(world: World) -> None:
    text = "query($said: String!) { idea(reference: $said) { title activeAt } }"
    assert "'title', idea_1.title, 'activeAt', idea_1.active_at)" in planned(world.documents, text, said="7").text


async def test_a_declared_field_is_answered_as_the_naive_reader_answers_it(world: World) -> None:
    listed = await world.agree("member", "{ ideas(first: 100) { nodes { id activeAt updatedAt } } }")
    ideas = listed["ideas"]["nodes"]
    assert len({idea["activeAt"] for idea in ideas}) > 10
    assert any(idea["activeAt"] != idea["updatedAt"] for idea in ideas)
    one = await world.agree(
        "member", "query($id: ID!) { node(id: $id) { ... on Idea { activeAt } } }", id=ideas[0]["id"]
    )
    assert one["node"]["activeAt"] == ideas[0]["activeAt"]
    by_theme = "{ themes { nodes { ideas { nodes { at: activeAt viewerCanDo } } } } }"  # completed by the executor
    assert any(theme["ideas"]["nodes"] for theme in (await world.agree("lead", by_theme))["themes"]["nodes"])


# -- the page's example


async def test_the_example_is_compiled_and_answered_as_the_page_says(hospital: Hospital) -> None:
    text, variables = on_the_page("graphql"), {"said": "idea-1"}
    assert f"`{json.dumps(variables)}`" in PAGE.read_text()
    plan = planned(Documents(*compose(SOURCES, MUTATIONS)), text, **variables)
    assert "".join(plan.text.split()) == "".join(on_the_page("sql").split())
    nurse = Viewer(hospital.organisation, hospital.nurse, uuid4(), Sight.MEMBER, NEVER)
    assert plan.args(nurse, variables, {}) == [hospital.organisation, 1, hospital.nurse]
    assert f"(here {plan.rows})" in PAGE.read_text()

    idea = await make.submit(hospital, problem="At night nobody finds the hoist.", title="No hoist at night")
    await make.comment(hospital, idea, body="Nor at weekends.")
    async with serving(hospital.database.dsn) as api:
        answer = await api.ask(text, await api.token(hospital.colleague), **variables)
    assert answer.response.json() == json.loads(on_the_page("json"))


# -- what does not start


def refused(sources: Sources = SOURCES) -> list[str]:
    with pytest.raises(Unfit) as raised:
        compose(sources, MUTATIONS)
    return str(raised.value).splitlines()


@pytest.mark.parametrize(
    ("type_", "line", "why"),
    [
        (Idea, 'edit_count: int = stored("Edits.")', "editCount: the table idea has no column edit_count"),
        (Idea, 'active_at: datetime = strawberry.field(description="When.")', "activeAt has no source"),
        (Person, 'email: str | None = stored("Their address.")', "email is stored and has a source as well"),
        (
            Comment,
            'author_id: str = stored("Who.")',
            "authorId: author_id holds ids of the database, never shown as such",
        ),
        (
            IdeaEdited,
            'units: list[str] = stored("Where.")',
            "units: units holds ids of the database, never shown as such",
        ),
        (
            Idea,
            'withdrawn_at: datetime = stored("When.")',
            "withdrawnAt: DateTime! comes from a column that may be null",
        ),
        (Idea, 'active_at: lazy.Person = stored("Who.")', "activeAt: Person! does not fit Column"),
        (FeedCaughtUp, 'at: datetime = stored("When.")', "at is stored, and FeedCaughtUp has no table"),
    ],
)
def test_what_does_not_fit_refuses_to_start(monkeypatch: pytest.MonkeyPatch, type_: Any, line: str, why: str) -> None:
    declare(monkeypatch, type_, line)
    assert refused() == [f"{type_.__name__}.{why}"]


def test_a_field_whose_source_was_taken_away_refuses_to_start_and_is_never_shown_as_its_column() -> None:
    bare = Sources([*(replace(s, fields={}) for s in SOURCES.concrete.values()), *SOURCES.abstract.values()])
    lost = {f"{s.type}.{name} has no source" for s in SOURCES.concrete.values() for name in s.fields}
    assert "Person.email has no source" in lost
    assert lost == set(refused(bare))
