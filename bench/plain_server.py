"""Plain Strawberry's server: its own ASGI view, with the loaders of each request in its context."""

from typing import Any
from uuid import UUID

import asyncpg
import strawberry
from strawberry.asgi import GraphQL

from bench.plain import Query
from bench.plain_loaders import Loads, Pool
from bench.plain_writes import Mutation


class Plain(GraphQL[Any, Any]):
    """The ASGI application, Strawberry's own view."""

    def __init__(
        self, dsn: str, organisation: UUID, person: UUID, schema: strawberry.Schema | None = None, **settings: Any
    ) -> None:
        super().__init__(schema or strawberry.Schema(Query, Mutation), graphql_ide=None, **settings)
        self.dsn, self.organisation, self.person = dsn, organisation, person
        self.pool: Pool | None = None

    async def get_context(self, request: Any, response: Any) -> Any:
        if self.pool is None:
            self.pool = await asyncpg.create_pool(self.dsn, min_size=1, max_size=8)
        # A subscription lives for days: its loaders must not answer with what was true when it began.
        lasting = self.is_websocket_request(request)
        loads = Loads(self.pool, self.organisation, self.person, remember=not lasting)
        return {"request": request, "response": response, "loads": loads}
