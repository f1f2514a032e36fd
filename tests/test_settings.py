"""Settings: what is read, what a wrong value says, and the key that is kept in the home."""

import os
import re
import shutil
import socket
import stat
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest

from api.settings import Settings, own_address, read_settings
from db.errors import Misconfigured

TABLE = Path(__file__).parent.parent / "docs" / "settings.md"
KEY = "k" * 40


class Recorded(dict[str, str]):
    """An environment that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.append(name)
        return default


@pytest.fixture
def home() -> Iterator[Path]:
    """Not pytest's tmp_path: as root that is closed to the account which runs PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="gs-"))
    folder.chmod(0o711)
    yield folder / "home"
    shutil.rmtree(folder)


def documented() -> dict[str, str]:
    return dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*) \|", TABLE.read_text(), re.MULTILINE))


def test_the_table_of_settings_names_what_is_read_and_nothing_else() -> None:
    environ = Recorded()
    Settings.read(environ)
    assert sorted(environ.asked) == sorted(documented())


def test_the_table_tells_the_defaults() -> None:
    settings, table = Settings.read({}), documented()
    assert table["HOST"] == f"`{settings.host}`"
    assert table["PORT"] == f"`{settings.port}`"
    home = "/var/lib/groundswell" if os.geteuid() == 0 else "~/.local/share/groundswell"
    assert settings.home == Path(home).expanduser()
    assert f"`{home}`" in table["GROUNDSWELL_HOME"]
    assert settings.doorbell("postgresql://x/y", 1) in table["BROADCAST_URL"]


