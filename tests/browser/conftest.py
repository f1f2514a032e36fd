"""One Chromium for all of these tests, and the people and the server that most of them meet."""

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext

from tests.browser import chromium
from tests.browser.ward import ADMIN, COACH, LACKING, LEAD, NURSE, open_to
from tests.factories import Hospital
from tests.forked import forked
from tests.server import Server


@pytest.fixture(scope="session", autouse=True)
def needed() -> None:
    """Without a browser these are left out; where all must be run, they fail."""
    if LACKING is not None and not os.environ.get("CI"):
        pytest.skip(LACKING)
    assert LACKING is None, LACKING


@pytest_asyncio.fixture(scope="session")
async def started() -> AsyncIterator[Browser]:
    async with chromium.opened() as browser:
        yield browser


@pytest_asyncio.fixture
async def browser(started: Browser) -> AsyncIterator[Browser]:
    """With nothing open in it, as each test finds it."""
    yield started
    for context in started.contexts:
        await context.close()


@pytest_asyncio.fixture
async def phone(browser: Browser) -> BrowserContext:
    return await browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)


@pytest_asyncio.fixture
async def television(browser: Browser) -> BrowserContext:
    return await browser.new_context(viewport={"width": 1920, "height": 1080})


@pytest_asyncio.fixture
async def groundswell(hospital: Hospital) -> AsyncIterator[Server]:
    """The hospital's, to which its people can sign in."""
    await open_to(hospital, NURSE, LEAD, COACH, ADMIN)
    async with forked(hospital.database.dsn) as server:
        yield server
