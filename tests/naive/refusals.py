"""Which arguments refuse the whole operation, and with which code and path (rules 6 and 14)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.naive import paging
from tests.naive.asking import Asks
from tests.naive.values import BadCursor, BadId, read_feed_cursor, read_id

MOST_NODES, MOST_ON_BOARD = 100, 50
IDS = {"themeId": "theme", "unitId": "unit", "authorId": "person", "ideaId": "idea"}
OWN_IDS = {("Query", "theme"): "theme", ("Query", "idea"): "idea"}
ORDERS = {
    ("Query", "themes"): paging.THEMES,
    ("Query", "wins"): paging.WINS,
    ("Query", "people"): paging.NAMES,
    ("Query", "screens"): paging.NAMES,
    ("Query", "feed"): paging.FEED,
    ("Theme", "wins"): paging.WINS,
    ("Idea", "comments"): paging.COMMENTS,
    ("Idea", "history"): paging.FEED,
    ("Organisation", "units"): paging.NAMES,
}


@dataclass(frozen=True)
class Refusal:
    code: str
    path: tuple[str, ...]


def refusals_of(
    asks: Asks, type_name: str, field: str, arguments: dict[str, Any], path: tuple[str, ...]
) -> Iterator[Refusal]:
    bad = Refusal("BAD_ARGUMENT", path)
    if has_bad_sizes(type_name, field, arguments):
        yield bad
    if len(arguments.get("ids", ())) > MOST_NODES:
        yield bad
    tags = {**IDS, "id": OWN_IDS.get((type_name, field))}
    for name, value in {**arguments, **(arguments.get("filter") or {})}.items():
        if value is None:
            continue
        tag = tags.get(name)
        if tag is not None and fails(lambda: read_id(tag, value), BadId):  # noqa: B023 - called at once
            yield bad
        if isinstance(value, str) and "\0" in value and name not in ("id", "ids"):
            yield bad
    order = order_of(type_name, field, arguments)
    for name in ("after", "before"):
        cursor = arguments.get(name)
        if cursor is None or order is None:
            continue
        if fails(lambda: order.read(cursor), BadCursor):  # noqa: B023 - called at once
            yield bad
        elif order is paging.FEED and is_expired(asks, cursor):
            yield Refusal("CURSOR_EXPIRED", path)


def has_bad_sizes(type_name: str, field: str, arguments: dict[str, Any]) -> bool:
    first, last = arguments.get("first"), arguments.get("last")
    most = MOST_ON_BOARD if type_name == "Board" or field.startswith("similar") else paging.MOST
    return (first is not None and last is not None) or any(
        size is not None and not 1 <= size <= most for size in (first, last)
    )


def order_of(type_name: str, field: str, arguments: dict[str, Any]) -> paging.Order | None:
    if field == "ideas" and type_name in ("Query", "Theme"):
        return paging.IDEAS[arguments.get("orderBy") or "NEWEST"]
    return ORDERS.get((type_name, field))


def is_expired(asks: Asks, cursor: str) -> bool:
    """Another organisation's, of an older epoch, or beyond the log's end."""
    epoch, organisation, position = read_feed_cursor(cursor)
    head = asks.head
    return (epoch, organisation) != (head["epoch"], head["organisation_id"]) or position > head["position"]


def fails(read: Callable[[], object], error: type[Exception]) -> bool:
    try:
        read()
    except error:
        return True
    return False
