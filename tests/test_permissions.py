"""Who may what, from outside: docs/rules.md, 2, as a table, and that what may not be seen looks as if it never was."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from db.operations import comments, ideas
from tests import factories
from tests.client import Answer, Api
from tests.factories import Hospital
from tests.mutations import (
    VALID,
    Cast,
    Made,
    Make,
    a_comment,
    a_draft,
    a_win,
    an_idea,
    approve_pairing_for_all,
    cast_of,
    create_theme_for_a_unit,
    mutations,
    of,
    results_of,
    share_win_of_an_idea,
)
from tests.state import fingerprint

# Whoever takes part; an executive reads.
MEMBERS = {
    "member", "author", "unit lead", "lead above", "lead elsewhere", "theme owner", "theme lead", "coach", "moderator",
    "admin",
}  # fmt: skip
SIGNED_IN = MEMBERS | {"executive"}
LEADS = {"unit lead", "lead above", "theme owner", "admin"}  # of the idea
NOBODY = ("anonymous", "deactivated", "expired", "signed out")  # who is not, or no longer, signed in
EVERYBODY = [*sorted(SIGNED_IN), "stranger", *NOBODY]


@dataclass(frozen=True)
class Case:
    """One mutation on something the author made: who may. `own`: it is about whoever asks, or their organisation."""

    mutation: str
    may: set[str]
    make: Make | None = None
    own: bool = False
    name: str = ""

    @property
    def valid(self) -> Make:
        return self.make or VALID[self.mutation]


CASES = [
    Case("submitIdea", MEMBERS),
    Case("editIdea", {"author", "admin"}),
    Case("withdrawIdea", {"author"}),
    Case("changeIdeaStatus", LEADS | {"coach"}),
    Case("assignIdeaToTheme", LEADS),
    Case("supportIdea", MEMBERS),
    Case("unsupportIdea", MEMBERS),
    Case("followIdea", MEMBERS),
    Case("unfollowIdea", MEMBERS),
    Case("addComment", MEMBERS),
    Case("editComment", {"author"}),
    Case("removeComment", {"author", "moderator", "admin"}),
    Case("createTheme", {"theme lead", "admin"}),
    Case("createTheme", {"unit lead", "lead above", "theme lead", "admin"}, create_theme_for_a_unit, name="for a unit"),
    Case("editTheme", {"theme owner", "admin"}),
    Case("editTheme", {"theme owner", "admin"}, of(a_draft, "themeId", "theme", why="?"), name="a draft"),
    Case("openTheme", {"theme owner", "admin"}),
    Case("openTheme", {"theme owner", "admin"}, of(a_draft, "themeId", "theme"), name="a draft"),
    Case("closeTheme", {"theme owner", "admin"}),
    Case("shareWin", MEMBERS),
    Case("shareWin", LEADS | {"author"}, share_win_of_an_idea, name="of an idea"),
    Case("editWin", LEADS | {"author"}),
    Case("invitePerson", {"admin"}),
    Case("editPerson", {"admin"}),
    Case("deactivatePerson", {"admin"}),
    Case("editProfile", SIGNED_IN, own=True),
    Case("changePassword", SIGNED_IN, own=True),
    Case("editOrganisation", {"admin"}, own=True),
    Case("createUnit", {"admin"}),
    Case("editUnit", {"admin"}),
    Case("approvePairing", {"unit lead", "lead above", "admin"}),
    Case("approvePairing", {"admin"}, approve_pairing_for_all, own=True, name="for the whole organisation"),
    Case("renameScreen", {"unit lead", "lead above", "admin"}),
    Case("revokeScreen", {"unit lead", "lead above", "admin"}),
]
HIDDEN_FROM_OTHERS = {"renameScreen", "revokeScreen"}
# The sign-in family stands outside: what opens it is in the input (tests/test_sessions.py).
OUTSIDE = {"signIn", "refreshSession", "acceptInvitation", "signOut", "requestPairing", "redeemPairing"}


@pytest_asyncio.fixture(scope="module")
async def c(module_hospital: Hospital, module_api: Api, quick_passwords: None) -> Cast:
    return await cast_of(module_hospital, module_api)


def test_every_mutation_stands_in_the_table() -> None:
    assert {case.mutation for case in CASES} | OUTSIDE == set(mutations())
    assert set(VALID) == set(mutations())


def refused(answer: Answer, mutation: str) -> str:
    """The one code with which it was refused."""
    payload = (answer.data or {}).get(mutation)
    if answer.errors:
        assert payload is None
        (code,) = answer.codes
        return str(code)
    assert [payload[name] for name in (*results_of(mutation), "cursor")] == [None] * (len(results_of(mutation)) + 1)
    (error,) = payload["userErrors"]
    return str(error["code"])


def succeeded(answer: Answer, mutation: str) -> None:
    assert answer.errors == []
    payload = answer.data[mutation]
    assert payload["userErrors"] == []
    assert all(payload[name] is not None for name in (*results_of(mutation), "cursor"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.mutation} {case.name}".strip())
async def test_who_may_and_nobody_else_changes_anything(case: Case, c: Cast) -> None:
    database, answers = c.hospital.database, {}
    given = await case.valid(c)
    before = await fingerprint(database)
    for who in EVERYBODY:
        if who in case.may or (case.own and who == "stranger"):
            continue
        answers[who] = refused(await c.ask(who, case.mutation, given), case.mutation)
        assert await fingerprint(database) == before, who
    assert {who: answers.pop(who) for who in NOBODY} == dict.fromkeys(NOBODY, "UNAUTHENTICATED")
    # A draft is hidden from whoever may not open it, and so is a screen; all else they see, and may not.
    hidden = "NOT_FOUND" if case.name == "a draft" or case.mutation in HIDDEN_FROM_OTHERS else "FORBIDDEN"
    if not case.own:
        assert answers.pop("stranger") in ("NOT_FOUND", "FORBIDDEN")
    assert answers == dict.fromkeys(answers, hidden)
    for who in sorted(case.may):
        succeeded(await c.ask(who, case.mutation, await case.valid(c)), case.mutation)


@pytest.mark.parametrize("case", [case for case in CASES if case.own], ids=lambda case: case.mutation)
async def test_somebody_of_another_organisation_changes_their_own_alone(case: Case, c: Cast) -> None:
    database, organisation = c.hospital.database, c.hospital.organisation
    before = await fingerprint(database, organisation)
    succeeded(await c.ask("stranger", case.mutation, await case.valid(c)), case.mutation)
    assert await fingerprint(database, organisation) == before


# -- hidden is as if it never was


def with_unknown_ids(given: Made) -> Made:
    """The same input with ids that never existed."""

    def unknown(value: Any) -> Any:
        if isinstance(value, list):
            return [unknown(item) for item in value]
        if isinstance(value, str) and value.count("_") == 1 and len(value.partition("_")[2]) == 36:
            return f"{value.partition('_')[0]}_{uuid4()}"
        return value

    return {name: unknown(value) for name, value in given.items()}


@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.own], ids=lambda case: f"{case.mutation} {case.name}".strip()
)
async def test_another_organisations_things_answer_as_what_never_existed(case: Case, c: Cast) -> None:
    given = await case.valid(c)
    before = await fingerprint(c.hospital.database)
    theirs = await c.ask("stranger", case.mutation, given)
    never = await c.ask("stranger", case.mutation, with_unknown_ids(given))
    assert theirs.response.content == never.response.content
    assert await fingerprint(c.hospital.database) == before


async def withdrawn(c: Cast) -> UUID:
    idea = await an_idea(c)
    await c.hospital.do(ideas.withdraw_idea, c["author"], idea=idea)
    return idea


async def removed(c: Cast) -> UUID:
    comment = await a_comment(c)
    await c.hospital.do(comments.remove_comment, c["author"], comment=comment)
    return comment


async def of_a_withdrawn_idea(c: Cast) -> UUID:
    idea = await an_idea(c)
    comment = await factories.comment(c.hospital, idea, c["member"])
    await c.hospital.do(ideas.withdraw_idea, c["author"], idea=idea)
    return comment


HIDDEN = {
    "a withdrawn idea": (withdrawn, "idea", {"author"}),
    "a draft": (a_draft, "theme", {"theme owner", "admin"}),
    "a removed comment": (removed, "comment", set()),
    "a comment of a withdrawn idea": (of_a_withdrawn_idea, "comment", set()),
}
# Who removed it, or might have, may be told that it is done (the same request may come twice).
REPEATABLE = {"removeComment": {"author", "moderator", "admin"}}


def by_id(tag: str, id_: UUID) -> list[str]:
    """Every way of asking for one thing."""
    node = f"{tag}_{id_}"
    ways = [f'{{ node(id: "{node}") {{ id }} }}', f'{{ nodes(ids: ["{node}"]) {{ id }} }}']
    if tag in ("idea", "theme"):
        ways.append(f'{{ {tag}(id: "{node}") {{ id }} }}')
    if tag == "theme":
        ways.append(f'{{ ideas(filter: {{themeId: "{node}"}}) {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} }}')
        ways.append(f'{{ wins(filter: {{themeId: "{node}"}}) {{ nodes {{ id }} pageInfo {{ hasNextPage }} }} }}')
    if tag == "idea":
        ways.append(f'{{ feed(filter: {{ideaId: "{node}", types: [IDEA_SUBMITTED]}}) {{ nodes {{ at }} }} }}')
    return ways


@pytest.mark.parametrize("what", HIDDEN)
async def test_what_is_hidden_answers_as_what_never_existed(what: str, c: Cast) -> None:
    make, tag, seen_by = HIDDEN[what]
    hidden, never = await make(c), uuid4()
    about: list[tuple[str, Made, str]] = []
    for case in CASES:
        given = await case.valid(c)
        field = next((name for name in (f"{tag}Id", f"{tag}Ids") if name in given), None)
        if field is not None and not case.name:
            about.append((case.mutation, given, field))
    assert about
    before = await fingerprint(c.hospital.database)
    for who in sorted({*SIGNED_IN, "stranger"} - seen_by):
        for ask_hidden, ask_never in zip(by_id(tag, hidden), by_id(tag, never), strict=True):
            answers = [await c.api.ask(each, c.tokens[who]) for each in (ask_hidden, ask_never)]
            assert answers[0].errors == []
            assert answers[0].response.content == answers[1].response.content, (who, ask_hidden)
        for mutation, given, field in about:
            if what == "a removed comment" and who in REPEATABLE.get(mutation, ()):
                continue
            answers = [await c.ask(who, mutation, {**given, field: f"{tag}_{each}"}) for each in (hidden, never)]
            assert answers[0].response.content == answers[1].response.content, (who, mutation)
            assert refused(answers[0], mutation) in ("NOT_FOUND", "FORBIDDEN")
    assert await fingerprint(c.hospital.database) == before


async def test_every_query_answers_about_others_as_about_what_never_existed(c: Cast) -> None:
    h = c.hospital
    comment, win, idea = await a_comment(c), await a_win(c), await an_idea(c)
    number = await h.database.value("select number from idea where id = $1", [idea])
    things = {
        "idea": idea, "comment": comment, "win": win, "theme": c.theme, "unit": h.ward_a, "person": c["author"],
        "org": h.organisation,
    }  # fmt: skip
    shapes = {
        "unit": [
            "board(unitId: $id) { cursor }",
            "people(unitId: $id) { nodes { id } }",
            "ideas(filter: {unitId: $id}) { nodes { id } }",
            "wins(filter: {unitId: $id}) { nodes { id } }",
            "themes(filter: {unitId: $id}) { nodes { id } }",
            "feed(filter: {unitId: $id}) { nodes { at } pageInfo { hasNextPage endCursor } }",
        ],
        "person": ["ideas(filter: {authorId: $id}) { nodes { id } }"],
        "theme": [
            "ideas(filter: {themeId: $id}) { nodes { id } }",
            "wins(filter: {themeId: $id}) { nodes { id } }",
            "feed(filter: {themeId: $id}) { nodes { at } }",
        ],
        "idea": ["idea(id: $id) { id }", "feed(filter: {ideaId: $id}) { nodes { at } }"],
    }
    token = c.tokens["stranger"]
    for tag, thing in things.items():
        ways = ["node(id: $id) { id }", "nodes(ids: [$id]) { id }", *shapes.get(tag, [])]
        ways += ["theme(id: $id) { id }"] if tag == "theme" else []
        for way in ways:
            query = f"query($id: ID!) {{ {way} }}"
            asked = [await c.api.ask(query, token, id=f"{tag}_{each}") for each in (thing, uuid4())]
            assert asked[0].errors == []
            assert asked[0].response.content == asked[1].response.content, way
            assert (await c.api.ask(query, None, id=f"{tag}_{thing}")).codes == ["UNAUTHENTICATED"]
    by_reference = "query($r: String!) { idea(reference: $r) { id } }"
    assert (await c.api.ask(by_reference, c.tokens["member"], r=f"IDEA-{number}")).data["idea"] is not None
    for reference in (f"IDEA-{number}", "IDEA-999999", "none"):
        assert (await c.api.ask(by_reference, token, r=reference)).data == {"idea": None}


async def test_a_feed_cursor_of_another_organisation_opens_nothing(c: Cast) -> None:
    cursor = (await c.api.ask("{ cursor }", c.tokens["member"])).data["cursor"]
    feed = "query($after: Cursor) { feed(after: $after) { nodes { at } } }"
    assert (await c.api.ask(feed, c.tokens["member"], after=cursor)).errors == []
    epoch, _, position = cursor.split(".")
    answers = []
    for theirs in (cursor, f"{epoch}.{uuid4().hex}.{position}"):
        answer = await c.api.ask(feed, c.tokens["stranger"], after=theirs)
        assert answer.codes == ["CURSOR_EXPIRED"]
        answers.append(answer.response.content)
    assert answers[0] == answers[1]


async def test_lists_never_hold_what_is_hidden(c: Cast) -> None:
    idea, draft, comment = await withdrawn(c), await a_draft(c), await removed(c)
    query = """{ ideas(first: 100) { nodes { id comments { nodes { id } } } } themes(first: 100) { nodes { id } }
      feed(last: 100) { nodes { ... on IdeaSubmitted { idea { id } } ... on CommentAdded { comment { id } } } } }"""
    for who in sorted(SIGNED_IN):
        answer = await c.api.ask(query, c.tokens[who])
        assert answer.errors == []
        for hidden in (idea, draft, comment):
            assert str(hidden) not in answer.response.text, who
    mine = "{ ideas(first: 100, filter: {mine: true}) { nodes { id } } }"
    assert str(idea) in (await c.api.ask(mine, c.tokens["author"])).response.text


async def test_email_addresses_are_for_administrators_and_oneself(c: Cast) -> None:
    query = "{ viewer { ... on Person { email } } people(first: 100) { nodes { name email } } }"
    for who in sorted(SIGNED_IN):
        data = (await c.api.ask(query, c.tokens[who])).data
        assert data["viewer"]["email"] is not None
        seen = [person["email"] for person in data["people"]["nodes"]]
        assert all(email is not None for email in seen) if who == "admin" else set(seen) == {None}
    node = "query($id: ID!) { node(id: $id) { ... on Person { email } } }"
    other = f"person_{c['author']}"
    assert (await c.api.ask(node, c.tokens["member"], id=other)).data["node"]["email"] is None
    assert (await c.api.ask(node, c.tokens["author"], id=other)).data["node"]["email"] == "nina@ashcombe.example"


async def test_for_somebody_who_has_not_signed_in_nothing_is_planned(c: Cast) -> None:
    """Planning is what a large document costs; who has no account must not be able to ask for it."""
    text = """mutation { one: submitIdea(input: {problem: "One"}) { idea { title comments { nodes { body } } } }
      two: submitIdea(input: {problem: "Two"}) { idea { title } } }"""
    answer = await c.api.ask(text, None)
    assert (answer.data, answer.codes) == (None, ["UNAUTHENTICATED"])
    assert not c.api.service.documents.document(text).plans.used
    assert (await c.api.ask(text, c.tokens["member"])).errors == []
    assert c.api.service.documents.document(text).plans.used
