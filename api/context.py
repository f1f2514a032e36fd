"""What one request carries with it: who asks, from where, and the document that is being answered."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from api.viewer import Viewer

Mutate = Callable[["Context", Any, object], Awaitable[object]]


@dataclass(slots=True)
class Context:
    """One request, or one operation on a socket. `address`: where it comes from, for throttling sign-in."""

    viewer: Viewer | None
    address: str = ""
    request_id: str = field(default_factory=lambda: token_hex(8))
    # Set by the document that runs in it: its plans, and how its mutations are done.
    plans: Any = None
    mutation: Mutate | None = None
    # The newest position that the answer contains, as a cursor; None where it has none.
    cursor: str | None = None

    async def mutate(self, info: Any, input: object) -> object:
        """What a mutation's class in the schema calls."""
        assert self.mutation is not None, "mutations run in a document"
        return await self.mutation(self, info, input)
