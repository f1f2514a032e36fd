"""Ideas through the API: what a colleague does with one, and what they then see."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.client import Api, serving
from tests.factories import Hospital


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


SUBMIT = """mutation($input: SubmitIdeaInput!) {
  submitIdea(input: $input) { idea { reference title status author { name } viewerCanDo } cursor userErrors { code message path } }
}"""


async def test_a_nurse_shares_an_idea_and_sees_it(api: Api, hospital: Hospital) -> None:
    nurse = await api.token(hospital.nurse)
    shared = await api.ask(SUBMIT, nurse, input={"problem": "Bed 4's curtain does not close."})
    assert shared.errors == []
    payload = shared.data["submitIdea"]
    assert payload["userErrors"] == []
    assert payload["idea"]["title"] == "Bed 4's curtain does not close."
    assert payload["idea"]["author"] == {"name": "Nina Nurse"}
    assert payload["cursor"] == shared.response.headers["groundswell-cursor"]
    seen = await api.ask("{ cursor ideas { nodes { reference } } }", nurse)
    assert seen.data == {"cursor": payload["cursor"], "ideas": {"nodes": [{"reference": payload["idea"]["reference"]}]}}
