"""Every mutation of themes, wins, people, units and the organisation at least once: cases for test_replay."""

from datetime import timedelta
from uuid import UUID, uuid4

from db.log import Transaction
from db.operations import follows, organisations, pairing, people, sessions, themes, units, wins
from tests import factories as make
from tests.factories import PASSWORD, Hospital
from tests.replay_stage import Input, Stage, case, person_id, somebody, tested, theme_id, unit_id

# Themes ------------------------------------------------------------------------------------------------------------


@case("createTheme", "lead", "SILENT")
async def a_draft(stage: Stage) -> Input:
    return {
        "title": "Quiet nights",
        "objective": "Everybody sleeps",
        "unitIds": [unit_id(stage.at.ward_a)],
        "opensOn": "2999-01-01",
    }


@case("editTheme", "lead", "SILENT")
async def of_a_draft(stage: Stage) -> Input:
    return {**theme_id(await make.theme(stage.at, opened=False)), "title": "Not yet"}


@case("editTheme", "lead", "THEME_EDITED")
async def all_of_it(stage: Stage) -> Input:
    return {
        **theme_id(await make.theme(stage.at, title="Sleep")),
        "title": "Sleep well",
        "why": "Because.",
        "values": ["STAFF_WELLBEING"],
        "unitIds": [unit_id(stage.at.ward_a), unit_id(stage.at.ward_b)],
        "ownerId": person_id(stage.at.lead),
        "closesOn": "2999-12-31",
    }


@case("openTheme", "lead", "THEME_OPENED")
async def for_the_first_time(stage: Stage) -> Input:
    return theme_id(await make.theme(stage.at, opened=False, units=[stage.at.ward_a]))


@case("openTheme", "admin", "THEME_OPENED")
async def again(stage: Stage) -> Input:
    theme = await make.theme(stage.at)
    await make.submit(stage.at, theme=theme)
    await stage.at.do(themes.close_theme, stage.at.lead, theme=theme)
    return theme_id(theme)


@case("closeTheme", "lead", "THEME_CLOSED")
async def with_ideas(stage: Stage) -> Input:
    theme = await make.theme(stage.at)
    await make.submit(stage.at, theme=theme)
    return theme_id(theme)


# Wins --------------------------------------------------------------------------------------------------------------


@case("shareWin", "colleague", "WIN_SHARED")
async def simply_done(stage: Stage) -> Input:
    return {"headline": "Labels on drawers", "change": "We labelled them.", "thankIds": [person_id(stage.at.nurse)]}


@case("shareWin", "lead", "WIN_SHARED", "IDEA_STATUS_CHANGED")
async def of_an_idea_that_is_tested(stage: Stage) -> Input:
    idea = await tested(stage.at, theme=stage.at.theme)
    figures = {"beforeValue": 9, "afterValue": 4, "unitOfMeasure": "days"}
    return {"headline": "Faster", "change": "A line on the floor.", "ideaIds": [f"idea_{idea}"], **figures}


@case("shareWin", "admin", "WIN_SHARED", "IDEA_STATUS_CHANGED", "IDEA_STATUS_CHANGED")
async def of_several(stage: Stage) -> Input:
    ideas = [await tested(stage.at), await tested(stage.at, theme=stage.at.theme), await tested(stage.at)]
    await make.move(stage.at, ideas[1], "IMPLEMENTED")
    return {"headline": "Three in one", "change": "Together.", "ideaIds": [f"idea_{idea}" for idea in ideas]}


@case("editWin", "lead", "WIN_EDITED")
async def and_the_thanks(stage: Stage) -> Input:
    win = await make.win(stage.at, of=[await tested(stage.at)])
    thanked = [person_id(stage.at.nurse), person_id(stage.at.colleague)]
    return {"winId": f"win_{win}", "headline": "Stands, always there", "learned": "Ask nights.", "thankIds": thanked}


@case("editWin", "admin", "WIN_EDITED")
async def of_another(stage: Stage) -> Input:
    win = (await stage.at.do(wins.share_win, stage.at.nurse, headline="Tea", change="At eight.")).id
    return {"winId": f"win_{win}", "after": "Tea is at eight.", "beforeValue": 1.5}


# People, units, the organisation -----------------------------------------------------------------------------------


@case("invitePerson", "admin", "SILENT")
async def somebody_new(stage: Stage) -> Input:
    email = f"{uuid4().hex}@ashcombe.example"
    return {"name": "Noor New", "email": email, "unitId": unit_id(stage.at.ward_a), "roles": ["COACH"]}


