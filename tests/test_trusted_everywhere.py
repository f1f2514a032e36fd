"""A document by its id over each transport; and what an organisation takes from browsers, over each of them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError

from api.trusted import document_id
from db.operations import organisations
from tests.client import SECRET, serving
from tests.factories import Hospital, submit
from tests.listening import server_sent
from tests.server import Server
from tests.state import unchanged

PAGE = "https://board.example"
TITLES = "query Titles($first: Int!) { ideas(first: $first) { nodes { title } } }"
FEED = "subscription Feed { feed { __typename ... on IdeaSubmitted { idea { title } } } }"
SUBMIT = "mutation Share($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { title } } }"
FREE = "query Mine { ideas(first: 1) { nodes { id } } }"
ONE = {"first": 1}


@dataclass
class Ward:
    """A server that trusts the three documents, and a nurse's token."""

    server: Server
    token: str

    @property
    def url(self) -> str:
        return f"{self.server.url}/graphql"

    def headers(self, origin: str | None, **more: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", **({"origin": origin} if origin else {}), **more}


@pytest_asyncio.fixture
async def ward(hospital: Hospital, tmp_path: Path) -> AsyncIterator[Ward]:
    await submit(hospital, title="No hoist at night")
    async with serving(hospital.database.dsn) as api:
        token = await api.token(hospital.nurse)
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps({document_id(text): text for text in (TITLES, FEED, SUBMIT)}))
    settings = {"TRUSTED_DOCUMENTS": str(manifest), "ALLOWED_ORIGINS": PAGE}
    server = Server({"DATABASE_URL": hospital.database.dsn, "SECRET_KEY": SECRET, **settings})
    await server.start()
    yield Ward(server, token)
    server.kill()


Payload = dict[str, Any]


