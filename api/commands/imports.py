"""`groundswell import FILE`: ideas from a spreadsheet."""

from argparse import Namespace

from api.commands.installation import on_database
from api.settings import read_settings
from db.imports import import_file


def command(given: Namespace) -> int:
    """1 where a row was rejected, or it had to stop; what else there is was taken over."""
    report = on_database(
        read_settings(),
        lambda database: import_file(
            database,
            given.file,
            organisation=given.organisation,
            mapping=given.map,
            author=given.author,
            dry_run=given.dry_run,
        ),
    )
    for sentence in report:
        print(sentence)
    return 1 if report.rejected or report.stopped else 0
