"""How every table is made: its organisation in the key of what it points at, so that no foreign key can cross one."""

from sqlalchemy import Column, DateTime, ForeignKeyConstraint, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

Words = ARRAY(Text)
Ids = ARRAY(Uuid)
Time = DateTime(timezone=True)


def identity() -> tuple[Column[object], Column[object]]:
    """A row's key: its id, and its organisation for references to carry. One index: the id alone finds the row too."""
    return Column("id", Uuid, primary_key=True), Column("organisation_id", Uuid, primary_key=True)


def organisation() -> Column[object]:
    return Column("organisation_id", Uuid, nullable=False)


def belongs_to(column: str, table: str) -> ForeignKeyConstraint:
    """A reference that cannot leave the organisation: (organisation_id, column) -> (organisation_id, id)."""
    return ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"], deferrable=False
    )


def of_organisation() -> ForeignKeyConstraint:
    """Where a table has no reference that is always there: that one's row has an organisation, which is this one's."""
    return ForeignKeyConstraint(["organisation_id"], ["organisation.id"])
