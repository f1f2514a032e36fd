"""The pages that people read, the commands in them, and the code that they quote.

`python -m tests.documented` writes into each page the code that it quotes, as it is now.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

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


QUOTED = re.compile(r"^(<!-- ([\w./-]+):(\w+) -->\n```\w+\n)(.*?)^```$", re.MULTILINE | re.DOTALL)


def code(path: str, name: str) -> str:
    """What stands in the file between the comments `guide: NAME` and `guide ends: NAME`, less its indentation."""
    text = (ROOT / path).read_text()
    begins, ends = (rf"^[ \t]*(?://|#) {words}: {name}\n" for words in ("guide", "guide ends"))
    [found] = re.findall(rf"{begins}(.*?){ends}", text, re.MULTILINE | re.DOTALL)
    lines = (line for line in found.splitlines() if not re.match(r"\s*(//|#) guide( ends)?: ", line))
    return dedent("\n".join(lines)).strip("\n") + "\n"


def quoting(page: str) -> str:
    """The page with all that it quotes as it is now."""
    return QUOTED.sub(lambda found: f"{found[1]}{code(found[2], found[3])}```", page)


if __name__ == "__main__":
    for each in PAGES:
        each.write_text(quoting(each.read_text()))
