"""Ideas: a problem, perhaps what might be better, and what becomes of it."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from api.schema import lazy
from api.schema.connections import After, Before, Connection, First, Last
from api.schema.declared import described, mutate, optional, planned, stored
from api.schema.errors import AS_IT_IS, EXPECTED_VERSION, IDEMPOTENCY_KEY, Written
from api.schema.nodes import Node
from api.schema.scalars import Cursor
from api.schema.similar import AtMost, SimilarIdea
from api.schema.words import IdeaAction, IdeaOrder, IdeaStatus, Value
from db.rules import ANONYMITY_SET, MOST_WINS_OF_AN_IDEA, SEARCH, TEXT, TITLE


@strawberry.type(description="A problem that somebody sees and, perhaps, what might be better.")
class Idea(Node):
    reference: str = strawberry.field(description='Short, to be said aloud in a huddle: "IDEA-1042".')
    title: str = stored(f"What it is about, in a line. At most {TITLE} characters.")
    problem: str = stored(f"What gets in the way. At most {TEXT} characters.")
    solution: str | None = stored(
        f"What might be better. At most {TEXT} characters; null where none was offered, which is welcome too."
    )
    status: IdeaStatus = stored("Where it stands.")
    status_reason: str | None = stored(
        "Why it stands there; always said where it is deferred or declined, null where it was not said."
    )
    values: list[Value] = stored("What it would make better.")
    author: lazy.Person | None = strawberry.field(
        description="Who shared it; null where it was shared anonymously, or an old list names nobody who is here."
    )
    anonymous: bool = stored("Whether it was shared without a name.")
    theme: lazy.Theme | None = strawberry.field(description="The theme it is under; null: none.")
    unit: lazy.Unit | None = strawberry.field(
        description="Where it comes from; null: not said. For an anonymous idea the nearest unit upward with at "
        f"least {ANONYMITY_SET} active people, so that it gives nobody away; null where there is none."
    )
    support_count: int = stored("How many people support it.")
    comment_count: int = stored("Its comments, without those that were removed.")
    viewer_supports: bool = strawberry.field(description="Whether the person who asks supports it.")
    viewer_follows: bool = strawberry.field(description="Whether the person who asks follows it.")
    viewer_can_move_to: list[IdeaStatus] = strawberry.field(
        description="Where the person who asks may move it now; empty: nowhere."
    )
    viewer_can_do: list[IdeaAction] = strawberry.field(
        description="What the person who asks may do with it now: a front end shows just these buttons."
    )
    wins: list[lazy.Win] = strawberry.field(
        description=f"The wins that came of it, newest first. At most {MOST_WINS_OF_AN_IDEA}."
    )
    first_response_at: datetime | None = stored("When somebody who may answer it first did; null: not yet.")
    response_due_at: datetime | None = strawberry.field(
        description="By when a first answer can be expected: when it was shared plus the organisation's "
        "`responseTargetDays`; null where nothing is due."
    )
    awaiting_response: bool = strawberry.field(
        description="Whether it is open and unanswered; overdue as well once `responseDueAt` has passed."
    )
    submitted_at: datetime | None = stored("When it was published; null where it is not published.")
    updated_at: datetime = stored("When it last changed; comments and supports do not count.")
    version: int = stored("How often it was edited or its status or theme changed; for `expectedVersion`.")

    @described("Its comments, oldest first.")
    def comments(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
    ) -> Connection[lazy.Comment]:
        planned()

    @described("Ideas that are like it, the most alike first.")
    def similar(self, first: AtMost = 5) -> list[SimilarIdea]:
        planned()

    @described("What happened to it, oldest first: the events of the feed that are about it.")
    def history(
        self,
        first: First = strawberry.UNSET,
        after: Annotated[
            Cursor | None, strawberry.argument(description="Only what happened after this position.")
        ] = strawberry.UNSET,
    ) -> lazy.FeedConnection:
        planned()


@strawberry.input(description="Which ideas; what is absent or null does not narrow.")
class IdeaFilter:
    statuses: list[IdeaStatus] | None = optional("In one of these states.")
    theme_id: strawberry.ID | None = optional("Under this theme.")
    unit_id: strawberry.ID | None = optional("From this unit or one below it, as `Idea.unit` shows it.")
    values: list[Value] | None = optional("With at least one of these values.")
    author_id: strawberry.ID | None = optional("Shared by this person in their name; never an anonymous idea.")
    awaiting_response: bool | None = optional("True: open and unanswered; false: all others.")
    text: str | None = optional(
        "With these words in title, problem or solution, in any form of the word. Narrows; does not reorder. "
        f"At most {SEARCH} characters."
    )
    submitted_after: datetime | None = optional("Shared after this moment.")
    submitted_before: datetime | None = optional("Shared before this moment.")
    mine: bool | None = optional("True: those of the person who asks, anonymous and withdrawn ones included.")
    followed: bool | None = optional("True: those that the person who asks follows.")


Order: TypeAlias = Annotated[
    IdeaOrder | None, strawberry.argument(description="In which order. Absent or null: NEWEST.")
]


@strawberry.type
class IdeaResult:
    idea: Idea | None = strawberry.field(description="The idea as it is now; null where there are user errors.")


@strawberry.input(description="A new idea. The problem alone is enough.")
class SubmitIdeaInput:
    problem: str = strawberry.field(description=f"What gets in the way. At most {TEXT} characters.")
    solution: str | None = optional(f"What might be better. At most {TEXT} characters. Never demanded.")
    title: str | None = optional(
        f"What it is about, in a line. At most {TITLE} characters. Absent or null: the first words of the problem."
    )
    theme_id: strawberry.ID | None = optional("The theme to share it under, which must be open.")
    unit_id: strawberry.ID | None = optional("Where it comes from. Absent or null: one's own unit.")
    values: list[Value] | None = optional("What it would make better.")
    anonymous: bool | None = strawberry.field(
        default=False, description="True: share it without one's name; it can be given later, never taken back."
    )
    idempotency_key: strawberry.ID | None = optional(IDEMPOTENCY_KEY)


@strawberry.type(description="The answer to submitIdea.")
class SubmitIdeaPayload(IdeaResult, Written):
    pass


@strawberry.input(description="A change to an idea. What is absent stays as it is.")
class EditIdeaInput:
    idea_id: strawberry.ID = strawberry.field(description="The idea to edit.")
    title: str | None = optional(f"What it is about, in a line. At most {TITLE} characters. {AS_IT_IS}")
    problem: str | None = optional(f"What gets in the way. At most {TEXT} characters. {AS_IT_IS}")
    solution: strawberry.Maybe[str | None] = strawberry.field(
        description=f"What might be better. At most {TEXT} characters. Null: none; absent: as it is."
    )
    unit_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="Where it comes from. Null: not said; absent: as it is."
    )
    values: list[Value] | None = optional(f"All it would make better. {AS_IT_IS}")
    anonymous: bool | None = optional(
        f"False: give one's name to an idea that was shared without. True is refused: a name cannot be taken back. "
        f"{AS_IT_IS}"
    )
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to editIdea.")
class EditIdeaPayload(IdeaResult, Written):
    pass


@strawberry.input(description="The idea to take back.")
class WithdrawIdeaInput:
    idea_id: strawberry.ID = strawberry.field(description="One's own idea that is open, under review or deferred.")


@strawberry.type(description="The answer to withdrawIdea.")
class WithdrawIdeaPayload(IdeaResult, Written):
    pass


@strawberry.input(description="Where an idea is to stand.")
class ChangeIdeaStatusInput:
    idea_id: strawberry.ID = strawberry.field(description="The idea to move.")
    to: IdeaStatus = strawberry.field(description="Where to: one of its `viewerCanMoveTo`.")
    reason: str | None = optional(
        f"Why; it becomes a comment. At most {TEXT} characters. Needed for DEFERRED and DECLINED."
    )
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to changeIdeaStatus.")
class ChangeIdeaStatusPayload(IdeaResult, Written):
    pass


@strawberry.input(description="The theme that an idea is to be under.")
class AssignIdeaToThemeInput:
    idea_id: strawberry.ID = strawberry.field(description="The idea to assign.")
    theme_id: strawberry.ID | None = optional("The theme to put it under; absent or null: out of its theme.")
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to assignIdeaToTheme.")
class AssignIdeaToThemePayload(IdeaResult, Written):
    pass


@strawberry.type
class IdeaQueries:
    @described("The ideas of the organisation; withdrawn ones only with the filter `mine`.")
    def ideas(
        self,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[
            IdeaFilter | None, strawberry.argument(description="Only ideas that fulfil all of this.")
        ] = strawberry.UNSET,
        order_by: Order = IdeaOrder.NEWEST,
    ) -> Connection[Idea]:
        planned()

    @described("An idea by its id or its reference; null where it does not exist or may not be seen.")
    def idea(
        self,
        id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Its id. With the reference as well, both must be of the same idea."),
        ] = strawberry.UNSET,
        reference: Annotated[
            str | None, strawberry.argument(description='Its reference, as said in a huddle: "IDEA-1042".')
        ] = strawberry.UNSET,
    ) -> Idea | None:
        planned()


@strawberry.type
class IdeaMutations:
    @described("Shares an idea with everybody. For every member.")
    async def submit_idea(
        self,
        info: strawberry.Info,
        input: Annotated[SubmitIdeaInput, strawberry.argument(description="The idea.")],
    ) -> SubmitIdeaPayload | None:
        return await mutate(info, input, SubmitIdeaPayload)

    @described("Changes an idea that is open, under review or deferred. For its author and administrators.")
    async def edit_idea(
        self,
        info: strawberry.Info,
        input: Annotated[EditIdeaInput, strawberry.argument(description="What changes.")],
    ) -> EditIdeaPayload | None:
        return await mutate(info, input, EditIdeaPayload)

    @described(
        "Takes an idea back: it leaves every list and screen, and only its author still sees it. For its author."
    )
    async def withdraw_idea(
        self,
        info: strawberry.Info,
        input: Annotated[WithdrawIdeaInput, strawberry.argument(description="Which idea.")],
    ) -> WithdrawIdeaPayload | None:
        return await mutate(info, input, WithdrawIdeaPayload)

    @described("Says where an idea stands. For the leads of its unit, its theme's owner, coaches and administrators.")
    async def change_idea_status(
        self,
        info: strawberry.Info,
        input: Annotated[ChangeIdeaStatusInput, strawberry.argument(description="Which idea, and where to.")],
    ) -> ChangeIdeaStatusPayload | None:
        return await mutate(info, input, ChangeIdeaStatusPayload)

    @described("Puts an idea under a theme, or out of it. For its leads, its theme's owner and administrators.")
    async def assign_idea_to_theme(
        self,
        info: strawberry.Info,
        input: Annotated[AssignIdeaToThemeInput, strawberry.argument(description="Which idea, and under which theme.")],
    ) -> AssignIdeaToThemePayload | None:
        return await mutate(info, input, AssignIdeaToThemePayload)
