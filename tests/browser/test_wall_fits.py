"""What a wall shows to who stands three metres away: whole cards in large letters, and how much there is besides."""

import re
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, expect

from db.operations import people
from tests.browser.test_accessible import violations
from tests.browser.ward import LEAD, SOON, on_the_wall, signed_in
from tests.factories import Hospital, submit, theme, win
from tests.server import Server

SIZES = [(1920, 1080), (3840, 2160), (1080, 1920), (1366, 768)]
LONG = "Nobody can find the hoist at night when it has been lent to the ward above"
UNBROKEN = "https://intranet.example/" + "x" * 110
# Of what can be read: the smallest letters, and the smallest of titles, in pixels.
LETTERS = """() => {
  const sizes = (selector) => [...document.querySelectorAll(selector)]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.textContent.trim() !== "")
    .map((each) => parseFloat(getComputedStyle(each).fontSize));
  return [Math.min(...sizes(".wall *:not(.said)")), Math.min(...sizes("h1, h3, .card .title"))];
}"""
# How far each readable card reaches out of its list, or what is in it out of the card, at the most.
OUT = """() => Math.max(...[...document.querySelectorAll(".card")]
  .filter((card) => getComputedStyle(card).visibility === "visible")
  .flatMap((card) => {
    const here = card.getBoundingClientRect();
    const list = card.parentElement.getBoundingClientRect();
    const texts = [...card.children].map((text) => text.getBoundingClientRect());
    return [here.bottom - list.bottom, here.right - list.right, here.right - innerWidth, here.bottom - innerHeight,
      ...[...card.children].map((text) => text.scrollWidth - text.clientWidth),
      ...texts.map((text) => text.right - here.right)];
  }))"""
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def column(board: Page, name: str) -> Locator:
    return board.get_by_role("region", name=name)


async def in_sight(board: Page, name: str) -> int:
    return await column(board, name).get_by_role("listitem").count()  # what is hidden has no role


async def adds_up(board: Page, name: str, all_of_it: int) -> None:
    """What is in sight and what is said to be more."""
    more = column(board, name).get_by_text(re.compile(r"^and \d+ more$"))
    await expect(more).to_be_visible(timeout=SOON)
    said = int(re.findall(r"\d+", await more.inner_text())[0])
    assert await in_sight(board, name) + said == all_of_it
    assert await in_sight(board, name) > 0


