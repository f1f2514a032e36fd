"""The architecture's rules that a machine can hold: imports, one writer of positions, one reader of the environment."""

import ast
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CODE = ("api", "db")
MOST_LINES = 350


def files(*folders: str) -> list[Path]:
    """The Python files of some of our folders, by their paths from the root."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return sorted(path.relative_to(ROOT) for path in found if "node_modules" not in path.parts)


EVERYTHING = files("api", "db", "tests", "bench", "web")


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text())


def texts(file: Path) -> Iterator[str]:
    """String constants, with the constant parts of f-strings; docstrings too."""
    return (node.value for node in ast.walk(tree(file)) if isinstance(node, ast.Constant) and type(node.value) is str)


def where(pattern: str, *folders: str) -> dict[str, set[str]]:
    """The files whose string constants match, and what matched."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for file in files(*folders):
        for text in texts(file):
            found[str(file)].update(match[0] for match in re.finditer(pattern, " ".join(text.split()), re.IGNORECASE))
    return {file: matches for file, matches in found.items() if matches}


def uses(names: set[str], *folders: str) -> set[str]:
    """The files that use an attribute or import of one of these names."""
    return {
        str(file)
        for file in files(*folders)
        for node in ast.walk(tree(file))
        if (isinstance(node, ast.Attribute) and node.attr in names)
        or (isinstance(node, ast.ImportFrom) and names & {alias.name for alias in node.names})
    }


def test_modules_import_downwards_only() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_but_the_append_moves_a_position() -> None:
    """Beside it a feed begins with its organisation, and an epoch after a restore; neither moves a position."""
    assert where(r"(update|insert into|delete from|truncate) feed_head( set \w+)?", *CODE) == {
        "db/log.py": {"update feed_head set position", "insert into feed_head"},
        "db/migrate.py": {"update feed_head set epoch"},
    }
    assert uses({"feed_heads"}, *CODE) <= {"db/models/__init__.py"} | {
        str(file) for file in files("api/plans", "api/resolvers")
    }, "whoever reads the position does it in a plan"


def test_nothing_but_the_append_writes_events_and_nothing_but_retention_takes_them_away() -> None:
    assert where(r"(update|insert into|delete from|truncate) event\b", *CODE) == {
        "db/log.py": {"insert into event"},
        "db/retention.py": {"delete from event"},
    }


def test_a_transaction_is_opened_in_one_place() -> None:
    """Sessions and pairings are not in the feed: they carry no position, and have transactions of their own."""
    assert uses({"transaction"}, *CODE) == {"db/log.py", "db/operations/pairing.py", "db/operations/sessions.py"}


def test_connections_are_made_where_their_settings_are() -> None:
    assert uses({"create_pool"}, *CODE) == set()
    connecting = {
        str(file)
        for file in files(*CODE)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Attribute) and node.attr == "connect" and ast.unparse(node.value) == "asyncpg"
    }
    assert connecting == {"db/blocking.py", "db/engine.py", "db/embedded_server.py", "db/migrate.py"}


def test_nobody_notifies_inside_a_statement() -> None:
    """It would serialise every commit of the cluster; the doorbell rings after the commit."""
    assert where(r"\bpg_notify\b|^\s*notify\s", *CODE) == {}


def test_only_the_settings_read_the_environment() -> None:
    assert uses({"environ", "environb", "getenv", "getenvb"}, "api") == {"api/settings.py"}


@pytest.mark.parametrize("file", EVERYTHING, ids=str)
def test_a_module_is_short_and_says_what_it_is_for(file: Path) -> None:
    lines = (ROOT / file).read_text().splitlines()
    if "versions" not in file.parts:  # a migration is history, and as long as that was
        assert len(lines) <= MOST_LINES, "split the noun, in all layers at once"
    if lines:
        first = (ast.get_docstring(tree(file)) or "").partition("\n")[0]
        assert first.endswith((".", ":")), "the module's docstring begins with one sentence"


def test_a_suppression_names_what_it_suppresses() -> None:
    bare = re.compile(r"#\s*(type:\s*ignore(?!\[)|noqa(?!:))")
    assert [str(file) for file in EVERYTHING if bare.search((ROOT / file).read_text())] == [], "name the rule"


def test_there_are_no_rooms_for_odds_and_ends() -> None:
    assert [str(file) for file in EVERYTHING if re.search(r"util|common|manager|helper|misc", file.as_posix())] == []
