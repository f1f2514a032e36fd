"""Who may what, from outside: rules.md 2 as a table, and that what may not be seen looks as if it never was."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from db.errors import Refused, UserMistake
from db.log import Outcome, Transaction
from db.operations import comments, follows, ideas, themes, units, wins
from db.terms import CommentAction, IdeaAction, IdeaStatus, Role, ThemeAction, WinAction
from tests import factories
from tests.client import Answer, Api
from tests.factories import Hospital
from tests.mutations import (
    VALID,
    Cast,
    Made,
    Make,
    a_closed_theme,
    a_comment,
    a_draft,
    a_win,
    an_idea,
    an_open_theme,
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
]
# The sign-in family stands outside: what opens it is in the input (tests/test_sessions.py).
OUTSIDE = {"signIn", "refreshSession", "acceptInvitation", "signOut"}


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
    # A draft is hidden from whoever may not open it; all else they see, and may not.
    hidden = "NOT_FOUND" if case.name == "a draft" else "FORBIDDEN"
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


# -- what a front end is told that it may offer is what really succeeds


class Undone(Exception):
    """Whatever was tried is taken back."""


async def succeeds(c: Cast, operation: Callable[..., Awaitable[Outcome]], who: str, **given: Any) -> bool:
    """Whether it would be done; nothing of it stays."""
    async with c.hospital.database.writes.connection() as connection:
        try:
            async with connection.transaction():
                await operation(Transaction(connection, c.hospital.organisation), c[who], **given)
                raise Undone
        except Undone:
            return True
        except (UserMistake, Refused):
            return False


async def chosen(c: Cast) -> list[str]:
    """Everybody of the table, and two who have one role that reads and one that acts."""
    for name, roles in (("executive coach", [Role.EXECUTIVE, Role.COACH]), ("leading executive", [Role.EXECUTIVE])):
        if name not in c.people:
            email = f"{uuid4().hex}@ashcombe.example"
            c.people[name] = (
                await c.hospital.do(factories.people.invite_person, c["admin"], name=name, email=email, roles=roles)
            ).id
            c.tokens[name] = await c.api.token(c.people[name])
    await c.hospital.do(units.edit_unit, c["admin"], unit=c.hospital.site, leads=[c["leading executive"]])
    return [*sorted(SIGNED_IN), "executive coach", "leading executive"]


TO = {
    IdeaStatus.OPEN: (),
    IdeaStatus.UNDER_REVIEW: ("UNDER_REVIEW",),
    IdeaStatus.PLANNED: ("PLANNED",),
    IdeaStatus.TESTING: ("TESTING",),
    IdeaStatus.IMPLEMENTED: ("TESTING", "IMPLEMENTED"),
    IdeaStatus.SUSTAINED: ("TESTING", "IMPLEMENTED", "SUSTAINED"),
    IdeaStatus.DEFERRED: ("DEFERRED",),
    IdeaStatus.DECLINED: ("DECLINED",),
    IdeaStatus.WITHDRAWN: (),
}


@pytest.mark.parametrize("status", IdeaStatus)
async def test_what_an_ideas_viewer_can_do_is_what_succeeds(status: IdeaStatus, c: Cast) -> None:
    idea = await an_idea(c, *TO[status]) if status is not IdeaStatus.WITHDRAWN else await withdrawn(c)
    another = await an_open_theme(c)
    query = "query($id: ID!) { idea(id: $id) { viewerCanDo viewerCanMoveTo } }"
    for who in await chosen(c):
        told = (await c.api.ask(query, c.tokens[who], id=f"idea_{idea}")).data["idea"]
        moves = [
            str(to)
            for to in IdeaStatus
            if to is not status
            and await succeeds(c, ideas.change_idea_status, who, idea=idea, to=to, reason="For a reason.")
        ]
        tried = {
            IdeaAction.EDIT: (ideas.edit_idea, {"problem": "In other words."}),
            IdeaAction.WITHDRAW: (ideas.withdraw_idea, {}),
            IdeaAction.ASSIGN_TO_THEME: (ideas.assign_idea_to_theme, {"theme": another}),
            IdeaAction.COMMENT: (comments.add_comment, {"body": "Yes"}),
            IdeaAction.SUPPORT: (follows.support_idea, {}),
            IdeaAction.FOLLOW: (follows.follow_idea, {}),
        }
        can = {action for action, (work, given) in tried.items() if await succeeds(c, work, who, idea=idea, **given)}
        if moves:
            can.add(IdeaAction.CHANGE_STATUS)
        if await succeeds(c, wins.share_win, who, headline="So", change="So", ideas=[idea]):
            can.add(IdeaAction.SHARE_WIN)
        if status is IdeaStatus.WITHDRAWN:
            # To its author alone it is there at all, and withdrawing it again is no mistake (the request came twice).
            can.discard(IdeaAction.WITHDRAW)
        if told is None:
            assert (can, moves) == (set(), []), who
        else:
            assert set(told["viewerCanDo"]) == {str(action) for action in can}, who
            assert sorted(told["viewerCanMoveTo"]) == sorted(moves), who


@pytest.mark.parametrize("make", [a_draft, an_open_theme, a_closed_theme])
async def test_what_a_themes_viewer_can_do_is_what_succeeds(make: Callable[[Cast], Awaitable[UUID]], c: Cast) -> None:
    theme = await make(c)
    query = "query($id: ID!) { theme(id: $id) { status viewerCanDo } }"
    for who in await chosen(c):
        told = (await c.api.ask(query, c.tokens[who], id=f"theme_{theme}")).data["theme"]
        tried: dict[ThemeAction, tuple[Any, dict[str, Any]]] = {
            ThemeAction.EDIT: (themes.edit_theme, {"theme": theme, "why": "Because"}),
            ThemeAction.OPEN: (themes.open_theme, {"theme": theme}),
            ThemeAction.CLOSE: (themes.close_theme, {"theme": theme}),
            ThemeAction.SUBMIT: (ideas.submit_idea, {"theme": theme, "problem": "This"}),
            ThemeAction.SHARE_WIN: (wins.share_win, {"theme": theme, "headline": "So", "change": "So"}),
        }
        # Opening what is open and closing what is closed do nothing, and are offered to nobody.
        nothing = {"OPEN": ThemeAction.OPEN, "CLOSED": ThemeAction.CLOSE}.get((told or {}).get("status", ""))
        can = {
            str(action)
            for action, (work, given) in tried.items()
            if action is not nothing and await succeeds(c, work, who, **given)
        }
        assert set(told["viewerCanDo"] if told else ()) == can, who


async def test_what_a_comments_and_a_wins_viewer_can_do_is_what_succeeds(c: Cast) -> None:
    comment, plain = await a_comment(c), await factories.win(c.hospital, c["author"])
    # Of an idea of ward A, itself of ward B and under another theme: the leads of the idea edit it too.
    elsewhere = {"unit": c.hospital.ward_b, "theme": await an_open_theme(c)}
    shared = [
        plain,
        await a_win(c),
        await factories.win(c.hospital, c["author"], [await an_idea(c, "TESTING")], **elsewhere),
        await factories.win(c.hospital, c["author"], [await an_idea(c, "TESTING", theme=None)], **elsewhere),
    ]
    query = """query($ids: [ID!]!) { nodes(ids: $ids) {
      ... on Comment { comment: viewerCanDo } ... on Win { win: viewerCanDo } } }"""
    for who in await chosen(c):
        ids = [f"comment_{comment}", *(f"win_{win}" for win in shared)]
        told = (await c.api.ask(query, c.tokens[who], ids=ids)).data["nodes"]
        can = set()
        if await succeeds(c, comments.edit_comment, who, comment=comment, body="Otherwise"):
            can.add(str(CommentAction.EDIT))
        if await succeeds(c, comments.remove_comment, who, comment=comment):
            can.add(str(CommentAction.REMOVE))
        assert set(told[0]["comment"]) == can, who
        for win, node in zip(shared, told[1:], strict=True):
            may = await succeeds(c, wins.edit_win, who, win=win, learned="Something")
            assert node["win"] == ([str(WinAction.EDIT)] if may else []), who


async def test_whether_one_can_create_themes_is_what_succeeds(c: Cast) -> None:
    for who in await chosen(c):
        told = (await c.api.ask("{ organisation { viewerCanCreateThemes } }", c.tokens[who])).data["organisation"]
        can = any(
            [
                await succeeds(c, themes.create_theme, who, title="So", objective="So", units=units_)
                for units_ in ([], [c.hospital.ward_a], [c.hospital.ward_b])
            ]
        )
        assert told["viewerCanCreateThemes"] is can, who
