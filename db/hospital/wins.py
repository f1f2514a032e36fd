"""The wins of the demonstration hospital: what was counted before and after, for each theme."""

from dataclasses import dataclass
from functools import cache
from random import Random

from db.hospital.grammar import Node, compile_text, render
from db.hospital.ideas import shorten, tidy
from db.hospital.places import by_name
from db.hospital.themes import ThemePlan, themes

# key | what is counted | its unit of measure | before | after
_ROWS = """
falls|Falls|falls a month|5-9|1-4
medication|Late doses|late doses a week|18-40|4-15
discharge|Home before noon|% of discharges|12-22|29-46
wellbeing|Proper breaks|% of shifts|40-55|72-93
sepsis|Antibiotics within the hour|% of patients|55-70|84-96
pressure|New pressure ulcers|a month|4-7|0-3
handover|Handover|minutes|34-48|16-24
noise|Noise at 2am|decibels|58-66|42-50
ae|Wait for triage|minutes|24-38|9-15
food|Meals sent back|% of trays|26-38|9-18
carers|Carers who were rung|% a day|30-45|78-95
theatre|Late starts|lists a week|9-16|2-6
imaging|Wait for an inpatient scan|hours|31-54|14-23
environment|Waste bags|bags a day|24-36|13-21
digital|Log-ins a shift|log-ins|22-34|8-14
dementia|Moves between beds|moves a week|9-15|2-6
infection|Hand gel bottles empty|of 30 looked at|7-12|0-3
hydration|Drinks within reach|of 24 beds|11-15|20-24
pain|Wait for pain relief|minutes|38-55|14-24
lastdays|Wishes written down|% of patients|35-50|75-92
deteriorating|Observations on time|% of sets|62-74|86-97
bloods|Rejected samples|a week|24-40|7-15
equipment|Minutes to find a pump|minutes|12-21|2-5
supplies|Stock-outs|a week|8-14|0-3
outpatients|Unused appointments|a week|19-31|7-13
equity|Interpreter there from the start|% of visits|35-52|78-92
reasonable|Hospital passports read|% of patients|28-44|76-94
letters|Calls about letters|calls a week|44-70|14-27
wayfinding|People who asked the way|an hour|18-29|5-11
phones|Calls put through twice|a day|21-34|6-12
breaks|Breaks missed|a week|19-30|4-9
starters|Log-in on the first day|% of starters|38-54|88-98
safework|Incidents|a month|11-17|4-8
maternity|Women who felt heard|% of those asked|66-76|87-96
children|Tears before a blood test|% of children|48-62|21-33
community|Driving|minutes a shift|88-115|57-76
transfers|Moves after 10pm|a month|26-38|7-14
moving|Up and dressed by eleven|% of patients|32-44|61-78
energy|Lights burning|rooms a night|18-27|3-8
repairs|Repairs older than a week|repairs|14-23|2-6
"""
_HEADLINE = """
{what}: {b} before, {a} now, {here}|From {b} to {a}: {what_small} {here}|{What} {here}: {b} became {a}| {A} instead of
{b}: {what_small} {here}
"""
_AFTER = """
{a} {measure} [over the last <3-6> weeks|in the last month|when we counted again].|[We counted again|Counted again]
for [two weeks|a fortnight]: {a} {measure}.|{a} {measure}, and [nobody wants to go back|the night team asked to have
it too].
"""
_BEFORE = """
{b} {measure}, [counted for two weeks|by the tally on the board|from the notes of a month].|It was {b} {measure} [and
we were used to it|before we began].
"""
_LEARNED = """
Start with one [bay|shift|room]. [By the third|After the second] [week|round] people asked for it.|It only worked once
we had asked [the ward clerk|the cleaners|the porters|the night team].|The first [label|list|box] was [too small|too
long|in the wrong place]; the second one was right.|Put one name to it. When that person was away it stopped.|Counting
[took a minute|cost us a minute] a shift and changed more than the [poster|e-mail].|Ask those who [walk past it|do it]
every day; they knew it [all along|from the start].|We should have told [pharmacy|the other shift|therapies] before we
began, not after.
"""


@dataclass(frozen=True, slots=True)
class WinText:
    """A win's words and its figures; `change`, what was done, comes from the idea."""

    headline: str
    before: str
    after: str
    before_value: float
    after_value: float
    unit_of_measure: str
    learned: str | None


@dataclass(frozen=True, slots=True)
class _Measured:
    what: str
    measure: str
    before: tuple[int, int]
    after: tuple[int, int]


@cache
def _measured() -> dict[str, _Measured]:
    found: dict[str, _Measured] = {}
    for row in _ROWS.strip().split("\n"):
        key, what, measure, before, after = row.split("|")
        found[key] = _Measured(what, measure, _range(before), _range(after))
    return found


def _range(text: str) -> tuple[int, int]:
    low, high = text.split("-")
    return int(low), int(high)


@cache
def _texts() -> tuple[Node, Node, Node, Node]:
    headline, before, after, learned = (
        compile_text(f"[{'|'.join(part.strip() for part in ' '.join(text.split()).split('| '))}]")
        for text in (_HEADLINE, _BEFORE, _AFTER, _LEARNED)
    )
    return headline, before, after, learned


def win(rng: Random, theme: ThemePlan, unit_name: str) -> WinText:
    """A win of a theme in a unit."""
    measured = _measured()[theme.key]
    unit = by_name().get(unit_name)
    b, a = rng.randint(*measured.before), rng.randint(*measured.after)
    small = measured.what if measured.what[:2].isupper() else measured.what[0].lower() + measured.what[1:]
    per_cent = measured.measure.startswith("% ")
    words = {
        "what": measured.what,
        "what_small": small,
        "measure": measured.measure,
        "here": "here" if unit is None else unit.phrase,
        "b": f"{b}%" if per_cent else str(b),
        "a": f"{a}%" if per_cent else str(a),
    }
    # In a sentence: "46% of discharges", "3 falls a month".
    told = words | {"measure": measured.measure.removeprefix("% ")}
    headline, before, after, learned = _texts()
    return WinText(
        headline=shorten(tidy(render(headline, rng, {}, dict(words))).rstrip("."), 140),
        before=tidy(render(before, rng, {}, dict(told))),
        after=tidy(render(after, rng, {}, dict(told))),
        before_value=float(b),
        after_value=float(a),
        unit_of_measure=measured.measure,
        learned=tidy(render(learned, rng, {}, {})) if rng.random() < 0.8 else None,
    )


@cache
def plan_of(title: str) -> int | None:
    """The index of the theme with this title, where it is one of ours."""
    return next((index for index, plan in enumerate(themes()) if plan.title == title), None)
