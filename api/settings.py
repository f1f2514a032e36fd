"""Settings: the only reader of the environment, and the keeper of the key that signs."""

import os
import re
import secrets
import socket
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from db.embedded_home import prepare_home
from db.errors import Misconfigured

SHORTEST_KEY = 32
LONGEST_KEPT = 36500  # days
LONGEST_DRAIN = 60  # seconds
MEMORY = "memory://"
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:(\d{1,5}|\*))?")
_ANY_HOST = {"0.0.0.0", "::"}
_ANYWHERE = ("192.0.2.1", 9)  # an address for documentation (RFC 5737): asked for a way to it, nothing is sent


@dataclass(frozen=True)
class Settings:
    """What an installation is told from outside. Text in `repr` never carries a secret."""

    host: str
    port: int
    home: Path
    database_url: str | None = field(repr=False)  # None: the embedded PostgreSQL
    broadcast_url: str | None = field(repr=False)
    given_secret_key: str | None = field(repr=False)
    secret_key_old: str | None = field(repr=False)
    allowed_origins: tuple[str, ...]
    given_public_url: str | None
    feed_kept: timedelta | None  # None: for ever
    trusted_documents: tuple[Path, ...]  # manifests, see api/trusted.py
    drain: timedelta  # how long a process that is told to stop says so at /readyz before it refuses connections
    explains: bool  # whether a client may see the SQL of what it asks: for development
    token: str | None = field(repr=False)

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Raises Misconfigured with the setting's name and what to do. An empty value counts as absent."""

        def of(name: str) -> str | None:
            return environ.get(name, "").strip() or None

        return cls(
            host=of("HOST") or "127.0.0.1",
            port=_port(of("PORT") or "8000"),
            home=_home(of("GROUNDSWELL_HOME")),
            database_url=_database_url(of("DATABASE_URL")),
            broadcast_url=_broadcast_url(of("BROADCAST_URL")),
            given_secret_key=_key("SECRET_KEY", of("SECRET_KEY")),
            secret_key_old=_key("SECRET_KEY_OLD", of("SECRET_KEY_OLD")),
            allowed_origins=_origins(of("ALLOWED_ORIGINS")),
            given_public_url=_public_url(of("PUBLIC_URL")),
            feed_kept=_feed_kept(of("FEED_RETENTION_DAYS")),
            trusted_documents=_files(of("TRUSTED_DOCUMENTS")),
            drain=_drain(of("DRAIN_SECONDS")),
            explains=_switch("EXPLAIN", of("EXPLAIN")),
            token=of("GROUNDSWELL_TOKEN"),
        )

    @property
    def embedded(self) -> bool:
        """Groundswell runs a PostgreSQL of its own."""
        return self.database_url is None

    @cached_property
    def secret_key(self) -> str:
        """The key that signs: as given or, beside the embedded PostgreSQL, made once and kept in the home.

        Looked up when it is first needed, so that a command that signs nothing does not ask for it.
        """
        if self.given_secret_key is not None:
            return self.given_secret_key
        if not self.embedded:
            raise Misconfigured(
                "SECRET_KEY: required where DATABASE_URL is set, and the same on every node. "
                "Make one with `openssl rand -base64 48` and keep it."
            )
        return _kept_key(prepare_home(self.home).path / "secret-key")

    @property
    def address(self) -> str:
        """Where the server is reached, without a path: from its network too, where it listens to that."""
        host = own_address() if self.host in _ANY_HOST else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def public_url(self) -> str:
        """What links and QR codes begin with; no slash at its end."""
        return self.given_public_url or self.address

    def doorbell(self, dsn: str, workers: int) -> str:
        """BROADCAST_URL or its default: memory for one process, the database for several."""
        if workers == 1:
            return self.broadcast_url or MEMORY
        if self.broadcast_url is not None and self.broadcast_url.startswith("memory:"):
            raise Misconfigured(
                "BROADCAST_URL: memory:// reaches one process only. For several workers set it to a "
                "postgresql:// or redis:// address, or leave it unset to use the database."
            )
        return self.broadcast_url or dsn

    def allows(self, origin: str, host: str | None) -> bool:
        """May a page of this origin use the API? `host` is the request's own Host: the same origin may."""
        origin = origin.lower()
        if (host is not None and urlsplit(origin).netloc == host.lower()) or origin == self.public_url:
            return True
        any_port = re.sub(r":\d+$", "", origin) + ":*"
        return origin in self.allowed_origins or any_port in self.allowed_origins


