"""`groundswell seed --ideas N`: a demo organisation of any size."""

from argparse import Namespace

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api.commands.installation import on_database
from api.settings import read_settings
from db import seed


def command(given: Namespace) -> None:
    columns = (TextColumn("Ideas"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("ideas", total=given.ideas)
        on_database(
            read_settings(),
            lambda database: seed.seed_ideas(database, given.ideas, lambda done: progress.update(bar, completed=done)),
        )
    print(f"The demo organisation has {given.ideas:,} ideas or more. Its people sign in with {seed.PASSWORD}.")
