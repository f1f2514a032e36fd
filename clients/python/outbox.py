"""What is to be shared, kept in a file with its idempotency key until the server has answered: sent once."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict
from uuid import uuid4

from gql import GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportQueryError
from ideas import IDEA, Idea
from staying import code

SHARE = f"""
mutation ($input: SubmitIdeaInput!) {{
  submitIdea(input: $input) {{ idea {{ {IDEA} }} userErrors {{ code message path }} }}
}}
"""


# guide: outbox
class Waiting(TypedDict):
    key: str
    problem: str


class Outbox:
    """`shared` is called with what was shared, `changed` whenever `waiting` or `refused` has changed."""

    def __init__(self, file: Path, shared: Callable[[Idea], None], changed: Callable[[], None]) -> None:
        self.shared = shared
        self.file = file
        self.changed = changed
        self.waiting: list[Waiting] = json.loads(file.read_text()) if file.exists() else []
        self.refused: str | None = None  # the words that the last one was refused with
        self.filled = asyncio.Event()
        if self.waiting:
            self.filled.set()

    def share(self, problem: str) -> None:
        self.refused = None
        self.keep([*self.waiting, {"key": uuid4().hex, "problem": problem}])

    def keep(self, waiting: list[Waiting]) -> None:
        self.waiting = waiting
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps(waiting))
        beside.replace(self.file)  # whole, or as it was: whenever this program ends
        (self.filled.set if waiting else self.filled.clear)()
        self.changed()

    async def send(self, session: AsyncClientSession) -> None:
        """As long as the session is there. What it was lost under is sent again on the next one, with the same key."""
        while True:
            await self.filled.wait()
            first = self.waiting[0]
            given = {"input": {"problem": first["problem"], "idempotencyKey": first["key"]}}
            try:
                answer = (await session.execute(GraphQLRequest(SHARE, variable_values=given)))["submitIdea"]
                errors: list[dict[str, Any]] = answer["userErrors"]
                if answer["idea"] is not None:
                    self.shared(answer["idea"])
            except TransportQueryError as error:
                if code(error) in ("RATE_LIMITED", "UNAVAILABLE", "INTERNAL"):
                    if code(error) == "INTERNAL":  # what this one meets the others need not: they go first
                        self.keep([*self.waiting[1:], first])
                    extensions = (error.errors or [{}])[0].get("extensions", {})
                    await asyncio.sleep(extensions.get("retryAfterSeconds", 1))
                    continue
                errors = error.errors or [{"message": str(error)}]
            self.refused = errors[0]["message"] if errors else self.refused
            self.keep(self.waiting[1:])


# guide ends: outbox
