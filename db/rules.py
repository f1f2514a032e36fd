"""The product on one page: limits, lifecycle, theme windows, who may do what. Pure; asked by operations and reads."""

import unicodedata
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from db.errors import UserMistake
from db.terms import CommentAction, IdeaAction, IdeaStatus, Role, ThemeAction, ThemeStatus, UserErrorCode

T = TypeVar("T")

TITLE, OBJECTIVE, TEXT, NAME = 140, 200, 4000, 200
SEARCH = 500  # characters of what is looked for
PAGE_DEFAULT, PAGE_MOST = 20, 100
MOST_IDEAS_OF_A_WIN, MOST_WINS_OF_AN_IDEA, MOST_THANKS = 20, 20, 50
MOST_UNITS_OF_A_THEME, MOST_CHILDREN, MOST_LEADS = 200, 200, 20
MOST_BOARD_ITEMS, MOST_NODES = 50, 100
ANONYMITY_SET = 10  # active people in the unit that is shown for an anonymous idea
EARLY_WIN = timedelta(weeks=6)
IDEMPOTENCY_KEPT = timedelta(days=30)
KEY = 128
INVITATION_KEPT = timedelta(days=14)
REFRESH_KEPT = timedelta(days=90)
PASSWORD_LEAST, PASSWORD_MOST, EMAIL = 10, 200, 254
FAILURES_COUNTED = timedelta(minutes=15)
FAILURES_OF_AN_ACCOUNT, FAILURES_OF_AN_ADDRESS = 5, 20
PAIRING_CODE = 8  # letters
PAIRING_LASTS, PAIRING_PAUSE = timedelta(minutes=10), timedelta(seconds=2)
PAIRING_REDEEMED_WITHIN = timedelta(minutes=5)  # of its approval, at least
PAIRING_POLLS = 5  # seconds between two questions of a wall that waits
PAIRINGS_OF_AN_ADDRESS, PAIRING_GUESSES = 60, 5

