"""The forty themes of the demonstration hospital: what everyone works toward for some weeks, and why."""

from dataclasses import dataclass
from functools import cache

VALUES = {
    "PS": "PATIENT_SAFETY", "CQ": "CLINICAL_QUALITY", "PE": "PATIENT_EXPERIENCE", "SW": "STAFF_WELLBEING",
    "TI": "TIMELINESS", "EQ": "EQUITY", "EN": "ENVIRONMENT", "TR": "TIME_RELEASED", "MO": "MONEY",
}  # fmt: skip
_BEDS = "ward day children maternity"
_FRONT = _BEDS + " ed theatre clinic imaging"
_ALL = _FRONT + " lab pharmacy therapy community estates office"


@dataclass(frozen=True, slots=True)
class ThemePlan:
    """A theme; `kinds` are the kinds of units it concerns most, `key` the sheet its ideas are made from."""

    key: str
    title: str
    objective: str
    why: str
    values: tuple[str, ...]
    weeks: int
    kinds: frozenset[str]


# key | values | weeks | kinds | title | objective | why
_ROWS = """
falls|PS PE CQ|8|BEDS|Falls: what would stop one tonight?|Halve the falls on our wards by the end of the theme.|A fall costs somebody their confidence, and often their way home. Those who walk past the bed every day see what would help.
medication|PS CQ TR|8|BEDS|Every dose, on time, the right one|Cut late and missed doses of time-critical medicines by a third.|We give thousands of doses a day. Most near misses have a cause that someone on the ward has long known.
discharge|TI PE TR|6|BEDS|Home before lunch|A third of all discharges before noon, with medicines and letter in hand.|People want to be at home, and somebody downstairs is waiting for the bed.
wellbeing|SW PE|6|ALL|Look after each other|Everyone finishes the shift fed, rested and thanked.|Teams that are well give better care and stay longer. It is often the small things.
sepsis|PS CQ TI|8|BEDS ed|Sepsis: the first hour|Antibiotics within an hour for nine in ten people with red-flag sepsis.|Every hour matters, and most of the delay is fetching, finding and asking.
pressure|PS PE CQ|8|ward|No avoidable pressure ulcers|No new category 3 ulcers, and half the category 2 ones.|They hurt, heal slowly and often start in the first hours of a stay.
handover|PS SW TR|4|BEDS ed theatre|Handover that everyone trusts|Handover in under 20 minutes, with nothing that matters left out.|What is lost at eight in the morning is what we look for at three in the afternoon.
noise|PE SW CQ|4|ward children|Quiet nights|Patients rate their nights' sleep two points better.|Sleep is treatment. Noise at night is what our patients mention most.
ae|TI PE PS|8|ed|Waiting in A&E|Nobody waits more than 15 minutes without knowing what comes next.|We cannot always make the wait shorter, but it can be safer, kinder and better explained.
food|PE CQ EN|6|BEDS|Food people want to eat|Every patient gets a meal they chose, warm, with help if needed.|Eating well means healing faster. A third of what we serve comes back.
carers|PE EQ CQ|6|BEDS|Families and carers welcome|Every carer knows whom to ask and is rung once a day if they wish.|They know the person best, and are the ones who carry on at home.
theatre|TI TR MO|8|theatre|Theatre lists that start on time|Nine in ten lists start within ten minutes of the plan.|A late start is somebody's cancelled operation at four in the afternoon.
imaging|TI PE TR|6|imaging BEDS|Scan today, answer today|Inpatient scans within 24 hours of the request.|A day of waiting for a picture is a day in a hospital bed.
environment|EN PE MO|10|ALL|Greener care|A tenth less waste from every ward and clinic.|What harms the climate harms health, and waste is work for somebody.
digital|TR SW PS|6|FRONT community|Fewer clicks, more care|Give each clinician 20 minutes a shift back from the screen.|Nobody trained for years in order to log in five times.
dementia|PE PS EQ|8|ward|A calmer stay with dementia|Fewer moves, fewer falls and more good days for people with dementia.|One in four of our patients lives with dementia. A strange place makes everything harder.
infection|PS CQ EN|8|BEDS ed|Clean hands, clean kit|No avoidable outbreak this winter.|Every infection is days of illness, and a bay that is closed to others.
hydration|PS CQ PE|4|ward|A drink within reach|Every patient has a drink they like, in a cup they can hold.|Dehydration causes falls, confusion and kidney injury, and a drink prevents it.
pain|PE CQ TI|6|BEDS ed|Nobody waits in pain|Pain relief within 20 minutes, and a second look within the hour.|Pain slows everything down: sleep, breathing, walking and going home.
lastdays|PE CQ EQ|8|ward community|The last days, done well|Everyone's wishes are known, and followed wherever we can.|We have one chance, and families remember it for ever.
deteriorating|PS CQ TI|6|ward|Spot it, say it, act|Observations on time, and the right person called at the first sign.|People rarely get worse without warning. The warning has to reach someone.
bloods|TI TR PE|4|BEDS lab|Blood tests: once, right and early|Halve the samples that are rejected or repeated without need.|Every repeat is another needle for a patient and another trip for somebody.
equipment|TR PS SW|4|BEDS ed|Find it, and it works|Any shared piece of equipment found, clean and charged, in five minutes.|We own enough of nearly everything, and spend hours looking for it.
supplies|TR MO EN|4|BEDS theatre ed|The right thing on the shelf|No stock-outs of the twenty things we use most.|Whoever goes to look for a dressing is not with a patient.
outpatients|TI PE EQ|8|clinic|A clinic visit worth the journey|Half as many empty slots, and nobody waits past half an hour.|People take a day off, and travel, to see us for ten minutes.
equity|EQ PE PS|10|FRONT community|Care that reaches everyone|Everyone is told what matters in a way that they understand.|Who is missing from our clinics is often who needs them most.
reasonable|EQ PE PS|8|FRONT|Learning disability and autism: ask, adjust, act|Every known adjustment is ready when the person arrives.|Small changes make the difference between care given and care missed.
letters|PE EQ TR|4|clinic office|Letters people understand|Every letter says on its first page what happens next.|A clear letter saves a worried night and three telephone calls.
wayfinding|PE EQ TI|4|clinic estates imaging|Finding the way|First-time visitors reach their clinic without asking twice.|The visit starts at the car park, and for many that is the hardest part.
phones|TR PS SW|4|ward ed|Calls that reach the right person|One call, one answer, within five minutes.|Every call that goes astray interrupts two people and helps nobody.
breaks|SW PS|4|ALL|Breaks, rotas and rest|Everyone has a proper break on every shift.|Tired people make slips, and go home later than they should.
starters|SW PS EQ|6|ALL|A good first month|Log-in, badge, buddy and locker on the first day, for everybody.|People decide in the first weeks whether they want to stay.
safework|SW PS EQ|8|BEDS ed community|Safe at work|Fewer incidents, and support for everyone after each of them.|Nobody should be hurt or insulted for coming to work.
maternity|PE PS EQ|8|maternity|Listening to women and families|Every family can say that they were told, asked and heard.|Birth is remembered for a lifetime, and so is how we were spoken to.
children|PE PS EQ|6|children|Children and young people first|Fewer tears before every procedure.|A child who has been afraid once will be afraid the next time.
community|TI PE TR|8|community|More time with people at home|Half an hour a day from driving and writing back to visits.|Care at home works when we are there, not on the road.
transfers|PS PE TI|6|BEDS|Right bed, first time|No moves after 10pm, and nothing left behind.|Each move costs a person half a day and a bit of their trust.
moving|PS PE CQ|6|ward therapy|Up, dressed and moving|Two thirds of patients up and dressed by eleven.|Strength goes in days and comes back in weeks.
energy|EN MO SW|6|ALL|Switch it off, turn it down|Use a twelfth less energy this winter without anyone being cold.|What we do not burn is better for the air outside and for what we can buy inside.
repairs|PE PS SW|4|ALL|Mend it: the things we walk past|Every broken thing has an owner and a date within two days.|People judge our care by the door that does not close.
"""


@cache
def themes() -> tuple[ThemePlan, ...]:
    """The forty themes, always in this order."""
    plans: list[ThemePlan] = []
    for row in _ROWS.strip().split("\n"):
        key, values, weeks, kinds, title, objective, why = row.split("|")
        kinds = kinds.replace("BEDS", _BEDS).replace("FRONT", _FRONT).replace("ALL", _ALL)
        chosen = tuple(VALUES[value] for value in values.split())
        plans.append(ThemePlan(key, title, objective, why, chosen, int(weeks), frozenset(kinds.split())))
    return tuple(plans)
