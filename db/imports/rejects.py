"""The rows that could not be taken over, with the reason, in a file that can be put right and imported itself.

It is rewritten whole at each run, beside its place, and takes its place at the end at once. What was rejected before a
run was killed stands in the unfinished one; nothing of it is lost, since the next run comes past the same rows again.
"""

import csv
import fcntl
import filecmp
import os
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from db.imports.columns import NUMBER, REASON, Columns
from db.imports.formulas import escaped
from db.imports.grid import wrong
from db.imports.report import Rejected, Report
from db.imports.sheet import Fault, Row

_BEGINS = f"{NUMBER},{REASON}"


class Rejects:
    """`path`: where it is at the end. Raises UserMistake where it cannot be written, or is somebody else's file."""

    def __init__(self, path: Path, source: Path, columns: Columns) -> None:
        self.path = path
        self._begun = path.with_name(f"{path.name}.part")
        self._count = 0
        names = [(n, name) for n, name in enumerate(columns.names) if n not in columns.own]
        self._kept = [n for n, _ in names]
        self._width = len(columns.names)
        self._headers = columns.headers()
        if path.resolve() == source.resolve() or not begins_with(path, _BEGINS):
            raise wrong(f"--rejects {path}: this is another file; say another name.")
        self._alone = source.open("rb")
        try:
            fcntl.flock(self._alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._file = open(self._begun, "w", encoding="utf-8-sig", newline="", opener=_private)  # noqa: SIM115
        except BlockingIOError:
            self._alone.close()
            raise wrong(f"{source} is being imported already; let that finish.") from None
        except OSError as error:
            self._alone.close()
            raise wrong(
                f"{self._begun} cannot be written ({error.strerror or error}): with --rejects PATH you say where the "
                "rows go that cannot be taken over."
            ) from error
        self._writer = csv.writer(self._file)
        self._writer.writerow([NUMBER, REASON, *(escaped(name) for _, name in names)])

    def add(self, report: Report, row: Row, faults: Sequence[Fault]) -> None:
        """A row, by our columns with all that is wrong with them; told by the names that the file has for them."""
        rejected = Rejected(row.line, tuple((ours and self._headers.get(ours, ours), why) for ours, why in faults))
        report.rejected.append(rejected)
        self._add(row, rejected.why)

    def _add(self, row: Row, reason: str) -> None:
        cells = [row.raw[n] if n < len(row.raw) else "" for n in self._kept] + row.raw[self._width :]
        self._writer.writerow([row.line, escaped(reason), *(escaped(cell) for cell in cells)])
        self._count += 1

    def flush(self) -> None:
        self._file.flush()

    def close(self, report: Report) -> None:
        """Nothing rejected: no file. One of an earlier run that says something else is kept: it may be worked on."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        if self.path.exists() and not (self._count and filecmp.cmp(self._begun, self.path, shallow=False)):
            numbered = (self.path.with_name(f"{self.path.stem}.{n}{self.path.suffix}") for n in count(1))
            kept = next(each for each in numbered if not each.exists())
            self.path.rename(kept)
            report.notes.append(f"The rejected rows of an earlier run are kept in {kept}.")
        if self._count:
            self._begun.replace(self.path)
        else:
            self._begun.unlink()
        self._alone.close()

    def drop(self) -> None:
        """The run did not begin."""
        self._file.close()
        self._alone.close()
        with suppress(OSError):
            self._begun.unlink()


def _private(path: str, flags: int) -> int:
    """What people wrote, and their addresses: for its owner alone."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def begins_with(path: Path, words: str) -> bool:
    """Whether it is a file of ours, or none yet: so that nobody's own is written over."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return file.read(len(words)) == words
    except FileNotFoundError:
        return True
    except OSError:
        return False
