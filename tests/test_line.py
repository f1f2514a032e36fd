"""The whole line, from outside: a write in one process becomes an event on a socket of another, whatever dies."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio

from api.settings import Settings
from api.viewer import printed_token
from tests.client import ENVIRONMENT
from tests.factories import Hospital
from tests.server import Server, running
from tests.sockets import connected, received, subscribe

FEED = """subscription($after: Cursor) { feed(after: $after) {
  __typename cursor ... on IdeaSubmitted { idea { title author { name } } }
} }"""
SUBMIT = """mutation($problem: String!) { submitIdea(input: {problem: $problem}) { cursor userErrors { message } } }"""


@pytest_asyncio.fixture
async def groundswell(hospital: Hospital) -> AsyncIterator[Server]:
    async with running(hospital.database.dsn) as server:
        yield server


@pytest_asyncio.fixture
async def token(hospital: Hospital) -> str:
    return await printed_token(hospital.database, Settings.read(ENVIRONMENT), "nina@ashcombe.example", 1)


async def submit(server: Server, token: str, problem: str) -> str:
    async with httpx.AsyncClient(base_url=server.url, headers={"authorization": f"Bearer {token}"}) as http:
        answer = (await http.post("/graphql", json={"query": SUBMIT, "variables": {"problem": problem}})).json()
        cursor: str = answer["data"]["submitIdea"]["cursor"]
        return cursor


async def events(server: Server, token: str, after: str | None, count: int) -> list[dict[str, Any]]:
    """The next items of the feed that are events."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(20), connected(server.socket_url, token) as socket:
        await subscribe(socket, FEED, after=after)
        async for message in received(socket):
            item = message["payload"]["data"]["feed"]
            if item["__typename"] == "IdeaSubmitted":
                found.append(item)
                if len(found) == count:
                    break
    return found


async def test_a_write_arrives_on_a_socket_which_resumes_after_a_kill(groundswell: Server, token: str) -> None:
    before = await submit(groundswell, token, "Idea 0")
    first = asyncio.create_task(events(groundswell, token, before, 3))
    for n in range(1, 4):
        await submit(groundswell, token, f"Idea {n}")
    seen = await first
    assert [item["idea"] for item in seen] == [
        {"title": f"Idea {n}", "author": {"name": "Nina Nurse"}} for n in range(1, 4)
    ]
    await submit(groundswell, token, "While nobody watched")
    groundswell.kill()
    await groundswell.start()
    await submit(groundswell, token, "After the restart")
    resumed = await events(groundswell, token, seen[-1]["cursor"], 2)
    assert [item["idea"]["title"] for item in resumed] == ["While nobody watched", "After the restart"]
