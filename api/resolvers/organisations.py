"""Organisations: where their fields come from."""

from api.plans.places import HEAD, feed_cursor, read_text
from api.plans.shapes import ById, Column, Computed, Connection, Facts, Key, One, Order, Shape, Source
from api.resolvers.columns import exists_pair, node_id, viewer_roles
from api.resolvers.mutations import Answers, Writes
from db import models as t
from db import rules, sight
from db.operations import organisations as operations
from db.rules import Standing
from db.terms import Role

BY_NAME = {"NAME": Order([Key(lambda row: row.c.name, t.people.c.name.type, read_text)])}


def can_create_themes(facts: Facts) -> bool:
    roles = frozenset(Role(role) for role in facts["roles"] or ())
    return rules.may_create_themes(Standing(roles=roles, leads=bool(facts["leads_a_unit"])))


ORGANISATION = Source(
    "Organisation",
    t.organisations,
    {
        "id": node_id("org"),
        "units": Connection("Unit", lambda o, u: u.c.organisation_id == o.c.id, BY_NAME),
        "viewerCanCreateThemes": Computed(("roles", "leads_a_unit"), can_create_themes),
    },
    sees=sight.organisation,
    facts={
        "roles": Column(viewer_roles),
        "leads_a_unit": Column(lambda row: exists_pair(t.unit_leads, person_id=row.asks.person)),
    },
    tag="org",
)

# The roots that are no noun's own.
ROOT: dict[str, Shape] = {
    "cursor": Column(lambda row: feed_cursor(HEAD)),
    "node": ById(),
    "nodes": ById(many=True),
    "organisation": One("Organisation", lambda root, o: o.c.id == root.asks.organisation, always=True),
}

SOURCES = [ORGANISATION]

MUTATIONS: dict[str, Writes | Answers] = {
    "editOrganisation": Writes(operations.edit_organisation, "organisation", "Organisation"),
}
