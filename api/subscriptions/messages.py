"""graphql-transport-ws's messages: read and checked as the protocol has them, and written."""

from typing import Any, TypeAlias

import orjson

from api.cursors import by_id

MOST_BYTES = 1024 * 1024
MOST_ID = 256  # characters: it is written before every event


class Bad(Exception):
    """A message that the protocol does not allow: the code and reason with which the socket is closed."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


def message(type_: str, **more: object) -> bytes:
    return orjson.dumps({**({"id": more.pop("id")} if "id" in more else {}), "type": type_, **more})


def parsed(text: str | None) -> dict[str, Any]:
    """A message with a type. Raises Bad for anything else."""
    if text is None:
        raise Bad(4400, "Messages are text")
    if len(text) > MOST_BYTES:
        raise Bad(1009, "Message too big")
    try:
        said = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Bad(4400, "Messages are JSON") from None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise Bad(4400, "A message is an object with a type")
    return said


Asked: TypeAlias = tuple[str, dict[str, Any] | None, str | None, dict[str, Any] | None]


def operation_of(said: dict[str, Any]) -> Asked:
    """Query (a text, or a document's id as `by_id` writes it), variables, operation name, extensions."""
    payload = said.get("payload")
    if not isinstance(payload, dict):
        raise Bad(4400, "A subscribe message has a payload")
    id_, query = optional(payload, "documentId", str) or None, optional(payload, "query", str)
    if (id_ is None) is (query is None):
        raise Bad(4400, "The payload has a query or a documentId")
    return (
        query if id_ is None else by_id(id_),
        optional(payload, "variables", dict),
        optional(payload, "operationName", str),
        optional(payload, "extensions", dict),
    )


def identity(said: dict[str, Any]) -> str:
    id_ = said.get("id")
    if not isinstance(id_, str) or not 0 < len(id_) <= MOST_ID:
        raise Bad(4400, "The message has no id, or one that is too long")
    return id_


def optional(said: dict[str, Any], key: str, kind: type[Any]) -> Any:
    """Absent, null, or of its kind."""
    value = said.get(key)
    if value is not None and not isinstance(value, kind):
        raise Bad(4400, f"The message's {key} is not of its type")
    return value
