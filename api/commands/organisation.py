"""`groundswell create-organisation NAME --admin EMAIL`: how an installation begins."""

from argparse import Namespace

from api.commands.installation import on_database
from api.settings import read_settings
from db.operations.organisations import create_organisation


def command(given: Namespace) -> None:
    settings = read_settings()
    created = on_database(
        settings,
        lambda database: create_organisation(
            database,
            name=given.name,
            admin_email=given.admin,
            time_zone=given.time_zone,
            public_url=settings.public_url,
        ),
    )
    print(f"{given.name} is there. With this link, which works once, {given.admin} sets a password:\n")
    print(f"  {settings.public_url}/welcome#token={created.token}")
