"""What an operation did to the log, and what it refused: the two questions of every test of an operation."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from db.errors import Refused, UserMistake
from db.log import HEAD, Outcome
from db.terms import RefusalCode
from tests.factories import Hospital


async def events_of(
    hospital: Hospital, operation: Callable[..., Awaitable[Outcome]], actor: UUID | None, **given: Any
) -> list[asyncpg.Record]:
    """Run it and answer the events that it appended, as the log keeps them."""
    before = await hospital.database.value(HEAD, [hospital.organisation])
    written = await hospital.do(operation, actor, **given)
    rows = await hospital.database.rows(
        "select * from event where organisation_id = $1 and position > $2 order by position",
        [hospital.organisation, before],
    )
    assert written.position == before + len(rows)
    return rows


async def row(hospital: Hospital, table: str, id: UUID) -> asyncpg.Record:
    found = await hospital.database.row(f'select * from "{table}" where id = $1', [id])
    assert found is not None
    return found


@contextmanager
def mistake(code: str, *path: str) -> Iterator[None]:
    with pytest.raises(UserMistake) as caught:
        yield
    assert (caught.value.code, caught.value.path) == (code, path)


@contextmanager
def forbidden() -> Iterator[None]:
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code is RefusalCode.FORBIDDEN