def read_settings() -> Settings:
    """The settings of this process."""
    return Settings.read(os.environ)


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Misconfigured(f"PORT: {text} is no port; give a number from 1 to 65535.")
    return int(text)


def _home(text: str | None) -> Path:
    if text is not None:
        return Path(text)
    return Path("/var/lib/groundswell" if os.geteuid() == 0 else "~/.local/share/groundswell").expanduser()


def _split(name: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - is read to be checked
    except ValueError:  # whose words quote a part of it, which may be of a password
        raise Misconfigured(
            f"{name}: this is no address. In a user or password write /, ?, #, @ and : as %2F, %3F, %23, %40 and %3A."
        ) from None
    return parts


def _database_url(url: str | None) -> str | None:
    # Never say a wrong address itself: it may carry a password.
    if url is not None and _split("DATABASE_URL", url).scheme not in ("postgresql", "postgres"):
        raise Misconfigured(
            "DATABASE_URL: give postgresql://user:password@host:port/database, without a driver's name, "
            "or leave it unset to use the embedded PostgreSQL."
        )
    return url


def _broadcast_url(url: str | None) -> str | None:
    if url is None:
        return None
    if _split("BROADCAST_URL", url).scheme not in ("memory", "postgresql", "postgres", "redis", "rediss"):
        raise Misconfigured("BROADCAST_URL: give memory://, a postgresql:// or a redis:// address.")
    return url


def _key(name: str, key: str | None) -> str | None:
    if key is not None and len(key) < SHORTEST_KEY:
        raise Misconfigured(
            f"{name}: too short to be safe; give at least {SHORTEST_KEY} random characters "
            "(`openssl rand -base64 48` makes them)."
        )
    return key


def _origins(text: str | None) -> tuple[str, ...]:
    origins = tuple(part.strip().lower().rstrip("/") for part in (text or "").split(",") if part.strip())
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise Misconfigured(
                f"ALLOWED_ORIGINS: {origin} is no origin; give addresses such as "
                "https://board.example.org or http://localhost:*, with commas between them."
            )
    return origins


def _public_url(url: str | None) -> str | None:
    if url is None:
        return None
    if not _ORIGIN.fullmatch(url.lower().rstrip("/")) or url.endswith(":*"):
        raise Misconfigured(
            "PUBLIC_URL: give the address that people open, such as https://groundswell.example.org, without a path."
        )
    return url.lower().rstrip("/")


def _feed_kept(text: str | None) -> timedelta | None:
    if text is None:
        return None
    if not re.fullmatch("[0-9]{1,5}", text) or not 1 <= int(text) <= LONGEST_KEPT:
        raise Misconfigured(
            f"FEED_RETENTION_DAYS: give a number of days from 1 to {LONGEST_KEPT}; unset, all events are kept."
        )
    return timedelta(days=int(text))


def _drain(text: str | None) -> timedelta:
    if text is None:
        return timedelta(0)
    if not re.fullmatch("[0-9]{1,2}", text) or int(text) > LONGEST_DRAIN:
        raise Misconfigured(
            f"DRAIN_SECONDS: give a number of seconds from 0 to {LONGEST_DRAIN}: as long as a proxy needs to notice "
            "that /readyz says 503."
        )
    return timedelta(seconds=int(text))


def _files(text: str | None) -> tuple[Path, ...]:
    return tuple(Path(part.strip()).expanduser() for part in (text or "").split(",") if part.strip())


def _switch(name: str, text: str | None) -> bool:
    if text not in (None, "0", "1"):
        raise Misconfigured(f"{name}: 1 switches it on, 0 or nothing off.")
    return text == "1"


def _kept_key(path: Path) -> str:
    try:
        if not path.exists():
            _make_key(path)
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise Misconfigured(
                f"SECRET_KEY: others can read {path}. Remove it, and a new one is made (everybody signs "
                "in again); or take their permission away (chmod 600) if nobody can have read it."
            )
        key = path.read_text().strip()
    except OSError as error:
        raise Misconfigured(f"SECRET_KEY: {path} cannot be kept: {error.strerror}.") from error
    if len(key) < SHORTEST_KEY:
        raise Misconfigured(f"SECRET_KEY: {path} holds no key. Remove it, and a new one is made.")
    return key


def _make_key(path: Path) -> None:
    """Whole or not at all, and the first wins, whoever else starts at the same time."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def own_address() -> str:
    """This machine's address in its network; 127.0.0.1 where it is in none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
        try:
            way.connect(_ANYWHERE)
        except OSError:
            return "127.0.0.1"
        return str(way.getsockname()[0])
