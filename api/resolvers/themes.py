"""Themes: where their fields come from."""

from sqlalchemy import Text, or_
from sqlalchemy.dialects.postgresql import ARRAY

from api.plans.shapes import (
    Argument,
    Column,
    Computed,
    Condition,
    Connection,
    Expression,
    Facts,
    Many,
    One,
    Order,
    Row,
    Shape,
    Source,
)
from api.resolvers.columns import (
    STANDING,
    all_of,
    bind_id,
    exists_pair,
    node_id,
    standing,
    standing_facts,
    time_key,
    value_of,
)
from api.resolvers.ideas import ORDERS as IDEA_ORDERS
from api.resolvers.ideas import filtered as filtered_ideas
from api.resolvers.mutations import Answers, Writes
from api.resolvers.wins import ORDERS as WIN_ORDERS
from db import models as t
from db import rules, sight
from db.operations import themes as operations
from db.terms import ThemeStatus


def for_unit(theme_id: Expression, unit: Argument) -> Condition:
    return sight.for_unit(theme_id, bind_id("unit", unit))


def filtered(root: Row, h: Row) -> Condition:
    asked = h.args["filter"]
    conditions: list[Condition] = []
    if asked["statuses"].given:
        conditions.append(h.c.status == asked["statuses"].bind(ARRAY(Text)).any_())
    if asked["unitId"].given:
        conditions.append(for_unit(h.c.id, asked["unitId"]))
    if asked["values"].given:
        conditions.append(h.c["values"].overlap(asked["values"].bind(ARRAY(Text))))
    if mine(h):
        conditions.append(or_(h.c.owner_id == h.asks.person, h.c.created_by == h.asks.person))
    return all_of(*conditions)


def mine(h: Row) -> bool:
    return bool(h.args["filter"]["mine"].look())


def window_open(h: Row) -> Expression:
    o = t.organisations.alias()
    opens, closes = h.c.opens_on, h.c.closes_on
    is_open = (opens.is_(None) | (opens <= o.c.today)) & (closes.is_(None) | (o.c.today <= closes))
    return value_of(o, is_open, o.c.id == h.c.organisation_id)


def can_do(facts: Facts) -> object:
    return rules.theme_actions(ThemeStatus(facts["status"]), facts["window_open"], standing(facts))


THEME = Source(
    "Theme",
    t.themes,
    {
        "id": node_id("theme"),
        "owner": One("Person", lambda h, p: p.c.id == h.c.owner_id),
        "units": Many(
            "Unit",
            lambda h, u: exists_pair(t.theme_units, theme_id=h.c.id, unit_id=u.c.id),
            lambda u: (u.c.name, u.c.id),
            rules.MOST_UNITS_OF_A_THEME,
        ),
        "ideas": Connection(
            "Idea", lambda h, i: (i.c.theme_id == h.c.id) & filtered_ideas(h, i), IDEA_ORDERS, by_id=mine
        ),
        "wins": Connection("Win", lambda h, w: w.c.theme_id == h.c.id, WIN_ORDERS),
        "viewerCanDo": Computed(("status", "window_open", *STANDING), can_do),
    },
    sees=sight.theme,
    by_id=sight.theme_by_id,
    facts={
        **standing_facts(author=lambda h: h.c.created_by),
        "owns_theme": Column(lambda h: h.c.owner_id == h.asks.person),
        "window_open": Column(window_open),
    },
    tag="theme",
)

ROOT: dict[str, Shape] = {
    "theme": One("Theme", lambda root, h: h.c.id == bind_id("theme", h.args["id"]), by_id=True),
    "themes": Connection("Theme", filtered, {"NEWEST": Order([time_key("created_at")], descending=True)}, by_id=mine),
}

SOURCES = [THEME]

MUTATIONS: dict[str, Writes | Answers] = {
    "createTheme": Writes(operations.create_theme, "theme", "Theme"),
    "editTheme": Writes(operations.edit_theme, "theme", "Theme"),
    "openTheme": Writes(operations.open_theme, "theme", "Theme"),
    "closeTheme": Writes(operations.close_theme, "theme", "Theme"),
}
