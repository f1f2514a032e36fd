"""A client of the API, as front-end teams have one: operations by HTTP, through the whole application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from starlette.applications import Starlette

from api.app import Groundswell, create_app
from api.cursors import MOST_POSITION
from api.settings import Settings
from db.operations import sessions

SECRET = "a-key-for-tests-only-" + "x" * 32
ENVIRONMENT = {"SECRET_KEY": SECRET, "DATABASE_URL": "postgresql://given-by-the-test"}


@dataclass(frozen=True)
class Answer:
    """What came back: `data`, `errors`, and the response itself."""

    data: Any
    errors: list[dict[str, Any]]
    response: httpx.Response

    @property
    def codes(self) -> list[str]:
        return [error["extensions"]["code"] for error in self.errors]


@dataclass
class Api:
    """The application in this process, with its tail and hub running."""

    app: Starlette
    http: httpx.AsyncClient
    tokens: dict[UUID, str] = field(default_factory=dict)

    @property
    def service(self) -> Groundswell:
        service: Groundswell = self.app.state.service
        return service

    async def token(self, person: UUID) -> str:
        """A bearer token of this person, printed once."""
        if person not in self.tokens:
            database = self.service.database
            email = await database.value("select email from person where id = $1", [person])
            signed = await sessions.printed_session(database, email=email, lasts=timedelta(hours=1))
            self.tokens[person] = self.service.tokens.make(signed.organisation, person, signed.session).text
        return self.tokens[person]

    async def see(self, token: str | None) -> None:
        """Tests write beside the application, as another process does: it looks at the log, as it does by itself."""
        claims = self.service.tokens.read(token) if token else None
        if claims is not None:
            await self.service.tail.wait_for(claims[0], MOST_POSITION)

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> Answer:
        """One operation, after all that was written; its errors are the caller's to look at."""
        await self.see(token)
        headers = {"authorization": f"Bearer {token}"} if token else {}
        response = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        body = response.json()
        return Answer(body.get("data"), body.get("errors", []), response)


@asynccontextmanager
async def serving(dsn: str, **environment: str) -> AsyncIterator[Api]:
    settings = Settings.read({**ENVIRONMENT, **environment, "GROUNDSWELL_HOME": str(Path("/nonexistent"))})
    app = create_app(settings, dsn)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://groundswell.test") as http:
            yield Api(app, http)
