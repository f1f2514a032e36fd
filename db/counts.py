"""Counts every kept counter again, and answers where one is wrong: nothing, unless an operation has a mistake."""

from dataclasses import dataclass
from uuid import UUID

from db.engine import Database

_COUNTERS = {
    ("idea", "support_count"): "select count(*) from support where idea_id = kept.id",
    ("idea", "comment_count"): "select count(*) from comment where idea_id = kept.id and removed_at is null",
    ("theme", "idea_count"): "select count(*) from idea where theme_id = kept.id and withdrawn_at is null",
    ("theme", "win_count"): "select count(*) from win where theme_id = kept.id",
    ("unit", "member_count"): """
        select count(*) from person join unit_within on unit_within.unit_id = person.unit_id
        where unit_within.ancestor_id = kept.id and person.deactivated_at is null""",
    ("idea_number", "last"): "select coalesce(max(number), 0) from idea where organisation_id = kept.organisation_id",
    (
        "feed_head",
        "position",
    ): "select coalesce(max(position), 0) from event where organisation_id = kept.organisation_id",
}


@dataclass(frozen=True, slots=True)
class Miscount:
    """A counter that says something else than what it counts. `id`: the row's, or its organisation's."""

    table: str
    column: str
    id: UUID
    kept: int
    counted: int


def _statement(table: str, column: str, count: str) -> str:
    key = "organisation_id" if table in ("idea_number", "feed_head") else "id"
    return f"""
select '{table}' as "table", '{column}' as "column",
       kept.{key} as id, kept.{column} as kept, counted.n::integer as counted
from {table} kept cross join lateral ({count}) counted(n) where kept.{column} <> counted.n
"""


_ALL = "union all".join(_statement(table, column, count) for (table, column), count in _COUNTERS.items())


async def miscounted(database: Database) -> list[Miscount]:
    """Every counter of the installation that is wrong, in one snapshot."""
    return [Miscount(**dict(row)) for row in await database.rows(_ALL)]
