"""Passwords and tokens: how they are made, kept (as hashes alone) and checked."""

import asyncio
import hashlib
import re
import secrets
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from db.errors import UserMistake
from db.rules import PASSWORD_LEAST, PASSWORD_MOST
from db.terms import UserErrorCode

_hasher = PasswordHasher()  # argon2id
# Two at a time: each takes 64 MiB and a core for some 50 ms, and the event loop must go on.
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
_nobody: list[str] = []


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def verify_password(kept: str | None, password: str) -> bool:
    """An account that is unknown, or has no password yet, costs as much as a wrong password."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _verify, kept, password)


def _verify(kept: str | None, password: str) -> bool:
    if kept is None and not _nobody:
        _nobody.append(_hasher.hash(secrets.token_urlsafe()))
    try:
        return _hasher.verify(_nobody[0] if kept is None else kept, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def require_password(password: str, *path: str) -> None:
    """Length is all that is asked of a password. Raises UserMistake."""
    if len(password) < PASSWORD_LEAST:
        raise UserMistake(UserErrorCode.INVALID, f"At least {PASSWORD_LEAST} characters, please.", path)
    if len(password) > PASSWORD_MOST:
        raise UserMistake(UserErrorCode.TOO_LONG, f"At most {PASSWORD_MOST} characters, please.", path)
    if "\0" in password or any("\ud800" <= character <= "\udfff" for character in password):
        raise UserMistake(UserErrorCode.INVALID, "This password has a character that cannot be kept.", path)


def new_token() -> str:
    return secrets.token_urlsafe(24)


def may_be_token(text: str) -> bool:
    """As `new_token` makes them: what is not is none, without asking the database."""
    return _TOKEN.fullmatch(text) is not None


_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")


def token_hash(token: str) -> bytes:
    """Tokens are random and long: a fast hash is enough, and finds its row."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
