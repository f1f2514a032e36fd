"""Similar ideas: those that share words with what somebody types, rare words counting for more, found at any size.

PostgreSQL's own statistics say how rare a word is: it keeps the commonest thousand or so of the column `search`. What
is looked for are the rarest words, as many as some two in a hundred ideas have in all, since each idea that has one is
read; how alike two texts are is then said of all words. A word weighs the logarithm of how rare it is (K. Spärck Jones,
"A statistical interpretation of term specificity and its application in retrieval", 1972).
"""

from typing import Any

from sqlalchemy import ARRAY, Double, Integer, Numeric, Text, and_, column, func, literal_column, or_, select, table
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import TSQUERY, aggregate_order_by

from api.plans.shapes import Column, Condition, Expression, Here, Many, Row, Shape, Source
from api.resolvers.columns import searched
from db import models as t
from db import sight
from db.rules import TEXT

WORDS = 24  # of what was said, the rarest
SHARE = 0.02  # of all ideas, that are read
LEAST = 2  # words that are looked for, however common
CANDIDATES = 50  # of which the most alike are answered
RAREST = 0.001  # what is rarer, or not among the statistics, weighs as if it were this
COST = 500  # rows

ENGLISH: Expression = literal_column("'english'::regconfig")
STATISTICS = table(
    "pg_stats",
    *(column(name) for name in ("schemaname", "tablename", "attname", "most_common_elems")),
    column("most_common_elem_freqs"),
)


def number(value: float) -> Expression:
    return literal_column(str(value))


def said(s: Row) -> Expression:
    """The words that ideas are to be like: of the text that was given, or of the idea in which it was asked."""
    if "search" in s.outer.c:
        search: Expression = s.outer.c.search
        return search
    return func.to_tsvector(ENGLISH, s.args["text"].bind(Text, lambda text: searched(text, TEXT)))


def words(s: Row) -> Any:
    """Columns lexeme, weight, n and upto, the rarest first; `upto`: the share of ideas that this and rarer ones have.

    A snapshot of the statistics is as good as another: what is answered has no version.
    """
    kept = STATISTICS.alias()
    known = (
        select(
            func.unnest(as_type(as_type(kept.c.most_common_elems, Text), ARRAY(Text))).label("lexeme"),
            func.unnest(kept.c.most_common_elem_freqs).label("share"),
        )
        .where(
            kept.c.schemaname == literal_column("current_schema()"),
            kept.c.tablename == literal_column(f"'{t.ideas.name}'"),
            kept.c.attname == literal_column("'search'"),
        )
        .correlate(None)
        .subquery()
    )
    own = func.unnest(said(s)).table_valued(column("lexeme", Text), column("places"), column("marks")).render_derived()
    share = func.coalesce(as_type(known.c.share, Double), number(0))
    rank = (share, own.c.lexeme)
    return (
        select(
            own.c.lexeme,
            (-func.ln(func.greatest(share, number(RAREST)))).label("weight"),
            func.row_number().over(order_by=rank).label("n"),
            func.sum(share).over(order_by=rank).label("upto"),
        )
        .select_from(own.outerjoin(known, known.c.lexeme == own.c.lexeme))
        .correlate_except(own, known)
        .subquery()
    )


def of(found: Any, value: Expression, *conditions: Condition) -> Expression:
    rarest = found.c.n <= number(WORDS)
    return select(value).select_from(found).where(rarest, *conditions).correlate_except(found).scalar_subquery()


def looked_for(s: Row) -> Expression:
    """Ideas with one of the rarest words, as a tsquery."""
    w = words(s)
    doubled = func.replace(func.replace(w.c.lexeme, "\\", "\\\\"), "'", "''")
    quoted = func.concat("'", doubled, "'")
    rare = or_(w.c.n <= number(LEAST), w.c.upto <= number(SHARE))
    text = of(w, func.coalesce(func.string_agg(quoted, " | "), ""), rare)
    return as_type(text, TSQUERY)


def alike(s: Row) -> Expression:
    """From 0 to 1: the share of the words that the idea has too, by their weights."""
    w = words(s)
    order = w.c.n
    lexemes = of(w, func.array_agg(aggregate_order_by(w.c.lexeme, order)))
    w2 = words(s)
    weights = of(w2, func.array_agg(aggregate_order_by(w2.c.weight, w2.c.n)))
    pair = func.unnest(lexemes, weights).table_valued(column("lexeme", Text), column("weight", Double)).render_derived()
    shared = func.sum(pair.c.weight).filter(pair.c.lexeme == func.any(func.tsvector_to_array(s.c.search)))
    ratio = func.round(as_type(shared / func.nullif(func.sum(pair.c.weight), number(0)), Numeric), literal_column("3"))
    value = func.coalesce(as_type(ratio, Double), number(0))
    return select(value).select_from(pair).correlate_except(pair).scalar_subquery()


def candidates(s: Row) -> Condition:
    """The ideas that share the most of the rarest words, of all that may be seen."""
    i = t.ideas.alias()
    query = looked_for(s)
    found = (
        select(i.c.id)
        .where(sight.idea(i.c, s.asks), i.c.search.bool_op("@@")(query))
        .order_by(func.ts_rank(i.c.search, query).desc(), i.c.id)
        .limit(literal_column(str(CANDIDATES), Integer))
        .correlate_except(i)
    )
    return and_(s.c.id.in_(found))


def similar(outer: Row, s: Row) -> Condition:
    itself = s.c.id != outer.c.id if "search" in outer.c else literal_column("true")
    return and_(candidates(s), itself)


SIMILAR = Many("SimilarIdea", similar, lambda s: (alike(s).desc(), s.c.id), 5, paged=True)

SOURCES = [
    Source(
        "SimilarIdea",
        t.ideas,
        {"idea": Here("Idea"), "likeness": Column(alike, cost=COST, moving=True)},
        sees=sight.idea,
    )
]
ROOT: dict[str, Shape] = {"similarIdeas": SIMILAR}
