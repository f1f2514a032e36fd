"""The one-time links of those who were invited by a list, in a file that only its owner may read.

A link is in the file, on the disk, before the transaction that it belongs to is committed: whoever is invited has one,
whatever ends the run. Lines of a transaction that was never committed open nothing; the run that invites those people
in the end drops them.
"""

import csv
import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from uuid import UUID

from db.engine import Database
from db.imports.formulas import escaped, unescaped
from db.imports.grid import wrong
from db.imports.rejects import begins_with
from db.passwords import token_hash

_HEADER = ("Name", "E-mail address", "Link")
_BEGINS = ",".join(_HEADER)
_MARK = "/welcome#token="
_KNOWN = "select email from person where organisation_id = $1 and email = any($2)"
_VALID = """
select invitation.token_hash from person join invitation on invitation.person_id = person.id
where person.organisation_id = $1 and person.email = any($2) and person.password_hash is null
and person.deactivated_at is null and invitation.used_at is null and invitation.expires_at > now()
"""


@dataclass(frozen=True, slots=True)
class Invitation:
    name: str
    email: str
    token: str


class Invitations:
    """The file. By address: `kept` are those with a link that works, `lapsed` those with one that opens nothing."""

    def __init__(self, path: Path, source: Path, public_url: str) -> None:
        """Raises UserMistake where it cannot be written, or is somebody else's file."""
        self.path = path
        self._public_url = public_url
        self.kept: set[str] = set()
        self.lapsed: set[str] = set()
        if path.resolve() == source.resolve() or not begins_with(path, _BEGINS):
            raise wrong(f"--invitations {path}: this is another file; say another name.")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise wrong(f"{path} cannot be written: with --invitations PATH you say where the one-time links go.")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other run writes links into the same folder meanwhile. Raises UserMistake where one does."""
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise wrong(f"Another import writes links into {self.path.parent}; let it finish.") from None
            yield
        finally:
            os.close(folder)

    async def tidy(self, database: Database, organisation: UUID, *, only_look: bool = False) -> None:
        """Of the people of this organisation keep the links that work, one each; of others there may be all."""
        lines = self._read()
        emails = sorted({line.email for line in lines})
        known = {row["email"] for row in await database.rows(_KNOWN, [organisation, emails])}
        valid = {bytes(row["token_hash"]) for row in await database.rows(_VALID, [organisation, emails])}
        works = {line.email: line for line in lines if token_hash(line.token) in valid}
        self.kept, self.lapsed = set(works), known - works.keys()
        kept = [line for line in lines if line.email not in known or works.get(line.email) is line]
        if len(kept) < len(lines) and not only_look:
            self._write(kept)

    def add(self, invited: Sequence[Invitation]) -> None:
        """On the disk when it returns."""
        if not self.path.exists():
            self._write(())
        with self.path.open("a", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(self._line(each) for each in invited)
            file.flush()
            os.fsync(file.fileno())

    def _line(self, each: Invitation) -> tuple[str, str, str]:
        return escaped(each.name), escaped(each.email), f"{self._public_url}{_MARK}{each.token}"

    def _read(self) -> list[Invitation]:
        """A line that was being written when the run was killed is none."""
        if not self.path.exists():
            return []
        with self.path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
            rows = [row for row in csv.reader(file) if len(row) == len(_HEADER) and _MARK in row[2]]
        return [Invitation(unescaped(row[0]), unescaped(row[1]), row[2].rpartition(_MARK)[2]) for row in rows]

    def _write(self, lines: Iterable[Invitation]) -> None:
        begun = self.path.with_name(f"{self.path.name}.part")
        with _private(begun) as file:
            writer = csv.writer(file)
            writer.writerow(_HEADER)
            writer.writerows(self._line(each) for each in lines)
            file.flush()
            os.fsync(file.fileno())
        begun.replace(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _private(path: Path) -> TextIO:
    path.unlink(missing_ok=True)
    made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(made, "w", encoding="utf-8-sig", newline="")
