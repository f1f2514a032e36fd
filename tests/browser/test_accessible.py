"""The pages for everybody: WCAG 2.2 AA as axe finds it, in light and dark, and what a keyboard alone can do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.ward import ADMIN, LEAD, NURSE, SOON, open_to, signed_in
from tests.factories import PASSWORD, Hospital, move, screen, submit, win
from tests.forked import forked
from tests.server import Server

AXE = Path(__file__).resolve().parent.parent.parent / "web/pages/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@pytest_asyncio.fixture(scope="module")
async def groundswell(module_hospital: Hospital) -> AsyncIterator[Server]:
    await open_to(module_hospital, NURSE, LEAD, ADMIN)
    await move(module_hospital, await submit(module_hospital, title="No hoist at night"), "TESTING")
    await submit(module_hospital, title="The lift is slow")
    await win(module_hospital, headline="Home before lunch", thanks=[module_hospital.nurse])
    await screen(module_hospital)
    async with forked(module_hospital.database.dsn) as server:
        yield server


async def violations(page: Page) -> list[str]:
    await page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = await page.evaluate(
        "async (rules) => (await axe.run(document, { runOnly: rules })).violations", RULES
    )
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize(("scheme", "motion"), [("light", "no-preference"), ("dark", "reduce")])
async def test_axe_finds_nothing_on_any_page(groundswell: Server, browser: Browser, scheme: Any, motion: Any) -> None:
    context = await browser.new_context(color_scheme=scheme, reduced_motion=motion)
    page = await context.new_page()
    await page.goto(f"{groundswell.url}/sign-in")
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await violations(page) == []
    share = await signed_in(context, groundswell, "/share")
    await expect(share.get_by_role("option", name="Falls")).to_be_attached(timeout=SOON)
    assert await violations(share) == []
    board = await context.new_page()
    await board.goto(f"{groundswell.url}/board")
    await expect(board.get_by_text("Home before lunch")).to_be_visible(timeout=SOON)
    assert await violations(board) == []
    mine = await context.new_page()
    await mine.goto(f"{groundswell.url}/mine")
    await expect(mine.get_by_role("region", name="Thank you")).to_be_visible(timeout=SOON)
    await mine.get_by_role("button", name="Its story").first.click()
    await expect(mine.get_by_text("You shared it.")).to_be_visible(timeout=SOON)
    assert await violations(mine) == []
    await mine.get_by_role("button", name="Take it back").click()
    assert await violations(mine) == []
    await mine.get_by_role("button", name="No, leave it").click()
    await mine.get_by_role("button", name="Change it").click()
    assert await violations(mine) == []
    poster = await context.new_page()
    await poster.goto(f"{groundswell.url}/poster")
    await expect(poster.get_by_role("button", name="Print")).to_be_visible(timeout=SOON)
    assert await violations(poster) == []
    await poster.get_by_label("For which theme?").select_option("Falls")
    assert await violations(poster) == []


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
async def test_axe_finds_nothing_where_a_leader_reads_and_decides(
    groundswell: Server, browser: Browser, scheme: Any, width: int
) -> None:
    context = await browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 800})
    page = await signed_in(context, groundswell, "/live", email=LEAD)
    await expect(page.get_by_role("heading", name="Newest")).to_be_visible(timeout=SOON)
    assert await violations(page) == []
    await page.get_by_role("region", name="Newest").get_by_role("button", name="No hoist at night").click()
    await page.get_by_label("Your comment").fill("Half typed")
    await page.get_by_role("button", name="Share a win").click()
    await page.get_by_text("Themes: open and close").click()
    assert await violations(page) == []
    await page.get_by_label("Move it to").select_option("How we do it now")
    await page.get_by_role("button", name="Move it", exact=True).click()
    await expect(page.get_by_role("button", name="Undo")).to_be_focused()
    assert await violations(page) == []
    await page.get_by_role("button", name="Undo").click()  # for the next, which finds the idea where this did


@pytest.mark.parametrize(("scheme", "motion"), [("light", "no-preference"), ("dark", "reduce")])
async def test_axe_finds_nothing_on_settings_with_its_forms_open_nor_on_welcome(
    groundswell: Server, browser: Browser, scheme: Any, motion: Any
) -> None:
    context = await browser.new_context(color_scheme=scheme, reduced_motion=motion)
    page = await signed_in(context, groundswell, "/settings#people", email=ADMIN)
    for section, there, buttons in (
        ("People", "Nina Nurse", ("Invite somebody", "Edit Nina Nurse", "Deactivate Bo Colleague")),
        ("Units", "Ward A", ("Edit Ward A", "Add a unit below Ward B")),
        ("Themes", "Falls", ("Create a theme", "Edit Falls")),
        ("Screens", "By the lift", ("Rename By the lift",)),
        ("Your profile", "Change your password", ()),
    ):
        await page.get_by_role("link", name=section).click(timeout=SOON)
        await expect(page.get_by_role("heading", name=there)).to_be_visible(timeout=SOON)
        for button in buttons:
            await page.get_by_role("button", name=button, exact=True).click()
        assert await violations(page) == [], section
    await page.goto(f"{groundswell.url}/welcome#token=made-up")
    await expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_label("Password").fill("a long password")
    await page.get_by_role("button", name="Begin").click()
    await expect(page.get_by_role("heading", name="This link does not work any more")).to_be_visible(timeout=SOON)
    assert await violations(page) == []


async def test_somebody_is_invited_with_a_keyboard_alone(groundswell: Server, browser: Browser) -> None:
    page = await signed_in(await browser.new_context(), groundswell, "/settings#people", email=ADMIN)
    await expect(page.get_by_role("heading", name="Nina Nurse")).to_be_visible(timeout=SOON)
    for name in ("People", "Units", "Themes", "Screens", "Your profile"):
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name=name)).to_be_focused()
    await page.keyboard.press("Tab")
    opener = page.get_by_role("button", name="Invite somebody")
    await expect(opener).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("form").get_by_label("Name")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(opener).to_be_focused()
    await page.keyboard.press("Space")
    await expect(page.get_by_role("form").get_by_label("Name")).to_be_focused()
    await page.keyboard.type("Kay Board")
    for text in ("kay@ashcombe.example", "Porter", "Ashcombe General"):  # a list is chosen from by typing
        await page.keyboard.press("Tab")
        await page.keyboard.type(text)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")  # a theme lead besides
    await page.keyboard.press("Enter")
    link = page.get_by_label("The link to give them")
    await expect(link).to_be_focused(timeout=SOON)
    assert "/welcome#token=" in await link.input_value()
    for button in ("Copy", "Done"):
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name=button)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(opener).to_be_focused()
    kay = page.locator(".item").filter(has=page.get_by_role("heading", name="Kay Board"))
    await expect(kay).to_contain_text("Porter · Ashcombe General · Theme lead · kay@ashcombe.example", timeout=SOON)


async def test_an_idea_is_shared_with_a_keyboard_alone(groundswell: Server, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(f"{groundswell.url}/share")
    await expect(page.get_by_label("E-mail address")).to_be_visible()
    for text in (NURSE, PASSWORD):
        await page.keyboard.press("Tab")
        await page.keyboard.type(text)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("option", name="Falls")).to_be_attached(timeout=SOON)
    for text in (None, "The tap drips", "Mend it"):
        await page.keyboard.press("Tab")
        if text is not None:
            await page.keyboard.type(text)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")  # without a name
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="is on the board.")).to_be_focused(timeout=SOON)
