"""How the cases of test_replay are told: what a mutation needs, who does it, and the events that it appends.

A case is a function that makes what the mutation needs and answers its input. One whose events are silent changes
nothing in the snapshot.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from db.operations import people
from tests import factories as make
from tests.factories import Hospital

Input = dict[str, Any]
# No cursor: the law does not hold for them.
OUTSIDE = ("signIn", "refreshSession", "signOut", "acceptInvitation", "requestPairing", "redeemPairing")


@dataclass
class Stage:
    """Where a case is set; `by` is who does it, and may be changed by the case."""

    at: Hospital
    by: UUID


@dataclass(frozen=True)
class Case:
    """`follows`: fields of the snapshot that follow a setting of the organisation, which is outside it."""

    mutation: str
    by: str
    events: tuple[str, ...]
    prepare: Callable[[Stage], Awaitable[Input]]
    repeated: str | None = None  # the user error where the same again cannot be the same
    follows: frozenset[str] = field(default_factory=frozenset)

    @property
    def name(self) -> str:
        return f"{self.mutation}: {self.prepare.__name__.replace('_', ' ').strip()}"


CASES: list[Case] = []
Prepare = Callable[[Stage], Awaitable[Input]]


def case(
    mutation: str, by: str, *events: str, repeated: str | None = None, follows: str = ""
) -> Callable[[Prepare], Prepare]:
    def add(prepare: Prepare) -> Prepare:
        CASES.append(Case(mutation, by, events, prepare, repeated, frozenset(follows.split())))
        return prepare

    return add


def idea_id(id_: UUID) -> Input:
    return {"ideaId": f"idea_{id_}"}


def theme_id(id_: UUID) -> Input:
    return {"themeId": f"theme_{id_}"}


def unit_id(id_: UUID) -> str:
    return f"unit_{id_}"


def person_id(id_: UUID) -> str:
    return f"person_{id_}"


async def somebody(at: Hospital, **given: Any) -> UUID:
    given = {"name": "Sam Somebody", "email": f"{uuid4().hex}@ashcombe.example", "unit": at.ward_b, **given}
    return (await at.do(people.invite_person, at.admin, **given)).id


async def tested(at: Hospital, **given: Any) -> UUID:
    idea = await make.submit(at, **given)
    await make.move(at, idea, "TESTING")
    return idea
