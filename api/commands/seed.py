"""`groundswell seed --ideas N`: a demo organisation of any size."""

import secrets
from argparse import Namespace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.installation import on_database
from api.settings import read_settings
from db import seed


def command(given: Namespace) -> None:
    settings = read_settings()
    # A password that everybody can read here has no place in a database of somebody's.
    password = seed.PASSWORD if settings.embedded else secrets.token_urlsafe(12)
    columns = (TextColumn("Ideas"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("ideas", total=given.ideas)
        on_database(
            settings,
            lambda database: seed.seed_ideas(
                database, given.ideas, lambda done: progress.update(bar, completed=done), password=password
            ),
        )
    print(f"The demo organisation has {given.ideas:,} ideas or more. People made now sign in with {password}.")
