"""Tables: ideas and who supports and follows them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from db.models.tables import (
    Time,
    Words,
    belongs_to,
    identity,
    metadata,
    of_organisation,
    organisation,
)

ideas = Table(
    "idea",
    metadata,
    *identity(),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("solution", Text),
    Column("status", Text, nullable=False),
    Column("status_reason", Text),
    Column("values", Words, nullable=False),
    Column("author_id", Uuid),  # null: an old list names nobody who is here
    Column("anonymous", Boolean, nullable=False),
    Column("theme_id", Uuid),
    Column("author_unit_id", Uuid),
    Column("shown_unit_id", Uuid),
    Column("support_count", Integer, nullable=False, server_default="0"),
    Column("comment_count", Integer, nullable=False, server_default="0"),
    Column("first_response_at", Time),
    Column("submitted_at", Time, nullable=False),
    Column("updated_at", Time, nullable=False),
    Column("active_at", Time, nullable=False),  # the last change, comment or support
    Column("withdrawn_at", Time),
    Column("version", Integer, nullable=False, server_default="1"),
    # Where an import says which row of which list this was: a second run adds nothing twice.
    Column("imported_from", Text),
    Column("import_batch_id", Text),
    Column(
        "search",
        TSVECTOR,
        Computed("to_tsvector('english', title || ' ' || problem || ' ' || coalesce(solution, ''))", persisted=True),
    ),
    UniqueConstraint("organisation_id", "number"),
    belongs_to("author_id", "person"),
    belongs_to("import_batch_id", "import_batch"),
    belongs_to("theme_id", "theme"),
    belongs_to("author_unit_id", "unit"),
    belongs_to("shown_unit_id", "unit"),
    CheckConstraint(
        # Read at every insert and update, so written as short as it goes.
        "status = any "
        "('{OPEN,UNDER_REVIEW,PLANNED,TESTING,IMPLEMENTED,SUSTAINED,DEFERRED,DECLINED,WITHDRAWN}'::text[])",
        name="status",
    ),
    CheckConstraint("(status = 'WITHDRAWN') = (withdrawn_at is not null)", name="withdrawn"),
)
published = ideas.c.withdrawn_at.is_(None)
# 0 while it waits for its first response: what LONGEST_WAITING puts first. Written in the lines in which PostgreSQL
# writes it back, since Alembic compares them.
waiting = text("(\ncase\nwhen status = 'OPEN' and first_response_at is null then 0\nelse 1\nend)")
Index(
    "idea_newest_idx",
    ideas.c.organisation_id,
    ideas.c.submitted_at,
    ideas.c.id,
    postgresql_where=published,
)
Index("idea_supported_idx", ideas.c.organisation_id, ideas.c.support_count, ideas.c.id, postgresql_where=published)
Index("idea_discussed_idx", ideas.c.organisation_id, ideas.c.comment_count, ideas.c.id, postgresql_where=published)
Index("idea_active_idx", ideas.c.organisation_id, ideas.c.active_at, ideas.c.id, postgresql_where=published)
Index(
    "idea_waiting_idx",
    ideas.c.organisation_id,
    waiting,
    ideas.c.submitted_at,
    ideas.c.id,
    postgresql_where=published,
)
Index("idea_theme_idx", ideas.c.theme_id, ideas.c.submitted_at, ideas.c.id, postgresql_where=published)
# With what a board counts by, so that its counts read no row of the table.
Index(
    "idea_unit_idx",
    ideas.c.shown_unit_id,
    ideas.c.status,
    ideas.c.submitted_at,
    ideas.c.id,
    postgresql_include=["organisation_id", "first_response_at"],
    postgresql_where=published,
)
Index(
    "idea_status_idx",
    ideas.c.organisation_id,
    ideas.c.status,
    ideas.c.submitted_at,
    ideas.c.id,
    postgresql_include=["shown_unit_id", "first_response_at"],
    postgresql_where=published,
)
Index("idea_author_idx", ideas.c.author_id, ideas.c.submitted_at, ideas.c.id)
Index("idea_search_idx", ideas.c.search, postgresql_using="gin")
Index(
    "idea_imported_idx",
    ideas.c.organisation_id,
    ideas.c.imported_from,
    unique=True,
    postgresql_where=ideas.c.imported_from.is_not(None),
)
Index(
    "idea_import_batch_idx",
    ideas.c.organisation_id,
    ideas.c.import_batch_id,
    ideas.c.id,
    postgresql_where=ideas.c.import_batch_id.is_not(None),
)

# The last reference number given out, an organisation. In a table of its own, taken by the statement that inserts the
# idea: a transaction that rolls back gives its number back.
idea_numbers = Table(
    "idea_number",
    metadata,
    Column("organisation_id", Uuid, primary_key=True),
    Column("last", Integer, nullable=False),
    of_organisation(),
    postgresql_with={"fillfactor": 50},
)

supports = Table(
    "support",
    metadata,
    organisation(),
    Column("idea_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("at", Time, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("idea_id", "person_id"),
    belongs_to("idea_id", "idea"),
    belongs_to("person_id", "person"),
)

follows = Table(
    "follow",
    metadata,
    organisation(),
    Column("idea_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("at", Time, nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("idea_id", "person_id"),
    belongs_to("idea_id", "idea"),
    belongs_to("person_id", "person"),
)
Index("follow_person_idx", follows.c.person_id, follows.c.idea_id)
