"""Ideas: where their fields come from."""

from sqlalchemy import Integer, Text, and_, case, cast, false, func, literal_column, not_
from sqlalchemy.dialects.postgresql import ARRAY

from api.plans.places import read_integer
from api.plans.selection import word
from api.plans.shapes import (
    Column,
    Computed,
    Condition,
    Connection,
    Expression,
    Facts,
    FeedPages,
    Key,
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
    searched,
    standing,
    standing_facts,
    time_key,
    value_of,
)
from api.resolvers.mutations import Answers, Writes
from api.resolvers.similar import SIMILAR
from db import models as t
from db import rules, sight
from db.models.tables import Time
from db.operations import ideas as operations
from db.sight import Columns
from db.terms import IdeaStatus


def awaits(i: Columns) -> Condition:
    """OPEN, and nobody who may change the status has answered."""
    return and_(i.status == word(IdeaStatus.OPEN), i.first_response_at.is_(None))


def waiting(i: Columns) -> Expression:
    """0 while it waits: the expression of an index (db/models/ideas.py)."""
    return case((awaits(i), literal_column("0", Integer)), else_=literal_column("1", Integer))


def integer_key(name: str) -> Key:
    return Key(lambda row: row.c[name], Integer, read_integer)


ORDERS = {
    "NEWEST": Order([time_key("submitted_at")], descending=True),
    "OLDEST": Order([time_key("submitted_at")]),
    "MOST_SUPPORTED": Order([integer_key("support_count")], descending=True),
    "MOST_DISCUSSED": Order([integer_key("comment_count")], descending=True),
    "RECENTLY_ACTIVE": Order([time_key("active_at")], descending=True),
    "LONGEST_WAITING": Order([Key(lambda row: waiting(row.c), Integer, read_integer), time_key("submitted_at")]),
}


def filtered(outer: Row, i: Row) -> Condition:
    """IdeaFilter. What is absent adds nothing to the statement."""
    asked = i.args["filter"]
    conditions: list[Condition] = []
    if asked["statuses"].given:
        # In the statement's text: how rare a status is decides how to look for it.
        statuses = asked["statuses"].look()
        conditions.append(i.c.status.in_([word(status) for status in statuses]) if statuses else false())
    if asked["themeId"].given:
        conditions.append(i.c.theme_id == bind_id("theme", asked["themeId"]))
    if asked["unitId"].given:
        conditions.append(in_unit(i.c.shown_unit_id, asked["unitId"]))
    if asked["values"].given:
        conditions.append(i.c["values"].overlap(asked["values"].bind(ARRAY(Text))))
    if asked["authorId"].given:  # never matches an anonymous idea
        conditions.append(i.c.author_id == bind_id("person", asked["authorId"]))
        conditions.append(not_(i.c.anonymous))
    waits = asked["awaitingResponse"].look()
    if waits is not None:
        conditions.append(awaits(i.c) if waits else not_(awaits(i.c)))
    if asked["text"].given:
        query = func.websearch_to_tsquery(literal_column("'english'::regconfig"), asked["text"].bind(Text, searched))
        conditions.append(i.c.search.bool_op("@@")(query))
    if asked["submittedAfter"].given:
        conditions.append(i.c.submitted_at > asked["submittedAfter"].bind(Time))
    if asked["submittedBefore"].given:
        conditions.append(i.c.submitted_at < asked["submittedBefore"].bind(Time))
    if mine(i):
        conditions.append(i.c.author_id == i.asks.person)
    if asked["followed"].look():
        conditions.append(exists_pair(t.follows, idea_id=i.c.id, person_id=i.asks.person))
    return all_of(*conditions)


def mine(i: Row) -> bool:
    return bool(i.args["filter"]["mine"].look())


def asked_for(root: Row, i: Row) -> Condition:
    """idea(id, reference): both must fit where both are given; none finds nothing."""
    conditions: list[Condition] = []
    if i.args["id"].given:
        conditions.append(i.c.id == bind_id("idea", i.args["id"]))
    if i.args["reference"].given:
        conditions.append(i.c.number == i.args["reference"].bind(Integer, number_of))
    return all_of(*conditions) if conditions else literal_column("false")


def number_of(reference: str) -> int | None:
    """The number in "IDEA-1042", as it is said aloud: case and the word may be missing."""
    digits = reference.strip().upper().removeprefix("IDEA").lstrip("- ")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def response_due(i: Row) -> Expression:
    o = t.organisations.alias()
    days = value_of(o, o.c.response_target_days, o.c.id == i.c.organisation_id)
    due: Expression = i.c.submitted_at + days * literal_column("interval '24 hours'")
    return due


def can_do(facts: Facts) -> object:
    return rules.idea_actions(IdeaStatus(facts["status"]), standing(facts))


def can_move_to(facts: Facts) -> object:
    return rules.moves(IdeaStatus(facts["status"]), standing(facts))


IDEA = Source(
    "Idea",
    t.ideas,
    {
        "id": node_id("idea"),
        "reference": Column(lambda i: func.concat(word("IDEA-"), cast(i.c.number, Text))),
        "author": One("Person", lambda i, p: (p.c.id == i.c.author_id) & not_(i.c.anonymous)),
        "theme": One("Theme", lambda i, h: h.c.id == i.c.theme_id),
        "unit": One("Unit", lambda i, u: u.c.id == i.c.shown_unit_id),
        "viewerSupports": Column(lambda i: exists_pair(t.supports, idea_id=i.c.id, person_id=i.asks.person)),
        "viewerFollows": Column(lambda i: exists_pair(t.follows, idea_id=i.c.id, person_id=i.asks.person)),
        "viewerCanMoveTo": Computed(("status", *STANDING), can_move_to),
        "viewerCanDo": Computed(("status", *STANDING), can_do),
        "comments": Connection(
            "Comment", lambda i, c: c.c.idea_id == i.c.id, {"OLDEST": Order([time_key("created_at")])}
        ),
        "history": FeedPages("FeedEvent", lambda i, e: e.c.idea_id == i.c.id),
        "wins": Many(
            "Win",
            lambda i, w: exists_pair(t.win_ideas, win_id=w.c.id, idea_id=i.c.id),
            lambda w: (w.c.shared_at.desc(), w.c.id.desc()),
            rules.MOST_WINS_OF_AN_IDEA,
        ),
        "similar": SIMILAR,
        "responseDueAt": Column(response_due),
        "awaitingResponse": Column(lambda i: awaits(i.c)),
    },
    sees=sight.idea,
    by_id=sight.idea_by_id,
    facts=standing_facts(
        author=lambda i: i.c.author_id, unit=lambda i: i.c.shown_unit_id, theme=lambda i: i.c.theme_id
    ),
    tag="idea",
)

ROOT: dict[str, Shape] = {
    "idea": One("Idea", asked_for, by_id=True),
    "ideas": Connection("Idea", filtered, ORDERS, by_id=mine),
}

SOURCES = [IDEA]

MUTATIONS: dict[str, Writes | Answers] = {
    "submitIdea": Writes(operations.submit_idea, "idea", "Idea"),
    "editIdea": Writes(operations.edit_idea, "idea", "Idea"),
    "withdrawIdea": Writes(operations.withdraw_idea, "idea", "Idea"),
    "changeIdeaStatus": Writes(operations.change_idea_status, "idea", "Idea"),
    "assignIdeaToTheme": Writes(operations.assign_idea_to_theme, "idea", "Idea"),
}
