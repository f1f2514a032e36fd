"""A screen on a wall: paired from a phone, limited to its unit, blank when it is revoked, and on for months."""

import re

from playwright.async_api import BrowserContext, Page, expect

from db.operations import screens
from tests.browser.test_accessible import violations
from tests.browser.ward import LEAD, SOON, on_the_wall, signed_in
from tests.client import SECRET
from tests.factories import Hospital, submit
from tests.server import Server


async def waiting(television: BrowserContext, groundswell: Server) -> tuple[Page, str, str]:
    """A wall that shows a code: its page, the code, and the address in its QR code."""
    board = await television.new_page()
    await board.goto(f"{groundswell.url}/board")
    await board.get_by_role("link", name="This is a screen on a wall").click()
    code = board.locator(".code")
    await expect(code).to_have_text(board_code(), timeout=SOON)
    qr = board.get_by_role("img", name="The way to approve this screen")
    address = await qr.get_attribute("data-address")
    assert address is not None
    return board, str(await code.text_content()), address


def board_code() -> "re.Pattern[str]":
    return re.compile("^[B-Z]{4}-[B-Z]{4}$")


async def approved(phone: BrowserContext, groundswell: Server, address: str) -> Page:
    """The lead's phone, after it scanned the code and approved it."""
    page = await signed_in(phone, groundswell, address.removeprefix(groundswell.url), email=LEAD)
    await expect(page.get_by_label("The code on the screen")).not_to_have_value("", timeout=SOON)
    await expect(page.get_by_label("Whose board?").get_by_role("option")).to_have_text(["Ward A"], timeout=SOON)
    await page.get_by_label("What is the screen called?").fill("By the lift")
    await page.get_by_role("button", name="Pair it").click()
    await expect(page.get_by_role("status")).to_contain_text("“By the lift” shows the board now", timeout=SOON)
    return page


async def test_a_lead_pairs_a_screen_from_the_phone_and_unpairs_it(
    groundswell: Server, hospital: Hospital, television: BrowserContext, phone: BrowserContext
) -> None:
    await submit(hospital, title="On our ward", unit=hospital.ward_a)
    await submit(hospital, title="On another", unit=hospital.ward_b)
    board, code, address = await waiting(television, groundswell)
    assert address == f"{groundswell.url}/pair#code={code}"
    assert await violations(board) == []
    await expect(board.get_by_text("This address works on this computer alone")).to_be_visible()
    page = await approved(phone, groundswell, address)
    await expect(page.get_by_role("heading", name="“By the lift” shows the board now")).to_be_focused()
    assert await violations(page) == []
    await expect(board.get_by_role("heading", name="Ward A")).to_be_visible(timeout=SOON)
    await expect(board.get_by_text("On our ward").first).to_be_visible(timeout=SOON)
    await expect(board.get_by_text("On another")).to_have_count(0)
    await expect(board.get_by_text("Nina")).to_have_count(0)  # who has not agreed to it
    await board.reload()  # a kiosk that was switched off at night
    await expect(board.get_by_text("On our ward").first).to_be_visible(timeout=SOON)
    [screen] = [row["id"] for row in await hospital.database.rows("select id from screen")]
    await hospital.do(screens.revoke_screen, hospital.lead, screen=screen)
    await expect(board.get_by_text("On our ward", exact=True)).to_have_count(0, timeout=5_000)
    await expect(board.get_by_role("heading", name="This screen was unpaired")).to_be_visible(timeout=SOON)
    await expect(board.locator(".code")).to_have_text(board_code(), timeout=SOON)


async def test_who_has_paired_a_screen_goes_on_to_what_it_shows_and_to_all_screens(
    groundswell: Server, hospital: Hospital, television: BrowserContext, phone: BrowserContext
) -> None:
    _, _, address = await waiting(television, groundswell)
    page = await approved(phone, groundswell, address)
    screens = page.get_by_role("link", name="To the screens in the settings")
    await expect(screens).to_have_attribute("href", "/settings#screens")
    await page.get_by_role("link", name="See what it shows").click(timeout=SOON)
    await expect(page.get_by_role("heading", name="Ward A")).to_be_visible(timeout=SOON)
    assert page.url == f"{groundswell.url}/board?unit=unit_{hospital.ward_a}"


