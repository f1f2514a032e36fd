"""The demonstration's first day: a hospital that has been at it for some weeks, and another organisation beside it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from db.engine import Database
from db.hospital.ideas import units_for
from db.hospital.people import PersonPlan
from db.hospital.places import units as unit_plans
from db.hospital.themes import themes as theme_plans
from db.log import Outcome, Transaction, writing
from db.operations.organisations import begin_organisation
from db.operations.people import edit_person
from db.operations.themes import close_theme
from db.operations.units import edit_unit
from db.operations.wins import share_win
from db.passwords import hash_password
from db.seed.acts import Doing, add_people, add_theme, add_units, step, submit
from db.seed.known import Known, Member, draws, everybody, look_round
from db.seed.lives import Life, Step, begin, discuss, spread
from db.terms import Value

PASSWORD = "groundswell"  # of everybody in the demonstration; told to whoever starts it
NAME, OTHER_NAME = "Ashcombe Hospitals", "Northmoor Hospice"
ADMIN, OTHER = "admin@demo.example", "other@demo.example"
IDEAS = 80
_WON = (4, 7, 19, 34, 49, 64)  # which of them became wins
_HOME = "Hawthorn Ward (Older People)"  # the nurse's and the lead's ward; large enough for anonymous ideas
_STAFF = {
    _HOME: 11,
    "Emergency Department": 7,
    "Acute Medical Unit": 5,
    "Bramble Ward (Respiratory)": 5,
    "Beech Ward (Orthopaedics)": 5,
    "Main Theatres": 5,
    "Pharmacy": 4,
    "Labour Ward": 3,
    "Radiology": 3,
    "Portering and Transport": 3,
    "District Nursing North": 3,
    "Main Outpatients": 3,
    "Discharge Lounge": 3,
}
# Days since each theme opened; the last of them closes within days.
OPEN_AT_FIRST = {
    "falls": 33,
    "medication": 24,
    "wellbeing": 17,
    "discharge": 39,
    "noise": 12,
    "ae": 45,
    "environment": 28,
    "digital": 8,
}
_CLOSED, _DRAFT = ("hydration", 26), "theatre"
_FOR_UNITS = {
    "ae": ("Emergency and Acute Medicine",),
    "discharge": ("Medicine", "Surgery and Theatres", "Rehabilitation"),
}
_LEADS_THEMES = ("falls", "medication", "noise")  # of lead@demo.example


@dataclass(frozen=True, slots=True)
class _Told:
    """A win that needed no idea: something that was simply done."""

    theme: str
    days_ago: float
    headline: str
    before: str
    change: str
    after: str
    learned: str | None
    values: tuple[Value, ...]


_SIMPLY_DONE = (
    _Told(
        "wellbeing",
        3,
        "A kettle that works, and a table to sit at",
        "The staff room had one chair for a team of nine, so breaks were taken standing in the corridor.",
        "Estates found a table and six chairs in the old pharmacy. We carried them up ourselves on Sunday.",
        "Everybody on the late shift sat down for twenty minutes, four days in a row.",
        "Ask what stands unused elsewhere before asking for money.",
        (Value.STAFF_WELLBEING,),
    ),
    _Told(
        "noise",
        1,
        "Bins with soft lids: nobody wakes at two any more",
        "The lids fell shut all night. Patients named them before anything else when we asked about their sleep.",
        "Felt pads under eleven lids, forty minutes' work and four pounds.",
        "None of 14 patients mentioned the bins this week; last week it was 9 of 15.",
        None,
        (Value.PATIENT_EXPERIENCE, Value.STAFF_WELLBEING),
    ),
)


async def seed_demo(database: Database, *, public_url: str = "http://localhost:8000", password: str = PASSWORD) -> UUID:
    """Make the demonstration where it is missing; answers its organisation. All of it is there, or nothing."""
    organisation: UUID | None = await database.value(
        "select organisation_id from person join organisation on organisation.id = organisation_id "
        "where email = $1 and demo",
        [ADMIN],
    )
    if organisation is None:
        password_hash = await hash_password(password)
        organisation = uuid4()

        async def ashcombe(tx: Transaction) -> Outcome:
            return await _ashcombe(tx, password_hash, public_url)

        await writing(database, organisation, ashcombe)
    if not await database.value("select exists (select from person where email = $1)", [OTHER]):
        password_hash = await hash_password(password)

        async def other(tx: Transaction) -> Outcome:
            return await _begin(tx, OTHER_NAME, OTHER, "Oona Byrne", password_hash, public_url)

        await writing(database, uuid4(), other)
    return organisation


_ACCEPTED = """
with used as (delete from invitation where organisation_id = $1 and person_id = $2)
update person set password_hash = $3 where organisation_id = $1 and id = $2
"""


async def _begin(
    tx: Transaction, name: str, email: str, admin_name: str, password_hash: str, public_url: str
) -> Outcome:
    """An organisation whose administrator has a password."""
    begun = await begin_organisation(
        tx, name=name, admin_email=email, admin_name=admin_name, public_url=public_url, demo=True
    )
    await tx.run(_ACCEPTED, tx.organisation, begun.id, password_hash)
    return Outcome(begun.id, begun.events)


async def _ashcombe(tx: Transaction, password_hash: str, public_url: str) -> Outcome:
    doing = Doing(tx)
    admin = await doing.do(_begin(tx, NAME, ADMIN, "Amit Shah", password_hash, public_url))
    places = await add_units(doing, admin)
    people = await _add_staff(doing, admin, places, password_hash)
    known = await look_round(tx)
    themes = await _add_themes(doing, known, people["lead@demo.example"])
    known = await look_round(tx)
    await _add_ideas(doing, known, people["nurse@demo.example"])
    await _tell_wins(doing, known, themes)
    await doing.do(close_theme(tx, admin, theme=themes[_CLOSED[0]]))
    return Outcome(admin, doing.events)


async def _add_staff(doing: Doing, admin: UUID, places: list[UUID], password_hash: str) -> dict[str, UUID]:
    """The demonstration's own people, everybody who leads a unit, and the staff of some; ids by address."""
    plans = unit_plans()
    names = [plan.name for plan in plans]
    everyone = everybody()
    chosen = [
        PersonPlan("Grace Mensah", "nurse@demo.example", "Staff Nurse", names.index(_HOME), "CONTRIBUTOR"),
        PersonPlan("Siân Davies", "lead@demo.example", "Ward Sister", names.index(_HOME), "THEME_LEAD"),
        *everyone[: len(plans)],
    ]
    others = everyone[len(plans) :]
    for name, count in _STAFF.items():
        here = [plan for plan in others if names[plan.unit] == name and plan.role == "CONTRIBUTOR"]
        chosen.extend(here[:count])
    for role in ("COACH", "MODERATOR", "EXECUTIVE"):
        chosen.append(next(plan for plan in others if plan.role == role))
    ids = await add_people(doing, admin, chosen, places, password_hash)
    for unit, (place, lead) in enumerate(zip(places, ids[2:], strict=False)):
        leads = [lead] if names[unit] != _HOME else [ids[1]]
        await doing.do(edit_unit(doing.tx, admin, unit=place, leads=leads))
    office = places[names.index("People and Education")]
    await doing.do(edit_person(doing.tx, admin, person=admin, unit=office, job_title="Head of Improvement"))
    return {plan.email: person for plan, person in zip(chosen, ids, strict=True)}


