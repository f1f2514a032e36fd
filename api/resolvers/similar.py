"""Similar ideas: those that share words with what somebody types, rare words counting for more, found at any size.

A word weighs the logarithm of how rare it is (K. Spärck Jones, "A statistical interpretation of term specificity and
its application in retrieval", 1972): among the newest ideas that who asks may see, so that nothing is told of others.
What is looked for are the rarest words, as many as some two in a hundred ideas have in all, since each idea that has
one is read; here, and only here, PostgreSQL's own statistics count, which know the whole table. How alike two texts
are is then said of all words.
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
SAMPLE = 200  # of the newest ideas, by which words are judged
SHARE = 0.02  # of all ideas, that are read
LEAST = 2  # words that are looked for, however common
CANDIDATES = 50  # of which the most alike are answered
COST = 2000  # rows that one search counts as

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


def sample(s: Row) -> Any:
    """Columns lexeme and n: how many have a word, of the newest ideas that who asks may see. Once for all rows."""
    i = t.ideas.alias()
    newest = (
        select(i.c.search)
        .where(sight.idea(i.c, s.asks))
        .order_by(i.c.submitted_at.desc(), i.c.id.desc())
        .limit(literal_column(str(SAMPLE), Integer))
        .correlate(None)
        .subquery()
    )
    one = func.unnest(func.tsvector_to_array(newest.c.search)).table_valued(column("lexeme", Text)).render_derived()
    return select(one.c.lexeme, func.count().label("n")).select_from(newest, one).group_by(one.c.lexeme).subquery()


def words(s: Row) -> Any:
    """The rarest words of what was said: columns lexeme, weight, share and place, the rarest first."""
    own = func.unnest(said(s)).table_valued(column("lexeme", Text), column("places"), column("marks")).render_derived()
    known = sample(s)
    n = func.coalesce(known.c.n, number(0))
    # As rare as it is, and in doubt the longer one; a word that none of them has counts as one that one has.
    rank = (n, func.length(own.c.lexeme).desc(), own.c.lexeme)
    return (
        select(
            own.c.lexeme,
            func.ln(number(SAMPLE + 1) / as_type(func.greatest(n, number(1)), Double)).label("weight"),
            (as_type(n, Double) / number(SAMPLE)).label("share"),
            func.row_number().over(order_by=rank).label("place"),
        )
        .select_from(own.outerjoin(known, known.c.lexeme == own.c.lexeme))
        .order_by(*rank)
        .limit(literal_column(str(WORDS), Integer))
        .correlate_except(own, known)
        .subquery()
    )


def of(found: Any, value: Expression, *conditions: Condition) -> Expression:
    return select(value).select_from(found).where(*conditions).correlate_except(found).scalar_subquery()


def looked_for(s: Row) -> Expression:
    """Ideas with one of the words that fewest ideas of the table have, as a tsquery.

    A table that was never analysed, and words that are not among the thousand or so commonest: as the sample has them.
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
    own = words(s)
    share = func.coalesce(as_type(known.c.share, Double), own.c.share)
    rank = (share, own.c.place)
    w = (
        select(
            own.c.lexeme,
            func.row_number().over(order_by=rank).label("n"),
            func.sum(share).over(order_by=rank).label("upto"),
        )
        .select_from(own.outerjoin(known, known.c.lexeme == own.c.lexeme))
        .correlate_except(own, known)
        .subquery()
    )
    doubled = func.replace(func.replace(w.c.lexeme, "\\", "\\\\"), "'", "''")
    quoted = func.concat("'", doubled, "'")
    rare = or_(w.c.n <= number(LEAST), w.c.upto <= number(SHARE))
    return as_type(of(w, func.coalesce(func.string_agg(quoted, " | "), ""), rare), TSQUERY)


def alike(s: Row) -> Expression:
    """From 0 to 1: the share of the words that the idea has too, by their weights."""
    w = words(s)
    weighed = of(w, func.json_object_agg(w.c.lexeme, aggregate_order_by(w.c.weight, w.c.place)))
    pair = func.json_each_text(weighed).table_valued(column("key", Text), column("value", Text)).render_derived()
    weight = as_type(pair.c.value, Double)
    shared = func.sum(weight).filter(pair.c.key == func.any(func.tsvector_to_array(s.c.search)))
    ratio = func.round(as_type(shared / func.nullif(func.sum(weight), number(0)), Numeric), literal_column("3"))
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


SIMILAR = Many("SimilarIdea", similar, lambda s: (alike(s).desc(), s.c.id), 5, paged=True, cost=COST, moving=True)

SOURCES = [
    Source(
        "SimilarIdea",
        t.ideas,
        {"idea": Here("Idea"), "likeness": Column(alike)},
        sees=sight.idea,
    )
]
ROOT: dict[str, Shape] = {"similarIdeas": SIMILAR}
