"""Organisations, units and people: who belongs where, and who may what."""

import asyncio
from contextlib import suppress
from random import Random
from uuid import UUID, uuid4

import pytest

from db.counts import miscounted
from db.errors import UserMistake
from db.operations.organisations import create_organisation, edit_organisation
from db.operations.people import deactivate_person, edit_person, edit_profile, invite_person
from db.operations.units import create_unit, edit_unit
from db.terms import Role
from tests.factories import Hospital, do, submit
from tests.noticed import events_of, forbidden, mistake, row

WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


async def pairs(hospital: Hospital) -> set[tuple[UUID, UUID, int]]:
    rows = await hospital.database.rows("select ancestor_id, unit_id, depth from unit_within")
    return {tuple(each) for each in rows}


async def counted_pairs(hospital: Hospital) -> set[tuple[UUID, UUID, int]]:
    """The tree, walked from every unit to the top."""
    rows = await hospital.database.rows("select id, parent_id from unit")
    parents = {each["id"]: each["parent_id"] for each in rows}
    found = set()
    for unit in parents:
        above, depth = unit, 0
        while above is not None:
            found.add((above, unit, depth))
            above, depth = parents[above], depth + 1
    return found


async def test_only_administrators_change_units_people_and_settings(hospital: Hospital) -> None:
    for operation, given in (
        (create_unit, {"name": "Ward C"}),
        (edit_unit, {"unit": hospital.ward_a, "name": "x"}),
        (invite_person, {"name": "Zoe", "email": "zoe@ashcombe.example"}),
        (edit_person, {"person": hospital.nurse, "name": "x"}),
        (deactivate_person, {"person": hospital.nurse}),
        (edit_organisation, {"name": "x"}),
    ):
        for who in (hospital.nurse, hospital.lead, hospital.coach, hospital.moderator, hospital.executive):
            with forbidden():
                await hospital.do(operation, who, **given)
    for operation, given, path in (
        (edit_unit, {"unit": hospital.ward_a, "name": "x"}, "unitId"),
        (edit_person, {"person": hospital.nurse, "name": "x"}, "personId"),
        (deactivate_person, {"person": hospital.nurse}, "personId"),
        (create_unit, {"name": "x", "parent": hospital.site}, "parentId"),
    ):
        with mistake("NOT_FOUND", path):
            await do(hospital.database, hospital.other_organisation, operation, hospital.stranger, **given)


async def test_a_unit_moves_with_all_below_it_and_counts_stay_right(hospital: Hospital) -> None:
    idea = await submit(hospital)
    wing = (await hospital.do(create_unit, hospital.admin, name="Wing", parent=hospital.site)).id
    [event] = await events_of(hospital, edit_unit, hospital.admin, unit=hospital.division, parent=wing)
    assert (event["type"], event["public"]) == ("SILENT", False)
    assert await pairs(hospital) == await counted_pairs(hospital)
    assert await miscounted(hospital.database) == []
    assert (await row(hospital, "unit", wing))["member_count"] > 10
    assert (await row(hospital, "idea", idea))["shown_unit_id"] == hospital.ward_a
    for parent in (hospital.division, hospital.ward_a, wing):
        with mistake("INVALID", "parentId"):
            await hospital.do(edit_unit, hospital.admin, unit=wing, parent=parent)
    await hospital.do(edit_unit, hospital.admin, unit=hospital.division, parent=None)
    assert await pairs(hospital) == await counted_pairs(hospital)
    assert await miscounted(hospital.database) == []


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_moves_where_tree_and_counts_stay_right(hospital: Hospital, seed: int) -> None:
    rng = Random(seed)
    for n in range(6):
        await hospital.do(create_unit, hospital.admin, name=f"Bay {n}", parent=hospital.ward_a)
    units = [each["id"] for each in await hospital.database.rows("select id from unit order by name, id")]
    text = "select id from person where organisation_id = $1 and id <> $2 order by email"
    people = [each["id"] for each in await hospital.database.rows(text, [hospital.organisation, hospital.admin])]
    for _ in range(40):
        with suppress(UserMistake):
            if rng.random() < 0.5:
                await hospital.do(edit_unit, hospital.admin, unit=rng.choice(units), parent=rng.choice([*units, None]))
            elif rng.random() < 0.9:
                await hospital.do(
                    edit_person, hospital.admin, person=rng.choice(people), unit=rng.choice([*units, None])
                )
            else:
                await hospital.do(deactivate_person, hospital.admin, person=rng.choice(people))
    assert await pairs(hospital) == await counted_pairs(hospital)
    assert await miscounted(hospital.database) == []