# Lifecycle: from -> where a lead may move it. No status leads back to OPEN; WITHDRAWN is the author's own step.
S = IdeaStatus
MOVES: dict[IdeaStatus, tuple[IdeaStatus, ...]] = {
    S.OPEN: (S.UNDER_REVIEW, S.PLANNED, S.TESTING, S.DEFERRED, S.DECLINED),
    S.UNDER_REVIEW: (S.PLANNED, S.TESTING, S.DEFERRED, S.DECLINED),
    S.PLANNED: (S.UNDER_REVIEW, S.TESTING, S.DEFERRED, S.DECLINED),
    S.TESTING: (S.PLANNED, S.IMPLEMENTED, S.DEFERRED, S.DECLINED),
    S.IMPLEMENTED: (S.SUSTAINED, S.TESTING),
    S.SUSTAINED: (S.IMPLEMENTED,),
    S.DEFERRED: (S.UNDER_REVIEW,),
    S.DECLINED: (S.UNDER_REVIEW,),
    S.WITHDRAWN: (),
}
NEEDS_REASON = frozenset({S.DEFERRED, S.DECLINED})
EDITABLE = WITHDRAWABLE = frozenset({S.OPEN, S.UNDER_REVIEW, S.DEFERRED})
GIVES_A_WIN = frozenset({S.TESTING, S.IMPLEMENTED, S.SUSTAINED})


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to an idea, theme, comment or win: facts read in SQL, judged here.

    `leads` - lead of its (shown) unit or of one above; `owns_theme` - owner of its theme; `author` - wrote or
    shared it.
    """

    roles: frozenset[Role] = frozenset()
    author: bool = False
    leads: bool = False
    owns_theme: bool = False

    @property
    def admin(self) -> bool:
        return Role.ADMIN in self.roles

    @property
    def takes_part(self) -> bool:
        """An executive reads; whoever has another role besides takes part."""
        return self.roles != {Role.EXECUTIVE}

    @property
    def lead(self) -> bool:
        """Lead of an idea: of its shown unit or one above, owner of its theme, administrator."""
        return self.leads or self.owns_theme or self.admin


def may_change_status(standing: Standing) -> bool:
    return standing.takes_part and (standing.lead or Role.COACH in standing.roles)


def may_edit_idea(standing: Standing) -> bool:
    return standing.takes_part and (standing.author or standing.admin)


def may_withdraw(standing: Standing) -> bool:
    return standing.author


def may_assign(standing: Standing) -> bool:
    return standing.takes_part and standing.lead


def may_share_win_of(standing: Standing) -> bool:
    return standing.takes_part and (standing.author or standing.lead)


def may_edit_win(standing: Standing) -> bool:
    return standing.takes_part and (standing.author or standing.lead)


def may_edit_comment(standing: Standing) -> bool:
    return standing.takes_part and standing.author


def may_remove_comment(standing: Standing) -> bool:
    return standing.author or standing.admin or Role.MODERATOR in standing.roles


def may_create_themes(standing: Standing) -> bool:
    """A theme lead and an administrator anywhere; a unit lead (`leads`: of every unit named) below their own."""
    return standing.takes_part and (standing.admin or Role.THEME_LEAD in standing.roles or standing.leads)


def may_pair_screens(standing: Standing) -> bool:
    """A lead of the unit that it is to show, or of one above it (`leads`); an administrator any."""
    return standing.takes_part and (standing.leads or standing.admin)


def may_change_theme(standing: Standing) -> bool:
    return standing.takes_part and (standing.owns_theme or standing.admin)


def moves(status: IdeaStatus, standing: Standing) -> list[IdeaStatus]:
    """Where this person may move an idea now."""
    return list(MOVES[status]) if may_change_status(standing) else []


def way_to(goal: IdeaStatus) -> list[IdeaStatus]:
    """The shortest way from OPEN that the lifecycle allows; a reason belongs to the last step."""
    ways: deque[list[IdeaStatus]] = deque([[S.OPEN]])
    while ways:
        way = ways.popleft()
        if way[-1] is goal:
            return way[1:]
        ways.extend([*way, after] for after in MOVES[way[-1]] if after not in way)
    raise AssertionError("every status but WITHDRAWN can be reached from OPEN")


def idea_actions(status: IdeaStatus, standing: Standing) -> list[IdeaAction]:
    if status is S.WITHDRAWN:
        return []
    allowed = {
        IdeaAction.EDIT: may_edit_idea(standing) and status in EDITABLE,
        IdeaAction.WITHDRAW: may_withdraw(standing) and status in WITHDRAWABLE,
        IdeaAction.CHANGE_STATUS: bool(moves(status, standing)),
        IdeaAction.ASSIGN_TO_THEME: may_assign(standing),
        IdeaAction.COMMENT: standing.takes_part,
        IdeaAction.SUPPORT: standing.takes_part,
        IdeaAction.FOLLOW: standing.takes_part,
        IdeaAction.SHARE_WIN: may_share_win_of(standing) and status in GIVES_A_WIN,
    }
    return [action for action, may in allowed.items() if may]


def comment_actions(standing: Standing) -> list[CommentAction]:
    allowed = {
        CommentAction.EDIT: may_edit_comment(standing),
        CommentAction.REMOVE: may_remove_comment(standing),
    }
    return [action for action, may in allowed.items() if may]


def theme_actions(status: ThemeStatus, window_open: bool, standing: Standing) -> list[ThemeAction]:
    change = may_change_theme(standing)
    allowed = {
        ThemeAction.EDIT: change,
        ThemeAction.OPEN: change and status is not ThemeStatus.OPEN,
        ThemeAction.CLOSE: change and status is ThemeStatus.OPEN,
        ThemeAction.SUBMIT: standing.takes_part and status is ThemeStatus.OPEN and window_open,
        ThemeAction.SHARE_WIN: standing.takes_part and status is not ThemeStatus.DRAFT,
    }
    return [action for action, may in allowed.items() if may]


def in_window(today: date, opens_on: date | None, closes_on: date | None) -> bool:
    """`closes_on` is the last day on which a theme is open."""
    return (opens_on is None or opens_on <= today) and (closes_on is None or today <= closes_on)


def turned(status: ThemeStatus, today: date, opens_on: date | None, closes_on: date | None) -> ThemeStatus | None:
    """What the clock makes of a theme: a draft opens by its window, an open one closes after its last day."""
    if status is ThemeStatus.DRAFT and opens_on is not None and in_window(today, opens_on, closes_on):
        return ThemeStatus.OPEN
    if status is ThemeStatus.OPEN and closes_on is not None and closes_on < today:
        return ThemeStatus.CLOSED
    return None


def is_early(shared_at: datetime, first_opened_at: datetime | None) -> bool:
    return first_opened_at is not None and shared_at - first_opened_at <= EARLY_WIN


def clean(text: str, most: int, *path: str) -> str:
    """Free text as it is kept: NFC, trimmed, no control characters but the newline (rule 14a).

    Raises UserMistake REQUIRED, TOO_LONG or INVALID.
    """
    if not text.isprintable() or not text.isascii():
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        for character in text:
            category = unicodedata.category(character)
            if category == "Cs" or (category == "Cc" and character != "\n"):
                raise UserMistake(UserErrorCode.INVALID, "This text has a character that cannot be kept.", path)
        text = unicodedata.normalize("NFC", text)
    text = text.strip()
    if not any(unicodedata.category(character)[0] not in "CZ" for character in text):
        raise UserMistake(UserErrorCode.REQUIRED, "Please write something here.", path)
    if len(text) > most:
        raise UserMistake(UserErrorCode.TOO_LONG, f"At most {most:,} characters, please.", path)
    return text


def title_from(problem: str) -> str:
    """A missing title is the first 80 characters of the problem, to a word's end."""
    line = " ".join(problem.split())
    if len(line) <= 80:
        return line
    return line[:81].rsplit(" ", 1)[0] if " " in line[:81] else line[:80]


def cleaned(text: str | None, most: int, *path: str) -> str | None:
    """Optional text: nothing, or nothing but blanks, is none."""
    return None if text is None or not text.strip() else clean(text, most, *path)


def once(items: Iterable[T]) -> list[T]:
    """The items once each, in their order."""
    return list(dict.fromkeys(items))
