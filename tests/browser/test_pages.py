"""A ward's pages as people meet them: somebody shares an idea on a phone, and it is on the wall."""

import asyncio
import json
import re

from playwright.async_api import BrowserContext, WebSocketRoute, expect

from tests.browser.ward import SOON, signed_in
from tests.factories import PASSWORD, Hospital, submit
from tests.server import Server
from tests.tcp_proxy import Proxy


async def test_what_somebody_shares_on_a_phone_is_on_the_wall(
    groundswell: Server, hospital: Hospital, phone: BrowserContext, television: BrowserContext
) -> None:
    board = await signed_in(television, groundswell, "/")
    await expect(board.get_by_role("heading", name="Ward A")).to_be_visible(timeout=SOON)
    assert board.url == f"{groundswell.url}/board"
    share = await signed_in(phone, groundswell, "/share")
    await share.get_by_label("What gets in the way?").fill("No hoist at night")
    await share.get_by_role("button", name="Share it").click()
    await expect(share.get_by_role("heading", name="IDEA-1 is on the board.")).to_be_visible(timeout=SOON)
    for section in ("New since yesterday", "Awaiting our answer"):
        here = board.get_by_role("region", name=section).get_by_role("listitem").filter(has_text="No hoist at night")
        await expect(here).to_be_visible(timeout=SOON)
        await expect(here).to_have_class(re.compile("fresh"))
    await expect(board.get_by_text("New: No hoist at night")).to_be_attached()


async def test_without_a_name_nobody_is_named(
    groundswell: Server, phone: BrowserContext, television: BrowserContext
) -> None:
    board = await signed_in(television, groundswell, "/board")
    share = await signed_in(phone, groundswell, "/share")
    await share.get_by_label("What gets in the way?").fill("The rota changes overnight")
    await share.get_by_label("Without my name").check()
    await share.get_by_role("button", name="Share it").click()
    here = board.get_by_role("region", name="New since yesterday").get_by_role("listitem")
    await expect(here).to_have_text("The rota changes overnightFalls", timeout=SOON)  # its title and its theme