async def test_a_unit_is_edited_where_something_changes(hospital: Hospital) -> None:
    given = {"unit": hospital.ward_b, "name": "Ward Bee", "leads": [hospital.colleague], "expected_version": 1}
    assert len(await events_of(hospital, edit_unit, hospital.admin, **given)) == 1
    assert await events_of(hospital, edit_unit, hospital.admin, **given) == []
    with mistake("STALE_VERSION", "expectedVersion"):
        await hospital.do(edit_unit, hospital.admin, unit=hospital.ward_b, name="x", expected_version=1)
    with mistake("NOT_FOUND", "leadIds", "0"):
        await hospital.do(edit_unit, hospital.admin, unit=hospital.ward_b, leads=[hospital.stranger])
    with mistake("LIMIT_REACHED", "leadIds"):
        await hospital.do(edit_unit, hospital.admin, unit=hospital.ward_b, leads=[uuid4() for _ in range(21)])
    with mistake("REQUIRED", "name"):
        await hospital.do(create_unit, hospital.admin, name=" ")


async def test_an_address_is_taken_once_in_the_installation(hospital: Hospital) -> None:
    for email in ("other@wenlow.example", "OTHER@Wenlow.example "):
        with mistake("ALREADY_TAKEN", "email"):
            await hospital.do(invite_person, hospital.admin, name="Zoe", email=email)
    with mistake("ALREADY_TAKEN", "email"):
        await hospital.do(edit_person, hospital.admin, person=hospital.nurse, email="lena@ashcombe.example")
    for email in ("zoe", "zoe@", "a b@c.example", "@c.example", "zoe@c"):
        with mistake("INVALID", "email"):
            await hospital.do(invite_person, hospital.admin, name="Zoe", email=email)
    with mistake("INVALID", "roles"):
        await hospital.do(invite_person, hospital.admin, name="Zoe", email="z@z.example", roles=[Role.UNIT_LEAD])
    with mistake("NOT_FOUND", "unitId"):
        await hospital.do(invite_person, hospital.admin, name="Zoe", email="z@z.example", unit=uuid4())
    assert await miscounted(hospital.database) == []


async def test_changed_roles_are_told_to_every_process(hospital: Hospital) -> None:
    [event] = await events_of(hospital, edit_person, hospital.admin, person=hospital.nurse, roles=[Role.MODERATOR])
    assert (event["type"], event["public"], event["facts"]) == (
        "ACCESS_CHANGED", False, f'{{"person": "{hospital.nurse}"}}'
    )  # fmt: skip
    again = {"person": hospital.nurse, "roles": [Role.MODERATOR, Role.MODERATOR]}
    assert await events_of(hospital, edit_person, hospital.admin, **again) == []
    [event] = await events_of(hospital, edit_person, hospital.admin, person=hospital.nurse, job_title="Sister")
    assert event["type"] == "SILENT"
    with mistake("STALE_VERSION", "expectedVersion"):
        await hospital.do(edit_person, hospital.admin, person=hospital.nurse, name="x", expected_version=1)


async def test_somebody_is_always_left_who_may_administer(hospital: Hospital) -> None:
    with mistake("NOT_ALLOWED_NOW", "roles"):
        await hospital.do(edit_person, hospital.admin, person=hospital.admin, roles=[])
    with mistake("NOT_ALLOWED_NOW", "personId"):
        await hospital.do(deactivate_person, hospital.admin, person=hospital.admin)
    await hospital.do(edit_person, hospital.admin, person=hospital.nurse, roles=[Role.ADMIN])
    await hospital.do(deactivate_person, hospital.admin, person=hospital.admin)


