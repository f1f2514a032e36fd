"""The feed: what happened, in order, by pull and live."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from api.schema import lazy
from api.schema.connections import First, Last
from api.schema.declared import described, optional, planned, stored, subscribed
from api.schema.scalars import Cursor
from api.schema.words import FeedEventType, FeedResetReason, IdeaStatus


@strawberry.interface(description="One step of a feed. Keep its cursor; pass it as `after` to go on.")
class FeedItem:
    cursor: Cursor = strawberry.field(description="The position of this step.")


@strawberry.interface(
    description="Something happened. What it is about is as it is when the item is delivered, not as it was."
)
class FeedEvent(FeedItem):
    at: datetime = stored("When it happened.")
    actor: lazy.Person | None = strawberry.field(
        description="Who did it; null where they must stay unknown, or where time did it."
    )


@strawberry.type(description="An idea was shared.")
class IdeaSubmitted(FeedEvent):
    idea: lazy.Idea = strawberry.field(description="The idea.")


@strawberry.type(description="An idea was edited, or put under another theme.")
class IdeaEdited(FeedEvent):
    idea: lazy.Idea = strawberry.field(description="The idea.")


@strawberry.type(description="An idea's status changed.")
class IdeaStatusChanged(FeedEvent):
    idea: lazy.Idea = strawberry.field(description="The idea.")
    from_: IdeaStatus = strawberry.field(name="from", description="Where it stood before.")
    to: IdeaStatus = strawberry.field(description="Where it stood then.")


@strawberry.type(description="Somebody supported an idea, or no longer does.")
class IdeaSupported(FeedEvent):
    idea: lazy.Idea = strawberry.field(description="The idea.")
    support_count: int = strawberry.field(description="How many people support it now.")


@strawberry.type(description="Many ideas came at once: query again.")
class IdeasImported(FeedEvent):
    count: int = strawberry.field(description="How many ideas.")


@strawberry.type(description="Somebody commented on an idea.")
class CommentAdded(FeedEvent):
    comment: lazy.Comment = strawberry.field(description="The comment.")
    idea: lazy.Idea = strawberry.field(description="The idea it is about.")


@strawberry.type(description="A comment was edited.")
class CommentEdited(FeedEvent):
    comment: lazy.Comment = strawberry.field(description="The comment.")
    idea: lazy.Idea = strawberry.field(description="The idea it is about.")


@strawberry.type(description="A win was shared.")
class WinShared(FeedEvent):
    win: lazy.Win = strawberry.field(description="The win.")


@strawberry.type(description="A win was edited.")
class WinEdited(FeedEvent):
    win: lazy.Win = strawberry.field(description="The win.")


@strawberry.type(description="A theme was edited.")
class ThemeEdited(FeedEvent):
    theme: lazy.Theme = strawberry.field(description="The theme.")


@strawberry.type(description="A theme opened, for the first time or again.")
class ThemeOpened(FeedEvent):
    theme: lazy.Theme = strawberry.field(description="The theme.")


@strawberry.type(description="A theme closed.")
class ThemeClosed(FeedEvent):
    theme: lazy.Theme = strawberry.field(description="The theme.")


@strawberry.type(description="Something was withdrawn or removed: take it off every screen, now.")
class ContentRetracted(FeedEvent):
    node_id: strawberry.ID = strawberry.field(description="The id of what must go.")


@strawberry.type(description="All there was has been sent. Also sent when it is quiet, so that a kept cursor moves on.")
class FeedCaughtUp(FeedItem):
    pass


@strawberry.type(description="Continuity is lost: query again, and go on from this item's cursor.")
class FeedReset(FeedItem):
    reason: FeedResetReason = strawberry.field(description="Why.")


EVENTS: list[type[FeedEvent]] = [
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
]


@strawberry.type(description="An event of a page, with its position.")
class FeedEdge:
    cursor: Cursor = strawberry.field(description="The position of the event.")
    node: FeedEvent = strawberry.field(description="The event.")


@strawberry.type(description="Where a page stands in the feed.")
class FeedPageInfo:
    has_next_page: bool = strawberry.field(description="Whether more events follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether events stand before this page.")
    start_cursor: Cursor | None = strawberry.field(
        description="The position of the first event, for `before`; null where there is none."
    )
    end_cursor: Cursor | None = strawberry.field(
        description="The position to go on after. It passes over what the person who asks may not see, so it can "
        "lie beyond the last event."
    )


@strawberry.type(description="One page of the feed, in its order.")
class FeedConnection:
    edges: list[FeedEdge] = strawberry.field(description="The events of the page with their positions.")
    nodes: list[FeedEvent] = strawberry.field(description="The events of the page alone.")
    page_info: FeedPageInfo = strawberry.field(description="Where the page stands, and how to go on.")


@strawberry.input(
    description="Which events; what is absent or null does not narrow. They are judged by where things were when it "
    "happened, before and after a move; ContentRetracted passes all but `types`."
)
class FeedFilter:
    types: list[FeedEventType] | None = optional("Of one of these types.")
    theme_id: strawberry.ID | None = optional("About this theme, or what is or was under it.")
    unit_id: strawberry.ID | None = optional("About this unit or one below it.")
    idea_id: strawberry.ID | None = optional("About this idea.")


FromAfter: TypeAlias = Annotated[
    Cursor | None,
    strawberry.argument(description="Go on after this position. Absent or null: from now on."),
]
OfIdea: TypeAlias = Annotated[strawberry.ID | None, strawberry.argument(description="Only about this idea.")]
OfTheme: TypeAlias = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only about what is or was under this theme.")
]
OfUnit: TypeAlias = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only from this unit or one below it.")
]
Filtered: TypeAlias = Annotated[
    FeedFilter | None, strawberry.argument(description="Only events that fulfil all of this.")
]


@strawberry.type
class FeedQueries:
    cursor: Cursor = strawberry.field(
        description="The position at which this answer was read: a subscription after it misses nothing and repeats "
        "nothing."
    )

    @described("The events of the feed by pull, oldest first; null where it is refused.")
    def feed(
        self,
        first: First = strawberry.UNSET,
        after: Annotated[
            Cursor | None, strawberry.argument(description="Only what happened after this position.")
        ] = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Annotated[
            Cursor | None, strawberry.argument(description="Only what happened before this position.")
        ] = strawberry.UNSET,
        filter: Filtered = strawberry.UNSET,
    ) -> FeedConnection | None:
        planned()


@strawberry.type
class FeedSubscriptions:
    @subscribed(
        "What happens, as it happens: with `after` first what came since and FeedCaughtUp, then live; without it from "
        "now on. Where continuity is "
        "lost it says FeedReset and goes on."
    )
    def feed(
        self, after: FromAfter = strawberry.UNSET, filter: Filtered = strawberry.UNSET
    ) -> AsyncGenerator[FeedItem, None]:
        planned()

    @subscribed("Ideas as they are shared. Where continuity is lost it ends with CURSOR_EXPIRED and the new cursor.")
    def idea_submitted(
        self,
        theme_id: OfTheme = strawberry.UNSET,
        unit_id: OfUnit = strawberry.UNSET,
        after: FromAfter = strawberry.UNSET,
    ) -> AsyncGenerator[IdeaSubmitted, None]:
        planned()

    @subscribed("Comments as they are made. Where continuity is lost it ends with CURSOR_EXPIRED and the new cursor.")
    def comment_added(
        self,
        idea_id: OfIdea = strawberry.UNSET,
        theme_id: OfTheme = strawberry.UNSET,
        unit_id: OfUnit = strawberry.UNSET,
        after: FromAfter = strawberry.UNSET,
    ) -> AsyncGenerator[CommentAdded, None]:
        planned()

    @subscribed("Wins as they are shared. Where continuity is lost it ends with CURSOR_EXPIRED and the new cursor.")
    def win_shared(
        self,
        theme_id: OfTheme = strawberry.UNSET,
        unit_id: OfUnit = strawberry.UNSET,
        after: FromAfter = strawberry.UNSET,
    ) -> AsyncGenerator[WinShared, None]:
        planned()
