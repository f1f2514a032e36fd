"""Wins: where their fields come from."""

from sqlalchemy import Text, not_
from sqlalchemy.dialects.postgresql import ARRAY

from api.plans.shapes import (
    Computed,
    Condition,
    Connection,
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
    in_unit,
    node_id,
    standing,
    standing_facts,
    time_key,
)
from api.resolvers.mutations import Answers, Writes
from db import models as t
from db import rules, sight
from db.operations import wins as operations
from db.terms import WinAction

ORDERS = {"NEWEST": Order([time_key("shared_at")], descending=True)}


def filtered(root: Row, w: Row) -> Condition:
    asked = w.args["filter"]
    conditions: list[Condition] = []
    if asked["themeId"].given:
        conditions.append(w.c.theme_id == bind_id("theme", asked["themeId"]))
    if asked["unitId"].given:
        conditions.append(in_unit(w.c.unit_id, asked["unitId"]))
    if asked["values"].given:
        conditions.append(w.c["values"].overlap(asked["values"].bind(ARRAY(Text))))
    early = asked["early"].look()
    if early is not None:
        conditions.append(w.c.early.is_(early))
    return all_of(*conditions)


def can_do(facts: Facts) -> object:
    return [WinAction.EDIT] if rules.may_edit_win(standing(facts)) else []


WIN = Source(
    "Win",
    t.wins,
    {
        "id": node_id("win"),
        "ideas": Many(
            "Idea",
            lambda w, i: exists_pair(t.win_ideas, win_id=w.c.id, idea_id=i.c.id),
            lambda i: (i.c.number, i.c.id),
            rules.MOST_IDEAS_OF_A_WIN,
        ),
        "theme": One("Theme", lambda w, h: h.c.id == w.c.theme_id),
        "unit": One("Unit", lambda w, u: u.c.id == w.c.unit_id),
        "thanks": Many(
            "Person",
            lambda w, p: exists_pair(t.win_thanks, win_id=w.c.id, person_id=p.c.id),
            lambda p: (p.c.name, p.c.id),
            rules.MOST_THANKS,
        ),
        "sharedBy": One("Person", lambda w, p: (p.c.id == w.c.shared_by) & not_(sight.hides_sharer(w.c))),
        "viewerCanDo": Computed(STANDING, can_do),
    },
    sees=sight.win,
    facts=standing_facts(author=lambda w: w.c.shared_by, unit=lambda w: w.c.unit_id, theme=lambda w: w.c.theme_id),
    tag="win",
)

ROOT: dict[str, Shape] = {"wins": Connection("Win", filtered, ORDERS)}

SOURCES = [WIN]

MUTATIONS: dict[str, Writes | Answers] = {
    "shareWin": Writes(operations.share_win, "win", "Win"),
    "editWin": Writes(operations.edit_win, "win", "Win"),
}
