"""What the tests of the settings share: somebody at the page, and what stands there under a name."""

from playwright.async_api import Browser, Locator, Page, expect

from tests.browser.ward import SOON, signed_in
from tests.server import Server


async def settings(browser: Browser, server: Server, email: str, section: str = "") -> Page:
    """The page in a browser of this person's own."""
    page = await signed_in(await browser.new_context(), server, f"/settings{section}", email=email)
    await expect(page.get_by_role("heading", level=2)).to_be_visible(timeout=SOON)
    return page


def item(page: Page, name: str) -> Locator:
    """What the page has below this name."""
    return page.locator(".item").filter(has=page.get_by_role("heading", name=name))


async def links(page: Page) -> list[str]:
    return await page.get_by_role("navigation", name="Sections").get_by_role("link").all_inner_texts()
