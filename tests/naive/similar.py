"""Similar ideas, word by word (api/resolvers/similar.py)."""

import math
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from uuid import UUID

from tests.naive.tables import Tables
from tests.naive.things import TYPES, Thing

WORDS, SHARE, LEAST, RAREST = 24, 0.02, 2, 0.001


class SimilarIdea(Thing):
    table = "idea"

    def get_idea(self) -> Thing:
        return TYPES["Idea"](self.asks, self.row["idea"].row)


def similar_to(thing: Thing, said: str | UUID, first: int | None) -> list[Thing]:
    """Ideas that are seen and share words with a text, or with the idea of this id, which is not like itself."""
    tables = thing.tables
    shares = {lexeme: tables.shares.get(lexeme, 0.0) for lexeme in tables.lexemes[said]}
    rarest = sorted(shares, key=lambda lexeme: (shares[lexeme], lexeme))[:WORDS]
    upto = list(accumulate(shares[lexeme] for lexeme in rarest))
    looked_for = {lexeme for n, lexeme in enumerate(rarest) if n < LEAST or upto[n] <= SHARE}
    found = [
        SimilarIdea(
            thing.asks, {"idea": idea, "id": idea.row["id"], "likeness": likeness(tables, rarest, idea.row["id"])}
        )
        for idea in thing.seen("Idea")
        if idea.row["id"] != said and not looked_for.isdisjoint(tables.lexemes[idea.row["id"]])
    ]
    found.sort(key=lambda each: (-each.row["likeness"], each.row["id"]))
    return found[: first or 5]


def likeness(tables: Tables, rarest: list[str], idea: UUID) -> float:
    weights = {lexeme: -math.log(max(tables.shares.get(lexeme, 0.0), RAREST)) for lexeme in rarest}
    all_ = sum(weights.values())
    shared = sum(weight for lexeme, weight in weights.items() if lexeme in tables.lexemes[idea])
    if not all_:
        return 0.0
    return float(Decimal(f"{shared / all_:.15g}").quantize(Decimal("0.001"), ROUND_HALF_UP))
