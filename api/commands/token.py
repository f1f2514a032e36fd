"""`groundswell token --as EMAIL`: an access token, alone on its line."""

from argparse import Namespace

from api.commands.installation import on_database
from api.settings import read_settings
from api.viewer import printed_token


def command(given: Namespace) -> None:
    settings = read_settings()
    print(on_database(settings, lambda database: printed_token(database, settings, given.email, given.days)))
