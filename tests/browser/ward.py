"""What the tests of a ward's pages share: somebody who can sign in, and the way there."""

from uuid import UUID

from playwright.async_api import BrowserContext, Page

from api.viewer import SCREEN_TOKEN
from db.operations import pairing
from db.passwords import hash_password
from tests.browser import chromium
from tests.factories import PASSWORD, Hospital, screen
from tests.old_events import execute
from tests.server import Server

LACKING = chromium.missing()
SOON = 30_000  # ms
NURSE = "nina@ashcombe.example"
LEAD, COACH = "lena@ashcombe.example", "cora@ashcombe.example"
ADMIN = "admin@ashcombe.example"


async def open_to(hospital: Hospital, *emails: str) -> None:
    """These people can sign in."""
    hashed = await hash_password(PASSWORD)
    await execute(hospital, "update person set password_hash = $1 where email = any($2)", hashed, list(emails))


async def signed_in(
    context: BrowserContext,
    server: Server,
    path: str,
    password: str = PASSWORD,
    address: str | None = None,
    email: str = NURSE,
) -> Page:
    """A page that leads to signing in, and back. `address`: where the server is reached, if not at its own."""
    page = await context.new_page()
    await page.goto(f"{address or server.url}{path}")
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Sign in").click()
    return page


async def on_the_wall(context: BrowserContext, server: Server, hospital: Hospital, unit: UUID | None = None) -> Page:
    """The board of a screen that was paired before: of the whole organisation, unless said otherwise."""
    begun = await pairing.request_pairing(hospital.database, address=server.url)
    await screen(hospital, unit=unit, code=begun.code)
    page = await context.new_page()
    await page.goto(f"{server.url}/sign-in")
    await page.evaluate("token => localStorage.setItem('groundswell.screen', token)", SCREEN_TOKEN + begun.secret)
    await page.goto(f"{server.url}/board")
    return page
