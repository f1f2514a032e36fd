"""Similar ideas, word by word (api/resolvers/similar.py)."""

import math
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from uuid import UUID

from tests.naive.tables import Tables
from tests.naive.things import TYPES, Thing

WORDS, SAMPLE, SHARE, LEAST = 24, 200, 0.02, 2


class SimilarIdea(Thing):
    table = "idea"

    def get_idea(self) -> Thing:
        return TYPES["Idea"](self.asks, self.row["idea"].row)


def similar_to(thing: Thing, said: str | UUID, first: int | None) -> list[Thing]:
    """Ideas that are seen and share words with a text, or with the idea of this id, which is not like itself."""
    tables, seen = thing.tables, thing.seen("Idea")
    newest = sorted(seen, key=lambda idea: (idea.row["submitted_at"], idea.row["id"]), reverse=True)[:SAMPLE]
    having = Counter(lexeme for idea in newest for lexeme in tables.lexemes[idea.row["id"]])
    own = sorted(tables.lexemes[said], key=lambda word: (having[word], -len(word), word))[:WORDS]
    weights = {word: math.log((SAMPLE + 1) / max(having[word], 1)) for word in own}
    # What is looked for goes by the whole table, where it was counted; how alike it is does not.
    shares = {word: tables.shares.get(word, having[word] / SAMPLE) for word in own}
    rarest = sorted(own, key=lambda word: (shares[word], own.index(word)))
    upto = list(accumulate(shares[word] for word in rarest))
    looked_for = {word for n, word in enumerate(rarest) if n < LEAST or upto[n] <= SHARE}
    found = [
        SimilarIdea(
            thing.asks, {"idea": idea, "id": idea.row["id"], "likeness": likeness(tables, weights, idea.row["id"])}
        )
        for idea in seen
        if idea.row["id"] != said and not looked_for.isdisjoint(tables.lexemes[idea.row["id"]])
    ]
    found.sort(key=lambda each: (-each.row["likeness"], each.row["id"]))
    return found[: first or 5]


def likeness(tables: Tables, weights: dict[str, float], idea: UUID) -> float:
    all_ = sum(weights.values())
    shared = sum(weight for word, weight in weights.items() if word in tables.lexemes[idea])
    if not all_:
        return 0.0
    return float(Decimal(f"{shared / all_:.15g}").quantize(Decimal("0.001"), ROUND_HALF_UP))
