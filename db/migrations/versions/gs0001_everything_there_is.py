"""Everything that the first release keeps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "gs0001"
down_revision = None
branch_labels = None
depends_on = None
oldest = "gs0001"


def upgrade() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("today", sa.Date(), nullable=False),
        sa.Column("value_focus", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("response_target_days", sa.Integer(), nullable=False),
        sa.Column("public_url", sa.Text(), nullable=False),
        sa.Column("trusted_documents_only", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "response_target_days between 1 and 365", name=op.f("organisation_response_target_days_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("organisation_pkey")),
        sa.UniqueConstraint("slug", name=op.f("organisation_slug_key")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_in_failure_pkey")),
    )
    op.create_index("sign_in_failure_age_idx", "sign_in_failure", ["at"], unique=False)
    op.create_index("sign_in_failure_idx", "sign_in_failure", ["kind", "key_hash", "at"], unique=False)
    op.create_table(
        "event",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("unfiltered", sa.Boolean(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_shown", sa.Boolean(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=True),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("win_id", sa.Uuid(), nullable=True),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("themes", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("units", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "position", name=op.f("event_pkey")),
    )
    op.create_index(
        "event_idea_idx",
        "event",
        ["idea_id", "position"],
        unique=False,
        postgresql_where=sa.text("idea_id IS NOT NULL"),
    )
    op.create_table(
        "feed_head",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("feed_head_organisation_id_fkey")),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("feed_head_pkey")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "idea_number",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("idea_number_organisation_id_fkey")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("idea_number_pkey")),
        postgresql_with={"fillfactor": 50},
    )
    op.create_table(
        "pruned",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("pruned_organisation_id_fkey")),
        sa.PrimaryKeyConstraint("organisation_id", "type", name=op.f("pruned_pkey")),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("member_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("parent_id is distinct from id", name=op.f("unit_not_its_own_parent_check")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "parent_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("unit_organisation_id_parent_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("unit_organisation_id_fkey")),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("unit_pkey")),
    )
    op.create_index("unit_parent_idx", "unit", ["organisation_id", "parent_id"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("job_title", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("shown_on_screens", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("person_email_lower_check")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("person_organisation_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("person_organisation_id_fkey")),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("person_pkey")),
        sa.UniqueConstraint("email", name=op.f("person_email_key")),
    )
    op.create_index("person_name_idx", "person", ["organisation_id", "name", "id"], unique=False)
    op.create_index("person_unit_idx", "person", ["organisation_id", "unit_id"], unique=False)
    op.create_table(
        "unit_within",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("ancestor_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "ancestor_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("unit_within_organisation_id_ancestor_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("unit_within_organisation_id_unit_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("ancestor_id", "unit_id", name=op.f("unit_within_pkey")),
    )
    op.create_index("unit_within_unit_idx", "unit_within", ["unit_id", "ancestor_id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("mutation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("input_hash", sa.LargeBinary(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("idempotency_key_organisation_id_person_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "person_id", "mutation", "key", name=op.f("idempotency_key_pkey")),
    )
    op.create_index("idempotency_key_age_idx", "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "invitation",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("invitation_organisation_id_person_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("invitation_pkey")),
    )
    op.create_index("invitation_person_idx", "invitation", ["person_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("family_hash", sa.LargeBinary(), nullable=True),
        sa.Column("refresh_hash", sa.LargeBinary(), nullable=True),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose in ('SIGN_IN', 'PRINTED')", name=op.f("session_purpose_check")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("session_organisation_id_person_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("session_pkey")),
    )
    op.create_index("session_expiry_idx", "session", ["expires_at"], unique=False)
    op.create_index("session_family_idx", "session", ["family_hash"], unique=True)
    op.create_index("session_person_idx", "session", ["person_id"], unique=False)
    op.create_table(
        "theme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("values", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("first_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idea_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("win_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("status in ('DRAFT', 'OPEN', 'CLOSED')", name=op.f("theme_status_check")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("theme_window_check")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "created_by"],
            ["person.organisation_id", "person.id"],
            name=op.f("theme_organisation_id_created_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "owner_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("theme_organisation_id_owner_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("theme_pkey")),
    )
    op.create_index("theme_list_idx", "theme", ["organisation_id", "created_at", "id"], unique=False)
    op.create_index("theme_owner_idx", "theme", ["owner_id"], unique=False)
    op.create_index("theme_status_idx", "theme", ["organisation_id", "status", "closes_on"], unique=False)
    op.create_table(
        "unit_lead",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("unit_lead_organisation_id_person_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("unit_lead_organisation_id_unit_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("unit_id", "person_id", name=op.f("unit_lead_pkey")),
    )
    op.create_index("unit_lead_person_idx", "unit_lead", ["person_id", "unit_id"], unique=False)
    op.create_table(
        "idea",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("values", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("author_unit_id", sa.Uuid(), nullable=True),
        sa.Column("shown_unit_id", sa.Uuid(), nullable=True),
        sa.Column("support_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comment_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_response_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("imported_from", sa.Text(), nullable=True),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('english', title || ' ' || problem || ' ' || coalesce(solution, ''))", persisted=True
            ),
            nullable=True,
        ),
        sa.CheckConstraint("(status = 'WITHDRAWN') = (withdrawn_at is not null)", name=op.f("idea_withdrawn_check")),
        sa.CheckConstraint(
            "status = any "
            "('{OPEN,UNDER_REVIEW,PLANNED,TESTING,IMPLEMENTED,SUSTAINED,DEFERRED,DECLINED,WITHDRAWN}'::text[])",
            name=op.f("idea_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "author_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("idea_organisation_id_author_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "author_unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("idea_organisation_id_author_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "shown_unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("idea_organisation_id_shown_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "theme_id"],
            ["theme.organisation_id", "theme.id"],
            name=op.f("idea_organisation_id_theme_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("idea_pkey")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("idea_organisation_id_number_key")),
    )
    op.create_index(
        "idea_active_idx",
        "idea",
        ["organisation_id", "active_at", "id"],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("idea_author_idx", "idea", ["author_id", "submitted_at", "id"], unique=False)
    op.create_index(
        "idea_discussed_idx",
        "idea",
        ["organisation_id", "comment_count", "id"],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "idea_imported_idx",
        "idea",
        ["organisation_id", "imported_from"],
        unique=True,
        postgresql_where=sa.text("imported_from IS NOT NULL"),
    )
    op.create_index(
        "idea_newest_idx",
        "idea",
        ["organisation_id", "submitted_at", "id"],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index("idea_search_idx", "idea", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "idea_status_idx",
        "idea",
        ["organisation_id", "status", "submitted_at", "id"],
        unique=False,
        postgresql_include=["shown_unit_id", "first_response_at"],
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "idea_supported_idx",
        "idea",
        ["organisation_id", "support_count", "id"],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "idea_theme_idx",
        "idea",
        ["theme_id", "submitted_at", "id"],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "idea_unit_idx",
        "idea",
        ["shown_unit_id", "status", "submitted_at", "id"],
        unique=False,
        postgresql_include=["organisation_id", "first_response_at"],
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(
        "idea_waiting_idx",
        "idea",
        [
            "organisation_id",
            sa.literal_column("(\ncase\nwhen status = 'OPEN' and first_response_at is null then 0\nelse 1\nend)"),
            "submitted_at",
            "id",
        ],
        unique=False,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "theme_unit",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "theme_id"],
            ["theme.organisation_id", "theme.id"],
            name=op.f("theme_unit_organisation_id_theme_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("theme_unit_organisation_id_unit_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("theme_id", "unit_id", name=op.f("theme_unit_pkey")),
    )
    op.create_index("theme_unit_unit_idx", "theme_unit", ["unit_id"], unique=False)
    op.create_table(
        "win",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("before_value", sa.Float(), nullable=True),
        sa.Column("after_value", sa.Float(), nullable=True),
        sa.Column("unit_of_measure", sa.Text(), nullable=True),
        sa.Column("learned", sa.Text(), nullable=True),
        sa.Column("early", sa.Boolean(), nullable=False),
        sa.Column("values", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("shared_by", sa.Uuid(), nullable=False),
        sa.Column("shared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "after_value <> 'NaN' and abs(after_value) < 'Infinity'", name=op.f("win_after_value_check")
        ),
        sa.CheckConstraint(
            "before_value <> 'NaN' and abs(before_value) < 'Infinity'", name=op.f("win_before_value_check")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "shared_by"],
            ["person.organisation_id", "person.id"],
            name=op.f("win_organisation_id_shared_by_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "theme_id"],
            ["theme.organisation_id", "theme.id"],
            name=op.f("win_organisation_id_theme_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "unit_id"],
            ["unit.organisation_id", "unit.id"],
            name=op.f("win_organisation_id_unit_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("win_pkey")),
    )
    op.create_index("win_newest_idx", "win", ["organisation_id", "shared_at", "id"], unique=False)
    op.create_index("win_theme_idx", "win", ["theme_id", "shared_at", "id"], unique=False)
    op.create_index("win_unit_idx", "win", ["unit_id", "shared_at", "id"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idea_withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind = any ('{COMMENT,RESPONSE,STATUS_REASON}'::text[])", name=op.f("comment_kind_check")),
        sa.ForeignKeyConstraint(
            ["organisation_id", "author_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("comment_organisation_id_author_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "idea_id"],
            ["idea.organisation_id", "idea.id"],
            name=op.f("comment_organisation_id_idea_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", "organisation_id", name=op.f("comment_pkey")),
    )
    op.create_index("comment_idea_idx", "comment", ["idea_id", "created_at", "id"], unique=False)
    op.create_table(
        "follow",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "idea_id"],
            ["idea.organisation_id", "idea.id"],
            name=op.f("follow_organisation_id_idea_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("follow_organisation_id_person_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("idea_id", "person_id", name=op.f("follow_pkey")),
    )
    op.create_index("follow_person_idx", "follow", ["person_id", "idea_id"], unique=False)
    op.create_table(
        "support",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "idea_id"],
            ["idea.organisation_id", "idea.id"],
            name=op.f("support_organisation_id_idea_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("support_organisation_id_person_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("idea_id", "person_id", name=op.f("support_pkey")),
    )
    op.create_table(
        "win_idea",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("win_id", sa.Uuid(), nullable=False),
        sa.Column("idea_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "idea_id"],
            ["idea.organisation_id", "idea.id"],
            name=op.f("win_idea_organisation_id_idea_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "win_id"],
            ["win.organisation_id", "win.id"],
            name=op.f("win_idea_organisation_id_win_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("win_id", "idea_id", name=op.f("win_idea_pkey")),
    )
    op.create_index("win_idea_idea_idx", "win_idea", ["idea_id"], unique=False)
    op.create_table(
        "win_thanks",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("win_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id", "person_id"],
            ["person.organisation_id", "person.id"],
            name=op.f("win_thanks_organisation_id_person_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "win_id"],
            ["win.organisation_id", "win.id"],
            name=op.f("win_thanks_organisation_id_win_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("win_id", "person_id", name=op.f("win_thanks_pkey")),
    )
