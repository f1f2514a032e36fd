"""Tables: wins, the ideas they came from and the people thanked."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)

from db.models.tables import (
    Time,
    Words,
    belongs_to,
    identity,
    metadata,
    organisation,
)

wins = Table(
    "win",
    metadata,
    *identity(),
    Column("headline", Text, nullable=False),
    Column("before", Text),
    Column("change", Text, nullable=False),
    Column("after", Text),
    Column("before_value", Float),
    Column("after_value", Float),
    Column("unit_of_measure", Text),
    Column("learned", Text),
    Column("early", Boolean, nullable=False),
    Column("values", Words, nullable=False),
    Column("theme_id", Uuid),
    Column("unit_id", Uuid),
    Column("shared_by", Uuid, nullable=False),
    Column("shared_at", Time, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    belongs_to("theme_id", "theme"),
    belongs_to("unit_id", "unit"),
    belongs_to("shared_by", "person"),
    CheckConstraint("before_value <> 'NaN' and abs(before_value) < 'Infinity'", name="before_value"),
    CheckConstraint("after_value <> 'NaN' and abs(after_value) < 'Infinity'", name="after_value"),
)
Index("win_newest_idx", wins.c.organisation_id, wins.c.shared_at, wins.c.id)
Index("win_theme_idx", wins.c.theme_id, wins.c.shared_at, wins.c.id)
Index("win_unit_idx", wins.c.unit_id, wins.c.shared_at, wins.c.id)

win_ideas = Table(
    "win_idea",
    metadata,
    organisation(),
    Column("win_id", Uuid, nullable=False),
    Column("idea_id", Uuid, nullable=False),
    PrimaryKeyConstraint("win_id", "idea_id"),
    belongs_to("win_id", "win"),
    belongs_to("idea_id", "idea"),
)
Index("win_idea_idea_idx", win_ideas.c.idea_id)

win_thanks = Table(
    "win_thanks",
    metadata,
    organisation(),
    Column("win_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    PrimaryKeyConstraint("win_id", "person_id"),
    belongs_to("win_id", "win"),
    belongs_to("person_id", "person"),
)
