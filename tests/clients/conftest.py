"""One story for all examples: each lives through the same minutes of the same server, beside the others."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from api.settings import Settings
from api.viewer import printed_token
from db.operations import follows, ideas, people
from db.terms import Role
from tests import factories
from tests.client import ENVIRONMENT
from tests.clients import building
from tests.clients.watched import EXAMPLES, FIRST, WAY, Example, watching
from tests.factories import Hospital
from tests.server import Server, running
from tests.tcp_proxy import Front, Proxy
from tests.test_cli import on

BEFORE = 25  # ideas: a page and a bit
PRESSED = {"react-urql": "IDEA-7", "react-apollo": "IDEA-8"}  # who has a button for it supports which of them
WRITTEN = 30  # by somebody else, around each kill

SUBMIT = "mutation ($input: SubmitIdeaInput!) { submitIdea(input: $input) { userErrors { message } } }"
LIST = """query ($after: String) { ideas(first: 100, after: $after) {
  nodes { reference title status supportCount problem } pageInfo { hasNextPage endCursor } } }"""
FEED = """query ($after: Cursor!) { feed(first: 100, after: $after) {
  nodes { __typename cursor } pageInfo { hasNextPage endCursor } } }"""


@dataclass
class Story:
    """What came of it. `log`: the feed since the beginning, as the server has it; `ideas`: all there are at the end.

    `shown`: all that each example showed until the list was imported; `last`: what it showed in the end, while its
    token was good.
    """

    examples: dict[str, Example]
    log: list[dict[str, str]]
    ideas: list[dict[str, Any]]
    shown: dict[str, list[list[str]]]
    last: dict[str, list[str]]


@pytest.fixture(scope="session", autouse=True)
def needed() -> None:
    """Without Node these are left out; where all must be run, they fail."""
    try:
        building.node()
    except building.install.CannotBuildError as lacking:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(lacking))


class Network(Proxy):
    """Between the examples and the server. What the server says may come to nobody, on new connections too."""

    swallows = False

    def front(self) -> Front:
        end = super().front()
        end.link.server.swallows = self.swallows
        return end

    def swallow_answers(self) -> None:
        self.swallows = True
        self.swallow(1, to_server=False, to_client=True)

    def heal(self) -> None:
        """It is as before, for who connects again. What is half-open stays so: nobody is told."""
        self.swallows = False

    def end(self) -> None:
        self.listening.close()
        for link in set(self.links):
            link.cut()


class Office:
    """Who asks and writes over HTTP, again and again until it is answered."""

    def __init__(self, server: Server, token: str) -> None:
        self.http = httpx.AsyncClient(base_url=server.url, headers={"authorization": f"Bearer {token}"})

    async def ask(self, query: str, **variables: Any) -> Any:
        while True:
            try:
                answer = (await self.http.post("/graphql", json={"query": query, "variables": variables})).json()
            except httpx.TransportError:
                await asyncio.sleep(0.05)  # the server is away
            else:
                assert "errors" not in answer, answer
                return answer["data"]

    async def write(self, round_: str, often: int = WRITTEN) -> None:
        for number in range(often):
            given = {"problem": f"{round_}: number {number} gets in the way.", "idempotencyKey": uuid4().hex}
            assert (await self.ask(SUBMIT, input=given))["submitIdea"]["userErrors"] == []

    async def until(self, true: Callable[[list[dict[str, Any]]], bool]) -> None:
        """Until this is true of all ideas."""
        while not true(await self.every(LIST, "ideas")):
            pass

    async def every(self, query: str, field: str, after: str | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = (await self.ask(query, after=after))[field]
            found += page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]


@pytest_asyncio.fixture(scope="module")
async def story(module_hospital: Hospital, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Story]:
    hospital = module_hospital
    old = [await factories.submit(hospital, hospital.colleague, problem=f"Before {n}.") for n in range(BEFORE)]
    settings = Settings.read(ENVIRONMENT)
    nurse = await printed_token(hospital.database, settings, "nina@ashcombe.example", 1)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(running(hospital.database.dsn))
        office = Office(server, nurse)
        network = Network([server.port], seed=1)
        url = f"http://127.0.0.1:{await network.listen()}"
        stack.callback(network.end)
        watched = [
            await stack.enter_async_context(watching(name, to, nurse, tmp_path_factory.mktemp(name)))
            for name, to in (*((example, url) for example in EXAMPLES), (FIRST, server.url))  # which knows no silence
        ]
        *examples, first = watched
        await first.until("that it follows", lambda each: each.items != [])
        began: str = (await office.ask("{ cursor }"))["cursor"]
        await everybody(examples, "the first page", lambda each: len(each.list) == 20)
        everyone(examples, "more")
        await everybody(examples, "the second page", lambda each: len(each.list) == BEFORE)
        everyone(examples, "share While all is well: {}.")
        await everybody(examples, "what it shared", lambda each: each.shows("IDEA-", f"well: {each.name}."))

        writing = asyncio.create_task(office.write("First"))
        await midst(examples[0], "First")
        server.kill()
        everyone(examples, "share Without a connection: {}.")
        await everybody(examples, "what waits to be sent", lambda each: each.shows(f"connection: {each.name}.{WAY}"))
        await press(
            examples,
            "that it cannot be supported now",
            lambda each, idea: each.alert is not None and each.shows(f"{idea} ", "(OPEN, 0)"),
        )
        server.launch()
        await meanwhile(hospital, old[:3])
        await server.ready()
        await writing
        await everybody(examples, "that it was sent", lambda each: not each.shows(WAY))
        await everybody(examples, "that it is live again", lambda each: each.status is None)

        writing, supported = asyncio.create_task(office.write("Second")), set(PRESSED.values())
        await midst(examples[0], "Second")
        network.swallow_answers()
        everyone(examples, "share Without an answer: {}.")
        await press(examples, "its support at once", lambda each, idea: each.shows(f"{idea} ", "(OPEN, 1)"))
        await office.until(lambda ideas: sum("Without an answer" in idea["problem"] for idea in ideas) == len(EXAMPLES))
        await office.until(lambda ideas: all(idea["supportCount"] for idea in ideas if idea["reference"] in supported))
        server.kill()  # what was done is done, and nobody has been told
        network.heal()
        server.launch()
        await meanwhile(hospital, old[3:6])
        await server.ready()
        await writing
        await everybody(examples, "that it was sent", lambda each: not each.shows(WAY))

        everyone(examples, "share " + "x" * 4001)
        await everybody(
            examples, "why it is refused", lambda each: "4,000" in (each.alert or "") and not each.shows(WAY)
        )
        everyone(examples, "mend")
        await everybody(examples, "that it is put right", lambda each: "4,000" not in (each.alert or ""))
        shown = {each.name: [*each.lists] for each in examples}
        await imported(hospital, tmp_path_factory.mktemp("list"))
        await everybody(examples, "the first page, anew", lambda each: len(each.list) == 20)
        everyone(examples, "more")
        await everybody(examples, "the second page", lambda each: len(each.list) == 40)
        await hospital.do(people.edit_person, hospital.admin, person=hospital.nurse, roles=[Role.MODERATOR])
        await everybody(examples, "the first page, after a reset", lambda each: len(each.list) == 20)
        await office.write("Last", 1)

        log = await office.every(FEED, "feed", began)
        await everybody(watched, "the last event", lambda each: log[-1] in each.items)
        all_ideas = await office.every(LIST, "ideas")
        for pages in range(2, len(all_ideas) // 20 + 2):
            everyone(examples, "more")
            await everybody(
                examples, "a further page", lambda each, n=pages * 20: len(each.list) >= min(n, len(all_ideas))
            )
        last = {each.name: each.list for each in examples}
        await hospital.do(people.deactivate_person, hospital.admin, person=hospital.nurse)
        await everybody(examples, "that one is to sign in", lambda each: each.status == "Sign in again.")
        yield Story({each.name: each for each in watched}, log, all_ideas, shown, last)
        await office.http.aclose()


async def imported(hospital: Hospital, folder: Path) -> None:
    """A list of old, which comes by one event."""
    path = folder / "old.csv"
    path.write_text("Problem,Date\nOf old,2019-03-01\nOf older,2018-03-01\n")
    importing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "api.cli", "import", path, "--organisation", "ashcombe",
        cwd=building.ROOT, env=on(hospital.database.dsn), stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await importing.wait() == 0


async def meanwhile(hospital: Hospital, old: Sequence[UUID]) -> None:
    """While the server is away, another one on the same database is not."""
    supported, answered, withdrawn = old
    await hospital.do(follows.support_idea, hospital.lead, idea=supported)
    await factories.comment(hospital, supported)
    await factories.move(hospital, answered, "UNDER_REVIEW", actor=hospital.coach)
    await hospital.do(ideas.withdraw_idea, hospital.colleague, idea=withdrawn)


async def midst(example: Example, round_: str) -> None:
    """Until some of what is being written is shown."""
    await example.until("what was written first", lambda each: each.shows(f"{round_}: number 5"))


async def press(examples: Sequence[Example], what: str, true: Callable[[Example, str], bool]) -> None:
    """Those that have a button support an idea, until this is true."""
    for each in examples:
        if (idea := PRESSED.get(each.name)) is not None:
            each.order(f"support {idea}")
            await each.until(what, lambda each, idea=idea: true(each, idea))


def everyone(examples: Sequence[Example], order: str) -> None:
    for each in examples:
        each.order(order.format(each.name))


async def everybody(examples: Sequence[Example], what: str, true: Callable[[Example], bool]) -> None:
    await asyncio.gather(*(each.until(what, true) for each in examples))
