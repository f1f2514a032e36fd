"""The organisation: what the caller's hospital or trust has settled, and its units."""

from datetime import date
from typing import Annotated

import strawberry

from api.schema import lazy
from api.schema.connections import After, Connection, First
from api.schema.declared import described, mutate, optional, planned, stored
from api.schema.errors import AS_IT_IS, EXPECTED_VERSION, Written
from api.schema.nodes import Node
from api.schema.scalars import URL
from api.schema.words import Value
from db.rules import NAME

TRUSTED_ONLY = (
    "Whether browsers must name a trusted document by its id; what else they send is refused with "
    "DOCUMENT_NOT_TRUSTED. A browser, for this setting, is a request with an Origin."
)


@strawberry.type(description="A hospital, a trust or any organisation that improves together.")
class Organisation(Node):
    name: str = stored(f"What it is called. At most {NAME} characters.")
    slug: str = stored("Its short name in addresses.")
    time_zone: str = stored("Its IANA time zone, such as `Europe/London`; every Date is a day there.")
    today: date = stored("The day it is there.")
    value_focus: list[Value] = stored(
        "What it looks for first, in its order; offered first where somebody chooses values."
    )
    response_target_days: int = stored(
        "In how many days (of 24 hours) somebody who shares an idea can expect a first answer."
    )
    public_url: URL = stored("The address that links, invitations and QR codes carry.")
    trusted_documents_only: bool = stored(f"{TRUSTED_ONLY} False unless it was switched on.")
    version: int = stored("How often its settings were edited; for `expectedVersion`.")
    viewer_can_create_themes: bool = strawberry.field(
        description="Whether the person who asks may create a theme, at least for units of their own."
    )

    @described("All its units, by name.")
    def units(self, first: First = strawberry.UNSET, after: After = strawberry.UNSET) -> Connection[lazy.Unit]:
        planned()


@strawberry.input(description="A change to the organisation's settings. What is absent stays as it is.")
class EditOrganisationInput:
    name: str | None = optional(f"What it is called. At most {NAME} characters. {AS_IT_IS}")
    time_zone: str | None = optional(f"Its IANA time zone, such as `Europe/London`. {AS_IT_IS}")
    value_focus: list[Value] | None = optional(f"What it looks for first, in this order. {AS_IT_IS}")
    response_target_days: int | None = optional(
        f"In how many days a first answer can be expected, 1 to 365. {AS_IT_IS}"
    )
    public_url: URL | None = optional(f"The address that links and QR codes carry. {AS_IT_IS}")
    trusted_documents_only: bool | None = optional(f"{TRUSTED_ONLY} {AS_IT_IS}")
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type
class OrganisationResult:
    organisation: Organisation | None = strawberry.field(
        description="The organisation as it is now; null where there are user errors."
    )


@strawberry.type(description="The answer to editOrganisation.")
class EditOrganisationPayload(OrganisationResult, Written):
    pass


@strawberry.type
class OrganisationQueries:
    organisation: Organisation = strawberry.field(description="The organisation of whoever asks.")


@strawberry.type
class OrganisationMutations:
    @described("Changes the organisation's settings. For administrators.")
    async def edit_organisation(
        self,
        info: strawberry.Info,
        input: Annotated[EditOrganisationInput, strawberry.argument(description="What changes.")],
    ) -> EditOrganisationPayload | None:
        return await mutate(info, input, EditOrganisationPayload)
