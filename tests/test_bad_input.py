"""Whatever is sent, the answer is clear and typed, nothing of the inside shows, and nothing has changed."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from graphql import (
    GraphQLInputType,
    get_named_type,
    is_input_object_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.type import GraphQLEnumType, GraphQLList, GraphQLNonNull

from api.resolvers.mutations import IDS, snake
from db.rules import MOST_IDEAS_OF_A_WIN, MOST_LEADS, MOST_THANKS, MOST_UNITS_OF_A_THEME
from tests.clearly import clear
from tests.client import Api
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
from tests.test_permissions import OUTSIDE, succeeded

ACTORS = {"withdrawIdea": "author", "editComment": "author"}  # all else the administrator may
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
    elif named.name == "Boolean":
        singles = [0, 1, "true", "", {}, 1.5, MILLION]
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
    if mutation not in OUTSIDE:
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
            known = SCHEMA.query_type.fields[name].args
            others = [f'{arg}: "x"' for arg, its in known.items() if arg != path[0] and is_required_argument(its)]
            called = ", ".join([f"{path[0]}: $v", *others])
            query = f"query($v: {known[path[0]].type}) {{ {name}({called}) {{ __typename }} }}"
            for value in wrong:
                given: object = {path[1]: value} if len(path) == 2 else value
                codes = clear(await c.api.ask(query, c.tokens["admin"], v=given))
                if value == "\0" and path[-1] not in ("id", "ids", "reference"):  # of which there is none
                    assert codes, (name, path)
                assert set(codes) <= {"BAD_ARGUMENT", "CURSOR_EXPIRED"}, (name, path, value)
