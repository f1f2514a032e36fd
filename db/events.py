"""What can happen, one frozen dataclass an event: ids and small facts, never content. Pure.

Public events are delivered to subscribers; a silent one only moves the position. Each says in which version of
its facts it is written, so that a release passes over what it does not know.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from db.terms import IdeaStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One step of an organisation's feed.

    `themes`, `units`: the facts that filters match, before and after a move. `actor`: who did it, None for the
    clock; `actor_shown` is false where it must stay unknown.
    """

    type: ClassVar[str]
    version: ClassVar[int] = 1
    public: ClassVar[bool] = True
    unfiltered: ClassVar[bool] = False  # passes every filter but `types`

    actor: UUID | None = None
    actor_shown: bool = True
    idea: UUID | None = None
    comment: UUID | None = None
    win: UUID | None = None
    theme: UUID | None = None
    themes: tuple[UUID, ...] = ()
    units: tuple[UUID, ...] = ()

    def facts(self) -> dict[str, object]:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaSubmitted(Event):
    type = "IDEA_SUBMITTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaEdited(Event):
    type = "IDEA_EDITED"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaStatusChanged(Event):
    type = "IDEA_STATUS_CHANGED"
    before: IdeaStatus
    after: IdeaStatus

    def facts(self) -> dict[str, object]:
        return {"from": self.before, "to": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeaSupported(Event):
    type = "IDEA_SUPPORTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdeasImported(Event):
    type = "IDEAS_IMPORTED"
    unfiltered = True
    count: int

    def facts(self) -> dict[str, object]:
        return {"count": self.count}


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentAdded(Event):
    type = "COMMENT_ADDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentEdited(Event):
    type = "COMMENT_EDITED"


@dataclass(frozen=True, slots=True, kw_only=True)
class WinShared(Event):
    type = "WIN_SHARED"


@dataclass(frozen=True, slots=True, kw_only=True)
class WinEdited(Event):
    type = "WIN_EDITED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeEdited(Event):
    type = "THEME_EDITED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeOpened(Event):
    type = "THEME_OPENED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeClosed(Event):
    type = "THEME_CLOSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRetracted(Event):
    """`node`: the public id of what must leave every screen now."""

    type = "CONTENT_RETRACTED"
    unfiltered = True
    node: str

    def facts(self) -> dict[str, object]:
        return {"node": self.node}


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent(Event):
    """Something changed that a query can show and nobody is told of: drafts, follows, people, units, the day."""

    type = "SILENT"
    public = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessChanged(Event):
    """Silent: roles, deactivation or sessions of `person` changed; every process looks again (rule 15)."""

    type = "ACCESS_CHANGED"
    public = False
    person: UUID

    def facts(self) -> dict[str, object]:
        return {"person": str(self.person)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanged(Event):
    """Silent: the organisation's settings changed; every process looks again at those that it remembers."""

    type = "SETTINGS_CHANGED"
    public = False


PUBLIC: tuple[type[Event], ...] = (
    IdeaSubmitted,
    IdeaEdited,
    IdeaStatusChanged,
    IdeaSupported,
    IdeasImported,
    CommentAdded,
    CommentEdited,
    WinShared,
    WinEdited,
    ThemeEdited,
    ThemeOpened,
    ThemeClosed,
    ContentRetracted,
)
