"""What a row of a list says of somebody who is to be invited, or all that is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from db.imports.asking import Asking, yes
from db.imports.grid import wrong
from db.imports.names import plain
from db.imports.place import steps_of
from db.imports.sheet import Fault, Row
from db.imports.wording import quoted
from db.operations.people import clean_email
from db.rules import NAME, clean
from db.terms import Role

_ROLES = {
    "member": Role.CONTRIBUTOR,
    "staff": Role.CONTRIBUTOR,
    "user": Role.CONTRIBUTOR,
    "administrator": Role.ADMIN,
    "improvement coach": Role.COACH,
    "qi coach": Role.COACH,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody as `invite_person` takes them. `unit`: the steps of its path."""

    row: Row
    name: str
    email: str
    job_title: str | None
    unit: tuple[str, ...]
    roles: tuple[Role, ...]
    lead: bool


# A row, and what it says of somebody, or all that is wrong with it.
Judged = tuple[Row, Wanted | list[Fault]]


def judge_all(rows: Sequence[Row]) -> list[Judged]:
    """Of those with one address the first is meant; the others may say something else, and are not passed over."""
    judged: list[Judged] = []
    lines: dict[str, int] = {}
    for row in rows:
        said = judge(row)
        if isinstance(said, Wanted) and lines.setdefault(said.email, row.line) != row.line:
            said = [("email", f"This is the same address as in line {lines[said.email]}.")]
        judged.append((row, said))
    return judged


def judge(row: Row) -> Wanted | list[Fault]:
    """What a row says of somebody, or all that is wrong with it."""
    asking = Asking(row)
    name = asking.of("name", lambda text: clean(text, NAME))
    email = asking.of("email", clean_email)
    for column, value in (("name", name), ("email", email)):
        if value is None and not asking.wrong(column):
            asking.faults.append((column, "Please write something here."))
    job_title = asking.of("job title", lambda text: clean(text, NAME))
    unit = asking.of("unit", lambda text: tuple(clean(step, NAME) for step in steps_of(text))) or ()
    roles = asking.of("roles", _roles) or ()
    lead = (asking.of("lead", yes) or False) or Role.UNIT_LEAD in roles
    if lead and not unit and not asking.wrong("unit"):
        asking.faults.append(("unit", "Of which unit are they a lead?"))
    if asking.faults or name is None or email is None:
        return asking.faults
    return Wanted(row, name, email, job_title, unit, tuple(role for role in roles if role is not Role.UNIT_LEAD), lead)


def _roles(text: str) -> tuple[Role, ...]:
    return tuple(_role(word) for word in re.split(r"[,;|/\n]", text) if word.strip())


def _role(word: str) -> Role:
    known = {role.replace("_", " ").casefold(): role for role in Role} | _ROLES
    found = known.get(plain(word.replace("_", " ").replace("-", " ")))
    if found is None:
        raise wrong(f"{quoted(word.strip())} is none of {', '.join(role.replace('_', ' ').lower() for role in Role)}.")
    return found
