"""Every figure of a run with its name and unit, for other programs: `--json FILE`."""

from pathlib import Path
from typing import Any

import orjson


class Figures:
    """`about` says of what run they are; each figure says of what it is by its other fields."""

    def __init__(self) -> None:
        self.about: dict[str, Any] = {}
        self.found: list[dict[str, Any]] = []

    def note(self, part: str, name: str, value: float, unit: str, **of: Any) -> None:
        self.found.append({"part": part, **of, "name": name, "value": round(value, 4), "unit": unit})

    def write(self, file: Path) -> None:
        file.write_bytes(orjson.dumps({"about": self.about, "figures": self.found}, option=orjson.OPT_INDENT_2) + b"\n")
