"""What a screen may read, whatever document it sends: the reviewed list. All else is refused before any SQL.

Which rows it sees is decided in db/sight.py: those of its unit, people who said that screens may name them, nothing
withdrawn or held. Here stands which fields of them: nothing that takes a filter or an order, since what is found tells
too (whose idea it is, by `authorId`); no comments; no e-mail addresses; nothing that counts beyond its unit.
tests/test_wall_safe.py asks for every other field of the schema with a screen's token.
"""

from collections.abc import Mapping

WALL_SAFE: Mapping[str, frozenset[str]] = {
    type_: frozenset(fields.split())
    for type_, fields in {
        "Query": "cursor viewer organisation board",
        "Subscription": "board",
        "Organisation": "id name timeZone today responseTargetDays",
        "Unit": "id name",
        "Person": "id name",
        "Screen": "id name unit pairedBy lastSeenAt lastEventAt revokedAt",
        "Board": "cursor asOf unit themes newIdeas awaitingResponse testing wins counts",
        "BoardCounts": "open awaitingResponse testing implemented wins newIdeas",
        "Theme": "id title objective why status values opensOn closesOn owner",
        "Idea": "id reference title problem solution status values anonymous author unit theme submittedAt "
        "awaitingResponse responseDueAt supportCount",
        "Win": "id headline before change after beforeValue afterValue unitOfMeasure learned values early sharedAt "
        "sharedBy theme unit ideas thanks",
    }.items()
}
