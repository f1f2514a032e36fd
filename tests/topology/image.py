"""What the image holds, as a folder of this machine: the packages of requirements/image.txt, and Groundswell."""

import importlib.metadata
import re
import sys
from pathlib import Path

from tests.server import ROOT

LOCK = ROOT / "requirements" / "image.txt"
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def pins(lock: Path) -> dict[str, str]:
    """Version by name."""
    return dict(PINNED.findall(lock.read_text()))


def packages(folder: Path) -> Path:
    """The folder, filled with links to what is installed here."""
    for name, version in pins(LOCK).items():
        found = importlib.metadata.distribution(name)
        assert found.version == version, f"{name} {found.version} is installed here, {version} is locked"
        link(found, folder)
    link(importlib.metadata.distribution("groundswell"), folder)
    for name in ("api", "db"):
        (folder / name).unlink(missing_ok=True)  # as a wheel that is not editable has them
        (folder / name).symlink_to(ROOT / name)
    return folder


def link(distribution: importlib.metadata.Distribution, folder: Path) -> None:
    for file in distribution.files or ():
        top = file.parts[0]
        if top not in ("..", "__pycache__") and not top.endswith(".pth") and not (folder / top).exists():
            (folder / top).symlink_to(Path(str(distribution.locate_file(top))).resolve())


def program(folder: Path) -> tuple[tuple[str, ...], dict[str, str]]:
    """The command `groundswell` that sees only this folder and Python's own library, and its environment."""
    return (sys.executable, "-S", "-m", "api.cli"), {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
