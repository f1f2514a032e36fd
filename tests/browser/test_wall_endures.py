"""A wall that is on for months: whatever stops it from showing what there is, it is noticed and put right by itself.

Its clock jumps: a socket is asked for a sign of life at each jump, and has the time to give one before the next.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import BrowserContext, Page, Response, Route, WebSocketRoute, expect

from tests.browser.ward import SOON, on_the_wall
from tests.factories import Hospital, comment, submit
from tests.server import Server

LOOKS = 3 * 60_000 + 1_000  # ms between two comparisons
Board = dict[str, Any]


async def through(television: BrowserContext, change: Callable[[Board], Board | None]) -> None:
    """Each board on its way to the wall is what `change` makes of it; None: it never comes."""

    async def between(page_side: WebSocketRoute) -> None:
        server_side = page_side.connect_to_server()

        def passed_on(message: str | bytes) -> None:
            said = json.loads(message)
            if said["type"] == "next":
                board = change(said["payload"]["data"]["board"])
                if board is None:
                    return
                said["payload"]["data"]["board"] = board
            page_side.send(json.dumps(said))

        server_side.on_message(passed_on)

    await television.route_web_socket("**/graphql", between)


def compares(response: Response) -> bool:
    return "BoardNow" in (response.request.post_data or "")


async def compared(board: Page, times: int) -> None:
    """Minutes later: so often it has asked what there is."""
    for _ in range(times):
        async with board.expect_response(compares, timeout=SOON) as answer:
            await board.clock.fast_forward(LOOKS)
        await (await answer.value).finished()


@asynccontextmanager
async def loaded_anew(board: Page) -> AsyncIterator[None]:
    async with board.expect_event("load", timeout=SOON):
        yield


def loads_of(board: Page) -> list[str]:
    loads: list[str] = []
    board.on("load", lambda page: loads.append(page.url))
    return loads


async def test_a_wall_that_says_it_is_live_but_shows_old_things_loads_itself_anew(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    held = False
    await through(television, lambda board: None if held else board)
    await submit(hospital, title="Before")
    await television.clock.install()
    board = await on_the_wall(television, groundswell, hospital)
    await expect(board.get_by_text("Before").first).to_be_visible(timeout=SOON)
    loads = loads_of(board)
    held = True
    await submit(hospital, title="Meanwhile")
    await compared(board, 2)  # it may be just late
    await expect(board.get_by_text("Connection lost")).to_have_count(0)
    assert loads == []
    held = False
    async with loaded_anew(board):
        await board.clock.fast_forward(LOOKS)
    await expect(board.get_by_text("Meanwhile").first).to_be_visible(timeout=SOON)
    held = True
    await submit(hospital, title="Later")
    await compared(board, 6)  # but not all the time
    assert len(loads) == 1


async def test_what_happens_elsewhere_is_no_reason_to_load_it_anew(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    """The position moves on, what there is to show does not."""
    idea = await submit(hospital, title="Before")
    await television.clock.install()
    board = await on_the_wall(television, groundswell, hospital)
    await expect(board.get_by_text("Before").first).to_be_visible(timeout=SOON)
    loads = loads_of(board)
    await comment(hospital, idea)
    await compared(board, 5)
    assert loads == []


async def test_what_cannot_be_drawn_leaves_what_was_and_then_it_loads_itself_anew(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    broken = False
    await through(television, lambda board: {**board, "themes": None} if broken else board)
    await submit(hospital, title="Before")
    await television.clock.install()
    board = await on_the_wall(television, groundswell, hospital)
    await expect(board.get_by_text("Before").first).to_be_visible(timeout=SOON)
    broken = True
    await submit(hospital, title="Meanwhile")
    await expect(board.get_by_text("Something newer cannot be shown. This is as of")).to_be_visible(timeout=SOON)
    await expect(board.get_by_text("Before").first).to_be_visible()
    await expect(board.get_by_text("Meanwhile")).to_have_count(0)
    await compared(board, 2)
    broken = False
    async with loaded_anew(board):
        await board.clock.fast_forward(LOOKS)
    await expect(board.get_by_text("Meanwhile").first).to_be_visible(timeout=SOON)


async def test_where_nothing_could_be_drawn_a_sentence_says_so_until_it_can(
    groundswell: Server, hospital: Hospital, television: BrowserContext
) -> None:
    broken = True
    await through(television, lambda board: {**board, "themes": None} if broken else board)
    await submit(hospital, title="Before")
    await television.clock.install()
    board = await on_the_wall(television, groundswell, hospital)
    sentence = board.get_by_text("The board cannot be shown just now. It tries again by itself.")
    await expect(sentence).to_be_visible(timeout=SOON)
    broken = False
    await submit(hospital, title="Meanwhile")  # what comes next is tried again, without a load
    await expect(board.get_by_text("Meanwhile").first).to_be_visible(timeout=SOON)
    await expect(sentence).to_have_count(0)


async def test_a_part_of_the_page_that_did_not_come_is_fetched_again(
    groundswell: Server, television: BrowserContext
) -> None:
    async def lost(route: Route) -> None:
        await route.abort()

    part = re.compile("/pages/pairing")
    await television.route(part, lost)
    await television.clock.install()
    board = await television.new_page()
    await board.goto(f"{groundswell.url}/board?screen")
    await expect(board.get_by_text("The board cannot be shown just now")).to_be_visible(timeout=SOON)
    await television.unroute(part)
    async with loaded_anew(board):
        await board.clock.fast_forward(61_000)
    await expect(board.get_by_role("heading", name="Pair this screen")).to_be_visible(timeout=SOON)
