"""Units: wards, departments, teams and their tree."""

from typing import Annotated

import strawberry

from api.schema import lazy
from api.schema.declared import described, mutate, optional, stored
from api.schema.errors import AS_IT_IS, EXPECTED_VERSION, IDEMPOTENCY_KEY, Written
from api.schema.nodes import Node
from db.rules import MOST_CHILDREN, MOST_LEADS, NAME


@strawberry.type(description="A ward, department or team, with the units below it.")
class Unit(Node):
    name: str = stored(f"What it is called. At most {NAME} characters.")
    parent: "Unit | None" = strawberry.field(description="The unit it belongs to; null at the top.")
    children: list["Unit"] = strawberry.field(
        description=f"The units right below it, by name. At most {MOST_CHILDREN}."
    )
    leads: list[lazy.Person] = strawberry.field(
        description=f"Who leads it, and so answers the ideas of it and of the units below. At most {MOST_LEADS}."
    )
    member_count: int | None = stored("Active people in it and below; null where that may not be shown.")
    version: int = stored("How often it was edited; for `expectedVersion`.")


@strawberry.type
class UnitResult:
    unit: Unit | None = strawberry.field(description="The unit as it is now; null where there are user errors.")


@strawberry.input(description="A new unit.")
class CreateUnitInput:
    name: str = strawberry.field(description=f"What it is called. At most {NAME} characters.")
    parent_id: strawberry.ID | None = optional("The unit it belongs to; absent or null: at the top.")
    lead_ids: list[strawberry.ID] | None = optional(
        f"The people who lead it, at most {MOST_LEADS}; absent or null: nobody yet."
    )
    idempotency_key: strawberry.ID | None = optional(IDEMPOTENCY_KEY)


@strawberry.type(description="The answer to createUnit.")
class CreateUnitPayload(UnitResult, Written):
    pass


@strawberry.input(description="A change to a unit. What is absent stays as it is.")
class EditUnitInput:
    unit_id: strawberry.ID = strawberry.field(description="The unit to edit.")
    name: str | None = optional(f"What it is called. At most {NAME} characters. {AS_IT_IS}")
    parent_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The unit it belongs to, never one below it. Null: at the top; absent: as it is."
    )
    lead_ids: list[strawberry.ID] | None = optional(
        f"All the people who lead it, at most {MOST_LEADS}; empty: nobody. {AS_IT_IS}"
    )
    expected_version: int | None = optional(EXPECTED_VERSION)


@strawberry.type(description="The answer to editUnit.")
class EditUnitPayload(UnitResult, Written):
    pass


@strawberry.type
class UnitMutations:
    @described("Adds a unit to the organisation. For administrators.")
    async def create_unit(
        self,
        info: strawberry.Info,
        input: Annotated[CreateUnitInput, strawberry.argument(description="The unit.")],
    ) -> CreateUnitPayload | None:
        return await mutate(info, input, CreateUnitPayload)

    @described("Renames a unit, moves it in the tree or says who leads it. For administrators.")
    async def edit_unit(
        self,
        info: strawberry.Info,
        input: Annotated[EditUnitInput, strawberry.argument(description="What changes.")],
    ) -> EditUnitPayload | None:
        return await mutate(info, input, EditUnitPayload)
