"""How values, ids and cursors are written."""

import base64
import json
import re
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

TAGS = ("org", "unit", "person", "theme", "idea", "comment", "win")
UUID_TEXT = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
FEED_CURSOR = re.compile(r"([0-9a-z]{1,32})\.([0-9a-f]{32})\.(0|[1-9][0-9]{0,9})", re.ASCII | re.IGNORECASE)


class BadId(Exception):
    """Not the id of what it is asked for."""


class BadCursor(Exception):
    """Not a cursor of this list in this order."""


def write(value: Any) -> Any:
    """A value as PostgreSQL's JSON has it."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC)
        fraction = f".{value.microsecond:06}".rstrip("0") if value.microsecond else ""
        return f"{value:%Y-%m-%dT%H:%M:%S}{fraction}+00:00"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def split(text: str) -> tuple[str, UUID] | None:
    """Tag and UUID of what is an id of any type."""
    tag, _, rest = text.partition("_")
    return (tag, UUID(rest)) if UUID_TEXT.fullmatch(rest) else None


def read_id(tag: str, text: str) -> UUID:
    found = split(text)
    if found is None or found[0] != tag:
        raise BadId(text)
    return found[1]


def page_cursor(order: str, keys: list[Any]) -> str:
    """base64 of [order, key, …, id] as PostgreSQL writes JSON."""
    text = json.dumps([order, *map(write, keys)], ensure_ascii=False, separators=(", ", " : "))
    return base64.b64encode(text.encode()).decode()


def read_page_cursor(order: str, types: list[type], text: str) -> list[Any]:
    """The keys in a page cursor."""
    try:
        name, *parts = json.loads(base64.b64decode(text, validate=True))
    except (ValueError, TypeError):
        raise BadCursor(text) from None
    if name != order or len(parts) != len(types):
        raise BadCursor(text)
    return [read_key(type_, part) for type_, part in zip(types, parts, strict=True)]


def read_key(type_: type, part: Any) -> Any:
    try:
        if type_ is int:
            if type(part) is not int or not -(2**31) <= part < 2**31:
                raise BadCursor(part)
            return part
        if not isinstance(part, str) or "\0" in part:
            raise BadCursor(part)
        if type_ is datetime:
            read = datetime.fromisoformat(part)
            if read.tzinfo is None:
                raise BadCursor(part)
            return read.astimezone(UTC)
        return type_(part)
    except (ValueError, OverflowError):  # the latter at the ends of all time, by the offset
        raise BadCursor(part) from None


def feed_cursor(head: dict[str, Any], position: int) -> str:
    return f"{head['epoch']}.{head['organisation_id'].hex}.{position}"


def read_feed_cursor(text: str) -> tuple[str, UUID, int]:
    match = FEED_CURSOR.fullmatch(text)
    if match is None or match[2] != match[2].lower() or int(match[3]) >= 2**31:
        raise BadCursor(text)
    return match[1], UUID(match[2]), int(match[3])
