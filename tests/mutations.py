"""A valid input for every mutation, made on a hospital where everybody has one part to play."""

import dataclasses
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, get_named_type, is_leaf_type

from api.schema.root import build
from db.log import Outcome, Transaction, writing
from db.operations import pairing, people, sessions, themes, units
from db.operations.people import Invited
from db.passwords import hash_password
from db.terms import Role
from tests import factories
from tests.client import Answer, Api
from tests.factories import PASSWORD, Hospital

SCHEMA: GraphQLSchema = build()._schema
Made = dict[str, Any]
Make = Callable[["Cast"], Awaitable[Made]]


def mutations() -> Mapping[str, Any]:
    assert SCHEMA.mutation_type is not None
    return SCHEMA.mutation_type.fields


def input_of(mutation: str) -> GraphQLInputObjectType:
    return cast(GraphQLInputObjectType, get_named_type(mutations()[mutation].args["input"].type))


def payload_of(mutation: str) -> GraphQLObjectType:
    return cast(GraphQLObjectType, get_named_type(mutations()[mutation].type))


def results_of(mutation: str) -> list[str]:
    """The payload's fields that must be there where there is no user error."""
    return [name for name in payload_of(mutation).fields if name not in ("cursor", "userErrors", "invitationUrl")]


def document(mutation: str) -> str:
    """The mutation, asking for all its payload has."""
    parts = []
    for name, its in payload_of(mutation).fields.items():
        named = get_named_type(its.type)
        if name == "userErrors":
            parts.append("userErrors { code message path }")
        elif is_leaf_type(named):
            parts.append(name)
        else:
            parts.append(f"{name} {{ ... on Node {{ id }} }}")
    type_ = mutations()[mutation].args["input"].type
    return f"mutation($input: {type_}) {{ {mutation}(input: $input) {{ {' '.join(parts)} }} }}"


DOCUMENTS = {name: document(name) for name in mutations()}


@dataclass(frozen=True)
class Cast:
    """Who is who. `owner` owns the theme, `author` wrote the idea and the comment and shared the win."""

    hospital: Hospital
    api: Api
    people: dict[str, UUID]
    theme: UUID
    tokens: dict[str, str | None] = dataclasses.field(default_factory=dict)

    def __getitem__(self, name: str) -> UUID:
        return self.people[name]

    async def ask(self, who: str, mutation: str, given: Made) -> Answer:
        return await self.api.ask(DOCUMENTS[mutation], self.tokens[who], input=given)


async def cast_of(hospital: Hospital, api: Api) -> Cast:
    """Nobody but the administrator has more than one reason to be allowed something."""

    async def invite(name: str, unit: UUID | None, *roles: Role) -> UUID:
        email = f"{name.lower()}@ashcombe.example"
        return (
            await hospital.do(people.invite_person, hospital.admin, name=name, email=email, unit=unit, roles=roles)
        ).id

    who = {
        "member": hospital.colleague,
        "author": hospital.nurse,
        "unit lead": await invite("Uma", hospital.ward_b),
        "lead above": await invite("Abe", hospital.ward_b),
        "lead elsewhere": await invite("Ela", hospital.ward_b),
        "theme owner": await invite("Otto", hospital.ward_b),
        "theme lead": hospital.lead,
        "coach": hospital.coach,
        "moderator": hospital.moderator,
        "executive": hospital.executive,
        "admin": hospital.admin,
        "stranger": hospital.stranger,
        "deactivated": await invite("Dora", hospital.ward_a, Role.ADMIN),
        "expired": await invite("Xena", hospital.ward_a, Role.ADMIN),
        "signed out": await invite("Sid", hospital.ward_a, Role.ADMIN),
    }
    for unit, lead in (
        (hospital.ward_a, "unit lead"),
        (hospital.division, "lead above"),
        (hospital.ward_b, "lead elsewhere"),
    ):
        await hospital.do(units.edit_unit, hospital.admin, unit=unit, leads=[who[lead]])
    theme = await factories.theme(hospital, who["admin"], owner=who["theme owner"], opened=False)
    await hospital.do(themes.open_theme, who["theme owner"], theme=theme)
    hashed = await hash_password(PASSWORD)
    async with hospital.database.writes.connection() as connection:
        await connection.execute("update person set password_hash = $1", hashed)
    made = Cast(hospital, api, who, theme)
    for name, person in who.items():
        made.tokens[name] = await api.token(person)
    await hospital.do(people.deactivate_person, hospital.admin, person=who["deactivated"])
    tokens, organisation = api.service.tokens, hospital.organisation
    signed = await sessions.printed_session(hospital.database, email="xena@ashcombe.example", lasts=timedelta(hours=1))
    made.tokens["expired"] = tokens.make(organisation, who["expired"], signed.session, -timedelta(seconds=1)).text
    signed = await sessions.printed_session(hospital.database, email="sid@ashcombe.example", lasts=timedelta(hours=1))
    made.tokens["signed out"] = tokens.make(organisation, who["signed out"], signed.session).text
    await sessions.sign_out(hospital.database, organisation=organisation, session=signed.session)
    made.tokens["anonymous"] = None
    return made


