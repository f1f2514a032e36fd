"""The rules on one page, without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import rules
from db.errors import UserMistake
from db.rules import Standing
from db.terms import CommentAction, IdeaAction, IdeaStatus, Role, ThemeAction, ThemeStatus

MEMBER, AUTHOR = Standing(), Standing(author=True)
LEAD, OWNER = Standing(leads=True), Standing(owns_theme=True)
ADMIN, COACH = Standing(roles=frozenset({Role.ADMIN})), Standing(roles=frozenset({Role.COACH}))
MODERATOR = Standing(roles=frozenset({Role.MODERATOR}))
EXECUTIVE = Standing(roles=frozenset({Role.EXECUTIVE}))


def test_no_status_leads_back_to_open() -> None:
    assert all(IdeaStatus.OPEN not in moves for moves in rules.MOVES.values())
    assert all(IdeaStatus.WITHDRAWN not in moves for moves in rules.MOVES.values())
    assert set(rules.MOVES) == set(IdeaStatus)


def test_every_status_but_withdrawn_leads_somewhere() -> None:
    assert [status for status, moves in rules.MOVES.items() if not moves] == [IdeaStatus.WITHDRAWN]


@pytest.mark.parametrize("standing", [LEAD, OWNER, ADMIN, COACH])
def test_leads_and_coaches_change_a_status(standing: Standing) -> None:
    assert rules.moves(IdeaStatus.OPEN, standing) == list(rules.MOVES[IdeaStatus.OPEN])


@pytest.mark.parametrize("standing", [MEMBER, AUTHOR, MODERATOR, EXECUTIVE])
def test_nobody_else_changes_a_status(standing: Standing) -> None:
    assert rules.moves(IdeaStatus.OPEN, standing) == []


def test_an_author_edits_and_withdraws_until_it_is_worked_on() -> None:
    mine = {IdeaAction.EDIT, IdeaAction.WITHDRAW}
    assert mine <= set(rules.idea_actions(IdeaStatus.OPEN, AUTHOR))
    assert not mine & set(rules.idea_actions(IdeaStatus.TESTING, AUTHOR))
    assert rules.idea_actions(IdeaStatus.WITHDRAWN, AUTHOR) == []


def test_a_pure_executive_reads() -> None:
    assert rules.idea_actions(IdeaStatus.TESTING, EXECUTIVE) == []
    both = Standing(roles=frozenset({Role.EXECUTIVE, Role.CONTRIBUTOR}))
    assert IdeaAction.SUPPORT in rules.idea_actions(IdeaStatus.TESTING, both)


def test_a_comment_is_edited_by_its_author_and_removed_by_moderators_too() -> None:
    assert rules.comment_actions(AUTHOR) == [CommentAction.EDIT, CommentAction.REMOVE]
    assert rules.comment_actions(MODERATOR) == rules.comment_actions(ADMIN) == [CommentAction.REMOVE]
    assert rules.comment_actions(LEAD) == []


def test_a_theme_is_its_owners() -> None:
    assert ThemeAction.CLOSE in rules.theme_actions(ThemeStatus.OPEN, True, OWNER)
    assert rules.theme_actions(ThemeStatus.OPEN, True, MEMBER) == [ThemeAction.SUBMIT, ThemeAction.SHARE_WIN]
    assert rules.theme_actions(ThemeStatus.OPEN, False, MEMBER) == [ThemeAction.SHARE_WIN]


def test_the_last_day_is_in_the_window() -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    assert rules.in_window(first, first, last)
    assert rules.in_window(last, first, last)
    assert not rules.in_window(last + timedelta(days=1), first, last)
    assert not rules.in_window(first - timedelta(days=1), first, last)


def test_the_clock_opens_drafts_with_a_window_and_closes_after_the_last_day() -> None:
    today = date(2026, 3, 1)
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    assert rules.turned(ThemeStatus.DRAFT, today, today, None) is ThemeStatus.OPEN
    assert rules.turned(ThemeStatus.DRAFT, today, tomorrow, None) is None
    assert rules.turned(ThemeStatus.DRAFT, today, None, None) is None
    assert rules.turned(ThemeStatus.OPEN, today, None, today) is None
    assert rules.turned(ThemeStatus.OPEN, today, None, yesterday) is ThemeStatus.CLOSED
    assert rules.turned(ThemeStatus.CLOSED, today, yesterday, None) is None


def test_a_win_is_early_within_six_weeks_of_the_first_opening() -> None:
    opened = datetime(2026, 3, 1, tzinfo=UTC)
    assert rules.is_early(opened + timedelta(weeks=6), opened)
    assert not rules.is_early(opened + timedelta(weeks=6, seconds=1), opened)
    assert not rules.is_early(opened, None)


def test_text_is_kept_trimmed_composed_and_with_its_lines() -> None:
    assert rules.clean("  cafe\u0301\r\nopen ", 100) == "café\nopen"


@pytest.mark.parametrize(
    ("text", "code"),
    [(" \n", "REQUIRED"), ("a\0b", "INVALID"), ("a\x1bb", "INVALID"), ("\ud800", "INVALID"), ("aaaa", "TOO_LONG")],
)
def test_text_that_cannot_be_kept_is_a_mistake(text: str, code: str) -> None:
    with pytest.raises(UserMistake) as caught:
        rules.clean(text, 3, "body")
    assert (caught.value.code, caught.value.path) == (code, ("body",))


@given(st.text(max_size=200))
@settings(deadline=None, derandomize=True)
def test_what_is_kept_is_kept_the_same_again(text: str) -> None:
    try:
        kept = rules.clean(text, 200)
    except UserMistake:
        return
    assert rules.clean(kept, 200) == kept


@given(st.text(min_size=1, max_size=300).filter(lambda text: text.split()))
@settings(deadline=None, derandomize=True)
def test_a_made_title_is_the_beginning_of_the_problem(problem: str) -> None:
    title = rules.title_from(problem)
    assert 0 < len(title) <= 80
    assert " ".join(problem.split()).startswith(title)
