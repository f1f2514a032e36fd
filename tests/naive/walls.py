"""Screens of an organisation: of all of it, of a unit with others below it, of a ward; and one that was revoked."""

from datetime import datetime
from typing import Any
from uuid import UUID


def fill_screens(f: Any, o: UUID, units: list[UUID], people: list[UUID], noon: datetime) -> list[UUID]:
    """`f`: the filler of tests/naive/filled.py."""
    return [
        f.add(
            "screen",
            id=f.id(),
            organisation_id=o,
            unit_id=unit,
            name="Lift" if at > 1 else f"Screen {at}",
            token_hash=f.id().bytes,
            paired_by=people[at + 1],
            created_at=noon,
            last_seen_at=None if at == 2 else noon,
            last_event_at=None if at > 1 else noon,
            revoked_at=noon if at == 3 else None,
        )
        for at, unit in enumerate((None, units[1], units[3], units[3]))
    ]
