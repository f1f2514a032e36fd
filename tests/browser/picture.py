"""Makes the README's picture, docs/explorer.png: `python -m tests.browser.picture`."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from api.settings import Settings
from api.viewer import printed_token
from db import embedded, migrate, seed
from db.engine import Database
from tests.browser import chromium
from tests.client import ENVIRONMENT
from tests.server import running

PICTURE = Path(__file__).resolve().parent.parent.parent / "docs" / "explorer.png"


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
        await page.screenshot(path=PICTURE, animations="disabled")


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
    print(f"{PICTURE.name}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
