"""What goes wrong, as GraphQL has it: refusals with their codes and paths, and nothing of what is inside."""

import logging
from typing import Any, cast

import orjson
from graphql import GraphQLError

from db.engine import BUSY, LOST
from db.errors import Refused
from db.terms import RefusalCode

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 500  # characters: errors quote what was sent


class Failed(Exception):
    """The operation did not begin: errors as GraphQL has them."""

    def __init__(self, *errors: dict[str, Any]) -> None:
        super().__init__(errors[0]["message"])
        self.errors = list(errors)


def encoded(answer: object) -> bytes:
    return orjson.dumps(answer, default=str)


def unavailable() -> Refused:
    return Refused(RefusalCode.UNAVAILABLE, "The database cannot be reached just now; please try again.")


def busy() -> Refused:
    return Refused(RefusalCode.UNAVAILABLE, "That took too long; please ask for less, or try again.")


def refusal(refused: Refused) -> dict[str, Any]:
    """A refusal as a GraphQL error: the path beside the message, the rest under extensions."""
    extensions = {"code": refused.code, **refused.extensions}
    path = extensions.pop("path", None)
    return {"message": refused.message, **({"path": path} if path else {}), "extensions": extensions}


def internal(request_id: str) -> dict[str, Any]:
    return {
        "message": "Something went wrong on our side; it has been written down.",
        "extensions": {"code": RefusalCode.INTERNAL, "requestId": request_id},
    }


def formatted(error: GraphQLError, code: str) -> dict[str, Any]:
    """An error of the document or its variables; what it says comes from the document alone."""
    answer = dict(error.formatted)
    message = error.message if len(error.message) <= LONGEST_MESSAGE else f"{error.message[:LONGEST_MESSAGE]}…"
    extensions = cast("dict[str, Any]", answer.get("extensions") or {})
    return {**answer, "message": message, "extensions": {"code": code, **extensions}}


def explained(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """An error of the execution: refusals as they are, the unexpected as one sentence and a request id."""
    original = error.original_error
    answer: dict[str, Any]
    if isinstance(original, Refused):
        answer = refusal(original)
    elif isinstance(original, LOST):
        log.warning("%s: the database cannot be reached (%s)", request_id, type(original).__name__)
        answer = refusal(unavailable())
    elif isinstance(original, BUSY):
        log.warning("%s: took too long (%s)", request_id, type(original).__name__)
        answer = refusal(busy())
    elif original is None or isinstance(original, GraphQLError):
        answer = formatted(error, RefusalCode.BAD_ARGUMENT)
    else:
        log.error("%s: failed at %s", request_id, error.path, exc_info=original)
        answer = internal(request_id)
    locations = error.formatted.get("locations")
    return {**answer, **({"locations": locations} if locations else {}), "path": error.path}
