"""Tables: themes and the units they are for."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, PrimaryKeyConstraint, Table, Text, Uuid

from db.models.tables import (
    Time,
    Words,
    belongs_to,
    identity,
    metadata,
    organisation,
)

themes = Table(
    "theme",
    metadata,
    *identity(),
    Column("title", Text, nullable=False),
    Column("objective", Text, nullable=False),
    Column("why", Text),
    Column("status", Text, nullable=False),
    Column("values", Words, nullable=False),
    Column("owner_id", Uuid, nullable=False),
    Column("created_by", Uuid, nullable=False),
    Column("opens_on", Date),
    Column("closes_on", Date),
    Column("first_opened_at", Time),
    Column("created_at", Time, nullable=False),
    Column("idea_count", Integer, nullable=False, server_default="0"),
    Column("win_count", Integer, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    belongs_to("owner_id", "person"),
    belongs_to("created_by", "person"),
    CheckConstraint("status in ('DRAFT', 'OPEN', 'CLOSED')", name="status"),
    CheckConstraint("closes_on >= opens_on", name="window"),
)
Index("theme_list_idx", themes.c.organisation_id, themes.c.created_at, themes.c.id)
Index("theme_status_idx", themes.c.organisation_id, themes.c.status, themes.c.closes_on)
Index("theme_owner_idx", themes.c.owner_id)

theme_units = Table(
    "theme_unit",
    metadata,
    organisation(),
    Column("theme_id", Uuid, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    PrimaryKeyConstraint("theme_id", "unit_id"),
    belongs_to("theme_id", "theme"),
    belongs_to("unit_id", "unit"),
)
Index("theme_unit_unit_idx", theme_units.c.unit_id)
