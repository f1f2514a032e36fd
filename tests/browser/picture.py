"""Makes the pictures of docs/ (the explorer and the pages): `python -m tests.browser.picture`."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page

from api.settings import Settings
from api.viewer import printed_token
from db import embedded, migrate, seed
from db.engine import Database
from tests.browser import chromium
from tests.client import ENVIRONMENT
from tests.server import running

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
# Path, who looks, width and height, and a word that is there when all of it is.
PAGES = (
    ("share", "nurse", 390, 760, "Quiet nights"),
    ("mine", "nurse", 390, 760, "Thank you"),
    ("poster", "nurse", 794, 1280, "Share an idea"),
    ("live?unit=all", "lead", 1280, 800, "Newest"),
)


async def take(dsn: str) -> None:
    await migrate.migrate(dsn)
    database = Database(dsn)
    await seed.seed_demo(database)
    token = await printed_token(database, Settings.read(ENVIRONMENT), "nurse@demo.example", 1)
    await database.close()
    async with running(dsn) as server, chromium.opened() as browser:
        page = await browser.new_page(viewport={"width": chromium.WIDTH, "height": chromium.HEIGHT})
        await page.goto(f"{server.url}/graphql#token={token}")
        await page.get_by_role("button", name="Execute query").click()
        await page.locator(".result-window").get_by_text('"IDEA-80"').wait_for()
        await page.mouse.move(0, 0)  # no button is to look pointed at
        await page.evaluate("document.fonts.ready")
        await page.screenshot(path=DOCS / "explorer.png", animations="disabled")
        for path, who, width, height, there in PAGES:
            await take_page(browser, server.url, path, who, width, height, there)
        await take_wall(browser, server.url)


async def take_page(browser: Browser, url: str, path: str, who: str, width: int, height: int, there: str) -> None:
    """A page as somebody of the demonstration sees it."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await sign_in(context, f"{url}/{path}", who)
    await page.get_by_text(there).first.wait_for(state="attached")
    name = path.partition("?")[0]
    if name == "live":
        await page.get_by_role("region", name="Newest").get_by_role("listitem").get_by_role("button").first.click()
        await page.get_by_text("Loading …").wait_for(state="detached")
    await page.screenshot(path=DOCS / f"{name}.png", animations="disabled")
    await context.close()


async def sign_in(context: BrowserContext, address: str, who: str) -> Page:
    page = await context.new_page()
    await page.goto(address)
    await page.get_by_label("E-mail address").fill(f"{who}@demo.example")
    await page.get_by_label("Password").fill(seed.PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    return page


async def take_wall(browser: Browser, url: str) -> None:
    """A wall that waits to be paired; and, once an administrator has approved it on a phone, the board."""
    wall = await browser.new_page(viewport={"width": 1920, "height": 1080})
    await wall.goto(f"{url}/board?screen")
    await wall.locator(".qr").wait_for()
    await wall.screenshot(path=DOCS / "pairing.png", animations="disabled")
    code = await wall.locator(".code").text_content()
    phone = await sign_in(await browser.new_context(), f"{url}/pair#code={code}", "admin")
    await phone.get_by_label("What is the screen called?").fill("By the lift")
    await phone.get_by_role("button", name="Pair it").click()
    await wall.get_by_text("Thanks to").first.wait_for()
    await wall.screenshot(path=DOCS / "board.png", animations="disabled")


def main() -> None:
    lacking = chromium.missing()
    if lacking:
        sys.exit(lacking)
    folder = Path(tempfile.mkdtemp(prefix="gs-", dir="/tmp" if os.path.isdir("/tmp") else None)).resolve()
    folder.chmod(0o711)  # as root, PostgreSQL runs under another account
    try:
        with embedded.start(folder / "home") as database:
            asyncio.run(take(database.dsn))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("explorer", "share", "mine", "poster", "live", "pairing", "board"):
        picture = DOCS / f"{name}.png"
        print(f"{picture.name}: {picture.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
