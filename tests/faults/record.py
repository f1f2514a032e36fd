"""What subscribers were sent, and what writers were answered, beside what the log says."""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from db.engine import Database
from tests.faults.views import TYPES, Row, View
from tests.faults.writers import Answered

NUMBERS = {name: number for number, name in enumerate(TYPES.values(), start=1)}
LOG = """
select position, type, public, actor_id, idea_id, comment_id, themes, units, facts ->> 'to' as to
from event where organisation_id = $1 and position > $2 order by position
"""
TWICE = """
select problem from idea group by problem having count(*) > 1
union all select body from comment group by body having count(*) > 1
"""


async def read_log(database: Database, organisation: UUID, after: int) -> list[Row]:
    """All of it, which has no gap."""
    rows = await database.rows(LOG, [organisation, after])
    assert [row["position"] for row in rows] == list(range(after + 1, after + 1 + len(rows))), "the log has a gap"
    return [dict(row) for row in rows]


def due(view: View, log: Sequence[Row]) -> list[int]:
    """The record of who was sent every event of the view once, in order."""
    return [row["position"] << 8 | NUMBERS[TYPES[row["type"]]] for row in log if row["public"] and view.sees(row)]


def kept(path: Path) -> list[int]:
    record = array("q")
    record.frombytes(path.read_bytes())
    return list(record)


def difference(name: str, record: Sequence[int], expected: Sequence[int]) -> str | None:
    """What is wrong with a record, in words; None where it is right."""
    if list(record) == list(expected):
        return None
    times = Counter(record)
    missing = [number for number in expected if number not in times]
    strange = sorted(set(times) - set(expected))
    twice = [number for number, count in times.items() if count > 1]
    at = next((n for n, (a, b) in enumerate(zip(record, expected, strict=False)) if a != b), None)
    at = min(len(record), len(expected)) if at is None else at
    before, here, instead = expected[max(0, at - 3) : at], expected[at : at + 5], record[at : at + 5]
    return (
        f"{name}: {len(record)} events instead of {len(expected)}; {told('missing', missing)}, "
        f"{told('not of this view', strange)}, {told('twice', twice)}; "
        f"first wrong after {shown(before)}: {shown(instead)} instead of {shown(here)}"
    )


def told(what: str, numbers: Sequence[int]) -> str:
    return f"{len(numbers)} {what} {shown(numbers)}"


def shown(numbers: Sequence[int]) -> str:
    """The first few, as positions and types."""
    names = {number: name for name, number in NUMBERS.items()}
    first = [f"{number >> 8} {names.get(number & 255)}" for number in numbers[:5]]
    return f"[{', '.join([*first, *(['…'] if len(numbers) > 5 else [])])}]"


async def answers_agree(
    database: Database, logs: Mapping[UUID, Sequence[Row]], answers: Sequence[Answered]
) -> list[str]:
    """Each answered write is in the log exactly once, at or before the answer's cursor; and nothing else is."""
    wrong = []
    found: Counter[tuple[Any, ...]] = Counter()
    at: dict[tuple[Any, ...], int] = {}
    for organisation, log in logs.items():
        for row in log:
            if row["public"]:
                found[mark(organisation, row)] += 1
                at[mark(organisation, row)] = row["position"]
    for answer in answers:
        if found[answer.mark] != 1:
            wrong.append(f"{answer.mark} is in the log {found[answer.mark]} times")
        elif (answer.exact and at[answer.mark] != answer.position) or at[answer.mark] > answer.position:
            wrong.append(f"{answer.mark} was answered at {answer.position} and is at {at[answer.mark]}")
    for extra in set(found) - {answer.mark for answer in answers}:
        wrong.append(f"{extra} is in the log, and nobody was answered")
    wrong += [f"done twice: {row[0]}" for row in await database.rows(TWICE)]
    return wrong


def mark(organisation: UUID, row: Row) -> tuple[Any, ...]:
    """What tells an event from every other of its kind here."""
    match row["type"]:
        case "COMMENT_ADDED":
            return organisation, row["type"], row["comment_id"]
        case "IDEA_SUPPORTED":
            return organisation, row["type"], row["idea_id"], row["actor_id"]
        case "IDEA_STATUS_CHANGED":
            return organisation, row["type"], row["idea_id"], row["to"]
        case "IDEA_EDITED":  # moved to another theme, once each
            return organisation, row["type"], row["idea_id"]
        case other:
            return organisation, other, row["idea_id"]
