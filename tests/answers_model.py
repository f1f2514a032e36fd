"""What an organisation looks like at each position: what was written, one after the other, in plain Python.

Ids are as clients know them. People are `Who`s; each of them writes one thing at a time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from db import rules
from db.rules import Standing
from db.terms import CommentAction, IdeaAction, IdeaStatus, Role

SILENT = "SILENT"  # whatever event is delivered to nobody
EVENTS = {
    "submitIdea": "IDEA_SUBMITTED",
    "editIdea": "IDEA_EDITED",
    "assignIdeaToTheme": "IDEA_EDITED",
    "changeIdeaStatus": "IDEA_STATUS_CHANGED",
    "supportIdea": "IDEA_SUPPORTED",
    "unsupportIdea": "IDEA_SUPPORTED",
    "addComment": "COMMENT_ADDED",
    "editComment": "COMMENT_EDITED",
    "removeComment": "CONTENT_RETRACTED",
    "withdrawIdea": "CONTENT_RETRACTED",
}


@dataclass(frozen=True)
class Who:
    """Somebody: `name` is what they are called at the beginning, `leads` the unit that they lead."""

    organisation: str
    id: str
    name: str
    email: str
    token: str = field(repr=False)
    roles: frozenset[Role]
    unit: str | None
    leads: str | None

    @property
    def admin(self) -> bool:
        return Role.ADMIN in self.roles


@dataclass
class Comment:
    id: str
    author: Who
    body: str
    at: datetime
    removed: bool = False


@dataclass
class Theme:
    """`open`: or a draft, which only its owner and administrators see."""

    id: str
    title: str
    owner: Who
    open: bool


@dataclass
class Idea:
    id: str
    author: Who
    title: str
    problem: str
    theme: str | None
    anonymous: bool
    at: datetime
    status: IdeaStatus = IdeaStatus.OPEN
    responded: bool = False
    version: int = 1
    supporters: set[str] = field(default_factory=set)
    followers: set[str] = field(default_factory=set)
    comments: list[Comment] = field(default_factory=list)

    @property
    def key(self) -> tuple[datetime, str]:
        """Its place among the newest."""
        return self.at, self.id

    @property
    def published(self) -> bool:
        return self.status is not IdeaStatus.WITHDRAWN

    @property
    def waits(self) -> bool:
        return self.status is IdeaStatus.OPEN and not self.responded

    @property
    def comment_count(self) -> int:
        return sum(not comment.removed for comment in self.comments)


@dataclass(frozen=True)
class Happened:
    """A public event; `comment`: that it is about, besides the idea."""

    position: int
    type: str
    actor: str | None
    idea: Idea | None = None
    comment: Comment | None = None

    @property
    def shows(self) -> bool:
        return (self.idea is None or self.idea.published) and (self.comment is None or not self.comment.removed)


@dataclass(eq=False)
class Write:
    """One mutation: `given` is its input and `result` the id of what it made. `position`: of its last event.

    `at`: when the database says that it was made. `doubtful`: it was asked more than once, since nobody answered.
    `before`: the newest position that its writer knew when they began; `upto`: when they were answered.
    """

    mutation: str
    by: Who
    given: Mapping[str, Any]
    before: int = 0
    upto: int = 0
    position: int | None = None
    result: str | None = None
    at: datetime | None = None
    doubtful: bool = False

    @property
    def events(self) -> Sequence[str]:
        types = [EVENTS.get(self.mutation, SILENT)]
        return [*types, "COMMENT_ADDED"] if self.mutation == "changeIdeaStatus" and self.given.get("reason") else types


class State:
    """An organisation after the writes so far."""

    def __init__(self, name: str, people: Sequence[Who], themes: Sequence[Theme]) -> None:
        self.organisation = name
        self.people = {who.id: who for who in people}
        self.names = {who.id: who.name for who in people}
        self.themes = {theme.id: theme for theme in themes}
        self.ideas: dict[str, Idea] = {}
        self.comments: dict[str, tuple[Idea, Comment]] = {}
        self.happened: list[Happened] = []

    # -- what is asked

    def published(self) -> Iterator[Idea]:
        return (idea for idea in self.ideas.values() if idea.published)

    def by_id(self, id_: str, who: Who) -> Idea | None:
        """One's own withdrawn ideas too."""
        idea = self.ideas.get(id_)
        return idea if idea is not None and (idea.published or idea.author == who) else None

    def theme(self, id_: str | None, who: Who) -> Theme | None:
        theme = self.themes.get(id_ or "")
        return theme if theme is not None and (theme.open or theme.owner == who or who.admin) else None

    def idea_count(self, theme: str) -> int:
        return sum(idea.theme == theme for idea in self.published())

    def standing(self, who: Who, idea: Idea) -> Standing:
        theme = self.themes.get(idea.theme or "")
        return Standing(
            roles=who.roles,
            author=idea.author == who,
            leads=who.leads is not None and who.leads == idea.author.unit,
            owns_theme=theme is not None and theme.owner == who,
        )

    def actions(self, who: Who, idea: Idea) -> list[IdeaAction]:
        return rules.idea_actions(idea.status, self.standing(who, idea))

    def moves(self, who: Who, idea: Idea) -> list[IdeaStatus]:
        return rules.moves(idea.status, self.standing(who, idea))

    def comment_actions(self, who: Who, comment: Comment) -> list[CommentAction]:
        return rules.comment_actions(Standing(roles=who.roles, author=comment.author == who))

    # -- what happens

    def apply(self, write: Write) -> None:
        """Its effect; its position, result and time are known."""
        given = write.given
        idea = self.ideas.get(given.get("ideaId", ""))
        match write.mutation:
            case "submitIdea":
                self.submit(write)
            case "addComment":
                assert idea is not None
                assert write.result is not None
                self.comment(idea, write, write.result, given["body"])
            case "editComment" | "removeComment":
                self.change_comment(write)
            case "editProfile":
                self.names[write.by.id] = given["name"]
            case "editOrganisation":
                self.organisation = given["name"]
            case "createTheme":
                assert write.result is not None
                self.themes[write.result] = Theme(write.result, given["title"], write.by, open=False)
            case _:
                assert idea is not None
                self.change_idea(idea, write)

    def tell(self, write: Write, type_: str, idea: Idea | None, comment: Comment | None = None, back: int = 0) -> None:
        assert write.position is not None
        of = self.ideas.get(write.given.get("ideaId", "")) or idea
        hidden = of is not None and of.anonymous and of.author == write.by and write.mutation in NAMING
        actor = None if hidden else write.by.id
        self.happened.append(Happened(write.position - back, type_, actor, idea, comment))

    def submit(self, write: Write) -> None:
        given = write.given
        assert write.result is not None
        assert write.at is not None
        idea = Idea(
            write.result,
            write.by,
            given["title"],
            given["problem"],
            given.get("themeId"),
            given.get("anonymous", False),
            write.at,
        )
        idea.followers.add(write.by.id)
        self.ideas[idea.id] = idea
        self.tell(write, "IDEA_SUBMITTED", idea)

    def responds(self, write: Write, idea: Idea) -> bool:
        own = idea.author == write.by and not idea.anonymous
        return not own and rules.may_change_status(self.standing(write.by, idea))

    def comment(self, idea: Idea, write: Write, id_: str, body: str) -> None:
        assert write.at is not None
        comment = Comment(id_, write.by, body, write.at)
        idea.responded |= self.responds(write, idea)
        idea.comments.append(comment)
        idea.comments.sort(key=lambda each: (each.at, each.id))
        idea.followers.add(write.by.id)
        self.comments[id_] = idea, comment
        self.tell(write, "COMMENT_ADDED", idea, comment)

    def change_comment(self, write: Write) -> None:
        idea, comment = self.comments[write.given["commentId"]]
        if write.mutation == "editComment":
            comment.body = write.given["body"]
            self.tell(write, "COMMENT_EDITED", idea, comment)
        else:
            comment.removed = True
            self.tell(write, "CONTENT_RETRACTED", None)

    def change_idea(self, idea: Idea, write: Write) -> None:
        given, who, mutation = write.given, write.by.id, write.mutation
        told = None if mutation == "withdrawIdea" else idea
        if mutation in EVENTS:
            self.tell(write, EVENTS[mutation], told, back=len(write.events) - 1)
        match mutation:
            case "supportIdea":
                idea.supporters.add(who)
                idea.followers.add(who)
            case "unsupportIdea":
                idea.supporters.discard(who)
            case "followIdea":
                idea.followers.add(who)
            case "unfollowIdea":
                idea.followers.discard(who)
            case "editIdea":
                idea.title = given["title"]
            case "assignIdeaToTheme":
                idea.theme = given["themeId"]
            case "withdrawIdea":
                idea.status = IdeaStatus.WITHDRAWN
            case "changeIdeaStatus":
                idea.responded |= self.responds(write, idea)
                idea.status = IdeaStatus(given["to"])
                if given.get("reason"):
                    assert write.result is not None
                    self.comment(idea, write, write.result, given["reason"])
        if mutation in ("editIdea", "assignIdeaToTheme", "withdrawIdea", "changeIdeaStatus"):
            idea.version += 1


NAMING = ("submitIdea", "editIdea", "withdrawIdea")  # what only an author does must not name an anonymous one
