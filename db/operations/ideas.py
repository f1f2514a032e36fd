"""Ideas: shared, edited, answered by their status, given to a theme, withdrawn."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import Uuid, bindparam, literal_column, not_, select

from db import models as t
from db import rules, sight
from db.errors import UserMistake, not_found
from db.events import ContentRetracted, Event, IdeaEdited, IdeaStatusChanged, IdeaSubmitted, WinEdited
from db.log import Outcome, Transaction
from db.models.tables import Words
from db.operations.acting import (
    ADMIN,
    MEMBER,
    changes,
    fresh,
    invalid,
    is_actor,
    known_roles,
    local_date,
    not_now,
    require,
    roles_of,
    update,
)
from db.operations.comments import give_reason, is_response
from db.operations.found import (
    FoundIdea,
    find_idea,
    find_theme,
    given,
    places_of_win,
    require_open,
    require_unit,
    theme_in_sight,
)
from db.rules import ANONYMITY_SET, TEXT, TITLE, Standing, clean, cleaned, once, title_from
from db.sql import Compiled, compiled, named, written
from db.terms import LEAVE, IdeaStatus, Leave, Role, ThemeStatus, UserErrorCode, Value

# The nearest unit upward that is large enough not to give an anonymous author away.
_LARGE_ENOUGH = """
select above.id from unit_within join unit above on above.id = unit_within.ancestor_id
where unit_within.organisation_id = {organisation} and unit_within.unit_id = {unit} and above.member_count >= {people}
order by unit_within.depth limit 1
"""


# By their names: a later release may add one that cannot be written, while this one still runs beside it.
_THEME = ", ".join(f'"{column.name}"' for column in t.themes.c)


def _submission(submitter: str) -> Compiled:
    """Written before it is judged: the rules are asked about what it answers, and what they refuse is undone.

    No row: who acts is none of us. The number first, then the theme, since everybody locks them in this order. Their
    rows are always there: "on conflict do update" counts them up as it finds them, where an update whose row has
    changed since the statement began would set up the whole statement a second time (docs/decisions/0013).
    """
    return written(
        f"""
