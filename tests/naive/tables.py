"""Whole tables as lists of dictionaries."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg

Row = dict[str, Any]

TABLES = (
    "organisation",
    "unit",
    "person",
    "unit_lead",
    "theme",
    "theme_unit",
    "idea",
    "support",
    "follow",
    "comment",
    "win",
    "win_idea",
    "win_thanks",
    "screen",
    "event",
    "feed_head",
)
# Full-text search is the one predicate that PostgreSQL is asked for: which ideas have which words. From the texts
# themselves, not from the column that an index keeps.
WORDS = """
select asked.words, array_agg(i.id) as ideas
from unnest($1::text[]) as asked(words)
join idea i on to_tsvector('english', concat_ws(' ', i.title, i.problem, i.solution))
    @@ websearch_to_tsquery('english', asked.words)
group by asked.words
"""


# How a text falls into words, and how rare a word is, PostgreSQL is asked for too.
LEXEMES = "select said, tsvector_to_array(to_tsvector('english', said)) as lexemes from unnest($1::text[]) as said"
OF_IDEAS = "select id, tsvector_to_array(search) as lexemes from idea"
SHARES = """
select unnest(most_common_elems::text::text[]) as lexeme, unnest(most_common_elem_freqs) as share
from pg_stats where schemaname = current_schema() and tablename = 'idea' and attname = 'search'
"""


@dataclass
class Tables:
    """A database, read once."""

    rows: dict[str, list[Row]]
    words: dict[str, frozenset[UUID]] = field(default_factory=dict)
    lexemes: dict[str | UUID, list[str]] = field(default_factory=dict)  # of a text, of an idea
    shares: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_id = {
            name: {row["id"]: row for row in rows} for name, rows in self.rows.items() if rows and "id" in rows[0]
        }
        self.parents = {unit["id"]: unit["parent_id"] for unit in self.rows["unit"]}

    def all(self, table: str, **equal: object) -> list[Row]:
        """The rows that have these values."""
        return [row for row in self.rows[table] if all(row[name] == value for name, value in equal.items())]

    def has(self, table: str, **equal: object) -> bool:
        return bool(self.all(table, **equal))

    def get(self, table: str, id_: object) -> Row | None:
        return self.by_id.get(table, {}).get(id_)

    def upward(self, unit: UUID | None) -> Iterator[UUID]:
        """A unit and those above it, by its parents."""
        while unit is not None:
            yield unit
            unit = self.parents.get(unit)

    def within(self, unit: UUID | None, ancestor: UUID) -> bool:
        return ancestor in self.upward(unit)


async def load(connection: asyncpg.Connection, texts: list[str]) -> Tables:
    """Everything there is, and which ideas have the words of `texts`."""
    rows = {name: [plain(row) for row in await connection.fetch(f"select * from {name}")] for name in TABLES}
    words = {row["words"]: frozenset(row["ideas"]) for row in await connection.fetch(WORDS, texts)}
    said = {row["said"]: row["lexemes"] for row in await connection.fetch(LEXEMES, texts)}
    of_ideas = {row["id"]: row["lexemes"] for row in await connection.fetch(OF_IDEAS)}
    shares = {row["lexeme"]: row["share"] for row in await connection.fetch(SHARES) if row["lexeme"] is not None}
    return Tables(rows, {text: words.get(text, frozenset()) for text in texts}, said | of_ideas, shares)


def plain(record: asyncpg.Record) -> Row:
    row = dict(record)
    if isinstance(row.get("facts"), str):
        row["facts"] = json.loads(row["facts"])
    return row
