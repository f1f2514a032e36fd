"""Takes over an old list of suggestions: every good row becomes an idea, every other one is named with its reason."""

from db.imports.importing import import_file
from db.imports.report import Rejected, Report

__all__ = ["Rejected", "Report", "import_file"]
