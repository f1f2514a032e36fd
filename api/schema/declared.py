"""Small helpers with which the schema is declared: described methods, stored fields, optional inputs, enumerations."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, NoReturn, TypeVar, cast

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition
from strawberry.types.field import StrawberryField

F = TypeVar("F", bound=Callable[..., Any])
P = TypeVar("P")
STORED = "stored"


def planned() -> NoReturn:
    """The body of a field with arguments: a plan fills it, so it never runs."""
    raise AssertionError("a planned field was resolved one by one")


def described(text: str) -> Callable[[F], F]:
    """A field or mutation with arguments, and what it says of itself."""
    return cast("Callable[[F], F]", strawberry.field(description=text))


def subscribed(text: str) -> Callable[[F], F]:
    """A subscription, and what it says of itself."""
    return cast("Callable[[F], F]", strawberry.subscription(description=text))


def stored(text: str) -> Any:
    """A field that is the column of its name as it stands, for everybody who sees the row: it needs no resolver."""
    return strawberry.field(description=text, metadata={STORED: True})


def is_stored(field: StrawberryField) -> bool:
    return STORED in field.metadata


def optional(text: str) -> Any:
    """A field of an input that may be absent: None in Python, as if it were null, and no default in the schema."""
    field = strawberry.field(default=None, description=text)
    field.default_value = strawberry.UNSET
    return field


def describe(enumeration: type[StrEnum], text: str, /, **values: str) -> None:
    """Makes a GraphQL enumeration of one of the field's own; every value must be told."""
    strawberry.enum(enumeration, description=text)
    definition = cast(
        "StrawberryEnumDefinition",
        enumeration.__strawberry_definition__,  # type: ignore[attr-defined]
    )
    if set(values) != {value.name for value in definition.values}:
        raise TypeError(f"the values of {enumeration.__name__} and their descriptions differ")
    for value in definition.values:
        value.description = values[value.name]


async def mutate(info: strawberry.Info, input: object, payload: type[P]) -> P | None:
    """The body of a mutation: its operation is run instead (api/mutating.py). Only the type of `payload` counts."""
    planned()
