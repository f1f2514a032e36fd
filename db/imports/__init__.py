"""Takes over an old list of ideas or people: every good row once, every other one named with its reasons."""

from db.imports.importing import Asked, import_ideas
from db.imports.people import import_people
from db.imports.report import Rejected, Report
from db.imports.undoing import Undone, undo

__all__ = ["Asked", "Rejected", "Report", "Undone", "import_ideas", "import_people", "undo"]