def test_an_empty_value_counts_as_unset() -> None:
    assert Settings.read({"PORT": " ", "DATABASE_URL": "", "SECRET_KEY": ""}) == Settings.read({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORT", "٨٠٠٠"),
        ("DATABASE_URL", "mysql://root:hunter2@host/db"),
        ("DATABASE_URL", "postgresql+asyncpg://root:hunter2@host/db"),
        ("DATABASE_URL", "postgresql://root:hunter2@host:many/db"),
        ("DATABASE_URL", "postgresql://root:hunter2/with-a-slash@host/db"),
        ("BROADCAST_URL", "redis://:hunter2#@host"),
        ("BROADCAST_URL", "kafka://host"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY_OLD", "short"),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://one.example, two.example"),
        ("ALLOWED_ORIGINS", "https://one.example/page"),
        ("PUBLIC_URL", "groundswell.example"),
        ("PUBLIC_URL", "https://groundswell.example/somewhere"),
        ("PUBLIC_URL", "https://groundswell.example:*"),
        ("DRAIN_SECONDS", "61"),
        ("DRAIN_SECONDS", "-1"),
        ("DRAIN_SECONDS", "0.5"),
        ("FEED_RETENTION_DAYS", "0"),
        ("FEED_RETENTION_DAYS", "-1"),
        ("FEED_RETENTION_DAYS", "0.5"),
        ("FEED_RETENTION_DAYS", "36501"),
        ("FEED_RETENTION_DAYS", "a month"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=f"^{name}: ") as error:
        Settings.read({name: value})
    assert "hunter2" not in str(error.value)


def test_a_secret_is_not_in_the_text_of_the_settings() -> None:
    names = ("SECRET_KEY", "SECRET_KEY_OLD", "GROUNDSWELL_TOKEN")
    secrets = {name: f"hunter2{name}".ljust(40, "x") for name in names}
    settings = Settings.read({**secrets, "DATABASE_URL": "postgresql://me:hunter2@host/db"})
    assert "hunter2" not in repr(settings)
    assert settings.secret_key == secrets["SECRET_KEY"]


def test_a_key_is_required_with_a_database() -> None:
    settings = Settings.read({"DATABASE_URL": "postgresql://host/db"})
    with pytest.raises(Misconfigured, match=r"^SECRET_KEY: required"):
        _ = settings.secret_key


def test_a_key_is_made_once_and_kept_for_its_owner_alone(home: Path) -> None:
    environ = {"GROUNDSWELL_HOME": str(home)}
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: Settings.read(environ).secret_key, range(8)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 32
    assert sorted(child.name for child in home.iterdir()) == ["locks", "secret-key"]
    assert stat.S_IMODE((home / "secret-key").stat().st_mode) == 0o600
    assert not home.stat().st_mode & 0o007


def test_a_kept_key_that_others_can_read_is_refused(home: Path) -> None:
    environ = {"GROUNDSWELL_HOME": str(home)}
    assert Settings.read(environ).secret_key
    (home / "secret-key").chmod(0o644)
    with pytest.raises(Misconfigured, match=r"^SECRET_KEY: others can read"):
        _ = Settings.read(environ).secret_key


def test_an_empty_key_file_is_refused(home: Path) -> None:
    environ = {"GROUNDSWELL_HOME": str(home)}
    assert Settings.read(environ).secret_key
    (home / "secret-key").write_text("")
    with pytest.raises(Misconfigured, match=r"^SECRET_KEY: .* holds no key"):
        _ = Settings.read(environ).secret_key


def test_the_doorbell_follows_the_number_of_workers() -> None:
    unset, dsn = Settings.read({}), "postgresql://host/db"
    assert unset.doorbell(dsn, 1) == "memory://"
    assert unset.doorbell(dsn, 2) == dsn
    redis = Settings.read({"BROADCAST_URL": "redis://host"})
    assert redis.doorbell(dsn, 1) == redis.doorbell(dsn, 2) == "redis://host"


def test_memory_with_several_workers_is_refused_with_what_to_set() -> None:
    memory = Settings.read({"BROADCAST_URL": "memory://"})
    assert memory.doorbell("postgresql://host/db", 1) == "memory://"
    with pytest.raises(Misconfigured, match=r"^BROADCAST_URL: .*postgresql:// or redis://"):
        memory.doorbell("postgresql://host/db", 2)


def test_a_process_that_is_told_to_stop_refuses_connections_at_once_unless_seconds_are_given() -> None:
    assert documented()["DRAIN_SECONDS"] == f"`{Settings.read({}).drain.seconds}`"
    assert Settings.read({"DRAIN_SECONDS": "3"}).drain == timedelta(seconds=3)


def test_the_feed_is_kept_for_ever_unless_days_are_given() -> None:
    assert Settings.read({}).feed_kept is None
    assert documented()["FEED_RETENTION_DAYS"] == "unset: for ever"
    assert Settings.read({"FEED_RETENTION_DAYS": "90"}).feed_kept == timedelta(days=90)


def test_manifests_of_trusted_documents_are_named_with_commas_between_them() -> None:
    assert Settings.read({}).trusted_documents == ()
    assert documented()["TRUSTED_DOCUMENTS"] == "unset: none"
    settings = Settings.read({"TRUSTED_DOCUMENTS": "/srv/board.json, ~/old releases.json,,"})
    assert settings.trusted_documents == (Path("/srv/board.json"), Path.home() / "old releases.json")


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", f"http://{own_address()}:8000"),
        ("::", f"http://{own_address()}:8000"),
        ("fe80::1", "http://[fe80::1]:8000"),
        ("board.ward", "http://board.ward:8000"),
    ],
)
def test_links_begin_with_the_address_or_with_the_public_one(host: str, address: str) -> None:
    assert Settings.read({"HOST": host}).public_url == address
    public = Settings.read({"HOST": host, "PUBLIC_URL": "https://Groundswell.example/"})
    assert public.public_url == "https://groundswell.example"
    assert public.address == address


def test_a_server_for_the_whole_network_is_named_by_an_address_that_a_phone_can_open() -> None:
    address = ip_address(own_address())
    assert not address.is_unspecified
    with socket.create_server((str(address), 0)) as here:  # it is this machine's own
        assert here.getsockname()[0] == str(address)


def test_pages_of_the_same_origin_and_of_those_allowed_may_use_the_api() -> None:
    settings = Settings.read(
        {
            "ALLOWED_ORIGINS": "https://board.example, http://localhost:*",
            "PUBLIC_URL": "https://groundswell.example",
        }
    )
    for origin in ("https://board.example", "http://localhost:5173", "https://groundswell.example"):
        assert settings.allows(origin, "127.0.0.1:8000")
    assert settings.allows("http://127.0.0.1:8000", "127.0.0.1:8000")
    for origin in (
        "https://board.example:8443",
        "http://board.example",
        "http://localhost.evil.example:80",
        "https://localhost:5173",
        "http://127.0.0.1:9000",
        "null",
        "",
    ):
        assert not settings.allows(origin, "127.0.0.1:8000")
        assert not settings.allows(origin, None)


def test_the_process_reads_its_own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.setenv("SECRET_KEY", KEY)
    settings = read_settings()
    assert (settings.port, settings.secret_key) == (8123, KEY)
