"""Pairing: how what hangs on a wall becomes a screen, as RFC 8628 has it. Outside writing(), as signing in is.

The wall asks for a code and shows it; somebody who may approves it, signed in on their phone; the wall, which has a
secret that nobody else saw, redeems that for its token. The token is the secret itself, so that an answer that was lost
can be asked for again while the pairing lasts.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from db.engine import Database
from db.errors import Refused, UserMistake
from db.operations.patience import alone, failed, require_patience
from db.operations.sessions import transaction
from db.passwords import new_token, token_hash
from db.rules import NAME, PAIRING_CODE, PAIRING_GUESSES, PAIRING_LASTS, PAIRING_PAUSE, PAIRINGS_OF_AN_ADDRESS, cleaned
from db.terms import RefusalCode, UserErrorCode

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # RFC 8628, 6.1: no vowels, so that no words come about; 34 bits of eight
ASKED, GUESSED = "PAIRING_ASKED", "PAIRING_GUESSED"


@dataclass(frozen=True, slots=True)
class Pairing:
    """What a wall waits for. `code`: as it is shown; `secret`: known to the wall alone."""

    code: str
    secret: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A screen that a wall has become, and its unit (none: the whole organisation)."""

    screen: UUID
    organisation: UUID
    unit: UUID | None


_CLEAN = "delete from pairing where expires_at < now() - interval '1 day'"
_REQUEST = """
insert into pairing (id, code_hash, secret_hash, expires_at, name) values ($1, $2, $3, now() + $4::interval, $5)
on conflict do nothing returning expires_at
"""


async def request_pairing(database: Database, *, address: str, name: str | None = None) -> Pairing:
    """A code to show, good for some minutes and once. `name`: what the wall suggests.

    Raises UserMistake for the name, Refused(RATE_LIMITED) where an address asks too often.
    """
    name = cleaned(name, NAME, "name")
    key = token_hash(address)
    async with transaction(database) as connection:
        await alone(connection, ASKED, key)
        await require_patience(connection, ASKED, key, PAIRINGS_OF_AN_ADDRESS)
        await failed(connection, (ASKED, key))
        await connection.execute(_CLEAN)
        while True:
            code, secret = "".join(secrets.choice(LETTERS) for _ in range(PAIRING_CODE)), new_token()
            expires_at = await connection.fetchval(
                _REQUEST, uuid4(), token_hash(code), token_hash(secret), PAIRING_LASTS, name
            )
            if expires_at is not None:  # otherwise another wall shows this code
                half = PAIRING_CODE // 2
                return Pairing(f"{code[:half]}-{code[half:]}", secret, expires_at)


_BY_CODE = "select id from pairing where code_hash = $1 and expires_at > now()"


async def find_pairing(database: Database, *, person: UUID, code: str) -> UUID:
    """The pairing of a code, however it is written. Raises UserMistake(NOT_FOUND), Refused(RATE_LIMITED).

    Whoever guesses is soon asked for patience: a code is good for minutes, and there are 25,600 millions.
    """
    key = token_hash(str(person))
    letters = "".join(letter for letter in code.upper() if letter.isalnum())[: PAIRING_CODE + 1]
    async with transaction(database) as connection:
        await alone(connection, GUESSED, key)
        await require_patience(connection, GUESSED, key, PAIRING_GUESSES)
        found: UUID | None = await connection.fetchval(_BY_CODE, token_hash(letters))
        if found is None:
            await failed(connection, (GUESSED, key))
    if found is None:
        raise UserMistake(
            UserErrorCode.NOT_FOUND, "No screen shows this code now. Codes change every few minutes.", ["code"]
        )
    return found


_POLL = """
update pairing set polled_at = now() where secret_hash = $1 and expires_at > now()
returning screen_id, organisation_id,
    (select p.polled_at > now() - $2::interval from pairing p where p.id = pairing.id) as too_soon
"""
_REDEEM = "select unit_id from screen where organisation_id = $1 and id = $2 and revoked_at is null"


async def redeem_pairing(database: Database, *, secret: str) -> Redeemed:
    """The screen that the pairing's wall has become.

    Raises UserMistake(PAIRING_PENDING) before somebody approved it, (GONE) after its time; Refused(RATE_LIMITED) where
    it is asked too soon again.
    """
    row = screen = None
    async with transaction(database) as connection:
        row = await connection.fetchrow(_POLL, token_hash(secret), PAIRING_PAUSE)
        if row is not None and row["screen_id"] is not None:
            screen = await connection.fetchrow(_REDEEM, row["organisation_id"], row["screen_id"])
    if row is None or (row["screen_id"] is not None and screen is None):
        raise UserMistake(
            UserErrorCode.GONE, "This code is too old, or its screen was revoked; ask for a new one.", ["deviceSecret"]
        )
    if screen is not None:
        return Redeemed(row["screen_id"], row["organisation_id"], screen["unit_id"])
    if row["too_soon"]:
        seconds = int(PAIRING_PAUSE.total_seconds())
        raise Refused(RefusalCode.RATE_LIMITED, "Too soon; please wait a little.", {"retryAfterSeconds": seconds})
    raise UserMistake(UserErrorCode.PAIRING_PENDING, "Nobody has approved this screen yet.", ["deviceSecret"])
