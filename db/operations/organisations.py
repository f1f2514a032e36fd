"""Organisations: how one begins, its settings, and the turning of its day."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import asyncpg

from db.engine import Database
from db.errors import UserMistake
from db.events import Event, SettingsChanged, Silent
from db.log import Outcome, Transaction, begin_feed, writing
from db.operations.acting import changes, fresh, invalid, require_admin
from db.operations.people import Invited, clean_email, insert_person, renew_invitation
from db.operations.themes import close_theme, open_theme
from db.rules import NAME, clean, once, turned
from db.terms import LEAVE, Leave, Role, ThemeStatus, Value

VALUE_FOCUS = (
    Value.PATIENT_SAFETY,
    Value.CLINICAL_QUALITY,
    Value.PATIENT_EXPERIENCE,
    Value.STAFF_WELLBEING,
)
RESPONSE_TARGET_DAYS = 7


@dataclass(frozen=True, slots=True)
class Created:
    """A new organisation, its first administrator, and what their one-time link to /welcome carries."""

    organisation: UUID
    admin: UUID
    token: str = field(repr=False)


async def create_organisation(
    database: Database,
    *,
    name: str,
    admin_email: str,
    admin_name: str | None = None,
    time_zone: str = "Europe/London",
    public_url: str = "http://localhost:8000",
    demo: bool = False,
) -> Created:
    """An organisation with an empty feed and one administrator. Raises UserMistake."""
    organisation = uuid4()

    async def work(tx: Transaction) -> Outcome:
        return await begin_organisation(
            tx,
            name=name,
            admin_email=admin_email,
            admin_name=admin_name,
            time_zone=time_zone,
            public_url=public_url,
            demo=demo,
        )

    written = await writing(database, organisation, work)
    assert isinstance(written.outcome, Invited)
    return Created(organisation, written.id, written.outcome.token)


async def begin_organisation(
    tx: Transaction,
    *,
    name: str,
    admin_email: str,
    admin_name: str | None = None,
    time_zone: str = "Europe/London",
    public_url: str = "http://localhost:8000",
    demo: bool = False,
) -> Invited:
    """The transaction's organisation and its first administrator, who is the result."""
    name, email = clean(name, NAME, "name"), clean_email(admin_email, "adminEmail")
    person = clean(admin_name or email.partition("@")[0], NAME, "adminName")
    zone, url = _zone(time_zone), _url(public_url)
    slug, admin = await _free_slug(tx, name), uuid4()
    await _require_zone(tx, zone, "timeZone")
    await tx.run(_INSERT, tx.organisation, name, slug, zone, VALUE_FOCUS, RESPONSE_TARGET_DAYS, url, demo)
    await begin_feed(tx)
    await tx.run("insert into idea_number (organisation_id, last) values ($1, 0)", tx.organisation)
    await insert_person(tx, admin, name=person, email=email, roles=[Role.CONTRIBUTOR, Role.ADMIN])
    return Invited(admin, [Silent()], await renew_invitation(tx, admin))


_INSERT = """
insert into organisation
    (id, name, slug, time_zone, today, value_focus, response_target_days, public_url, demo)
values ($1, $2, $3, $4, date(timezone($4, now())), $5, $6, $7, $8)
"""
_SLUGS = "select slug from organisation where slug = $1 or slug like $1 || '-%'"


