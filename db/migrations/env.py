"""What Alembic runs: the migrations, on the connection and in the transaction that db.migrate gives it."""

from alembic import context

from db.models import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, compare_server_default=True
)
context.run_migrations()