async def test_two_who_demote_each_other_do_so_one_after_the_other(hospital: Hospital) -> None:
    await hospital.do(edit_person, hospital.admin, person=hospital.coach, roles=[Role.ADMIN])
    async with hospital.database.writes.connection() as held:
        await held.execute("begin; lock table person in share mode")  # reads go on, so both come to their locks at once
        pairs = ((hospital.admin, hospital.coach), (hospital.coach, hospital.admin))
        both = [
            asyncio.create_task(hospital.do(edit_person, actor, person=person, roles=[Role.CONTRIBUTOR]))
            for actor, person in pairs
        ]
        async with asyncio.timeout(2):  # less than the locks wait
            while await hospital.database.value(WAITING) < 2:  # noqa: ASYNC110 - what is waited for tells nobody
                await asyncio.sleep(0.01)
        await held.execute("rollback")
    answers = await asyncio.gather(*both, return_exceptions=True)
    assert len([each for each in answers if isinstance(each, Exception)]) == 1
    admins = "select count(*) from person where organisation_id = $1 and 'ADMIN' = any(roles)"
    assert await hospital.database.value(admins, [hospital.organisation]) == 1
    deadlocks = "select deadlocks from pg_stat_database where datname = current_database()"
    assert await hospital.database.value(deadlocks) == 0


async def test_who_has_left_does_nothing_more(hospital: Hospital) -> None:
    [event] = await events_of(hospital, deactivate_person, hospital.admin, person=hospital.nurse)
    assert event["type"] == "ACCESS_CHANGED"
    assert await events_of(hospital, deactivate_person, hospital.admin, person=hospital.nurse) == []
    assert await miscounted(hospital.database) == []
    from db.errors import Refused

    with pytest.raises(Refused, match="sign in"):
        await submit(hospital)


async def test_everybody_says_themselves_whether_screens_name_them(hospital: Hospital) -> None:
    given = {"shown_on_screens": True, "job_title": "Nurse"}
    assert len(await events_of(hospital, edit_profile, hospital.nurse, **given)) == 1
    assert await events_of(hospital, edit_profile, hospital.nurse, **given) == []
    assert (await row(hospital, "person", hospital.nurse))["shown_on_screens"]


async def test_settings_are_edited(hospital: Hospital) -> None:
    given = {"name": "Ashcombe Trust", "response_target_days": 3, "public_url": "https://gs.example/"}
    assert len(await events_of(hospital, edit_organisation, hospital.admin, **given, expected_version=1)) == 1
    assert await events_of(hospital, edit_organisation, hospital.admin, **given, expected_version=1) == []
    assert (await row(hospital, "organisation", hospital.organisation))["public_url"] == "https://gs.example"
    for wrong, *path in (
        ({"time_zone": "Europe/Nowhere"}, "timeZone"),
        ({"time_zone": "../etc/passwd"}, "timeZone"),
        ({"response_target_days": 0}, "responseTargetDays"),
        ({"public_url": "javascript:alert(1)"}, "publicUrl"),
        ({"public_url": "https://["}, "publicUrl"),
        ({"public_url": "https://gs.exa\nmple"}, "publicUrl"),
    ):
        with mistake("INVALID", *path):
            await hospital.do(edit_organisation, hospital.admin, **wrong)
    with mistake("STALE_VERSION", "expectedVersion"):
        await hospital.do(edit_organisation, hospital.admin, name="x", expected_version=1)


async def test_organisations_of_one_name_have_different_slugs(hospital: Hospital) -> None:
    for n in range(3):
        await create_organisation(hospital.database, name="St. Bride’s", admin_email=f"a{n}@brides.example")
    slugs = await hospital.database.rows("select slug from organisation where slug like 'st-%' order by slug")
    assert [each["slug"] for each in slugs] == ["st-brides", "st-brides-2", "st-brides-3"]
    with mistake("ALREADY_TAKEN", "email"):
        await create_organisation(hospital.database, name="Another", admin_email="a1@brides.example")
    assert await hospital.database.value("select count(*) from organisation") == 5
