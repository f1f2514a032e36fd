"""Node: what has a global id, and how it is fetched again by it."""

from typing import Annotated

import strawberry

from api.schema.declared import described, planned
from db.rules import MOST_NODES


@strawberry.interface(description="Something durable, which can be fetched again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Its global id. Opaque: it stays the same for ever and says nothing about the content."
    )


@strawberry.type
class NodeQueries:
    @described("Any node by its id; null where it does not exist or may not be seen, which look the same.")
    def node(self, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the node.")]) -> Node | None:
        planned()

    @described("Nodes by their ids, in the order asked for; null in the place of each that is not to be seen.")
    def nodes(
        self,
        ids: Annotated[list[strawberry.ID], strawberry.argument(description=f"The ids, at most {MOST_NODES}.")],
    ) -> list[Node | None]:
        planned()
