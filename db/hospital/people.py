"""The people of the demonstration hospital: name, address, job and unit, made from name lists by a given random.Random."""

import unicodedata
from dataclasses import dataclass
from random import Random

from db.hospital.names import FIRST, LAST
from db.hospital.places import units

DOMAIN = "demo.example"
RESERVED = ("nurse", "lead", "admin")  # addresses of the demonstration's own people


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """A person; `role` is a hint: CONTRIBUTOR, CHAMPION, AMBASSADOR, UNIT_LEAD, COACH, MODERATOR or EXECUTIVE."""

    name: str
    email: str
    job_title: str
    unit: int
    role: str


_NURSING = (
    "Staff Nurse|Staff Nurse|Staff Nurse|Senior Staff Nurse|Healthcare Assistant|Healthcare Assistant|"
    "Nursing Associate|Student Nurse|Ward Clerk|Housekeeper|Resident Doctor|Consultant|Physiotherapist|"
    "Occupational Therapist|Clinical Pharmacist|Clinical Educator|Bank Nurse"
)
_JOBS: dict[str, tuple[int, str, str]] = {  # kind: how many relative to others, the lead's job, everybody else's
    "site": (1, "Site Director", "Site Co-ordinator|Clinical Site Manager|Chaplain|Switchboard Operator"),
    "division": (1, "Divisional Director of Nursing", "General Manager|Matron|Improvement Coach|Governance Lead"),
    "ward": (6, "Ward Sister|Charge Nurse|Ward Manager", _NURSING),
    "ed": (9, "Matron|Emergency Department Manager", _NURSING + "|Emergency Nurse Practitioner|Receptionist|Paramedic"),
    "day": (3, "Unit Sister", _NURSING),
    "theatre": (
        8,
        "Theatre Manager",
        "Operating Department Practitioner|Scrub Nurse|Recovery Nurse|Theatre Support"
        " Worker|Anaesthetist|Surgeon|Anaesthetic Nurse|Theatre Porter",
    ),
    "imaging": (
        5,
        "Superintendent Radiographer",
        "Radiographer|Senior Radiographer|Sonographer|Imaging Assistant|"
        "Radiologist|Radiology Booking Clerk|Cardiac Physiologist",
    ),
    "lab": (5, "Laboratory Manager", "Biomedical Scientist|Medical Laboratory Assistant|Phlebotomist|Pathologist"),
    "pharmacy": (5, "Chief Pharmacist", "Pharmacist|Pharmacy Technician|Pharmacy Assistant|Medicines Safety Officer"),
    "therapy": (
        6,
        "Head of Therapies",
        "Physiotherapist|Occupational Therapist|Therapy Assistant|Dietitian|Speech and Language Therapist",
    ),
    "clinic": (
        4,
        "Outpatient Sister",
        "Outpatient Nurse|Clinic Receptionist|Healthcare Assistant|Consultant|"
        "Specialist Nurse|Orthoptist|Plaster Technician|Medical Secretary",
    ),
    "maternity": (
        6,
        "Maternity Matron",
        "Midwife|Midwife|Maternity Support Worker|Obstetrician|Student Midwife|"
        "Ward Clerk|Infant Feeding Specialist|Sonographer",
    ),
    "children": (
        5,
        "Children's Matron",
        "Children's Nurse|Neonatal Nurse|Play Specialist|Healthcare Assistant|"
        "Paediatrician|Nursery Nurse|Student Nurse",
    ),
    "community": (
        5,
        "District Nursing Team Leader",
        "District Nurse|Community Nurse|Community Healthcare Assistant|"
        "Community Matron|Therapy Assistant|Health Visitor|Team Administrator",
    ),
    "estates": (
        5,
        "Head of Facilities",
        "Porter|Domestic Assistant|Housekeeper|Catering Assistant|Chef|Electrician|"
        "Plumber|Security Officer|Linen Assistant|Driver|Waste and Sustainability Officer",
    ),
    "office": (
        3,
        "Head of Service",
        "Booking Clerk|Service Desk Analyst|Clinical Systems Trainer|Medical Secretary|"
        "People Adviser|Practice Educator|Data Analyst|Project Support Officer",
    ),
}


def people(rng: Random, count: int = 5000) -> list[PersonPlan]:
    """People with distinct names and addresses; the first ones lead the units, in the units' order."""
    if count > len(FIRST) * len(LAST):
        raise ValueError(f"at most {len(FIRST) * len(LAST)} people can be named")
    places = units()
    weights = [_JOBS[unit.kind][0] for unit in places]
    leads = [tuple(_JOBS[unit.kind][1].split("|")) for unit in places]
    jobs = [tuple(_JOBS[unit.kind][2].split("|")) for unit in places]
    others = rng.choices(range(len(places)), weights, k=max(0, count - len(places)))
    taken = {f"{name}@{DOMAIN}" for name in RESERVED}
    plans: list[PersonPlan] = []
    for number, pair in enumerate(rng.sample(range(len(FIRST) * len(LAST)), count)):
        name = f"{FIRST[pair % len(FIRST)]} {LAST[pair // len(FIRST)]}"
        leading = number < len(places)
        unit = number if leading else others[number - len(places)]
        title = rng.choice(leads[unit] if leading else jobs[unit])
        role = "UNIT_LEAD" if leading else _role(rng.random())
        plans.append(PersonPlan(unicodedata.normalize("NFC", name), _email(name, taken), title, unit, role))
    return plans


def _role(draw: float) -> str:
    for limit, role in ((0.03, "CHAMPION"), (0.035, "AMBASSADOR"), (0.039, "COACH"), (0.041, "MODERATOR")):
        if draw < limit:
            return role
    return "EXECUTIVE" if draw < 0.042 else "CONTRIBUTOR"


def _email(name: str, taken: set[str]) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    local = plain.replace("'", "").replace(" ", ".")
    address, number = f"{local}@{DOMAIN}", 2
    while address in taken:
        address, number = f"{local}{number}@{DOMAIN}", number + 1
    taken.add(address)
    return address
