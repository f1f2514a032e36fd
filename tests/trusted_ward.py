"""A server that trusts a few documents, and every way to ask it: POST, GET, a socket, a stream by POST and by GET."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect

from api.trusted import document_id
from tests.client import SECRET, serving
from tests.factories import Hospital
from tests.listening import server_sent
from tests.server import Server
from tests.sockets import received

PAGE = "https://board.example"
TITLES = "query Titles($first: Int!) { ideas(first: $first) { nodes { title } } }"
TWO = "query First { ideas(first: 1) { nodes { title } } } query Second { organisation { name } }"
HISTORY = "query History { ideas(first: 1) { nodes { history(first: 1) { nodes { __typename } } } } }"
FEED = """subscription Feed($after: Cursor) { feed(after: $after) {
  __typename cursor ... on IdeaSubmitted { idea { title } } } }"""
SUBMIT = "mutation Share($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { title } } }"
SWITCH = """mutation Switch($on: Boolean!) { editOrganisation(input: { trustedDocumentsOnly: $on }) {
  organisation { trustedDocumentsOnly } userErrors { message } } }"""
# The build of the first called it by a name of its own.
MANIFEST = {"titles": TITLES, **{document_id(text): text for text in (TWO, HISTORY, FEED, SUBMIT, SWITCH)}}

FREE = "query Mine { ideas(first: 1) { nodes { id } } }"
FREE_FEED = "subscription Mine { feed { __typename } }"
FREE_SUBMIT = 'mutation { submitIdea(input: { problem: "From a console" }) { idea { title } } }'
INTROSPECTION = "{ __schema { queryType { name } } }"
ONE = {"first": 1}

Payload = dict[str, Any]


def by_its_id(text: str, **variables: Any) -> Payload:
    return {"documentId": document_id(text), "variables": variables}


@dataclass(frozen=True)
class Ward:
    """The server, and by whom it is asked; a token of None: somebody who has not signed in."""

    server: Server
    token: str | None
    tokens: dict[UUID, str]

    @property
    def url(self) -> str:
        return f"{self.server.url}/graphql"

    def headers(self, origin: str | None = None, **more: str) -> dict[str, str]:
        bearer = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return {**bearer, **({"origin": origin} if origin else {}), **more}

    def of(self, person: UUID | None) -> "Ward":
        """The same, asked by somebody else."""
        return replace(self, token=None if person is None else self.tokens[person])


@asynccontextmanager
async def trusting(hospital: Hospital, *manifests: Path) -> AsyncIterator[Ward]:
    """Asked by the nurse."""
    async with serving(hospital.database.dsn) as api:
        tokens = {each: await api.token(each) for each in (hospital.nurse, hospital.admin, hospital.stranger)}
    settings = {"TRUSTED_DOCUMENTS": ",".join(map(str, manifests)), "ALLOWED_ORIGINS": PAGE}
    server = Server({"DATABASE_URL": hospital.database.dsn, "SECRET_KEY": SECRET, **settings})
    await server.start()
    try:
        yield Ward(server, tokens[hospital.nurse], tokens)
    finally:
        server.kill()


def written(path: Path, manifest: dict[str, str]) -> Path:
    path.write_text(json.dumps(manifest))
    return path


# Ways to ask: each gives the result, or the errors with which it was refused ---------------------------------------


async def post(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer: Payload = (await http.post(ward.url, json=payload, headers=ward.headers(origin))).json()
    return answer


async def get(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    async with httpx.AsyncClient(trust_env=False) as http:
        answer: Payload = (await http.get(ward.url, params=in_address(payload), headers=ward.headers(origin))).json()
    return answer


def in_address(payload: Payload) -> dict[str, str]:
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}


async def websocket(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    return await first(over_websocket(ward, payload, origin))


async def stream(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    return await first(over_stream(ward, payload, origin))


async def stream_by_get(ward: Ward, payload: Payload, origin: str | None = None) -> Payload:
    return await first(over_stream_by_get(ward, payload, origin))


async def first(items: AsyncGenerator[Payload, None]) -> Payload:
    async with asyncio.timeout(15), aclosing(items):
        return await anext(items)


@asynccontextmanager
async def socket_of(ward: Ward, origin: str | None = None) -> AsyncIterator[ClientConnection]:
    async with connect(ward.server.socket_url, subprotocols=["graphql-transport-ws"], origin=origin) as socket:  # type: ignore[list-item, arg-type]
        init = {"authorization": f"Bearer {ward.token}"} if ward.token else {}
        await socket.send(orjson.dumps({"type": "connection_init", "payload": init}).decode())
        assert orjson.loads(await socket.recv())["type"] == "connection_ack"
        yield socket


async def on(socket: ClientConnection, payload: Payload) -> AsyncGenerator[Payload, None]:
    """One operation's results; an error is the last."""
    await socket.send(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload}).decode())
    async for message in received(socket):
        if message["type"] == "next":
            yield message["payload"]
        elif message["type"] == "error":
            yield {"errors": message["payload"]}
            return
        else:
            return


async def over_websocket(ward: Ward, payload: Payload, origin: str | None = None) -> AsyncGenerator[Payload, None]:
    async with socket_of(ward, origin) as socket:
        async for result in on(socket, payload):
            yield result


async def over_stream(ward: Ward, payload: Payload, origin: str | None = None) -> AsyncGenerator[Payload, None]:
    async for result in events(ward, origin, "POST", json=payload):
        yield result


async def over_stream_by_get(
    ward: Ward, payload: Payload, origin: str | None = None, **more: str
) -> AsyncGenerator[Payload, None]:
    """As a browser's EventSource does."""
    async for result in events(ward, origin, "GET", more, params=in_address(payload)):
        yield result


async def events(
    ward: Ward, origin: str | None, method: str, more: dict[str, str] | None = None, **asked: Any
) -> AsyncGenerator[Payload, None]:
    headers = ward.headers(origin, accept="text/event-stream", **(more or {}))
    async with (
        httpx.AsyncClient(trust_env=False, timeout=None) as http,
        http.stream(method, ward.url, headers=headers, **asked) as response,
    ):
        if not response.headers["content-type"].startswith("text/event-stream"):
            yield orjson.loads(await response.aread())
            return
        async for event in server_sent(response):
            if event["event"] == "complete":
                return
            yield orjson.loads(event["data"])


Way = Callable[..., Awaitable[Payload]]
Lasting = Callable[..., AsyncGenerator[Payload, None]]
WAYS: tuple[Way, ...] = (post, get, websocket, stream, stream_by_get)
everywhere = pytest.mark.parametrize("way", WAYS)
writing_ways = pytest.mark.parametrize("way", [post, websocket, stream])
lasting_ways = pytest.mark.parametrize("way", [over_websocket, over_stream, over_stream_by_get])


def codes(answer: Payload) -> list[str]:
    return [error["extensions"]["code"] for error in answer.get("errors", ())]


async def heard(ask: Callable[[], Awaitable[Payload]], wanted: list[str]) -> None:
    """The server learns of what another process wrote within a second."""
    for _ in range(100):
        if codes(await ask()) == wanted:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the server has not heard of it")
