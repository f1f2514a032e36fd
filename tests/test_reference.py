"""The schema as pages to read: what each kind of thing says of itself there, shown as a browser shows it."""

import re
from html import unescape
from pathlib import Path

import pytest
from graphql import build_schema
from markdown import markdown

from api.commands.reference import write_reference

SCHEMA = """
enum Order {
  "The last shared first."
  NEWEST
  "By supports | by name."
  LIKED @deprecated(reason: "Use `SUPPORTED`.")
  OLD @deprecated(reason: "Use `NEWEST`.")
  OLDEST
}
input Look {
  "Between words."
  separator: String = "a | `b` *c* <d>"
  lines: String = "one\\ntwo"
  text: String = \"\"\"
  one
  two
  \"\"\"
  words: [String!] = ["|", "||"]
  order: Order = NEWEST
  was: Int = 3 @deprecated(reason: "Use `order`.")
}
type Query { look(how: Look = {separator: "|"}): Int }
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("reference")
    write_reference(build_schema(SCHEMA), written)
    return written


def rows(page: Path) -> list[list[str]]:
    """The cells of a page's tables, less their heads; code stands between brackets."""
    html = markdown(page.read_text(), extensions=["tables"])
    shown = [re.findall(r"<td>(.*?)</td>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)]
    return [[plain(cell) for cell in row] for row in shown if row]


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html.replace("<code>", "[").replace("</code>", "]")))


def test_a_value_of_an_enum_says_that_it_is_deprecated_and_what_to_use(folder: Path) -> None:
    assert rows(folder / "enums.md") == [
        ["[NEWEST]", "The last shared first."],
        ["[LIKED]", "By supports | by name. Deprecated. Use [SUPPORTED]."],
        ["[OLD]", "Deprecated. Use [NEWEST]."],
        ["[OLDEST]", ""],
    ]


def test_a_default_is_shown_as_it_is_written_and_stays_in_its_cell(folder: Path) -> None:
    assert rows(folder / "inputs.md") == [
        ["[separator]", "[String]", 'Between words. Without it: ["a | `b` *c* <d>"].'],
        ["[lines]", "[String]", r'Without it: ["one\ntwo"].'],
        ["[text]", "[String]", 'Without it: ["""\none\ntwo\n"""].'],
        ["[words]", "[[String!]]", 'Without it: [["|", "||"]].'],
        ["[order]", "[Order]", "Without it: [NEWEST]."],
        ["[was]", "[Int]", "Deprecated. Use [order]. Without it: [3]."],
    ]
    assert rows(folder / "queries.md") == [["[how]", "[Look]", 'Without it: [{ separator: "|" }].']]


def test_every_row_of_a_table_has_as_many_cells_as_its_head_for_other_readers_too(folder: Path) -> None:
    for page in folder.glob("*.md"):
        for table in re.findall(r"(?:^\|.*\|\n)+", page.read_text(), re.MULTILINE):
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1, table
