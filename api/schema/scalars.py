"""The scalars: written as PostgreSQL's JSON writes them, so that every path gives the same text."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NewType
from urllib.parse import urlsplit

import strawberry
from strawberry.types.scalar import ScalarDefinition

Cursor = NewType("Cursor", str)
URL = NewType("URL", str)

LONGEST_CURSOR, LONGEST_URL = 200, 2000
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def write_time(value: object) -> str:
    """RFC 3339 in UTC with the fraction's trailing zeros cut: `2026-11-23T15:54:34.12+00:00`."""
    if isinstance(value, str):
        return value
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(f"{value!r} is not a time with its zone")
    value = value.astimezone(UTC)
    text = value.replace(microsecond=0, tzinfo=None).isoformat()
    fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
    return f"{text}{fraction}+00:00"


def read_time(value: object) -> datetime:
    if isinstance(value, str) and TIME.fullmatch(value):
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass  # no such day or hour: refused below, in the same words
    raise ValueError("A DateTime is written as in 2026-11-23T15:54:34Z, with its offset from UTC.")


def write_day(value: object) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"{value!r} is not a day")
    return value.isoformat()


def read_day(value: object) -> date:
    if isinstance(value, str) and DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass  # no such day: refused below, in the same words
    raise ValueError("A Date is written as in 2026-11-23.")


def read_cursor(value: object) -> Cursor:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_CURSOR:
        return Cursor(value)
    raise ValueError("A Cursor is the text of one that an answer carried.")


def read_url(value: object) -> URL:
    if isinstance(value, str) and len(value) <= LONGEST_URL and value.isprintable() and " " not in value:
        try:
            parts = urlsplit(value)
            if parts.scheme in ("http", "https") and parts.hostname:
                return URL(value)
        except ValueError:
            pass  # no address at all, such as half an IPv6 one: refused below, in the same words
    raise ValueError(f"A URL begins with http:// or https:// and has at most {LONGEST_URL} characters.")


def _scalar(
    name: str, write: Callable[[Any], object], read: Callable[[Any], object], description: str, url: str | None = None
) -> ScalarDefinition:
    return strawberry.scalar(
        name=name, serialize=write, parse_value=read, description=description, specified_by_url=url
    )


# For StrawberryConfig(scalar_map=...): the Python type of an annotation -> the scalar.
SCALARS: dict[object, ScalarDefinition] = {
    datetime: _scalar(
        "DateTime",
        write_time,
        read_time,
        "A moment, RFC 3339. Answers are in UTC, with up to six digits of a second and no trailing zeros: "
        "`2026-11-23T15:54:34.12+00:00`. In arguments any offset is understood, and none is refused.",
        "https://www.rfc-editor.org/rfc/rfc3339",
    ),
    date: _scalar(
        "Date",
        write_day,
        read_day,
        "A day where the organisation is (see `Organisation.timeZone`), ISO 8601: `2026-11-23`.",
    ),
    Cursor: _scalar(
        "Cursor",
        str,
        read_cursor,
        "A position in the organisation's feed. Opaque: keep it, and pass it as `after` to go on from there. "
        "It opens no access by itself.",
    ),
    URL: _scalar("URL", str, read_url, "An absolute http or https address."),
}