with numbered as (
    insert into idea_number as n (organisation_id, last) values (:organisation, 1)
    on conflict (organisation_id) do update set last = n.last + 1 returning last
), submitter as (
    {submitter}
), counted as (
    insert into theme as h ({_THEME})
    select {_THEME} from theme own cross join numbered where own.id = :theme and own.organisation_id = :organisation
    on conflict (id, organisation_id) do update set idea_count = h.idea_count + 1
    returning h.id, {{seen}} as seen, h.status, h.opens_on, h.closes_on, {{today}} as today
), written as (
    insert into idea
        (organisation_id, id, number, title, problem, solution, status, values, author_id, anonymous, theme_id,
         author_unit_id, shown_unit_id, submitted_at, updated_at, active_at, imported_from, import_batch_id)
    select :organisation, :idea, numbered.last, :title, :problem, :solution, 'OPEN', :values, submitter.id, :anonymous,
           counted.id, submitter.unit, submitter.shown_unit, coalesce(:at, now()), coalesce(:at, now()),
           coalesce(:at, now()), :imported_from, :import_batch
    from numbered cross join submitter left join counted on true
), followed as (
    insert into follow (organisation_id, idea_id, person_id) select :organisation, :idea, id from submitter
    where id is not null
)
select roles, unit, shown_unit, seen, status, opens_on, closes_on, today from submitter left join counted on true
""",
        roles=roles_of(named("p", t.people)),
        is_actor=is_actor(named("p", t.people)),
        seen=theme_in_sight(
            named("h", t.themes), literal_column("(select roles from submitter)", Words).contains(ADMIN)
        ),
        today=local_date(),
    )


def _somebody(shown_unit: str) -> str:
    return f"""select p.id, {{roles}} as roles, u.id as unit, {shown_unit} as shown_unit
    from person p left join unit u on u.id = coalesce(:unit, p.unit_id) and u.organisation_id = :organisation
    where {{is_actor}}"""


def _nobody(shown_unit: str) -> str:
    return f"""select null::uuid as id, array['{Role.ADMIN}'] as roles, u.id as unit, {shown_unit} as shown_unit
    from (select) nobody left join unit u on u.id = :unit and u.organisation_id = :organisation"""


_LARGE = f"({_LARGE_ENOUGH.format(organisation=':organisation', unit='u.id', people=ANONYMITY_SET)})"
# By whether somebody acts, and without their name.
_SUBMIT = {
    (acts, anonymous): _submission((_somebody if acts else _nobody)(_LARGE if anonymous else "u.id"))
    for acts in (True, False)
    for anonymous in (True, False)
}


async def submit_idea(
    tx: Transaction,
    actor: UUID | None,
    *,
    problem: str,
    solution: str | None = None,
    title: str | None = None,
    theme: UUID | None = None,
    unit: UUID | None = None,
    values: Sequence[Value] = (),
    anonymous: bool = False,
    at: datetime | None = None,
    imported_from: str | None = None,
    import_batch: str | None = None,
) -> Outcome:
    """Share an idea; its author follows it. `at`: when it was shared, for an import or a demonstration.

    Nobody acts where an old list names nobody who is here: such an idea has no author.
    """
    problem, solution = clean(problem, TEXT, "problem"), cleaned(solution, TEXT, "solution")
    title = cleaned(title, TITLE, "title") or title_from(problem)
    idea = uuid4()
    row = await tx.ask(
        _SUBMIT[actor is not None, anonymous], actor=actor, idea=idea, title=title, problem=problem,
        solution=solution, values=once(values),
        anonymous=anonymous, theme=theme, unit=unit, at=at, imported_from=imported_from, import_batch=import_batch,
    )  # fmt: skip
    standing = Standing(roles=known_roles(row and row["roles"]), author=True)
    assert row is not None, "whoever has roles is somebody"
    require(standing.takes_part, "submit ideas")
    if unit is not None and row["unit"] is None:
        raise not_found("unit", "unitId")
    if theme is not None:
        if not row["seen"]:
            raise not_found("theme", "themeId")
        # Judged by the row that was just counted up, so by the theme as it is until the commit.
        require_open(ThemeStatus(row["status"]), row["today"], row["opens_on"], row["closes_on"])
    event = IdeaSubmitted(
        actor=actor, actor_shown=not anonymous, idea=idea, themes=given(theme), units=given(row["shown_unit"])
    )
    return Outcome(idea, [event])


async def edit_idea(
    tx: Transaction,
    actor: UUID,
    *,
    idea: UUID,
    problem: str | Leave = LEAVE,
    solution: str | Leave | None = LEAVE,
    title: str | Leave | None = LEAVE,
    unit: UUID | Leave | None = LEAVE,
    values: Sequence[Value] | Leave = LEAVE,
    anonymous: bool | Leave = LEAVE,
    expected_version: int | None = None,
) -> Outcome:
    """Its author and administrators, while nobody works on it. A title of null is made from the problem again.

    An author may give their name to what they shared without, and never take it back; nobody else may give it.
    """
    if problem is not LEAVE:
        problem = clean(problem, TEXT, "problem")
    found = await find_idea(tx, actor, idea)
    require(rules.may_edit_idea(found.standing), "edit this idea")
    if title is not LEAVE:
        title = cleaned(title, TITLE, "title")
        title = title or title_from(found.row["problem"] if problem is LEAVE else problem)
    row = dict(found.row)
    if unit is not LEAVE and found.anonymous and not found.standing.author:
        # Judged by what is shown: or what changes nothing would tell an administrator where the author works.
        row["author_unit_id"] = found.unit
        await require_unit(tx, unit, "unitId")
        unit = LEAVE if await _shown_unit(tx, unit, True) == found.unit else unit
    changed = changes(
        row,
        problem=problem,
        solution=solution if solution is LEAVE else cleaned(solution, TEXT, "solution"),
        title=title,
        values=values if values is LEAVE else once(values),
        author_unit_id=unit,
        anonymous=anonymous,
    )
    if not changed:
        return Outcome(idea)
    if changed.get("anonymous"):
        raise invalid("A name that was given cannot be taken back.", "anonymous")
    if "anonymous" in changed:
        require(found.standing.author, "give somebody's name")
    found.require_published()
    if found.status not in rules.EDITABLE:
        raise not_now("An idea that is being worked on is no longer edited; comment on it instead.", "ideaId")
    fresh(found.version, expected_version)
    named = "anonymous" in changed
    facts = found.facts(actor, shown=named or not found.hides(actor))
    if named or "author_unit_id" in changed:
        unit = found.row["author_unit_id"] if unit is LEAVE else unit
        await require_unit(tx, unit, "unitId")
        shown = await _shown_unit(tx, unit, found.anonymous and not named)
        changed["shown_unit_id"] = shown
        facts["units"] = given(found.unit, shown)
    await update(tx, "idea", idea, changed, also=_TOUCH)
    events: list[Event] = [IdeaEdited(**facts)]
    if named:  # the wins that were kept from naming them
        for win in await tx.ask_all(_NAMED_NOW, actor=actor, idea=idea):
            events.append(WinEdited(actor=actor, win=win["id"], **await places_of_win(tx, win)))
    return Outcome(idea, events)


_w, _pair = t.wins.alias("w"), t.win_ideas.alias("pair")
_NAMED_NOW = compiled(
    select(_w.c.id, _w.c.theme_id, _w.c.unit_id)
    .join_from(_w, _pair, _pair.c.win_id == _w.c.id)
    .where(
        sight.win(_w.c, MEMBER),
        _pair.c.idea_id == bindparam("idea", type_=Uuid, required=True),
        _w.c.shared_by == MEMBER.person,
        not_(sight.hides_sharer(_w.c)),
    )
    .order_by(_w.c.id)
)


_TOUCH = "updated_at = now(), active_at = now(), "
_SHOWN = _LARGE_ENOUGH.format(organisation="$1", unit="$2", people=ANONYMITY_SET)


async def _shown_unit(tx: Transaction, unit: UUID | None, anonymous: bool) -> UUID | None:
    if unit is None or not anonymous:
        return unit
    row = await tx.row(_SHOWN, tx.organisation, unit)
    return None if row is None else row["id"]


async def withdraw_idea(tx: Transaction, actor: UUID, *, idea: UUID) -> Outcome:
    """Its author takes it back; from now on only they see it."""
    found = await find_idea(tx, actor, idea)
    require(rules.may_withdraw(found.standing), "withdraw this idea")
    if found.status is IdeaStatus.WITHDRAWN:
        return Outcome(idea)
    if found.status not in rules.WITHDRAWABLE:
        raise not_now("An idea that is being worked on is no longer withdrawn.", "ideaId")
    await update(tx, "idea", idea, {"status": IdeaStatus.WITHDRAWN}, also=f"withdrawn_at = now(), {_TOUCH}")
    await tx.run(_HIDE_COMMENTS, tx.organisation, idea)
    await tx.run(_COUNT, tx.organisation, found.theme, None)
    event = ContentRetracted(actor=actor, actor_shown=not found.hides(actor), node=f"idea_{idea}")
    return Outcome(idea, [event])


_HIDE_COMMENTS = "update comment set idea_withdrawn_at = now() where organisation_id = $1 and idea_id = $2"


async def change_idea_status(
    tx: Transaction,
    actor: UUID,
    *,
    idea: UUID,
    to: IdeaStatus,
    reason: str | None = None,
    expected_version: int | None = None,
    at: datetime | None = None,
) -> Outcome:
    """Its leads and coaches. A reason becomes a comment. `at`: when it was, for a demonstration."""
    reason = cleaned(reason, TEXT, "reason")
    found = await find_idea(tx, actor, idea)
    require(rules.may_change_status(found.standing), "change the status of this idea")
    found.require_published()
    if to is found.status and reason in (None, found.row["status_reason"]):
        return Outcome(idea)
    fresh(found.version, expected_version)
    if to not in rules.MOVES[found.status]:
        raise not_now(f"An idea does not go from {found.status} to {to}.", "to")
    if reason is None and to in rules.NEEDS_REASON:
        raise UserMistake(UserErrorCode.REASON_REQUIRED, "Please say why.", ["reason"])
    return Outcome(idea, await move_idea(tx, actor, found, to, reason=reason, at=at))


_MOVE = """
update idea set status = $3, status_reason = $4, updated_at = coalesce($6, now()),
    active_at = greatest(active_at, coalesce($6, now())), version = version + 1,
    first_response_at = case when $5 then coalesce(first_response_at, $6, now()) else first_response_at end
