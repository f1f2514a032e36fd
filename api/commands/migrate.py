"""`groundswell migrate`: the database's tables brought to this release."""

import asyncio
from argparse import Namespace

from api.commands.installation import database_address, opened
from api.settings import read_settings
from db.migrate import check_schema, migrate, new_epoch, newest
from db.statistics import analyse


def command(given: Namespace) -> None:
    with database_address(read_settings()) as dsn:
        found = asyncio.run(_migrate(dsn, given.new_epoch))
    if found == newest():
        print("The database is up to date.")
    else:
        print(f"The tables are a newer release's ({found}), on which this one may serve: they are left as they are.")
    if given.new_epoch:
        print("A new epoch has begun: cursors from before it are expired, and their holders query again.")


async def _migrate(dsn: str, begin_epoch: bool) -> str:
    async with opened(dsn) as database:
        await migrate(dsn)
        found = await check_schema(database)
        await analyse(database)  # which no dump carries
        if begin_epoch:
            await new_epoch(database)
    return found
