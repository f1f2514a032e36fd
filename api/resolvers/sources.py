"""Every source and every mutation of the schema, and the roots of queries and subscriptions.

Fields that the schema says are stored are not here: compose.py adds them, and plans are made from what it returns.
"""

from api.plans.shapes import Shape, Source, Sources
from api.resolvers import (
    board,
    comments,
    feed,
    follows,
    ideas,
    organisations,
    people,
    screens,
    sessions,
    similar,
    themes,
    units,
    wins,
)
from api.resolvers.mutations import Answers, Writes
from db import models as t

NOUNS = (organisations, units, people, themes, ideas, comments, wins, similar, screens, feed, board)
ROOTS: dict[str, Shape] = {
    **organisations.ROOT,
    **people.ROOT,
    **themes.ROOT,
    **ideas.ROOT,
    **similar.ROOT,
    **wins.ROOT,
    **screens.ROOT,
    **feed.ROOT,
    **board.ROOT,
}
SOURCES = Sources(
    [
        *(source for noun in NOUNS for source in noun.SOURCES),
        Source("Query", t.feed_heads, ROOTS, sees=lambda head, asks: head.organisation_id == asks.organisation),
        Source(
            "Subscription",
            t.feed_heads,
            {**feed.LIVE, **board.LIVE},
            sees=lambda head, asks: head.organisation_id == asks.organisation,
        ),
    ]
)

MUTATIONS: dict[str, Writes | Answers] = {
    **ideas.MUTATIONS,
    **follows.MUTATIONS,
    **comments.MUTATIONS,
    **themes.MUTATIONS,
    **wins.MUTATIONS,
    **people.MUTATIONS,
    **organisations.MUTATIONS,
    **units.MUTATIONS,
    **screens.MUTATIONS,
    **sessions.MUTATIONS,
}
