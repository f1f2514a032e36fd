"""What a front end is told that it may offer is what really succeeds: for everybody, and whatever state it is in."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

from db.errors import Refused, UserMistake
from db.log import Outcome, Transaction
from db.operations import comments, follows, ideas, people, themes, units, wins
from db.terms import CommentAction, IdeaAction, IdeaStatus, Role, ThemeAction, WinAction
from tests import factories
from tests.client import Api
from tests.factories import Hospital
from tests.mutations import Cast, a_closed_theme, a_comment, a_draft, a_win, an_idea, an_open_theme, cast_of
from tests.test_permissions import SIGNED_IN, withdrawn


@pytest_asyncio.fixture(scope="module")
async def c(module_hospital: Hospital, module_api: Api, quick_passwords: None) -> Cast:
    return await cast_of(module_hospital, module_api)


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
                await c.hospital.do(people.invite_person, c["admin"], name=name, email=email, roles=roles)
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
