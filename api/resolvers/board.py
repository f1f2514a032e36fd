"""The board: what a huddle room shows, one snapshot at one position."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Date, DateTime, Integer, and_, false, func, literal_column, true
from sqlalchemy import cast as as_type

from api.plans.places import HEAD, feed_cursor
from api.plans.selection import word
from api.plans.shapes import Column, Condition, Expression, Here, Many, One, Row, Shape, Source
from api.resolvers.columns import bind_id, in_unit, value_of
from api.resolvers.ideas import awaits, waiting
from api.resolvers.themes import for_unit
from db import models as t
from db import sight
from db.sight import Asks, Columns
from db.terms import IdeaStatus, Sight, ThemeStatus

AGGREGATE = 500  # rows: it reads an index of all of them

OfIdea = Callable[[Columns, Asks], Condition]


def has_status(*statuses: IdeaStatus) -> OfIdea:
    return lambda i, asks: i.status.in_([word(status) for status in statuses])


def waits(i: Columns, asks: Asks) -> Condition:
    return awaits(i)


def still_waits(i: Columns, asks: Asks) -> Condition:
    """The same as the index of who waits longest has it (db/models/ideas.py): whatever the statistics say, the list is
    read there, and not from the oldest of all open ones.
    """
    return and_(waiting(i) == literal_column("0", Integer))


def is_new(i: Columns, asks: Asks) -> Condition:
    """Submitted yesterday or today, as the organisation's days go (rule 5)."""
    o = t.organisations.alias()
    yesterday = as_type(as_type(o.c.today - literal_column("1"), Date), DateTime())
    since = value_of(o, func.timezone(o.c.time_zone, yesterday), o.c.id == asks.organisation)
    return and_(i.submitted_at >= since)


def of_unit(board: Row, unit: Expression) -> Condition:
    """The board's unit and all below it; without one, the whole organisation."""
    return in_unit(unit, board.args["unitId"]) if board.args["unitId"].given else true()


def ideas(condition: OfIdea, order: Callable[[Columns], Sequence[Expression]]) -> Many:
    return Many(
        "Idea",
        lambda board, i: and_(condition(i.c, i.asks), of_unit(board, i.c.shown_unit_id)),
        lambda i: order(i.c),
        10,
        paged=True,
    )


def count_ideas(condition: OfIdea) -> Column:
    def sql(counts: Row) -> Expression:
        i = t.ideas.alias()
        return count_of(
            i, sight.idea(i.c, counts.asks), condition(i.c, counts.asks), of_unit(counts.outer, i.c.shown_unit_id)
        )

    return Column(sql, cost=AGGREGATE)


def count_wins(counts: Row) -> Expression:
    w = t.wins.alias()
    return count_of(w, sight.win(w.c, counts.asks), of_unit(counts.outer, w.c.unit_id))


def count_of(table: Any, *conditions: Condition) -> Expression:
    return value_of(table, func.count(), *conditions)


def as_of(board: Row) -> Expression:
    """When the last change that the answer contains happened."""
    e, o = t.events.alias(), t.organisations.alias()
    at = value_of(e, e.c.at, e.c.organisation_id == board.asks.organisation, e.c.position == board.c.position)
    return func.coalesce(at, value_of(o, o.c.created_at, o.c.id == board.asks.organisation))


def open_themes(board: Row, h: Row) -> Condition:
    unit = board.args["unitId"]
    is_open = h.c.status == word(ThemeStatus.OPEN)
    return and_(is_open, for_unit(h.c.id, unit)) if unit.given else is_open


def its_unit(board: Row, u: Row) -> Condition:
    """The one that is asked for, or a screen's own."""
    unit = board.args["unitId"]
    if unit.given:
        return and_(u.c.id == bind_id("unit", unit))
    return and_(u.c.id == board.asks.unit) if board.asks.sight is Sight.UNIT_SCREEN else false()


def unit_exists(board: Row) -> Condition | None:
    unit = board.args["unitId"]
    if not unit.given:
        return None
    u = t.units.alias()
    return sight.some(u, u.c.id == bind_id("unit", unit), sight.unit(u.c, board.asks))


def oldest(i: Columns) -> Sequence[Expression]:
    return i.submitted_at, i.id


def newest(i: Columns) -> Sequence[Expression]:
    return i.submitted_at.desc(), i.id.desc()


BOARD = Source(
    "Board",
    t.feed_heads,
    {
        "cursor": Column(lambda board: feed_cursor(HEAD)),
        "asOf": Column(as_of),
        "unit": One("Unit", its_unit),
        "themes": Many("Theme", open_themes, lambda h: (h.c.closes_on.asc().nulls_last(), h.c.created_at, h.c.id), 50),
        "newIdeas": ideas(is_new, newest),
        "awaitingResponse": ideas(still_waits, oldest),
        "testing": ideas(has_status(IdeaStatus.TESTING), lambda i: (i.updated_at.desc(), i.id.desc())),
        "wins": Many(
            "Win",
            lambda board, w: of_unit(board, w.c.unit_id),
            lambda w: (w.c.shared_at.desc(), w.c.id.desc()),
            5,
            paged=True,
        ),
        "counts": Here("BoardCounts"),
    },
    sees=lambda head, asks: head.organisation_id == asks.organisation,
)
COUNTS = Source(
    "BoardCounts",
    t.feed_heads,
    {
        "open": count_ideas(has_status(IdeaStatus.OPEN)),
        "awaitingResponse": count_ideas(waits),
        "testing": count_ideas(has_status(IdeaStatus.TESTING)),
        "implemented": count_ideas(has_status(IdeaStatus.IMPLEMENTED, IdeaStatus.SUSTAINED)),
        "wins": Column(count_wins, cost=AGGREGATE),
        "newIdeas": count_ideas(is_new),
    },
    sees=lambda head, asks: head.organisation_id == asks.organisation,
)

SOURCES = [BOARD, COUNTS]
ROOT: dict[str, Shape] = {"board": Here("Board", unit_exists)}
LIVE: dict[str, Shape] = {"board": Here("Board", unit_exists)}
