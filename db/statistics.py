"""What PostgreSQL knows of the ideas' words, by which similar ones are looked for: counted when many came at once.

It counts by itself too, a minute or so later, unless there are few: until then each search would be slow.
"""

from db.engine import Database

_ANALYSE = "set local statement_timeout = 0; analyze idea"  # as one message, which is one transaction


async def analyse(database: Database) -> None:
    """Takes about a second for 100,000 ideas, and holds nobody up. Whose table it is not changes nothing."""
    async with database.writes.connection() as connection:
        await connection.execute(_ANALYSE)
