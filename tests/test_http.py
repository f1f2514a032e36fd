"""GraphQL over HTTP: methods, media types, headers, and what a client of today and of yesterday gets."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from starlette.types import Message

from tests.client import Api, serving
from tests.factories import Hospital

IDEAS = "{ ideas { nodes { title } } }"


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def test_a_get_answers_a_query_and_refuses_a_mutation(api: Api, hospital: Hospital) -> None:
    headers = {"authorization": f"Bearer {await api.token(hospital.nurse)}"}
    answer = await api.http.get("/graphql", params={"query": IDEAS}, headers=headers)
    assert answer.json() == {"data": {"ideas": {"nodes": []}}}
    mutation = 'mutation { submitIdea(input: {problem: "A"}) { cursor } }'
    refused = await api.http.get("/graphql", params={"query": mutation}, headers=headers)
    assert refused.status_code == 405
    assert (await api.http.get("/graphql", params={"query": IDEAS}, headers=headers)).json() == answer.json()


async def test_a_get_refuses_a_mutation_also_to_who_takes_a_stream_alone(api: Api, hospital: Hospital) -> None:
    headers = {"authorization": f"Bearer {await api.token(hospital.nurse)}", "accept": "text/event-stream"}
    mutation = 'mutation { submitIdea(input: {problem: "A"}) { cursor } }'
    refused = await api.http.get("/graphql", params={"query": mutation}, headers=headers)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, POST")
    read = await api.http.get("/graphql", params={"query": IDEAS}, headers=headers)
    assert 'data: {"data":{"ideas"' in read.text


async def test_a_client_that_goes_while_it_asks_is_no_failure(api: Api) -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    sent: list[Message] = []
    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await api.app(scope, receive, send)
    assert sent[0]["status"] == 400


async def test_every_answer_carries_a_request_id_and_to_somebody_signed_in_a_position(
    api: Api, hospital: Hospital
) -> None:
    token = await api.token(hospital.nurse)
    for query in (IDEAS, "{ ideas(first: 0) { nodes { title } } }", "{ nonsense }"):
        response = (await api.ask(query, token)).response
        assert response.headers["groundswell-request-id"]
        assert response.headers["groundswell-cursor"].count(".") == 2
    assert "groundswell-cursor" not in (await api.ask("{ __typename }")).response.headers


@pytest.mark.parametrize(("accept", "status"), [("application/json", 200), ("application/graphql-response+json", 400)])
async def test_a_document_that_is_wrong_answers_as_its_client_expects(api: Api, accept: str, status: int) -> None:
    answer = await api.http.post("/graphql", json={"query": "{ nonsense }"}, headers={"accept": accept})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith(accept)
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_who_takes_json_and_streams_gets_json_for_a_query(api: Api, hospital: Hospital) -> None:
    headers = {
        "authorization": f"Bearer {await api.token(hospital.nurse)}",
        "accept": "application/graphql-response+json, application/json, text/event-stream",
    }
    answer = await api.http.post("/graphql", json={"query": IDEAS}, headers=headers)
    assert answer.json() == {"data": {"ideas": {"nodes": []}}}
    only = await api.http.post("/graphql", json={"query": IDEAS}, headers={**headers, "accept": "text/event-stream"})
    assert 'event: next\ndata: {"data":' in only.text
    assert only.text.endswith("event: complete\ndata:\n\n")


async def test_another_origins_page_may_read_answers_only_where_it_is_allowed(api: Api) -> None:
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    refused = await api.http.options("/graphql", headers=asked)
    assert "access-control-allow-origin" not in refused.headers


async def test_it_is_alive_and_ready(api: Api) -> None:
    assert (await api.http.get("/healthz")).status_code == 200
    ready = await api.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["doorbell"]["state"] == "CONNECTED"
    assert "groundswell_tail_lag_seconds" in (await api.http.get("/metrics")).text


async def test_a_browsers_get_shows_the_explorer_which_asks_nobody_else(api: Api) -> None:
    page = await api.http.get("/graphql", headers={"accept": "text/html,application/xhtml+xml"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await api.http.get("/explorer/..%2f..%2fpackage.json")).status_code == 404


async def test_the_pages_of_a_ward_ask_nobody_else_and_the_bare_address_leads_to_the_board(api: Api) -> None:
    first = await api.http.get("/")
    assert (first.status_code, first.headers["location"]) == (307, "/board")
    for path in ("/board", "/share", "/sign-in"):
        page = await api.http.get(path)
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-cache"
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await api.http.get("/pages/..%2f..%2fpackage.json")).status_code == 404
    assert (await api.http.get("/pages/board.html")).status_code == 404  # a page has one address
