"""${message}."""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
oldest = ""  # the version whose release may still serve on these tables: as before, unless this takes something away


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
