"""The documentation as a site: built without a network, from the schema as it is, with no link that leads nowhere."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from graphql import build_schema

from api.commands.reference import write_reference
from api.commands.schema import FILE
from tests.documented import DOCS, PAGES, ROOT, name_of, quoting

CONFIGURATION = "zensical.toml"
LINK = re.compile(r"\]\(([^)\s]+)\)")
LOADED = {"script": "src", "link": "href", "img": "src"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(DOCS, folder / "docs", ignore=shutil.ignore_patterns("reference"))
    for path in ROOT.iterdir():
        if path.name not in ("docs", "build", CONFIGURATION) and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    shutil.copy(ROOT / CONFIGURATION, folder)  # what it names is looked for beside the file itself
    write_reference(build_schema(FILE.read_text()), folder / "docs" / "reference")
    built = subprocess.run(
        [sys.executable, "-m", "zensical", "build", "--strict"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder / "build" / "site"


class Loads(HTMLParser):
    """What a page loads, and the places in it that a link can lead to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.places: set[str] = set()
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in LOADED and given.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.append(given.get(LOADED[tag]) or "")
        self.places.add(given.get("id") or "")


def pages(site: Path) -> Iterator[Path]:
    return site.rglob("*.html")


def test_every_page_has_its_place_in_the_site(site: Path) -> None:
    nav = str(tomllib.loads((ROOT / CONFIGURATION).read_text())["project"]["nav"])
    for page in DOCS.rglob("*.md"):
        path = page.relative_to(DOCS).as_posix()
        assert f"'{path}'" in nav or path.startswith("decisions/0"), f"{path} is in no menu"
        assert (site / path).with_suffix(".html").is_file()


def test_a_page_loads_nothing_from_elsewhere(site: Path) -> None:
    for page in pages(site):
        elsewhere = [url for url in Loads(page).loaded if urlsplit(url).netloc]
        assert elsewhere == [], page


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path, site: Path) -> None:
    for link in LINK.findall(re.sub(r"```.*?```|`[^`]*`", "", page.read_text(), flags=re.DOTALL)):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.parent / unquote(parts.path)) if parts.path else page
        in_site = page.is_relative_to(DOCS)
        if in_site:
            assert target.resolve().is_relative_to(DOCS), f"{link} leads out of the site"
        generated = in_site and "reference" in target.parts
        assert generated or target.exists(), link
        if target.suffix == ".md" and target.is_relative_to(DOCS):
            html = (site / target.resolve().relative_to(DOCS)).with_suffix(".html")
            assert not parts.fragment or parts.fragment in Loads(html).places, link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_file_that_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:api|bench|clients|db|docker|docs|tests|web)/[\w/.-]*)`", page.read_text())
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_code_in_a_page_is_code_that_runs(page: Path) -> None:
    text = page.read_text()
    assert text == quoting(text), "python -m tests.documented writes it anew"


def test_the_reference_says_all_that_the_schema_says(site: Path) -> None:
    schema = build_schema(FILE.read_text())
    shown = {name.stem: Loads(name).places for name in (site / "reference").glob("*.html")}
    for root, page in (("Query", "queries"), ("Mutation", "mutations"), ("Subscription", "subscriptions")):
        assert {field.lower() for field in schema.type_map[root].fields} <= shown[page]  # type: ignore[attr-defined]
    named = {name.lower() for name in schema.type_map if not name.startswith("__")}
    everywhere = set().union(*shown.values())
    assert named - everywhere == {"query", "mutation", "subscription", "string", "int", "float", "boolean", "id"}


def test_a_link_of_the_reference_leads_to_what_it_names(site: Path) -> None:
    places = {page.stem: Loads(page).places for page in (site / "reference").glob("*.html")}
    for page in (site / "reference").glob("*.html"):
        for name, place in re.findall(r'href="(\w+)\.html#([\w-]+)"', page.read_text()):
            assert place in places[name], (page.name, name, place)
