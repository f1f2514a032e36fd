"""What is in the database, as one short text a table: to say that something changed nothing at all."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from uuid import UUID

from db import models
from db.engine import Database

# What trying to sign in counts, refused or not; no part of any feed.
ATTEMPTS = frozenset({"sign_in_failure"})


async def fingerprint(
    database: Database, organisation: UUID | None = None, without: Collection[str] = ATTEMPTS
) -> dict[str, str]:
    """Every table's rows, hashed: of one organisation, or all of them."""
    tables = [table for table in models.metadata.sorted_tables if table.name not in without]
    own = "" if organisation is None else " where r.{} = $1"
    parts = [
        f"select '{table.name}' as name, md5(coalesce(string_agg(r::text, '|' order by r::text), '')) as hash "
        f'from "{table.name}" r' + own.format("id" if table.name == "organisation" else "organisation_id")
        for table in tables
        if organisation is None or table.name == "organisation" or "organisation_id" in table.c
    ]
    rows = await database.rows(" union all ".join(parts), [] if organisation is None else [organisation])
    return {row["name"]: row["hash"] for row in rows}


@asynccontextmanager
async def unchanged(database: Database, organisation: UUID | None = None) -> AsyncIterator[None]:
    """Whatever happens inside: the log and all tables stay as they were."""
    before = await fingerprint(database, organisation)
    yield
    after = await fingerprint(database, organisation)
    assert {name for name in after if after[name] != before[name]} == set()
