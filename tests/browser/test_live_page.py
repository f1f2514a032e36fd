"""The live view as leaders meet it: ideas come in, are read, answered and thanked for, while others do the same."""

import asyncio
import re

from playwright.async_api import Browser, Locator, Page, Route, WebSocketRoute, expect

from db.operations import follows, ideas, people, themes, units
from db.terms import Role
from tests.browser.desk import at_desk, newest, open_idea
from tests.browser.ward import COACH, NURSE, SOON
from tests.factories import Hospital, comment, move, submit, theme
from tests.server import Server


async def test_what_others_share_appears_by_itself_is_marked_and_said_once(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await submit(hospital, title="Was there before")
    page = await at_desk(browser, groundswell)
    await expect(newest(page)).to_have_text([re.compile("Was there before")])
    for title in ("No hoist at night", "Letters wait"):
        await submit(hospital, title=title)
    titles = newest(page).locator(".title")
    await expect(titles).to_have_text(["New Letters wait", "New No hoist at night", "Was there before"], timeout=SOON)
    await expect(page.get_by_role("status", name="Ideas")).to_have_text("2 new ideas", timeout=SOON)
    waiting = page.get_by_role("region", name="Waiting longest").get_by_role("listitem")
    await expect(waiting).to_have_count(3)
    await expect(waiting.first).to_contain_text("Was there before")
    await expect(waiting.first).to_contain_text("answer by")


async def test_what_comes_between_the_list_and_its_feed_is_there_once(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await submit(hospital, title="Was there before")
    page, other = await at_desk(browser, groundswell), await at_desk(browser, groundswell, COACH)
    await expect(newest(page)).to_have_count(1, timeout=SOON)
    go_on = asyncio.Event()

    async def late(page_side: WebSocketRoute) -> None:
        await go_on.wait()
        page_side.connect_to_server()

    await page.route_web_socket("**/graphql", late)
    await page.reload()
    await expect(newest(page)).to_have_count(1, timeout=SOON)
    await submit(hospital, title="Between the two")
    await expect(newest(other)).to_have_count(2, timeout=SOON)  # so the server has sent it to whoever listened
    go_on.set()
    await expect(newest(page)).to_contain_text(["Between the two", "Was there before"], timeout=SOON)
    await submit(hospital, title="After both")
    await expect(newest(page)).to_contain_text(["After both", "Between the two", "Was there before"], timeout=SOON)
    await expect(newest(page)).to_have_count(3)


async def test_who_may_more_from_now_on_sees_the_buttons_and_keeps_what_is_half_typed(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    """The feed says that continuity is lost, and everything is asked for again."""
    await submit(hospital, hospital.colleague, title="No hoist at night")
    page = await at_desk(browser, groundswell, NURSE)
    idea = await open_idea(page, "No hoist at night")
    await idea.get_by_label("Your comment").fill("Half typed")
    await expect(idea.get_by_role("button", name="Move it")).to_have_count(0)
    await hospital.do(people.edit_person, hospital.admin, person=hospital.nurse, roles=[Role.COACH])
    await expect(idea.get_by_role("button", name="Move it")).to_be_visible(timeout=SOON)
    await expect(idea.get_by_label("Your answer")).to_have_value("Half typed")
    await submit(hospital, title="Letters wait")
    await expect(newest(page)).to_contain_text(["Letters wait", "No hoist at night"], timeout=SOON)


async def test_a_theme_and_a_unit_narrow_what_is_shown_and_stay_in_the_address(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    nights = await theme(hospital, title="Quiet nights")
    await submit(hospital, title="Of falls", theme=hospital.theme)
    await submit(hospital, title="Of nights", theme=nights)
    page = await at_desk(browser, groundswell, COACH)
    await expect(newest(page)).to_have_count(2)
    await page.get_by_label("Theme").select_option("Quiet nights")
    await expect(newest(page)).to_have_text([re.compile("Of nights")])
    await submit(hospital, title="More of falls", theme=hospital.theme)
    await submit(hospital, title="More of nights", theme=nights)
    await submit(hospital, hospital.colleague, title="Nights of ward B", theme=nights)
    await expect(newest(page)).to_have_count(3, timeout=SOON)
    await page.get_by_label("Unit").select_option("Ward A")
    mine = [re.compile("More of nights"), re.compile("Of nights")]
    await expect(newest(page)).to_have_text(mine)
    assert "theme=" in page.url
    assert "unit=" in page.url
    await page.reload()
    await expect(newest(page)).to_have_text(mine, timeout=SOON)
    await page.get_by_label("Unit").select_option("Medicine")  # the wards are below it
    await expect(newest(page)).to_have_count(3, timeout=SOON)


async def test_a_list_stays_as_it_is_under_whoever_reads_it(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    before = await submit(hospital, title="Was there before")
    page = await at_desk(browser, groundswell)
    card = newest(page).get_by_role("button", name="Was there before")
    await card.focus()
    for title in ("No hoist at night", "Letters wait"):
        await submit(hospital, title=title)
    show = page.get_by_role("button", name="Show 2 new")
    await expect(show).to_be_visible(timeout=SOON)
    await expect(newest(page)).to_have_count(1)
    await hospital.do(follows.support_idea, hospital.colleague, idea=before)
    await expect(card).to_contain_text("1 supports it", timeout=SOON)  # what it says is as it is now
    await show.click()
    await expect(newest(page)).to_have_count(3)
    await expect(page.get_by_role("heading", name="Newest")).to_be_focused()
    for n in range(20):
        await submit(hospital, title=f"One of many, {n}")
    await expect(newest(page)).to_have_count(23, timeout=SOON)  # nobody reads just now
    await page.locator(".lists").evaluate("(list) => list.scrollTo(0, 300)")
    await submit(hospital, title="The last")
    await expect(page.get_by_role("button", name="Show 1 new")).to_be_visible(timeout=SOON)
    await expect(newest(page)).to_have_count(23)


async def test_what_waits_is_asked_for_as_it_is_answered_and_older_ideas_when_wanted(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    made = [await submit(hospital, title=f"Idea {n:02}") for n in range(35)]
    page = await at_desk(browser, groundswell)
    waiting = page.get_by_role("region", name="Waiting longest").get_by_role("listitem")
    await expect(waiting).to_contain_text([f"Idea {n:02}" for n in range(5)])
    await expect(newest(page)).to_have_count(30)
    await move(hospital, made[0], "TESTING")
    await expect(waiting).to_contain_text([f"Idea {n:02}" for n in range(1, 35)], timeout=SOON)
    await page.get_by_role("button", name="Older ones").click()
    await expect(newest(page)).to_have_count(35, timeout=SOON)
    await expect(page.get_by_role("heading", name="Newest")).to_be_focused()  # the button has gone
    await expect(newest(page).last).to_contain_text("Idea 00")


async def test_an_answer_shows_at_once_and_to_the_other_leader_too(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await submit(hospital, title="No hoist at night", solution="One more.", theme=hospital.theme)
    lead, coach = await at_desk(browser, groundswell), await at_desk(browser, groundswell, COACH)
    idea, other = await open_idea(lead, "No hoist at night"), await open_idea(coach, "No hoist at night")
    for text in ("Nina Nurse", "The drip stands are always missing", "One more.", "Falls"):
        await expect(idea).to_contain_text(text)
    held: list[Route] = []
    await lead.route("**/graphql", lambda route: held.append(route) if answers(route) else route.fallback())
    await other.get_by_label("Your answer").fill("Half typed")
    await idea.get_by_label("Your answer").fill("It is ordered.")
    await idea.get_by_role("button", name="Send").click()
    said = idea.get_by_role("list", name="Comments").get_by_role("listitem")
    await expect(said).to_contain_text(["It is ordered."])
    await expect(said).to_contain_text(["Being sent"])
    await expect(idea.get_by_label("Your answer")).to_have_value("")
    for route in held:
        await route.continue_()
    heard = other.get_by_role("list", name="Comments").get_by_role("listitem")
    await expect(heard).to_contain_text(["It is ordered."], timeout=SOON)
    await expect(heard).to_contain_text(["Answer"])
    await expect(said).not_to_contain_text(["Being sent"])
    await expect(said).to_have_count(1)
    await expect(other.get_by_label("Your comment")).to_have_value("Half typed")  # it is answered already
    await expect(lead.get_by_text("Nothing waits for an answer.")).to_be_visible()


def answers(route: Route) -> bool:
    return "mutation Answer" in (route.request.post_data or "")


async def test_an_answer_without_a_connection_is_kept_and_sent_once(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    """The server has it, but what it answers is lost; and the feed is away as well."""
    await submit(hospital, title="No hoist at night")
    page = await at_desk(browser, groundswell)

    async def lost_on_the_way_back(route: Route) -> None:
        if answers(route):
            await route.fetch()
            await route.abort()
        else:
            await route.fallback()

    await page.route("**/graphql", lost_on_the_way_back)
    await page.route_web_socket("**/graphql", lambda _: None)
    await page.reload()
    idea = await open_idea(page, "No hoist at night")
    await idea.get_by_label("Your answer").fill("It is ordered.")
    await idea.get_by_role("button", name="Send").click()
    await expect(idea.get_by_role("alert")).to_contain_text("Nothing is lost", timeout=SOON)
    await idea.get_by_label("Your answer").fill("Half typed")
    await page.unroute("**/graphql")
    await idea.get_by_role("button", name="Send again").click()
    await expect(idea.get_by_role("heading", name="Comments")).to_be_focused()
    said = idea.get_by_role("list", name="Comments").get_by_role("listitem")
    await expect(said).to_have_text([re.compile("Lena Lead.*It is ordered.")], timeout=SOON)
    assert await hospital.database.value("select array_agg(body) from comment") == ["It is ordered."]
    await page.reload()
    await expect(said).to_have_count(1, timeout=SOON)
    await expect(idea.get_by_label("Your comment")).to_have_value("Half typed")


async def test_what_others_do_appears_in_an_open_idea_and_what_is_withdrawn_goes(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    made = await submit(hospital, title="No hoist at night")
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, "No hoist at night")
    await idea.get_by_label("Why").fill("Half a reason")
    await comment(hospital, made, body="The same with us.")
    await hospital.do(follows.support_idea, hospital.colleague, idea=made)
    await move(hospital, made, "UNDER_REVIEW", actor=hospital.coach)
    await expect(idea).to_contain_text("The same with us.", timeout=SOON)
    await expect(idea).to_contain_text("1 supports it", timeout=SOON)
    await expect(idea.get_by_text("Cora Coach moved it from “Open” to “Being looked into”")).to_be_visible(timeout=SOON)
    await expect(idea.get_by_label("Why")).to_have_value("Half a reason")
    await hospital.do(ideas.withdraw_idea, hospital.nurse, idea=made)
    await expect(page.get_by_text("This idea is no longer there")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("No hoist at night")).to_have_count(0)


async def test_themes_are_closed_and_opened_and_an_idea_is_put_under_one(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await theme(hospital, hospital.admin, title="Quiet nights")
    await submit(hospital, title="No hoist at night")
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, "No hoist at night")
    await idea.get_by_label("Put it under").select_option("Quiet nights")
    await idea.get_by_role("button", name="Put it there").click()
    await expect(newest(page)).to_contain_text(["Quiet nights"], timeout=SOON)
    await expect(idea.get_by_role("button", name="Put it there")).to_be_focused()
    await page.get_by_text("Themes: open and close").click()
    await page.get_by_role("button", name="Close “Falls”").click()
    await expect(page.get_by_role("button", name="Leave it open")).to_be_focused()  # it asks first
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Close “Falls”")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Yes, close it").click()
    await expect(page.get_by_text("“Falls” is closed.")).to_be_visible(timeout=SOON)
    await expect(page.get_by_role("button", name="Open “Falls”")).to_be_focused(timeout=SOON)
    await expect(page.get_by_role("button", name=re.compile("Quiet nights”"))).to_have_count(0)  # another's
    await expect(idea.get_by_role("option", name="Falls")).to_have_count(0)
    await hospital.do(themes.open_theme, hospital.lead, theme=hospital.theme)
    await expect(page.get_by_role("button", name="Close “Falls”")).to_be_visible(timeout=SOON)


async def test_an_answer_is_sent_with_a_keyboard_alone(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await submit(hospital, title="No hoist at night")
    page = await at_desk(browser, groundswell)
    await reach(page, newest(page).get_by_role("button", name="No hoist at night"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="No hoist at night")).to_be_focused()
    await reach(page, page.get_by_label("Your answer"))
    await page.keyboard.type("It is ordered.")
    await reach(page, page.get_by_role("button", name="Send"))
    await page.keyboard.press("Enter")
    said = page.get_by_role("list", name="Comments").get_by_role("listitem")
    await expect(said).to_contain_text(["Lena Lead"], timeout=SOON)
    await expect(page.get_by_role("button", name="Send")).to_be_focused()


async def reach(page: Page, where: Locator) -> None:
    for _ in range(30):
        await page.keyboard.press("Tab")
        if await where.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"no Tab leads to {where}")


async def test_a_member_reads_and_comments_but_decides_nothing(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await submit(hospital, title="No hoist at night")
    page = await at_desk(browser, groundswell, NURSE)
    idea = await open_idea(page, "No hoist at night")
    await expect(idea.get_by_role("button", name="Send")).to_be_visible(timeout=SOON)
    for name in ("Move it", "Put it there", "Share a win"):
        await expect(idea.get_by_role("button", name=name)).to_have_count(0)
    await expect(page.get_by_text("Themes: open and close")).to_have_count(0)  # she may do neither
    decides = "The lead of Ward A, Lena Lead, or a coach decides where it stands."
    await expect(idea.get_by_text(decides)).to_be_visible()


async def test_a_lead_begins_with_their_unit_and_all_units_are_one_choice_away(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await submit(hospital, title="No hoist at night")
    await submit(hospital, hospital.colleague, title="Letters wait")
    page = await at_desk(browser, groundswell)
    waiting = page.get_by_role("region", name="Waiting longest").get_by_role("listitem")
    await expect(page.get_by_label("Unit")).to_have_value(re.compile(".+"))
    for cards in (waiting, newest(page)):
        await expect(cards).to_have_text([re.compile("No hoist at night.*Nina Nurse · Ward A")])
    assert "unit=" in page.url
    await page.get_by_label("Unit").select_option("All units")
    await expect(newest(page)).to_contain_text(["Bo Colleague · Ward B", "Nina Nurse · Ward A"], timeout=SOON)
    await page.reload()
    await expect(newest(page)).to_have_count(2, timeout=SOON)
    coach = await at_desk(browser, groundswell, COACH)  # who answers anywhere
    await expect(newest(coach)).to_have_count(2)
    await expect(coach.get_by_label("Unit")).to_have_value("")


async def test_on_an_idea_of_another_ward_it_says_that_a_comment_is_no_answer_and_who_gives_one(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await hospital.do(units.edit_unit, hospital.admin, unit=hospital.ward_b, leads=[hospital.moderator])
    await submit(hospital, hospital.colleague, title="Letters wait")
    page = await at_desk(browser, groundswell, path="/live?unit=all")
    idea = await open_idea(page, "Letters wait")
    await expect(idea.get_by_label("Your answer")).to_have_count(0)
    box = idea.get_by_label("Your comment")
    await expect(box).to_have_accessible_description(
        re.compile("not the answer.*that comes from the lead of Ward B, Mo Moderator, or from a coach")
    )
    await box.fill("The same with us.")
    await idea.get_by_role("button", name="Send").click()
    said = idea.get_by_role("list", name="Comments").get_by_role("listitem")
    await expect(said).to_contain_text(["The same with us."], timeout=SOON)
    await expect(newest(page)).to_contain_text(["answer by"])
    decides = "The lead of Ward B, Mo Moderator, or a coach decides where it stands."
    await expect(idea.get_by_text(decides)).to_be_visible()
