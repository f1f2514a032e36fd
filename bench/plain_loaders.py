"""The data loaders of the plain server: one statement a kind of child, whatever the number of parents."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TypeAlias
from uuid import UUID

import asyncpg
from strawberry.dataloader import DataLoader
from strawberry.types import Info

Row: TypeAlias = asyncpg.Record
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class Loads:
    """One request's loaders, or one socket's."""

    def __init__(self, pool: Pool, organisation: UUID, person: UUID, *, remember: bool) -> None:
        self.pool, self.organisation, self.person, self.remember = pool, organisation, person, remember

    def by_id(self, table: str) -> DataLoader[UUID, Row | None]:
        return self.loader(f"select * from {table} where id = any($1)", lambda row: row["id"])

    def loader(self, text: str, key: Callable[[Row], UUID]) -> DataLoader[UUID, Row | None]:
        async def load(ids: list[UUID]) -> Sequence[Row | None]:
            rows = {key(row): row for row in await self.pool.fetch(text, ids)}
            return [rows.get(id_) for id_ in ids]

        return DataLoader(load, cache=self.remember)

    def lists(self, text: str) -> DataLoader[UUID, list[Row]]:
        async def load(ids: list[UUID]) -> Sequence[list[Row]]:
            rows = defaultdict(list)
            for row in await self.pool.fetch(text, ids):
                rows[row["asked"]].append(row)
            return [rows[id_] for id_ in ids]

        return DataLoader(load, cache=self.remember)

    def pairs(self, table: str) -> DataLoader[UUID, bool]:
        async def load(ids: list[UUID]) -> Sequence[bool]:
            text = f"select idea_id from {table} where person_id = $2 and idea_id = any($1)"
            found = {row["idea_id"] for row in await self.pool.fetch(text, ids, self.person)}
            return [id_ in found for id_ in ids]

        return DataLoader(load, cache=self.remember)

    @cached_property
    def people(self) -> DataLoader[UUID, Row | None]:
        return self.by_id("person")

    @cached_property
    def themes(self) -> DataLoader[UUID, Row | None]:
        return self.by_id("theme")

    @cached_property
    def units(self) -> DataLoader[UUID, Row | None]:
        return self.by_id("unit")

    @cached_property
    def comments(self) -> DataLoader[UUID, list[Row]]:
        return self.lists(
            "select asked, c.* from unnest($1::uuid[]) asked, lateral (select * from comment where idea_id = asked and "
            "removed_at is null order by created_at desc, id desc limit 20) c order by c.created_at, c.id"
        )

    @cached_property
    def wins(self) -> DataLoader[UUID, list[Row]]:
        return self.lists(
            "select asked, w.* from unnest($1::uuid[]) asked, lateral (select * from win where theme_id = asked "
            "order by shared_at desc, id desc limit 3) w order by w.shared_at desc, w.id desc"
        )

    @cached_property
    def supports(self) -> DataLoader[UUID, bool]:
        return self.pairs("support")

    @cached_property
    def follows(self) -> DataLoader[UUID, bool]:
        return self.pairs("follow")


def loads(info: Info) -> Loads:
    found: Loads = info.context["loads"]
    return found