async def post(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer: Payload = (await http.post(ward.url, json=payload, headers=ward.headers(origin))).json()
    return answer


async def get(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    given = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
    async with httpx.AsyncClient(trust_env=False) as http:
        answer: Payload = (await http.get(ward.url, params=given, headers=ward.headers(origin))).json()
    return answer


async def websocket(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    return await anext(over_websocket(ward, payload, origin))


async def over_websocket(ward: Ward, payload: Payload, origin: str | None = None) -> AsyncIterator[Payload]:
    async with connect(ward.server.socket_url, subprotocols=["graphql-transport-ws"], origin=origin) as socket:  # type: ignore[list-item, arg-type]
        init = {"type": "connection_init", "payload": {"authorization": f"Bearer {ward.token}"}}
        await socket.send(orjson.dumps(init).decode())
        await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
        async for text in socket:
            message = orjson.loads(text)
            if message["type"] == "next":
                yield message["payload"]
            elif message["type"] == "error":
                yield {"errors": message["payload"]}


async def stream(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    return await anext(over_stream(ward, payload, origin))


async def over_stream(ward: Ward, payload: Payload, origin: str | None = None) -> AsyncIterator[Payload]:
    headers = ward.headers(origin, accept="text/event-stream")
    async with (
        httpx.AsyncClient(trust_env=False) as http,
        http.stream("POST", ward.url, json=payload, headers=headers) as response,
    ):
        if response.headers["content-type"].startswith("text/event-stream"):
            async for event in server_sent(response):
                if event["event"] == "next":
                    yield orjson.loads(event["data"])
        else:
            yield orjson.loads(await response.aread())


Way = Callable[..., Awaitable[Payload]]
everywhere = pytest.mark.parametrize("way", [post, get, websocket, stream])


def codes(answer: Payload) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


async def heard(ask: Callable[[], Awaitable[Payload]], wanted: list[str]) -> None:
    """The server learns of what another process wrote within a second."""
    for _ in range(100):
        if codes(await ask()) == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the server has not heard of it")


@everywhere
async def test_a_query_is_asked_by_its_id(ward: Ward, way: Way) -> None:
    answer = await way(ward, {"documentId": document_id(TITLES), "variables": ONE})
    assert answer == {"data": {"ideas": {"nodes": [{"title": "No hoist at night"}]}}}


@everywhere
async def test_an_unknown_id_is_refused_alike(ward: Ward, way: Way) -> None:
    assert codes(await way(ward, {"documentId": document_id("{ viewer { id } }")})) == ["DOCUMENT_NOT_FOUND"]


BOTH = {"documentId": document_id(TITLES), "query": TITLES, "variables": ONE}


@pytest.mark.parametrize("way", [post, get, stream])
async def test_an_id_and_a_text_at_once_are_a_bad_request(ward: Ward, way: Way) -> None:
    """Nobody can tell which of the two was meant."""
    answer = await way(ward, BOTH)
    assert codes(answer) == ["BAD_ARGUMENT"]
    assert "data" not in answer


async def test_on_a_socket_they_are_a_bad_message_which_closes_it(ward: Ward) -> None:
    with pytest.raises(ConnectionClosedError, match="4400"):
        await websocket(ward, BOTH)


@pytest.mark.parametrize("way", [over_websocket, over_stream])
async def test_a_subscription_by_its_id_gives_its_events(
    ward: Ward, hospital: Hospital, way: Callable[..., AsyncIterator[Payload]]
) -> None:
    items = way(ward, {"documentId": document_id(FEED)})
    first = asyncio.ensure_future(anext(items))
    while not first.done():
        await submit(hospital, title="A lamp for the corridor")
        await asyncio.wait([first], timeout=0.2)
    assert first.result()["data"]["feed"] == {
        "__typename": "IdeaSubmitted",
        "idea": {"title": "A lamp for the corridor"},
    }


async def test_what_was_asked_by_get_is_not_sent_again(ward: Ward, hospital: Hospital) -> None:
    given = {"documentId": document_id(TITLES), "variables": json.dumps(ONE)}
    async with httpx.AsyncClient(trust_env=False, params=given, headers=ward.headers(None)) as http:
        first = await http.get(ward.url)
        assert first.headers["cache-control"] == "private, no-cache"
        have = {"if-none-match": first.headers["etag"]}
        assert (await http.get(ward.url, headers=have)).status_code == 304
        written = await hospital.do(organisations.edit_organisation, hospital.admin, name="Another name")
        after = f"{first.headers['groundswell-cursor'].rpartition('.')[0]}.{written.position}"
        again = await http.get(ward.url, headers={**have, "groundswell-after": after})
    assert again.status_code == 200


async def test_a_mutation_by_get_is_refused_and_does_nothing(ward: Ward, hospital: Hospital) -> None:
    async with unchanged(hospital.database):
        answer = await get(ward, {"documentId": document_id(SUBMIT), "variables": {"input": {"problem": "By GET"}}})
        assert answer["errors"]
    answer = await post(ward, {"documentId": document_id(SUBMIT), "variables": {"input": {"problem": "By POST"}}})
    assert answer["data"]["submitIdea"]["idea"]["title"] == "By POST"


@everywhere
async def test_an_organisation_takes_from_browsers_what_it_trusts(ward: Ward, hospital: Hospital, way: Way) -> None:
    free, trusted = {"query": FREE}, {"documentId": document_id(TITLES), "variables": ONE}
    assert codes(await way(ward, free, PAGE)) == []
    await hospital.do(organisations.edit_organisation, hospital.admin, trusted_documents_only=True)
    await heard(lambda: way(ward, free, PAGE), ["DOCUMENT_NOT_TRUSTED"])
    assert codes(await way(ward, trusted, PAGE)) == []
    assert codes(await way(ward, free)) == []  # a script has no origin
    assert codes(await way(ward, {"query": "{ __schema { queryType { name } } }"}, PAGE)) == ["DOCUMENT_NOT_TRUSTED"]
    await hospital.do(organisations.edit_organisation, hospital.admin, trusted_documents_only=False)
    await heard(lambda: way(ward, free, PAGE), [])