where organisation_id = $1 and id = $2
"""


async def move_idea(
    tx: Transaction,
    actor: UUID,
    found: FoundIdea,
    to: IdeaStatus,
    *,
    reason: str | None = None,
    at: datetime | None = None,
    shown: bool = True,
) -> list[Event]:
    """What changing a status, and sharing a win, write. The idea is locked. `shown`: whether the actor may be known."""
    await tx.run(_MOVE, tx.organisation, found.id, to, reason, is_response(found), at)
    events: list[Event] = [IdeaStatusChanged(before=found.status, after=to, **found.facts(actor, shown=shown))]
    if reason is not None:
        events.append(await give_reason(tx, actor, found, reason, at))
    return events


async def assign_idea_to_theme(
    tx: Transaction,
    actor: UUID,
    *,
    idea: UUID,
    theme: UUID | None,
    expected_version: int | None = None,
) -> Outcome:
    """Its leads: to an open theme, or to none."""
    found = await find_idea(tx, actor, idea)
    require(rules.may_assign(found.standing), "assign this idea to a theme")
    found.require_published()
    if theme == found.theme:
        return Outcome(idea)
    fresh(found.version, expected_version)
    await tx.rows(_LOCK_THEMES, tx.organisation, given(found.theme, theme))
    if theme is not None:
        (await find_theme(tx, actor, theme)).require_open()
    await update(tx, "idea", idea, {"theme_id": theme}, also=_TOUCH)
    await tx.run(_COUNT, tx.organisation, found.theme, theme)
    facts = found.facts(actor)
    facts["themes"] = given(found.theme, theme)
    return Outcome(idea, [IdeaEdited(**facts)])


_LOCK_THEMES = "select id from theme where organisation_id = $1 and id = any($2) order by id for no key update"
_COUNT = """
update theme set idea_count = idea_count + case when id = $3 then 1 else -1 end
where organisation_id = $1 and id in ($2, $3)
"""
