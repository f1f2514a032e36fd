"""Sessions: signing in and out, refreshing, one-time links. They carry no cursor, so they stand outside writing().

A session that ends appends AccessChanged through writing(), so that every process learns of it from its tail.
"""

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import asyncpg

from db.engine import BUSY, Connection, Database
from db.errors import Refused, UserMistake
from db.events import AccessChanged
from db.log import Outcome, Transaction, writing
from db.operations.patience import alone, failed, require_patience
from db.passwords import hash_password, new_token, require_password, token_hash, verify_password
from db.rules import (
    FAILURES_OF_AN_ACCOUNT,
    FAILURES_OF_AN_ADDRESS,
    PASSWORD_MOST,
    REFRESH_KEPT,
)
from db.terms import RefusalCode, Role, Sight, UserErrorCode


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session and, where it was signed in to, the refresh token that continues it: kept nowhere, known only now."""

    session: UUID
    person: UUID
    organisation: UUID
    expires_at: datetime
    refresh_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """What a session opens now."""

    session: UUID
    person: UUID
    organisation: UUID
    roles: frozenset[Role]

    @property
    def sight(self) -> Sight:
        if Role.ADMIN in self.roles:
            return Sight.ADMIN
        return Sight.MODERATOR if Role.MODERATOR in self.roles else Sight.MEMBER


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[Connection]:
    """Raises Refused(UNAVAILABLE) where a lock or the time ran out, as writing() does."""
    async with database.writes.connection() as connection:
        try:
            async with connection.transaction():
                yield connection
        except BUSY:
            raise Refused(RefusalCode.UNAVAILABLE, "Too busy just now; please try again.") from None


_ACCOUNT = "select id, organisation_id, password_hash, deactivated_at from person where email = $1"
_OPEN = """
insert into session (id, organisation_id, person_id, purpose, family_hash, refresh_hash, expires_at)
values ($1, $2, $3, $4, $5, $6, now() + $7::interval) returning expires_at
"""


async def sign_in(database: Database, *, email: str, password: str, address: str) -> SignedIn:
    """Raises UserMistake(BAD_CREDENTIALS), the same for an unknown account, and Refused(RATE_LIMITED)."""
    email = _kept(email)
    person = await _verified(database, email, password, address)
    async with transaction(database) as connection:
        # A password that is changed meanwhile ends all sessions: none may begin with the old one after that.
        if await connection.fetchrow(_STILL, person["id"], person["password_hash"]) is None:
            raise _wrong()
        return await _open(connection, person["id"], person["organisation_id"])


def _kept(email: str) -> str:
    """An address as it is kept (people.clean_email); macOS types accents as two characters."""
    return unicodedata.normalize("NFC", email.strip().lower())


_STILL = "select true from person where id = $1 and password_hash = $2 and deactivated_at is null for share"


def _wrong(*path: str) -> UserMistake:
    return UserMistake(UserErrorCode.BAD_CREDENTIALS, "E-mail address or password is wrong.", path)


async def check_password(database: Database, *, person: UUID, password: str, address: str) -> str:
    """The kept hash, for people.change_password, if this is their password. Raises as `sign_in` does."""
    email = await database.value("select email from person where id = $1", [person])
    found = await _verified(database, email or "", password, address, "currentPassword")
    kept: str = found["password_hash"]
    return kept


async def _verified(database: Database, email: str, password: str, address: str, *path: str) -> asyncpg.Record:
    keys = {"ACCOUNT": token_hash(email), "ADDRESS": token_hash(address)}
    row = None
    async with database.writes.connection() as connection:
        await _require_patience(connection, keys)
        if "\0" not in email and email.isprintable():
            row = await connection.fetchrow(_ACCOUNT, email)
    kept = None if row is None or row["deactivated_at"] is not None else row["password_hash"]
    right = len(password) <= PASSWORD_MOST and await verify_password(kept, password)
    async with transaction(database) as connection:
        # Judged one after the other: guesses that ran beside this one count, and too many tell nothing about it.
        await alone(connection, "ACCOUNT", keys["ACCOUNT"])
        await _require_patience(connection, keys)
        if right and row is not None:
            await connection.execute(_FORGIVE, keys["ACCOUNT"])
        else:
            await failed(connection, *keys.items())
    if not right or row is None:
        raise _wrong(*path)
    return row


_FORGIVE = "delete from sign_in_failure where kind = 'ACCOUNT' and key_hash = $1"


async def _require_patience(connection: Connection, keys: dict[str, bytes]) -> None:
    for kind, most in (("ACCOUNT", FAILURES_OF_AN_ACCOUNT), ("ADDRESS", FAILURES_OF_AN_ADDRESS)):
        await require_patience(connection, kind, keys[kind], most)


async def _open(connection: Connection, person: UUID, organisation: UUID) -> SignedIn:
    session, family, newest = uuid4(), new_token(), new_token()
    token = f"{family}.{newest}"
    expires_at = await connection.fetchval(
        _OPEN, session, organisation, person, "SIGN_IN", token_hash(family), token_hash(token), REFRESH_KEPT
    )
    return SignedIn(session, person, organisation, expires_at, token)


async def printed_session(database: Database, *, email: str, lasts: timedelta) -> SignedIn:
    """A session for a token that is printed: it is not refreshed, and ends after `lasts`. Raises UserMistake."""
    async with transaction(database) as connection:
        row = await connection.fetchrow(_ACCOUNT, _kept(email))
        if row is None or row["deactivated_at"] is not None:
            raise UserMistake(UserErrorCode.NOT_FOUND, "Nobody has this e-mail address.", ["email"])
        session = uuid4()
        expires_at = await connection.fetchval(
            _OPEN, session, row["organisation_id"], row["id"], "PRINTED", None, None, lasts
        )
        return SignedIn(session, row["id"], row["organisation_id"], expires_at)


_FAMILY = """
select session.id, session.organisation_id, session.person_id, session.refresh_hash
from session join person on person.id = session.person_id
where session.family_hash = $1 and session.revoked_at is null and session.expires_at > now()
and person.deactivated_at is null for no key update of session
"""
_ROTATE = """
update session set refresh_hash = $2, last_used_at = now(), expires_at = now() + $3::interval
where id = $1 returning expires_at
"""


async def refresh_session(database: Database, *, refresh_token: str) -> SignedIn:
    """A new refresh token for the newest one. An earlier one ends the session: somebody else may have it.

    Raises UserMistake(BAD_CREDENTIALS).
    """
    family = refresh_token.partition(".")[0]
    async with transaction(database) as connection:
        row = await connection.fetchrow(_FAMILY, token_hash(family))
        if row is not None and row["refresh_hash"] == token_hash(refresh_token):
            token = f"{family}.{new_token()}"
            expires_at = await connection.fetchval(_ROTATE, row["id"], token_hash(token), REFRESH_KEPT)
            return SignedIn(row["id"], row["person_id"], row["organisation_id"], expires_at, token)
    if row is not None:
        await sign_out(database, organisation=row["organisation_id"], session=row["id"])
    raise UserMistake(UserErrorCode.BAD_CREDENTIALS, "Please sign in again.", ["refreshToken"])


async def sign_out_by_token(database: Database, *, person: UUID, refresh_token: str) -> None:
    """End this person's session that a refresh token belongs to, if it is the newest; any other ends nothing here."""
    async with transaction(database) as connection:
        row = await connection.fetchrow(_FAMILY, token_hash(refresh_token.partition(".")[0]))
    if row is not None and row["person_id"] == person and row["refresh_hash"] == token_hash(refresh_token):
        await sign_out(database, organisation=row["organisation_id"], session=row["id"])