# -- what a mutation acts on


async def an_idea(c: Cast, *moves: str, **given: Any) -> UUID:
    """The author's, of ward A, under the owner's theme."""
    given = {"theme": c.theme, "unit": c.hospital.ward_a, **given}
    idea = await factories.submit(c.hospital, c["author"], **given)
    await factories.move(c.hospital, idea, *moves, actor=c["admin"])
    return idea


async def a_comment(c: Cast) -> UUID:
    return await factories.comment(c.hospital, await an_idea(c), c["author"])


async def a_win(c: Cast) -> UUID:
    """The author's, of an idea of ward A, itself of ward A and under the owner's theme."""
    return await factories.win(c.hospital, c["author"], [await an_idea(c, "TESTING")])


async def a_draft(c: Cast) -> UUID:
    return await factories.theme(c.hospital, c["admin"], owner=c["theme owner"], opened=False)


async def an_open_theme(c: Cast) -> UUID:
    theme = await a_draft(c)
    await c.hospital.do(themes.open_theme, c["admin"], theme=theme)
    return theme


async def a_closed_theme(c: Cast) -> UUID:
    theme = await an_open_theme(c)
    await c.hospital.do(themes.close_theme, c["admin"], theme=theme)
    return theme


async def a_unit(c: Cast) -> UUID:
    return (await c.hospital.do(units.create_unit, c["admin"], name="Bay", parent=c.hospital.ward_b)).id


async def a_person(c: Cast) -> UUID:
    return (await invited(c)).id


async def invited(c: Cast) -> Invited:
    """Somebody of ward B who has not used their link yet."""
    found: list[Invited] = []

    async def work(tx: Transaction) -> Outcome:
        found.append(
            await people.invite_person(
                tx, c["admin"], name="New", email=f"{uuid4().hex}@ashcombe.example", unit=c.hospital.ward_b
            )
        )
        return found[-1]

    await writing(c.hospital.database, c.hospital.organisation, work)
    return found[-1]


async def signed_in(c: Cast, person: str = "member") -> str:
    """A refresh token of this person's."""
    email = await c.hospital.database.value("select email from person where id = $1", [c[person]])
    signed = await sessions.sign_in(c.hospital.database, email=email, password=PASSWORD, address="elsewhere")
    assert signed.refresh_token is not None
    return signed.refresh_token


def of(
    make: Callable[[Cast], Awaitable[UUID]], field: str, tag: str, /, **given: Any
) -> Callable[[Cast], Awaitable[Made]]:
    """An input about one thing."""

    async def made(c: Cast) -> Made:
        return {field: f"{tag}_{await make(c)}", **given}

    return made


async def submit_idea(c: Cast) -> Made:
    return {
        "problem": "The drip stands are always missing on nights.",
        "themeId": f"theme_{c.theme}",
        "unitId": f"unit_{c.hospital.ward_a}",
    }


async def assign_idea(c: Cast) -> Made:
    return {"ideaId": f"idea_{await an_idea(c)}", "themeId": f"theme_{await an_open_theme(c)}"}


async def create_theme(c: Cast) -> Made:
    return {"title": "Falls", "objective": "Halve them", "ownerId": f"person_{c['member']}"}


async def create_theme_for_a_unit(c: Cast) -> Made:
    return {"title": "Falls", "objective": "Halve them", "unitIds": [f"unit_{c.hospital.ward_a}"]}


async def share_win(c: Cast) -> Made:
    return {"headline": "Found", "change": "A line on the floor", "unitId": f"unit_{c.hospital.ward_a}"}


