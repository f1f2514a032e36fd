"""Tables: the screens on walls, and the pairings by which they become one."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, Uuid, func

from db.models.tables import Time, belongs_to, identity, metadata, of_organisation

# What hangs on a wall, as one who may read: it has a token, a unit (none: the whole organisation) and no person.
screens = Table(
    "screen",
    metadata,
    *identity(),
    Column("unit_id", Uuid),
    Column("name", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("paired_by", Uuid, nullable=False),
    Column("created_at", Time, nullable=False, server_default=func.now()),
    # Written now and then while it is on (rule 4): they move no position.
    Column("last_seen_at", Time),
    Column("last_event_at", Time),
    Column("revoked_at", Time),
    of_organisation(),
    belongs_to("unit_id", "unit"),
    belongs_to("paired_by", "person"),
)
Index("screen_token_idx", screens.c.token_hash, unique=True)
Index("screen_name_idx", screens.c.organisation_id, screens.c.name, screens.c.id)

# A wall that shows a code and waits: of no organisation until somebody approves it (RFC 8628).
pairings = Table(
    "pairing",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("code_hash", LargeBinary, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("name", Text),  # what the wall suggests
    Column("expires_at", Time, nullable=False),
    Column("polled_at", Time),
    Column("organisation_id", Uuid),
    Column("screen_id", Uuid),
    belongs_to("screen_id", "screen"),
)
Index("pairing_code_idx", pairings.c.code_hash, unique=True)
Index("pairing_secret_idx", pairings.c.secret_hash, unique=True)
Index("pairing_expiry_idx", pairings.c.expires_at)
