"""The explorer as a front-end developer meets it: a real browser, the real server, nothing from the internet."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from graphql import build_schema, parse, validate
from playwright.async_api import Browser, Page, expect

from api.settings import Settings
from api.viewer import printed_token
from tests.browser import chromium
from tests.client import ENVIRONMENT
from tests.factories import Hospital, submit
from tests.forked import forked
from tests.server import Server

ROOT = Path(__file__).resolve().parent.parent.parent
TABS = sorted((ROOT / "web/explorer/src/tabs").glob("*.graphql"))
LACKING = chromium.missing()


@dataclass
class Seen:
    """A page, and what it complained of or asked of others than the server."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@pytest_asyncio.fixture(scope="module")
async def groundswell(module_hospital: Hospital) -> AsyncIterator[Server]:
    await submit(module_hospital, problem="The drip stands are missing on nights.")
    async with forked(module_hospital.database.dsn) as server:
        yield server


@pytest_asyncio.fixture(scope="module")
async def token(module_hospital: Hospital) -> str:
    return await printed_token(module_hospital.database, Settings.read(ENVIRONMENT), "nina@ashcombe.example", 1)


@pytest_asyncio.fixture
async def seen(groundswell: Server, browser: Browser) -> Seen:
    context = await browser.new_context(viewport={"width": chromium.WIDTH, "height": chromium.HEIGHT})
    page = await context.new_page()
    seen = Seen(page)
    page.on("console", lambda said: seen.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("request", lambda request: asked_elsewhere(seen, request.url, groundswell))
    return seen


def asked_elsewhere(seen: Seen, url: str, server: Server) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(server.url).netloc:
        seen.complaints.append(f"asked {url}")


async def run(page: Page, tab: str | None = None) -> None:
    if tab is not None:
        await page.get_by_role("tab", name=tab).click()
    await page.get_by_role("button", name="Execute query").click()


async def answers(page: Page, text: str) -> None:
    await expect(page.locator(".result-window")).to_contain_text(text, timeout=15_000)


async def write_variables(page: Page, variables: str) -> None:
    await page.get_by_role("region", name="Variables").locator(".CodeMirror").first.click()
    await page.keyboard.press("ControlOrMeta+a")
    await page.keyboard.insert_text(variables)


async def test_with_a_token_ideas_are_asked_submitted_and_arrive_live(
    groundswell: Server, seen: Seen, token: str
) -> None:
    page = seen.page
    await page.goto(f"{groundswell.url}/graphql#token={token}")
    assert page.url == f"{groundswell.url}/graphql"  # the token has left the address
    await expect(page.get_by_role("region", name="Variables")).to_contain_text('"first": 10')
    await run(page)
    await answers(page, "The drip stands are missing on nights.")

    async with page.expect_websocket() as opening:
        await run(page, "Feed")
    assert urlsplit((await opening.value).url).netloc == urlsplit(groundswell.url).netloc
    watcher = page
    other = await page.context.new_page()
    await other.goto(f"{groundswell.url}/graphql")  # the token is kept in this browser
    await run(other, "SubmitIdea")
    await answers(other, "IDEA-2")
    await answers(watcher, "IdeaSubmitted")
    await answers(watcher, "Discharge letters wait until the evening round.")
    assert seen.complaints == []


async def test_a_feed_goes_on_after_a_cursor_and_shows_all_that_came_since(
    groundswell: Server, seen: Seen, token: str, module_hospital: Hospital
) -> None:
    page = seen.page
    await page.set_viewport_size({"width": chromium.WIDTH, "height": 2000})  # only lines in sight are in the page
    await page.goto(f"{groundswell.url}/graphql#token={token}")
    async with page.expect_response(lambda response: "query Ideas" in (response.request.post_data or "")) as answering:
        await run(page)
    cursor = (await (await answering.value).json())["data"]["cursor"]
    for problem in ("No bladder scanner on the ward.", "The linen comes at ten."):
        await submit(module_hospital, problem=problem)
    await page.get_by_role("tab", name="Feed").click()
    await write_variables(page, json.dumps({"after": cursor}))
    await run(page)
    for text in ("FeedCaughtUp", "The linen comes at ten.", "No bladder scanner on the ward."):
        await answers(page, text)
    await submit(module_hospital, problem="The kettle leaks.")
    await answers(page, "The kettle leaks.")
    await answers(page, "The linen comes at ten.")
    await expect(page.locator(".result-window")).not_to_contain_text("The drip stands")
    assert seen.complaints == []


async def test_without_a_token_the_schema_can_be_read_and_a_query_says_to_sign_in(
    groundswell: Server, seen: Seen
) -> None:
    page = seen.page
    async with page.expect_response("**/explorer/*.js") as script:
        await page.goto(f"{groundswell.url}/graphql")
    assert (await script.value).headers["cache-control"].endswith("immutable")
    await run(page)
    await answers(page, "UNAUTHENTICATED")
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    documentation = page.locator(".graphiql-doc-explorer")
    await documentation.get_by_role("link", name="Query", exact=True).click()
    await expect(documentation).to_contain_text("Who the bearer of this token is.")
    assert seen.complaints == []


async def test_another_token_ends_the_subscription_of_the_one_before(
    groundswell: Server, seen: Seen, token: str
) -> None:
    page = seen.page
    await page.goto(f"{groundswell.url}/graphql#token={token}")
    await run(page, "Feed")
    await expect(page.get_by_role("button", name="Stop query")).to_be_visible()
    await page.get_by_label("Bearer token").fill("another")
    await answers(page, "The token changed")


@pytest.mark.parametrize("tab", TABS, ids=lambda path: path.stem)
def test_what_the_explorer_opens_with_fits_the_schema(tab: Path) -> None:
    schema = build_schema((ROOT / "api/schema/schema.graphql").read_text())
    assert validate(schema, parse(tab.read_text())) == []
