"""Wins: what worked, shared while it is still early."""

import math
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, select

from db import models as t
from db import rules, sight
from db.errors import UserMistake, not_found
from db.events import Event, WinEdited, WinShared
from db.log import Outcome, Transaction
from db.operations.acting import (
    MEMBER,
    changes,
    fresh,
    invalid,
    limit,
    not_now,
    own_standing,
    require,
    standing,
    stands,
    update,
)
from db.operations.found import (
    FoundIdea,
    FoundTheme,
    find_ideas,
    find_theme,
    given,
    places_of_win,
    require_people,
    require_unit,
)
from db.operations.ideas import move_idea
from db.rules import MOST_IDEAS_OF_A_WIN, MOST_THANKS, MOST_WINS_OF_AN_IDEA, TEXT, TITLE, clean, cleaned, is_early, once
from db.sql import compiled
from db.terms import LEAVE, IdeaStatus, Leave, ThemeStatus, UserErrorCode, Value

_INSERT = """
with counted as (
    update theme set win_count = win_count + 1 where organisation_id = $1 and id = $13
), of as (
    insert into win_idea (organisation_id, win_id, idea_id) select $1, $2, unnest($17::uuid[])
), thanked as (
    insert into win_thanks (organisation_id, win_id, person_id) select $1, $2, unnest($18::uuid[])
)
insert into win
    (organisation_id, id, headline, before, change, after, before_value, after_value, unit_of_measure, learned, early,
     values, theme_id, unit_id, shared_by, shared_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""


async def share_win(
    tx: Transaction,
    actor: UUID,
    *,
    headline: str,
    change: str,
    ideas: Sequence[UUID] = (),
    before: str | None = None,
    after: str | None = None,
    before_value: float | None = None,
    after_value: float | None = None,
    unit_of_measure: str | None = None,
    learned: str | None = None,
    values: Sequence[Value] = (),
    theme: UUID | None = None,
    unit: UUID | None = None,
    thanks: Sequence[UUID] = (),
    at: datetime | None = None,
) -> Outcome:
    """Share what worked, of ideas or without one; an idea that was being tested is implemented by it.

    Without a theme or unit it has that of its ideas, where they agree; without ideas the unit of who shares it.
    An author who shares the win of what they wrote without their name is not named by it either.
    `at`: when it was, for an import or a demonstration.
    """
    ideas, thanks = once(ideas), once(thanks)
    headline, change = clean(headline, TITLE, "headline"), clean(change, TEXT, "change")
    before, after = cleaned(before, TEXT, "before"), cleaned(after, TEXT, "after")
    unit_of_measure, learned = cleaned(unit_of_measure, TITLE, "unitOfMeasure"), cleaned(learned, TEXT, "learned")
    _require_finite(before_value, "beforeValue")
    _require_finite(after_value, "afterValue")
    limit(ideas, MOST_IDEAS_OF_A_WIN, "ideaIds")
    limit(thanks, MOST_THANKS, "thankIds")
    found = await find_ideas(tx, actor, ideas, "ideaIds")
    if not found:
        require((await own_standing(tx, actor)).takes_part, "share wins")
    await _require_winning(tx, found)
    await require_unit(tx, unit, "unitId")
    await require_people(tx, thanks, "thankIds")
    theme = theme or _common([idea.theme for idea in found])
    unit = unit or (_common([idea.unit for idea in found]) if found else await _own_unit(tx, actor))
    of = None if theme is None else await _find_theme(tx, actor, theme)
    shared_at = at or (await _now(tx) if of is None else of.now)
    early = of is not None and is_early(shared_at, of.first_opened_at)
    win = uuid4()
    await tx.run(
        _INSERT, tx.organisation, win, headline, before, change, after, before_value, after_value, unit_of_measure,
        learned, early, once(values), theme, unit, actor, shared_at,
        ideas, thanks,
    )  # fmt: skip
    shown = not any(idea.hides(actor) for idea in found)
    events: list[Event] = [
        WinShared(
            actor=actor,
            actor_shown=shown,
            win=win,
            themes=given(theme, *(idea.theme for idea in found)),
            units=given(unit, *(idea.unit for idea in found)),
        )
    ]
    for idea in found:
        if idea.status is IdeaStatus.TESTING:
            events += await move_idea(tx, actor, idea, IdeaStatus.IMPLEMENTED, at=at, shown=shown)
    return Outcome(win, events)


_WINS_OF = """
select idea_id, count(*) as n from win_idea where organisation_id = $1 and idea_id = any($2) group by idea_id
"""


async def _require_winning(tx: Transaction, ideas: Sequence[FoundIdea]) -> None:
    """Shared by the author or a lead of each; each far enough, and with room for another."""
    for idea in ideas:
        require(rules.may_share_win_of(idea.standing), "share a win of this idea")
    for n, idea in enumerate(ideas):
        if idea.status not in rules.GIVES_A_WIN:
            raise not_now("A win is shared of an idea that is tested or implemented.", "ideaIds", str(n))
    counts: dict[UUID, int] = {}
    if ideas:
        rows = await tx.rows(_WINS_OF, tx.organisation, [idea.id for idea in ideas])
        counts = {row["idea_id"]: row["n"] for row in rows}
    for n, idea in enumerate(ideas):
        if counts.get(idea.id, 0) >= MOST_WINS_OF_AN_IDEA:
            raise UserMistake(
                UserErrorCode.LIMIT_REACHED,
                f"At most {MOST_WINS_OF_AN_IDEA} wins of one idea, please.",
                ["ideaIds", str(n)],
            )


async def _find_theme(tx: Transaction, actor: UUID, theme: UUID) -> FoundTheme:
    found = await find_theme(tx, actor, theme)
    if found.status is ThemeStatus.DRAFT:
        raise not_now("This theme has not been opened yet.", "themeId")
    return found


def _common(ids: Sequence[UUID | None]) -> UUID | None:
    """What they all have, if they all have the same."""
    return ids[0] if len(set(ids)) == 1 else None


async def _own_unit(tx: Transaction, actor: UUID) -> UUID | None:
    row = await tx.row("select unit_id from person where organisation_id = $1 and id = $2", tx.organisation, actor)
    return None if row is None else row["unit_id"]


async def _now(tx: Transaction) -> datetime:
    row = await tx.row("select now() as now")
    assert row is not None, "a select of one value has one row"
    now: datetime = row["now"]
    return now


def _require_finite(value: float | None, *path: str) -> None:
    if value is not None and not math.isfinite(value):
        raise invalid("This is not a number.", *path)


async def edit_win(
    tx: Transaction,
    actor: UUID | None,
    *,
    win: UUID,
    headline: str | Leave = LEAVE,
    change: str | Leave = LEAVE,
    before: str | Leave | None = LEAVE,
    after: str | Leave | None = LEAVE,
    before_value: float | Leave | None = LEAVE,
    after_value: float | Leave | None = LEAVE,
    unit_of_measure: str | Leave | None = LEAVE,
    learned: str | Leave | None = LEAVE,
    values: Sequence[Value] | Leave = LEAVE,
    thanks: Sequence[UUID] | Leave = LEAVE,
    expected_version: int | None = None,
) -> Outcome:
    """Who shared it, the leads of its unit, its theme's owner, administrators."""
    if before_value is not LEAVE:
        _require_finite(before_value, "beforeValue")
    if after_value is not LEAVE:
        _require_finite(after_value, "afterValue")
    row = await tx.ask(_WIN, actor=actor, win=win)
    if row is None:
        raise not_found("win", "winId")
    require(rules.may_edit_win(standing(row, actor, row["shared_by"])), "edit this win")
    changed = changes(
        row,
        headline=headline if headline is LEAVE else clean(headline, TITLE, "headline"),
        change=change if change is LEAVE else clean(change, TEXT, "change"),
        before=before if before is LEAVE else cleaned(before, TEXT, "before"),
        after=after if after is LEAVE else cleaned(after, TEXT, "after"),
        before_value=before_value,
        after_value=after_value,
        unit_of_measure=unit_of_measure
        if unit_of_measure is LEAVE
        else cleaned(unit_of_measure, TITLE, "unitOfMeasure"),
        learned=learned if learned is LEAVE else cleaned(learned, TEXT, "learned"),
        values=values if values is LEAVE else once(values),
    )
    thanked = await tx.rows(_THANKED, tx.organisation, win)
    if thanks is not LEAVE:
        thanks = once(thanks)
        limit(thanks, MOST_THANKS, "thankIds")
        if set(thanks) == {each["person_id"] for each in thanked}:
            thanks = LEAVE
    if not changed and thanks is LEAVE:
        return Outcome(win)
    fresh(row["version"], expected_version)
    if thanks is not LEAVE:
        await _thank(tx, win, thanks, {each["person_id"] for each in thanked})
    await update(tx, "win", win, changed)
    shown = actor != row["shared_by"] or not row["hides_sharer"]
    return Outcome(win, [WinEdited(actor=actor, actor_shown=shown, win=win, **await places_of_win(tx, row))])


_w = t.wins.alias("w")
_WIN = compiled(
    select(*_w.c, sight.hides_sharer(_w.c).label("hides_sharer"), *stands(_w.c.unit_id, _w.c.theme_id))
    .where(sight.win(_w.c, MEMBER), _w.c.id == bindparam("win", type_=Uuid, required=True))
    .with_for_update(key_share=True, of=_w)
)
_THANKED = "select person_id from win_thanks where organisation_id = $1 and win_id = $2"
_UNTHANK = "delete from win_thanks where organisation_id = $1 and win_id = $2 and person_id <> all($3)"
_THANK = """
insert into win_thanks (organisation_id, win_id, person_id) select $1, $2, unnest($3::uuid[]) on conflict do nothing
"""


async def _thank(tx: Transaction, win: UUID, thanks: Sequence[UUID], before: set[UUID]) -> None:
    """Who was thanked already stays so, though they may have left since."""
    await require_people(tx, thanks, "thankIds", known=before)
    await tx.run(_UNTHANK, tx.organisation, win, thanks)
    await tx.run(_THANK, tx.organisation, win, thanks)
