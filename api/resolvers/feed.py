"""The feed: what each event carries, how it is filtered, and the subscriptions that deliver it."""

from collections.abc import Callable, Sequence

from sqlalchemy import Integer, Text, and_, cast, literal_column, or_, true
from sqlalchemy.dialects.postgresql import ARRAY

from api.plans.places import feed_cursor
from api.plans.selection import word
from api.plans.shapes import (
    Abstract,
    Argument,
    Column,
    Condition,
    Expression,
    Facts,
    FeedPages,
    Live,
    One,
    Row,
    Shape,
    Source,
)
from api.resolvers.columns import all_of, bind_id, value_of
from db import models as t
from db import sight
from db.events import PUBLIC, Event
from db.sight import Asks, Columns

THEME_EVENTS = ("THEME_EDITED", "THEME_OPENED", "THEME_CLOSED")

BASE: dict[str, Shape] = {
    "cursor": Column(lambda e: feed_cursor(cast(e.c.position, Text))),
    "actor": One("Person", lambda e, p: and_(e.c.actor_id == p.c.id, e.c.actor_shown)),
}
IDEA = {"idea": One("Idea", lambda e, i: i.c.id == e.c.idea_id, always=True)}
COMMENT = {"comment": One("Comment", lambda e, c: c.c.id == e.c.comment_id, always=True)}
WIN = {"win": One("Win", lambda e, w: w.c.id == e.c.win_id, always=True)}
THEME = {"theme": One("Theme", lambda e, h: h.c.id == e.c.theme_id, always=True)}


def fact(name: str) -> Column:
    return Column(lambda e: e.c.facts.op("->>")(word(name)))


def support_count(e: Row) -> Expression:
    i = t.ideas.alias()
    return value_of(i, i.c.support_count, i.c.id == e.c.idea_id)


CARRIES: dict[str, dict[str, Shape]] = {
    "IdeaSubmitted": {**IDEA},
    "IdeaEdited": {**IDEA},
    "IdeaStatusChanged": {**IDEA, "from": fact("from"), "to": fact("to")},
    "IdeaSupported": {**IDEA, "supportCount": Column(support_count)},
    "IdeasImported": {"count": Column(lambda e: cast(fact("count").sql(e), Integer))},
    "CommentAdded": {**COMMENT, **IDEA},
    "CommentEdited": {**COMMENT, **IDEA},
    "WinShared": {**WIN},
    "WinEdited": {**WIN},
    "ThemeEdited": {**THEME},
    "ThemeOpened": {**THEME},
    "ThemeClosed": {**THEME},
    "ContentRetracted": {"nodeId": fact("node")},
}
TYPES: dict[str, type[Event]] = {event.__name__: event for event in PUBLIC}
MEMBERS = {name: TYPES[name].type for name in CARRIES}


def sees(e: Columns, asks: Asks) -> Condition:
    """What may be seen, and what this release understands: a newer one may write to the same log (rule 4)."""
    known = [
        and_(
            e.type.in_([word(event.type) for event in PUBLIC if event.version == version]),
            e.version <= literal_column(str(version)),
        )
        for version in sorted({event.version for event in PUBLIC})
    ]
    return and_(sight.event(e, asks), or_(*known))


def concerns(e: Row, theme: Argument | None, unit: Argument | None, idea: Argument | None = None) -> Condition:
    """By the facts stored in the event, before and after a move; a retraction passes (rule 4)."""
    conditions: list[Condition] = []
    if theme is not None and theme.given:
        conditions.append(bind_id("theme", theme) == e.c.themes.any_())
    if unit is not None and unit.given:
        conditions.append(in_unit(e, unit))
    if idea is not None and idea.given:
        conditions.append(e.c.idea_id == bind_id("idea", idea))
    return or_(e.c.unfiltered, all_of(*conditions)) if conditions else true()


def in_unit(e: Row, unit: Argument) -> Condition:
    """An event of the unit or one below; of a theme also of one above, or of the whole organisation (rule 8)."""
    w, asked = t.unit_within.alias(), bind_id("unit", unit)
    below = and_(w.c.ancestor_id == asked, w.c.unit_id == e.c.units.any_())
    above = and_(w.c.unit_id == asked, w.c.ancestor_id == e.c.units.any_())
    of_theme = e.c.type.in_([word(type_) for type_ in THEME_EVENTS])
    return or_(
        sight.some(w, below),
        and_(of_theme, or_(e.c.units == literal_column("'{}'::uuid[]"), sight.some(w, above))),
    )


def filtered(asked: Argument, e: Row) -> Condition:
    """FeedFilter."""
    conditions = [concerns(e, asked["themeId"], asked["unitId"], asked["ideaId"])]
    if asked["types"].given:
        # In one order: who asks for the same in another is served by the same view.
        conditions.append(e.c.type == asked["types"].bind(ARRAY(Text), lambda types: sorted(set(types))).any_())
    return all_of(*conditions)


def asked_types(row: Row) -> Callable[[Facts], Sequence[str] | None]:
    return row.args["filter"]["types"].later()


def only(type_name: str, *, idea: bool = False) -> Live:
    """The subscription to one type of event."""
    kind = MEMBERS[type_name]
    return Live(
        type_name,
        lambda e: and_(
            e.c.type == word(kind),
            concerns(e, e.args["themeId"], e.args["unitId"], e.args["ideaId"] if idea else None),
        ),
        types=lambda row: lambda variables: (kind,),
    )


SOURCES = [
    *(Source(name, t.events, {**BASE, **carries}, sees=sees) for name, carries in CARRIES.items()),
    Abstract("FeedItem", t.events, MEMBERS, sees=sees, kind=lambda e: e.c.type),
    Abstract("FeedEvent", t.events, MEMBERS, sees=sees, kind=lambda e: e.c.type),
]

ROOT: dict[str, Shape] = {"feed": FeedPages("FeedEvent", lambda root, e: filtered(e.args["filter"], e))}

LIVE: dict[str, Shape] = {
    "feed": Live("FeedItem", lambda e: filtered(e.args["filter"], e), types=asked_types),
    "ideaSubmitted": only("IdeaSubmitted"),
    "commentAdded": only("CommentAdded", idea=True),
    "winShared": only("WinShared"),
}
