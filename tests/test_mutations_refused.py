"""A mutation whose payload asks for what it cannot have is refused as a whole, before anything is written."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.client import Api, serving
from tests.factories import Hospital, submit
from tests.state import unchanged

TYPES = {"after": "Cursor", "page": "String", "unit": "ID"}


def adding(selection: str, *names: str) -> str:
    """Two comments; the second one's payload asks for `selection`, with variables of these names."""
    declared = "".join(f", ${name}: {TYPES[name]}" for name in names)
    return f"""mutation($input: AddCommentInput!{declared}) {{
      a: addComment(input: $input) {{ comment {{ id }} userErrors {{ message }} }}
      b: addComment(input: $input) {{ comment {{ {selection} }} userErrors {{ message }} }} }}"""


def supporting(idea: object, selection: str, times: int) -> str:
    one = f'supportIdea(input: {{ideaId: "idea_{idea}"}}) {{ idea {{ {selection} }} }}'
    return "mutation { " + " ".join(f"s{n}: {one}" for n in range(times)) + " }"


HISTORY = "idea { history(after: $after) { nodes { cursor } } }"
PAGES = "idea { comments(after: $page) { nodes { id } } }"
FILTERED = "idea { theme { ideas(filter: {unitId: $unit}) { nodes { id } } } }"


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


@pytest.mark.parametrize(
    ("selection", "given", "code"),
    [
        (HISTORY, {"after": "garbage"}, "BAD_ARGUMENT"),
        (HISTORY, {"after": f"another.{'0' * 32}.1"}, "CURSOR_EXPIRED"),
        (PAGES, {"page": "garbage"}, "BAD_ARGUMENT"),
        (FILTERED, {"unit": "person_1"}, "BAD_ARGUMENT"),
        (f"{HISTORY} again: {PAGES}", {"after": None, "page": "garbage"}, "BAD_ARGUMENT"),
    ],
)
async def test_nothing_is_written_where_a_payload_cannot_be_answered(
    api: Api, hospital: Hospital, selection: str, given: dict[str, Any], code: str
) -> None:
    idea, token = await submit(hospital, theme=hospital.theme), await api.token(hospital.nurse)
    await api.see(token)
    comment = {"ideaId": f"idea_{idea}", "body": "The same with us."}
    async with unchanged(hospital.database):
        answer = await api.ask(adding(selection, *given), token, input=comment, **given)
    assert (answer.data, answer.codes) == (None, [code])
    assert answer.errors[0]["path"][:2] == ["b", "comment"]


async def test_a_page_that_is_too_small_is_told_with_the_mutations_own_key(api: Api, hospital: Hospital) -> None:
    idea, token = await submit(hospital), await api.token(hospital.nurse)
    comment = {"ideaId": f"idea_{idea}", "body": "The same with us."}
    text = adding("idea { comments(first: 0) { nodes { id } } }")
    async with unchanged(hospital.database):
        answer = await api.ask(text, token, input=comment)
    assert answer.codes == ["BAD_ARGUMENT"]
    assert answer.errors[0]["path"] == ["b", "comment", "idea", "comments"]


async def test_many_mutations_in_one_document_cost_what_they_cost_together(api: Api, hospital: Hospital) -> None:
    idea, token = await submit(hospital), await api.token(hospital.nurse)
    pages = "comments(first: 100) { nodes { idea { comments(first: 90) { nodes { id } } } } }"
    fields = " ".join(f"f{n}: title" for n in range(30))
    for selection, times in ((pages, 10), (fields, 40)):
        async with unchanged(hospital.database):
            answer = await api.ask(supporting(idea, selection, times), token)
        assert (answer.data, answer.codes) == (None, ["TOO_COSTLY"])
        assert (await api.ask(supporting(idea, selection, 1), token)).errors == []
