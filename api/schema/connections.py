"""Pages of unbounded lists: connections, their edges, and the arguments that page through them."""

from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry

from db.rules import PAGE_DEFAULT, PAGE_MOST

T = TypeVar("T")

First: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description=f"At most so many from the beginning, or after `after`: 1 to {PAGE_MOST}. "
        f"Absent or null: {PAGE_DEFAULT}."
    ),
]
After: TypeAlias = Annotated[
    str | None,
    strawberry.argument(description="Go on after the item with this page cursor, which this list gave in this order."),
]
Last: TypeAlias = Annotated[
    int | None,
    strawberry.argument(
        description=f"At most so many from the end, or before `before`: 1 to {PAGE_MOST}. Not with `first`."
    ),
]
Before: TypeAlias = Annotated[
    str | None,
    strawberry.argument(
        description="Go back before the item with this page cursor, which this list gave in this order."
    ),
]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more items follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether items stand before this page.")
    start_cursor: str | None = strawberry.field(
        description="The page cursor of the first item, for `before`; null where the page is empty."
    )
    end_cursor: str | None = strawberry.field(
        description="The page cursor of the last item, for `after`; null where the page is empty."
    )


@strawberry.type(description="An item of a page, with its place in the list.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(
        description="The item's place in this list and order, for `after` and `before`. Opaque."
    )
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items of the page with their page cursors.")
    nodes: list[T] = strawberry.field(description="The items of the page alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands, and how to go on.")
