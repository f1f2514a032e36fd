"""The words that resolvers share: columns, ids, filters by unit, and how somebody stands to what they see."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Text, Uuid, exists, func, literal_column, select, true
from sqlalchemy import cast as as_type

from api.cursors import decode_id
from api.plans.selection import word
from api.plans.shapes import Argument, Column, Condition, Expression, Facts, Key, Row
from db import models as t
from db import sight
from db.models.tables import Time
from db.rules import Standing
from db.terms import Role


def column(name: str) -> Column:
    """A column as it is."""
    return Column(lambda row: row.c[name], name)


def columns(**names: str) -> dict[str, Column]:
    """GraphQL name -> column's name."""
    return {field: column(name) for field, name in names.items()}


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
    return Key(lambda row: row.c[name], Time, datetime.fromisoformat)


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
    person = t.people.alias()
    return select(person.c.roles).where(person.c.id == row.asks.person).scalar_subquery()


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
    return exists(select(true()).where(*(pair.c[name] == value for name, value in equal.items())))
