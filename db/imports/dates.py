"""What the dates of a list mean: as people, forms and spreadsheets write them, day before month."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

from db.errors import UserMistake
from db.imports.wording import quoted
from db.terms import UserErrorCode

_TIME = (
    r"(?:,?[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?(?: ?(?P<half>[ap])\.?m\.?)?)?"
)
_ZONE = r"(?: ?(?P<zone>Z|(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?|GMT|UTC))?"
_MONTH = r"(?P<name>[A-Za-z]{3,9})\.?"
_FORMS = tuple(
    re.compile(form + _TIME + _ZONE, re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})",
        r"(?P<year>\d{4})/(?P<month>\d{1,2})/(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})(?P<by>[/.-])(?P<month>\d{1,2})(?P=by)(?P<year>\d{4})",
        rf"(?:[A-Za-z]{{3,9}},? )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ -]{_MONTH},?[ -](?P<year>\d{{4}})",
        rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
    )
)
_SERIAL = re.compile(r"\d{5}(\.\d+)?")  # days, as a spreadsheet counts them where the cell is not shown as a date
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOON = time(12)  # of a day without a time: the same day in every time zone nearby
_OLDEST = 1948
_OLDEST_COUNTED = 1990  # of a bare number, which may be anything
_LONGEST = 60
_FIRST_DAY, _FIRST_DAY_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)


def counted_from_1904(text: str) -> str:
    """The date that a bare number of days means in a workbook that counts from 1904; all else as it is.

    In the file of rejected rows nothing tells any more from where its numbers count.
    """
    if not _SERIAL.fullmatch(text):
        return text
    found = _counted(text, _FIRST_DAY_1904)
    if found.year < _OLDEST_COUNTED:
        return text  # and in 1900's count it is older still
    return found.isoformat() if "." in text else found.date().isoformat()


def _counted(text: str, first_day: datetime) -> datetime:
    """To the second: a part of a day is not kept exactly."""
    return first_day + timedelta(seconds=round(float(text) * 86400))


class Dates:
    """Reads the dates of one list. `read`: what was understood, one of each way of writing."""

    def __init__(self, zone: ZoneInfo, now: datetime, *, month_first: bool = False) -> None:
        self._zone, self._now, self._month_first = zone, now, month_first
        self._known: dict[str, _Written | None] = {}
        self.read: dict[tuple[str, str], tuple[str, datetime]] = {}
        self.other_way_round = 0

    def moment(self, text: str, column: str) -> datetime:
        """2024-11-23, 2024-11-23T15:54, 23/11/2024 15:54, 23 November 2024, 45231. Raises UserMistake."""
        if _SERIAL.fullmatch(text):
            self._require_plausible(text, column)
        try:
            written = self._written(text)
        except _OtherWayRound:
            self.other_way_round += 1
            written = None
        if written is None:
            order = "month/day/year" if self._month_first else "day/month/year"
            raise _wrong(f"{quoted(text)} is not a date as 2024-11-23 or 23/11/2024 ({order}).", column)
        found = written.at
        if found > self._now:
            if not written.whole_day or found.date() != self._now.astimezone(self._zone).date():
                raise _wrong(f"“{text}” is in the future.", column)
            found = self._now  # today, and it is not noon yet
        self.read.setdefault((column, written.way), (text, found))
        return found

    def _require_plausible(self, text: str, column: str) -> None:
        """A number of five digits may as well be one of a room or of a member of staff."""
        day = _counted(text, _FIRST_DAY).date()
        if not date(_OLDEST_COUNTED, 1, 1) <= day <= self._now.astimezone(self._zone).date():
            raise _wrong(
                f"“{text}” is a bare number, by Excel's count of days {day.day} {day:%B %Y}: only those from "
                f"{_OLDEST_COUNTED} until today are taken for dates.",
                column,
            )

    def same(self, text: str) -> str:
        """The same for the same date, however it is written and whenever it is asked."""
        try:
            written = self._written(text)
        except _OtherWayRound:
            written = None
        return text if written is None else written.at.isoformat()

    def _written(self, text: str) -> "_Written | None":
        if text not in self._known:
            try:
                found = self._parsed(text)
            except _OtherWayRound:
                raise
            except (ValueError, OverflowError):
                found = None
            self._known[text] = None if found is None or found.at.year < _OLDEST else found
        return self._known[text]

    def _parsed(self, text: str) -> "_Written | None":
        if _SERIAL.fullmatch(text):
            return self._placed(_counted(text, _FIRST_DAY), None, "serial", "." not in text)
        for n, form in enumerate(_FORMS):
            if len(text) <= _LONGEST and (written := form.fullmatch(text)) is not None:
                parts = written.groupdict()
                return self._placed(self._date(parts), parts["zone"], str(n), parts["hour"] is None)
        return None

    def _date(self, parts: Mapping[str, str | None]) -> datetime:
        number: Callable[[str], int] = lambda name: int(parts.get(name) or 0)  # noqa: E731
        day, month, name = number("day"), number("month"), parts.get("name")
        if name is not None:
            month = _MONTHS.index(name[:3].lower()) + 1
        elif "by" in parts:
            if self._month_first:
                day, month = month, day
            if month > 12 >= day:
                raise _OtherWayRound(month)
        hour = number("hour")
        if half := parts["half"]:
            if not 1 <= hour <= 12:
                raise ValueError(hour)
            hour = hour % 12 + (12 if half.lower() == "p" else 0)
        return datetime(number("year"), month, day, hour, number("minute"), number("second"))

    def _placed(self, found: datetime, zone: str | None, way: str, whole_day: bool) -> "_Written":
        if whole_day:
            found = datetime.combine(found, _NOON)
        return _Written(found.replace(tzinfo=self._zone if zone is None else _offset(zone)), way, whole_day)


class _OtherWayRound(ValueError):
    """There is no such month, but there would be such a day."""


@dataclass(frozen=True, slots=True)
class _Written:
    """`way`: of writing it."""

    at: datetime
    way: str
    whole_day: bool


def _offset(zone: str) -> timezone:
    digits = re.sub(r"[^\d+-]", "", zone)
    if not digits:
        return UTC
    sign, digits = (-1 if digits[0] == "-" else 1), digits[1:]
    hours, minutes = (int(digits), 0) if len(digits) < 3 else (int(digits[:-2]), int(digits[-2:]))
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _wrong(message: str, column: str) -> UserMistake:
    return UserMistake(UserErrorCode.INVALID, message, [column])
