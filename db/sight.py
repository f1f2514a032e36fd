"""Who may see what, and how somebody stands to what they see: once, as SQL, for plans, feed and operations alike."""

from typing import Any, Protocol, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, and_, exists, false, not_, or_, select, true

from db import models as t
from db.terms import Sight

Columns: TypeAlias = Any  # the .c of a table, alias or subquery: its columns by name
Condition: TypeAlias = ColumnElement[bool]


class Asks(Protocol):
    """Who asks, as SQL parameters; touching `person` makes a plan per person."""

    @property
    def organisation(self) -> ColumnElement[UUID]: ...

    @property
    def person(self) -> ColumnElement[UUID]: ...

    @property
    def unit(self) -> ColumnElement[UUID]:
        """Of a screen that has one."""

    @property
    def sight(self) -> Sight: ...


def organisation(o: Columns, asks: Asks) -> Condition:
    return _(o.id == asks.organisation)


def in_organisation(row: Columns, asks: Asks) -> Condition:
    """What everybody signed in to the organisation sees."""
    return _(row.organisation_id == asks.organisation)


def of_screen(unit: ColumnElement[Any], asks: Asks) -> Condition:
    """A unit's screen shows that unit and those below it; all others everything."""
    return within(unit, asks.unit) if asks.sight is Sight.UNIT_SCREEN else true()


def unit(u: Columns, asks: Asks) -> Condition:
    return and_(in_organisation(u, asks), of_screen(u.id, asks))


def person(p: Columns, asks: Asks) -> Condition:
    """A screen names only colleagues of its unit who said that screens may (rule 1)."""
    if not asks.sight.on_a_wall:
        return in_organisation(p, asks)
    return and_(in_organisation(p, asks), p.shown_on_screens, p.deactivated_at.is_(None), of_screen(p.unit_id, asks))


def screen(s: Columns, asks: Asks) -> Condition:
    """A screen sees itself; people those that they answer for: administrators all, leads those of their units."""
    if asks.sight.on_a_wall:
        return and_(in_organisation(s, asks), s.id == asks.person)
    if asks.sight is Sight.ADMIN:
        return in_organisation(s, asks)
    return and_(in_organisation(s, asks), leads(s.unit_id, asks))


def idea(i: Columns, asks: Asks) -> Condition:
    return and_(i.organisation_id == asks.organisation, i.withdrawn_at.is_(None), of_screen(i.shown_unit_id, asks))


def idea_by_id(i: Columns, asks: Asks) -> Condition:
    """By id, in `mine` and in mutation payloads: one's own withdrawn ideas too."""
    if asks.sight.on_a_wall:
        return idea(i, asks)
    return and_(
        i.organisation_id == asks.organisation,
        or_(i.withdrawn_at.is_(None), i.author_id == asks.person),
    )


def comment(c: Columns, asks: Asks) -> Condition:
    if asks.sight.on_a_wall:
        return false()
    return and_(c.organisation_id == asks.organisation, c.removed_at.is_(None), c.idea_withdrawn_at.is_(None))


def theme(h: Columns, asks: Asks) -> Condition:
    seen = and_(h.organisation_id == asks.organisation, h.status != "DRAFT")
    return and_(seen, for_unit(h.id, asks.unit)) if asks.sight is Sight.UNIT_SCREEN else seen


def for_unit(theme_id: ColumnElement[Any], unit: ColumnElement[Any]) -> Condition:
    """Themes without units, and those with this unit, one above or one below it (rule 8)."""
    own, near, w = t.theme_units.alias(), t.theme_units.alias(), t.unit_within.alias()
    related = or_(
        and_(w.c.ancestor_id == unit, w.c.unit_id == near.c.unit_id),
        and_(w.c.unit_id == unit, w.c.ancestor_id == near.c.unit_id),
    )
    return or_(
        not_(some(own, own.c.theme_id == theme_id)),
        some((near, w), near.c.theme_id == theme_id, related),
    )


def theme_by_id(h: Columns, asks: Asks) -> Condition:
    """By id, in `mine` and in mutation payloads: one's own drafts too."""
    if asks.sight.on_a_wall:
        return theme(h, asks)
    if asks.sight is Sight.ADMIN:
        return in_organisation(h, asks)
    return and_(
        h.organisation_id == asks.organisation,
        or_(h.status != "DRAFT", h.owner_id == asks.person, h.created_by == asks.person),
    )


def win(w: Columns, asks: Asks) -> Condition:
    return and_(in_organisation(w, asks), of_screen(w.unit_id, asks))


def hides_sharer(w: Columns) -> Condition:
    """Who shared the win wrote one of its ideas without their name: the win must not give it."""
    pair, i = t.win_ideas.alias(), t.ideas.alias()
    return some((pair, i), pair.c.win_id == w.id, i.c.id == pair.c.idea_id, i.c.anonymous, i.c.author_id == w.shared_by)


def event(e: Columns, asks: Asks) -> Condition:
    """A public event whose idea, comment, win and theme may be seen; withheld later is gone from replays too.

    By one scalar subquery a row: an EXISTS under OR may be hashed, and every idea is read for the sake of one event.
    """
    return and_(
        e.organisation_id == asks.organisation,
        e.public,
        *(
            or_(column.is_(None), the_one(row, row.c.id == column, sees(row.c, asks)))
            for column, row, sees in (
                (e.idea_id, t.ideas.alias(), idea),
                (e.comment_id, t.comments.alias(), comment),
                (e.win_id, t.wins.alias(), win),
                (e.theme_id, t.themes.alias(), theme),
            )
        ),
    )


def within(unit: ColumnElement[Any], ancestor: ColumnElement[Any]) -> Condition:
    """`unit` is `ancestor` or below it, by the tree as it is now."""
    w = t.unit_within.alias()
    return some(w, w.c.ancestor_id == ancestor, w.c.unit_id == unit)


def leads(unit: ColumnElement[Any], asks: Asks) -> Condition:
    """The person leads the unit or one above it."""
    w, lead = t.unit_within.alias(), t.unit_leads.alias()
    return some((w, lead), w.c.unit_id == unit, lead.c.unit_id == w.c.ancestor_id, lead.c.person_id == asks.person)


def owns(theme_id: ColumnElement[Any], asks: Asks) -> Condition:
    """The person owns the theme."""
    h = t.themes.alias()
    return some(h, h.c.id == theme_id, h.c.owner_id == asks.person)


def the_one(row: FromClause, *conditions: Any) -> Condition:
    """There is the row, of which there is at most one; looked up each time that it is asked for."""
    return _(select(true()).select_from(row).where(*conditions).correlate_except(row).scalar_subquery())


def some(tables: FromClause | tuple[FromClause, ...], *conditions: Any) -> Condition:
    """There is a row of these tables that fulfils all conditions.

    All else in the conditions is a row of the statement around it, however far out: without this said, SQLAlchemy
    reads anew what stands more than one level out.
    """
    own = tables if isinstance(tables, tuple) else (tables,)
    return exists(select(true()).select_from(*own).where(*conditions).correlate_except(*own))


def _(condition: Any) -> Condition:
    """Columns of an alias are untyped; what is compared is a condition."""
    checked: Condition = condition
    return checked
