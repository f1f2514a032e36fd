"""The database's versions, as Alembic keeps them; run by db.migrate."""
