"""Comments: what people say about an idea, answers and reasons included."""

from datetime import datetime
from typing import Annotated

import strawberry

from api.schema import lazy
from api.schema.declared import described, mutate, optional, stored
from api.schema.errors import EXPECTED_VERSION, IDEMPOTENCY_KEY, Written
from api.schema.ideas import IdeaResult
from api.schema.nodes import Node
from api.schema.words import CommentAction, CommentKind
from db.rules import TEXT


@strawberry.type(description="What somebody said about an idea.")
class Comment(Node):
    idea: lazy.Idea = strawberry.field(description="The idea it is about.")
    author: lazy.Person | None = strawberry.field(description="Who said it; null where it was said anonymously.")
    anonymous: bool = stored("Whether it was said without a name.")
    body: str = stored(f"What was said, as plain text. At most {TEXT} characters.")
    kind: CommentKind = stored("Whether it is an answer, a reason or just a comment.")
    created_at: datetime = stored("When it was said.")
    edited_at: datetime | None = stored("When it was last edited; null: never.")
    version: int = stored("How often it was edited; for `expectedVersion`.")
    viewer_can_do: list[CommentAction] = strawberry.field(
        description="What the person who asks may do with it now: a front end shows just these buttons."
    )


@strawberry.type
class CommentResult:
    comment: Comment | None = strawberry.field(
        description="The comment as it is now; null where there are user errors."
    )


@strawberry.input(description="A new comment.")
class AddCommentInput:
    idea_id: strawberry.ID = strawberry.field(description="The idea it is about.")
    body: str = strawberry.field(description=f"What to say, as plain text. At most {TEXT} characters.")
    anonymous: bool | None = strawberry.field(default=False, description="True: say it without one's name.")
    idempotency_key: strawberry.ID | None = optional(IDEMPOTENCY_KEY)


@strawberry.type(description="The answer to addComment.")
class AddCommentPayload(CommentResult, Written):
    pass


@strawberry.input(description="Other words for a comment.")
class EditCommentInput:
    comment_id: strawberry.ID = strawberry.field(description="One's own comment.")
    body: str = strawberry.field(description=f"What it says from now on. At most {TEXT} characters.")
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to editComment.")
class EditCommentPayload(CommentResult, Written):
    pass


@strawberry.input(description="The comment to remove.")
class RemoveCommentInput:
    comment_id: strawberry.ID = strawberry.field(description="The comment to remove.")


@strawberry.type(description="The answer to removeComment: the idea that the comment was about.")
class RemoveCommentPayload(IdeaResult, Written):
    pass


@strawberry.type
class CommentMutations:
    @described("Comments on an idea. For every member.")
    async def add_comment(
        self,
        info: strawberry.Info,
        input: Annotated[AddCommentInput, strawberry.argument(description="The comment.")],
    ) -> AddCommentPayload | None:
        return await mutate(info, input, AddCommentPayload)

    @described("Changes what a comment says. For its author.")
    async def edit_comment(
        self,
        info: strawberry.Info,
        input: Annotated[EditCommentInput, strawberry.argument(description="Which comment, and its words.")],
    ) -> EditCommentPayload | None:
        return await mutate(info, input, EditCommentPayload)

    @described("Removes a comment from everywhere. For its author, moderators and administrators.")
    async def remove_comment(
        self,
        info: strawberry.Info,
        input: Annotated[RemoveCommentInput, strawberry.argument(description="Which comment.")],
    ) -> RemoveCommentPayload | None:
        return await mutate(info, input, RemoveCommentPayload)
