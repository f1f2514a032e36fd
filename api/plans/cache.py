"""A document's plans, by what of the variables shaped their SQL."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from api.plans.plan import Compiled, Plan
from api.plans.selection import Look, Variables
from db.errors import Refused

KEPT = 64  # plans a document; page sizes and presence of filters make more than one


class Plans:
    """Plans that are kept: what was looked at when each was made must look the same to use it again."""

    def __init__(self) -> None:
        self.looks: dict[Hashable, dict[tuple[Look, ...], None]] = {}
        self.plans: OrderedDict[tuple[Any, ...], Plan] = OrderedDict()

    def get(self, scope: Hashable, variables: Variables, make: Callable[[], Compiled]) -> Plan:
        """The plan of an operation or field (`scope`) for these variables; `make` raises Refused."""
        for looks in self.looks.get(scope, ()):
            try:
                key = (scope, looks, *(look.observe(variables) for look in looks))
            except Refused:  # of a field that may not be asked for now; if it is, `make` says so
                continue
            plan = self.plans.get(key)
            if plan is not None:
                self.plans.move_to_end(key)
                return plan
        plan, looks = make()
        self.looks.setdefault(scope, {})[looks] = None
        self.plans[(scope, looks, *(look.observe(variables) for look in looks))] = plan
        if len(self.plans) > KEPT:
            self.plans.popitem(last=False)
            kept = {(key[0], key[1]) for key in self.plans}
            self.looks = {s: {x: None for x in looks if (s, x) in kept} for s, looks in self.looks.items()}
        return plan
