"""The examples in clients/, made ready to be run: by the way of the pages."""

import fcntl
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "clients"

_spec = importlib.util.spec_from_file_location("groundswell_install", ROOT / "web" / "install.py")
assert _spec is not None
assert _spec.loader is not None
install = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = install
_spec.loader.exec_module(install)


class Clients(install.Front):  # type: ignore[misc, name-defined]  # a module that is loaded by its path
    """Examples, which nobody is served: they are built where they are tried."""

    @property
    def folder(self) -> Path:
        return FOLDER

    @property
    def served(self) -> Path:
        return FOLDER / "dist"


CLIENTS = Clients(
    "clients",
    "react-urql.mjs",
    (
        "*.mjs",
        "tsconfig.json",
        "shared/*",
        "fetch-sse/*",
        "react-*/*",
        "../web/pages/src/client/live.ts",
        "../web/pages/src/client/key.ts",
        "../api/schema/schema.graphql",
    ),
)


@contextmanager
def alone() -> Iterator[None]:
    """Tests of another process may want them at the same time."""
    with (FOLDER / "package.json").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@cache
def node() -> str:
    """Builds what is not up to date, its generated types first; the node to run it by. Raises CannotBuildError."""
    with alone():
        install.build(CLIENTS)
    found = install.find_node()
    assert found is not None
    path: str = found[0]
    return path


def checked() -> subprocess.CompletedProcess[str]:
    """The examples looked over by the pages' linter and formatter."""
    pages = next(front for front in install.FRONTS if front.name == "pages")
    install.install(pages)
    biome = pages.folder / "node_modules" / ".bin" / "biome"
    return subprocess.run(
        (node(), biome, "ci", ".", "../tests/clients"), cwd=FOLDER, capture_output=True, text=True, check=False
    )