async def _free_slug(tx: Transaction, name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "organisation"
    taken = {row["slug"] for row in await tx.rows(_SLUGS, slug)}
    numbered = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
    return next(each for each in numbered if each not in taken)


async def edit_organisation(
    tx: Transaction,
    actor: UUID | None,
    *,
    name: str | Leave = LEAVE,
    time_zone: str | Leave = LEAVE,
    value_focus: Sequence[Value] | Leave = LEAVE,
    response_target_days: int | Leave = LEAVE,
    public_url: str | Leave = LEAVE,
    trusted_documents_only: bool | Leave = LEAVE,
    expected_version: int | None = None,
) -> Outcome:
    """The settings. Administrators. Another time zone may turn the day."""
    await require_admin(tx, actor, "change the settings")
    row = await tx.row(_FIND, tx.organisation)
    assert row is not None, "an organisation that somebody acts in exists"
    if response_target_days is not LEAVE and not 1 <= response_target_days <= 365:
        raise invalid("Between 1 and 365 days, please.", "responseTargetDays")
    changed = changes(
        row,
        name=name if name is LEAVE else clean(name, NAME, "name"),
        time_zone=time_zone if time_zone is LEAVE else _zone(time_zone),
        value_focus=value_focus if value_focus is LEAVE else once(value_focus),
        response_target_days=response_target_days,
        public_url=public_url if public_url is LEAVE else _url(public_url),
        trusted_documents_only=trusted_documents_only,
    )
    if not changed:
        return Outcome(tx.organisation)
    fresh(row["version"], expected_version)
    if time_zone is not LEAVE:
        await _require_zone(tx, time_zone, "timeZone")
    columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(changed, start=2))
    await tx.run(
        f"update organisation set {columns}, version = version + 1 where id = $1", tx.organisation, *changed.values()
    )
    events: list[Event] = [SettingsChanged(actor=actor)]
    if "time_zone" in changed:
        events.extend((await turn_day(tx)).events)
    return Outcome(tx.organisation, events)


_FIND = """
select name, time_zone, value_focus, response_target_days, public_url, trusted_documents_only, version
from organisation where id = $1 for no key update
"""


async def takes_only_trusted(database: Database, organisation: UUID) -> bool:
    """Whether browsers may send no other documents to it."""
    return bool(await database.value(_TRUSTED_ONLY, [organisation]))


_TRUSTED_ONLY = "select trusted_documents_only from organisation where id = $1"
_TURN = """
update organisation set today = date(timezone(time_zone, now()))
where id = $1 and today <> date(timezone(time_zone, now())) returning today
"""
_TODAY = "select today from organisation where id = $1"
_WINDOWS = """
select id, status, opens_on, closes_on from theme
where organisation_id = $1 and (status = 'DRAFT' and opens_on is not null or status = 'OPEN' and closes_on is not null)
order by id
"""


async def turn_day(tx: Transaction) -> Outcome:
    """Move `today` to the real date; open and close the themes whose window says so. Nothing, if it is so already."""
    turned_to = await tx.row(_TURN, tx.organisation)
    row = turned_to or await tx.row(_TODAY, tx.organisation)
    assert row is not None, "a transaction's organisation is there"
    events: list[Event] = []
    for theme in await tx.rows(_WINDOWS, tx.organisation):
        becomes = turned(ThemeStatus(theme["status"]), row["today"], theme["opens_on"], theme["closes_on"])
        if becomes is ThemeStatus.OPEN:
            events.extend((await open_theme(tx, None, theme=theme["id"])).events)
        elif becomes is ThemeStatus.CLOSED:
            events.extend((await close_theme(tx, None, theme=theme["id"])).events)
    return Outcome(tx.organisation, events or ([Silent()] if turned_to else []))


def _zone(name: str) -> str:
    """The name of a time zone, spelt as IANA spells it. Raises UserMistake."""
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise _unknown_zone("timeZone") from error


async def _require_zone(tx: Transaction, name: str, *path: str) -> None:
    """PostgreSQL reckons with it, so it must know it too."""
    try:
        await tx.row("select timezone($1, now())", name)
    except asyncpg.InvalidParameterValueError as error:
        raise _unknown_zone(*path) from error


def _unknown_zone(*path: str) -> UserMistake:
    return invalid('There is no such time zone; they are named like "Europe/London".', *path)


def _url(url: str) -> str:
    url = clean(url, 2000, "publicUrl").rstrip("/")
    wrong = invalid("This is not an address that begins with https:// or http://.", "publicUrl")
    try:
        parts = urlsplit(url)
    except ValueError as error:  # half a bracket, say
        raise wrong from error
    # urlsplit passes over line breaks, so they are looked for in what is kept.
    if parts.scheme not in ("http", "https") or not parts.hostname or not url.isprintable() or " " in url:
        raise wrong
    return url
