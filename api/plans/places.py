"""Where a row stands in an order: the sort keys, the page cursors that carry them, and what lies beyond one."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Integer, Text, Uuid, case, func, literal_column, not_, tuple_
from sqlalchemy import cast as as_type

from api.cursors import decode_cursor
from api.plans.arguments import Arguments, Given
from api.plans.rows import At, Json
from api.plans.selection import word
from api.plans.shapes import Connection, Key, Order
from db.errors import Refused
from db.terms import RefusalCode


def read_integer(value: object) -> int:
    if type(value) is not int or not -(2**31) <= value < 2**31:
        raise ValueError(value)
    return value


def read_time(value: object) -> datetime:
    time = datetime.fromisoformat(read_text(value))
    if time.tzinfo is None:
        raise ValueError(value)
    try:
        return time.astimezone(UTC)
    except OverflowError:  # at the ends of all time, by its offset
        raise ValueError(value) from None


def read_text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(value)
    return value


ID = Key(lambda row: row.c.id, Uuid, lambda value: UUID(read_text(value)))


class Places:
    """An order by its name. A page cursor is base64 of [name, key, …, id] as PostgreSQL's JSON writes them."""

    def __init__(self, name: str, order: Order) -> None:
        self.name = name
        self.order = order
        self.keys: Sequence[Key] = [*order.keys, ID]

    def sorted(self, row: At, *, ascending: bool) -> list[Any]:
        return [key.sql(row).asc() if ascending else key.sql(row).desc() for key in self.keys]

    def place(self, row: At) -> Json:
        """The row's place as text, from which a cursor is made."""
        parts = func.json_build_array(word(self.name), *(key.sql(row) for key in self.keys))
        return as_type(parts, Text)

    def cursor(self, place: Json) -> Json:
        encoded = func.encode(func.convert_to(place, literal_column("'UTF8'")), literal_column("'base64'"))
        return func.translate(encoded, literal_column("E'\\n'"), literal_column("''"))

    def start(self, place: Json) -> Json:
        """startCursor from the place of the page's first row; null for an empty page."""
        return self.cursor(place)

    def end(self, place: Json, more: Json) -> Json:
        """endCursor from the place of the page's last row; null for an empty page. `more`: whether rows follow it."""
        return self.cursor(place)

    def beyond(self, given: Given, row: At, *, ascending: bool) -> ColumnElement[bool]:
        def bound(at: int, key: Key) -> ColumnElement[Any]:
            return given.bind(key.type, lambda value: self.read(value)[at])

        mine, theirs = (
            tuple_(*(key.sql(row) for key in self.keys)),
            tuple_(*(bound(at, key) for at, key in enumerate(self.keys))),
        )
        return mine > theirs if ascending else mine < theirs

    def read(self, cursor: str) -> list[Any]:
        """The keys in a page cursor. Refuses what this list in this order did not write."""
        try:
            name, *parts = orjson.loads(base64.b64decode(cursor, validate=True))
            if name != self.name:
                raise ValueError(cursor)
            return [key.decode(part) for key, part in zip(self.keys, parts, strict=True)]
        except (ValueError, TypeError, binascii.Error):
            raise Refused(RefusalCode.BAD_ARGUMENT, "This page cursor is not one of this list in this order.") from None


def order_places(shape: Connection, arguments: Arguments) -> Places:
    name = next(iter(shape.orders))
    if "orderBy" in arguments.field.args:
        name = str(arguments["orderBy"].look() or name)
    return Places(name, shape.orders[name])


class FeedPlaces(Places):
    """Positions: the page cursors of a feed are feed cursors."""

    def __init__(self) -> None:
        super().__init__("POSITION", Order([]))
        self.keys = [Key(lambda row: row.c.position, Integer, read_integer)]

    def place(self, row: At) -> Json:
        return as_type(row.c.position, Text)

    def cursor(self, place: Json) -> Json:
        return feed_cursor(place)

    def start(self, place: Json) -> Json:
        return case((place.is_not(None), feed_cursor(place)))

    def end(self, place: Json, more: Json) -> Json:
        """Where nothing follows, the position at which the answer was read: it passes over what may not be seen."""
        return case((not_(more), feed_cursor(HEAD)), (place.is_not(None), feed_cursor(place)))

    def beyond(self, given: Given, row: At, *, ascending: bool) -> ColumnElement[bool]:
        given.builder.cursors.append((given.read, given.path))
        bound = given.bind(Integer, lambda value: decode_cursor(value).position)
        position = row.c.position
        return cast("ColumnElement[bool]", position > bound if ascending else position < bound)


HEAD: Json = literal_column("head.position::text", Text)


def feed_cursor(position: Json) -> Json:
    """A feed cursor's text, by the head that every statement of a plan reads (cursors.encode_cursor)."""
    return func.concat(literal_column("head.prefix"), position)
