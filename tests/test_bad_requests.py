"""Requests that are none of GraphQL's, and documents that cannot be answered: refused clearly, at little cost."""

import json
import time

import httpx
import pytest
import pytest_asyncio
from graphql import get_introspection_query

from api.documents import KEPT_CHARACTERS
from tests.clearly import clear
from tests.client import Answer, Api
from tests.factories import Hospital
from tests.mutations import DOCUMENTS, VALID, Cast, cast_of
from tests.state import unchanged


@pytest_asyncio.fixture(scope="module")
async def c(module_hospital: Hospital, module_api: Api, quick_passwords: None) -> Cast:
    return await cast_of(module_hospital, module_api)


async def post(c: Cast, body: str | bytes, **headers: str) -> Answer:
    headers = {"content-type": "application/json", "authorization": f"Bearer {c.tokens['admin']}", **headers}
    return answer_of(await c.api.http.post("/graphql", content=body, headers=headers))


def answer_of(response: httpx.Response) -> Answer:
    body = response.json()
    assert "groundswell-request-id" in response.headers
    return Answer(body.get("data"), body.get("errors", []), response)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e400", "-1e400"])
async def test_figures_that_are_no_numbers_are_refused(text: str, c: Cast) -> None:
    valid = await VALID["shareWin"](c)
    async with unchanged(c.hospital.database):
        body = json.dumps({"query": DOCUMENTS["shareWin"], "variables": {"input": {**valid, "beforeValue": "HERE"}}})
        assert clear(await post(c, body.replace('"HERE"', text)))
        figure = f'{{headline: "a", change: "b", afterValue: {text}}}'
        literal = f"mutation {{ shareWin(input: {figure}) {{ cursor userErrors {{ code message path }} }} }}"
        answer = await c.api.ask(literal, c.tokens["admin"])
        assert clear(answer)


