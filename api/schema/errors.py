"""What a person can put right: user errors, and what every payload of a writing mutation has."""

import strawberry

from api.schema.scalars import Cursor
from api.schema.words import UserErrorCode
from db.rules import IDEMPOTENCY_KEPT, KEY


@strawberry.interface(description="Something in the input that the caller can put right.")
class UserError:
    code: UserErrorCode = strawberry.field(description="What is wrong, for a program.")
    message: str = strawberry.field(description="What is wrong and what to do, for a person. Plain text.")
    path: list[str] = strawberry.field(
        description="The field of the input that is meant, outermost first, without `input`; empty: all of it."
    )


@strawberry.type(description="A user error about a field of the input, with nothing more to act on.")
class InputError(UserError):
    pass


@strawberry.type
class Failing:
    user_errors: list[UserError] = strawberry.field(
        description="What to put right. Empty: it is done, and the result is there."
    )


@strawberry.type
class Written:
    cursor: Cursor | None = strawberry.field(
        description="The position in the feed at which the effect is there: query or subscribe after it. "
        "Null where nothing was done."
    )
    user_errors: list[UserError] = strawberry.field(
        description="What to put right. Empty: it is done, and the result is there."
    )


IDEMPOTENCY_KEY = (
    f"Any text of 1 to {KEY} characters made by the client for this one attempt. Sent again by the same person "
    f"within {IDEMPOTENCY_KEPT.days} days it does nothing twice and answers as the first time."
)
EXPECTED_VERSION = (
    "The `version` that was read. Where it has moved on, nothing is done and the error is STALE_VERSION; "
    "absent or null: not checked."
)
AS_IT_IS = "Absent or null: as it is."
