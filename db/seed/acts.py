"""Does through the operations what was drawn: units, people, themes, and an idea with all that becomes of it."""

from collections.abc import Awaitable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from db.events import Event, Silent
from db.hospital.people import PersonPlan
from db.hospital.places import units as unit_plans
from db.hospital.themes import ThemePlan
from db.log import Outcome, Transaction
from db.operations.comments import add_comment
from db.operations.follows import support_idea
from db.operations.ideas import change_idea_status, submit_idea
from db.operations.people import insert_person
from db.operations.themes import create_theme, open_theme
from db.operations.units import create_unit, lock_tree
from db.operations.wins import share_win
from db.seed.known import Known, draws
from db.seed.lives import Life, Moved, Said, Step, Supported, Won
from db.seed.together import together
from db.terms import Role, Value

_ROLES = {
    "THEME_LEAD": (Role.CONTRIBUTOR, Role.THEME_LEAD),
    "COACH": (Role.CONTRIBUTOR, Role.COACH),
    "MODERATOR": (Role.CONTRIBUTOR, Role.MODERATOR),
    "EXECUTIVE": (Role.EXECUTIVE,),
}
_WELCOMED = """
update person set password_hash = $2, shown_on_screens = id = any($4) where organisation_id = $1 and id = any($3)
"""
_AGREE = 0.8  # of all, to be named on screens
_OWN = ("nurse@demo.example", "lead@demo.example")  # agree, so that what they do is seen on the wall


class Doing:
    """The transaction of some acts; `events` is what they did, in order."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.events: list[Event] = []

    async def do(self, outcome: Awaitable[Outcome]) -> UUID:
        """One operation by itself."""
        done = await outcome
        self.events.extend(done.events)
        return done.id


async def add_units(doing: Doing, admin: UUID) -> list[UUID]:
    """The hospital's units in its order."""
    ids: list[UUID] = []
    for plan in unit_plans():
        parent = None if plan.parent is None else ids[plan.parent]
        ids.append(await doing.do(create_unit(doing.tx, admin, name=plan.name, parent=parent)))
    return ids


async def add_people(
    doing: Doing, admin: UUID, plans: Sequence[PersonPlan], places: Sequence[UUID | None], password_hash: str
) -> list[UUID]:
    """People who have been through their invitation: with a password, and most of them agree to be named on screens."""
    await lock_tree(doing.tx)
    ids = [uuid4() for _ in plans]

    async def add(person: UUID, plan: PersonPlan, tx: Transaction) -> None:
        await insert_person(
            tx,
            person,
            name=plan.name,
            email=plan.email,
            job_title=plan.job_title,
            unit=places[plan.unit],
            roles=_ROLES.get(plan.role, (Role.CONTRIBUTOR,)),
        )

    await together(doing.tx, [partial(add, person, plan) for person, plan in zip(ids, plans, strict=True)])
    agreeing = [person for person, plan in zip(ids, plans, strict=True) if _agrees(plan)]
    await doing.tx.run(_WELCOMED, doing.tx.organisation, password_hash, ids, agreeing)
    doing.events.extend(Silent(actor=admin) for _ in ids)
    return ids


def _agrees(plan: PersonPlan) -> bool:
    return plan.email in _OWN or draws("screens", plan.email).random() < _AGREE


async def add_theme(
    doing: Doing, known: Known, plan: ThemePlan, *, owner: UUID, opened_days_ago: int | None, units: Iterable[UUID] = ()
) -> UUID:
    """A theme with its window; a draft without one where it has not been opened."""
    opened = None if opened_days_ago is None else known.now - timedelta(days=opened_days_ago)
    made_at = known.now - timedelta(days=5) if opened is None else opened - timedelta(days=4)
    theme = await doing.do(
        create_theme(
            doing.tx,
            known.admin,
            title=plan.title,
            objective=plan.objective,
            why=plan.why,
            values=[Value(value) for value in plan.values],
            units=list(units),
            owner=owner,
            opens_on=None if opened is None else opened.date(),
            closes_on=None if opened is None else opened.date() + timedelta(weeks=plan.weeks),
            at=made_at,
        )
    )
    if opened is not None:
        await doing.do(open_theme(doing.tx, owner, theme=theme, at=opened))
    return theme


async def submit(tx: Transaction, life: Life) -> Outcome:
    """The idea's first step."""
    return await submit_idea(
        tx,
        life.author.id,
        problem=life.text.problem,
        solution=life.text.solution,
        title=life.text.title,
        theme=None if life.theme is None else life.theme.id,
        values=life.values,
        anonymous=life.anonymous,
        at=life.at,
    )


async def step(tx: Transaction, life: Life, idea: UUID, what: Step) -> Outcome:
    """One of the idea's further steps."""
    match what:
        case Said():
            return await add_comment(tx, what.by, idea=idea, body=what.body, anonymous=what.anonymous, at=what.at)
        case Supported():
            return await support_idea(tx, what.by, idea=idea, at=what.at)
        case Moved():
            return await change_idea_status(tx, what.by, idea=idea, to=what.to, reason=what.reason, at=what.at)
        case Won():
            return await share_win(
                tx,
                what.by,
                ideas=[idea],
                headline=what.text.headline,
                change=what.change,
                before=what.text.before,
                after=what.text.after,
                before_value=what.text.before_value,
                after_value=what.text.after_value,
                unit_of_measure=what.text.unit_of_measure,
                learned=what.text.learned,
                values=life.values,
                thanks=what.thanks,
                at=what.at,
            )


async def live(life: Life, tx: Transaction) -> list[Event]:
    """The idea's whole life; its events."""
    done = await submit(tx, life)
    events = list(done.events)
    for what in life.steps:
        events.extend((await step(tx, life, done.id, what)).events)
    return events


async def live_together(doing: Doing, lives: Sequence[Life]) -> None:
    """Many lives at once, each in its own order."""
    for events in await together(doing.tx, [partial(live, life) for life in lives]):
        doing.events.extend(events)
