"""The field's own words as enumerations: name, value and stored text are the same."""

from enum import Enum, StrEnum
from typing import Final


class Leave(Enum):
    """In an edit: what is absent stays as it is (null clears)."""

    LEAVE = "LEAVE"


LEAVE: Final = Leave.LEAVE


class Role(StrEnum):
    CONTRIBUTOR = "CONTRIBUTOR"
    THEME_LEAD = "THEME_LEAD"
    UNIT_LEAD = "UNIT_LEAD"  # derived from the leads of units, never stored on a person
    COACH = "COACH"
    MODERATOR = "MODERATOR"
    EXECUTIVE = "EXECUTIVE"
    ADMIN = "ADMIN"


class Value(StrEnum):
    PATIENT_SAFETY = "PATIENT_SAFETY"
    CLINICAL_QUALITY = "CLINICAL_QUALITY"
    PATIENT_EXPERIENCE = "PATIENT_EXPERIENCE"
    STAFF_WELLBEING = "STAFF_WELLBEING"
    TIMELINESS = "TIMELINESS"
    EQUITY = "EQUITY"
    ENVIRONMENT = "ENVIRONMENT"
    TIME_RELEASED = "TIME_RELEASED"
    MONEY = "MONEY"


class ThemeStatus(StrEnum):
    DRAFT = "DRAFT"
    OPEN = "OPEN"
    CLOSED = "CLOSED"


class ThemeAction(StrEnum):
    EDIT = "EDIT"
    OPEN = "OPEN"
    CLOSE = "CLOSE"
    SUBMIT = "SUBMIT"
    SHARE_WIN = "SHARE_WIN"


class IdeaStatus(StrEnum):
    OPEN = "OPEN"
    UNDER_REVIEW = "UNDER_REVIEW"
    PLANNED = "PLANNED"
    TESTING = "TESTING"
    IMPLEMENTED = "IMPLEMENTED"
    SUSTAINED = "SUSTAINED"
    DEFERRED = "DEFERRED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


class IdeaAction(StrEnum):
    EDIT = "EDIT"
    WITHDRAW = "WITHDRAW"
    CHANGE_STATUS = "CHANGE_STATUS"
    ASSIGN_TO_THEME = "ASSIGN_TO_THEME"
    COMMENT = "COMMENT"
    SUPPORT = "SUPPORT"
    FOLLOW = "FOLLOW"
    SHARE_WIN = "SHARE_WIN"


class IdeaOrder(StrEnum):
    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    MOST_SUPPORTED = "MOST_SUPPORTED"
    MOST_DISCUSSED = "MOST_DISCUSSED"
    RECENTLY_ACTIVE = "RECENTLY_ACTIVE"
    LONGEST_WAITING = "LONGEST_WAITING"


class CommentKind(StrEnum):
    COMMENT = "COMMENT"
    RESPONSE = "RESPONSE"
    STATUS_REASON = "STATUS_REASON"


class CommentAction(StrEnum):
    EDIT = "EDIT"
    REMOVE = "REMOVE"


class WinAction(StrEnum):
    EDIT = "EDIT"


class FeedEventType(StrEnum):
    """The public events of db/events.py, by their types."""

    IDEA_SUBMITTED = "IDEA_SUBMITTED"
    IDEA_EDITED = "IDEA_EDITED"
    IDEA_STATUS_CHANGED = "IDEA_STATUS_CHANGED"
    IDEA_SUPPORTED = "IDEA_SUPPORTED"
    IDEAS_IMPORTED = "IDEAS_IMPORTED"
    COMMENT_ADDED = "COMMENT_ADDED"
    COMMENT_EDITED = "COMMENT_EDITED"
    WIN_SHARED = "WIN_SHARED"
    WIN_EDITED = "WIN_EDITED"
    THEME_EDITED = "THEME_EDITED"
    THEME_OPENED = "THEME_OPENED"
    THEME_CLOSED = "THEME_CLOSED"
    CONTENT_RETRACTED = "CONTENT_RETRACTED"


class FeedResetReason(StrEnum):
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    LOG_REPLACED = "LOG_REPLACED"
    ACCESS_CHANGED = "ACCESS_CHANGED"


class Sight(StrEnum):
    """How much of an organisation somebody sees (rule 1): members all that is published, administrators
    e-mail addresses too; a screen what is fit for a wall, of its unit where it has one."""

    MEMBER = "MEMBER"
    MODERATOR = "MODERATOR"
    ADMIN = "ADMIN"
    SCREEN = "SCREEN"
    UNIT_SCREEN = "UNIT_SCREEN"

    @property
    def on_a_wall(self) -> bool:
        return self in (Sight.SCREEN, Sight.UNIT_SCREEN)


class UserErrorCode(StrEnum):
    REQUIRED = "REQUIRED"
    TOO_LONG = "TOO_LONG"
    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    NOT_ALLOWED_NOW = "NOT_ALLOWED_NOW"
    REASON_REQUIRED = "REASON_REQUIRED"
    THEME_CLOSED = "THEME_CLOSED"
    STALE_VERSION = "STALE_VERSION"
    IDEMPOTENCY_CONFLICT = "IDEMPOTENCY_CONFLICT"
    ALREADY_TAKEN = "ALREADY_TAKEN"
    GONE = "GONE"
    LIMIT_REACHED = "LIMIT_REACHED"
    BAD_CREDENTIALS = "BAD_CREDENTIALS"
    PAIRING_PENDING = "PAIRING_PENDING"


class RefusalCode(StrEnum):
    """`extensions.code` of what the caller cannot put right in the input."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    RATE_LIMITED = "RATE_LIMITED"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    BAD_ARGUMENT = "BAD_ARGUMENT"
    TOO_COSTLY = "TOO_COSTLY"
    DOCUMENT_NOT_FOUND = "DOCUMENT_NOT_FOUND"
    DOCUMENT_NOT_TRUSTED = "DOCUMENT_NOT_TRUSTED"
    UNAVAILABLE = "UNAVAILABLE"
    INTERNAL = "INTERNAL"
