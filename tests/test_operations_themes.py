"""Themes: made, edited, opened, closed, and turned by the clock."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from db.counts import miscounted
from db.engine import Database
from db.operations import clock
from db.operations.clock import midnight, until_next_midnight
from db.operations.organisations import edit_organisation
from db.operations.themes import close_theme, create_theme, edit_theme, open_theme
from db.operations.units import create_unit, edit_unit
from db.terms import Value
from tests.factories import Hospital, do, theme
from tests.noticed import events_of, forbidden, mistake, row

SAID = {"title": "Sleep", "objective": "A quiet night for everybody"}


async def test_a_theme_begins_as_a_draft_told_to_nobody(hospital: Hospital) -> None:
    written = await hospital.do(create_theme, hospital.lead, **SAID, units=[hospital.ward_a], values=[Value.EQUITY])
    kept = await row(hospital, "theme", written.id)
    assert (kept["status"], kept["owner_id"], kept["first_opened_at"]) == ("DRAFT", hospital.lead, None)
    [event] = await events_of(hospital, edit_theme, hospital.lead, theme=written.id, why="Because.")
    assert (event["type"], event["public"]) == ("SILENT", False)
    with mistake("NOT_ALLOWED_NOW", "themeId"):
        await hospital.do(close_theme, hospital.lead, theme=written.id)


async def test_who_may_create_a_theme(hospital: Hospital) -> None:
    for who in (hospital.nurse, hospital.coach, hospital.moderator, hospital.executive):
        with forbidden():
            await hospital.do(create_theme, who, **SAID)
    await hospital.do(create_theme, hospital.admin, **SAID)
    # A unit lead: for units below theirs.
    await hospital.do(edit_unit, hospital.admin, unit=hospital.division, leads=[hospital.colleague])
    await hospital.do(create_theme, hospital.colleague, **SAID, units=[hospital.ward_a, hospital.ward_b])
    for units in ([], [hospital.site], [hospital.ward_a, hospital.site]):
        with forbidden():
            await hospital.do(create_theme, hospital.colleague, **SAID, units=units)


async def test_a_unit_of_others_is_as_if_it_were_missing(hospital: Hospital) -> None:
    made = await do(hospital.database, hospital.other_organisation, create_unit, hospital.stranger, name="Far away")
    await hospital.do(edit_unit, hospital.admin, unit=hospital.ward_b, leads=[hospital.colleague])
    for unit in (made.id, uuid4()):
        with mistake("NOT_FOUND", "unitIds", "1"):
            await hospital.do(create_theme, hospital.colleague, **SAID, units=[hospital.ward_b, unit])
        with forbidden():
            await hospital.do(create_theme, hospital.colleague, **SAID, units=[unit])


async def test_bad_input_is_answered_with_its_path(hospital: Hospital) -> None:
    today = datetime.now(UTC).date()
    for given, code, *path in (
        ({"title": " "}, "REQUIRED", "title"),
        ({"objective": "x" * 201}, "TOO_LONG", "objective"),
        ({"units": [hospital.ward_a, uuid4()]}, "NOT_FOUND", "unitIds", "1"),
        ({"owner": hospital.stranger}, "NOT_FOUND", "ownerId"),
        ({"opens_on": today, "closes_on": today - timedelta(days=1)}, "INVALID", "closesOn"),
    ):
        with mistake(code, *path):
            await hospital.do(create_theme, hospital.lead, **{**SAID, **given})


async def test_opening_and_closing_are_told_once(hospital: Hospital) -> None:
    draft = await theme(hospital, opened=False, units=[hospital.ward_a])
    [event] = await events_of(hospital, open_theme, hospital.lead, theme=draft)
    assert (event["type"], event["theme_id"], event["themes"]) == ("THEME_OPENED", draft, [draft])
    assert event["units"] == [hospital.ward_a]
    assert await events_of(hospital, open_theme, hospital.lead, theme=draft) == []
    opened_at = (await row(hospital, "theme", draft))["first_opened_at"]
    [event] = await events_of(hospital, close_theme, hospital.lead, theme=draft, expected_version=2)
    assert event["type"] == "THEME_CLOSED"
    assert await events_of(hospital, close_theme, hospital.lead, theme=draft, expected_version=2) == []
    with mistake("STALE_VERSION", "expectedVersion"):
        await hospital.do(open_theme, hospital.lead, theme=draft, expected_version=2)
    await hospital.do(open_theme, hospital.lead, theme=draft)
    assert (await row(hospital, "theme", draft))["first_opened_at"] == opened_at


async def test_a_theme_opened_by_hand_is_open_from_today(hospital: Hospital) -> None:
    today = await hospital.database.value("select today from organisation where id = $1", [hospital.organisation])
    early = await theme(hospital, opens_on=today + timedelta(days=9))
    late = await theme(hospital, opens_on=today - timedelta(days=9), closes_on=today - timedelta(days=2))
    assert (await row(hospital, "theme", early))["opens_on"] == today
    assert (await row(hospital, "theme", late))["closes_on"] is None


async def test_only_owner_and_administrators_change_a_theme(hospital: Hospital) -> None:
    for operation, given in ((edit_theme, {"title": "x"}), (open_theme, {}), (close_theme, {})):
        for who in (hospital.nurse, hospital.coach, hospital.executive):
            with forbidden():
                await hospital.do(operation, who, theme=hospital.theme, **given)
        with mistake("NOT_FOUND", "themeId"):
            await do(
                hospital.database, hospital.other_organisation, operation, hospital.stranger,
                theme=hospital.theme, **given,
            )  # fmt: skip
    draft = await theme(hospital, opened=False)
    with mistake("NOT_FOUND", "themeId"):
        await hospital.do(open_theme, hospital.nurse, theme=draft)
    await hospital.do(open_theme, hospital.admin, theme=draft)
    await hospital.do(edit_theme, hospital.lead, theme=draft, owner=hospital.nurse)
    with forbidden():
        await hospital.do(close_theme, hospital.lead, theme=draft)
    await hospital.do(close_theme, hospital.nurse, theme=draft)


async def test_an_edit_is_told_to_the_units_before_and_after(hospital: Hospital) -> None:
    made = await theme(hospital, units=[hospital.ward_a])
    [event] = await events_of(hospital, edit_theme, hospital.lead, theme=made, units=[hospital.ward_b], title="T")
    assert event["type"] == "THEME_EDITED"
    assert event["units"] == [hospital.ward_a, hospital.ward_b]
    [event] = await events_of(hospital, edit_theme, hospital.lead, theme=made, units=[])
    assert event["units"] == []  # the whole organisation
    assert await events_of(hospital, edit_theme, hospital.lead, theme=made, units=[], title="T") == []
    assert (await row(hospital, "theme", made))["version"] == 4


async def yesterday(hospital: Hospital) -> None:
    """As if the day had not turned yet."""
    connection = hospital.database.writes.connection()
    async with connection as held:
        await held.execute("update organisation set today = today - 1")


async def test_at_midnight_themes_open_and_close_by_their_window(hospital: Hospital) -> None:
    today = await hospital.database.value("select today from organisation where id = $1", [hospital.organisation])
    opens = await theme(hospital, opened=False, opens_on=today)
    later = await theme(hospital, opened=False, opens_on=today + timedelta(days=1))
    plain = await theme(hospital, opened=False)
    closes = await theme(hospital)
    await hospital.do(edit_theme, hospital.lead, theme=closes, closes_on=today - timedelta(days=1))
    last = await theme(hospital, closes_on=today)
    await yesterday(hospital)
    assert set(await midnight(hospital.database)) == {hospital.organisation, hospital.other_organisation}
    statuses = [(await row(hospital, "theme", each))["status"] for each in (opens, later, plain, closes, last)]
    assert statuses == ["OPEN", "DRAFT", "DRAFT", "CLOSED", "OPEN"]
    events = await hospital.database.rows(
        "select type, actor_id from event where organisation_id = $1 order by position desc limit 2",
        [hospital.organisation],
    )
    assert {each["type"] for each in events} == {"THEME_OPENED", "THEME_CLOSED"}
    assert {each["actor_id"] for each in events} == {None}
    # The other one had nothing to open: one silent event says that its day turned.
    silent = await hospital.database.row(
        "select type from event where organisation_id = $1 order by position desc limit 1",
        [hospital.other_organisation],
    )
    assert silent is not None
    assert silent["type"] == "SILENT"
    assert await midnight(hospital.database) == []
    assert await miscounted(hospital.database) == []


async def test_the_day_turns_once_however_many_ask(hospital: Hospital) -> None:
    await yesterday(hospital)
    turned = await asyncio.gather(*(midnight(hospital.database) for _ in range(4)))
    assert sum(len(each) for each in turned) == 2


async def test_one_whose_day_cannot_be_turned_does_not_keep_the_others(
    hospital: Hospital, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn, first = clock._turn, min(hospital.organisation, hospital.other_organisation)

    async def stuck(database: Database, organisation: UUID) -> None:
        if organisation == first:
            raise RuntimeError("stuck")
        await turn(database, organisation)

    monkeypatch.setattr(clock, "_turn", stuck)
    await yesterday(hospital)
    with pytest.raises(RuntimeError, match="stuck"):
        await midnight(hospital.database)
    monkeypatch.undo()
    assert await midnight(hospital.database) == [first]


async def test_at_midnight_what_is_old_is_swept(hospital: Hospital) -> None:
    async with hospital.database.writes.connection() as held:
        await held.execute(
            "insert into idempotency_key (organisation_id, person_id, mutation, key, input_hash, created_at)"
            " select $1, $2, 'submitIdea', n::text, '', now() - interval '29 days' * n from generate_series(1, 2) n",
            hospital.organisation, hospital.nurse,
        )  # fmt: skip
        await held.execute(
            "insert into sign_in_failure (kind, key_hash, at) values ('ACCOUNT', '', now() - interval '1 hour')"
        )
    await yesterday(hospital)
    await midnight(hospital.database)
    assert await hospital.database.value("select array_agg(key) from idempotency_key") == ["1"]
    assert await hospital.database.value("select count(*) from sign_in_failure") == 0


async def test_the_next_midnight_is_within_a_day_and_another_time_zone_may_turn_it(hospital: Hospital) -> None:
    assert 0 < await until_next_midnight(hospital.database) <= 25 * 3600
    ahead = await theme(hospital, opened=False)
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):  # 25 hours apart: one of them has another day
        await hospital.do(edit_organisation, hospital.admin, time_zone=zone)
        today = await hospital.database.value("select today from organisation where id = $1", [hospital.organisation])
        assert today == await hospital.database.value("select date(timezone($1, now()))", [zone])
        await hospital.do(edit_theme, hospital.lead, theme=ahead, opens_on=today + timedelta(days=1))
