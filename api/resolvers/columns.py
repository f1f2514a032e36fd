"""The words that resolvers share: columns, ids, filters by unit, and how somebody stands to what they see."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Text, Uuid, case, func, literal_column, select, true
from sqlalchemy import cast as as_type

from api.cursors import decode_id
from api.plans.places import read_time
from api.plans.selection import word
from api.plans.shapes import Argument, Column, Condition, Expression, Facts, Key, Row
from db import models as t
from db import sight
from db.errors import Refused
from db.models.tables import Time
from db.rules import SEARCH, Standing
from db.terms import RefusalCode, Role


def column(name: str) -> Column:
    """A column as it is."""
    return Column(lambda row: row.c[name], name)


def node_id(tag: str) -> Column:
    """The public id: made by concatenation, as cursors.encode_id makes it."""
    return Column(lambda row: public_id(tag, row.c.id))


def public_id(tag: str, id_: Expression) -> Expression:
    return func.concat(word(tag + "_"), as_type(id_, Text))


def bind_id(tag: str, argument: Argument) -> Expression:
    """An id given as argument, as a parameter. An id of another type refuses the operation."""
    return argument.bind(Uuid, partial(decode_id, tag))


def in_unit(unit: Expression, argument: Argument) -> Condition:
    """The unit that is meant, or one below it, by the tree as it is now (rule 8)."""
    return sight.within(unit, bind_id("unit", argument))


def time_key(name: str) -> Key:
    return Key(lambda row: row.c[name], Time, read_time)


def all_of(*conditions: Condition) -> Condition:
    result: Condition = true()
    for condition in conditions:
        result = result & condition
    return result


# -- how the viewer stands to a row: facts for db.rules


def standing_facts(
    author: Callable[[Row], Expression],
    unit: Callable[[Row], Expression] | None = None,
    theme: Callable[[Row], Expression] | None = None,
) -> dict[str, Column]:
    """Facts from which `standing` is made; whoever uses them makes a plan per person."""
    return {
        "roles": Column(lambda row: viewer_roles(row)),
        "author": Column(lambda row: author(row) == row.asks.person),
        "leads": Column(lambda row: sight.leads(unit(row), row.asks) if unit else literal_column("false")),
        "owns_theme": Column(lambda row: sight.owns(theme(row), row.asks) if theme else literal_column("false")),
    }


STANDING = ("roles", "author", "leads", "owns_theme")


def viewer_roles(row: Row) -> Expression:
    """The roles of who asks, the derived one included: an executive who leads a unit takes part."""
    person = t.people.alias()
    leads = exists_pair(t.unit_leads, person_id=person.c.id)
    roles = case((leads, func.array_append(person.c.roles, word(Role.UNIT_LEAD))), else_=person.c.roles)
    return value_of(person, roles, person.c.id == row.asks.person)


def standing(facts: Facts) -> Standing:
    return Standing(
        roles=frozenset(Role(role) for role in facts["roles"] or ()),
        author=bool(facts["author"]),
        leads=bool(facts["leads"]),
        owns_theme=bool(facts["owns_theme"]),
    )


def exists_pair(table: Any, **equal: Expression) -> Condition:
    """Whether a row of a table of pairs has these values."""
    pair = table.alias()
    return sight.some(pair, *(pair.c[name] == value for name, value in equal.items()))


def value_of(table: Any, value: Expression, *conditions: Condition) -> Expression:
    """A value of the one row of a table that fulfils the conditions; all else in them stands outside (sight.some)."""
    return select(value).select_from(table).where(*conditions).correlate_except(table).scalar_subquery()


def searched(text: str, most: int = SEARCH) -> str:
    """Raises Refused where it is no search but a document: PostgreSQL would work for long, and refuse it in the end."""
    if len(text) > most:
        raise Refused(RefusalCode.BAD_ARGUMENT, f"Search for at most {most} characters.")
    return text
