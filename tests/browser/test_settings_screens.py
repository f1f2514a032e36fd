"""Screens in the settings: who sees them, which are off, and unpairing."""

import asyncio

from playwright.async_api import APIResponse, Browser, Route, expect

from db.operations import screens
from tests.browser.office import item, links, settings
from tests.browser.ward import ADMIN, LEAD, SOON, signed_in
from tests.factories import Hospital
from tests.factories import screen as paired
from tests.old_events import execute
from tests.server import Server


async def test_a_lead_sees_the_screens_of_their_units_renames_one_and_unpairs_it(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    screen = await paired(hospital, unit=hospital.ward_a)
    elsewhere = await paired(hospital, unit=hospital.ward_b)
    await hospital.do(screens.rename_screen, hospital.admin, screen=elsewhere, name="In the lounge")
    page = await settings(browser, groundswell, LEAD, "#screens")
    assert await links(page) == ["Themes", "Screens", "Your profile"]
    await expect(page.get_by_role("heading", level=3)).to_have_text(["By the lift Off: not seen yet"], timeout=SOON)
    await page.get_by_role("button", name="Rename By the lift").click()
    await page.get_by_label("Name", exact=True).fill("By the stairs")
    await page.get_by_role("button", name="Save").click()
    stairs = item(page, "By the stairs")
    await expect(stairs).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Unpair By the stairs").click()
    await page.get_by_role("button", name="Yes, unpair").click()
    await expect(stairs).to_contain_text("unpaired on", timeout=SOON)
    await expect(stairs.get_by_role("button")).to_have_count(0)
    [row] = await hospital.database.rows("select name, revoked_at is null from screen where id = $1", [screen])
    assert tuple(row) == ("By the stairs", False)


async def test_a_screen_that_was_not_seen_for_two_minutes_is_marked_as_off(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await paired(hospital)
    await execute(hospital, "update screen set last_seen_at = now(), last_event_at = now()")
    context = await browser.new_context()
    await context.clock.install()
    page = await signed_in(context, groundswell, "/settings#screens", email=ADMIN)
    lift = item(page, "By the lift")
    await expect(lift).to_contain_text("on now", timeout=SOON)
    await expect(lift).to_contain_text("The whole organisation · paired by Ada Admin · was last sent an event at")
    await context.clock.fast_forward(60_000)
    await expect(lift).to_contain_text("on now")
    await context.clock.fast_forward(95_000)
    await expect(lift).to_contain_text("Off: not seen since", timeout=SOON)
    await execute(hospital, "update screen set last_seen_at = now() + interval '155 seconds'")
    await context.clock.fast_forward(31_000)
    await expect(lift).to_contain_text("on now", timeout=SOON)


async def test_what_was_asked_before_a_screen_was_unpaired_does_not_bring_it_back(
    groundswell: Server, hospital: Hospital, browser: Browser
) -> None:
    await paired(hospital)
    context = await browser.new_context()
    await context.clock.install()
    page = await signed_in(context, groundswell, "/settings#screens", email=ADMIN)
    lift = item(page, "By the lift")
    await expect(lift).to_be_visible(timeout=SOON)
    held: asyncio.Queue[tuple[Route, APIResponse]] = asyncio.Queue()

    async def late(route: Route) -> None:
        if "query Screens" in (route.request.post_data or ""):
            await held.put((route, await route.fetch()))
        else:
            await route.fallback()

    await page.route("**/graphql", late)
    await context.clock.fast_forward(31_000)
    route, before = await held.get()
    await page.get_by_role("button", name="Unpair By the lift").click()
    await page.get_by_role("button", name="Yes, unpair").click()
    await expect(lift).to_contain_text("unpaired on", timeout=SOON)
    async with page.expect_event("requestfinished", lambda request: "query Screens" in (request.post_data or "")):
        await route.fulfill(response=before)
    await page.evaluate("() => new Promise((shown) => setTimeout(shown, 50))")
    await expect(lift).to_contain_text("unpaired on")
    await expect(page.get_by_role("button", name="Unpair By the lift")).to_have_count(0)
