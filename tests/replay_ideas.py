"""Every mutation of ideas and comments at least once: cases for test_replay."""

from db.operations import comments, follows
from tests import factories as make
from tests.replay_stage import Input, Stage, case, idea_id, tested, theme_id, unit_id

# Ideas -------------------------------------------------------------------------------------------------------------


@case("submitIdea", "nurse", "IDEA_SUBMITTED")
async def the_least(stage: Stage) -> Input:
    return {"problem": "Nobody knows where the bladder scanner is."}


@case("submitIdea", "nurse", "IDEA_SUBMITTED")
async def in_a_theme(stage: Stage) -> Input:
    return {"problem": "Wet floors.", "solution": "Signs.", "values": ["PATIENT_SAFETY"], **theme_id(stage.at.theme)}


@case("submitIdea", "nurse", "IDEA_SUBMITTED")
async def anonymously(stage: Stage) -> Input:
    return {"problem": "Handover is rushed.", "anonymous": True, "unitId": unit_id(stage.at.ward_b)}


@case("editIdea", "nurse", "IDEA_EDITED")
async def its_text(stage: Stage) -> Input:
    idea = await make.submit(stage.at)
    return {**idea_id(idea), "title": "Stands", "problem": "They walk.", "solution": "Chains.", "values": ["MONEY"]}


@case("editIdea", "admin", "IDEA_EDITED")
async def by_another_person(stage: Stage) -> Input:
    idea = await make.submit(stage.at, anonymous=True)
    return {**idea_id(idea), "title": "Said more kindly", "unitId": unit_id(stage.at.ward_b)}


@case("editIdea", "nurse", "IDEA_EDITED")
async def the_name_given_later(stage: Stage) -> Input:
    return {**idea_id(await make.submit(stage.at, anonymous=True)), "anonymous": False}


@case("editIdea", "nurse", "IDEA_EDITED", "WIN_EDITED")
async def the_name_given_later_to_its_win_too(stage: Stage) -> Input:
    idea = await make.submit(stage.at, anonymous=True)
    await make.move(stage.at, idea, "TESTING")
    await make.win(stage.at, stage.at.nurse, of=[idea])
    await make.move(stage.at, idea, "TESTING", "DEFERRED")
    return {**idea_id(idea), "anonymous": False}


@case("withdrawIdea", "nurse", "CONTENT_RETRACTED")
async def with_comments_and_in_a_theme(stage: Stage) -> Input:
    idea = await make.submit(stage.at, theme=stage.at.theme)
    await make.comment(stage.at, idea)
    await make.comment(stage.at, idea, stage.at.nurse, anonymous=True)
    return idea_id(idea)


@case("withdrawIdea", "nurse", "CONTENT_RETRACTED")
async def that_a_win_was_shared_of(stage: Stage) -> Input:
    idea = await make.submit(stage.at)
    await make.move(stage.at, idea, "TESTING")
    await make.win(stage.at, of=[idea, await tested(stage.at)])
    await make.move(stage.at, idea, "TESTING", "DEFERRED")
    return idea_id(idea)


@case("changeIdeaStatus", "lead", "IDEA_STATUS_CHANGED")
async def without_a_word(stage: Stage) -> Input:
    return {**idea_id(await make.submit(stage.at)), "to": "PLANNED"}


@case("changeIdeaStatus", "coach", "IDEA_STATUS_CHANGED", "COMMENT_ADDED")
async def declined_with_a_reason(stage: Stage) -> Input:
    idea = await make.submit(stage.at, theme=stage.at.theme)
    return {**idea_id(idea), "to": "DECLINED", "reason": "We tried it in March."}


@case("assignIdeaToTheme", "lead", "IDEA_EDITED")
async def to_a_first_theme(stage: Stage) -> Input:
    return {**idea_id(await make.submit(stage.at)), **theme_id(stage.at.theme)}


@case("assignIdeaToTheme", "admin", "IDEA_EDITED")
async def to_another_theme(stage: Stage) -> Input:
    idea = await make.submit(stage.at, theme=stage.at.theme)
    return {**idea_id(idea), **theme_id(await make.theme(stage.at, title="Sleep"))}


@case("assignIdeaToTheme", "lead", "IDEA_EDITED")
async def out_of_its_theme(stage: Stage) -> Input:
    return {**idea_id(await make.submit(stage.at, theme=stage.at.theme)), "themeId": None}


@case("supportIdea", "colleague", "IDEA_SUPPORTED")
async def of_somebody(stage: Stage) -> Input:
    return idea_id(await make.submit(stage.at))


@case("unsupportIdea", "colleague", "IDEA_SUPPORTED")
async def taken_back(stage: Stage) -> Input:
    idea = await make.submit(stage.at)
    await stage.at.do(follows.support_idea, stage.at.colleague, idea=idea)
    return idea_id(idea)


@case("followIdea", "colleague", "SILENT")
async def followed(stage: Stage) -> Input:
    return idea_id(await make.submit(stage.at))


@case("unfollowIdea", "nurse", "SILENT")
async def not_any_more(stage: Stage) -> Input:
    return idea_id(await make.submit(stage.at))


# Comments ----------------------------------------------------------------------------------------------------------


@case("addComment", "colleague", "COMMENT_ADDED")
async def by_a_colleague(stage: Stage) -> Input:
    return {**idea_id(await make.submit(stage.at)), "body": "With us too."}


@case("addComment", "lead", "COMMENT_ADDED")
async def that_is_the_response(stage: Stage) -> Input:
    return {**idea_id(await make.submit(stage.at, theme=stage.at.theme)), "body": "We will look into it."}


@case("addComment", "nurse", "COMMENT_ADDED")
async def without_a_name(stage: Stage) -> Input:
    return {**idea_id(await make.submit(stage.at, anonymous=True)), "body": "I add this.", "anonymous": True}


@case("editComment", "colleague", "COMMENT_EDITED")
async def a_word(stage: Stage) -> Input:
    comment = await make.comment(stage.at, await make.submit(stage.at))
    return {"commentId": f"comment_{comment}", "body": "The same with us, at night."}


@case("removeComment", "colleague", "CONTENT_RETRACTED")
async def ones_own(stage: Stage) -> Input:
    idea = await make.submit(stage.at)
    await make.comment(stage.at, idea)
    return {"commentId": f"comment_{await make.comment(stage.at, idea)}"}


@case("removeComment", "moderator", "CONTENT_RETRACTED")
async def the_response_of_another(stage: Stage) -> Input:
    idea = await make.submit(stage.at)
    comment = (await stage.at.do(comments.add_comment, stage.at.lead, idea=idea, body="Not now.")).id
    return {"commentId": f"comment_{comment}"}
