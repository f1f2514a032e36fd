"""What PostgreSQL knows of the ideas' words, by which similar ones are looked for: counted when many came at once.

It counts by itself too, a minute or so later, unless there are few: until then each search would be slow.
"""

from db.engine import Database

_ANALYSE = "set local statement_timeout = 0; analyze idea"  # as one message, which is one transaction


async def analyse(database: Database) -> None:
    """Reads a sample of the table, and holds nobody up. Whoever does not own the table changes nothing by it."""
    async with database.writes.connection() as connection:
        await connection.execute(_ANALYSE)
