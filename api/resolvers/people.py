"""People: where their fields come from."""

from typing import Any

from sqlalchemy import Text, case, func, literal_column, null

from api.plans.selection import word
from api.plans.shapes import Abstract, Column, Condition, Connection, Expression, One, Row, Shape, Source
from api.resolvers.columns import all_of, exists_pair, in_unit, node_id, searched
from api.resolvers.mutations import Answers, Call, Writes
from api.resolvers.organisations import BY_NAME
from db import models as t
from db import sight
from db.log import Outcome
from db.operations import people as operations
from db.operations import sessions
from db.passwords import hash_password, require_password
from db.terms import Role, Sight


def email(row: Row) -> Expression:
    """To administrators and to oneself; the latter by id only, where the plan is this person's alone (rule 1)."""
    if row.asks.sight is Sight.ADMIN:
        own: Expression = row.c.email
        return own
    if row.by_id:
        return case((row.c.id == row.asks.person, row.c.email), else_=null())
    return literal_column("null::text", Text)


def roles(row: Row) -> Expression:
    """The stored ones, and UNIT_LEAD where they lead a unit."""
    leads = exists_pair(t.unit_leads, person_id=row.c.id)
    return case((leads, func.array_append(row.c.roles, word(Role.UNIT_LEAD))), else_=row.c.roles)


def listed(root: Row, p: Row) -> Condition:
    """Active people, for administrators the deactivated too; by a part of the name, and by unit."""
    conditions: list[Condition] = []
    if root.asks.sight is not Sight.ADMIN:
        conditions.append(p.c.deactivated_at.is_(None))
    if p.args["search"].given:
        conditions.append(p.c.name.ilike(p.args["search"].bind(Text, contains)))
    if p.args["unitId"].given:
        conditions.append(in_unit(p.c.unit_id, p.args["unitId"]))
    return all_of(*conditions)


def contains(text: str) -> str:
    """A pattern that matches texts with this in them. Raises Refused where it is too long."""
    escaped = searched(text).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


PERSON = Source(
    "Person",
    t.people,
    {
        "id": node_id("person"),
        "email": Column(email),
        "unit": One("Unit", lambda p, u: u.c.id == p.c.unit_id),
        "roles": Column(roles),
    },
    sees=sight.person,
    tag="person",
)
VIEWER = Abstract(
    "Viewer",
    t.people,
    {"Person": "Person"},
    sees=sight.in_organisation,
    on_a_wall=Abstract("Viewer", t.screens, {"Screen": "Screen"}, sees=sight.screen),
)

ROOT: dict[str, Shape] = {
    "viewer": One("Viewer", lambda root, who: who.c.id == root.asks.person, by_id=True, always=True),
    "people": Connection("Person", listed, BY_NAME),
}

SOURCES = [PERSON, VIEWER]


def invitation_url(call: Call, outcome: Outcome) -> dict[str, object]:
    """The link that carries the one-time token: only now, since its hash alone is kept."""
    token = outcome.token if isinstance(outcome, operations.Invited) else ""
    return {"invitationUrl": f"{call.services.public_url}/welcome#token={token}" if token else None}


async def new_password(call: Call, given: Any) -> dict[str, object]:
    """The hashes, made outside the transaction: argon2 takes its time."""
    require_password(given.new_password, "newPassword")
    viewer, database = call.viewer, call.services.database
    verified = await sessions.check_password(
        database, person=viewer.person, password=given.current_password, address=call.context.address
    )
    hashed = await hash_password(given.new_password)
    return {"verified_hash": verified, "new_hash": hashed, "session": viewer.session}


MUTATIONS: dict[str, Writes | Answers] = {
    "invitePerson": Writes(operations.invite_person, "person", "Person", also=invitation_url),
    "editPerson": Writes(operations.edit_person, "person", "Person"),
    "deactivatePerson": Writes(operations.deactivate_person, "person", "Person"),
    "editProfile": Writes(operations.edit_profile, "person", "Person"),
    "changePassword": Writes(operations.change_password, "person", "Person", prepare=new_password),
}
