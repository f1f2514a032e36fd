"""Idempotency keys: a request that comes twice is answered twice and done once."""

from dataclasses import dataclass
from uuid import UUID

from db.engine import Connection
from db.errors import Refused, UserMistake
from db.terms import RefusalCode, UserErrorCode


@dataclass(frozen=True, slots=True)
class Once:
    """A request that may come twice: its key (1-128 characters) and the SHA-256 of its coerced input."""

    person: UUID
    mutation: str
    key: str
    input_hash: bytes


_KEEP = """
insert into idempotency_key (organisation_id, person_id, mutation, key, input_hash, result_id, position)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning true
"""
_CLAIM = """
insert into idempotency_key (organisation_id, person_id, mutation, key, input_hash) values ($1, $2, $3, $4, $5)
on conflict do nothing returning true
"""
_CLAIMED = """
select input_hash, result_id, position from idempotency_key
where organisation_id = $1 and person_id = $2 and mutation = $3 and key = $4
"""


async def keep(connection: Connection, organisation: UUID, once: Once, result: UUID, position: int) -> bool:
    """Keep the key of what appends nothing. False where it was answered before."""
    key = (once.person, once.mutation, once.key, once.input_hash, result, position)
    return await connection.fetchrow(_KEEP, organisation, *key) is not None


async def claim(connection: Connection, organisation: UUID, once: Once) -> bool:
    """Take the key's place; False where somebody has it. One whose answer is being made is waited for."""
    key = (once.person, once.mutation, once.key, once.input_hash)
    return await connection.fetchrow(_CLAIM, organisation, *key) is not None


async def first_answer(connection: Connection, organisation: UUID, once: Once) -> tuple[UUID, int]:
    """The result and the position that this key was answered with. Raises IDEMPOTENCY_CONFLICT for another input."""
    row = await connection.fetchrow(_CLAIMED, organisation, once.person, once.mutation, once.key)
    if row is None:  # swept between two statements
        raise Refused(RefusalCode.UNAVAILABLE, "Too busy just now; please try again.")
    if row["input_hash"] != once.input_hash:
        raise UserMistake(
            UserErrorCode.IDEMPOTENCY_CONFLICT,
            "This key was already used for something else.",
            ["idempotencyKey"],
        )
    return row["result_id"], row["position"]
