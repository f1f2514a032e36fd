"""A database whose answer is late, another history of it, and clients that do not wait for what others wrote."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg
import httpx
import pytest

from db.engine import Database
from tests.client import Api
from tests.factories import Hospital
from tests.old_events import execute

TITLES = "{ ideas { nodes { title } } }"


class Late:
    """What a database answers next is on its way until it is let in; everything after it comes at once."""

    def __init__(self, database: Database, patched: pytest.MonkeyPatch) -> None:
        self.rows = database.rows
        self.read, self.let_in = asyncio.Event(), asyncio.Event()
        patched.setattr(database, "rows", self)

    async def __call__(self, text: str, args: Sequence[object] = ()) -> list[asyncpg.Record]:
        rows = await self.rows(text, args)
        if not self.read.is_set():
            self.read.set()
            await self.let_in.wait()
        return rows


async def known(api: Api, *people: Any) -> list[str]:
    """Their tokens, which this process has seen before."""
    tokens = [await api.token(person) for person in people]
    for token in tokens:
        await api.ask("{ cursor }", token)
    return tokens


async def at_once(api: Api, token: str, query: str, /, *, get: bool = False, **headers: str) -> httpx.Response:
    """Without waiting for what others wrote."""
    named = {"authorization": f"Bearer {token}", **{name.replace("_", "-"): text for name, text in headers.items()}}
    if get:
        return await api.http.get("/graphql", params={"query": query}, headers=named)
    return await api.http.post("/graphql", json={"query": query}, headers=named)


async def restored(hospital: Hospital, title: str, *, back: int = 0, epoch: str = "another") -> None:
    """Another history of the same organisation, as a copy of the database has it."""
    of = hospital.organisation
    await execute(hospital, "update idea set title = $2 where organisation_id = $1", of, title)
    await execute(
        hospital,
        "update feed_head set epoch = $2, position = position - $3 where organisation_id = $1",
        of,
        epoch,
        back,
    )
    of_it = "select position from feed_head where organisation_id = $1"
    await execute(hospital, f"delete from event where organisation_id = $1 and position > ({of_it})", of)


def titles(answer: Any) -> list[str]:
    return [node["title"] for node in answer["data"]["ideas"]["nodes"]]
