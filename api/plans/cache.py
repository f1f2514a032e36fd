"""A document's plans, by what of the variables shaped their SQL."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from api.plans.arguments import Variables
from api.plans.selection import Look
from db.errors import Refused

KEPT = 64  # plans a document; page sizes and presence of filters make more than one
MOST_BYTES = 64 * 2**20  # of all plans of a process


class Weighs(Protocol):
    """A plan: how many bytes it takes, about."""

    @property
    def weight(self) -> int: ...


P = TypeVar("P", bound=Weighs)


class Way(Generic[P]):
    """Plans that looked at the same things of the variables, by what they saw."""

    __slots__ = ("looks", "plans")

    def __init__(self, looks: tuple[Look, ...]) -> None:
        self.looks = looks
        self.plans: dict[tuple[Any, ...], P] = {}

    def seen(self, variables: Variables) -> tuple[Any, ...]:
        return tuple([look.observe(variables) for look in self.looks])


Place: TypeAlias = tuple[Hashable, Way[Any], tuple[Any, ...]]


class Shelf:
    """Where the plans of all documents stand, bounded in bytes; what was not used for longest goes first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self.size = 0
        self.standing: OrderedDict[tuple[Plans, Place], int] = OrderedDict()

    def put(self, plans: "Plans", place: Place, weight: int) -> None:
        """The newest stands in any case: it is in use."""
        self.standing[plans, place] = weight
        self.size += weight
        while self.size > self.most_bytes and len(self.standing) > 1:
            (others, oldest), _ = next(iter(self.standing.items()))
            others.drop(oldest)

    def take(self, plans: "Plans", place: Place) -> None:
        self.size -= self.standing.pop((plans, place))


class Plans:
    """Plans that are kept: what was looked at when each was made must look the same to use it again."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.ways: dict[Hashable, list[Way[Any]]] = {}
        self.used: OrderedDict[Place, None] = OrderedDict()

    def get(self, scope: Hashable, variables: Variables, make: Callable[[], tuple[P, tuple[Look, ...]]]) -> P:
        """The plan of an operation or field (`scope`) for these variables; `make` raises Refused."""
        ways = self.ways.get(scope, [])
        for way in ways:
            try:
                seen = way.seen(variables)
            except Refused:  # of a field that may not be asked for now; if it is, `make` says so
                continue
            plan: P | None = way.plans.get(seen)
            if plan is not None:
                place = (scope, way, seen)
                self.used.move_to_end(place)
                self.shelf.standing.move_to_end((self, place))
                return plan
        made, looks = make()
        alike: list[Way[Any]] = [way for way in ways if way.looks == looks]
        way = alike[0] if alike else Way(looks)
        if not alike:
            self.ways.setdefault(scope, []).append(way)
        seen = way.seen(variables)
        way.plans[seen] = made
        self.used[(scope, way, seen)] = None
        self.shelf.put(self, (scope, way, seen), made.weight)
        if len(self.used) > KEPT:
            self.drop(next(iter(self.used)))
        return made

    def drop(self, place: Place) -> None:
        del self.used[place]
        self.shelf.take(self, place)
        scope, way, seen = place
        del way.plans[seen]
        if not way.plans:
            self.ways[scope].remove(way)
            if not self.ways[scope]:
                del self.ways[scope]

    def clear(self) -> None:
        """The document is not kept any more."""
        for place in tuple(self.used):
            self.drop(place)
