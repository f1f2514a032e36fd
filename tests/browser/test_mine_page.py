"""My ideas: what became of each appears by itself, thanks come first, and what I may do I can do."""

import re
from uuid import UUID

from playwright.async_api import BrowserContext, Locator, Page, Route, expect

from db.operations import comments, follows
from tests.browser.ward import LEAD, SOON, signed_in
from tests.factories import Hospital, comment, move, submit, win
from tests.server import Server


async def mine(phone: BrowserContext, groundswell: Server) -> Page:
    page = await signed_in(phone, groundswell, "/mine")
    await expect(page.get_by_role("heading", name="My ideas")).to_be_visible(timeout=SOON)
    return page


async def card(page: Page, title: str) -> Locator:
    here = page.get_by_role("article", name=title)
    await expect(here).to_be_visible(timeout=SOON)
    return here


async def opened(page: Page, title: str) -> Locator:
    here = await card(page, title)
    await here.get_by_role("button", name="Its story").click()
    await expect(here.get_by_text("You shared it.")).to_be_visible(timeout=SOON)
    return here


def announced(page: Page, text: str) -> Locator:
    return page.get_by_role("status").filter(has_text=text)


async def test_what_a_leader_answers_and_decides_appears_by_itself(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    idea = await submit(hospital, title="No hoist at night")
    page = await mine(phone, groundswell)
    here = await card(page, "No hoist at night")
    await expect(here).to_contain_text("Waiting for an answer")
    await expect(here).to_contain_text(re.compile(r"Somebody answers by \d+ \w+"))
    await comment(hospital, idea, hospital.lead, body="I have asked the stores for a second one.")
    answer = here.get_by_role("figure")
    await expect(answer).to_contain_text("I have asked the stores for a second one.", timeout=SOON)
    await expect(answer).to_contain_text("Lena Lead")
    await expect(here).not_to_contain_text("Somebody answers by")
    await expect(announced(page, "No hoist at night: there is something new to read.")).to_be_attached()
    await move(hospital, idea, "TESTING")
    await expect(here).to_contain_text("It is being tried", timeout=SOON)
    await expect(here).to_contain_text(re.compile(r"since \d+ \w+"))
    await expect(answer).to_contain_text("As agreed.")
    await expect(announced(page, "No hoist at night: It is being tried.")).to_be_attached()
    await expect(here).to_contain_text("New")
    await hospital.do(follows.support_idea, hospital.colleague, idea=idea)
    await expect(here).to_contain_text("1 person supports it.", timeout=SOON)


async def test_what_is_told_of_an_idea_is_its_story_in_sentences(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    idea = await submit(hospital, title="No hoist at night", solution="A second one.")
    await comment(hospital, idea, body="The same with us.")
    await move(hospital, idea, "PLANNED", "TESTING")
    await win(hospital, of=[idea], headline="A hoist on each ward")
    page = await mine(phone, groundswell)
    here = await opened(page, "No hoist at night")
    await expect(here.get_by_text("A second one.")).to_be_visible()
    story = here.get_by_role("list")
    told = (
        "You shared it.",
        "Bo Colleague wrote:",
        "Lena Lead planned to try it.",
        "Lena Lead began to try it.",
        "Lena Lead made it how we do it now.",
        "Lena Lead shared a win that came of it:",
    )
    lines = await story.get_by_role("listitem").all_inner_texts()
    found = [next((n for n, line in enumerate(lines) if text in line), -1) for text in told]
    assert -1 not in found, lines
    assert found[:4] == sorted(found[:4])
    await comment(hospital, idea, hospital.coach, body="Well done.")
    await expect(story.get_by_role("listitem").filter(has_text="Cora Coach wrote:")).to_contain_text(
        "Well done.", timeout=SOON
    )


async def test_a_comment_that_is_removed_leaves_the_page(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    idea = await submit(hospital, title="No hoist at night")
    said = await comment(hospital, idea, body="Bo says too much")
    page = await mine(phone, groundswell)
    here = await opened(page, "No hoist at night")
    await expect(here.get_by_text("Bo says too much")).to_be_visible()
    await hospital.do(comments.remove_comment, hospital.moderator, comment=said)
    await expect(here.get_by_text("Bo says too much")).not_to_be_attached(timeout=SOON)


async def test_a_win_that_thanks_me_is_the_first_thing_i_see(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    idea = await submit(hospital, title="No hoist at night")
    await move(hospital, idea, "TESTING")
    await win(hospital, headline="Nobody’s of these", thanks=[hospital.colleague])
    page = await mine(phone, groundswell)
    await card(page, "No hoist at night")
    thanks = page.get_by_role("region", name="Thank you")
    await expect(thanks).not_to_be_attached()
    await win(hospital, headline="Stands in their place", thanks=[hospital.nurse])
    await expect(thanks.get_by_role("heading", name="Stands in their place")).to_be_visible(timeout=SOON)
    await expect(thanks).to_contain_text("Lena Lead thanks you.")
    await expect(announced(page, "Thank you: Stands in their place")).to_be_attached()
    above, below = await thanks.bounding_box(), await page.get_by_role("article").first.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] < below["y"]
    await win(hospital, of=[idea], headline="A hoist on each ward")
    await expect(thanks.get_by_role("heading", name="A hoist on each ward")).to_be_visible(timeout=SOON)
    await expect(thanks).to_contain_text("It came of your idea: No hoist at night")
    await expect(await card(page, "No hoist at night")).to_contain_text("It is how we do it now", timeout=SOON)
    await page.reload()
    await expect(thanks.get_by_role("heading", name="A hoist on each ward")).to_be_visible(timeout=SOON)
    await thanks.get_by_text("More thanks (1)").click()
    await expect(thanks.get_by_role("heading", name="Stands in their place")).to_be_visible()
    await expect(page.get_by_text("Nobody’s of these")).not_to_be_attached()


async def test_taking_back_asks_first_and_then_nobody_else_sees_it(
    groundswell: Server, hospital: Hospital, phone: BrowserContext, television: BrowserContext
) -> None:
    await submit(hospital, title="No hoist at night")
    await submit(hospital, title="The tap drips")
    board = await signed_in(television, groundswell, "/board", email=LEAD)
    elsewhere = board.get_by_text("No hoist at night")
    await expect(elsewhere.first).to_be_visible(timeout=SOON)
    page = await mine(phone, groundswell)
    here = await opened(page, "No hoist at night")
    await here.get_by_role("button", name="Take it back").click()
    question = here.get_by_role("group", name="Take this idea back?")
    await expect(question.get_by_role("button", name="No, leave it")).to_be_focused()
    await question.get_by_role("button", name="No, leave it").click()
    await expect(question).not_to_be_attached()
    await expect(here.get_by_role("button", name="Take it back")).to_be_focused()
    await expect(here).to_contain_text("Waiting for an answer")
    assert await hospital.database.value("select count(*) from idea where withdrawn_at is not null") == 0
    await here.get_by_role("button", name="Take it back").click()
    await here.get_by_role("button", name="Yes, take it back").click()
    await expect(here).to_contain_text("You took it back", timeout=SOON)
    await expect(announced(page, "Only you still see it.")).to_be_attached()
    await expect(here.get_by_role("button", name="Its story")).to_be_focused()
    for gone in ("Take it back", "Change it", "Send"):
        await expect(here.get_by_role("button", name=gone)).not_to_be_attached()
    await expect(elsewhere).to_have_count(0, timeout=SOON)
    await expect(board.get_by_text("The tap drips").first).to_be_visible()
    await page.reload()
    await expect(await card(page, "No hoist at night")).to_contain_text("You took it back")
    theirs = await television.new_page()
    await theirs.goto(f"{groundswell.url}/mine")
    await expect(theirs.get_by_text("You have not shared an idea yet.")).to_be_visible(timeout=SOON)


async def test_an_idea_without_my_name_is_mine_and_says_so_and_i_answer_without_it(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    idea = await submit(hospital, title="The rota changes overnight", anonymous=True)
    await comment(hospital, idea, hospital.lead, body="Since when?")
    page = await mine(phone, groundswell)
    here = await opened(page, "The rota changes overnight")
    await expect(here).to_contain_text("Your name is not shown.")
    await expect(here.get_by_label("Without my name")).to_be_checked()
    await here.get_by_label("Say something about it").fill("Since May.")
    await here.get_by_role("button", name="Send").click()
    said = here.get_by_role("listitem").filter(has_text="Since May.")
    await expect(said).to_contain_text("You, without your name wrote:", timeout=SOON)
    await expect(here.get_by_label("Say something about it")).to_have_value("")
    row = await hospital.database.value(
        "select array_agg(anonymous order by created_at) from comment where idea_id = $1", [idea]
    )
    assert row == [False, True]


async def test_an_idea_that_i_share_elsewhere_comes_to_the_top(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    await submit(hospital, title="No hoist at night")
    page = await mine(phone, groundswell)
    await card(page, "No hoist at night")
    for title, anonymous in (("The tap drips", False), ("The rota changes overnight", True)):
        await submit(hospital, title=title, anonymous=anonymous)
        await expect(page.get_by_role("article").first).to_contain_text(title, timeout=SOON)
    await submit(hospital, hospital.colleague, title="Somebody else’s", anonymous=True)
    await submit(hospital, title="The last")
    await expect(page.get_by_role("article").first).to_contain_text("The last", timeout=SOON)
    await expect(page.get_by_text("Somebody else’s")).not_to_be_attached()


async def test_changed_words_are_kept_and_the_title_follows_them(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    idea = await submit(hospital, problem="The drip stands are mising")
    page = await mine(phone, groundswell)
    here = await opened(page, "The drip stands are mising")
    await here.get_by_role("button", name="Change it").click()
    problem = here.get_by_label("What gets in the way")
    await expect(problem).to_be_focused()
    await problem.fill("The drip stands are missing")
    await here.get_by_label("What might be better").fill("A line on the floor.")
    await move(hospital, idea, "UNDER_REVIEW")  # while somebody types
    await expect(page.get_by_text("Somebody is looking into it").first).to_be_visible(timeout=SOON)
    await here.get_by_role("button", name="Keep the changes").click()
    await expect(page.get_by_role("alert")).to_be_visible(timeout=SOON)  # somebody changed it since
    await expect(problem).to_have_value("The drip stands are missing")
    await here.get_by_role("button", name="Keep the changes").click()
    changed = await card(page, "The drip stands are missing")
    await expect(changed.get_by_role("definition").filter(has_text="A line on the floor.")).to_be_visible()
    await expect(changed.get_by_role("button", name="Change it")).to_be_focused()
    assert await words_of(hospital, idea) == ["The drip stands are missing", "The drip stands are missing"]


async def words_of(hospital: Hospital, idea: UUID) -> list[str]:
    words: list[str] = await hospital.database.value("select array[title, problem] from idea where id = $1", [idea])
    return words


async def test_what_cannot_be_sent_stays_written_and_is_said_once(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    idea = await submit(hospital, title="No hoist at night")
    page = await mine(phone, groundswell)
    here = await opened(page, "No hoist at night")
    await here.get_by_label("Say something about it").fill("On nights above all.")
    groundswell.kill()
    await here.get_by_role("button", name="Send").click()
    await expect(here.get_by_role("alert")).to_contain_text("What you wrote is still here.", timeout=SOON)
    await expect(here.get_by_label("Say something about it")).to_have_value("On nights above all.")
    await expect(page.get_by_text("Connection lost. This is as of")).to_be_visible(timeout=SOON)
    await groundswell.start()
    await expect(page.get_by_text("Connection lost. This is as of")).not_to_be_attached(timeout=40_000)
    await lose_one_answer(phone)
    await here.get_by_role("button", name="Send").click()
    await expect(here.get_by_role("alert")).to_contain_text("What you wrote is still here.", timeout=SOON)
    await here.get_by_role("button", name="Send").click()
    await expect(here.get_by_label("Say something about it")).to_have_value("", timeout=SOON)
    count = await hospital.database.value("select count(*) from comment where idea_id = $1", [idea])
    assert count == 1


async def lose_one_answer(phone: BrowserContext) -> None:
    """The server does what it is asked, and nobody hears of it; once."""

    async def lost(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await phone.route("**/graphql", lost, times=1)


async def test_older_ideas_are_shown_when_asked_for(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    for n in range(12):
        await submit(hospital, title=f"Idea number {n}")
    page = await mine(phone, groundswell)
    await expect(page.get_by_role("article")).to_have_count(10, timeout=SOON)
    await page.get_by_role("button", name="Show more").click()
    await expect(page.get_by_role("article")).to_have_count(12, timeout=SOON)
    await expect(page.get_by_role("article").nth(10).get_by_role("button", name="Its story")).to_be_focused()
    await expect(page.get_by_role("button", name="Show more")).not_to_be_attached()


async def test_from_sharing_it_is_a_step_to_my_ideas_and_back(groundswell: Server, phone: BrowserContext) -> None:
    page = await signed_in(phone, groundswell, "/share")
    await page.get_by_role("link", name="My ideas").click()
    await expect(page.get_by_text("You have not shared an idea yet.")).to_be_visible(timeout=SOON)
    await page.get_by_role("link", name="Share an idea").click()
    await expect(page.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