async def _add_themes(doing: Doing, known: Known, lead: UUID) -> dict[str, UUID]:
    """Themes by their keys. The closed one is still open, so that ideas can be given to it."""
    index = {plan.key: n for n, plan in enumerate(theme_plans())}
    by_name = {plan.name: place for plan, place in zip(unit_plans(), known.places, strict=True)}
    made: dict[str, UUID] = {}
    for key, days in (*OPEN_AT_FIRST.items(), _CLOSED, (_DRAFT, None)):
        concerned = known.places[draws("owner", key).choice(units_for(index[key]))]
        owner = lead if key in _LEADS_THEMES else known.lead_for(concerned, lead, anonymous=False)
        units = [place for name in _FOR_UNITS.get(key, ()) if (place := by_name[name]) is not None]
        made[key] = await add_theme(
            doing, known, theme_plans()[index[key]], owner=owner, opened_days_ago=days, units=units
        )
    return made


def _lives(known: Known, nurse: UUID) -> list[Life]:
    grace = next(member for member in known.members if member.id == nurse)
    ward = known.by_unit[grace.unit] if grace.unit is not None else []
    lives: list[Life] = []
    for n in range(IDEAS):
        # An idea in sixteen is the nurse's own and some are her colleagues', so that her ward has its share.
        author: Member | None = grace if n % 16 == 7 else ward[n % len(ward)] if n % 8 == 2 else None
        lives.append(
            begin(
                draws("demo", n),
                known,
                longest=timedelta(weeks=6),
                supports=4,
                won=n in _WON,
                author=author,
            )
        )
    rng = draws("demo talk")
    for life, more in zip(lives, spread(rng, lives, 3 * IDEAS), strict=True):
        discuss(rng, known, life, more)
    return sorted((life.in_order() for life in lives), key=lambda life: life.at)


async def _add_ideas(doing: Doing, known: Known, nurse: UUID) -> None:
    """In the order of time, so that the feed reads as it would have been."""
    lives = _lives(known, nurse)
    ids: dict[int, UUID] = {}
    moments: list[tuple[datetime, int, int, Step | None]] = [(life.at, n, 0, None) for n, life in enumerate(lives)]
    moments += [(what.at, n, 1 + place, what) for n, life in enumerate(lives) for place, what in enumerate(life.steps)]
    for _, n, _, what in sorted(moments, key=lambda moment: moment[:3]):
        if what is None:
            ids[n] = await doing.do(submit(doing.tx, lives[n]))
        else:
            await doing.do(step(doing.tx, lives[n], ids[n], what))


async def _tell_wins(doing: Doing, known: Known, themes: dict[str, UUID]) -> None:
    names = {name: unit for unit, name in known.unit_names.items()}
    home = names[_HOME]
    for n, told in enumerate(_SIMPLY_DONE):
        sharing, *thanked = draws("told", n).sample(known.by_unit[home], 4)
        await doing.do(
            share_win(
                doing.tx,
                sharing.id,
                headline=told.headline,
                change=told.change,
                before=told.before,
                after=told.after,
                learned=told.learned,
                values=told.values,
                theme=themes[told.theme],
                unit=home,
                thanks=[each.id for each in thanked],
                at=known.now - timedelta(days=told.days_ago),
            )
        )
