"""A document's plans, by what of the variables shaped their SQL."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from api.plans.arguments import Variables
from api.plans.selection import Look
from db.errors import Refused

KEPT = 64  # plans a document; page sizes and presence of filters make more than one

P = TypeVar("P")


class Way(Generic[P]):
    """Plans that looked at the same things of the variables, by what they saw."""

    __slots__ = ("looks", "plans")

    def __init__(self, looks: tuple[Look, ...]) -> None:
        self.looks = looks
        self.plans: dict[tuple[Any, ...], P] = {}

    def seen(self, variables: Variables) -> tuple[Any, ...]:
        return tuple([look.observe(variables) for look in self.looks])


class Plans:
    """Plans that are kept: what was looked at when each was made must look the same to use it again."""

    def __init__(self) -> None:
        self.ways: dict[Hashable, list[Way[Any]]] = {}
        self.used: OrderedDict[tuple[Hashable, Way[Any], tuple[Any, ...]], None] = OrderedDict()

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
                self.used.move_to_end((scope, way, seen))
                return plan
        made, looks = make()
        alike: list[Way[Any]] = [way for way in ways if way.looks == looks]
        way = alike[0] if alike else Way(looks)
        if not alike:
            self.ways.setdefault(scope, []).append(way)
        seen = way.seen(variables)
        way.plans[seen] = made
        self.used[(scope, way, seen)] = None
        if len(self.used) > KEPT:
            self.drop(*self.used.popitem(last=False)[0])
        return made

    def drop(self, scope: Hashable, way: Way[Any], seen: tuple[Any, ...]) -> None:
        del way.plans[seen]
        if not way.plans:
            self.ways[scope].remove(way)
            if not self.ways[scope]:
                del self.ways[scope]
