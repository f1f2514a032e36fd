"""Themes: what everybody works toward for a while."""

from datetime import date, datetime
from typing import Annotated, TypeAlias

import strawberry

from api.schema import lazy
from api.schema.connections import After, Before, Connection, First, Last
from api.schema.declared import described, mutate, optional, planned, stored
from api.schema.errors import AS_IT_IS, EXPECTED_VERSION, IDEMPOTENCY_KEY, Written
from api.schema.ideas import IdeaFilter, Order
from api.schema.nodes import Node
from api.schema.words import ThemeAction, ThemeStatus, Value
from db.rules import MOST_UNITS_OF_A_THEME, OBJECTIVE, TEXT, TITLE


@strawberry.type(description="What everybody works toward for a while, and shares ideas and wins about.")
class Theme(Node):
    title: str = stored(f"Its name. At most {TITLE} characters.")
    objective: str = stored(f"What everyone is working toward, in one sentence. At most {OBJECTIVE} characters.")
    why: str | None = stored(f"Why it matters now. At most {TEXT} characters; null where it is not said.")
    status: ThemeStatus = stored("Where it stands.")
    values: list[Value] = stored("What it is meant to make better.")
    owner: lazy.Person | None = strawberry.field(
        description="Who leads it; null only where their name may not be shown."
    )
    units: list[lazy.Unit] = strawberry.field(
        description=f"The units it is for, at most {MOST_UNITS_OF_A_THEME}; empty: the whole organisation."
    )
    opens_on: date | None = stored("The day on which it opens; null: when its owner opens it.")
    closes_on: date | None = stored("The last day on which it is open; null: until its owner closes it.")
    idea_count: int = stored("Ideas shared under it and not withdrawn.")
    win_count: int = stored("Wins shared under it.")
    created_at: datetime = stored("When it was made.")
    version: int = stored("How often it was edited or its status changed; for `expectedVersion`.")
    viewer_can_do: list[ThemeAction] = strawberry.field(
        description="What the person who asks may do with it now: a front end shows just these buttons."
    )

    @described("The ideas shared under it, newest first unless `orderBy` says otherwise.")
    def ideas(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        filter: Annotated[
            IdeaFilter | None, strawberry.argument(description="Only ideas that fulfil all of this.")
        ] = strawberry.UNSET,
        order_by: Order = strawberry.UNSET,
    ) -> Connection[lazy.Idea]:
        planned()

    @described("The wins shared under it, newest first.")
    def wins(self, first: First = strawberry.UNSET, after: After = strawberry.UNSET) -> Connection[lazy.Win]:
        planned()


@strawberry.input(description="Which themes; what is absent or null does not narrow.")
class ThemeFilter:
    statuses: list[ThemeStatus] | None = optional("In one of these states.")
    unit_id: strawberry.ID | None = optional("For the whole organisation, or for this unit, one above or one below it.")
    values: list[Value] | None = optional("With at least one of these values.")
    mine: bool | None = optional("True: those that the person who asks owns or made, their drafts included.")


ThemeId: TypeAlias = Annotated[strawberry.ID, strawberry.argument(description="The id of the theme.")]


@strawberry.type
class ThemeResult:
    theme: Theme | None = strawberry.field(description="The theme as it is now; null where there are user errors.")


@strawberry.input(description="A new theme. It begins as a draft.")
class CreateThemeInput:
    title: str = strawberry.field(description=f"Its name. At most {TITLE} characters.")
    objective: str = strawberry.field(
        description=f"What everyone is to work toward, in one sentence. At most {OBJECTIVE} characters."
    )
    why: str | None = optional(f"Why it matters now. At most {TEXT} characters.")
    values: list[Value] | None = optional("What it is meant to make better.")
    unit_ids: list[strawberry.ID] | None = optional(
        f"The units it is for, at most {MOST_UNITS_OF_A_THEME}; absent, null or empty: the whole organisation."
    )
    owner_id: strawberry.ID | None = optional("Who leads it; absent or null: who makes it.")
    opens_on: date | None = optional("The day on which it opens by itself; absent or null: by openTheme.")
    closes_on: date | None = optional("The last day on which it is open; absent or null: until closeTheme.")
    idempotency_key: strawberry.ID | None = optional(IDEMPOTENCY_KEY)


