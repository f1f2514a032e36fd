"""Batches of imported ideas, and ideas of an old list that name nobody who is here."""

import sqlalchemy as sa
from alembic import op

revision = "gs0003"
down_revision = "gs0002"
branch_labels = None
depends_on = None
oldest = "gs0003"  # earlier ones take every idea to have an author


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("import_batch_organisation_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("import_batch_pkey")),
    )
    op.create_index("import_batch_digest_idx", "import_batch", ["organisation_id", "digest"], unique=False)
    op.alter_column("idea", "author_id", existing_type=sa.Uuid(), nullable=True)
    op.add_column("idea", sa.Column("import_batch_id", sa.Text(), nullable=True))
    op.create_foreign_key(
        op.f("idea_organisation_id_import_batch_id_fkey"),
        "idea",
        "import_batch",
        ["organisation_id", "import_batch_id"],
        ["organisation_id", "id"],
    )
    op.create_index(
        "idea_import_batch_idx",
        "idea",
        ["organisation_id", "import_batch_id", "id"],
        unique=False,
        postgresql_where=sa.text("import_batch_id IS NOT NULL"),
    )
