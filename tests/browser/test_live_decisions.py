"""Deciding in the live view: with five seconds to undo (clocks are moved), and beside others who decide as well."""

import json

import pytest_asyncio
from playwright.async_api import Browser, Locator, Route, WebSocketRoute, expect

from db.operations import follows, ideas
from tests.browser.desk import at_desk, newest, open_idea
from tests.browser.ward import COACH, SOON
from tests.factories import Hospital, comment, move, submit, theme
from tests.server import Server

TITLE = "No hoist at night"


@pytest_asyncio.fixture
async def groundswell(groundswell: Server, hospital: Hospital) -> Server:
    await submit(hospital, title=TITLE)
    return groundswell


async def decide(idea: Locator, to: str, why: str = "") -> None:
    await idea.get_by_label("Move it to").select_option(to)
    await idea.get_by_label("Why").fill(why)
    await idea.get_by_role("button", name="Move it", exact=True).click()


async def status(hospital: Hospital) -> str:
    found: str = await hospital.database.value("select status from idea where title = $1", [TITLE])
    return found


def decides(route: Route) -> bool:
    return "mutation Decide" in (route.request.post_data or "")


async def test_a_decision_can_be_undone_for_five_seconds_and_is_sent_then(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, TITLE)
    await decide(idea, "Being tested", "On ward A first.")
    undo = page.get_by_role("button", name="Undo")
    await expect(undo).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("IDEA-1 stays where it was.")).to_be_visible()
    await expect(idea.get_by_label("Why")).to_have_value("On ward A first.")
    await page.clock.fast_forward(6_000)
    await idea.get_by_label("Your answer").fill("An answer goes out after what was undone would have.")
    await idea.get_by_role("button", name="Send").click()
    await expect(idea.get_by_role("listitem").filter(has_text="Lena Lead")).to_be_visible(timeout=SOON)
    assert await status(hospital) == "OPEN"
    await idea.get_by_role("button", name="Move it", exact=True).click()
    await expect(page.get_by_text("IDEA-1 moves to “Being tested” in five seconds.")).to_be_visible()
    assert await status(hospital) == "OPEN"
    await page.clock.fast_forward(5_000)
    await expect(page.get_by_text("IDEA-1 is now “Being tested”.")).to_be_visible(timeout=SOON)
    await expect(undo).to_have_count(0)
    await expect(idea.get_by_role("list", name="Comments")).to_contain_text("On ward A first.", timeout=SOON)
    await expect(page.get_by_role("heading", name=TITLE)).to_be_focused()
    assert await status(hospital) == "TESTING"


async def test_who_leaves_within_the_five_seconds_has_decided(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    page, other = await at_desk(browser, groundswell), await at_desk(browser, groundswell, COACH)
    await decide(await open_idea(page, TITLE), "Planned")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.goto("about:blank")
    await expect(newest(other)).to_contain_text(["Planned"], timeout=SOON)


async def test_no_without_a_reason_is_not_sent(groundswell: Server, hospital: Hospital, browser: Browser) -> None:
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, TITLE)
    for to in ("Not now", "Not to be done"):
        await decide(idea, to)
        await expect(idea.get_by_label("Why")).to_be_focused()  # the browser asks for it
        await expect(idea.get_by_text("Please say why")).to_be_visible()
        await expect(page.get_by_role("button", name="Undo")).to_have_count(0)


