"""What is to be shared, kept in a file with its idempotency key until the server has answered: sent once."""

import asyncio
import json
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, NotRequired, TypedDict
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
LONGEST = 30.0  # seconds between two tries


class Kept(TypedDict):
    key: str
    problem: str
    why: NotRequired[str]  # what it was refused by


class Outbox:
    """`shared` is called with what was shared, `changed` whenever what is kept has changed."""

    def __init__(self, file: Path, shared: Callable[[Idea], None], changed: Callable[[], None]) -> None:
        self.shared = shared
        self.file = file
        self.changed = changed
        self.kept: list[Kept] = json.loads(file.read_text()) if file.exists() else []
        self.filled = asyncio.Event()
        if self.waiting:
            self.filled.set()

    @property
    def waiting(self) -> list[Kept]:
        return [each for each in self.kept if "why" not in each]

    @property
    def refused(self) -> list[Kept]:
        """Until somebody has put them right."""
        return [each for each in self.kept if "why" in each]

    def share(self, problem: str) -> None:
        text = unicodedata.normalize("NFC", problem.strip())  # as the server keeps it
        self.keep([*self.kept, {"key": uuid4().hex, "problem": text}])

    def drop(self, key: str) -> None:
        self.keep([each for each in self.kept if each["key"] != key])

    def keep(self, kept: list[Kept]) -> None:
        beside = self.file.with_suffix(".new")
        beside.write_text(json.dumps(kept))
        beside.replace(self.file)  # whole, or as it was: whenever this program ends
        self.kept = kept
        (self.filled.set if self.waiting else self.filled.clear)()
        self.changed()

    async def send(self, session: AsyncClientSession) -> None:
        """As long as the session is there. What it was lost under is sent again on the next one, with the same key."""
        tries = 0
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
                if code(error) == "UNAUTHENTICATED":
                    raise  # it waits until somebody has signed in again
                if code(error) in ("UNAVAILABLE", "INTERNAL"):
                    if code(error) == "INTERNAL":  # what this one meets the others need not: they go first
                        self.keep([*(each for each in self.kept if each != first), first])
                    await asyncio.sleep(min(0.5 * 2**tries, LONGEST) * random.uniform(0.5, 1))
                    tries += 1
                    continue
                errors = error.errors or [{"message": str(error)}]
            tries = 0
            if errors:
                refused: Kept = {**first, "why": errors[0]["message"]}
                self.keep([refused if each["key"] == first["key"] else each for each in self.kept])
            else:
                self.drop(first["key"])


# guide ends: outbox
