"""People: who they are, what they may do, and how they are invited and looked after."""

from datetime import datetime
from typing import Annotated, TypeAlias, Union

import strawberry

from api.schema import lazy
from api.schema.connections import After, Connection, First
from api.schema.declared import described, mutate, optional, planned, stored
from api.schema.errors import AS_IT_IS, EXPECTED_VERSION, IDEMPOTENCY_KEY, Written
from api.schema.nodes import Node
from api.schema.scalars import URL
from api.schema.words import Role
from db.rules import NAME, SEARCH


@strawberry.type(description="Somebody who belongs to the organisation.")
class Person(Node):
    name: str = stored(f"Their name as colleagues know it. At most {NAME} characters.")
    email: str | None = strawberry.field(
        description="Their e-mail address; to administrators, and to oneself in `viewer`, by one's id and in the "
        "answers to mutations. Null to everybody else, and everywhere else."
    )
    deactivated_at: datetime | None = stored("When they left; their name stays on what they did. Null: active.")
    version: int = stored("How often they were edited; for `expectedVersion`.")
    job_title: str | None = stored("What they work as; null where it is not given.")
    unit: lazy.Unit | None = strawberry.field(description="The unit they work in; null where it is not given.")
    roles: list[Role] = strawberry.field(
        description="What they may do; UNIT_LEAD is among them while they lead a unit."
    )
    shown_on_screens: bool = stored("Whether they agreed to be named on screens on the wall; false until they do.")


Viewer: TypeAlias = Annotated[
    Union[Person, lazy.Screen],  # noqa: UP007
    strawberry.union("Viewer", description="Who the bearer of a token is."),
]


@strawberry.type
class PersonResult:
    person: Person | None = strawberry.field(
        description="The person as they are now; null where there are user errors."
    )


@strawberry.input(description="Somebody who is to join the organisation.")
class InvitePersonInput:
    name: str = strawberry.field(description=f"Their name as colleagues know it. At most {NAME} characters.")
    email: str = strawberry.field(description="Their e-mail address, which nobody else may have.")
    job_title: str | None = optional(f"What they work as. At most {NAME} characters.")
    unit_id: strawberry.ID | None = optional("The unit they work in.")
    roles: list[Role] | None = optional("What they may do; UNIT_LEAD cannot be given.")
    idempotency_key: strawberry.ID | None = optional(IDEMPOTENCY_KEY)


@strawberry.type(description="The answer to invitePerson.")
class InvitePersonPayload(PersonResult, Written):
    invitation_url: URL | None = strawberry.field(
        description="The link with which they set their password, once. It is shown only now: null where there are "
        "user errors or the same idempotency key is sent again."
    )


@strawberry.input(description="A change to a person. What is absent stays as it is.")
class EditPersonInput:
    person_id: strawberry.ID = strawberry.field(description="The person to edit.")
    name: str | None = optional(f"Their name as colleagues know it. At most {NAME} characters. {AS_IT_IS}")
    job_title: strawberry.Maybe[str | None] = strawberry.field(
        description=f"What they work as. At most {NAME} characters. Null: not given; absent: as it is."
    )
    unit_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The unit they work in. Null: none; absent: as it is."
    )
    roles: list[Role] | None = optional(f"All they may do; UNIT_LEAD cannot be given. {AS_IT_IS}")
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to editPerson.")
class EditPersonPayload(PersonResult, Written):
    pass


@strawberry.input(description="Somebody who leaves.")
class DeactivatePersonInput:
    person_id: strawberry.ID = strawberry.field(description="The person who leaves.")


@strawberry.type(description="The answer to deactivatePerson.")
class DeactivatePersonPayload(PersonResult, Written):
    pass


@strawberry.input(description="A change to one's own profile. What is absent stays as it is.")
class EditProfileInput:
    name: str | None = optional(f"One's name as colleagues know it. At most {NAME} characters. {AS_IT_IS}")
    job_title: strawberry.Maybe[str | None] = strawberry.field(
        description=f"What one works as. At most {NAME} characters. Null: not given; absent: as it is."
    )
    shown_on_screens: bool | None = optional(f"Whether one agrees to be named on screens on the wall. {AS_IT_IS}")
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to editProfile.")
class EditProfilePayload(PersonResult, Written):
    pass


@strawberry.input(description="A new password for oneself.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The password until now.")
    new_password: str = strawberry.field(description="The password from now on.")


@strawberry.type(description="The answer to changePassword.")
class ChangePasswordPayload(PersonResult, Written):
    pass


@strawberry.type
class PersonQueries:
    @described("The people of the organisation, by name; for administrators those who left too.")
    def people(
        self,
        search: Annotated[
            str | None,
            strawberry.argument(description=f"Part of a name, at most {SEARCH} characters. Absent or null: everybody."),
        ] = strawberry.UNSET,
        unit_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Only those of this unit and the units below it."),
        ] = strawberry.UNSET,
        first: First = strawberry.UNSET,
        after: After = strawberry.UNSET,
    ) -> Connection[Person]:
        planned()


@strawberry.type
class PersonMutations:
    @described("Invites somebody to the organisation and makes the link to give them. For administrators.")
    async def invite_person(
        self,
        info: strawberry.Info,
        input: Annotated[InvitePersonInput, strawberry.argument(description="Who is to join.")],
    ) -> InvitePersonPayload | None:
        return await mutate(info, input, InvitePersonPayload)

    @described("Changes somebody's name, job title, unit or roles. For administrators.")
    async def edit_person(
        self,
        info: strawberry.Info,
        input: Annotated[EditPersonInput, strawberry.argument(description="What changes.")],
    ) -> EditPersonPayload | None:
        return await mutate(info, input, EditPersonPayload)

    @described(
        "Ends somebody's access: they are signed out everywhere and cannot sign in. Their name stays on what they "
        "did. For administrators."
    )
    async def deactivate_person(
        self,
        info: strawberry.Info,
        input: Annotated[DeactivatePersonInput, strawberry.argument(description="Who leaves.")],
    ) -> DeactivatePersonPayload | None:
        return await mutate(info, input, DeactivatePersonPayload)

    @described("Changes one's own profile.")
    async def edit_profile(
        self,
        info: strawberry.Info,
        input: Annotated[EditProfileInput, strawberry.argument(description="What changes.")],
    ) -> EditProfilePayload | None:
        return await mutate(info, input, EditProfilePayload)

    @described("Changes one's own password.")
    async def change_password(
        self,
        info: strawberry.Info,
        input: Annotated[ChangePasswordInput, strawberry.argument(description="The old and the new.")],
    ) -> ChangePasswordPayload | None:
        return await mutate(info, input, ChangePasswordPayload)
