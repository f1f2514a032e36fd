"""Tables: organisations, units with their tree and leads, people, invitations, sessions and sign-in attempts."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from db.models.tables import (
    Time,
    Words,
    belongs_to,
    identity,
    metadata,
    of_organisation,
    organisation,
)

organisations = Table(
    "organisation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("slug", Text, nullable=False, unique=True),
    Column("time_zone", Text, nullable=False),
    Column("today", Date, nullable=False),
    Column("value_focus", Words, nullable=False),
    Column("response_target_days", Integer, nullable=False),
    Column("public_url", Text, nullable=False),
    Column("trusted_documents_only", Boolean, nullable=False, server_default=text("false")),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", Time, nullable=False, server_default=func.now()),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("response_target_days between 1 and 365", name="response_target_days"),
)

units = Table(
    "unit",
    metadata,
    *identity(),
    Column("parent_id", Uuid),
    Column("name", Text, nullable=False),
    # Active people in the unit and below; what an anonymous idea's shown unit is chosen by.
    Column("member_count", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    of_organisation(),
    belongs_to("parent_id", "unit"),
    CheckConstraint("parent_id is distinct from id", name="not_its_own_parent"),
)
Index("unit_parent_idx", units.c.organisation_id, units.c.parent_id)

# Every (ancestor, unit) pair, the unit itself included: "this unit and all below it" is one lookup.
unit_within = Table(
    "unit_within",
    metadata,
    organisation(),
    Column("ancestor_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("depth", Integer, nullable=False),
    PrimaryKeyConstraint("ancestor_id", "unit_id"),
    belongs_to("ancestor_id", "unit"),
    belongs_to("unit_id", "unit"),
)
Index("unit_within_unit_idx", unit_within.c.unit_id, unit_within.c.ancestor_id)

people = Table(
    "person",
    metadata,
    *identity(),
    Column("unit_id", Uuid),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False, unique=True),  # kept in lower case
    Column("job_title", Text),
    Column("roles", Words, nullable=False),
    Column("shown_on_screens", Boolean, nullable=False, server_default=text("false")),
    Column("password_hash", Text),
    Column("deactivated_at", Time),
    Column("created_at", Time, nullable=False, server_default=func.now()),
    Column("version", Integer, nullable=False, server_default="1"),
    of_organisation(),
    belongs_to("unit_id", "unit"),
    CheckConstraint("email = lower(email)", name="email_lower"),
)
Index("person_name_idx", people.c.organisation_id, people.c.name, people.c.id)
Index("person_unit_idx", people.c.organisation_id, people.c.unit_id)

unit_leads = Table(
    "unit_lead",
    metadata,
    organisation(),
    Column("unit_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    PrimaryKeyConstraint("unit_id", "person_id"),
    belongs_to("unit_id", "unit"),
    belongs_to("person_id", "person"),
)
Index("unit_lead_person_idx", unit_leads.c.person_id, unit_leads.c.unit_id)

invitations = Table(
    "invitation",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    organisation(),
    Column("person_id", Uuid, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("used_at", Time),
    belongs_to("person_id", "person"),
)
Index("invitation_person_idx", invitations.c.person_id)

# One signed-in device. Its refresh tokens share one half (family) and differ in the other: who comes with the family
# but not the newest token has one that was used before, and the session is revoked.
sessions = Table(
    "session",
    metadata,
    *identity(),
    Column("person_id", Uuid, nullable=False),
    Column("family_hash", LargeBinary),
    Column("refresh_hash", LargeBinary),
    Column("purpose", Text, nullable=False),  # SIGN_IN or PRINTED
    Column("created_at", Time, nullable=False, server_default=func.now()),
    Column("last_used_at", Time, nullable=False, server_default=func.now()),
    Column("expires_at", Time, nullable=False),
    Column("revoked_at", Time),
    belongs_to("person_id", "person"),
    CheckConstraint("purpose in ('SIGN_IN', 'PRINTED')", name="purpose"),
)
Index("session_person_idx", sessions.c.person_id)
Index("session_family_idx", sessions.c.family_hash, unique=True)
Index("session_expiry_idx", sessions.c.expires_at)

# Failures of the last minutes; the account by its hash, so that the table tells no addresses.
sign_in_failures = Table(
    "sign_in_failure",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),  # ACCOUNT or ADDRESS
    Column("key_hash", LargeBinary, nullable=False),
    Column("at", Time, nullable=False),
)
Index("sign_in_failure_idx", sign_in_failures.c.kind, sign_in_failures.c.key_hash, sign_in_failures.c.at)
Index("sign_in_failure_age_idx", sign_in_failures.c.at)
