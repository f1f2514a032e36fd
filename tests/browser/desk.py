"""What the tests of the live view share: a leader at a desk, and the idea that they open."""

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.ward import LEAD, SOON, signed_in
from tests.server import Server


async def at_desk(browser: Browser, server: Server, email: str = LEAD, path: str = "/live") -> Page:
    """The live view of somebody at a browser of their own, whose clock can be moved."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800})
    await context.clock.install()
    page = await signed_in(context, server, path, email=email)
    await expect(page.get_by_role("heading", name="Newest")).to_be_visible(timeout=SOON)
    return page


def newest(page: Page) -> Locator:
    return page.get_by_role("region", name="Newest").get_by_role("listitem")


async def open_idea(page: Page, title: str) -> Locator:
    await newest(page).get_by_role("button", name=title).click()
    await expect(page.get_by_role("heading", name=title)).to_be_focused(timeout=SOON)
    return page.get_by_role("article", name=title)
