"""The whole schema: the roots, composed of what each noun brings, and the types that only an interface reaches."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from api.schema.board import BoardQueries, BoardSubscriptions
from api.schema.comments import CommentMutations
from api.schema.errors import InputError
from api.schema.feed import EVENTS, FeedCaughtUp, FeedQueries, FeedReset, FeedSubscriptions
from api.schema.follows import FollowMutations
from api.schema.ideas import IdeaMutations, IdeaQueries
from api.schema.nodes import NodeQueries
from api.schema.organisations import OrganisationMutations, OrganisationQueries
from api.schema.people import PersonMutations, PersonQueries
from api.schema.scalars import SCALARS
from api.schema.screens import ScreenMutations, ScreenQueries
from api.schema.sessions import SessionMutations, SessionQueries
from api.schema.similar import SimilarQueries
from api.schema.themes import ThemeMutations, ThemeQueries
from api.schema.units import UnitMutations
from api.schema.wins import WinMutations, WinQueries


@strawberry.type(description="What can be asked. All of one operation is read in one snapshot, at `cursor`.")
class Query(
    FeedQueries,
    NodeQueries,
    SessionQueries,
    OrganisationQueries,
    ThemeQueries,
    IdeaQueries,
    SimilarQueries,
    WinQueries,
    PersonQueries,
    ScreenQueries,
    BoardQueries,
):
    pass


@strawberry.type(
    description="What can be done. What a person can put right comes back in `userErrors`; what they cannot is a "
    "GraphQL error with `extensions.code`, and the mutation's answer is null."
)
class Mutation(
    IdeaMutations,
    FollowMutations,
    CommentMutations,
    ThemeMutations,
    WinMutations,
    PersonMutations,
    OrganisationMutations,
    UnitMutations,
    ScreenMutations,
    SessionMutations,
):
    pass


@strawberry.type(
    description="What can be watched. Query at a cursor, subscribe after it: nothing is missed and nothing comes twice."
)
class Subscription(FeedSubscriptions, BoardSubscriptions):
    pass


# For Schema(types=...): what is reached only through an interface would not exist without being named.
TYPES: list[type] = [InputError, FeedCaughtUp, FeedReset, *EVENTS]


def build() -> strawberry.Schema:
    """The schema as clients see it, with nothing behind it: to print and to check."""
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=TYPES,
        config=StrawberryConfig(scalar_map=SCALARS),
    )
