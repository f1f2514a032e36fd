"""Wins: what got better, shared while it is still early."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.schema import lazy
from api.schema.connections import After, Before, Connection, First, Last
from api.schema.declared import described, mutate, optional, planned, stored
from api.schema.errors import AS_IT_IS, EXPECTED_VERSION, IDEMPOTENCY_KEY, Written
from api.schema.nodes import Node
from api.schema.words import Value, WinAction
from db.rules import EARLY_WIN, MOST_IDEAS_OF_A_WIN, MOST_THANKS, NAME, TEXT, TITLE


@strawberry.type(description="Something that got better, and how.")
class Win(Node):
    headline: str = stored(f"What got better, in a line. At most {TITLE} characters.")
    before: str | None = stored(f"How it was. At most {TEXT} characters; null where it is not said.")
    change: str = stored(f"What was changed. At most {TEXT} characters.")
    after: str | None = stored(f"How it is now. At most {TEXT} characters; null where it is not said.")
    before_value: float | None = stored("The figure before, in `unitOfMeasure`; null: no figure.")
    after_value: float | None = stored("The figure now, in `unitOfMeasure`; null: no figure.")
    unit_of_measure: str | None = stored('What the figures count, such as "days"; null where it is not said.')
    learned: str | None = stored(f"What others should know. At most {TEXT} characters; null where it is not said.")
    early: bool = stored(f"Whether it was shared within {EARLY_WIN.days // 7} weeks of its theme's first opening.")
    values: list[Value] = stored("What it made better.")
    ideas: list[lazy.Idea] = strawberry.field(
        description=f"The ideas it came from, at most {MOST_IDEAS_OF_A_WIN}; empty: it was simply done."
    )
    theme: lazy.Theme | None = strawberry.field(description="The theme it is under; null: none.")
    unit: lazy.Unit | None = strawberry.field(description="Where it happened; null where it is not said.")
    thanks: list[lazy.Person] = strawberry.field(
        description=f"The people thanked for it by name, at most {MOST_THANKS}."
    )
    shared_by: lazy.Person | None = strawberry.field(
        description="Who shared it; null where their name may not be shown."
    )
    shared_at: datetime = stored("When it was shared.")
    version: int = stored("How often it was edited; for `expectedVersion`.")
    viewer_can_do: list[WinAction] = strawberry.field(
        description="What the person who asks may do with it now: a front end shows just these buttons."
    )


@strawberry.input(description="Which wins; what is absent or null does not narrow.")
class WinFilter:
    theme_id: strawberry.ID | None = optional("Under this theme.")
    unit_id: strawberry.ID | None = optional("From this unit or one below it.")
    values: list[Value] | None = optional("With at least one of these values.")
    early: bool | None = optional("True: only early ones; false: only the others.")


@strawberry.type
class WinResult:
    win: Win | None = strawberry.field(description="The win as it is now; null where there are user errors.")


@strawberry.input(description="A new win.")
class ShareWinInput:
    idea_ids: list[strawberry.ID] | None = strawberry.field(
        default_factory=list,
        description=f"The ideas it came from, at most {MOST_IDEAS_OF_A_WIN}: being tested, implemented or sustained. "
        "One that is being tested becomes implemented. Empty: it was simply done.",
    )
    headline: str = strawberry.field(description=f"What got better, in a line. At most {TITLE} characters.")
    before: str | None = optional(f"How it was. At most {TEXT} characters.")
    change: str = strawberry.field(description=f"What was changed. At most {TEXT} characters.")
    after: str | None = optional(f"How it is now. At most {TEXT} characters.")
    before_value: float | None = optional("The figure before, in `unitOfMeasure`.")
    after_value: float | None = optional("The figure now, in `unitOfMeasure`.")
    unit_of_measure: str | None = optional(f'What the figures count, such as "days". At most {NAME} characters.')
    learned: str | None = optional(f"What others should know. At most {TEXT} characters.")
    values: list[Value] | None = optional("What it made better.")
    theme_id: strawberry.ID | None = optional("The theme it is under.")
    unit_id: strawberry.ID | None = optional("Where it happened.")
    thank_ids: list[strawberry.ID] | None = optional(
        f"The people to thank by name, who agree to it; at most {MOST_THANKS}."
    )
    idempotency_key: strawberry.ID | None = optional(IDEMPOTENCY_KEY)


@strawberry.type(description="The answer to shareWin.")
class ShareWinPayload(WinResult, Written):
    pass


@strawberry.input(description="A change to a win. What is absent stays as it is.")
class EditWinInput:
    win_id: strawberry.ID = strawberry.field(description="The win to edit.")
    headline: str | None = optional(f"What got better, in a line. At most {TITLE} characters. {AS_IT_IS}")
    before: strawberry.Maybe[str | None] = strawberry.field(
        description=f"How it was. At most {TEXT} characters. Null: not said; absent: as it is."
    )
    change: str | None = optional(f"What was changed. At most {TEXT} characters. {AS_IT_IS}")
    after: strawberry.Maybe[str | None] = strawberry.field(
        description=f"How it is now. At most {TEXT} characters. Null: not said; absent: as it is."
    )
    before_value: strawberry.Maybe[float | None] = strawberry.field(
        description="The figure before, in `unitOfMeasure`. Null: none; absent: as it is."
    )
    after_value: strawberry.Maybe[float | None] = strawberry.field(
        description="The figure now, in `unitOfMeasure`. Null: none; absent: as it is."
    )
    unit_of_measure: strawberry.Maybe[str | None] = strawberry.field(
        description=f"What the figures count. At most {NAME} characters. Null: not said; absent: as it is."
    )
    learned: strawberry.Maybe[str | None] = strawberry.field(
        description=f"What others should know. At most {TEXT} characters. Null: not said; absent: as it is."
    )
    values: list[Value] | None = optional(f"All it made better. {AS_IT_IS}")
    thank_ids: list[strawberry.ID] | None = optional(
        f"All the people thanked by name, who agree to it; at most {MOST_THANKS}. {AS_IT_IS}"
    )
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to editWin.")
class EditWinPayload(WinResult, Written):
    pass


@strawberry.type
class WinQueries:
    @described("The wins of the organisation, newest first.")
    def wins(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[
            WinFilter | None, strawberry.argument(description="Only wins that fulfil all of this.")
        ] = strawberry.UNSET,
    ) -> Connection[Win]:
        planned()


@strawberry.type
class WinMutations:
    @described(
        "Shares a win. Without ideas for every member; with ideas for the author or a lead of each, and those being "
        "tested become implemented."
    )
    async def share_win(
        self,
        info: strawberry.Info,
        input: Annotated[ShareWinInput, strawberry.argument(description="The win.")],
    ) -> ShareWinPayload | None:
        return await mutate(info, input, ShareWinPayload)

    @described("Changes a win. For who shared it, its leads, its theme's owner and administrators.")
    async def edit_win(
        self,
        info: strawberry.Info,
        input: Annotated[EditWinInput, strawberry.argument(description="What changes.")],
    ) -> EditWinPayload | None:
        return await mutate(info, input, EditWinPayload)
