"""Many independent operations in one transaction, whose statements go to PostgreSQL in bundles.

Each operation runs as it is, in a lane of its own, until it asks the database something. When every lane is waiting,
what they ask is sent at once, equal statements in one pipeline: the same statements with the same values, without a
round trip for each. Lanes take turns statement by statement, so they must not touch the same idea.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal, TypeVar

import asyncpg

from db.log import Transaction
from db.sql import Compiled

T = TypeVar("T")
Row = asyncpg.Record
Wanted = Literal["row", "rows", "nothing"]


class _Asked:
    """A statement that a lane waits for."""

    __slots__ = ("answer", "args", "text", "wanted")

    def __init__(self, wanted: Wanted, text: str, args: Sequence[object]) -> None:
        self.wanted, self.text, self.args = wanted, text, args
        self.answer: asyncio.Future[list[Row]] = asyncio.get_running_loop().create_future()


class _Lane(Transaction):
    """The transaction as one lane sees it."""

    __slots__ = ("_together",)

    def __init__(self, tx: Transaction, together: "_Together") -> None:
        super().__init__(tx.connection, tx.organisation)
        self._together = together

    async def rows(self, text: str, *args: object) -> list[Row]:
        return await self._together.ask("rows", text, args)

    async def row(self, text: str, *args: object) -> Row | None:
        return (await self._together.ask("row", text, args))[0]

    async def run(self, text: str, *args: object) -> None:
        await self._together.ask("nothing", text, args)

    async def ask(self, statement: Compiled, **values: object) -> Row | None:
        return await self.row(statement.text, *statement.args({"organisation": self.organisation, **values}))

    async def ask_all(self, statement: Compiled, **values: object) -> list[Row]:
        return await self.rows(statement.text, *statement.args({"organisation": self.organisation, **values}))


class _Together:
    def __init__(self, tx: Transaction, lanes: int) -> None:
        self.tx = tx
        self.running = lanes
        self.asked: list[_Asked] = []
        self.all_wait = asyncio.Event()

    async def lane(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        try:
            return await work(_Lane(self.tx, self))
        finally:
            self.running -= 1
            self._look()

    async def ask(self, wanted: Wanted, text: str, args: Sequence[object]) -> list[Row]:
        asked = _Asked(wanted, text, args)
        self.asked.append(asked)
        self._look()
        return await asked.answer

    def _look(self) -> None:
        if len(self.asked) == self.running:
            self.all_wait.set()

    async def answer(self) -> None:
        """Until every lane has come to its end."""
        while True:
            await self.all_wait.wait()
            self.all_wait.clear()
            if not self.running:
                return
            bundles: dict[tuple[Wanted, str], list[_Asked]] = {}
            for each in self.asked:
                bundles.setdefault((each.wanted, each.text), []).append(each)
            self.asked = []
            for (wanted, text), bundle in bundles.items():
                await self._send(wanted, text, bundle)

    async def _send(self, wanted: Wanted, text: str, bundle: list[_Asked]) -> None:
        connection = self.tx.connection
        if wanted == "rows":
            for each in bundle:
                each.answer.set_result(await connection.fetch(text, *each.args))
            return
        every = [each.args for each in bundle]
        if wanted == "nothing":
            await connection.executemany(text, every)
            for each in bundle:
                each.answer.set_result([])
            return
        rows = await connection.fetchmany(text, every)
        if len(rows) != len(bundle):
            raise RuntimeError(f"Of {len(bundle)} that were sent together {len(rows)} gave a row: {text}")
        for each, row in zip(bundle, rows, strict=True):
            each.answer.set_result([row])


async def together(tx: Transaction, works: Sequence[Callable[[Transaction], Awaitable[T]]]) -> list[T]:
    """What each work answers, in their order. Each `row` that they ask for must be there. The first error is raised."""
    if not works:
        return []
    bundling = _Together(tx, len(works))
    try:
        async with asyncio.TaskGroup() as group:
            lanes = [group.create_task(bundling.lane(work)) for work in works]
            await bundling.answer()
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [lane.result() for lane in lanes]
