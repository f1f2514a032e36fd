"""Tables by noun."""

from db.models.comments import comments
from db.models.feed import events, feed_heads, idempotency_keys, pruned
from db.models.ideas import follows, idea_numbers, ideas, supports
from db.models.imports import import_batches
from db.models.people import (
    invitations,
    organisations,
    people,
    sessions,
    sign_in_failures,
    unit_leads,
    unit_within,
    units,
)
from db.models.screens import pairings, screens
from db.models.tables import metadata
from db.models.themes import theme_units, themes
from db.models.wins import win_ideas, win_thanks, wins

__all__ = [
    "comments",
    "events",
    "feed_heads",
    "follows",
    "idea_numbers",
    "ideas",
    "idempotency_keys",
    "import_batches",
    "invitations",
    "metadata",
    "organisations",
    "pairings",
    "people",
    "pruned",
    "screens",
    "sessions",
    "sign_in_failures",
    "supports",
    "theme_units",
    "themes",
    "unit_leads",
    "unit_within",
    "units",
    "win_ideas",
    "win_thanks",
    "wins",
]
