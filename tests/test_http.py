"""GraphQL over HTTP: methods, media types, headers, and what a client of today and of yesterday gets."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
import pytest_asyncio
from starlette.types import Message

from api import pages, requests
from api.cursors import Cursor, encode_cursor
from db import engine
from tests.client import Api, serving
from tests.factories import Hospital, submit

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
        assert page.status_code == (200 if (pages.BUILT.folder / f"{path[1:]}.html").is_file() else 503)
        assert page.headers["cache-control"] == "no-cache"
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await api.http.get("/pages/..%2f..%2fpackage.json")).status_code == 404
    for name in ("board.html", "icon.svg", "worker.js"):  # each has one address
        assert (await api.http.get(f"/pages/{name}")).status_code == 404


async def test_an_allowed_origins_page_may_ask_whether_its_answer_still_holds(hospital: Hospital) -> None:
    page = "https://ward.example"
    async with serving(hospital.database.dsn, ALLOWED_ORIGINS=page) as api:
        asked = {
            "access-control-request-method": "GET",
            "access-control-request-headers": "authorization,if-none-match",
        }
        allowed = await api.http.options("/graphql", headers={"origin": page, **asked})
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, page)
        headers = {"authorization": f"Bearer {await api.token(hospital.nurse)}", "origin": page}
        answer = await api.http.get("/graphql", params={"query": IDEAS}, headers=headers)
        exposed = {name.strip() for name in answer.headers["access-control-expose-headers"].split(",")}
        assert {"ETag", "Groundswell-Cursor", "Groundswell-Request-Id"} <= exposed


async def test_a_version_is_known_again_however_a_client_or_a_cache_writes_it(api: Api, hospital: Hospital) -> None:
    token = await api.token(hospital.nurse)
    await api.see(token)
    named = {"authorization": f"Bearer {token}"}
    tag = (await api.http.get("/graphql", params={"query": IDEAS}, headers=named)).headers["etag"]
    for written in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        headers = {**named, "if-none-match": written}
        assert (await api.http.get("/graphql", params={"query": IDEAS}, headers=headers)).status_code == 304
    lines = [*named.items(), ("if-none-match", tag), ("if-none-match", '"another"')]
    assert (await api.http.get("/graphql", params={"query": IDEAS}, headers=lines)).status_code == 304
    costly = {"query": IDEAS, "extensions": '{"cost": true}'}  # another answer, hence another version
    told = await api.http.get("/graphql", params=costly, headers={**named, "if-none-match": tag})
    assert (told.status_code, "cost" in told.json()["extensions"]) == (200, True)


async def test_an_address_is_read_as_utf_8(api: Api) -> None:
    asked = "{ __typename } # Öffnungszeit".replace(" ", "%20").replace("#", "%23")
    for raw in (asked, asked.replace("Ö", "%C3%96")):
        answer = await api.http.send(httpx.Request("GET", httpx.URL(f"http://groundswell.test/graphql?query={raw}")))
        assert answer.json() == {"data": {"__typename": "Query"}}
    for accept in ("application/json", "text/html"):
        refused = await api.http.get("/graphql?query=%7B%20__typename%20%7D%23%FF", headers={"accept": accept})
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_ARGUMENT")


async def test_a_body_that_never_ends_is_given_up(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PATIENCE", 0.05)
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b" ", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    await api.app(scope, receive, send)
    assert sent[0]["status"] == 408


async def test_a_query_by_stream_is_answered_after_the_cursor_that_it_names(api: Api, hospital: Hospital) -> None:
    token = await api.token(hospital.nurse)
    named = {"authorization": f"Bearer {token}", "accept": "text/event-stream"}
    await api.ask(IDEAS, token)  # remembered
    await api.service.tail.stop()
    await submit(hospital, title="From elsewhere")
    [(epoch, position)] = await hospital.database.rows(
        "select epoch, position from feed_head where organisation_id = $1", (hospital.organisation,)
    )
    after = encode_cursor(Cursor(epoch, hospital.organisation, position))
    told = await api.http.post("/graphql", json={"query": IDEAS}, headers={**named, "groundswell-after": after})
    assert "From elsewhere" in told.text
    bad = await api.http.post("/graphql", json={"query": IDEAS}, headers={**named, "groundswell-after": "x"})
    assert bad.json()["errors"][0]["extensions"]["code"] == "BAD_ARGUMENT"


@pytest.mark.parametrize(
    "trouble",
    [asyncpg.QueryCanceledError("slow"), asyncpg.TooManyConnectionsError("many"), TimeoutError(), OSError("away")],
)
async def test_who_cannot_be_looked_up_just_now_is_told_to_try_again(
    api: Api, hospital: Hospital, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    token = await api.token(hospital.nurse)

    async def fails(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(api.service.database.reads, "connect", fails)
    await api.service.database.reads.close()
    headers = {"authorization": f"Bearer {token}"}
    answer = await api.http.post("/graphql", json={"query": IDEAS}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")


async def test_a_database_that_takes_questions_and_answers_none_holds_nobody_for_ever(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one on a frozen machine, or behind a network that swallows."""
    async with serving(hospital.database.dsn) as api:
        token = await api.token(hospital.nurse)
        assert (await api.ask(IDEAS, token)).errors == []
        database = api.service.database
        held = set(database.reads.all)
        monkeypatch.setattr(engine, "PATIENCE", 0.2)
        locked = await asyncpg.connect(hospital.database.dsn)
        async with locked.transaction():
            await locked.execute("lock table idea in access exclusive mode")
            answer = await api.http.post(
                "/graphql",
                json={"query": "{ ideas { nodes { id } } }"},
                headers={"authorization": f"Bearer {token}"},
            )
        await locked.close()
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "UNAVAILABLE")
        assert (
            len([each for each in held if each.is_closed()]) == 1
        )  # its answer may still come, and would be somebody else's
        assert (await api.ask(IDEAS, token)).errors == []
