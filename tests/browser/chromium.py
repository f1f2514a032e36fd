"""A real Chromium, found on the machine or named by CHROME_PATH, driven by Playwright."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from api import explorer, pages

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# The server by the name of another computer: by plain http an address that a browser does not call safe.
ELSEWHERE = "ward.example"
# Playwright adds its own, among them a profile folder that is new and goes with the browser.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
)
WIDTH, HEIGHT = 1280, 800
BUILT = (explorer.BUILT.folder / "index.html", pages.BUILT.folder / "board.html")


def find_browser() -> str | None:
    """The browser's program: CHROME_PATH where that is set, else the first one found."""
    named = os.environ.get("CHROME_PATH")
    if named:
        return shutil.which(named)
    found = (shutil.which(name) for name in (*NAMES, *APPLICATIONS))
    return next((path for path in found if path), None)


def missing() -> str | None:
    """What these tests lack here, in a sentence; None where nothing is missing."""
    if find_browser() is None:
        named = os.environ.get("CHROME_PATH")
        if named:
            return f"CHROME_PATH names {named}, which is no program: name a Chromium or Chrome, or unset it."
        return "There is no Chromium or Chrome here: install one (Debian: apt-get install chromium) or set CHROME_PATH."
    if not all(page.is_file() for page in BUILT):
        return "The pages are not built: run `make pages`."
    return None


@asynccontextmanager
async def opened() -> AsyncIterator[Browser]:
    """The browser, with nothing open in it yet."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()
