"""What colleagues and leads write under ideas: agreement, experience, questions, answers and reasons."""

from dataclasses import dataclass
from functools import cache
from random import Random

from db.hospital.grammar import Bindings, Node, compile_text, render
from db.hospital.ideas import tidy
from db.hospital.places import by_name
from db.hospital.sheets import OTHER

_COMMENT = """
[Yes please.|Yes!|Please do this.|This, exactly.] [It is the same {here}|We have this {here} too|I could have written
this].|We tried something like it {here} [last year|in the spring|before the move]. It worked while [one person|our
educator] [looked after it|kept an eye on it], so give it [an owner|a name] from the first day.|How would [agency
staff|bank colleagues|students|the night team] know about it?|I would [join|help], I am on [lates|nights|earlies]
[this week|next week|until Sunday].|Would it also work [at weekends|on nights|when we are short]?|I counted on my last
shift: <3-14> times.|{Other} have done it since [the summer|last month]. Ask [their sister|their clerk|them], they are
glad to show it.|[Small|Simple] and [cheap|quick]. [Why not|Let us just try it].|The [porters|cleaners|ward clerks]
should be asked too, it [touches|changes] their round.|[From the patient's side|As a patient last year] I [would have
been glad of it|noticed it myself].|A word of caution: we had [a sign|a form|a box] for this once and [nobody looked
at it|it was gone in a month]. What would be different?|Can we measure it without [another form|more paper]? [A tally
on the board|Five bars on the huddle board] would do.|[Half|Most] of my colleagues do it differently because [nobody
told them|it is written nowhere].|[Thank you for writing this down|Thanks for saying it], I [stopped noticing|had got
used to it].|[Relatives|Families] ask about this [all the time|every day].|Who orders [it|them] at the moment? I think
[stores|estates|the clerk] could do that [in a day|this week].|I like the second half of it most. The first we could
do [tomorrow|today].|It [cost me|took me] <10-40/5> minutes [yesterday|this morning] alone.|Could [infection
control|pharmacy|therapies] look at it first? They usually say yes when asked early.|+1 from [the night shift|the
whole team at handover|our huddle].|In [my last hospital|another trust] it was [done like this|solved] and nobody
would go back.|Let us start with [one bay|two beds|one clinic] and [see|count].
"""
_REPLY = """
Good point, I had not thought of [nights|weekends|the porters].|[Thank you all|Thanks], I will bring it to the huddle
on [Monday|Tuesday|Thursday].|I asked: [it is allowed|nothing speaks against it], we only need [a name|somebody] for
it.|Happy to show anyone. I am on [earlies|lates] [until Friday|all week].|Tally so far: <4-19> in [two shifts|three
days|a week].|Yes, that would be the next step if the first one works.
"""
_ANSWER = """
Thank you{name}. [I see it too when I walk round|It came up at the leads' meeting as well]. [Let us talk about it at
the huddle on Tuesday|I will come by this week to look at it with you].|[Thank you for this|Good that you say it]. [I
have asked|I am asking] [estates|pharmacy|digital|procurement] and will tell you here by [Friday|the end of the
week|Monday].|This is clear and [small enough to test|cheap enough to try]. [Could you and one colleague|Would you]
[start|try it] [on one bay|for two weeks]? [I will clear half an hour for it|I will get you what you need].|[Thank
you|Thanks]. What would we count, so that we know if it helps? If you [agree|like] I will help you with that.|I did
not know that it takes so [long|much]. [It goes on our list for this week|I take it to the division meeting on
Wednesday].|Thank you{name}, [we do this|go ahead]. Tell me what stands in the way and I will [remove it|see to it].
"""
_PLANNED = """
Agreed at the [huddle|leads' meeting]. [We start on Monday|It starts with the new rota|We begin as soon as the
delivery is here].|[The money is there|No money needed], and {other} will do it with us.|Planned for the week after
next; [the ward clerk orders what is needed|our educator prepares the teaching].
"""
_TESTING = """
We test it [on bay <1-4>|on two bays|on lates] [for two weeks|until the end of the month] and count [before and
after|every shift].|First test [this week|from today], small, with those who are on [anyway|shift]. Tell us what
annoys you.|Second round: with [a bigger label|a shorter list|the night team] after what we learnt in the first.
"""
_DEFERRED = """
We would like to, but the [ward moves|new system comes|refurbishment begins] in [the spring|two months] and this would
be done twice. We look at it again then.|The idea is good and the [money|person] is not there this quarter. I have put
a date in the diary: [first week of the new quarter|in eight weeks], and I will write here.|Two tests are running
{here} already. A third would tire everybody. [Next|Next in line], promised.|We need to hear from [infection
control|fire safety|the network team] first, and they have asked for six weeks.
"""
_DECLINED = """
I asked [fire safety|infection control|the medicines safety group] and we may not, for [a good reason|reasons that I
did not know]: it would [block the escape route|be touched by everybody|hide the label]. Thank you for raising it. Is
there another way to the same end?|[Estates are|Procurement is] bound to [a contract|one supplier] until next year, so
we cannot. I am sorry. I have asked that staff are heard before it is renewed.|We did this for a month in
[spring|autumn] and it cost more time than it saved. I will gladly show you the tally. If something is different now,
please open it again.
"""
_KINDS = {
    "comment": _COMMENT,
    "reply": _REPLY,
    "answer": _ANSWER,
    "PLANNED": _PLANNED,
    "TESTING": _TESTING,
    "DEFERRED": _DEFERRED,
    "DECLINED": _DECLINED,
}


@dataclass(frozen=True, slots=True)
class _Kind:
    options: Node
    words: dict[str, Node]


@cache
def _kind(name: str) -> _Kind:
    text = " ".join(_KINDS[name].split())
    return _Kind(compile_text(f"[{text}]"), {"other": compile_text(OTHER), "name": ""})


def _written(rng: Random, kind: str, unit_name: str, bound: Bindings) -> str:
    unit = by_name().get(unit_name)
    bound["here"] = "here" if unit is None or rng.random() < 0.4 else unit.phrase
    chosen = _kind(kind)
    return tidy(render(chosen.options, rng, chosen.words, bound), bound["here"])


def comment(rng: Random, unit_name: str) -> str:
    """What a colleague of this unit writes."""
    return _written(rng, "comment", unit_name, {})


def reply(rng: Random, unit_name: str) -> str:
    """What the author writes back."""
    return _written(rng, "reply", unit_name, {})


def answer(rng: Random, unit_name: str, first_name: str | None = None) -> str:
    """What a lead answers; an anonymous author has no name."""
    return _written(rng, "answer", unit_name, {"name": f", {first_name}"} if first_name else {})


def reason(rng: Random, status: str, unit_name: str) -> str | None:
    """Why a lead gives an idea this status; None where the status says enough."""
    return _written(rng, status, unit_name, {}) if status in _KINDS else None