async def test_an_address_that_a_phone_can_open_is_shown_without_a_warning(
    hospital: Hospital, television: BrowserContext
) -> None:
    public = {"PUBLIC_URL": "https://ideas.ashcombe.example"}
    server = Server({"DATABASE_URL": hospital.database.dsn, "SECRET_KEY": SECRET, **public})
    await server.start()
    try:
        board, _, address = await waiting(television, server)
        assert address.startswith("https://ideas.ashcombe.example/pair#code=")
        await expect(board.get_by_text("This address works on this computer alone")).to_have_count(0)
    finally:
        server.kill()


async def test_a_wrong_code_is_told_and_the_right_one_still_works(
    groundswell: Server, television: BrowserContext, phone: BrowserContext
) -> None:
    board, code, _ = await waiting(television, groundswell)
    page = await signed_in(phone, groundswell, "/pair", email=LEAD)
    await page.get_by_label("The code on the screen").fill("BCDF-GHJK")
    await page.get_by_label("What is the screen called?").fill("By the lift")
    await expect(page.get_by_role("option", name="Ward A")).to_be_attached(timeout=SOON)
    await page.get_by_role("button", name="Pair it").click()
    await expect(page.get_by_role("alert")).to_contain_text("No screen shows this code now", timeout=SOON)
    await page.get_by_label("The code on the screen").fill(code.lower().replace("-", " "))
    await page.get_by_role("button", name="Pair it").click()
    await expect(page.get_by_role("status")).to_contain_text("shows the board now", timeout=SOON)
    await expect(board.get_by_role("heading", name="Ward A")).to_be_visible(timeout=SOON)


async def test_a_television_whose_clock_is_wrong_pairs_all_the_same(
    groundswell: Server, television: BrowserContext, phone: BrowserContext
) -> None:
    await television.add_init_script("const now = Date.now; Date.now = () => now() + 365 * 24 * 60 * 60_000")
    requests: list[str] = []
    television.on(
        "request",
        lambda request: requests.append(request.url) if "RequestPairing" in (request.post_data or "") else None,
    )
    board, _, address = await waiting(television, groundswell)
    await approved(phone, groundswell, address)
    await expect(board.get_by_role("heading", name="Ward A")).to_be_visible(timeout=SOON)
    assert len(requests) == 1


async def test_a_code_that_nobody_takes_makes_room_for_another(groundswell: Server, television: BrowserContext) -> None:
    await television.clock.install()
    board, code, _ = await waiting(television, groundswell)
    await television.clock.fast_forward(10 * 60_000)
    await expect(board.locator(".code")).not_to_have_text(code, timeout=SOON)
    await expect(board.locator(".code")).to_have_text(board_code(), timeout=SOON)


async def test_a_wall_that_hangs_loads_itself_anew_when_the_server_answers(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    """Whatever it is that hangs: here no socket ever opens, though the server is there."""
    await submit(hospital, title="Before")
    await television.clock.install()
    board = await on_the_wall(television, groundswell, hospital)
    await expect(board.get_by_text("Before").first).to_be_visible(timeout=SOON)
    loads: list[str] = []
    board.on("load", lambda page: loads.append(page.url))
    await board.route_web_socket("**/graphql", lambda socket: socket.close())
    groundswell.kill()
    await groundswell.start()
    await expect(board.get_by_text("Connection lost. This is as of")).to_be_visible(timeout=SOON)
    await television.clock.run_for(14 * 60_000)
    assert loads == []
    async with board.expect_event("load", timeout=SOON):
        await television.clock.run_for(3 * 60_000)


async def test_nothing_burns_in_and_nobody_notices_why(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    await submit(hospital, title="Before")
    await television.clock.install()
    board = await on_the_wall(television, groundswell, hospital)
    await expect(board.get_by_text("Before").first).to_be_visible(timeout=SOON)
    # The clock leaves the socket's answers behind: what looks like a hang must not load the page anew here.
    await board.route(re.compile("/board$"), lambda route: route.abort())
    places = set()
    for _ in range(8):
        places.add(await board.evaluate("getComputedStyle(document.body).translate"))
        await television.clock.run_for(4 * 60_000 + 1000)
    assert places == {"none", "4px", "4px 4px", "0px 4px", "0px"}
    hidden = (
        "document.documentElement.scrollHeight > innerHeight && getComputedStyle(document.documentElement).overflow"
    )
    assert await board.evaluate(hidden) in (False, "hidden")  # no bar to scroll by
