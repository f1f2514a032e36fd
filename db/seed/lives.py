"""What becomes of an idea: who shares it, who supports and discusses it, how it is answered. Drawn, not yet done."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from db.hospital import answers, ideas, wins
from db.hospital.themes import themes
from db.seed.known import Known, Member, OpenTheme
from db.terms import IdeaStatus, Value

S = IdeaStatus
# Where ideas stand in the end, by weight, and on which way they came there.
_FATES: dict[IdeaStatus, tuple[int, tuple[IdeaStatus, ...]]] = {
    S.OPEN: (42, ()),
    S.UNDER_REVIEW: (13, (S.UNDER_REVIEW,)),
    S.PLANNED: (9, (S.UNDER_REVIEW, S.PLANNED)),
    S.TESTING: (11, (S.PLANNED, S.TESTING)),
    S.IMPLEMENTED: (7, (S.TESTING, S.IMPLEMENTED)),
    S.SUSTAINED: (4, (S.TESTING, S.IMPLEMENTED, S.SUSTAINED)),
    S.DEFERRED: (7, (S.UNDER_REVIEW, S.DEFERRED)),
    S.DECLINED: (7, (S.DECLINED,)),
}
_HOURS = range(6, 23)
_BUSY = (3, 6, 6, 4, 5, 5, 8, 9, 6, 4, 4, 5, 4, 5, 4, 3, 2)


@dataclass(frozen=True, slots=True)
class Said:
    """A comment."""

    at: datetime
    by: UUID
    body: str
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class Supported:
    """A support."""

    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class Moved:
    """A change of status; a reason becomes a comment."""

    at: datetime
    by: UUID
    to: IdeaStatus
    reason: str | None


@dataclass(frozen=True, slots=True)
class Won:
    """The win that it became."""

    at: datetime
    by: UUID
    text: wins.WinText
    change: str
    thanks: tuple[UUID, ...]


Step = Said | Supported | Moved | Won


@dataclass(slots=True)
class Life:
    """An idea and its steps, which are in order once `in_order` was called."""

    author: Member
    theme: OpenTheme | None
    text: ideas.IdeaText
    anonymous: bool
    at: datetime
    steps: list[Step] = field(default_factory=list)

    @property
    def values(self) -> list[Value]:
        return [Value(value) for value in self.text.values]

    @property
    def comments(self) -> int:
        return sum(
            isinstance(step, Said) or (isinstance(step, Moved) and step.reason is not None) for step in self.steps
        )

    def in_order(self) -> "Life":
        self.steps.sort(key=lambda step: step.at)
        return self


def begin(
    rng: Random, known: Known, *, longest: timedelta, supports: float, won: bool = False, author: Member | None = None
) -> Life:
    """An idea, its supports and what its leads do with it; `longest` ago where it has no theme."""
    plans = range(len(themes())) if author is None else known.concerning(author.unit)
    open_now = [theme for theme in known.themes if theme.plan in plans]
    theme = rng.choice(open_now) if open_now and (won or rng.random() < 0.85) else None
    plan = rng.choice(plans) if theme is None else theme.plan
    author = author or _author(rng, known, plan)
    opened = known.now - longest if theme is None else theme.opened_at
    at = waking(rng, opened + (known.now - opened) * rng.random() ** 0.8, opened, known.now)
    text = ideas.idea(rng, plan, known.unit_name(author.unit))
    life = Life(author, theme, text, anonymous=not won and rng.random() < 0.09, at=at)
    for person in rng.sample(known.members, min(int(rng.expovariate(1 / supports)), 40, len(known.members))):
        if person.id != author.id:
            life.steps.append(Supported(_later(rng, life, known), person.id))
    _decide(rng, known, life, won=won)
    return life


def _author(rng: Random, known: Known, plan: int) -> Member:
    """Mostly from a unit that the theme concerns."""
    concerned = [known.places[index] for index in ideas.units_for(plan)]
    if rng.random() < 0.85 and concerned:
        unit = rng.choice(concerned)
        if unit in known.by_unit:
            return rng.choice(known.by_unit[unit])
    return rng.choice(known.members)


def _decide(rng: Random, known: Known, life: Life, *, won: bool) -> None:
    lead = known.lead_for(life.author.unit, life.author.id, anonymous=life.anonymous)
    place = known.unit_name(life.author.unit)
    age = known.now - life.at
    fate = rng.choices(list(_FATES), [weight for weight, _ in _FATES.values()])[0]
    way = (S.PLANNED, S.TESTING) if won else _FATES[fate][1]
    if not won:
        way = way[: int(age / timedelta(days=2))]  # what is young has not come far
    times = _times(rng, life, known, len(way) + 1)
    for at, to in zip(times, way, strict=False):
        needed = to in (S.DEFERRED, S.DECLINED)
        said = answers.reason(rng, to, place) if needed or rng.random() < 0.3 else None
        life.steps.append(Moved(at, lead, to, said))
    if won:
        thanked = [life.author.id, *(step.by for step in life.steps if isinstance(step, Supported))]
        assert life.theme is not None, "a win of an idea counts what its theme is about"
        text = wins.win(rng, themes()[life.theme.plan], place)
        change = life.text.solution or life.text.title
        sharing = lead if lead == known.lead_of(life.author.unit) else life.author.id  # a coach may not
        life.steps.append(Won(times[-1], sharing, text, change, tuple(thanked[: rng.randint(1, 4)])))
    elif not way and age > timedelta(days=1) and rng.random() < 0.45:
        name = None if life.anonymous else life.author.name.partition(" ")[0]
        life.steps.append(Said(times[-1], lead, answers.answer(rng, place, name)))


def discuss(rng: Random, known: Known, life: Life, comments: int) -> None:
    """So many more comments."""
    near = known.by_unit.get(life.author.unit, known.members) if life.author.unit else known.members
    for n in range(comments):
        person = rng.choice(near if rng.random() < 0.5 else known.members)
        place = known.unit_name(person.unit)
        replies = n > 0 and not life.anonymous and rng.random() < 0.15
        if replies or (person.id == life.author.id and not life.anonymous):
            body = answers.reply(rng, known.unit_name(life.author.unit))
            life.steps.append(Said(_later(rng, life, known), life.author.id, body))
            continue
        hidden = person.id == life.author.id or rng.random() < 0.03
        life.steps.append(Said(_later(rng, life, known), person.id, answers.comment(rng, place), hidden))


def spread(rng: Random, lives: list[Life], comments: int) -> list[int]:
    """How many more comments each gets, so that all have so many together: a few get most of them."""
    extra = [0] * len(lives)
    missing = comments - sum(life.comments for life in lives)
    weights = [rng.paretovariate(1.5) for _ in lives]
    for index in rng.choices(range(len(lives)), weights, k=max(0, missing)):
        extra[index] += 1
    return extra


def waking(rng: Random, at: datetime, after: datetime, before: datetime) -> datetime:
    """The same day at an hour at which people write, where that lies between."""
    awake = at.replace(hour=rng.choices(_HOURS, _BUSY)[0])
    return awake if after < awake < before else at


def _later(rng: Random, life: Life, known: Known) -> datetime:
    """Some time after it was shared; mostly in the first days."""
    at = life.at + timedelta(days=rng.expovariate(0.4))
    if at >= known.now:
        at = life.at + (known.now - life.at) * rng.random()
    return waking(rng, at, life.at, known.now)


def _times(rng: Random, life: Life, known: Known, count: int) -> list[datetime]:
    """Times in order, some days from one to the next."""
    span = min(known.now - life.at, timedelta(days=6) * count)
    return sorted(life.at + span * rng.uniform(0.02, 1) for _ in range(count))
