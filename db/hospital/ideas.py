"""Ideas as staff write them: a problem and mostly a possible solution, made from the theme's sheet."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from random import Random

from db.hospital.grammar import Bindings, Node, compile_text, render
from db.hospital.places import by_name, units, units_of
from db.hospital.sheets import OTHER, sheets
from db.hospital.themes import ThemePlan, themes

_OURS = {
    "ward": "on our ward", "ed": "in our department", "day": "on our unit", "children": "on our unit",
    "maternity": "on our unit", "theatre": "in our theatres", "clinic": "in our clinic", "imaging": "in our department",
    "lab": "in our lab", "community": "in our team", "estates": "in our team", "office": "in our office",
    "therapy": "in our team", "pharmacy": "in our team",
}  # fmt: skip

_OPENERS = """
Small thing, but it comes up every day.|This came up at [the huddle|our team meeting|handover] [again|this week].|I only
noticed this when I moved here from {other}.|[As a student|As a bank nurse|As someone who works nights] I see this
everywhere.|A patient put it very clearly [yesterday|last week] and I agree.|Several of us have said this for [months|a
while].|Not the biggest problem we have, but one that we can solve.|[Twice|Three times] this week.|I have been thinking
about this since [my last run of nights|the weekend|the audit].|From [our ward clerk|our housekeeper|a porter|one of
our HCAs], who asked me to write it down.|Maybe this is known already.|Thank you for asking about this.|Following on
from [Tuesday's|yesterday's|last week's] huddle:
""".strip().replace("\n", " ")
_EVIDENCE = """
[It is worse|We feel it most] [at weekends|on nights|on late shifts|when we are short|on Mondays].|I kept a tally for
[<4-9> shifts|a week|a fortnight]: <5-26> times.|It costs us <10-45/5> minutes [a shift|on a bad day].|Over [a month|four
weeks] that was <11-38> times.|[Bank staff|Students|Our new starters] [ask about it every time|cannot know].|[{Other}
have the same|It is the same with {other}], I asked.|We have all got used to it.|Nobody is doing anything wrong, it is how
it is set up.|[I have a photo|We have a list] if that helps.|It has been like this since [the move|the spring|before I
started|last winter].|[One relative|A patient|A visitor] [asked me about it|mentioned it in the survey] [last week|on
Sunday|this month].|About <2-6> in ten, I would say.|It happens on [most days|<3-6> days out of seven].
""".strip().replace("\n", " ")
_TAILS = """
[Happy to|I can|Would like to] [help set it up|try it on my shifts|lead on it with a bit of time].|Could we test it [for
two weeks|for a fortnight|on one bay|from Monday]?|[{Other} do|I saw this at {other}, they do] something like it.|[It would
cost next to nothing|Cost: about £<20-90/10>|No cost that I can see].|[We could count|Let us count] [before and after|for two
weeks each side|it on the huddle board].|If it does not help, we stop.|Start small: one [bay|shift|day].|[Our matron|The
team|Everyone I asked] liked it.|We would need [a yes from infection control|half an hour with estates|someone from
digital for an hour].|[I asked <4-9> colleagues|Asked around:] and <3-4> would join.|[Not sure who decides this.|Who would
have to agree?]
""".strip().replace("\n", " ")

_SENTENCE = re.compile(r"(?<=[a-z0-9)%][.?!] )[a-z]")


@dataclass(frozen=True, slots=True)
class IdeaText:
    """An idea's words; `solution` is None where somebody only saw the problem."""

    title: str
    problem: str
    solution: str | None
    values: tuple[str, ...]


@cache
def _shared() -> tuple[Node, Node, Node, dict[str, Node]]:
    opener, evidence, tail = (compile_text(f"[{text}]") for text in (_OPENERS, _EVIDENCE, _TAILS))
    return opener, evidence, tail, {"other": compile_text(OTHER)}


@cache
def units_for(theme_index: int) -> tuple[int, ...]:
    """The units that a theme concerns most: take an idea's unit from these, mostly."""
    return units_of(themes()[theme_index].kinds)


def here(rng: Random, kinds: frozenset[str], unit_name: str) -> str:
    """How somebody of this unit says where it is; people of other units name one that the theme concerns."""
    unit = by_name().get(unit_name)
    if unit is None:
        return "here"
    if unit.kind not in kinds:
        fitting = units_of(kinds)
        return units()[fitting[int(rng.random() * len(fitting))]].phrase
    draw = rng.random()
    return unit.phrase if draw < 0.45 else "here" if draw < 0.75 else _OURS.get(unit.kind, "here")


def tidy(text: str, place: str = "") -> str:
    """One space between words, capitals after full stops, the place named once and then called "here"."""
    text = text.strip()
    if "  " in text:
        text = " ".join(text.split())
    if len(place) > 4:
        first = text.lower().find(place.lower()) + len(place)
        if first >= len(place):
            text = text[:first] + text[first:].replace(place, "here").replace(place[0].upper() + place[1:], "Here")
    text = _SENTENCE.sub(lambda match: match[0].upper(), text)
    if text[-1:] not in ".?!":
        text += "" if text.endswith(('."', '?"', '!"', ".)", "…")) else "."
    return unicodedata.normalize("NFC", text[:1].upper() + text[1:])


def shorten(text: str, limit: int) -> str:
    """The text, cut at a word's end where it is longer than the limit."""
    return text if len(text) <= limit else text[: limit - 1].rsplit(" ", 1)[0] + "…"


def idea(rng: Random, theme_index: int, unit_name: str) -> IdeaText:
    """An idea for a theme from somebody of a unit."""
    theme = themes()[theme_index]
    sheet = sheets()[theme.key]
    opener, evidence, tail, shared = _shared()
    draw = rng.random
    situation = sheet.situations[int(draw() * len(sheet.situations))]
    place = here(rng, theme.kinds, unit_name)
    bound: Bindings = {"here": place}
    parts = [render(situation.problem, rng, situation.words, bound)]
    chance = draw()
    if chance < 0.3:
        parts.append(render(sheet.facts[int(draw() * len(sheet.facts))], rng, shared, bound))
    elif chance < 0.6:
        parts.append(render(evidence, rng, shared, bound))
    if draw() < 0.2:
        parts.insert(0, render(opener, rng, shared, bound))
    title = render(situation.title, rng, situation.words, bound)
    solution = None
    if draw() < 0.87:
        solution = render(situation.solution, rng, situation.words, bound)
        if draw() < 0.4:
            solution += " " + render(tail, rng, shared, bound)
        solution = tidy(solution, place)
    title = shorten(title[:1].upper() + title[1:], 140)
    return IdeaText(title, tidy(" ".join(parts), place), solution, _values(rng, theme))


def _values(rng: Random, theme: ThemePlan) -> tuple[str, ...]:
    draw = rng.random()
    chosen = theme.values[: 1 if draw < 0.4 else 2 if draw < 0.85 else 3]
    if draw > 0.75 and "TIME_RELEASED" not in chosen:
        return (*chosen[:2], "TIME_RELEASED")
    return chosen
