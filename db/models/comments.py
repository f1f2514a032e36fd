"""Tables: comments on ideas."""

from sqlalchemy import Boolean, CheckConstraint, Column, Index, Integer, Table, Text, Uuid

from db.models.tables import (
    Time,
    belongs_to,
    identity,
    metadata,
)

comments = Table(
    "comment",
    metadata,
    *identity(),
    Column("idea_id", Uuid, nullable=False),
    Column("author_id", Uuid, nullable=False),
    Column("anonymous", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("edited_at", Time),
    Column("removed_at", Time),
    # Its idea's, kept here too: a comment of a withdrawn idea is hidden without a join.
    Column("idea_withdrawn_at", Time),
    Column("version", Integer, nullable=False, server_default="1"),
    belongs_to("idea_id", "idea"),
    belongs_to("author_id", "person"),
    CheckConstraint("kind = any ('{COMMENT,RESPONSE,STATUS_REASON}'::text[])", name="kind"),
)
Index("comment_idea_idx", comments.c.idea_id, comments.c.created_at, comments.c.id)
