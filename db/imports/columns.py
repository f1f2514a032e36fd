"""Which column of a list is which of ours: by its name, or as we are told; what is doubtful is not guessed."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.imports.grid import wrong
from db.imports.names import Kind, heading, plain
from db.imports.wording import counted, listed, quoted

NUMBER, REASON = "Rejected line", "Rejected because"  # of the rows that could not be taken over, in their own file
_OWN = {plain(NUMBER), plain(REASON)}


def of_rejects(names: Sequence[str]) -> bool:
    """The file is one that we wrote: of rows that could not be taken over."""
    return {plain(name) for name in names} >= _OWN


@dataclass(frozen=True, slots=True)
class Columns:
    """`names`: all columns of the file. `ours`: by place, what it is. `sure`: by its own name or as we were told."""

    names: list[str]
    ours: dict[int, str]
    told: frozenset[int]

    @property
    def left(self) -> list[int]:
        own = self.own
        return [n for n, name in enumerate(self.names) if name and n not in self.ours and n not in own]

    @property
    def own(self) -> frozenset[int]:
        """In a file of rejected rows, the two columns that say why."""
        ours = of_rejects(self.names)
        return frozenset(n for n, name in enumerate(self.names) if ours and plain(name) in _OWN)

    def headers(self) -> dict[str, str]:
        """What the file calls our columns."""
        return {ours: self.names[n] for n, ours in self.ours.items()}


@dataclass(frozen=True, slots=True)
class Mapping:
    """What --map says of a column; `which`: of several that are called the same; `ours` None: it is left out."""

    entry: str
    theirs: str
    which: int | None
    ours: str | None


def read_mapping(kind: Kind, entries: Sequence[str]) -> list[Mapping]:
    """Raises UserMistake."""
    found: list[Mapping] = []
    for entry in entries:
        theirs, equals, ours = entry.rpartition("=")
        ours = plain(ours)
        if not equals or not theirs.strip() or (ours and ours not in kind.columns):
            raise wrong(
                f"--map {entry}: write THEIRS=OURS, where OURS is one of {', '.join(kind.columns)}, or nothing."
            )
        if ours and any(each.ours == ours for each in found):
            raise wrong(f"--map {entry}: {ours} is mapped already.")
        name, hash_, which = theirs.rpartition("#")
        counted = int(which) if hash_ and which.isascii() and which.isdigit() and len(which) < 4 else None
        found.append(Mapping(entry, name if counted else theirs, counted, ours or None))
    return found


def could_be_header(kind: Kind, names: Sequence[str], mappings: Sequence[Mapping]) -> int:
    """How many of our columns a line names; none where the one is missing without which there is no list."""
    told = {heading(each.theirs): each.ours for each in mappings}
    found = {told.get(heading(name)) or _recognised(kind, name) for name in names if name}
    needed = {each.ours for each in mappings if each.ours == kind.needed}
    if needed and kind.needed not in {told.get(heading(name)) for name in names}:
        return 0
    return len(found - {None}) if kind.needed in found else 0


def _recognised(kind: Kind, name: str) -> str | None:
    name = heading(name)
    return next((ours for ours, others in kind.columns.items() if name == ours or name in others), None)


def find_columns(kind: Kind, names: list[str], mappings: Sequence[Mapping]) -> Columns:
    """Raises UserMistake where it is not clear which is meant."""
    places: dict[str, list[int]] = {}
    for n, name in enumerate(names):
        if name:
            places.setdefault(heading(name), []).append(n)
    chosen: dict[int, str] = {}
    out: set[int] = set()
    for each in mappings:
        # A name may itself end in "#2".
        whole = places.get(heading(f"{each.theirs}#{each.which}")) if each.which else None
        of = whole or places.get(heading(each.theirs))
        if of is None:
            raise wrong(f"--map {each.entry}: there is no column “{each.theirs}”. The file has {listed(names)}.")
        which = None if whole else each.which
        if each.ours is None and which is None:
            out.update(of)
            continue
        if which is None and len(of) > 1:
            raise wrong(_several(each.theirs, len(of), each.ours or ""))
        if which is not None and which > len(of):
            raise wrong(f"--map {each.entry}: the file has only {counted(len(of), 'column')} “{each.theirs}”.")
        place = of[(which or 1) - 1]
        if each.ours is None:
            out.add(place)
        else:
            chosen[place] = each.ours
    told = frozenset(chosen)
    for ours, others in kind.columns.items():
        if ours in chosen.values():
            continue
        for candidates in (_free(places, [ours], told, out), _free(places, others, told, out)):
            if len(candidates) == 1:
                chosen[candidates[0]] = ours
            elif candidates:
                raise wrong(_doubtful([names[n] for n in candidates], ours))
            if candidates:
                break
    if kind.needed not in chosen.values():
        raise wrong(
            f"There is no column “{kind.needed}”. The file has {listed(names)}. "
            f"Say which it is: --map THEIRS={kind.needed}"
        )
    return Columns(names, dict(sorted(chosen.items())), told)


def _free(places: dict[str, list[int]], names: Sequence[str], told: frozenset[int], out: set[int]) -> list[int]:
    return sorted(n for name in names for n in places.get(name, ()) if n not in told and n not in out)


def _several(name: str, count: int, ours: str) -> str:
    return f"There are {count} columns “{name}”: say which is meant, as --map “{name}#2={ours}” for the second."


def _doubtful(names: list[str], ours: str) -> str:
    if len({heading(name) for name in names}) == 1:
        return _several(names[0], len(names), ours)
    both = " and ".join(quoted(name) for name in names)
    return f"{both} could each be {ours}: say which it is, as --map “{names[0]}={ours}”."
