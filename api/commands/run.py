"""`groundswell run`: database, migration, demo organisation, server; and what to know about them."""

import asyncio
import logging
from argparse import Namespace
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial

from rich.console import Console

from api.commands.demo import lively, temporary
from api.commands.installation import database_address, opened
from api.serving import Service, listen, serve
from api.settings import Settings, read_settings
from api.viewer import printed_token
from db import seed
from db.engine import Database
from db.errors import Misconfigured, Refused, UserMistake
from db.migrate import check_schema, migrate

DEMO_PEOPLE = ("nurse@demo.example", "lead@demo.example", "admin@demo.example")
TOKEN_DAYS = 30
PAGES = {
    "The board": "/board",
    "Sharing an idea": "/share",
    "Leaders answer at": "/live",
    "People and units": "/settings",
    "The API": "/graphql",
}


@dataclass(frozen=True)
class Ready:
    """What the start found: whether anybody can sign in yet, and the demo people's tokens (or why there is none)."""

    inhabited: bool
    tokens: dict[str, str]


def command(given: Namespace) -> int:
    settings = read_settings()
    if given.every is not None and not given.demo:
        raise Misconfigured("--every: goes with --demo, where something may happen by itself.")
    with temporary(settings) if given.demo else nullcontext(settings) as chosen:
        return run(chosen, given)


def run(settings: Settings, given: Namespace) -> int:
    """Until a signal says stop; the exit code."""
    _ = settings.secret_key, settings.doorbell("", given.workers)  # wrong ones are told before anything starts
    console = Console()
    with listen(settings) as listening, console.status("Starting …") as status:
        if settings.embedded:
            status.update("Starting the database …")
        with database_address(settings, keep=True) as dsn:
            status.update("Preparing the database …")
            ready = asyncio.run(prepare(settings, dsn))
            settings = replace(settings, broadcast_url=settings.doorbell(dsn, given.workers))

            def announce() -> None:
                status.stop()
                introduce(console, settings, ready, given.demo)

            logging.captureWarnings(True)
            with lively(dsn, given.every):
                code = serve(Service(settings, dsn), listening, given.workers, announce)
            console.print("Stopped." if code == 0 else "Stopped: the server could not go on; the reason stands above.")
            return code


async def prepare(settings: Settings, dsn: str) -> Ready:
    """This release's tables and, in an embedded database that is empty, the demo."""
    async with opened(dsn) as database:
        await migrate(dsn)
        await check_schema(database)
        tokens = {}
        if settings.embedded and await demonstrates(database):
            await seed.seed_demo(database, public_url=settings.public_url)
            tokens = {email: await demo_token(database, settings, email) for email in DEMO_PEOPLE}
        return Ready(bool(await database.value("select exists (select from organisation)")), tokens)


async def demonstrates(database: Database) -> bool:
    """It is empty, or has the demo already: which may have been cut short."""
    return bool(
        await database.value(
            "select not exists (select from organisation) or exists (select from organisation where demo)"
        )
    )


async def demo_token(database: Database, settings: Settings, email: str) -> str:
    try:
        return await printed_token(database, settings, email, TOKEN_DAYS)
    except (Refused, UserMistake) as reason:  # somebody has tried deactivation, say
        return str(reason)


def introduce(console: Console, settings: Settings, ready: Ready, demo: bool) -> None:
    """Where it is, and how to come in."""
    say = partial(console.print, highlight=False, soft_wrap=True)
    say(f"\n[bold]Groundswell is running:[/] {settings.public_url}\n")
    for what, path in PAGES.items():
        say(f"  {what:<18} {settings.public_url}{path}")
    say()
    if demo:
        say("Its database is its own, and gone when it stops.")
    elif settings.embedded:
        say(f"Its database is kept in {settings.home.expanduser()}.")
    if not ready.inhabited:
        say("There is no organisation yet: groundswell create-organisation NAME --admin EMAIL begins one.")
    if ready.tokens:
        say(f"Demo people, who sign in with the password [bold]{seed.PASSWORD}[/], and tokens for {TOKEN_DAYS} days:\n")
        for email, token in ready.tokens.items():
            say(f"  [bold]{email}[/]\n  {token}\n", markup=True)
    say("Ctrl-C stops it.")
