"""What operations act on: found by id within sight, locked, together with how the actor stands to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, func, or_, select

from db import models as t
from db import rules, sight
from db.errors import UserMistake, not_found
from db.log import Transaction
from db.operations.acting import (
    ADMINISTRATOR,
    CLOCK,
    MEMBER,
    acts_for_all,
    known_roles,
    local_date,
    not_now,
    roles,
    standing,
    stands,
)
from db.rules import Standing
from db.sql import Compiled, compiled, named, written
from db.terms import IdeaStatus, ThemeStatus, UserErrorCode


class Facts(TypedDict):
    """What events of an idea carry, so that filters match."""

    actor: UUID | None
    actor_shown: bool
    idea: UUID
    themes: tuple[UUID, ...]
    units: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class FoundIdea:
    """An idea, locked. `row`: what was read of it; by `find_idea`, all of its columns."""

    id: UUID
    version: int
    status: IdeaStatus
    author: UUID | None
    anonymous: bool
    theme: UUID | None
    unit: UUID | None
    responded: bool
    row: asyncpg.Record
    standing: Standing

    def facts(self, actor: UUID | None, *, shown: bool = True) -> Facts:
        """What an event says; `shown`: whether the actor may be known."""
        return Facts(
            actor=actor,
            actor_shown=shown,
            idea=self.id,
            themes=given(self.theme),
            units=given(self.unit),
        )

    def hides(self, actor: UUID | None) -> bool:
        """The actor wrote it anonymously: what only an author would do must not name them."""
        return self.anonymous and actor == self.author

    def require_published(self) -> None:
        if self.status is IdeaStatus.WITHDRAWN:
            raise not_now("This idea was withdrawn.", "ideaId")


def given(*ids: UUID | None) -> tuple[UUID, ...]:
    """The ids that there are, once each, in order."""
    return tuple(rules.once(each for each in ids if each is not None))


_i = t.ideas.alias("i")
_IDEAS = compiled(
    select(*(column for column in _i.c if column.name != "search"), *stands(_i.c.shown_unit_id, _i.c.theme_id))
    .where(sight.idea_by_id(_i.c, MEMBER), _i.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
    .order_by(_i.c.id)
    .with_for_update(key_share=True, of=_i)
)


_FACTS = """
i.id, i.version, i.status, i.author_id, i.anonymous, i.theme_id, i.shown_unit_id, i.first_response_at,
{roles} as roles, {leads} as leads, {owns_theme} as owns_theme
"""


def on_idea(text: str) -> Compiled:
    """A statement that changes the idea `i` where it is `{visible}`, and answers `{facts}` of it for `known_idea`.

    It writes before it is judged: the rules are asked about what it answers, and what they refuse is undone.
    """
    i = named("i", t.ideas)
    facts = {column.name: column for column in stands(i.shown_unit_id, i.theme_id)}
    return written(text.replace("{facts}", _FACTS), visible=sight.idea_by_id(i, MEMBER), **facts)


async def find_ideas(tx: Transaction, actor: UUID | None, ideas: Sequence[UUID], path: str) -> list[FoundIdea]:
    """The ideas in the order of `ideas`, locked in the order of their ids."""
    rows = await tx.ask_all(_IDEAS, actor=actor, ids=list(ideas))
    by_id = {row["id"]: row for row in rows}
    for n, idea in enumerate(ideas):
        if idea not in by_id:
            raise not_found("idea", path, str(n))
    return [known_idea(by_id[idea], actor) for idea in ideas]


async def find_idea(tx: Transaction, actor: UUID | None, idea: UUID, missing: UserMistake | None = None) -> FoundIdea:
    """Raises `missing`, or that there is no such idea."""
    row = await tx.ask(_IDEAS, actor=actor, ids=[idea])
    if row is None:
        raise missing or not_found("idea", "ideaId")
    return known_idea(row, actor)


def known_idea(row: asyncpg.Record, actor: UUID | None) -> FoundIdea:
    return FoundIdea(
        id=row["id"],
        version=row["version"],
        status=IdeaStatus(row["status"]),
        author=row["author_id"],
        anonymous=row["anonymous"],
        theme=row["theme_id"],
        unit=row["shown_unit_id"],
        responded=row["first_response_at"] is not None,
        row=row,
        standing=standing(row, actor, row["author_id"]),
    )


@dataclass(frozen=True, slots=True)
class FoundTheme:
    """A theme, locked. `units`: those it is for, none for the whole organisation; `row` has all of its columns."""

    id: UUID
    version: int
    status: ThemeStatus
    opens_on: date | None
    closes_on: date | None
    first_opened_at: datetime | None
    units: tuple[UUID, ...]
    now: datetime
    today: date
    row: asyncpg.Record
    standing: Standing

    def require_open(self) -> None:
        require_open(self.status, self.today, self.opens_on, self.closes_on)


def require_open(status: ThemeStatus, today: date, opens_on: date | None, closes_on: date | None) -> None:
    if status is not ThemeStatus.OPEN or not rules.in_window(today, opens_on, closes_on):
        raise UserMistake(UserErrorCode.THEME_CLOSED, "This theme is not open.", ["themeId"])


_h = t.themes.alias("h")
_hu = t.theme_units.alias("hu")


def theme_in_sight(h: sight.Columns, for_all: sight.Condition) -> sight.Condition:
    """`for_all`: the clock acts, or an administrator."""
    return or_(sight.theme_by_id(h, MEMBER), for_all & sight.theme_by_id(h, ADMINISTRATOR))


def _theme_statement() -> Select[tuple[object, ...]]:
    units = select(func.array_agg(_hu.c.unit_id)).where(_hu.c.theme_id == _h.c.id).scalar_subquery()
    return (
        select(
            *_h.c,
            roles().label("roles"),
            units.label("units"),
            func.now().label("now"),
            local_date().label("today"),
        )
        .where(theme_in_sight(_h.c, acts_for_all()), _h.c.id == bindparam("theme", type_=Uuid, required=True))
        .with_for_update(key_share=True, of=_h)
    )


_THEME = compiled(_theme_statement())


async def find_theme(tx: Transaction, actor: UUID | None, theme: UUID, *path: str) -> FoundTheme:
    row = await tx.ask(_THEME, actor=actor, theme=theme)
    if row is None:
        raise not_found("theme", *(path or ("themeId",)))
    return FoundTheme(
        id=row["id"],
        version=row["version"],
        status=ThemeStatus(row["status"]),
        opens_on=row["opens_on"],
        closes_on=row["closes_on"],
        first_opened_at=row["first_opened_at"],
        units=tuple(row["units"] or ()),
        now=row["now"],
        today=row["today"],
        row=row,
        standing=CLOCK
        if actor is None
        else Standing(roles=known_roles(row["roles"]), owns_theme=row["owner_id"] == actor),
    )


class Places(TypedDict):
    """What events of a win carry, so that filters match."""

    themes: tuple[UUID, ...]
    units: tuple[UUID, ...]


_PLACES = """
select theme_id, shown_unit_id from win_idea join idea on idea.id = win_idea.idea_id
where win_idea.organisation_id = $1 and win_idea.win_id = $2 order by idea.id
"""


async def places_of_win(tx: Transaction, win: asyncpg.Record) -> Places:
    """Its theme and unit, and those of its ideas."""
    ideas = await tx.rows(_PLACES, tx.organisation, win["id"])
    return Places(
        themes=given(win["theme_id"], *(idea["theme_id"] for idea in ideas)),
        units=given(win["unit_id"], *(idea["shown_unit_id"] for idea in ideas)),
    )


_UNITS = "select id from unit where organisation_id = $1 and id = any($2)"
_PEOPLE = "select id from person where organisation_id = $1 and id = any($2) and deactivated_at is null"


async def require_units(tx: Transaction, units: Sequence[UUID], *path: str) -> None:
    """Raises NOT_FOUND at the first that is none of ours."""
    await _require(tx, _UNITS, "unit", units, path)


async def require_people(tx: Transaction, people: Sequence[UUID], *path: str, known: Collection[UUID] = ()) -> None:
    """Raises NOT_FOUND at the first who is none of us, or no longer, and was not known before."""
    await _require(tx, _PEOPLE, "person", people, path, known)


async def require_unit(tx: Transaction, unit: UUID | None, *path: str) -> None:
    if unit is not None and await tx.row(_UNITS, tx.organisation, [unit]) is None:
        raise not_found("unit", *path)


async def require_person(tx: Transaction, person: UUID, *path: str) -> None:
    if await tx.row(_PEOPLE, tx.organisation, [person]) is None:
        raise not_found("person", *path)


async def _require(
    tx: Transaction,
    text: str,
    what: str,
    ids: Sequence[UUID],
    path: Sequence[str],
    known: Collection[UUID] = (),
) -> None:
    found = {row["id"] for row in await tx.rows(text, tx.organisation, ids)} if ids else set()
    found.update(known)
    for n, each in enumerate(ids):
        if each not in found:
            raise not_found(what, *path, str(n))