@strawberry.type(description="The answer to createTheme.")
class CreateThemePayload(ThemeResult, Written):
    pass


@strawberry.input(description="A change to a theme. What is absent stays as it is.")
class EditThemeInput:
    theme_id: strawberry.ID = strawberry.field(description="The theme to edit.")
    title: str | None = optional(f"Its name. At most {TITLE} characters. {AS_IT_IS}")
    objective: str | None = optional(f"What everyone is working toward. At most {OBJECTIVE} characters. {AS_IT_IS}")
    why: strawberry.Maybe[str | None] = strawberry.field(
        description=f"Why it matters now. At most {TEXT} characters. Null: not said; absent: as it is."
    )
    values: list[Value] | None = optional(f"All it is meant to make better. {AS_IT_IS}")
    unit_ids: list[strawberry.ID] | None = optional(
        f"All the units it is for, at most {MOST_UNITS_OF_A_THEME}; empty: the whole organisation. {AS_IT_IS}"
    )
    owner_id: strawberry.ID | None = optional(f"Who leads it. {AS_IT_IS}")
    opens_on: strawberry.Maybe[date | None] = strawberry.field(
        description="The day on which it opens by itself. Null: by openTheme; absent: as it is."
    )
    closes_on: strawberry.Maybe[date | None] = strawberry.field(
        description="The last day on which it is open. Null: until closeTheme; absent: as it is."
    )
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to editTheme.")
class EditThemePayload(ThemeResult, Written):
    pass


@strawberry.input(description="The theme to open.")
class OpenThemeInput:
    theme_id: strawberry.ID = strawberry.field(description="A theme that is a draft or closed.")


@strawberry.type(description="The answer to openTheme.")
class OpenThemePayload(ThemeResult, Written):
    pass


@strawberry.input(description="The theme to close.")
class CloseThemeInput:
    theme_id: strawberry.ID = strawberry.field(description="A theme that is open.")


@strawberry.type(description="The answer to closeTheme.")
class CloseThemePayload(ThemeResult, Written):
    pass


@strawberry.type
class ThemeQueries:
    @described("Themes that are open or were, newest first; drafts only with the filter `mine`.")
    def themes(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[
            ThemeFilter | None, strawberry.argument(description="Only themes that fulfil all of this.")
        ] = strawberry.UNSET,
    ) -> Connection[Theme]:
        planned()

    @described("A theme by its id; null where it does not exist or may not be seen.")
    def theme(self, id: ThemeId) -> Theme | None:
        planned()


@strawberry.type
class ThemeMutations:
    @described("Makes a theme, as a draft. For theme leads, administrators, and unit leads for units below theirs.")
    async def create_theme(
        self,
        info: strawberry.Info,
        input: Annotated[CreateThemeInput, strawberry.argument(description="The theme.")],
    ) -> CreateThemePayload | None:
        return await mutate(info, input, CreateThemePayload)

    @described("Changes a theme. For its owner and administrators.")
    async def edit_theme(
        self,
        info: strawberry.Info,
        input: Annotated[EditThemeInput, strawberry.argument(description="What changes.")],
    ) -> EditThemePayload | None:
        return await mutate(info, input, EditThemePayload)

    @described("Opens a draft, or a closed theme again. For its owner and administrators.")
    async def open_theme(
        self,
        info: strawberry.Info,
        input: Annotated[OpenThemeInput, strawberry.argument(description="Which theme.")],
    ) -> OpenThemePayload | None:
        return await mutate(info, input, OpenThemePayload)

    @described("Closes a theme: it takes no more ideas. For its owner and administrators.")
    async def close_theme(
        self,
        info: strawberry.Info,
        input: Annotated[CloseThemeInput, strawberry.argument(description="Which theme.")],
    ) -> CloseThemePayload | None:
        return await mutate(info, input, CloseThemePayload)
