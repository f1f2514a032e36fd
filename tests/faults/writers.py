"""Writers: people who share, comment, support and answer, and repeat by its key whatever was not answered."""

import asyncio
import random
import ssl
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from api.cursors import decode_cursor, decode_id

SUBMIT = """mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) {
  idea { id } cursor userErrors { code message } } }"""
COMMENT = """mutation($input: AddCommentInput!) { addComment(input: $input) {
  comment { id } cursor userErrors { code message } } }"""
SUPPORT = """mutation($input: SupportIdeaInput!) { supportIdea(input: $input) {
  idea { id } cursor userErrors { code message } } }"""
MOVE = """mutation($input: ChangeIdeaStatusInput!) { changeIdeaStatus(input: $input) {
  idea { id } cursor userErrors { code message } } }"""
ASSIGN = """mutation($input: AssignIdeaToThemeInput!) { assignIdeaToTheme(input: $input) {
  idea { id } cursor userErrors { code message } } }"""

AGAIN = 0.3  # seconds on average
LONG = 3900  # letters now and then, so that a reader who stops fills what lies between


@dataclass(frozen=True, slots=True)
class Answered:
    """A write that was answered. `exact`: its event is at the answer's cursor, not somewhere before it."""

    mark: tuple[Any, ...]
    position: int
    exact: bool


@dataclass(frozen=True)
class Place:
    """An organisation to write in: the writer's token and its person; whoever leads may move and assign."""

    organisation: UUID
    person: UUID
    token: str
    leads: bool = False
    themes: Sequence[UUID] = ()
    units: Sequence[UUID] = ()


class Writers:
    """All of them. Seconds: `every` between two writes of one writer, `answer` until one is asked again."""

    def __init__(
        self, url: str, places: Sequence[Place], seed: int, every: float, answer: float, trust: Path | None
    ) -> None:
        self.tls = ssl.create_default_context(cafile=trust) if trust else True
        self.url = url
        self.places = places
        self.every, self.answer = every, answer
        self.seed = seed
        self.answers: list[Answered] = []
        self.outcomes: Counter[str] = Counter()  # of requests that were not answered, by what happened instead
        self.wrong: list[str] = []
        self.enough = asyncio.Event()

    async def run(self) -> None:
        """Until it is enough; then each ends with its last answer."""
        async with asyncio.TaskGroup() as group:
            for n, place in enumerate(self.places):
                group.create_task(Writer(self, place, random.Random(f"{self.seed} {n}")).run())


class Writer:
    def __init__(self, all_: Writers, place: Place, choice: random.Random) -> None:
        self.all, self.place, self.choice = all_, place, choice

    async def run(self) -> None:
        headers = {"authorization": f"Bearer {self.place.token}"}
        async with httpx.AsyncClient(
            base_url=self.all.url, headers=headers, timeout=self.all.answer, trust_env=False, verify=self.all.tls
        ) as http:
            self.http = http
            while not self.all.enough.is_set():
                await self.an_idea()

    async def an_idea(self) -> None:
        """Its whole story: shared, commented upon, and what else somebody may do with it."""
        place, choice = self.place, self.choice
        theme = choice.choice([None, *place.themes]) if place.themes else None
        unit = choice.choice(place.units) if place.units else None
        where = {"themeId": theme and f"theme_{theme}", "unitId": unit and f"unit_{unit}"}
        done = await self.write("IDEA_SUBMITTED", SUBMIT, problem=self.text(), **where)
        idea = done["idea"]["id"]
        for _ in range(choice.randint(0, 3)):
            await self.write("COMMENT_ADDED", COMMENT, ideaId=idea, body=self.text())
        if place.leads and choice.random() < 0.5:
            await self.write("IDEA_STATUS_CHANGED", MOVE, keyed=False, ideaId=idea, to="UNDER_REVIEW")
        if choice.random() < 0.5:
            await self.write("IDEA_SUPPORTED", SUPPORT, keyed=False, ideaId=idea)
        if place.leads and len(place.themes) > 1 and choice.random() < 0.5:
            other = choice.choice([other for other in place.themes if other != theme])
            await self.write("IDEA_EDITED", ASSIGN, keyed=False, ideaId=idea, themeId=f"theme_{other}")

    def text(self) -> str:
        """Like no other."""
        return f"{uuid4()} " + "x" * (LONG if self.choice.random() < 0.5 else 0)

    async def write(self, type_: str, query: str, *, keyed: bool = True, **given: Any) -> dict[str, Any]:
        """One mutation, until it is answered."""
        if keyed:
            given["idempotencyKey"] = str(uuid4())
        while True:
            payload = await self.attempt(query, given)
            if payload is not None:
                break
            await asyncio.sleep(self.choice.uniform(0.5, 1.5) * AGAIN)
        if payload["userErrors"]:
            raise AssertionError(f"{type_} {given} was refused: {payload}")
        self.all.answers.append(self.answered(type_, payload, exact=keyed))
        await asyncio.sleep(self.choice.uniform(0.5, 1.5) * self.all.every)
        return payload

    async def attempt(self, query: str, given: dict[str, Any]) -> dict[str, Any] | None:
        """None: not answered, or told that it can't be done just now; so it is to be asked again."""
        try:
            response = await self.http.post("/graphql", json={"query": query, "variables": {"input": given}})
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            self.all.outcomes[type(error).__name__] += 1
            return None
        if "errors" in answer:
            codes = [error["extensions"]["code"] for error in answer["errors"]]
            self.all.outcomes[", ".join(codes)] += 1
            if codes != ["UNAVAILABLE"]:
                self.all.wrong.append(f"a writer was told {answer}")
            return None
        (payload,) = answer["data"].values()
        return dict(payload)

    def answered(self, type_: str, payload: dict[str, Any], *, exact: bool) -> Answered:
        organisation, position = self.place.organisation, decode_cursor(payload["cursor"]).position
        if type_ == "COMMENT_ADDED":
            return Answered((organisation, type_, decode_id("comment", payload["comment"]["id"])), position, exact)
        idea = decode_id("idea", payload["idea"]["id"])
        more = {"IDEA_SUPPORTED": (self.place.person,), "IDEA_STATUS_CHANGED": ("UNDER_REVIEW",)}.get(type_, ())
        return Answered((organisation, type_, idea, *more), position, exact)