@case("editPerson", "admin", "SILENT")
async def their_name_and_unit(stage: Stage) -> Input:
    person = await somebody(stage.at)
    await make.submit(stage.at, person)
    return {"personId": person_id(person), "name": "Sam Other", "unitId": unit_id(stage.at.ward_a)}


@case("editPerson", "admin", "ACCESS_CHANGED")
async def their_roles(stage: Stage) -> Input:
    return {"personId": person_id(await somebody(stage.at)), "roles": ["MODERATOR", "COACH"]}


@case("deactivatePerson", "admin", "ACCESS_CHANGED")
async def who_leaves(stage: Stage) -> Input:
    person = await somebody(stage.at, unit=stage.at.ward_a)
    idea = await make.submit(stage.at, person)
    await make.comment(stage.at, idea, person)
    await stage.at.do(follows.support_idea, person, idea=await make.submit(stage.at))
    return {"personId": person_id(person)}


@case("editProfile", "colleague", "SILENT")
async def of_ones_own(stage: Stage) -> Input:
    return {"jobTitle": f"Nurse {uuid4().hex}", "shownOnScreens": True}


@case("changePassword", "nurse", "ACCESS_CHANGED", repeated="BAD_CREDENTIALS")
async def by_who_knows_the_old_one(stage: Stage) -> Input:
    email = f"{uuid4().hex}@ashcombe.example"
    invited = await stage.at.do(people.invite_person, stage.at.admin, name="Pat Password", email=email)
    token = await invitation(stage.at, invited.id)
    await sessions.accept_invitation(stage.at.database, token=token, password=PASSWORD)
    stage.by = invited.id
    return {"currentPassword": PASSWORD, "newPassword": "a new horse battery"}


async def invitation(at: Hospital, person: UUID) -> str:
    """A link's token, as inviting the same person again gives it."""
    async with at.database.writes.connection() as connection, connection.transaction():
        return await people.renew_invitation(Transaction(connection, at.organisation), person)


@case("editOrganisation", "admin", "SETTINGS_CHANGED")
async def its_settings(stage: Stage) -> Input:
    return {"name": f"Ashcombe {uuid4().hex}", "valueFocus": ["EQUITY"], "publicUrl": "https://ideas.ashcombe.example"}


@case("editOrganisation", "admin", "SETTINGS_CHANGED", follows="responseDueAt")
async def how_soon_it_answers(stage: Stage) -> Input:
    await make.submit(stage.at)
    return {"responseTargetDays": 21}


@case("editOrganisation", "admin", "SETTINGS_CHANGED", "THEME_OPENED", "THEME_CLOSED")
async def a_time_zone_where_it_is_tomorrow(stage: Stage) -> Input:
    at = stage.at
    await at.do(organisations.edit_organisation, at.admin, time_zone="Pacific/Pago_Pago")
    today = await at.database.value("select today from organisation where id = $1", [at.organisation])
    tomorrow = today + timedelta(days=1)
    await make.theme(at, opened=False, opens_on=tomorrow)
    await make.theme(at, closes_on=today)
    return {"timeZone": "Pacific/Kiritimati"}


@case("createUnit", "admin", "SILENT")
async def below_another(stage: Stage) -> Input:
    parent = unit_id(stage.at.division)
    return {"name": "Ward C", "parentId": parent, "leadIds": [person_id(stage.at.lead)]}


@case("editUnit", "admin", "SILENT")
async def its_name_leads_and_place(stage: Stage) -> Input:
    at = stage.at
    unit = (await at.do(units.create_unit, at.admin, name="Ward D", parent=at.division)).id
    await make.submit(at, unit=unit)
    await make.theme(at, units=[unit])
    return {"unitId": unit_id(unit), "name": "Day ward", "parentId": unit_id(at.site), "leadIds": [person_id(at.nurse)]}


@case("approvePairing", "admin", "SILENT")
async def of_a_ward(stage: Stage) -> Input:
    begun = await pairing.request_pairing(stage.at.database, address=uuid4().hex)
    return {"code": begun.code, "name": "By the lift", "unitId": unit_id(stage.at.ward_a)}


@case("renameScreen", "admin", "SILENT")
async def that_hangs_elsewhere_now(stage: Stage) -> Input:
    return {"screenId": f"screen_{await make.screen(stage.at)}", "name": f"By the stairs {uuid4().hex}"}


@case("revokeScreen", "admin", "ACCESS_CHANGED")
async def that_was_stolen(stage: Stage) -> Input:
    return {"screenId": f"screen_{await make.screen(stage.at)}"}
