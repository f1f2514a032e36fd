"""A hospital to test with, built through the operations, so that what tests start from is always legal."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

from db.engine import Database
from db.log import Outcome, Transaction, Written, writing
from db.operations import comments, ideas, organisations, pairing, people, screens, themes, units, wins
from db.terms import Role

PASSWORD = "correct horse battery"  # of whoever a test gives one


@dataclass(frozen=True)
class Hospital:
    """One organisation: site > division > ward A (large enough for anonymous ideas) and ward B (too small).

    `stranger` belongs to another organisation. The theme is open and owned by `lead`, who leads ward A.
    """

    organisation: UUID
    other_organisation: UUID
    site: UUID
    division: UUID
    ward_a: UUID
    ward_b: UUID
    nurse: UUID
    lead: UUID
    admin: UUID
    coach: UUID
    moderator: UUID
    executive: UUID
    colleague: UUID  # of ward B
    stranger: UUID
    theme: UUID
    database: Database = field(repr=False)

    def on(self, database: Database) -> "Hospital":
        """The same hospital in a copy of its database."""
        return replace(self, database=database)

    async def do(self, operation: Callable[..., Awaitable[Outcome]], actor: UUID | None, **given: Any) -> Written:
        """Run one operation by itself, as a mutation does."""
        return await do(self.database, self.organisation, operation, actor, **given)


async def do(
    database: Database,
    organisation: UUID,
    operation: Callable[..., Awaitable[Outcome]],
    actor: UUID | None,
    **given: Any,
) -> Written:
    async def work(tx: Transaction) -> Outcome:
        return await operation(tx, actor, **given)

    return await writing(database, organisation, work)


async def hospital(database: Database) -> Hospital:
    made = await organisations.create_organisation(
        database, name="Ashcombe", admin_email="admin@ashcombe.example", admin_name="Ada Admin"
    )
    other = await organisations.create_organisation(
        database, name="Wenlow", admin_email="other@wenlow.example", admin_name="Oona Other"
    )

    async def by_admin(operation: Callable[..., Awaitable[Outcome]], **given: Any) -> UUID:
        return (await do(database, made.organisation, operation, made.admin, **given)).id

    site = await by_admin(units.create_unit, name="Ashcombe General")
    division = await by_admin(units.create_unit, name="Medicine", parent=site)
    ward_a = await by_admin(units.create_unit, name="Ward A", parent=division)
    ward_b = await by_admin(units.create_unit, name="Ward B", parent=division)

    async def invite(name: str, unit: UUID, *roles: Role) -> UUID:
        email = f"{name.split()[0].lower()}@ashcombe.example"
        return await by_admin(people.invite_person, name=name, email=email, unit=unit, roles=roles)

    nurse = await invite("Nina Nurse", ward_a)
    lead = await invite("Lena Lead", ward_a, Role.THEME_LEAD)
    coach = await invite("Cora Coach", division, Role.COACH)
    moderator = await invite("Mo Moderator", division, Role.MODERATOR)
    executive = await invite("Eve Executive", site, Role.EXECUTIVE)
    colleague = await invite("Bo Colleague", ward_b)
    for n in range(9):
        await invite(f"A{n} Ward", ward_a)
    for n in range(2):
        await invite(f"B{n} Ward", ward_b)
    await by_admin(units.edit_unit, unit=ward_a, leads=[lead])
    theme = await create_theme(database, made.organisation, lead)
    return Hospital(
        organisation=made.organisation,
        other_organisation=other.organisation,
        site=site,
        division=division,
        ward_a=ward_a,
        ward_b=ward_b,
        nurse=nurse,
        lead=lead,
        admin=made.admin,
        coach=coach,
        moderator=moderator,
        executive=executive,
        colleague=colleague,
        stranger=other.admin,
        theme=theme,
        database=database,
    )


async def create_theme(
    database: Database, organisation: UUID, actor: UUID, *, opened: bool = True, **given: Any
) -> UUID:
    given = {"title": "Falls", "objective": "Halve the falls on our wards by spring", **given}
    made = await do(database, organisation, themes.create_theme, actor, **given)
    if opened:
        await do(database, organisation, themes.open_theme, actor, theme=made.id)
    return made.id


async def theme(at: Hospital, /, actor: UUID | None = None, *, opened: bool = True, **given: Any) -> UUID:
    """Another theme; the lead's and open, unless said otherwise."""
    return await create_theme(at.database, at.organisation, actor or at.lead, opened=opened, **given)


async def submit(at: Hospital, /, actor: UUID | None = None, **given: Any) -> UUID:
    """An idea; the nurse's, unless said otherwise."""
    given = {"problem": "The drip stands are always missing on nights.", **given}
    return (await at.do(ideas.submit_idea, actor or at.nurse, **given)).id


async def comment(at: Hospital, /, idea: UUID, actor: UUID | None = None, **given: Any) -> UUID:
    """A comment; the colleague's, unless said otherwise."""
    given = {"body": "The same with us.", **given}
    return (await at.do(comments.add_comment, actor or at.colleague, idea=idea, **given)).id


async def win(at: Hospital, /, actor: UUID | None = None, of: Sequence[UUID] = (), **given: Any) -> UUID:
    """A win; the lead's, unless said otherwise."""
    given = {"headline": "Stands in their place", "change": "A line on the floor.", **given}
    return (await at.do(wins.share_win, actor or at.lead, ideas=of, **given)).id


async def screen(at: Hospital, /, *, unit: UUID | None = None, code: str | None = None) -> UUID:
    """A screen that the administrator approved, by the code on its wall."""
    code = code or (await pairing.request_pairing(at.database, address=uuid4().hex)).code
    found = await pairing.find_pairing(at.database, person=at.admin, code=code)
    return (await at.do(screens.approve_pairing, at.admin, pairing=found, name="By the lift", unit=unit)).id


async def move(at: Hospital, /, idea: UUID, *to: str, actor: UUID | None = None) -> None:
    """Take an idea through these statuses, by the lead unless said otherwise."""
    for status in to:
        await at.do(
            ideas.change_idea_status, actor or at.lead, idea=idea, to=ideas.IdeaStatus(status), reason="As agreed."
        )
