"""A filled database, answered in both ways: by plans and by the naive reader."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from graphql import GraphQLSchema

from api.answering import Answering
from api.answers import Answers
from api.compose import compose
from api.context import Context
from api.documents import Documents, Request
from api.plans.selection import Limits
from api.resolvers.sources import MUTATIONS, SOURCES
from api.viewer import Viewer, viewer_of
from db.engine import Database
from db.operations.screens import Shown
from db.terms import Sight
from tests.naive import filled, tables
from tests.naive.asking import Asks
from tests.naive.reader import Reader
from tests.naive.tables import Row

FAR = datetime.now(UTC) + timedelta(days=1)


async def no_mutation(context: Context, request: Request) -> tuple[bytes, int]:
    raise AssertionError("nothing is changed here")


class Unknown:
    """Heads of which nothing is known: every answer is executed."""

    def epoch(self, organisation: UUID) -> str | None:
        return None

    def head(self, organisation: UUID) -> int | None:
        return None

    def lag(self) -> float:
        return 0.0

    begun = done = 0

    def ring(self) -> None:
        """Nobody looks."""


@dataclass
class Still(Unknown):
    """Heads of a database in which nothing is written any more: answers may come from memory."""

    heads: dict[UUID, tuple[str, int]]

    def epoch(self, organisation: UUID) -> str | None:
        return self.heads[organisation][0]

    def head(self, organisation: UUID) -> int | None:
        return self.heads[organisation][1]


def answering_from(database: Database, documents: Documents, heads: Unknown) -> Answering:
    return Answering(documents, Answers(database, heads), no_mutation)


@dataclass
class World:
    """A filled database, answered in both ways."""

    database: Database
    answering: Answering
    remembering: Answering  # the same documents, answered from memory where that may be
    reader: Reader
    filled: filled.Filled

    @property
    def documents(self) -> Documents:
        return self.answering.documents

    @property
    def schema(self) -> GraphQLSchema:
        return self.documents.schema

    @classmethod
    async def filled_in(cls, database: Database) -> "World":
        made = await filled.fill(database)
        async with database.writes.connection() as connection:
            # How rare words are counts for what is similar: known, and the same from now on.
            await connection.execute("alter table idea set (autovacuum_enabled = false)")
            await connection.execute("analyze idea")
            read = await tables.load(connection, filled.TEXTS)
        schema, sources = compose(SOURCES, MUTATIONS)
        documents = Documents(schema, sources, Limits(fields=10**6, rows=10**9))
        answering = answering_from(database, documents, Unknown())
        heads = await database.rows("select organisation_id, position, epoch from feed_head")
        still = Still({row["organisation_id"]: (row["epoch"], row["position"]) for row in heads})
        return cls(database, answering, answering_from(database, documents, still), Reader(schema, read), made)

    def rows(self, table: str, **equal: object) -> list[Row]:
        return self.reader.tables.all(table, **equal)

    def row(self, table: str, **equal: object) -> Row:
        return self.rows(table, **equal)[0]

    def who(self, person: UUID) -> str:
        """What the person with this id is called here."""
        return next(who for who, id_ in self.filled.people.items() if id_ == person)

    def asks(self, who: str) -> Asks:
        return Asks(self.reader.tables, self.filled.people[who])

    def context(self, who: str) -> Context:
        asks = self.asks(who)
        if asks.screen is not None:
            return Context(viewer_of(Shown(asks.person, asks.organisation["id"], asks.screen["unit_id"])))
        sight = next((s for s in (Sight.ADMIN, Sight.MODERATOR) if s in asks.me["roles"]), Sight.MEMBER)
        return Context(Viewer(asks.organisation["id"], asks.person, uuid4(), sight, FAR))

    async def ask(self, who: str, text: str, documents: Documents | None = None, /, **variables: Any) -> dict[str, Any]:
        """What the plans answer."""
        answering = self.answering if documents is None else answering_from(self.database, documents, Unknown())
        answer = await answering.run(self.context(who), text, variables, None)
        return cast("dict[str, Any]", json.loads(answer))

    async def agree(self, who: str, text: str, /, **variables: Any) -> Any:
        """Both answer the same: the data, or None where both refuse."""
        expected = self.reader.answer(text, variables, self.filled.people[who])
        answer = await self.ask(who, text, **variables)
        for _ in range(2):  # is kept, and comes from memory
            remembered = json.loads(await self.remembering.run(self.context(who), text, variables, None))
            assert remembered == answer, "memory answers otherwise"
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

    async def refused(self, who: str, text: str, /, **variables: Any) -> tuple[str, list[str] | None]:
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
