"""The command line: what it offers; each command's module is imported when it is called."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from db.errors import Misconfigured, Refused, UserMistake

PRINTED_DAYS = 30


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process with its exit code; a known problem is one sentence, never a trace."""
    given = parser().parse_args(arguments)
    # As Ctrl-C: whatever runs unwinds, and the embedded PostgreSQL is left in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    command: Callable[[argparse.Namespace], int | None] = importlib.import_module(given.module).command
    try:
        code = command(given) or 0
        sys.stdout.flush()
    except (Misconfigured, Refused, UserMistake) as problem:
        sys.exit(f"groundswell: {problem}")
    except KeyboardInterrupt:
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        # Whoever read the output has gone; nothing is left to say, at the interpreter's end neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 128 + signal.SIGPIPE
    sys.exit(code)


def parser() -> argparse.ArgumentParser:
    """The commands and their arguments."""
    top = argparse.ArgumentParser(
        prog="groundswell",
        description="Improvement is everyone's job. Settings come from the environment: docs/settings.md.",
    )
    top.add_argument("--version", action="version", version=f"groundswell {version('groundswell')}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, module: str, words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
        added.set_defaults(module=f"api.commands.{module}")
        return added

    run = command("run", "run", "start the server, with a database of its own unless DATABASE_URL is set")
    run.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes that share the port")
    run.add_argument("--demo", action="store_true", help="a demo hospital in a database of its own, gone when it stops")
    run.add_argument(
        "--every", type=_seconds, metavar="SECONDS", help="with --demo: how often something happens there by itself"
    )

    token = command("token", "token", "print an access token, and nothing else")
    token.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="the person to act as")
    token.add_argument("--for", dest="days", type=_positive, default=PRINTED_DAYS, metavar="DAYS", help="how long")

    create = command("create-organisation", "organisation", "begin an organisation; prints its administrator's link")
    create.add_argument("name", metavar="NAME")
    create.add_argument("--admin", required=True, metavar="EMAIL", help="the first administrator")
    create.add_argument("--time-zone", default="Europe/London", metavar="ZONE", help="default: %(default)s")

    watch = command("watch", "watch", "show the feed as it happens, across restarts, missing nothing")
    watch.add_argument("--after", metavar="CURSOR", help="begin after this cursor, not now")
    watch.add_argument("--url", metavar="URL", help="the server, if it is not this machine's")
    who = watch.add_mutually_exclusive_group()
    who.add_argument("--token", metavar="TOKEN", help="default: GROUNDSWELL_TOKEN")
    who.add_argument("--as", dest="email", metavar="EMAIL", help="default: the demo organisation's administrator")

    seed = command("seed", "seed", "fill the demo organisation with ideas, comments, wins and people")
    seed.add_argument("--ideas", type=_positive, required=True, metavar="N")

    _import(command("import", "imports", "take over a list of ideas, or of people, from a spreadsheet (.xlsx, .csv)"))

    migrate = command("migrate", "migrate", "bring the database to this release")
    migrate.add_argument("--new-epoch", action="store_true", help="after a restore: cursors from before expire")

    schema = command("schema", "schema", "print the GraphQL schema")
    what = schema.add_mutually_exclusive_group()
    what.add_argument("--write", action="store_true", help="to api/schema/schema.graphql, unless it breaks clients")
    what.add_argument("--check", action="store_true", help="fail where that file is behind, or breaks clients")
    what.add_argument("--reference", type=Path, metavar="FOLDER", help="write it as pages to read, in Markdown")

    documents = command("documents", "documents", "check a front end's documents, and write their manifest")
    documents.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="files (.graphql, .gql) and folders of them; default: here",
    )
    where = documents.add_mutually_exclusive_group()
    where.add_argument("--output", type=Path, metavar="FILE", help="the manifest, for TRUSTED_DOCUMENTS")
    where.add_argument("--check", type=Path, metavar="FILE", help="fail where this is not what would be written")
    return top


def _import(imports: argparse.ArgumentParser) -> None:
    imports.add_argument("file", nargs="?", type=Path, metavar="FILE")
    imports.add_argument("--organisation", metavar="SLUG", help="needed where there are several")
    imports.add_argument("--dry-run", action="store_true", help="say exactly what would happen, and change nothing")
    imports.add_argument(
        "--map", action="append", default=[], metavar="THEIRS=OURS", help="a column that is called something else"
    )
    imports.add_argument("--sheet", metavar="NAME", help="of a workbook; default: the first that has such a list")
    imports.add_argument("--rejects", type=Path, metavar="PATH", help="default: FILE.rejects.csv")
    imports.add_argument(
        "--status", action="append", default=[], metavar="THEIRS=OURS", help="a status that is called something else"
    )
    imports.add_argument("--month-first", action="store_true", help="dates with slashes are month/day/year")
    imports.add_argument("--author", metavar="EMAIL", help="who stands for rows that name nobody who is here")
    what = imports.add_mutually_exclusive_group()
    what.add_argument("--people", action="store_true", help="the list is of people: each gets a one-time link")
    what.add_argument("--undo", metavar="BATCH", help="withdraw the ideas of a batch")
    imports.add_argument("--invitations", type=Path, metavar="PATH", help="of people; default: FILE.invitations.csv")
    imports.add_argument(
        "--even-if-worked-on", action="store_true", help="of a batch that is undone, also what people worked on since"
    )


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.01 <= seconds <= 86400:
        raise argparse.ArgumentTypeError("must be between 0.01 and a day")
    return seconds


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    main()
