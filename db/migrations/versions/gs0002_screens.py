"""Screens on walls, and the pairings by which they become one."""

import sqlalchemy as sa
from alembic import op

revision = "gs0002"
down_revision = "gs0001"
branch_labels = None
depends_on = None
oldest = "gs0001"


def upgrade() -> None:
    op.create_table(
        "screen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("paired_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_event_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("screen_organisation_id_fkey")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("screen_organisation_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "paired_by"],
            ["person.organisation_id", "person.id"],
            name=op.f("screen_organisation_id_paired_by_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("screen_pkey")),
    )
    op.create_index("screen_token_idx", "screen", ["token_hash"], unique=True)
    op.create_index("screen_name_idx", "screen", ["organisation_id", "name", "id"], unique=False)
    op.create_table(
        "pairing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("screen_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "screen_id"],
            ["screen.organisation_id", "screen.id"],
            name=op.f("pairing_organisation_id_screen_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pairing_pkey")),
    )
    op.create_index("pairing_code_idx", "pairing", ["code_hash"], unique=True)
    op.create_index("pairing_secret_idx", "pairing", ["secret_hash"], unique=True)
    op.create_index("pairing_expiry_idx", "pairing", ["expires_at"], unique=False)
