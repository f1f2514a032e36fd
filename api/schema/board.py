"""The board: what a huddle room shows, in the order in which a huddle speaks."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from api.schema import lazy
from api.schema.declared import described, planned, subscribed
from api.schema.scalars import Cursor
from db.rules import MOST_BOARD_ITEMS

AtMost: TypeAlias = Annotated[
    int | None,
    strawberry.argument(description=f"At most so many, 1 to {MOST_BOARD_ITEMS}. Null: as if absent."),
]
UnitId: TypeAlias = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="For this unit and the units below it. Absent or null: for the whole organisation."
    ),
]


@strawberry.type(description="How much there is of what a board shows, beyond what its lists hold.")
class BoardCounts:
    open: int = strawberry.field(description="Ideas that are open.")
    awaiting_response: int = strawberry.field(description="Ideas that are open and unanswered.")
    testing: int = strawberry.field(description="Ideas that are being tried.")
    implemented: int = strawberry.field(description="Ideas that are implemented or sustained.")
    wins: int = strawberry.field(description="Wins that were shared.")
    new_ideas: int = strawberry.field(description="Ideas that are new since the last huddle.")


@strawberry.type(description="What a huddle room shows: one snapshot at one position.")
class Board:
    cursor: Cursor = strawberry.field(
        description="The position at which it was read: a feed after it misses nothing and repeats nothing."
    )
    as_of: datetime = strawberry.field(description="The time of the last change that this answer contains.")
    unit: lazy.Unit | None = strawberry.field(description="Whose board it is; null: the whole organisation's.")
    themes: list[lazy.Theme] = strawberry.field(
        description=f"The open themes, those that close soonest first. At most {MOST_BOARD_ITEMS}."
    )
    counts: BoardCounts = strawberry.field(description="How much there is of everything.")

    @described(
        "Ideas that are new since the last huddle, newest first; where no huddle was held: shared yesterday or today."
    )
    def new_ideas(self, first: AtMost = 10) -> list[lazy.Idea]:
        planned()

    @described("Ideas that are open and unanswered, the oldest first.")
    def awaiting_response(self, first: AtMost = 10) -> list[lazy.Idea]:
        planned()

    @described("Ideas that are being tried, the latest change first.")
    def testing(self, first: AtMost = 10) -> list[lazy.Idea]:
        planned()

    @described("Wins, newest first.")
    def wins(self, first: AtMost = 5) -> list[lazy.Win]:
        planned()


@strawberry.type
class BoardQueries:
    @described("What a huddle room shows; null where there is no such unit.")
    def board(self, unit_id: UnitId = strawberry.UNSET) -> Board | None:
        planned()


@strawberry.type
class BoardSubscriptions:
    @subscribed("The board now, and again whenever it changes, at most once a second.")
    def board(self, unit_id: UnitId = strawberry.UNSET) -> AsyncGenerator[Board, None]:
        planned()
