"""Makes the pictures of docs/ (explorer, board, share): `python -m tests.browser.picture`."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from api.settings import Settings
from api.viewer import printed_token
from db import embedded, migrate, seed
from db.engine import Database
from tests.browser import chromium
from tests.client import ENVIRONMENT
from tests.server import running

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGES = {"board": (1280, 720), "share": (390, 760)}


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
        for name, (width, height) in PAGES.items():
            await take_page(browser, server.url, name, width, height)


async def take_page(browser: Browser, url: str, name: str, width: int, height: int) -> None:
    """A page as the demo nurse sees it."""
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    await page.goto(f"{url}/{name}")
    await page.get_by_label("E-mail address").fill("nurse@demo.example")
    await page.get_by_label("Password").fill(seed.PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_text("Quiet nights").first.wait_for(state="attached")
    await page.screenshot(path=DOCS / f"{name}.png", animations="disabled")
    await context.close()


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
    for picture in (DOCS / f"{name}.png" for name in ("explorer", *PAGES)):
        print(f"{picture.name}: {picture.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