SUBMIT = 'mutation { submitIdea(input: {problem: "x"}) { cursor } }'
BODIES: dict[str, tuple[str | bytes, int]] = {
    "nothing": (b"", 400),
    "half": (b'{"query": "{ cursor }"', 400),
    "no UTF-8": (b'{"query": "\xff\xfe"}', 400),
    "UTF-16": ('{"query": "{ cursor }"}'.encode("utf-16"), 400),
    "a lone surrogate": (rb'{"query": "{ cursor }", "variables": {"x": "\ud800"}}', 400),
    "a lone surrogate in the text": (rb'{"query": "{ node(id: \"\udfff\") { id } }"}', 400),
    "a lone surrogate raw": (b'{"query": "{ cursor }", "variables": {"x": "\xed\xa0\x80"}}', 400),
    "null": (b"null", 400),
    "a number": (b"1", 400),
    "a text": (b'"{ cursor }"', 400),
    "a batch": (json.dumps([{"query": SUBMIT}, {"query": SUBMIT}]), 400),
    "an empty batch": (b"[]", 400),
    "no query": (b"{}", 400),
    "a null query": (b'{"query": null}', 400),
    "a query of another type": (b'{"query": 5}', 400),
    "an empty query": (b'{"query": ""}', 400),
    "a list of variables": (b'{"query": "{ cursor }", "variables": [1]}', 400),
    "variables as text": (b'{"query": "{ cursor }", "variables": "{}"}', 400),
    "a name of another type": (b'{"query": "{ cursor }", "operationName": 5}', 400),
    "too many bytes": (json.dumps({"query": SUBMIT + " " * 2**20}), 413),
    "brackets": (b"[" * 500_000, 400),
    "deep variables": (b'{"query": "{ cursor }", "variables": {"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}}", 400),
}


@pytest.mark.parametrize("what", BODIES)
async def test_a_body_that_is_no_request_is_refused(what: str, c: Cast) -> None:
    body, status = BODIES[what]
    async with unchanged(c.hospital.database):
        answer = await post(c, body)
        assert clear(answer) == ["BAD_ARGUMENT"]
        assert answer.response.status_code == status


@pytest.mark.parametrize("kind", ["", "text/plain", "application/graphql", "application/x-www-form-urlencoded"])
async def test_another_content_type_is_refused(kind: str, c: Cast) -> None:
    """Also what a browser sends across origins without asking first."""
    async with unchanged(c.hospital.database):
        answer = await post(c, json.dumps({"query": SUBMIT}), **{"content-type": kind})
        assert (clear(answer), answer.response.status_code) == (["BAD_ARGUMENT"], 415)


async def test_a_mutation_by_get_is_refused(c: Cast) -> None:
    headers = {"authorization": f"Bearer {c.tokens['admin']}"}
    async with unchanged(c.hospital.database):
        for parameters in (
            {"query": SUBMIT},
            {"query": f"query A {{ cursor }} {SUBMIT.replace(' ', ' B ', 1)}", "operationName": "B"},
        ):
            response = await c.api.http.get("/graphql", params=parameters, headers=headers)
            assert (clear(answer_of(response)), response.status_code) == (["BAD_ARGUMENT"], 405)
        for parameters in ({"query": "{ cursor }", "variables": "{"}, {"variables": "{}"}):
            response = await c.api.http.get("/graphql", params=parameters, headers=headers)
            assert (clear(answer_of(response)), response.status_code) == (["BAD_ARGUMENT"], 400)
        for method in ("PUT", "DELETE", "PATCH"):
            assert (await c.api.http.request(method, "/graphql", headers=headers)).status_code == 405


def nested(depth: int) -> str:
    return "{ ideas { nodes { " + "comments { nodes { idea { " * depth + "id" + " } } }" * depth + " } } }"


FALSE: dict[str, tuple[str, set[str]]] = {
    "no GraphQL": ("{ cursor", {"GRAPHQL_PARSE_FAILED"}),
    "a lone surrogate": (r'{ node(id: "\uD800") { id } }', {"GRAPHQL_PARSE_FAILED"}),
    "an unknown field": ("{ password }", {"GRAPHQL_VALIDATION_FAILED"}),
    "fragments in a circle": (
        "{ viewer { ...A } } fragment A on Person { ...B } fragment B on Person { ...A }", {"GRAPHQL_VALIDATION_FAILED"}
    ),
    "a fragment of itself": ("{ viewer { ...A } } fragment A on Person { ...A }", {"GRAPHQL_VALIDATION_FAILED"}),
    "only a fragment": ("fragment A on Person { id }", {"GRAPHQL_VALIDATION_FAILED", "BAD_ARGUMENT"}),
    "10,000 aliases": (
        "{ " + " ".join(f"a{n}: cursor" for n in range(10_000)) + " }", {"GRAPHQL_PARSE_FAILED", "TOO_COSTLY"}
    ),
    "2,000 aliases": ("{ " + " ".join(f"a{n}: organisation {{ id }}" for n in range(1_600)) + " }", {"TOO_COSTLY"}),
    "300 aliases": ("{ " + " ".join(f"a{n}: cursor" for n in range(300)) + " }", {"TOO_COSTLY"}),
    "a long alias": ("{ " + "a" * 64 + ": cursor }", {"GRAPHQL_VALIDATION_FAILED"}),
    "30 deep": (nested(9), {"TOO_COSTLY"}),
    "600 deep": (nested(200), {"GRAPHQL_PARSE_FAILED"}),
    "3,000 deep": (nested(1000), {"GRAPHQL_PARSE_FAILED"}),
    "a deep list": (
        "{ nodes(ids: " + "[" * 4000 + "]" * 4000 + ") { id } }", {"GRAPHQL_PARSE_FAILED"}
    ),
    "a list 90 deep": ("{ nodes(ids: " + "[" * 90 + "]" * 90 + ") { id } }", {"GRAPHQL_VALIDATION_FAILED"}),
    "far too long": ("{ cursor } #" + "x" * 500_000, {"TOO_COSTLY"}),
    "a subscription": ("subscription { feed { cursor } }", {"BAD_ARGUMENT"}),
    "two operations": ("query A { cursor } query B { cursor }", {"BAD_ARGUMENT"}),
    "too much of everything": (
        "{ ideas(first: 100) { nodes { comments(first: 100) { nodes { idea { "
        "comments(first: 100) { nodes { id } } } } } } } }",
        {"TOO_COSTLY"},
    ),
    "a missing variable": ("query($id: ID!) { node(id: $id) { id } }", {"BAD_ARGUMENT"}),
    "an unknown variable": ("{ node(id: $id) { id } }", {"GRAPHQL_VALIDATION_FAILED"}),
    "too many ids": ("{ nodes(ids: [" + '"x" ' * 101 + "]) { id } }", {"BAD_ARGUMENT"}),
}  # fmt: skip


@pytest.mark.parametrize("what", FALSE)
async def test_a_document_that_cannot_be_answered_is_refused(what: str, c: Cast) -> None:
    text, codes = FALSE[what]
    async with unchanged(c.hospital.database):
        answer = await c.api.ask(text, c.tokens["admin"])
        assert clear(answer)
        assert set(clear(answer)) <= codes
        assert answer.data is None


async def test_the_schema_describes_itself_once_and_in_one_piece(c: Cast) -> None:
    """Without a bearer: many names for one field would make it write for seconds."""
    assert (await c.api.ask(get_introspection_query())).errors == []
    assert (await c.api.ask('{ idea: __type(name: "Idea") { name } win: __type(name: "Win") { name } }')).errors == []
    for text in ("{ a: __schema { types { name } } }", "{ __schema { types { a: fields { name } } } }"):
        assert (await c.api.ask(text)).codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_what_is_kept_of_documents_is_bounded_by_their_size(c: Cast) -> None:
    documents = c.api.service.documents
    for n in range(15):
        await c.api.ask("{ " + " ".join(f"a{n}x{each}: __typename" for each in range(100)) + " " * 90_000 + "}")
        assert sum(map(len, documents.known)) == documents.characters <= KEPT_CHARACTERS
    assert len(documents.known) <= 11


async def test_an_unknown_operation_name_is_refused(c: Cast) -> None:
    for name in ("C", "a", "A ", "\0", "x" * 100_000):
        answer = await post(c, json.dumps({"query": "query A { cursor } query B { cursor }", "operationName": name}))
        assert clear(answer) == ["BAD_ARGUMENT"]


@pytest.mark.parametrize(
    "text",
    [
        "{ " + "cursor " * 9_000 + "}",
        "{ " + "organisation { id } " * 1_900 + "}",
        "{ " + "...A " * 3_000 + "} fragment A on Query { cursor }",
        "{ viewer { ...F0 } } "
        + " ".join(f"fragment F{n} on Person {{ ...F{n + 1} ...F{n + 1} }}" for n in range(700))
        + " fragment F700 on Person { id }",
        "mutation { " + " ".join(f'a{n}: withdrawIdea(input: {{ideaId: "x"}}) {{ cursor }}' for n in range(600)) + " }",
    ],
    ids=["one field", "one object", "one fragment", "fragments in fragments", "mutations"],
)
async def test_the_same_thing_a_thousand_times_costs_little(text: str, c: Cast) -> None:
    """Validation compares what has one name pair by pair: nobody may make it busy for minutes."""
    began = time.process_time()
    codes = clear(await c.api.ask(text, c.tokens["admin"]))
    assert time.process_time() - began < 3
    assert set(codes) <= {"TOO_COSTLY", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}


@pytest.mark.parametrize(
    "document",
    [
        "{ " + 'theme(id: "a") { id } ' * 400 + "}",
        "{ " + "".join(f"a{n}: cursor " for n in range(201)) + "}",
        "{ cursor " + "...F " * 11 + "} fragment F on Query { cursor }",
        "{ ...F0 } " + "".join(f"fragment F{n} on Query {{ cursor }} " for n in range(101)),
    ],
)
async def test_what_would_cost_the_square_to_validate_is_refused_before(module_api: Api, document: str) -> None:
    assert (await module_api.ask(document)).codes == ["TOO_COSTLY"]


@pytest.mark.parametrize("name", ["include", "skip"])
async def test_a_null_that_should_say_whether_is_refused(name: str, c: Cast) -> None:
    """The type of the variable may be nullable because it has a default; null is not absent."""
    text = f"query($if: Boolean = true) {{ ideas(first: 1) {{ nodes {{ id }} }} cursor @{name}(if: $if) }}"
    assert (await c.api.ask(text, c.tokens["member"], **{"if": None})).codes == ["BAD_ARGUMENT"]
    assert ("cursor" in (await c.api.ask(text, c.tokens["member"])).data) is (name == "include")