_REVOKE = """
update session set revoked_at = now() where organisation_id = $1 and id = $2 and revoked_at is null
returning person_id
"""


async def sign_out(database: Database, *, organisation: UUID, session: UUID) -> None:
    """End a session; every process closes what it holds open."""

    async def work(tx: Transaction) -> Outcome:
        row = await tx.row(_REVOKE, organisation, session)
        if row is None:
            return Outcome(session)
        return Outcome(session, [AccessChanged(actor=row["person_id"], person=row["person_id"])])

    await writing(database, organisation, work)


_ACCESS = """
select person.organisation_id, person.id, person.roles
from session join person on person.id = session.person_id
where session.id = $1 and session.revoked_at is null and session.expires_at > now() and person.deactivated_at is null
"""


async def access(database: Database, session: UUID) -> Access | None:
    """What a session opens now; None where it has ended. Roles are the stored ones, without the derived."""
    row = await database.row(_ACCESS, [session])
    if row is None:
        return None
    roles = frozenset(Role(role) for role in row["roles"])
    return Access(session, row["id"], row["organisation_id"], roles)


_INVITED = """
select person_id, person.organisation_id from invitation join person on person.id = invitation.person_id
where token_hash = $1 and used_at is null and expires_at > now() and person.deactivated_at is null
"""
_ACCEPT = "update invitation set used_at = now() where token_hash = $1 and used_at is null returning true"
_SET_PASSWORD = "update person set password_hash = $2 where id = $1"


async def accept_invitation(database: Database, *, token: str, password: str) -> SignedIn:
    """Set the first password by a one-time link, and sign in with it. Raises UserMistake."""
    require_password(password, "password")
    key = token_hash(token)
    gone = UserMistake(UserErrorCode.GONE, "This link was used already, or is too old; ask for a new one.", ["token"])
    if await database.row(_INVITED, [key]) is None:
        raise gone
    hashed = await hash_password(password)
    async with transaction(database) as connection:
        row = await connection.fetchrow(_INVITED, key)
        if row is None or await connection.fetchrow(_ACCEPT, key) is None:
            raise gone
        await connection.execute(_SET_PASSWORD, row["person_id"], hashed)
        return await _open(connection, row["person_id"], row["organisation_id"])