async def test_of_two_leaders_at_the_same_time_the_second_is_told_and_nothing_is_overwritten(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    lead, coach = await at_desk(browser, groundswell), await at_desk(browser, groundswell, COACH)
    one, other = await open_idea(lead, TITLE), await open_idea(coach, TITLE)
    for idea, text in ((one, "It is ordered."), (other, "Ward B has two.")):
        await idea.get_by_label("Your answer").fill(text)
    for idea in (one, other):
        await idea.get_by_role("button", name="Send").click()
    await decide(one, "Being tested", "On ward A first.")
    await decide(other, "Not to be done", "Too dear.")
    await lead.clock.fast_forward(5_000)
    await expect(other.get_by_role("alert")).to_contain_text("Your decision was not sent", timeout=SOON)
    await expect(other.get_by_text("Lena Lead moved it from “Open” to “Being tested”")).to_be_visible()
    await coach.clock.fast_forward(6_000)
    for idea in (one, other):
        said = idea.get_by_role("list", name="Comments")
        for text in ("It is ordered.", "Ward B has two.", "On ward A first."):
            await expect(said).to_contain_text(text, timeout=SOON)
        await expect(idea.get_by_text("Being tested", exact=True).first).to_be_visible()
    await expect(other.get_by_label("Why")).to_have_value("Too dear.")
    assert await status(hospital) == "TESTING"
    # Decided again, knowing of it.
    await other.get_by_role("button", name="Move it", exact=True).click()
    await coach.clock.fast_forward(5_000)
    await expect(one.get_by_text("Cora Coach moved it from “Being tested” to “Not to be done”")).to_be_visible(
        timeout=SOON
    )


async def test_who_has_not_heard_of_a_change_is_told_by_the_server_and_decides_again(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    """The feed of this leader brings nothing for a while, so that the decision goes out."""
    page = await at_desk(browser, groundswell)
    deaf = False

    async def feed(page_side: WebSocketRoute) -> None:
        server_side = page_side.connect_to_server()

        def passed_on(message: str | bytes) -> None:
            if not (deaf and json.loads(message)["type"] == "next"):
                page_side.send(message)

        server_side.on_message(passed_on)

    await page.route_web_socket("**/graphql", feed)
    await page.reload()
    idea = await open_idea(page, TITLE)
    await expect(idea.get_by_text("Nobody has said anything yet.")).to_be_visible(timeout=SOON)  # all of it is here
    deaf = True
    made = await hospital.database.value("select id from idea")
    await move(hospital, made, "PLANNED", actor=hospital.coach)
    await decide(idea, "Not to be done", "Too dear.")
    await page.clock.fast_forward(5_000)
    await expect(idea.get_by_role("alert")).to_contain_text("Your decision was not sent", timeout=SOON)
    await expect(idea.get_by_text("Cora Coach moved it from “Open” to “Planned”")).to_be_visible()
    await expect(idea.get_by_label("Why")).to_have_value("Too dear.")
    await expect(idea.get_by_label("Move it to")).to_have_value("DECLINED")
    assert await status(hospital) == "PLANNED"
    await idea.get_by_role("button", name="Move it", exact=True).click()
    await page.clock.fast_forward(5_000)
    await expect(page.get_by_text("IDEA-1 is now “Not to be done”.")).to_be_visible(timeout=SOON)
    await expect(idea.get_by_role("alert")).to_have_count(0)
    assert await status(hospital) == "DECLINED"


async def test_a_decision_that_does_not_get_through_is_still_there(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await submit(hospital, title="Letters wait")
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, TITLE)
    await page.route("**/graphql", lambda route: route.abort() if decides(route) else route.fallback())
    await decide(idea, "Not to be done", "Too dear.")
    await open_idea(page, "Letters wait")
    await page.clock.fast_forward(5_000)
    look = page.get_by_role("alert").filter(has_text="Your decision on IDEA-1 was not sent.").get_by_role("button")
    await look.click(timeout=SOON)
    await expect(idea.get_by_role("alert")).to_contain_text("Nothing is lost")
    await page.unroute("**/graphql")
    await idea.get_by_role("button", name="Move it", exact=True).click()
    await page.clock.fast_forward(5_000)
    await expect(page.get_by_text("IDEA-1 is now “Not to be done”.")).to_be_visible(timeout=SOON)
    assert await status(hospital) == "DECLINED"


async def test_what_others_say_and_support_meanwhile_hands_no_decision_back(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    made = await hospital.database.value("select id from idea")
    page = await at_desk(browser, groundswell)
    idea = await open_idea(page, TITLE)
    await decide(idea, "Planned")
    await hospital.do(follows.support_idea, hospital.colleague, idea=made)
    await comment(hospital, made)
    await expect(idea).to_contain_text("1 supports it", timeout=SOON)
    await expect(idea).to_contain_text("The same with us.", timeout=SOON)
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.clock.fast_forward(5_000)
    await expect(page.get_by_text("IDEA-1 is now “Planned”.")).to_be_visible(timeout=SOON)
    assert await status(hospital) == "PLANNED"


async def test_a_decision_stays_to_be_undone_and_is_sent_though_another_theme_and_idea_are_looked_at(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    nights = await theme(hospital, title="Quiet nights")
    await submit(hospital, title="Letters wait", theme=nights)
    page = await at_desk(browser, groundswell)
    await decide(await open_idea(page, TITLE), "Planned")
    await open_idea(page, "Letters wait")
    await page.get_by_role("combobox", name="Theme").select_option("Quiet nights")
    await expect(newest(page)).to_have_count(1, timeout=SOON)
    await expect(page.get_by_role("button", name="Undo (IDEA-1)")).to_be_visible()
    await page.clock.fast_forward(5_000)
    await expect(page.get_by_text("IDEA-1 is now “Planned”.")).to_be_visible(timeout=SOON)
    assert await status(hospital) == "PLANNED"


async def test_who_types_is_left_where_they_are_when_the_later_of_two_decisions_comes_back(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    other = await submit(hospital, title="Letters wait")
    page = await at_desk(browser, groundswell)
    await decide(await open_idea(page, TITLE), "Planned")
    idea = await open_idea(page, "Letters wait")
    await decide(idea, "Planned")
    await idea.get_by_label("Your answer").fill("Half typed")
    await move(hospital, other, "UNDER_REVIEW", actor=hospital.coach)
    await expect(idea.get_by_role("alert")).to_contain_text("Your decision was not sent", timeout=SOON)
    await expect(page.get_by_role("button", name="Undo")).to_have_count(1)
    await expect(idea.get_by_label("Your comment")).to_be_focused()  # it was answered by that


async def test_a_decision_on_what_is_taken_back_meanwhile_is_said_not_to_be_sent(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await submit(hospital, title="Letters wait")
    page = await at_desk(browser, groundswell)
    await decide(await open_idea(page, TITLE), "Planned")
    await open_idea(page, "Letters wait")
    made = await hospital.database.value("select id from idea where title = $1", [TITLE])
    await hospital.do(ideas.withdraw_idea, hospital.nurse, idea=made)
    alert = page.get_by_role("alert").filter(has_text="IDEA-1 is no longer there, so your decision on it was not sent.")
    await expect(alert).to_be_visible(timeout=SOON)
    await expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    await alert.get_by_role("button", name="All right").click()
    await expect(alert).to_have_count(0)


async def test_who_leaves_though_their_token_is_about_to_end_has_decided(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    """It was good for more than a minute when they decided, and is not when they leave."""
    page, other = await at_desk(browser, groundswell), await at_desk(browser, groundswell, COACH)
    await decide(await open_idea(page, TITLE), "Planned")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.evaluate(ENDS_SOON)
    await page.goto("about:blank")
    await expect(newest(other)).to_contain_text(["Planned"], timeout=SOON)


# The session as it is kept, whichever way it says when its token ends.
ENDS_SOON = """() => {
  const session = JSON.parse(localStorage.getItem("groundswell.session"));
  if ("until" in session) session.until = Date.now() + 30_000;
  else session.expiresAt = new Date(Date.now() + 30_000).toISOString();
  localStorage.setItem("groundswell.session", JSON.stringify(session));
}"""


async def test_who_comes_back_is_told_that_a_decision_was_not_sent_when_they_left(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    page = await at_desk(browser, groundswell)
    await decide(await open_idea(page, TITLE), "Not to be done", "Too dear.")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.evaluate(
        "() => { window.fetch = () => new Promise(() => {}); }"
    )  # nothing goes out until the page is left
    await page.reload()
    idea = page.get_by_role("article", name=TITLE)
    await expect(idea.get_by_role("alert")).to_contain_text("You left the page before", timeout=SOON)
    await expect(idea.get_by_label("Why")).to_have_value("Too dear.")
    await expect(idea.get_by_label("Move it to")).to_have_value("DECLINED")
    assert await status(hospital) == "OPEN"


async def test_who_comes_back_is_told_that_what_they_decided_is_done(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    page, other = await at_desk(browser, groundswell), await at_desk(browser, groundswell, COACH)
    await decide(await open_idea(page, TITLE), "Planned", "As soon as it is there.")
    await expect(page.get_by_role("button", name="Undo")).to_be_visible()
    await page.goto("about:blank")
    await expect(newest(other)).to_contain_text(["Planned"], timeout=SOON)
    await page.go_back()
    await expect(page.get_by_text("IDEA-1 is now “Planned”.")).to_be_visible(timeout=SOON)
    idea = page.get_by_role("article", name=TITLE)
    await expect(idea.get_by_label("Why")).to_have_value("")
    await expect(idea.get_by_label("Your comment")).to_have_value("")
