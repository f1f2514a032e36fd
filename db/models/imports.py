"""Tables: the batches in which old lists of ideas were taken over."""

from sqlalchemy import Column, Index, LargeBinary, Table, Text, Uuid, func

from db.models.tables import Time, metadata, of_organisation

# `id` is typed by people. `digest` is of the file and of what was said about its columns: the same list goes on in the
# batch that was interrupted.
import_batches = Table(
    "import_batch",
    metadata,
    Column("id", Text, primary_key=True),
    Column("organisation_id", Uuid, primary_key=True),
    Column("file_name", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("begun_at", Time, nullable=False, server_default=func.now()),
    Column("finished_at", Time),
    Column("undone_at", Time),
    of_organisation(),
)
Index("import_batch_digest_idx", import_batches.c.organisation_id, import_batches.c.digest)
