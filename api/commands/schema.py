"""`groundswell schema`: the schema as text; what it would break for clients of the last release."""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from graphql import build_schema, find_breaking_changes

from api import schema
from api.commands.reference import write_reference
from api.schema.root import build
from db.errors import Misconfigured

FILE = Path(schema.__file__).parent / "schema.graphql"
ROOT = FILE.parent.parent.parent


def command(given: Namespace) -> int:
    text = build().as_str() + "\n"
    if given.reference is not None:
        write_reference(build_schema(text), given.reference)
        return 0
    if not given.write and not given.check:
        print(text, end="")
        return 0
    if given.write:
        FILE.write_text(text)
    elif not FILE.is_file() or FILE.read_text() != text:
        raise Misconfigured(
            f"{FILE.relative_to(ROOT)} is behind the schema: run `make schema` and look at the difference."
        )
    tag = last_tag()
    broken = breaking(released(tag), text) if tag else []
    for change in broken:
        print(f"breaking: {change}", file=sys.stderr)
    if broken:
        print(f"Clients of {tag} would break: deprecate first, and remove in a later release.", file=sys.stderr)
    return 1 if broken else 0


def breaking(before: str | None, now: str) -> list[str]:
    """What a client of the schema before would stumble over."""
    if before is None:
        return []
    changes = find_breaking_changes(build_schema(before), build_schema(now))
    return [f"{change.type.name} {change.description}" for change in changes]


def last_tag() -> str | None:
    """The last release; None where there is none yet, or this is no checkout."""
    return git("describe", "--tags", "--abbrev=0")


def released(tag: str) -> str | None:
    """The schema as it was released; None before the first that had one."""
    return git("show", f"{tag}:./{FILE.relative_to(ROOT)}")


def git(*arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.removesuffix("\n") if done.returncode == 0 else None
