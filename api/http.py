"""GET and POST /graphql: one operation in, its result out; a browser's GET shows the explorer."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from api.context import Context
from api.documents import Documents, Failed, encoded, refusal
from api.explorer import PAGE_HEADERS, explorer_page
from api.viewer import Viewers
from db.engine import LOST
from db.errors import Refused
from db.terms import RefusalCode

LARGEST_BODY = 2**20  # bytes
JSON, RESPONSE_JSON = "application/json", "application/graphql-response+json"
EVENT_STREAM = "text/event-stream"
POSITION, REQUEST_ID = "Groundswell-Cursor", "Groundswell-Request-Id"
BY_POST = "GET answers queries only; send a mutation by POST."
# What did not begin, by its code; GraphQL over HTTP, 2025 draft, 6.4.
STATUS = {
    RefusalCode.UNAUTHENTICATED: 401,
    RefusalCode.FORBIDDEN: 403,
    RefusalCode.RATE_LIMITED: 429,
    RefusalCode.UNAVAILABLE: 503,
    RefusalCode.INTERNAL: 500,
}

Stream = Callable[[Request, Context, "Asked"], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation as it came: what a body or an address carries."""

    query: str
    variables: Mapping[str, Any] | None
    operation_name: str | None


class Malformed(Exception):
    """The request is none of GraphQL's. `status` is HTTP's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class Endpoint:
    """The path /graphql by HTTP."""

    def __init__(
        self, documents: Documents, viewers: Viewers, stream: Stream, here: Callable[[UUID], str | None]
    ) -> None:
        """`here`: the newest position that this process knows of an organisation, as a cursor."""
        self.documents = documents
        self.viewers = viewers
        self.stream = stream
        self.here = here

    async def __call__(self, request: Request) -> Response:
        if gets(request) and "query" not in request.query_params and accepts(request, "text/html"):
            return Response(explorer_page(), headers=PAGE_HEADERS)
        context = Context(None, address_of(request))
        try:
            asked = await read(request)
            context.viewer = await self.viewer(request)
            if accepts(request, EVENT_STREAM) and self.streams(request, asked):
                return await self.stream(request, context, asked)
            return await self.answer(request, context, asked)
        except Malformed as malformed:
            error = {"message": malformed.message, "extensions": {"code": RefusalCode.BAD_ARGUMENT}}
            answer = answered(request, context, {"errors": [error]}, malformed.status)
            if malformed.status == 405:
                answer.headers["Allow"] = "GET, POST"
            return answer
        except ClientDisconnect:
            return Response(status_code=400)  # which nobody hears: the client went while it was asking
        except LOST:
            error = refusal(Refused(RefusalCode.UNAVAILABLE, "The database cannot be reached just now."))
            return answered(request, context, {"errors": [error]}, 503)

    def streams(self, request: Request, asked: Asked) -> bool:
        """Clients that take JSON as well get a stream for a subscription alone. Raises Malformed."""
        json = accepts(request, JSON) or accepts(request, RESPONSE_JSON)
        try:
            kind = self.documents.request(asked.query, asked.variables, asked.operation_name).kind
        except Failed:
            return not json
        if gets(request) and kind is OperationType.MUTATION:
            raise Malformed(405, BY_POST)
        return kind is OperationType.SUBSCRIPTION or not json

    async def answer(self, request: Request, context: Context, asked: Asked) -> Response:
        try:
            operation = self.documents.request(asked.query, asked.variables, asked.operation_name)
            if gets(request) and operation.kind is not OperationType.QUERY:
                raise Malformed(405, BY_POST)
            body = await self.documents.answer(context, operation)
        except Failed as failed:
            self.place(context)
            status = status_of(failed)
            if status < 500 and not accepts(request, RESPONSE_JSON):
                status = 200  # as clients of application/json expect of an operation that was understood
            return answered(request, context, {"errors": failed.errors}, status)
        self.place(context)
        return Response(body, headers=headers(request, context))

    def place(self, context: Context) -> None:
        """Every answer to somebody signed in carries a position, also one that read none."""
        if context.cursor is None and context.viewer is not None:
            context.cursor = self.here(context.viewer.organisation)

    async def viewer(self, request: Request) -> Any:
        """None without a bearer, and with one that has ended: what is open to everybody still answers."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return await self.viewers.viewer(token.strip()) if scheme.lower() == "bearer" and token else None


def gets(request: Request) -> bool:
    """A HEAD is a GET of which only the headers are wanted."""
    return request.method in ("GET", "HEAD")


async def read(request: Request) -> Asked:
    """The operation of a request. Raises Malformed."""
    if gets(request):
        given: dict[str, Any] = dict(request.query_params)
        if given.get("variables"):
            given["variables"] = loads(given["variables"], "variables")
        return asked_for(given)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
        raise Malformed(415, f"Send the operation as {JSON}.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise Malformed(413, f"A request has at most {LARGEST_BODY:,} bytes.")
    return asked_for(loads(bytes(body), "The body"))


def loads(text: bytes | str, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Malformed(400, f"{what} is no JSON.") from None


def asked_for(given: Any) -> Asked:
    if not isinstance(given, dict):
        raise Malformed(400, "The body is one JSON object: query, variables, operationName.")
    query, variables, name = given.get("query"), given.get("variables"), given.get("operationName")
    if not isinstance(query, str) or not query:
        raise Malformed(400, "There is no query in the request.")
    if not (variables is None or variables == "" or isinstance(variables, dict)):
        raise Malformed(400, "variables is a JSON object.")
    if not (name is None or isinstance(name, str)):
        raise Malformed(400, "operationName is a text.")
    return Asked(query, variables or None, name or None)


def accepts(request: Request, media_type: str) -> bool:
    accepted = request.headers.get("accept", "").lower()
    return any(part.partition(";")[0].strip() == media_type for part in accepted.split(","))


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


def status_of(failed: Failed) -> int:
    code = failed.errors[0].get("extensions", {}).get("code")
    return STATUS.get(code, 400)


def headers(request: Request, context: Context) -> dict[str, str]:
    kind = RESPONSE_JSON if accepts(request, RESPONSE_JSON) else JSON
    return {
        "Content-Type": f"{kind}; charset=utf-8",
        "Cache-Control": "no-store",
        REQUEST_ID: context.request_id,
        **({POSITION: context.cursor} if context.cursor else {}),
    }


def answered(request: Request, context: Context, answer: Mapping[str, object], status: int) -> Response:
    return Response(encoded(answer), status, headers=headers(request, context))
