"""Plans answer as the naive reader does: documents made by chance, then what each rule says by an example."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from graphql import GraphQLObjectType, GraphQLSchema, get_named_type, is_abstract_type, is_leaf_type, is_object_type
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.compose import compose
from api.context import Context
from api.documents import Documents
from api.plans.selection import Limits
from api.resolvers.sources import SOURCES
from api.viewer import Viewer
from db.engine import Database
from db.terms import Sight
from tests.documents_made import Maker
from tests.naive import filled, tables
from tests.naive.asking import Asks
from tests.naive.reader import Reader

FAR = datetime.now(UTC) + timedelta(days=1)


async def no_mutation(context: Context, info: Any, input: object) -> object:
    raise AssertionError("nothing is changed here")


@dataclass
class World:
    """A filled database, answered in both ways."""

    database: Database
    documents: Documents
    reader: Reader
    filled: filled.Filled
    reached: set[tuple[str, str]] = field(default_factory=set)

    @property
    def schema(self) -> GraphQLSchema:
        return self.documents.schema

    def asks(self, who: str) -> Asks:
        return Asks(self.reader.tables, self.filled.people[who])

    def context(self, who: str) -> Context:
        asks = self.asks(who)
        sight = next((s for s in (Sight.ADMIN, Sight.MODERATOR) if s in asks.me["roles"]), Sight.MEMBER)
        return Context(Viewer(asks.organisation["id"], asks.person, uuid4(), sight, FAR))

    async def ask(self, who: str, text: str, documents: Documents | None = None, **variables: Any) -> dict[str, Any]:
        """What the plans answer."""
        answer = await (documents or self.documents).run(self.context(who), text, variables, None)
        return cast("dict[str, Any]", json.loads(answer))

    async def agree(self, who: str, text: str, **variables: Any) -> Any:
        """Both answer the same: the data, or None where both refuse."""
        expected = self.reader.answer(text, variables, self.filled.people[who])
        answer = await self.ask(who, text, **variables)
        if expected.data is not None:
            assert "errors" not in answer, answer["errors"]
            difference = differs(expected.data, answer["data"])
            assert difference is None, difference
            return answer["data"]
        refusals = {(r.code, r.path) for r in expected.refusals}
        assert "data" not in answer, f"should be refused: {refusals}"
        [error] = answer["errors"]
        assert (error["extensions"]["code"], tuple(error["path"])) in refusals, error
        return None

    async def refused(self, who: str, text: str, **variables: Any) -> tuple[str, list[str] | None]:
        [error] = (await self.ask(who, text, **variables))["errors"]
        return error["extensions"]["code"], error.get("path")


def differs(expected: Any, answer: Any, path: str = "data") -> str | None:
    """Where two answers differ first: same keys in the same order, same lists in order, numbers as numbers."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        if list(expected) != list(answer):
            return f"{path}: {list(expected)} != {list(answer)}"
        return next((d for k in expected if (d := differs(expected[k], answer[k], f"{path}.{k}"))), None)
    if isinstance(expected, list) and isinstance(answer, list):
        if len(expected) != len(answer):
            return f"{path}: {len(expected)} items expected, {len(answer)} given\n{expected}\n{answer}"
        pairs = enumerate(zip(expected, answer, strict=True))
        return next((d for n, (e, a) in pairs if (d := differs(e, a, f"{path}[{n}]"))), None)
    same = expected == answer and isinstance(expected, bool) == isinstance(answer, bool)
    return None if same else f"{path}: expected {expected!r}, got {answer!r}"


@pytest_asyncio.fixture(scope="module")
async def world(module_database: Database) -> AsyncIterator[World]:
    made = await filled.fill(module_database)
    async with module_database.writes.connection() as connection:
        read = await tables.load(connection, filled.TEXTS)
    schema = compose(SOURCES, {name: None for name in mutation_names()})
    limits = Limits(fields=10**6, rows=10**9)
    documents = Documents(schema, SOURCES, module_database, no_mutation, limits)
    yield World(module_database, documents, Reader(schema, read), made)


def mutation_names() -> list[str]:
    from api.schema.root import build

    mutation = build()._schema.mutation_type
    return list(mutation.fields) if mutation else []


PEOPLE = st.sampled_from(
    ("member", "lead", "theme lead", "coach", "moderator", "executive", "admin", "double", "foreign lead")
)


async def check(world: World, who: str, other: str, random: Random) -> None:
    """A document by one person twice and then by another: plans are reused where they may be, and only there."""
    made = Maker(world.schema, world.asks(who), random).document()
    try:
        for variables in made.variables:
            await world.agree(who, made.text, **variables)
        await world.agree(other, made.text, **made.variables[0])
    except BaseException:
        print(who, other, made.text, json.dumps(made.variables), sep="\n")
        raise


@settings(
    max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(who=PEOPLE, other=PEOPLE, random=st.randoms(use_true_random=False))
async def test_plans_answer_as_the_naive_reader(world: World, who: str, other: str, random: Random) -> None:
    await check(world, who, other, random)