async def share_win_of_an_idea(c: Cast) -> Made:
    return {**await share_win(c), "ideaIds": [f"idea_{await an_idea(c, 'TESTING')}"]}


async def invite_person(c: Cast) -> Made:
    email = f"{uuid4().hex}@ashcombe.example"
    return {"name": "Newly Here", "email": email, "unitId": f"unit_{c.hospital.ward_b}"}


async def create_unit(c: Cast) -> Made:
    return {"name": "Bay", "parentId": f"unit_{c.hospital.division}"}


async def edit_organisation(c: Cast) -> Made:
    return {"responseTargetDays": 3, "name": f"Ashcombe {uuid4().hex[:4]}"}


async def edit_profile(c: Cast) -> Made:
    return {"jobTitle": f"Nurse {uuid4().hex[:4]}"}


async def change_password(c: Cast) -> Made:
    return {"currentPassword": PASSWORD, "newPassword": PASSWORD}


async def a_code(c: Cast) -> str:
    """What a wall shows that nobody has approved."""
    return (await pairing.request_pairing(c.hospital.database, address=uuid4().hex)).code


async def a_screen(c: Cast) -> UUID:
    """Of ward A."""
    return await factories.screen(c.hospital, unit=c.hospital.ward_a)


async def approve_pairing(c: Cast) -> Made:
    return {"code": await a_code(c), "name": "By the lift", "unitId": f"unit_{c.hospital.ward_a}"}


async def approve_pairing_for_all(c: Cast) -> Made:
    return {"code": await a_code(c), "name": "In the canteen"}


async def request_pairing(c: Cast) -> Made:
    return {"name": "A wall"}


async def redeem_pairing(c: Cast) -> Made:
    begun = await pairing.request_pairing(c.hospital.database, address=uuid4().hex)
    await factories.screen(c.hospital, code=begun.code)
    return {"deviceSecret": begun.secret}


async def sign_in(c: Cast) -> Made:
    return {"email": "bo@ashcombe.example", "password": PASSWORD}


async def refresh_session(c: Cast) -> Made:
    return {"refreshToken": await signed_in(c)}


async def accept_invitation(c: Cast) -> Made:
    return {"token": (await invited(c)).token, "password": PASSWORD}


async def sign_out(c: Cast) -> Made:
    return {"refreshToken": await signed_in(c)}


VALID: dict[str, Make] = {
    "submitIdea": submit_idea,
    "editIdea": of(an_idea, "ideaId", "idea", solution="Hang them by the door"),
    "withdrawIdea": of(an_idea, "ideaId", "idea"),
    "changeIdeaStatus": of(an_idea, "ideaId", "idea", to="UNDER_REVIEW"),
    "assignIdeaToTheme": assign_idea,
    "supportIdea": of(an_idea, "ideaId", "idea"),
    "unsupportIdea": of(an_idea, "ideaId", "idea"),
    "followIdea": of(an_idea, "ideaId", "idea"),
    "unfollowIdea": of(an_idea, "ideaId", "idea"),
    "addComment": of(an_idea, "ideaId", "idea", body="With us too"),
    "editComment": of(a_comment, "commentId", "comment", body="With us as well"),
    "removeComment": of(a_comment, "commentId", "comment"),
    "createTheme": create_theme,
    "editTheme": of(an_open_theme, "themeId", "theme", why="People fall"),
    "openTheme": of(a_closed_theme, "themeId", "theme"),
    "closeTheme": of(an_open_theme, "themeId", "theme"),
    "shareWin": share_win,
    "editWin": of(a_win, "winId", "win", learned="Tape wears off"),
    "invitePerson": invite_person,
    "editPerson": of(a_person, "personId", "person", jobTitle="Porter"),
    "deactivatePerson": of(a_person, "personId", "person"),
    "editProfile": edit_profile,
    "changePassword": change_password,
    "editOrganisation": edit_organisation,
    "createUnit": create_unit,
    "editUnit": of(a_unit, "unitId", "unit", name="Bay 2"),
    "approvePairing": approve_pairing,
    "renameScreen": of(a_screen, "screenId", "screen", name="By the stairs"),
    "revokeScreen": of(a_screen, "screenId", "screen"),
    "requestPairing": request_pairing,
    "redeemPairing": redeem_pairing,
    "signIn": sign_in,
    "refreshSession": refresh_session,
    "signOut": sign_out,
    "acceptInvitation": accept_invitation,
}
