"""Whatever is sent, the answer is clear and typed, nothing of the inside shows, and nothing has changed."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from graphql import GraphQLInputType, get_named_type, is_input_object_type, is_required_input_field
from graphql.type import GraphQLEnumType, GraphQLList, GraphQLNonNull

from api.resolvers.mutations import IDS, snake
from db.rules import MOST_IDEAS_OF_A_WIN, MOST_LEADS, MOST_THANKS, MOST_UNITS_OF_A_THEME
from db.terms import RefusalCode, UserErrorCode
from tests.client import Answer, Api
from tests.factories import Hospital
from tests.mutations import (
    DOCUMENTS,
    SCHEMA,
    VALID,
    Cast,
    Made,
    a_closed_theme,
    a_draft,
    an_idea,
    cast_of,
    input_of,
    mutations,
)
from tests.state import fingerprint, unchanged
from tests.test_permissions import succeeded

ACTORS = {"withdrawIdea": "author", "editComment": "author"}  # all else the administrator may
CODES = {*map(str, RefusalCode), "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"} - {"INTERNAL", "UNAVAILABLE"}
# Statements, stack traces, file names, class names, addresses of objects: what a clear error never says.
LEAKS = re.compile(
    r"(?i)\bselect\b.*\bfrom\b|insert into|traceback|\.py\b|asyncpg|sqlalchemy|strawberry|graphql-core"
    r"|<class|object at 0x|[a-z]Error\b|[a-z]Exception\b|\bNoneType\b|dataclass|organisation_id|postgres"
)
MILLION = "x" * 1_000_000
CONTROLS = ("\0", "a\0b", "bell\x07", "\x1b[31mred", "\x7f", "next\x85line", "\x9f")
NOT_TEXT = (5, 1.5, True, {}, {"some": "thing"}, [["x"]])
BLANK = ("", "   ", "\n\t \r\n", "\u2003")
PASSWORDS = ("", "short", "x" * 201, "long enough\0", MILLION, 5, [[]], {})
SPECIAL: dict[str, tuple[object, ...]] = {
    "password": PASSWORDS,
    "newPassword": PASSWORDS,
    "email": (
        "", " ", "nobody", "a@b", "@b.example", "a@", "a b@c.example", "a@b..example", "a@b.example\n,c@d.example",
        "a" * 250 + "@b.example", "a\0@b.example", MILLION, *NOT_TEXT,
    ),
    "timeZone": ("", "Mars/Phobos", "../../etc/passwd", "/etc/passwd", "Europe", "\0", "x" * 300, MILLION, *NOT_TEXT),
    "publicUrl": (
        "", "ftp://x.example", "javascript:alert(1)", "//x.example", "https://", "https://a b.example", "http://[half",
        "https://x.example/\0", "https://" + "x" * 2000, MILLION, *NOT_TEXT,
    ),
    "responseTargetDays": (0, -1, 366, 2**31, -(2**63), 10**30, 1.5, "3", True, [], {}),
    "expectedVersion": (-1, 0, 77, 2**31 - 1, 2**31, -(2**40), 10**30, 1.5, "1", True, [], {}),
    "idempotencyKey": ("", "x" * 129, "two\nlines", "\0", MILLION, True, 1.5, [], {}),
    "anonymous": ("true", 1, 0, "", [], {}),
    "shownOnScreens": ("true", 1, 0, "", [], {}),
}  # fmt: skip
BY_TYPE: dict[str, tuple[object, ...]] = {
    "Date": (
        "2026-02-30", "2026-13-01", "2026-00-10", "0000-01-01", "-0001-01-01", "10000-01-01", "2026-1-1", "20260101",
        "2026-11-23T00:00:00Z", "٢٠٢٦-11-23", "today", "", "\0", 20261123, 0, True, [], {}, MILLION,
    ),
    "Float": ("1", "NaN", "Infinity", True, [], {}, ""),
}  # fmt: skip
# What is no mistake: a session that has ended already has ended.
NO_MISTAKE = {("signOut", "refreshToken")}


@pytest_asyncio.fixture(scope="module")
async def c(module_hospital: Hospital, module_api: Api, quick_passwords: None) -> Cast:
    return await cast_of(module_hospital, module_api)


def clear(answer: Answer) -> list[str]:
    """The codes of an answer that refused, clearly: none where it did not refuse."""
    codes = []
    assert answer.response.status_code < 500, answer.response.text[:500]
    assert len(answer.response.content) < 20_000
    assert not (found := LEAKS.search(answer.response.text)), (found, answer.response.text[:500])
    for error in answer.errors:
        assert error["message"]
        assert error["extensions"]["code"] in CODES, error
        codes.append(error["extensions"]["code"])
    for payload in (answer.data or {}).values():
        for error in (payload or {}).get("userErrors", ()) if isinstance(payload, dict) else ():
            assert error["code"] in set(UserErrorCode)
            assert error["message"]
            codes.append(error["code"])
    return codes


def fields() -> Iterator[tuple[str, str]]:
    for mutation in mutations():
        for field in input_of(mutation).fields:
            yield mutation, field


def values_for(name: str, type_: GraphQLInputType, c: Cast) -> Iterator[object]:
    """Wrong values for one field of an input, every one of which must be refused."""
    required = isinstance(type_, GraphQLNonNull)
    inner = type_.of_type if required else type_
    named = get_named_type(type_)
    if required:
        yield None
    listed = isinstance(inner, GraphQLList)
    singles: list[object]
    if name in SPECIAL:
        singles = list(SPECIAL[name])
    elif named.name in BY_TYPE:
        singles = list(BY_TYPE[named.name])
    elif isinstance(named, GraphQLEnumType):
        singles = ["NOPE", "", "open", "OPEN ", 5, True, {}, "\0", MILLION]
    elif named.name == "ID":
        tag, _ = IDS[snake(name)]
        other = "unit" if tag == "person" else "person"
        singles = ["", " ", "x", f"{tag}_", f"{tag}_x", f"{other}_{uuid4()}", f"{tag}_{uuid4()}"]
        singles += [f"{tag.upper()}_{uuid4()}", f"{tag}_{str(uuid4()).upper()}", f"{tag}_{uuid4().hex}"]
        singles += [f"{tag}_{uuid4()}\0", f" {tag}_{uuid4()}", f"{tag}_{'0' * 36}", "%00", "'; drop table idea; --"]
        singles += [7, -1, 10**40, 1.5, True, {}, MILLION]
        singles += [f"{tag}_{c.hospital.stranger}"] if tag == "person" else []
    else:
        assert named.name == "String", f"{name}: a type without wrong values, {named.name}"
        singles = [MILLION, *CONTROLS, *NOT_TEXT, *(BLANK if required else ())]
    yield from ([each] for each in singles) if listed else singles
    if listed:
        yield [None]
        yield from ("\0", 5, {}) if named.name != "ID" else ("x", 5, {})


@pytest.mark.parametrize("mutation", mutations())
async def test_every_wrong_value_of_every_input_is_refused_clearly(mutation: str, c: Cast) -> None:
    database, token = c.hospital.database, c.tokens[ACTORS.get(mutation, "admin")]
    valid = await VALID[mutation](c)
    before = await fingerprint(database)
    its = input_of(mutation).fields
    tries: list[tuple[str, Made]] = [
        (name, {**valid, name: value}) for name, field in its.items() for value in values_for(name, field.type, c)
    ]
    for name, field in its.items():
        if is_required_input_field(field):
            tries.append((name, {key: value for key, value in valid.items() if key != name}))
    tries.append(("", {**valid, "nothingOfTheKind": 1}))
    for name, given in tries:
        answer = await c.api.ask(DOCUMENTS[mutation], token, input=given)
        codes = clear(answer)
        told = (mutation, name, str(given.get(name))[:60])
        assert codes or (mutation, name) in NO_MISTAKE, told
        payload = (answer.data or {}).get(mutation) or {}
        for error in payload.get("userErrors", ()):
            assert error["path"][:1] in ([], [name]), told
        await forgive(c)
        assert await fingerprint(database) == before, told
    if mutation not in ("signOut", "signIn", "refreshSession", "acceptInvitation"):
        succeeded(await c.api.ask(DOCUMENTS[mutation], token, input=valid), mutation)  # so it was the value, each time


async def forgive(c: Cast) -> None:
    """Guesses at passwords are counted, and after a few nothing else would be tested."""
    async with c.hospital.database.writes.connection() as connection:
        await connection.execute("delete from sign_in_failure")


@pytest.mark.parametrize("input_", [None, 5, "x", [], [None], True, {}], ids=repr)
async def test_an_input_that_is_no_object_is_refused(input_: Any, c: Cast) -> None:
    async with unchanged(c.hospital.database):
        for mutation in mutations():
            # All of an edit of oneself or of the settings may be absent; nothing changes then.
            if input_ == {} and not any(map(is_required_input_field, input_of(mutation).fields.values())):
                continue
            assert set(clear(await c.api.ask(DOCUMENTS[mutation], c.tokens["admin"], input=input_))) == {"BAD_ARGUMENT"}


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


async def test_what_cannot_be_together_is_refused(c: Cast) -> None:
    closed, draft = f"theme_{await a_closed_theme(c)}", f"theme_{await a_draft(c)}"
    idea = f"idea_{await an_idea(c)}"
    theme = {"title": "Falls", "objective": "Halve them"}
    win = {"headline": "Found", "change": "Moved"}
    people = [f"person_{uuid4()}" for _ in range(MOST_THANKS + 1)]
    leads, units = ids("person", MOST_LEADS), ids("unit", MOST_UNITS_OF_A_THEME)
    blank = {"ideaId": idea, "to": "DECLINED", "reason": " \n"}
    wrong: list[tuple[str, str, Made, str, list[str]]] = [
        ("admin", "createTheme", {**theme, "opensOn": "2030-02-02", "closesOn": "2030-02-01"}, "INVALID", ["closesOn"]),
        ("admin", "createTheme", {**theme, "opensOn": "9999-12-31", "closesOn": "2030-01-01"}, "INVALID", ["closesOn"]),
        ("admin", "submitIdea", {"problem": "x", "themeId": closed}, "THEME_CLOSED", ["themeId"]),
        ("admin", "submitIdea", {"problem": "x", "themeId": draft}, "THEME_CLOSED", ["themeId"]),
        ("member", "submitIdea", {"problem": "x", "themeId": draft}, "NOT_FOUND", ["themeId"]),
        ("admin", "assignIdeaToTheme", {"ideaId": idea, "themeId": closed}, "THEME_CLOSED", ["themeId"]),
        ("admin", "assignIdeaToTheme", {"ideaId": idea, "themeId": draft}, "THEME_CLOSED", ["themeId"]),
        ("unit lead", "assignIdeaToTheme", {"ideaId": idea, "themeId": draft}, "NOT_FOUND", ["themeId"]),
        ("admin", "shareWin", {**win, "themeId": draft}, "NOT_ALLOWED_NOW", ["themeId"]),
        ("admin", "shareWin", {**win, "ideaIds": [idea]}, "NOT_ALLOWED_NOW", ["ideaIds", "0"]),
        ("admin", "shareWin", {**win, "thankIds": people}, "LIMIT_REACHED", ["thankIds"]),
        ("admin", "shareWin", {**win, "ideaIds": ids("idea", MOST_IDEAS_OF_A_WIN)}, "LIMIT_REACHED", ["ideaIds"]),
        ("admin", "createTheme", {**theme, "unitIds": units}, "LIMIT_REACHED", ["unitIds"]),
        ("admin", "createUnit", {"name": "Bay", "leadIds": leads}, "LIMIT_REACHED", ["leadIds"]),
        ("admin", "closeTheme", {"themeId": draft}, "NOT_ALLOWED_NOW", ["themeId"]),
        ("admin", "changeIdeaStatus", {"ideaId": idea, "to": "DECLINED"}, "REASON_REQUIRED", ["reason"]),
        ("admin", "changeIdeaStatus", blank, "REASON_REQUIRED", ["reason"]),
        ("admin", "changeIdeaStatus", {"ideaId": idea, "to": "IMPLEMENTED"}, "NOT_ALLOWED_NOW", ["to"]),
        ("admin", "changeIdeaStatus", {"ideaId": idea, "to": "WITHDRAWN"}, "NOT_ALLOWED_NOW", ["to"]),
        ("admin", "invitePerson", {"name": "N", "email": "OTHER@wenlow.example"}, "ALREADY_TAKEN", ["email"]),
        ("admin", "invitePerson", {"name": "N", "email": "n@x.example", "roles": ["UNIT_LEAD"]}, "INVALID", ["roles"]),
    ]  # fmt: skip
    async with unchanged(c.hospital.database):
        for who, mutation, given, code, path in wrong:
            answer = await c.ask(who, mutation, given)
            assert clear(answer) == [code], (mutation, given)
            assert answer.data[mutation]["userErrors"][0]["path"] == path


def ids(tag: str, most: int) -> list[str]:
    """One more than there may be."""
    return [f"{tag}_{uuid4()}" for _ in range(most + 1)]


async def test_a_list_that_names_somebody_twice_names_them_once(c: Cast) -> None:
    person = f"person_{c['member']}"
    query = """mutation($input: ShareWinInput!) { shareWin(input: $input) {
      win { thanks { id } values } userErrors { code } } }"""
    given = {
        "headline": "Found", "change": "Moved", "thankIds": [person] * (MOST_THANKS + 5), "values": ["EQUITY"] * 20,
    }  # fmt: skip
    answer = await c.api.ask(query, c.tokens["member"], input=given)
    assert answer.data["shareWin"] == {"win": {"thanks": [{"id": person}], "values": ["EQUITY"]}, "userErrors": []}


async def test_a_key_used_for_something_else_is_a_user_error(c: Cast) -> None:
    given = {"problem": "Where are the wedges?", "idempotencyKey": uuid4().hex}
    succeeded(await c.ask("member", "submitIdea", given), "submitIdea")
    async with unchanged(c.hospital.database):
        answer = await c.ask("member", "submitIdea", {**given, "problem": "Where are the cushions?"})
        assert answer.data["submitIdea"]["userErrors"][0] == {
            "code": "IDEMPOTENCY_CONFLICT",
            "message": "This key was already used for something else.",
            "path": ["idempotencyKey"],
        }


# -- arguments of queries


def arguments() -> Iterator[tuple[str, list[str]]]:
    """Every argument of every query, and every field of those that are objects."""
    assert SCHEMA.query_type is not None
    for name, field in SCHEMA.query_type.fields.items():
        for argument, its in field.args.items():
            named = get_named_type(its.type)
            if is_input_object_type(named):
                yield from ((name, [argument, inner]) for inner in named.fields)
            yield name, [argument]


async def test_every_wrong_argument_of_every_query_is_answered_clearly(c: Cast) -> None:
    wrong = [
        "", " ", "x", "\0", "\x07", "idea_x", f"unit_{uuid4()}", "e.0.1", "%_\\", "'", 0, -1, 101, 2**31, 10**30, 1.5,
        True, [], [[]], {}, "2026-02-30T00:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "Z" * 300,
        "NOPE", "x" * 100_000, "WyJ4Il0", "W10",
    ]  # fmt: skip
    assert SCHEMA.query_type is not None
    async with unchanged(c.hospital.database):
        for name, path in arguments():
            argument = SCHEMA.query_type.fields[name].args[path[0]]
            query = f"query($v: {argument.type}) {{ {name}({path[0]}: $v) {{ __typename }} }}"
            for value in wrong:
                given: object = {path[1]: value} if len(path) == 2 else value
                codes = clear(await c.api.ask(query, c.tokens["admin"], v=given))
                if value == "\0" and path[-1] not in ("id", "ids", "reference"):  # of which there is none
                    assert codes, (name, path)
                assert set(codes) <= {"BAD_ARGUMENT", "CURSOR_EXPIRED"}, (name, path, value)


# -- requests that are none of GraphQL's


async def post(c: Cast, body: str | bytes, **headers: str) -> Answer:
    headers = {"content-type": "application/json", "authorization": f"Bearer {c.tokens['admin']}", **headers}
    return answer_of(await c.api.http.post("/graphql", content=body, headers=headers))


def answer_of(response: httpx.Response) -> Answer:
    body = response.json()
    assert "groundswell-request-id" in response.headers
    return Answer(body.get("data"), body.get("errors", []), response)


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


# -- text as it is kept


TEXTS = {
    "composed": ("Cafe\u0301 au lait", "Caf\u00e9 au lait"),
    "lines of Windows": ("one\r\ntwo\rthree", "one\ntwo\nthree"),
    "blanks around": ("  \n in the middle \t\n ".replace("\t", ""), "in the middle"),
    "emoji": ("👩🏽‍⚕️ and 🏳️‍🌈 on ward 7 🎉", "👩🏽‍⚕️ and 🏳️‍🌈 on ward 7 🎉"),
    "right to left": ("غرفة الانتظار مكتظة", "غرفة الانتظار مكتظة"),
    "both directions": ("Bed \u2067غرفة\u2069 4", "Bed \u2067غرفة\u2069 4"),
    "markup": ("<script>alert('x')</script> & \\ \"", "<script>alert('x')</script> & \\ \""),
    "SQL": ("'; drop table idea; -- $1 %s {x}", "'; drop table idea; -- $1 %s {x}"),
    "beyond the BMP": ("𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \U0010fffd", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 \U0010fffd"),
}


@pytest.mark.parametrize("what", TEXTS)
async def test_text_is_kept_as_it_was_meant(what: str, c: Cast) -> None:
    given, kept = TEXTS[what]
    query = "mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { id title problem } } }"
    written = await c.api.ask(query, c.tokens["member"], input={"problem": given})
    idea = written.data["submitIdea"]["idea"]
    assert (idea["problem"], idea["title"]) == (kept, " ".join(kept.split()))
    again = await c.api.ask("query($id: ID!) { idea(id: $id) { id title problem } }", c.tokens["author"], id=idea["id"])
    assert again.data["idea"] == idea


async def test_lengths_are_those_of_what_is_kept(c: Cast) -> None:
    for length, codes in ((140, []), (141, ["TOO_LONG"])):
        given = {"problem": "x", "title": " " + "e\u0301" * length + "  "}
        assert clear(await c.ask("member", "submitIdea", given)) == codes
        assert clear(await c.ask("member", "submitIdea", {"problem": "🎉", "title": "🎉" * length})) == codes
    for length, codes in ((4000, []), (4001, ["TOO_LONG"])):
        assert clear(await c.ask("member", "submitIdea", {"problem": "p" * length})) == codes


async def test_a_missing_title_is_the_first_words_of_the_problem(c: Cast) -> None:
    query = "mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { title } } }"
    for problem, title in (
        ("Every night we look for a drip stand, on three wards and in the corridor behind the lifts.",
         "Every night we look for a drip stand, on three wards and in the corridor behind"),
        ("x" * 100, "x" * 80),
        ("One\nline", "One line"),
    ):  # fmt: skip
        for missing in ({}, {"title": None}, {"title": "  \n"}):
            answer = await c.api.ask(query, c.tokens["member"], input={"problem": problem, **missing})
            assert answer.data["submitIdea"]["idea"]["title"] == title


async def test_blank_optional_text_is_none(c: Cast) -> None:
    query = "mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) { idea { solution } userErrors { code } } }"
    for blank in (*BLANK, None):
        answer = await c.api.ask(query, c.tokens["member"], input={"problem": "x", "solution": blank})
        assert answer.data["submitIdea"] == {"idea": {"solution": None}, "userErrors": []}
