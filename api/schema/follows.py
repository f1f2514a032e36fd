"""Supports and follows: standing behind an idea, and hearing what becomes of it."""

from typing import Annotated

import strawberry

from api.schema.declared import described, mutate
from api.schema.errors import Written
from api.schema.ideas import IdeaResult


@strawberry.input(description="The idea to support.")
class SupportIdeaInput:
    idea_id: strawberry.ID = strawberry.field(description="The idea to support.")


@strawberry.type(description="The answer to supportIdea.")
class SupportIdeaPayload(IdeaResult, Written):
    pass


@strawberry.input(description="The idea to support no longer.")
class UnsupportIdeaInput:
    idea_id: strawberry.ID = strawberry.field(description="The idea to support no longer.")


@strawberry.type(description="The answer to unsupportIdea.")
class UnsupportIdeaPayload(IdeaResult, Written):
    pass


@strawberry.input(description="The idea to follow.")
class FollowIdeaInput:
    idea_id: strawberry.ID = strawberry.field(description="The idea to follow.")


@strawberry.type(description="The answer to followIdea.")
class FollowIdeaPayload(IdeaResult, Written):
    pass


@strawberry.input(description="The idea to follow no longer.")
class UnfollowIdeaInput:
    idea_id: strawberry.ID = strawberry.field(description="The idea to follow no longer.")


@strawberry.type(description="The answer to unfollowIdea.")
class UnfollowIdeaPayload(IdeaResult, Written):
    pass


@strawberry.type
class FollowMutations:
    @described("Supports an idea: one's name counts for it once. For every member.")
    async def support_idea(
        self,
        info: strawberry.Info,
        input: Annotated[SupportIdeaInput, strawberry.argument(description="Which idea.")],
    ) -> SupportIdeaPayload | None:
        return await mutate(info, input, SupportIdeaPayload)

    @described("Takes one's support of an idea back.")
    async def unsupport_idea(
        self,
        info: strawberry.Info,
        input: Annotated[UnsupportIdeaInput, strawberry.argument(description="Which idea.")],
    ) -> UnsupportIdeaPayload | None:
        return await mutate(info, input, UnsupportIdeaPayload)

    @described("Follows an idea: one hears what becomes of it. Nobody else is told.")
    async def follow_idea(
        self,
        info: strawberry.Info,
        input: Annotated[FollowIdeaInput, strawberry.argument(description="Which idea.")],
    ) -> FollowIdeaPayload | None:
        return await mutate(info, input, FollowIdeaPayload)

    @described("Follows an idea no longer.")
    async def unfollow_idea(
        self,
        info: strawberry.Info,
        input: Annotated[UnfollowIdeaInput, strawberry.argument(description="Which idea.")],
    ) -> UnfollowIdeaPayload | None:
        return await mutate(info, input, UnfollowIdeaPayload)
