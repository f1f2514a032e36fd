"""A request for one operation as HTTP carries it: what is asked, who asks, and what the client takes as an answer."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from api.cursors import by_id

LARGEST_BODY = 2**20  # bytes
PATIENCE = 30.0  # seconds for the rest of a body whose first part has come
JSON, RESPONSE_JSON = "application/json", "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
ASKING = ("query", "documentId")


class Malformed(Exception):
    """The request is none of GraphQL's. `status` is HTTP's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Gone(Exception):
    """The client went while it was asking."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation as it came. `query`: a document's text, or what `by_id` makes of the id of a trusted one."""

    query: str
    variables: Mapping[str, Any] | None
    operation_name: str | None
    extensions: Mapping[str, Any] | None


class Incoming:
    """One request: its headers, by their names in small letters, and its operation."""

    __slots__ = ("headers", "method", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        if len(self.headers) < len(scope["headers"]):
            self.headers = joined(scope["headers"])

    def header(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")

    @property
    def gets(self) -> bool:
        """A HEAD is a GET of which only the headers are wanted."""
        return self.method in ("GET", "HEAD")

    @property
    def address(self) -> str:
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    @property
    def bearer(self) -> str | None:
        scheme, _, token = (self.header(b"authorization") or "").partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    def accepts(self, media_type: str) -> bool:
        return media_type in listed(self.header(b"accept") or "")

    @property
    def takes_gzip(self) -> bool:
        header = self.header(b"accept-encoding")
        return header is not None and "gzip" in listed(header)

    @property
    def shows_a_page(self) -> bool:
        """A browser's GET of the address alone."""
        if not self.gets or not self.accepts("text/html"):
            return False
        try:
            given = self.parameters()
        except Malformed:
            return False  # which its asking says
        return not any(name in given for name in ASKING)

    def parameters(self) -> dict[str, Any]:
        """Raises Malformed."""
        try:
            given = self.scope["query_string"].decode()
            return dict(parse_qsl(given, keep_blank_values=True, errors="strict"))
        except UnicodeDecodeError:
            raise Malformed(400, "The address is not in UTF-8.") from None

    async def asked(self, receive: Receive) -> Asked:
        """The operation. Raises Malformed, Gone."""
        if self.gets:
            given = self.parameters()
            for name in ("variables", "extensions"):
                if given.get(name):
                    given[name] = loads(given[name], name)
            return asked_for(given)
        if self.method != "POST":
            raise Malformed(405, "Ask by GET or POST.")
        content_type = self.headers.get(b"content-type", b"")
        if content_type != b"application/json" and media_type(content_type) != JSON:
            raise Malformed(415, f"Send the operation as {JSON}.")
        return asked_for(loads(await self.body(receive), "The body"))

    async def body(self, receive: Receive) -> bytes:
        """Raises Malformed, Gone. Nearly all come whole, and are spared a timer."""
        body, more = await part(receive, b"")
        if more:
            try:
                async with asyncio.timeout(PATIENCE):
                    while more:
                        body, more = await part(receive, body)
            except TimeoutError:
                raise Malformed(408, f"A request is to be whole within {PATIENCE:.0f} seconds.") from None
        return body


async def part(receive: Receive, before: bytes) -> tuple[bytes, bool]:
    """What of a body has come so far, and whether more is to come. Raises Malformed, Gone."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Gone
    came: bytes = message.get("body", b"")
    body = before + came if before else came
    if len(body) > LARGEST_BODY:
        raise Malformed(413, f"A request has at most {LARGEST_BODY:,} bytes.")
    return body, message.get("more_body", False)


def joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """A header that comes in several lines is one list (RFC 9110, 5.2)."""
    lines: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        lines.setdefault(name, []).append(value)
    return {name: b", ".join(values) for name, values in lines.items()}


@lru_cache(maxsize=64)
def listed(header: str) -> frozenset[str]:
    """What a header takes, such as Accept: without the parameters, and without what it refuses by `q=0`."""
    taken = set()
    for part in header.lower().split(","):
        name, *parameters = (each.strip() for each in part.split(";"))
        if not any(each.startswith("q=") and each[2:].strip("0.") == "" for each in parameters):
            taken.add(name)
    return frozenset(taken)


def media_type(header: bytes) -> str:
    return header.decode("latin-1").lower().partition(";")[0].strip()


def loads(text: bytes | str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed(400, f"{what} is no JSON.") from None


def asked_for(given: Any) -> Asked:
    if not isinstance(given, dict):
        raise Malformed(400, "The body is one JSON object: query, variables, operationName.")
    query, id_ = given.get("query"), given.get("documentId")
    variables, name, extensions = given.get("variables"), given.get("operationName"), given.get("extensions")
    if not (id_ is None or isinstance(id_, str)):
        raise Malformed(400, "documentId is a text.")
    if id_ and query:
        raise Malformed(400, "Give the query or its documentId, not both.")
    query = by_id(id_) if id_ else query
    if not isinstance(query, str) or not query:
        raise Malformed(400, "There is no query in the request.")
    for what, value in (("variables", variables), ("extensions", extensions)):
        if not (value is None or value == "" or isinstance(value, dict)):
            raise Malformed(400, f"{what} is a JSON object.")
    if not (name is None or isinstance(name, str)):
        raise Malformed(400, "operationName is a text.")
    return Asked(query, variables or None, name or None, extensions or None)
