"""The units of the demonstration hospital: sites, divisions, wards and departments, parents before children."""

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A unit: its name, the index of its parent (None at the top), its kind and how people say where it is."""

    name: str
    parent: int | None
    kind: str
    phrase: str


# Indented by two spaces a level: name | kind | how people say it (empty: made from kind and name)
_TREE = """
Ashcombe General Hospital | site | at Ashcombe
  Emergency and Acute Medicine | division |
    Emergency Department | ed | in A&E
    Children's Emergency Department | ed | in children's A&E
    Same Day Emergency Care | ed | in SDEC
    Acute Medical Unit | ward | on AMU
    Frailty Assessment Unit | ward | on the frailty unit
    Discharge Lounge | ward | in the discharge lounge
  Medicine | division |
    Bramble Ward (Respiratory) | ward | on Bramble
    Cedar Ward (Cardiology) | ward | on Cedar
    Hawthorn Ward (Older People) | ward | on Hawthorn
    Juniper Ward (Older People) | ward | on Juniper
    Larch Ward (Gastroenterology) | ward | on Larch
    Maple Ward (Diabetes and Endocrine) | ward | on Maple
    Rowan Ward (Stroke) | ward | on Rowan
    Willow Ward (Renal) | ward | on Willow
    Oncology Day Unit | day | in the oncology day unit
  Surgery and Theatres | division |
    Ash Ward (General Surgery) | ward | on Ash
    Beech Ward (Orthopaedics) | ward | on Beech
    Elm Ward (Urology) | ward | on Elm
    Hazel Ward (Vascular) | ward | on Hazel
    Surgical Admissions Lounge | day | in surgical admissions
    Main Theatres | theatre | in main theatres
    Recovery | theatre | in recovery
    Critical Care Unit | ward | on critical care
    Pre-operative Assessment | clinic | in pre-op
  Women and Children | division |
    Labour Ward | maternity | on labour ward
    Primrose Ward (Postnatal) | maternity | on Primrose
    Antenatal Clinic | maternity | in antenatal clinic
    Neonatal Unit | children | on the neonatal unit
    Kingfisher Ward (Children) | children | on Kingfisher
    Children's Outpatients | children | in children's outpatients
  Diagnostics and Support | division |
    Radiology | imaging | in radiology
    Pathology | lab | in the lab
    Pharmacy | pharmacy | in pharmacy
    Physiotherapy and Occupational Therapy | therapy | in therapies
    Endoscopy | day | in endoscopy
    Cardiac Investigations | imaging | in cardiac investigations
  Outpatients and Booking | division |
    Main Outpatients | clinic | in main outpatients
    Eye Clinic | clinic | in the eye clinic
    Fracture Clinic | clinic | in fracture clinic
    Booking Centre | office | in the booking centre
St Bride's Hospital | site | at St Bride's
  Planned Care | division |
    Orchard Ward (Elective Orthopaedics) | ward | on Orchard
    Day Surgery | theatre | in day surgery
    St Bride's Outpatients | clinic | in outpatients at St Bride's
    St Bride's X-ray | imaging | in X-ray at St Bride's
    Urgent Treatment Centre | ed | in urgent treatment
  Rehabilitation | division |
    Harbour Ward (Rehabilitation) | ward | on Harbour
    Meadow Ward (Stroke Rehabilitation) | ward | on Meadow
Wenlow Community Services | site | at Wenlow
  Wenlow Community Ward | ward | on the community ward
  District Nursing North | community | in the north team
  District Nursing South | community | in the south team
  Community Midwifery | maternity | in community midwifery
  Virtual Ward and Hospital at Home | community | on the virtual ward
  Health Visiting and School Nursing | community | in health visiting
Corporate and Estates | site | in corporate services
  Estates and Facilities | estates | in estates
  Portering and Transport | estates | in portering
  Catering and Housekeeping | estates | in catering
  Digital Services | office | in digital services
  People and Education | office | in the education centre
"""


@cache
def units() -> tuple[UnitPlan, ...]:
    """All units; a parent always comes before its children."""
    plans: list[UnitPlan] = []
    path: list[int] = []
    for line in _TREE.strip("\n").split("\n"):
        depth = (len(line) - len(line.lstrip(" "))) // 2
        name, kind, phrase = (part.strip() for part in line.split("|"))
        plans.append(UnitPlan(name, path[depth - 1] if depth else None, kind, phrase or f"in {name}"))
        path[depth:] = [len(plans) - 1]
    return tuple(plans)


@cache
def units_of(kinds: frozenset[str]) -> tuple[int, ...]:
    """The indices of the units of these kinds."""
    return tuple(index for index, unit in enumerate(units()) if unit.kind in kinds)


@cache
def by_name() -> dict[str, UnitPlan]:
    """Units by their name."""
    return {unit.name: unit for unit in units()}