async def test_a_full_board_shows_whole_cards_in_large_letters_and_says_how_many_more(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    for n in range(25):
        await submit(hospital, title=f"{n}: {LONG}"[: 20 + 5 * n % 70])
    for n in range(8):
        await win(hospital, headline=f"{n}: {LONG}", unit=hospital.ward_a)
    for n in range(7):
        await theme(hospital, title=f"Theme {n}")
    board = await on_the_wall(television, groundswell, hospital)
    for width, height in SIZES:
        await board.set_viewport_size({"width": width, "height": height})
        await board.evaluate(DRAWN)
        for name, all_of_it in (("New since yesterday", 25), ("Awaiting our answer", 25), ("Wins and thanks", 8)):
            await adds_up(board, name, all_of_it)
        await expect(column(board, "What we work on").get_by_text("and 5 more")).to_be_visible()
        assert await board.evaluate(OUT) <= 0.5
        text, title = await board.evaluate(LETTERS)
        line = min(width, height) / 1080
        assert text >= 28 * line
        assert title >= 36 * line


async def test_where_there_is_little_it_is_larger_until_more_comes(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    await submit(hospital, title="No hoist")
    board = await on_the_wall(television, groundswell, hospital)
    await expect(column(board, "New since yesterday").get_by_text("No hoist")).to_be_visible(timeout=SOON)
    [little, _] = await board.evaluate(LETTERS)
    assert little >= 28 * 1.35
    await expect(board.get_by_text(re.compile("more$"))).to_have_count(0)
    for n in range(12):
        await submit(hospital, title=f"Another {n}")
    await expect(column(board, "New since yesterday").get_by_text(re.compile("^and [0-9]+ more$"))).to_be_visible(
        timeout=SOON
    )
    await adds_up(board, "New since yesterday", 13)
    [much, _] = await board.evaluate(LETTERS)
    assert 28 <= much < little


async def test_a_word_that_never_ends_stays_in_its_card(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    await submit(hospital, title=UNBROKEN)
    await submit(hospital, title="No hoist")
    board = await on_the_wall(television, groundswell, hospital)
    await expect(column(board, "New since yesterday").get_by_text("No hoist")).to_be_visible(timeout=SOON)
    assert await board.evaluate(OUT) <= 0.5


async def test_an_answer_becomes_overdue_though_nothing_else_happens(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    await submit(hospital, title="No hoist")
    await television.clock.install()
    board = await on_the_wall(television, groundswell, hospital)
    card = column(board, "Awaiting our answer").get_by_role("listitem")
    await expect(card).to_contain_text("answer by", timeout=SOON)
    await expect(card.locator("strong")).to_have_count(0)
    await board.route("**/graphql", lambda route: route.abort())  # nobody tells it
    await television.clock.fast_forward(8 * 24 * 60 * 60_000)
    await expect(card.locator("strong")).to_have_text(re.compile(r"^answer was due \d+ \w+$"), timeout=SOON)
    await expect(card).not_to_contain_text("answer by")
    assert await violations(board) == []


async def test_who_agreed_is_named_and_where_nobody_did_nothing_is_said_of_it(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    await hospital.do(people.edit_profile, hospital.colleague, shown_on_screens=True)
    await submit(hospital, title="By somebody who did not")
    await submit(hospital, hospital.colleague, title="By somebody who did")
    await win(hospital, headline="Quiet thanks", thanks=[hospital.nurse])
    await win(hospital, headline="Loud thanks", thanks=[hospital.nurse, hospital.colleague])
    board = await on_the_wall(television, groundswell, hospital)

    def card(name: str, title: str) -> Locator:
        return column(board, name).get_by_role("listitem").filter(has_text=title)

    for name, title, all_of_it in (
        ("New since yesterday", "By somebody who did not", "By somebody who did not"),
        ("New since yesterday", "By somebody who did", "By somebody who did\nBo Colleague"),
        ("Wins and thanks", "Quiet thanks", "Quiet thanks"),
        ("Wins and thanks", "Loud thanks", "Loud thanks\nThanks to Bo Colleague"),
    ):
        here = card(name, title).filter(has_text=re.compile(f"^{title}(Bo|Thanks to|$)"))
        await expect(here).to_be_visible(timeout=SOON)
        assert re.sub(r"\n+", "\n", await here.inner_text()) == all_of_it


async def test_who_stands_before_it_is_told_how_to_take_part(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    board = await on_the_wall(television, groundswell, hospital)
    invitation = board.get_by_role("complementary", name="Have an idea?")
    await expect(invitation).to_contain_text(f"{groundswell.url.removeprefix('http://')}/share", timeout=SOON)
    code = invitation.get_by_role("img", name=f"QR code: opens {groundswell.url}/share")
    await expect(code).to_have_attribute("data-address", f"{groundswell.url}/share")
    await expect(board.get_by_role("heading", name="Ashcombe", exact=True)).to_be_visible(timeout=SOON)
    await expect(board.get_by_label("Whose board?")).to_have_count(0)  # that is said where it is paired


async def test_somebody_who_is_signed_in_sees_their_own_unit_and_may_look_at_another(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    await submit(hospital, title="On our ward")
    await submit(hospital, hospital.colleague, title="On another")
    board = await signed_in(television, groundswell, "/board", email=LEAD)
    new = column(board, "New since yesterday").get_by_role("listitem")
    await expect(board.get_by_role("heading", name="Ward A")).to_be_visible(timeout=SOON)
    await expect(new).to_contain_text(["On our ward"])
    choice = board.get_by_label("Whose board?")
    await expect(choice.get_by_role("option", selected=True)).to_have_text("Ward A (yours)")
    await choice.focus()
    await choice.select_option("Ward B")
    await expect(board.get_by_role("heading", name="Ward B")).to_be_visible(timeout=SOON)
    await expect(new).to_contain_text(["On another"])
    await expect(new).not_to_have_class(re.compile("fresh"))  # it hung there already
    await expect(choice).to_be_focused()
    await choice.select_option("Ashcombe, all of it")
    await expect(board.get_by_role("heading", name="Ashcombe", exact=True)).to_be_visible(timeout=SOON)
    await expect(new).to_have_count(2)
    await board.reload()
    await expect(board.get_by_role("heading", name="Ashcombe", exact=True)).to_be_visible(timeout=SOON)


async def test_in_the_hand_all_of_it_is_scrolled_to(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    for n in range(12):
        await submit(hospital, title=f"{n}: {LONG}")
    board = await signed_in(phone, groundswell, "/board", email=LEAD)
    await expect(column(board, "Awaiting our answer").get_by_role("listitem")).to_have_count(12, timeout=SOON)
    last = column(board, "Awaiting our answer").get_by_role("listitem").last
    await last.scroll_into_view_if_needed()
    await expect(last).to_be_in_viewport()
    wide: Any = await board.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
