"""Themes between two midnights: windows that begin today, that are over, and how far who owns one may reach."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from db.engine import BUSY
from db.operations.clock import midnight
from db.operations.themes import create_theme, edit_theme, open_theme
from db.operations.units import edit_unit
from tests.client import serving
from tests.factories import Hospital, theme
from tests.noticed import events_of, forbidden, row

SAID = {"title": "Sleep", "objective": "A quiet night for everybody"}
DAY = timedelta(days=1)


async def test_a_draft_whose_window_begins_today_opens_without_waiting_for_midnight(hospital: Hospital) -> None:
    await midnight(hospital.database)
    today = await hospital.database.value("select today from organisation where id = $1", [hospital.organisation])
    made = await hospital.do(create_theme, hospital.lead, **SAID, opens_on=today, closes_on=today)
    later = await hospital.do(create_theme, hospital.lead, **SAID, opens_on=today + DAY)
    assert await midnight(hospital.database) == [hospital.organisation]
    assert (await row(hospital, "theme", made.id))["status"] == "OPEN"
    assert (await row(hospital, "theme", later.id))["status"] == "DRAFT"
    assert await midnight(hospital.database) == []


async def test_a_theme_whose_window_is_over_can_be_opened_again_before_the_clock_closes_it(hospital: Hospital) -> None:
    over = datetime.now(UTC).date() - 2 * DAY
    made = await theme(hospital)
    await hospital.do(edit_theme, hospital.lead, theme=made, closes_on=over)
    [opened] = await events_of(hospital, open_theme, hospital.lead, theme=made)
    assert opened["type"] == "THEME_OPENED"
    assert (await row(hospital, "theme", made))["closes_on"] is None
    assert await events_of(hospital, open_theme, hospital.lead, theme=made) == []


async def test_who_may_make_a_theme_for_their_units_alone_does_not_widen_it(hospital: Hospital) -> None:
    await hospital.do(edit_unit, hospital.admin, unit=hospital.ward_b, leads=[hospital.colleague])
    made = await hospital.do(create_theme, hospital.colleague, **SAID, units=[hospital.ward_b])
    for units in ([], [hospital.ward_a], [hospital.ward_b, hospital.site]):
        with forbidden():
            await hospital.do(edit_theme, hospital.colleague, theme=made.id, units=units)
    await hospital.do(edit_theme, hospital.admin, theme=made.id, units=[])
    await hospital.do(edit_theme, hospital.colleague, theme=made.id, units=[hospital.ward_b])


async def test_an_executive_who_owns_a_theme_reads_it(hospital: Hospital) -> None:
    made = await theme(hospital, owner=hospital.executive, opened=False)
    with forbidden():
        await hospital.do(edit_theme, hospital.executive, theme=made, why="Because.")


@pytest.mark.parametrize("busy", BUSY)
async def test_a_read_that_takes_too_long_is_no_fault_of_ours(
    hospital: Hospital, busy: type[asyncpg.PostgresError], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(hospital.database.dsn) as api:
        token = await api.token(hospital.nurse)
        assert (await api.ask("{ ideas { nodes { title } } }", token)).errors == []

        async def late(*_: object) -> None:
            raise busy("canceling statement due to statement timeout")

        monkeypatch.setattr(api.service.database, "rows", late)
        api.service.answers.forget(hospital.organisation, "former")
        answer = await api.ask("{ ideas { nodes { title } } }", token)
        assert answer.codes == ["UNAVAILABLE"]
        assert answer.response.status_code == 503
