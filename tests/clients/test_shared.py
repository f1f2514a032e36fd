"""What the clients share, by itself: the outbox, the reducer, the fetch, and the client file on one type of events."""

import asyncio
import os
import subprocess
from pathlib import Path

from api.cursors import Cursor, encode_cursor
from api.settings import Settings
from api.viewer import printed_token
from tests import factories
from tests.client import ENVIRONMENT
from tests.clients import building
from tests.factories import Hospital
from tests.server import running

HERE = Path(__file__).parent


def bundled(name: str, folder: Path) -> Path:
    """A file beside this one as a program for Node. After building.node()."""
    made = folder / f"{name}.mjs"
    flags = ("--bundle", "--platform=node", "--format=esm", f"--outfile={made}", "--log-level=warning")
    paths = {**os.environ, "NODE_PATH": str(building.FOLDER / "node_modules")}
    esbuild = building.FOLDER / "node_modules" / ".bin" / "esbuild"
    require = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);'
    subprocess.run((esbuild, HERE / f"{name}.ts", *flags, f"--banner:js={require}"), env=paths, check=True)
    return made


def test_what_the_clients_share_keeps_its_word(tmp_path: Path) -> None:
    tests = (building.node(), "--test", bundled("shared.test", tmp_path))
    done = subprocess.run(tests, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


async def test_a_subscription_to_one_type_says_that_its_cursor_is_no_more_and_goes_on(
    hospital: Hospital, tmp_path: Path
) -> None:
    node, program = building.node(), bundled("one-type", tmp_path)
    token = await printed_token(hospital.database, Settings.read(ENVIRONMENT), "nina@ashcombe.example", 1)
    before = encode_cursor(Cursor("0" * 12, hospital.organisation, 1))  # of a log that was replaced since
    async with running(hospital.database.dsn) as server:
        following = await asyncio.create_subprocess_exec(
            node, program, env={**os.environ, "SERVER": server.url, "TOKEN": token, "AFTER": before},
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            assert following.stdout is not None
            said = [(await following.stdout.readline()).decode().strip() for _ in range(4)]
            assert said == ["connecting", "expired", "lost", "live"], "live though nothing happens"
            await factories.submit(hospital, title="Bells out of reach")
            assert await following.stdout.readline() == b"Bells out of reach\n"
        finally:
            following.kill()
            await following.wait()
