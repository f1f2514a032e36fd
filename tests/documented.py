"""The pages that people read, and the commands in them."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", *sorted(path for path in DOCS.rglob("*.md") if "reference" not in path.parts)]

_BLOCK = re.compile(r"^(?:( *)<!-- ([^\n]*) -->\n)?( *)```([^\n`]*)\n(.*?)^\3```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block. `kind`: its language; `said`: the comment on the line before it."""

    kind: str
    said: str
    text: str


def blocks(page: Path) -> list[Block]:
    found = []
    for _, said, indent, info, text in _BLOCK.findall(page.read_text()):
        kind = info.strip().partition(" ")[0]
        found.append(Block(kind, said, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)))
    return found


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()
