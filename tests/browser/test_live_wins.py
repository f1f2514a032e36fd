"""Sharing a win from the live view: whom it thanks, what it moves, and once whatever is lost."""

from playwright.async_api import Browser, Route, expect

from db.operations import follows, people
from tests.browser.desk import at_desk, open_idea
from tests.browser.ward import SOON
from tests.factories import Hospital, comment, move, submit
from tests.server import Server


async def test_a_win_is_shared_and_its_author_and_supporters_are_thanked(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    made = await submit(hospital, title="No hoist at night")
    await hospital.do(follows.support_idea, hospital.colleague, idea=made)
    await hospital.do(follows.support_idea, hospital.coach, idea=made)
    await hospital.do(follows.unsupport_idea, hospital.coach, idea=made)
    await comment(hospital, made, hospital.moderator)
    await move(hospital, made, "TESTING")
    await hospital.do(people.edit_profile, hospital.colleague, shown_on_screens=True)
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, "No hoist at night")
    await idea.get_by_role("button", name="Share a win").click()
    await idea.get_by_role("button", name="Not now").click()
    await expect(idea.get_by_role("button", name="Share a win")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(idea.get_by_label("What got better")).to_be_focused()
    await expect(idea.get_by_text("Sharing it also moves the idea to “How we do it now”.")).to_be_visible()
    await expect(idea.get_by_text("Everybody in the organisation can read it")).to_be_visible()
    await page.keyboard.type("A hoist on every ward")
    await idea.get_by_label("What was changed").fill("Two more were bought.")
    for name in (
        "Nina Nurse (author, not named on screens)",
        "Bo Colleague (supporter)",
        "Mo Moderator (commented, not named on screens)",
    ):
        await idea.get_by_label(name).check(timeout=SOON)
    await expect(idea.get_by_label("Cora Coach")).to_have_count(0)
    await idea.get_by_label("Find others by name").fill("eve")
    await idea.get_by_role("button", name="Thank Eve Executive").click(timeout=SOON)
    await expect(idea.get_by_label("Eve Executive (found by name")).to_be_checked()
    await expect(idea.get_by_label("Eve Executive (found by name")).to_be_focused()
    await idea.get_by_role("button", name="Share the win").click()
    wins = idea.get_by_role("region", name="Wins that came of it")
    await expect(wins).to_contain_text("A hoist on every ward", timeout=SOON)
    await expect(wins).to_contain_text("Bo Colleague")
    for name in ("Nina Nurse", "Mo Moderator", "Eve Executive"):
        await expect(wins).to_contain_text(name)
    await expect(idea.get_by_text("How we do it now", exact=True)).to_be_visible(timeout=SOON)
    said = "Shared: A hoist on every ward. IDEA-1 is now “How we do it now”."
    await expect(page.get_by_text(said)).to_be_visible()


async def test_a_reason_of_a_decision_that_a_win_has_overtaken_is_kept_as_a_comment_that_nobody_sent(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await move(hospital, await submit(hospital, title="No hoist at night"), "TESTING")
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, "No hoist at night")
    await idea.get_by_label("Move it to").select_option("Not to be done")
    await idea.get_by_label("Why").fill("Estates say no.")
    await idea.get_by_role("button", name="Share a win").click()
    await idea.get_by_label("What got better").fill("A hoist on every ward")
    await idea.get_by_label("What was changed").fill("Two more were bought.")
    await idea.get_by_role("button", name="Share the win").click()
    await expect(idea.get_by_label("Your comment")).to_have_value("Estates say no.", timeout=SOON)
    await expect(idea.get_by_text("It was not sent.")).to_be_visible()
    await expect(idea.get_by_label("Why")).to_have_value("")
    await expect(idea.get_by_label("Move it to")).to_have_value("")


async def test_a_win_whose_answer_was_lost_can_be_shared_in_other_words(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await move(hospital, await submit(hospital, title="No hoist at night"), "TESTING")
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, "No hoist at night")
    await idea.get_by_role("button", name="Share a win").click()
    await idea.get_by_label("What got better").fill("A hoist")
    await idea.get_by_label("What was changed").fill("Two more were bought.")

    async def lost(route: Route) -> None:
        if "mutation ShareWin" in (route.request.post_data or ""):
            await route.fetch()
            await route.abort()
        else:
            await route.fallback()

    await page.route("**/graphql", lost)
    await idea.get_by_role("button", name="Share the win").click()
    await expect(idea.get_by_role("alert")).to_contain_text("cannot be reached just now", timeout=SOON)
    await page.unroute("**/graphql")
    await idea.get_by_label("What got better").fill("A hoist on every ward")
    await idea.get_by_role("button", name="Share the win").click()
    await expect(page.get_by_text("Shared: A hoist on every ward")).to_be_visible(timeout=SOON)
