"""What the cells of an old list mean: dates, statuses, and which row is which."""

import hashlib
import re
from collections import deque
from collections.abc import Mapping
from datetime import datetime, time
from zoneinfo import ZoneInfo

from db.errors import UserMistake
from db.imports.sheet import COLUMNS, plain
from db.rules import MOVES, NAME, clean
from db.terms import IdeaStatus, UserErrorCode

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_NOON = time(12)  # of a day without a time: the same day in every time zone nearby
_OLDEST = 1948


def moment(text: str, zone: ZoneInfo, now: datetime, column: str) -> datetime:
    """2024-11-23, 2024-11-23T15:54, or 23/11/2024 with or without a time. Raises UserMistake."""
    try:
        found = _parsed(text, zone)
    except ValueError as error:
        raise _unclear(text, column) from error
    if found is None or found.year < _OLDEST:
        raise _unclear(text, column)
    if found > now:
        raise UserMistake(UserErrorCode.INVALID, f"“{text}” is in the future.", [column])
    return found


def _parsed(text: str, zone: ZoneInfo) -> datetime | None:
    if _ISO.fullmatch(text):
        found = datetime.fromisoformat(text)
        whole_day = len(text) == len("2024-11-23")
    elif british := _BRITISH.fullmatch(text):
        day, month, year, hour, minute, second = (int(part) if part else 0 for part in british.groups())
        found = datetime(year, month, day, hour, minute, second)
        whole_day = british[4] is None
    else:
        return None
    if whole_day:
        found = datetime.combine(found, _NOON)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _unclear(text: str, column: str) -> UserMistake:
    return UserMistake(
        UserErrorCode.INVALID, f"“{text}” is not a date as 2024-11-23 or 23/11/2024 (day/month/year).", [column]
    )


def status(text: str) -> IdeaStatus:
    """Raises UserMistake where it is none that an idea can be taken over with."""
    word = re.sub(r"[\s_-]+", "_", plain(text)).upper()
    known = [each for each in IdeaStatus if each is not IdeaStatus.WITHDRAWN]
    if word not in known:
        raise UserMistake(
            UserErrorCode.INVALID,
            f"“{text}” is none of {', '.join(each.replace('_', ' ').lower() for each in known)}.",
            ["status"],
        )
    return IdeaStatus(word)


def way_to(goal: IdeaStatus) -> list[IdeaStatus]:
    """The shortest way from OPEN that the lifecycle allows; a reason belongs to the last step."""
    ways: deque[list[IdeaStatus]] = deque([[IdeaStatus.OPEN]])
    while ways:
        way = ways.popleft()
        if way[-1] is goal:
            return way[1:]
        ways.extend([*way, after] for after in MOVES[way[-1]] if after not in way)
    raise AssertionError("every status can be reached from OPEN")


def identity(cells: Mapping[str, str]) -> str:
    """What tells a row from others in any file: its reference in the old system, else what stands in it.

    Raises UserMistake where the reference is none that can be kept.
    """
    if "reference" in cells:
        return f"reference {clean(cells['reference'], NAME, 'reference')}"
    content = "\x1f".join(" ".join(cells.get(column, "").split()) for column in COLUMNS)
    return f"content {hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()}"
