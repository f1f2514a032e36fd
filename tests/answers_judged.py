"""The judgement at the end: where each write is in the log, and what every answer must have said at its position."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import asyncpg

from api.cursors import Cursor, encode_cursor, encode_id
from db.engine import Database
from tests.answers_documents import At
from tests.answers_model import SILENT, State, Write
from tests.answers_places import Place, Read

LOG = """
select e.position, e.type, e.public, e.actor_id, e.idea_id, e.comment_id, i.submitted_at, c.created_at
from event e left join idea i on i.id = e.idea_id left join comment c on c.id = e.comment_id
where e.organisation_id = $1 and e.position > $2 order by e.position
"""
MOST_TOLD = 5  # of what is wrong
Log = dict[int, asyncpg.Record]


async def judge(database: Database, place: Place, state: State) -> list[str]:
    """What is wrong with what was answered here. `state`: as it was at the start."""
    log = {row["position"]: row for row in await database.rows(LOG, [place.start.organisation, place.start.position])}
    problems = locate(place, log)
    if problems:
        return problems
    return [*answers(place, state, max(log, default=place.start.position))]


# -- where each write is


def locate(place: Place, log: Log) -> list[str]:
    """Gives every write its position and what only the log knows; every event of the log must be somebody's."""
    problems: list[str] = []
    left = dict(log)
    for write in sorted(place.writes, key=lambda write: write.position or 0):
        if write.position is not None and not claim(write, write.position, left):
            problems.append(f"{write.mutation} by {write.by.name} was answered at {write.position}, where it is not")
    for write in (write for write in place.writes if write.position is None):
        # Nobody knows when it was done, or whether: it is the first of its writer's that nobody has claimed.
        for position in range(write.before + 1, write.upto + 1):
            if claim(write, position, left):
                write.position = position
                break
    # The clock's are nobody's, and change nothing that is looked at here.
    problems += [
        f"nobody wrote {row['type']} at {at}, by {row['actor_id']}" for at, row in left.items() if row["actor_id"]
    ]
    return problems[:MOST_TOLD]


def claim(write: Write, position: int, left: Log) -> bool:
    """Whether the events that end here are this write's; they are nobody else's then."""
    of = range(position - len(write.events) + 1, position + 1)
    rows = [left[at] for at in of if at in left]
    if len(rows) != len(of) or not all(is_of(write, row, type_) for row, type_ in zip(rows, write.events, strict=True)):
        return False
    for at in of:
        del left[at]
    last = rows[-1]
    write.at = last["created_at"] or last["submitted_at"]
    if last["type"] == "COMMENT_ADDED":
        write.result = encode_id("comment", last["comment_id"])
    return True


def is_of(write: Write, row: asyncpg.Record, type_: str) -> bool:
    idea = write.result if write.mutation == "submitIdea" else write.given.get("ideaId")
    return (
        encode_id("person", row["actor_id"]) == write.by.id
        and (not row["public"] if type_ == SILENT else row["type"] == type_)
        and (row["idea_id"] is None or idea is None or encode_id("idea", row["idea_id"]) == idea)
    )


# -- what every answer must have said


def answers(place: Place, state: State, end: int) -> Iterator[str]:
    """Judges the answers in the order of their positions, while the model goes through the log up to its end."""
    writes = sorted((write for write in place.writes if write.position), key=lambda write: write.position or 0)
    keys: Any = {write.result: (write.at, write.result) for write in writes if write.mutation == "submitIdea"}
    places = {cursor: keys[id_] for cursor, id_ in place.pages.items() if id_ in keys}
    if unknown := set(place.pages.values()) - set(keys):
        yield f"pages ended with ideas that nobody shared here: {unknown}"
    found: Counter[str] = Counter()
    waiting = [*reversed(writes)]
    within: set[int] = set()  # a write of several events, which are there at once
    reached = place.start.position
    judged = [read for read in place.reads if read.variables.get("after") in (None, *places, *place.cursors)]
    for read in sorted(judged, key=lambda read: read.position):
        while waiting and (waiting[-1].position or 0) <= read.position:
            write = waiting.pop()
            state.apply(write)
            reached = write.position or 0
            within.update(range(reached - len(write.events) + 1, reached))
        if read.position in within or read.position > end:
            found["(a position at which nothing can be read)"] += 1
        at = At(
            read.position,
            lambda position: encode_cursor(Cursor(place.start.epoch, place.start.organisation, position)),
            places,
        )
        expected = json.loads(json.dumps(read.document.expect(state, read.who, read.variables, at)))
        if expected != read.data:
            found[read.document.name] += 1
            if found.total() <= MOST_TOLD:
                yield told(read, expected, reached)
    if found:
        yield f"answers that are not what was written: {dict(found)}"


def told(read: Read, expected: Any, reached: int) -> str:
    return (
        f"{read.how}: {read.document.name} {dict(read.variables)} of {read.who.name} at {read.position} "
        f"(the last write before is at {reached}) says {difference(expected, read.data)}"
    )


def difference(expected: Any, answer: Any, path: str = "data") -> str:
    """Where two answers differ first."""
    if isinstance(expected, dict) and isinstance(answer, dict) and set(expected) == set(answer):
        pairs: Sequence[Any] = [(expected[key], answer[key], f"{path}.{key}") for key in expected]
    elif isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
        pairs = [(e, a, f"{path}[{n}]") for n, (e, a) in enumerate(zip(expected, answer, strict=True))]
    else:
        return f"{path}: {answer!r}, not {expected!r}"
    return next(difference(e, a, where) for e, a, where in pairs if e != a)
