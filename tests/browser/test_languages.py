"""Another language than English: one that is longer and written from right to left, for which nothing else was made."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.test_accessible import violations
from tests.browser.ward import ADMIN, SOON, open_to
from tests.factories import PASSWORD, Hospital, comment, move, screen, submit, win
from tests.forked import forked
from tests.server import Server

SIZES = {"phone": (390, 844), "desk": (1280, 800), "television": (1920, 1080)}
PAGES = ("board", "share", "mine", "live", "poster", "settings", "pair", "welcome")
# What the page says itself, by its kind; what people wrote and are called stands as it is.
OURS = "main label, main legend, h1, .wall h2, .wall label, main button[type=submit], .hint, [role=alert]"
PEOPLES = ("Falls", "Ada", "Nina", "No hoist", "Home before", "Ward", "Ashcombe", "Medicine", "Lift")


@pytest_asyncio.fixture(scope="module")
async def groundswell(module_hospital: Hospital) -> AsyncIterator[Server]:
    at = module_hospital
    await open_to(at, ADMIN)
    mine = await submit(at, at.admin, title="No hoist at night", problem="It is locked away. " * 20)
    await comment(at, mine, at.lead)
    await move(at, await submit(at, at.admin, title="No hoist by day"), "TESTING", actor=at.admin)
    await win(at, headline="Home before lunch", thanks=[at.admin])
    await screen(at)
    async with forked(at.database.dsn) as server:
        yield server


@pytest_asyncio.fixture(params=SIZES)
async def page(request: pytest.FixtureRequest, groundswell: Server, browser: Browser) -> Page:
    """Somebody who is signed in, in that language."""
    width, height = SIZES[request.param]
    return await signed_in(browser, groundswell, width, height)


async def signed_in(browser: Browser, groundswell: Server, width: int, height: int) -> Page:
    context = await browser.new_context(viewport={"width": width, "height": height})
    await context.add_init_script("localStorage.setItem('groundswell.language', 'pseudo')")
    page = await context.new_page()
    await page.goto(f"{groundswell.url}/sign-in?to=/share")
    await expect(page.get_by_role("heading", name="⟦Sign in")).to_be_visible(timeout=SOON)
    await page.locator("[name=email]").fill(ADMIN)
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("button").click()
    await expect(page.get_by_role("heading", name="⟦Share an idea")).to_be_visible(timeout=SOON)
    return page


async def settled(page: Page, name: str) -> None:
    """What the page shows has come."""
    there = {"board": "Home before lunch", "mine": "No hoist at night", "live": "No hoist at night"}.get(name, "⟦")
    await expect(page.get_by_text(there).first).to_be_attached(timeout=SOON)


async def test_every_page_is_mirrored_has_room_for_longer_words_and_says_nothing_in_english(
    groundswell: Server, page: Page
) -> None:
    for name in PAGES:
        await page.goto(f"{groundswell.url}/{name}" + ("#token=made-up" if name == "welcome" else ""))
        await settled(page, name)
        assert await page.evaluate("getComputedStyle(document.body).direction") == "rtl"
        wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} pixels too wide"
        texts: list[str] = await page.locator(OURS).all_inner_texts()
        english = [text for text in texts if text.strip() and "⟦" not in text and not text.startswith(PEOPLES)]
        assert english == [], name
        assert any("⟦" in text for text in texts), name


@pytest.mark.soak
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_it(groundswell: Server, page: Page, scheme: str) -> None:
    await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for name in PAGES:
        await page.goto(f"{groundswell.url}/{name}" + ("#token=made-up" if name == "welcome" else ""))
        await settled(page, name)
        assert await violations(page) == [], name
