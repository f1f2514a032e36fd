"""What counts, names and cells look like in a sentence: 1 date, 2 dates; and nothing longer than can be read."""

from collections.abc import Iterable

_LONGEST = 200  # characters: whole questions of a form are names of columns
_MOST = 40  # names


def counted(count: int, one: str, many: str | None = None) -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def quoted(text: str) -> str:
    line = " ".join(text[: _LONGEST + 1].split())
    return f"“{line}”" if len(text) <= _LONGEST else f"“{line[:_LONGEST]}…”"


def listed(names: Iterable[str]) -> str:
    """Those that are not empty."""
    some = [name for name in names if name]
    more = f" and {len(some) - _MOST:,} more" if len(some) > _MOST else ""
    return ", ".join(quoted(name) for name in some[:_MOST]) + more
