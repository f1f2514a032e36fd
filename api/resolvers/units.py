"""Units: where their fields come from."""

from api.plans.shapes import Many, One, Source
from api.resolvers.columns import exists_pair, node_id
from api.resolvers.mutations import Answers, Writes
from db import models as t
from db import rules, sight
from db.operations import units as operations

UNIT = Source(
    "Unit",
    t.units,
    {
        "id": node_id("unit"),
        "parent": One("Unit", lambda u, parent: parent.c.id == u.c.parent_id),
        "children": Many(
            "Unit",
            lambda u, child: child.c.parent_id == u.c.id,
            lambda child: (child.c.name, child.c.id),
            rules.MOST_CHILDREN,
        ),
        "leads": Many(
            "Person",
            lambda u, p: exists_pair(t.unit_leads, unit_id=u.c.id, person_id=p.c.id),
            lambda p: (p.c.name, p.c.id),
            rules.MOST_LEADS,
        ),
    },
    sees=sight.unit,
    tag="unit",
)

SOURCES = [UNIT]

MUTATIONS: dict[str, Writes | Answers] = {
    "createUnit": Writes(operations.create_unit, "unit", "Unit"),
    "editUnit": Writes(operations.edit_unit, "unit", "Unit"),
}
