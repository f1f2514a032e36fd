"""How often somebody may try what can be guessed: failures of the last minutes, by account, address or person."""

from db.engine import Connection
from db.errors import Refused
from db.rules import FAILURES_COUNTED
from db.terms import RefusalCode

# When the oldest failure that makes it too many will no longer count.
_TOO_MANY = """
select ceil(extract(epoch from at + $4::interval - now()))::integer as seconds from sign_in_failure
where kind = $1 and key_hash = $2 and at > now() - $4::interval order by at desc offset $3 limit 1
"""
_FAILED = "insert into sign_in_failure (kind, key_hash, at) values ($1, $2, now())"


_ALONE = "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || encode($2::bytea, 'hex'), 0))"


async def alone(connection: Connection, kind: str, key: bytes) -> None:
    """Until the transaction ends nobody else is judged for this: tries at the same moment count one after the other."""
    await connection.execute(_ALONE, kind, key)


async def require_patience(connection: Connection, kind: str, key: bytes, most: int) -> None:
    """Raises Refused(RATE_LIMITED) with `retryAfterSeconds`, where there were `most` of this kind already."""
    row = await connection.fetchrow(_TOO_MANY, kind, key, most - 1, FAILURES_COUNTED)
    if row is not None:
        raise Refused(
            RefusalCode.RATE_LIMITED,
            "Too many attempts; please wait a little.",
            {"retryAfterSeconds": max(1, row["seconds"])},
        )


async def failed(connection: Connection, *failures: tuple[str, bytes]) -> None:
    """Kind and key of each that counts."""
    await connection.executemany(_FAILED, failures)