async def test_a_board_outlives_its_server_and_says_so_meanwhile(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    await submit(hospital, title="Before")
    board = await signed_in(television, groundswell, "/board")
    before = board.get_by_role("region", name="New since yesterday").get_by_text("Before")
    await expect(before).to_be_visible(timeout=SOON)
    groundswell.kill()
    lost = board.get_by_text("Connection lost. This is as of")
    await expect(lost).to_be_visible(timeout=SOON)
    await expect(before).to_be_visible()
    await submit(hospital, title="Meanwhile")
    await groundswell.start()
    after = board.get_by_role("region", name="New since yesterday").get_by_text("Meanwhile")
    await expect(after).to_be_visible(timeout=40_000)
    await expect(lost).not_to_be_attached()


async def test_a_cut_that_nobody_tells_of_is_found_and_nothing_is_missing_after_it(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    """A wifi that drops everything and closes nothing. Time is moved by the browser's clock, not waited for."""
    proxy = Proxy([groundswell.port], seed=1)
    address = f"http://127.0.0.1:{await proxy.listen()}"
    await submit(hospital, title="Before")
    await television.clock.install()
    board = await signed_in(television, groundswell, "/board", address=address)
    new = board.get_by_role("region", name="New since yesterday")
    await expect(new.get_by_text("Before")).to_be_visible(timeout=SOON)
    proxy.swallow(1, to_server=True, to_client=True)
    proxy.refuse()
    await submit(hospital, title="Meanwhile")
    await television.clock.fast_forward(11_000)  # a ping goes out
    await television.clock.fast_forward(6_000)  # and has no answer
    lost = board.get_by_text("Connection lost. This is as of")
    await expect(lost).to_be_visible(timeout=SOON)
    proxy.heal()
    await television.clock.fast_forward(31_000)
    await expect(new.get_by_text("Meanwhile")).to_be_visible(timeout=SOON)
    await expect(lost).not_to_be_attached()


async def test_a_handshake_that_is_never_answered_is_given_up_and_tried_again(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    """Something before the server takes the connection and says nothing."""
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"Upgrade: websocket")
        asked.set()
        await reader.read()

    proxy = Proxy([groundswell.port], seed=1)
    address = f"http://127.0.0.1:{await proxy.listen()}"
    await television.clock.install()
    board = await signed_in(television, groundswell, "/board", address=address)
    await expect(board.get_by_role("heading", name="Ward A")).to_be_visible(timeout=SOON)
    hanging = await asyncio.start_server(silent, "127.0.0.1", 0)
    proxy.ports[0] = hanging.sockets[0].getsockname()[1]
    proxy.cut(1)
    await asyncio.wait_for(asked.wait(), 30)
    proxy.ports[0] = groundswell.port
    await submit(hospital, title="Meanwhile")
    await television.clock.fast_forward(11_000)  # it has waited long enough
    await television.clock.fast_forward(31_000)  # and tries again
    new = board.get_by_role("region", name="New since yesterday")
    await expect(new.get_by_text("Meanwhile")).to_be_visible(timeout=SOON)
    hanging.close()


async def test_a_socket_that_is_closed_as_if_all_were_well_is_a_cut_as_well(
    groundswell: Server, television: BrowserContext
) -> None:
    """Some proxies close with 1000. The library would come back by itself, at once and after the first cursor."""
    sockets: list[WebSocketRoute] = []

    async def kept(page_side: WebSocketRoute) -> None:
        page_side.connect_to_server()
        sockets.append(page_side)

    await television.route_web_socket("**/graphql", kept)
    await television.clock.install()
    board = await signed_in(television, groundswell, "/board")
    await expect(board.get_by_role("heading", name="Ward A")).to_be_visible(timeout=SOON)
    now = await board.evaluate("Date.now()")
    await television.clock.pause_at(now + 1_000)  # so that nothing is tried again until it goes on
    await sockets[-1].close(code=1000)
    lost = board.get_by_text("Connection lost. This is as of")
    await expect(lost).to_be_visible(timeout=SOON)
    await television.clock.resume()
    await expect(lost).not_to_be_attached(timeout=SOON)


async def test_a_server_of_another_release_makes_the_board_load_itself_anew(
    groundswell: Server, television: BrowserContext
) -> None:
    """What the board would wait for is passed over by the browser's clock, as above."""
    release = "1.0.0"

    async def renamed(page_side: WebSocketRoute) -> None:
        server_side = page_side.connect_to_server()

        def passed_on(message: str | bytes) -> None:
            said = json.loads(message)
            if said["type"] == "connection_ack":
                said["payload"]["release"] = release
            page_side.send(json.dumps(said))

        server_side.on_message(passed_on)

    await television.route_web_socket("**/graphql", renamed)
    await television.clock.install()
    board = await signed_in(television, groundswell, "/board")
    heading = board.get_by_role("heading", name="Ward A")
    await expect(heading).to_be_visible(timeout=SOON)
    await board.evaluate("window.isTheFirst = true")
    lost = board.get_by_text("Connection lost. This is as of")
    groundswell.kill()
    await expect(lost).to_be_visible(timeout=SOON)
    await groundswell.start()
    await board.clock.fast_forward(31_000)  # it tries again
    await expect(lost).not_to_be_attached(timeout=SOON)
    assert await board.evaluate("window.isTheFirst")
    release = "1.0.1"
    await board.route(f"{groundswell.url}/board", lambda route: route.fulfill(status=502))
    groundswell.kill()
    await expect(lost).to_be_visible(timeout=SOON)
    await groundswell.start()
    await board.clock.fast_forward(31_000)  # it tries again
    await expect(lost).not_to_be_attached(timeout=SOON)
    async with board.expect_response(f"{groundswell.url}/board", timeout=SOON):
        await board.clock.fast_forward(11_000)  # not at the same moment as the other walls
    # A proxy has no page just now: one that is there stays.
    assert await board.evaluate("window.isTheFirst")
    await board.unroute(f"{groundswell.url}/board")
    async with board.expect_event("load", timeout=SOON):
        await board.clock.fast_forward(61_000)  # it looks again
    assert await board.evaluate("window.isTheFirst ?? null") is None
    await expect(heading).to_be_visible(timeout=SOON)


async def test_who_mistypes_the_password_is_told_and_may_try_again(groundswell: Server, phone: BrowserContext) -> None:
    page = await signed_in(phone, groundswell, "/share", password="wrong")
    await expect(page.get_by_role("alert")).to_be_visible(timeout=SOON)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)


async def test_signing_in_leads_to_no_other_server(groundswell: Server, phone: BrowserContext) -> None:
    page = await signed_in(phone, groundswell, "/sign-in?to=//elsewhere.example/board")
    await expect(page.get_by_role("heading", name="Share an idea")).to_be_visible(timeout=SOON)
    assert page.url.startswith(f"{groundswell.url}/share")
