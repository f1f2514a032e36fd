"""The poster: one page that leads whoever points a phone at it to sharing an idea, under its theme."""

import re

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from db.operations import themes
from tests.browser.qr import decode, has_finders
from tests.browser.ward import SOON, signed_in
from tests.factories import Hospital, theme
from tests.server import Server

BORDER = 4
LONGEST = "Nobody waits longer than they must for " * 6


@pytest_asyncio.fixture
async def desk(browser: Browser) -> BrowserContext:
    return await browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme="dark")


async def poster(desk: BrowserContext, groundswell: Server, path: str = "/poster") -> Page:
    page = await signed_in(desk, groundswell, path)
    await expect(page.get_by_role("button", name="Print")).to_be_visible(timeout=SOON)
    return page


async def modules(page: Page) -> list[list[bool]]:
    """The code's modules, taken back from what is drawn."""
    code = page.get_by_role("img", name=re.compile("^QR code"))
    size = int((await code.get_attribute("viewBox") or "").split()[2]) - 2 * BORDER
    drawn = await code.locator("path").get_attribute("d") or ""
    dark = {(int(y), int(x)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", drawn)}
    assert len(dark) == drawn.count("M")
    return [[(y + BORDER, x + BORDER) in dark for x in range(size)] for y in range(size)]


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


async def themes_of(page: Page) -> dict[str, str]:
    """The ids of the themes that can be chosen, by their titles."""
    found: list[list[str]] = await page.get_by_label("For which theme?").evaluate(
        "select => [...select.options].map(each => [each.label, each.value])"
    )
    return dict(found)


async def test_the_code_of_a_theme_leads_to_sharing_an_idea_under_it(
    groundswell: Server, hospital: Hospital, desk: BrowserContext
) -> None:
    await theme(hospital, title="Quiet nights", objective="Everybody sleeps through")
    page = await poster(desk, groundswell)
    await page.get_by_label("For which theme?").select_option("Falls")
    await expect(page.get_by_role("heading", name="Halve the falls on our wards by spring")).to_be_visible()
    falls = (await themes_of(page))["Falls"]
    assert page.url == f"{groundswell.url}/poster?theme={falls}"
    found = await modules(page)
    assert has_finders(found)
    address = decode(found)
    assert address == f"{groundswell.url}/share?theme={falls}"
    code = page.get_by_role("img", name=f"QR code: opens {address}")
    await expect(code).to_have_attribute("data-address", address)
    await expect(page.get_by_text(f"{groundswell.url}/share")).to_be_visible()

    share = await desk.new_page()
    await share.goto(address)
    await expect(share.get_by_label("For which theme?")).to_have_value(falls, timeout=SOON)
    await expect(share.get_by_text("Halve the falls on our wards by spring")).to_be_visible()
    await share.get_by_label("What gets in the way?").fill("Socks slip")
    await share.get_by_role("button", name="Share it").click()
    await expect(share.get_by_role("heading", name="is on the board.")).to_be_visible(timeout=SOON)
    assert await hospital.database.value("select theme_id from idea") == hospital.theme


async def test_who_scans_it_signs_in_first_and_still_comes_to_the_theme(
    groundswell: Server, hospital: Hospital, desk: BrowserContext, phone: BrowserContext
) -> None:
    await theme(hospital, title="Quiet nights", objective="Everybody sleeps through")
    page = await poster(desk, groundswell)
    falls = (await themes_of(page))["Falls"]
    share = await signed_in(phone, groundswell, f"/share?theme={falls}")
    await expect(share.get_by_label("For which theme?")).to_have_value(falls, timeout=SOON)


async def test_without_a_theme_it_is_a_general_invitation(groundswell: Server, desk: BrowserContext) -> None:
    page = await poster(desk, groundswell)
    await expect(page.get_by_role("heading", name="What gets in the way? What might be better?")).to_be_visible()
    for text in ("Share an idea in half a minute", "Somebody answers within 7 days.", "You needn’t give your name."):
        await expect(page.get_by_text(text)).to_be_visible()
    assert decode(await modules(page)) == f"{groundswell.url}/share"


async def test_a_theme_that_has_closed_is_said_to_be_and_takes_nothing_by_oversight(
    groundswell: Server, hospital: Hospital, desk: BrowserContext
) -> None:
    await theme(hospital, title="Quiet nights", objective="Everybody sleeps through")
    await hospital.do(themes.close_theme, hospital.lead, theme=hospital.theme)
    falls = f"theme_{hospital.theme}"
    page = await poster(desk, groundswell, f"/poster?theme={falls}")
    assert list(await themes_of(page)) == ["For everything: a general invitation", "Quiet nights"]
    await expect(page.get_by_role("status")).to_contain_text("That theme is not open now", timeout=SOON)
    assert decode(await modules(page)) == f"{groundswell.url}/share"
    await page.goto(f"{groundswell.url}/share?theme={falls}")
    await expect(page.get_by_text("The theme of that poster is not open now.")).to_be_visible(timeout=SOON)
    await expect(page.get_by_label("For which theme?")).to_have_value("")


async def test_it_prints_as_one_page_black_on_white_and_only_itself(
    groundswell: Server, hospital: Hospital, desk: BrowserContext
) -> None:
    await theme(hospital, title="T" * 140, objective=LONGEST[:200].strip())
    page = await poster(desk, groundswell)
    for title in ("For everything: a general invitation", "Falls", "T" * 140):
        await page.get_by_label("For which theme?").select_option(title)
        for given in ({}, {"prefer_css_page_size": True}, {"print_background": True}):
            assert pages_of(await page.pdf(**given)) == 1
    words = page.locator(".words")
    assert await words.evaluate("each => each.scrollHeight <= each.clientHeight")  # nothing of it is cut off
    await page.emulate_media(media="print")  # in the dark scheme still
    await expect(page.get_by_role("button", name="Print")).not_to_be_visible()
    await expect(page.get_by_label("For which theme?")).not_to_be_visible()
    sheet = page.locator(".sheet")
    await expect(sheet).to_have_css("color", "rgb(0, 0, 0)")
    await expect(sheet).to_have_css("background-color", "rgb(255, 255, 255)")
    await expect(page.locator("html")).to_have_css("background-color", "rgb(255, 255, 255)")


async def test_on_a_phone_what_is_chosen_is_read_whole(
    groundswell: Server, hospital: Hospital, phone: BrowserContext
) -> None:
    await theme(hospital, title="T" * 140)
    page = await poster(phone, groundswell)
    room = await page.get_by_label("For which theme?").evaluate(
        """select => {
          const style = getComputedStyle(select);
          const pen = document.createElement("canvas").getContext("2d");
          pen.font = style.font;
          const text = pen.measureText(select.selectedOptions[0].label).width;
          return select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - text;
        }"""
    )
    assert room >= 16  # for the arrow
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_button_prints(groundswell: Server, desk: BrowserContext) -> None:
    await desk.add_init_script("window.print = () => { window.printed = (window.printed ?? 0) + 1 }")
    page = await poster(desk, groundswell)
    await page.get_by_role("button", name="Print").click()
    assert await page.evaluate("window.printed") == 1
