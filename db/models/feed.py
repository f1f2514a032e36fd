"""Tables: the log of events, its head, what of it is no longer kept, and the keys of requests that were answered."""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from db.models.tables import Ids, Time, belongs_to, metadata, of_organisation, organisation

# The position of each organisation's feed. Only log.append touches it: a position without its event is a hole for
# ever. Rows are updated in place (fillfactor), so that the hottest row of the installation stays on its page.
feed_heads = Table(
    "feed_head",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("epoch", Text, nullable=False),
    of_organisation(),
    postgresql_with={"fillfactor": 50},
)

events = Table(
    "event",
    metadata,
    organisation(),
    Column("position", Integer, nullable=False),
    Column("at", Time, nullable=False),
    Column("type", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("unfiltered", Boolean, nullable=False),
    Column("actor_id", Uuid),
    Column("actor_shown", Boolean, nullable=False),
    Column("idea_id", Uuid),
    Column("comment_id", Uuid),
    Column("win_id", Uuid),
    Column("theme_id", Uuid),
    Column("themes", Ids, nullable=False),
    Column("units", Ids, nullable=False),
    Column("facts", JSONB, nullable=False),
    # Its organisation is that of feed_head's row, which the statement that appends it has just counted up.
    PrimaryKeyConstraint("organisation_id", "position"),
)
Index("event_idea_idx", events.c.idea_id, events.c.position, postgresql_where=events.c.idea_id.is_not(None))

# Up to where events of a type were pruned: after it all of them are kept (db/retention.py).
pruned = Table(
    "pruned",
    metadata,
    organisation(),
    Column("type", Text, nullable=False),
    Column("position", Integer, nullable=False),
    PrimaryKeyConstraint("organisation_id", "type"),
    of_organisation(),
)

idempotency_keys = Table(
    "idempotency_key",
    metadata,
    organisation(),
    Column("person_id", Uuid, nullable=False),
    Column("mutation", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("input_hash", LargeBinary, nullable=False),
    Column("result_id", Uuid),
    Column("position", Integer),
    Column("created_at", Time, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("organisation_id", "person_id", "mutation", "key"),
    belongs_to("person_id", "person"),
)
Index("idempotency_key_age_idx", idempotency_keys.c.created_at)
