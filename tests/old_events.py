"""A log that has grown old: events of every kind, aged as only a test can."""

from uuid import UUID, uuid4

import asyncpg

from db.events import (
    AccessChanged,
    CommentAdded,
    CommentEdited,
    ContentRetracted,
    Event,
    IdeaEdited,
    IdeasImported,
    IdeaStatusChanged,
    IdeaSubmitted,
    IdeaSupported,
    SettingsChanged,
    Silent,
    ThemeClosed,
    ThemeEdited,
    ThemeOpened,
    WinEdited,
    WinShared,
)
from db.log import Outcome, Transaction, writing
from db.terms import IdeaStatus
from tests.factories import Hospital

ONE_OF_EACH: tuple[Event, ...] = (
    IdeaSubmitted(),
    IdeaEdited(),
    IdeaStatusChanged(before=IdeaStatus.OPEN, after=IdeaStatus.TESTING),
    IdeaSupported(),
    IdeasImported(count=3),
    CommentAdded(),
    CommentEdited(),
    WinShared(),
    WinEdited(),
    ThemeEdited(),
    ThemeOpened(),
    ThemeClosed(),
    ContentRetracted(node="idea_1"),
    Silent(),
    AccessChanged(person=UUID(int=1)),
    SettingsChanged(),
)
OF_ORGANISATION = "select * from event where organisation_id = $1 order by position"


async def append(hospital: Hospital, *events: Event) -> int:
    """The position of the last one."""

    async def work(tx: Transaction) -> Outcome:
        return Outcome(uuid4(), events)

    return (await writing(hospital.database, hospital.organisation, work)).position


async def execute(hospital: Hospital, text: str, *args: object) -> None:
    connection = await asyncpg.connect(hospital.database.dsn)
    await connection.execute(text, *args)
    await connection.close()


async def age(hospital: Hospital, days: int, organisation: UUID | None = None) -> None:
    """All that has happened in an organisation so far was so many days earlier."""
    text = "update event set at = at - make_interval(days => $2) where organisation_id = $1"
    await execute(hospital, text, organisation or hospital.organisation, days)


async def kept(hospital: Hospital, organisation: UUID | None = None) -> list[asyncpg.Record]:
    return await hospital.database.rows(OF_ORGANISATION, [organisation or hospital.organisation])


async def marks(hospital: Hospital, organisation: UUID | None = None) -> dict[str, int]:
    text = "select type, position from pruned where organisation_id = $1"
    rows = await hospital.database.rows(text, [organisation or hospital.organisation])
    return {row["type"]: row["position"] for row in rows}
