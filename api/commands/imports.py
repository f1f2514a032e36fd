"""`groundswell import FILE`: ideas from a spreadsheet."""

from argparse import Namespace

from db.imports import import_file

from api.commands.installation import on_database
from api.settings import read_settings


def command(given: Namespace) -> None:
    report = on_database(
        read_settings(),
        lambda database: import_file(
            database, given.file, organisation=given.organisation, mapping=given.map, dry_run=given.dry_run
        ),
    )
    for sentence in report:
        print(sentence)
