"""A board on a wall through 10,000 events in a row: what its page holds after a forced collection, and how it answers.

`python -m bench.wall` starts a database, a server and a Chromium of its own. The heap is read by the browser's own
protocol after 1,000 events and at the end; the longest task of the page says how long it did not answer.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from playwright.async_api import CDPSession, Page, expect

from api.viewer import SCREEN_TOKEN
from bench.processes import Serving, python, serving
from db import embedded
from db.engine import Database
from db.log import writing
from db.migrate import migrate
from db.operations.comments import add_comment
from db.operations.follows import support_idea
from db.operations.ideas import submit_idea
from db.operations.organisations import create_organisation
from db.operations.pairing import find_pairing, request_pairing
from db.operations.screens import approve_pairing
from tests.browser import chromium

FIRST = 1000  # events, after which everything has been shown once
SECRET = "the-key-of-a-bench-that-guards-nothing"
PROBLEM = "A wall is on for months, and nobody looks after it."
LONG_TASKS = """
() => {
  window.longest = 0;
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
  }).observe({ type: "longtask", buffered: true });
}
"""


@dataclass(slots=True)
class Ward:
    """Whoever writes: events one after the other, ideas, comments and supports in turn."""

    database: Database
    organisation: UUID
    actor: UUID
    events: int = 0
    idea: UUID | None = None

    async def happen(self) -> None:
        n, idea = self.events, self.idea
        if idea is None or n % 3 == 0:
            written = await writing(
                self.database,
                self.organisation,
                lambda tx: submit_idea(tx, self.actor, title=f"Idea {n}", problem=PROBLEM),
            )
            self.idea = written.id
        elif n % 3 == 1:
            await writing(
                self.database, self.organisation, lambda tx: add_comment(tx, self.actor, idea=idea, body="With us too.")
            )
        else:
            await writing(self.database, self.organisation, lambda tx: support_idea(tx, self.actor, idea=idea))
        self.events += 1


async def screen_token(ward: Ward) -> str:
    """Of a screen that shows the whole organisation."""
    begun = await request_pairing(ward.database, address="here")
    found = await find_pairing(ward.database, person=ward.actor, code=begun.code)
    await writing(
        ward.database, ward.organisation, lambda tx: approve_pairing(tx, ward.actor, pairing=found, name="The wall")
    )
    return SCREEN_TOKEN + begun.secret


async def heap(protocol: CDPSession) -> int:
    """Bytes that the page's scripts hold, after what nobody holds any more is gone."""
    for _ in range(3):
        await protocol.send("HeapProfiler.collectGarbage")
    return int((await protocol.send("Runtime.getHeapUsage"))["usedSize"])


async def shown(page: Page, ward: Ward) -> None:
    """The newest idea is on the board."""
    newest = ward.events - 1 - (ward.events - 1) % 3
    await expect(page.get_by_text(f"Idea {newest}", exact=True).first).to_be_visible(timeout=30_000)


async def measure(dsn: str, server: Serving, events: int) -> None:
    await server.ready()
    address = f"http://127.0.0.1:{server.port}"
    database = Database(dsn)
    begun = await create_organisation(database, name="Ashcombe", admin_email="ada@ashcombe.example")
    ward = Ward(database, begun.organisation, begun.admin)
    await ward.happen()
    async with chromium.opened() as browser:
        page = await (await browser.new_context(viewport={"width": 1920, "height": 1080})).new_page()
        await page.goto(f"{address}/sign-in")
        await page.evaluate("token => localStorage.setItem('groundswell.screen', token)", await screen_token(ward))
        await page.goto(f"{address}/board")
        await shown(page, ward)
        await page.evaluate(LONG_TASKS)
        protocol = await page.context.new_cdp_session(page)
        before = 0
        while ward.events < events:
            await ward.happen()
            if ward.events == FIRST:
                await shown(page, ward)
                before = await heap(protocol)
                print(f"after {FIRST:,} events   {before / 2**20:6.2f} MiB of heap", flush=True)
        await shown(page, ward)
        after = await heap(protocol)
        longest = float(await page.evaluate("window.longest"))
        nodes = int(await page.evaluate("document.querySelectorAll('*').length"))
        print(f"after {events:,} events  {after / 2**20:6.2f} MiB of heap, {after / before:.3f} of the first")
        print(f"longest task of the page  {longest:.0f} ms (0: none above 50); {nodes} elements")
    await database.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.wall", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, metavar="N", help=f"more than {FIRST}")
    given = parser.parse_args()
    lacking = chromium.missing()
    if lacking:
        sys.exit(lacking)
    # As root PostgreSQL runs under another account, which must be able to pass through.
    with tempfile.TemporaryDirectory(prefix="gs-bench-", dir="/tmp" if os.path.isdir("/tmp") else None) as folder:
        Path(folder).chmod(0o711)
        with embedded.start(Path(folder).resolve() / "home") as running:
            settings = {"DATABASE_URL": running.dsn, "SECRET_KEY": SECRET, "HOST": "127.0.0.1", "PUBLIC_URL": ""}
            asyncio.run(migrate(running.dsn))
            with serving(*python("api.cli", "run"), environment=settings) as server:
                asyncio.run(measure(running.dsn, server, given.events))


if __name__ == "__main__":
    main()
