"""The wheel as whoever was given it meets it: pip install, groundswell run, no repository and no Node."""

import asyncio
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from db.seed import PASSWORD
from tests.browser.ward import SOON, signed_in
from tests.server import ROOT, Server

ORDINARY = "nobody"  # who runs it, where the tests are run by root
NEW_ENOUGH = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"


@dataclass(frozen=True)
class User:
    """An ordinary user, a folder of theirs that was empty, and a Python that they may run."""

    name: str | None  # None: whoever runs the tests
    folder: Path
    python: str

    @property
    def environment(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if name in ("LANG",) or name.startswith("PIP_")}
        return {**ours, "PATH": "/usr/bin:/bin", "HOME": str(self.folder), "TMPDIR": str(self.folder)}

    def does(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self.environment, cwd=self.folder, user=self.name, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


class Installed(Server):
    """`groundswell run` as it was installed, from the user's folder."""

    def __init__(self, user: User) -> None:
        super().__init__(user.environment)
        self.user = user

    def launch(self) -> None:
        self.process = subprocess.Popen(
            [self.user.folder / "venv" / "bin" / "groundswell", "run"],
            env=self.environment,
            cwd=self.user.folder,
            user=self.user.name,
            stdout=self.said,
            stderr=subprocess.STDOUT,
        )


@pytest.fixture
def user() -> Iterator[User]:
    name = ORDINARY if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="gs-"))
    if name is not None:
        os.chown(folder, pwd.getpwnam(name).pw_uid, -1)
    yield User(name, folder, python_for(name))
    shutil.rmtree(folder)


def python_for(name: str | None) -> str:
    """Ours may lie where only root may go."""
    for python in (sys.executable, "/usr/local/bin/python3", "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", NEW_ENOUGH], user=name, cwd="/", check=False).returncode == 0:
                return python
        except OSError:
            continue
    raise AssertionError(f"{name} may run no Python from 3.11 on with venv here: install python3-venv.")


async def test_it_is_installed_and_run_and_a_board_is_open_within_a_minute(user: User, browser: Browser) -> None:
    await asyncio.to_thread(subprocess.run, ["make", "--silent", "wheel"], cwd=ROOT, check=True)
    for made in (ROOT / "dist").iterdir():
        shutil.copy(made, user.folder)
        (user.folder / made.name).chmod(0o644)
    user.does(user.python, "-m", "venv", "venv")
    wheel = next(user.folder.glob("*.whl"))
    await asyncio.to_thread(
        user.does, "venv/bin/python", "-m", "pip", "install", "--quiet", "-c", "constraints.txt", wheel.name
    )
    begun = time.monotonic()
    server = Installed(user)
    await server.start()
    try:
        board = await signed_in(
            await browser.new_context(), server, "/board", password=PASSWORD, email="nurse@demo.example"
        )
        waiting = board.get_by_role("region", name="Awaiting our answer").get_by_role("listitem")
        await expect(waiting.first).to_be_visible(timeout=SOON)
        print(f"From `groundswell run` to a board with ideas: {time.monotonic() - begun:.1f} s")
        explorer = await board.context.new_page()
        await explorer.goto(f"{server.url}/graphql")
        await expect(explorer.get_by_role("button", name="Execute query")).to_be_visible(timeout=SOON)
    finally:
        assert server.stop() == 0, server.output()
