"""What a process does about retention and knows of it: whose cursor is expired, and when memory may say so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio

from api.context import Context
from api.cursors import Cursor, decode_cursor, encode_cursor
from api.subscriptions.pruned import Pruned
from api.subscriptions.view import Opening, Refusal, shows_events
from api.viewer import Viewer
from db import migrate
from db.events import IdeaSubmitted, Silent, WinShared
from db.log import HEAD
from db.retention import prune
from db.terms import Sight
from tests.client import Api, serving
from tests.factories import Hospital
from tests.feed_server import until
from tests.old_events import ONE_OF_EACH, age, append, execute, kept

MONTH = timedelta(days=30)
ASKED = {
    "feed": "subscription($after: Cursor) { feed(after: $after) { __typename ... on FeedReset { cursor reason } } }",
    "ideaSubmitted": "subscription($after: Cursor) { ideaSubmitted(after: $after) { __typename cursor } }",
}


@pytest_asyncio.fixture
async def api(hospital: Hospital) -> AsyncIterator[Api]:
    async with serving(hospital.database.dsn) as api:
        yield api


async def opening(api: Api, at: Hospital, field: str, position: int) -> Opening | Refusal | None:
    """A subscription after a position of the log as it is now."""
    epoch = (await at.database.rows(HEAD, [at.organisation]))[0]["epoch"]
    cursor = encode_cursor(Cursor(epoch, at.organisation, position))
    member = Viewer(at.organisation, at.nurse, uuid4(), Sight.MEMBER, datetime.now(UTC) + timedelta(hours=1))
    return await api.service.subscriptions.open(Context(member), ASKED[field], {"after": cursor}, None)


async def lacks(found: Opening | Refusal | None, position: int) -> bool:
    assert isinstance(found, Opening)
    assert shows_events(found.view)
    assert (found.after, list(found.first)) == (position, []), "nothing is known yet: it is found when the log is read"
    return await found.view.lacks(position)


def refused(found: Opening | Refusal | None) -> str:
    """Why."""
    assert isinstance(found, list)
    return str(found[0]["extensions"]["code"])


async def an_idea_that_is_gone(hospital: Hospital) -> int:
    """Its position."""
    position = await append(hospital, IdeaSubmitted())
    await age(hospital, 31)
    await append(hospital, Silent())
    await prune(hospital.database, MONTH)
    return position


async def test_without_the_setting_everything_is_kept(hospital: Hospital) -> None:
    await append(hospital, *ONE_OF_EACH)
    await age(hospital, 40_000)
    before = await kept(hospital)
    pruned = Pruned(hospital.database, None)
    await pruned.go_round()
    assert await kept(hospital) == before
    assert pruned.marks == {}


async def test_a_cursor_expires_by_the_types_that_it_is_asked_for(hospital: Hospital) -> None:
    idea = await append(hospital, IdeaSubmitted())
    await append(hospital, Silent(), WinShared(), Silent())
    await age(hospital, 31)
    await append(hospital, Silent())
    await prune(hospital.database, MONTH)
    pruned = Pruned(hospital.database, None)
    for types, expired in (
        (None, True),
        (frozenset({"IDEA_SUBMITTED"}), True),
        (frozenset({"WIN_SHARED", "IDEA_SUBMITTED"}), True),
        (frozenset({"WIN_SHARED"}), False),
        (frozenset[str](), False),
    ):
        assert await pruned.lacks(hospital.organisation, types, idea - 1) is expired, types
        # What is gone after the idea was silent, and nobody's.
        assert await pruned.lacks(hospital.organisation, types, idea) is False, types
        assert not await pruned.lacks(hospital.other_organisation, types, 0)


async def test_whose_cursor_is_known_to_be_expired_is_told_before_anything_is_read(
    hospital: Hospital, api: Api
) -> None:
    position = await an_idea_that_is_gone(hospital)
    assert await lacks(await opening(api, hospital, "feed", position - 1), position - 1)
    head = api.service.tail.head(hospital.organisation)
    feed = await opening(api, hospital, "feed", position - 1)
    assert isinstance(feed, Opening)
    assert feed.after == head
    assert b"CURSOR_EXPIRED" in b"".join(feed.first)
    typed = await opening(api, hospital, "ideaSubmitted", position - 1)
    assert refused(typed) == "CURSOR_EXPIRED"
    assert isinstance(typed, list)
    assert typed[0]["path"] == ["ideaSubmitted"]
    assert decode_cursor(typed[0]["extensions"]["cursor"]).position == head
    for field in ASKED:
        assert not await lacks(await opening(api, hospital, field, position), position)


async def test_memory_is_believed_about_the_log_that_it_is_of_and_no_other(hospital: Hospital, api: Api) -> None:
    """A backup from before the pruning is restored: its events are all there, and its cursors are of a new epoch."""
    position = await an_idea_that_is_gone(hospital)
    pruned = api.service.pruned
    await pruned.go_round()
    assert refused(await opening(api, hospital, "ideaSubmitted", position - 1)) == "CURSOR_EXPIRED"
    epoch = api.service.tail.epoch(hospital.organisation)
    assert epoch is not None
    here = Cursor(epoch, hospital.organisation, position)
    assert not pruned.known(here, None)
    assert pruned.known(replace(here, position=position - 1), None)
    await execute(hospital, "delete from pruned")
    await migrate.new_epoch(hospital.database)
    assert not await lacks(await opening(api, hospital, "ideaSubmitted", position - 1), position - 1)
    await pruned.look()
    assert pruned.marks == {}


async def test_in_a_new_epoch_what_is_gone_is_still_gone(hospital: Hospital, api: Api) -> None:
    position = await an_idea_that_is_gone(hospital)
    await api.service.pruned.look()
    await migrate.new_epoch(hospital.database)
    assert await lacks(await opening(api, hospital, "ideaSubmitted", position - 1), position - 1)
    assert refused(await opening(api, hospital, "ideaSubmitted", position - 1)) == "CURSOR_EXPIRED"


async def test_a_round_that_fails_is_told_and_followed_by_another(
    hospital: Hospital, caplog: pytest.LogCaptureFixture
) -> None:
    await append(hospital, *ONE_OF_EACH)
    await age(hospital, 31)
    await append(hospital, Silent())
    pruned = Pruned(hospital.database, MONTH, every=0.01)
    await execute(hospital, "alter table event rename to away")
    await pruned.start()
    await until(lambda: "could not be pruned; again later" in caplog.text)
    assert pruned.marks == {}
    await execute(hospital, "alter table away rename to event")
    await until(lambda: bool(pruned.marks))
    await pruned.stop()
