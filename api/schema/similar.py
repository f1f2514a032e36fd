"""Similar ideas: what somebody might support instead of writing it once more."""

from typing import Annotated, TypeAlias

import strawberry

from api.schema import lazy
from api.schema.declared import described, planned
from db.rules import MOST_BOARD_ITEMS, TEXT

AtMost: TypeAlias = Annotated[
    int | None,
    strawberry.argument(description=f"At most so many, 1 to {MOST_BOARD_ITEMS}. Null: as if absent."),
]


@strawberry.type(description="An idea that is like what was asked for.")
class SimilarIdea:
    idea: lazy.Idea = strawberry.field(description="The idea.")
    likeness: float = strawberry.field(
        description="From 0 to 1: how many of the words it has too, the rare ones counting for more."
    )


@strawberry.type
class SimilarQueries:
    @described("Ideas that are like a text, the most alike first: to be asked while somebody types.")
    def similar_ideas(
        self,
        text: Annotated[str, strawberry.argument(description=f"What is being written. At most {TEXT} characters.")],
        first: AtMost = 5,
    ) -> list[SimilarIdea]:
        planned()
