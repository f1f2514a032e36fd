"""Opaque codecs: public ids (type tag and UUID) and feed cursors (epoch, organisation, position), document ids."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.errors import Refused
from db.terms import RefusalCode

DOCUMENT = "document:"
MOST_POSITION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in an organisation's feed: everything up to `position` has been seen."""

    epoch: str
    organisation: UUID
    position: int


def encode_cursor(cursor: Cursor) -> str:
    """The text that SQL makes too: head.prefix and the position (api/plans/plan.py)."""
    return f"{cursor.epoch}.{cursor.organisation.hex}.{cursor.position}"


def decode_cursor(text: object) -> Cursor:
    """Raises Refused(BAD_ARGUMENT) for what no server wrote."""
    try:
        epoch, organisation, position = str(text).split(".")
        if not (
            position.isascii() and position.isdigit() and 0 < len(epoch) <= 32 and epoch.isascii() and epoch.isalnum()
        ):
            raise ValueError(text)
        cursor = Cursor(epoch, UUID(hex=organisation), int(position))
        if cursor.position > MOST_POSITION or encode_cursor(cursor) != text:
            raise ValueError(text)
    except ValueError:
        raise Refused(RefusalCode.BAD_ARGUMENT, "This is not a cursor of a feed.") from None
    return cursor


def encode_id(tag: str, id_: UUID) -> str:
    return f"{tag}_{id_}"


def by_id(id_: str) -> str:
    """A trusted document's id where a text may stand: no GraphQL text begins so."""
    return DOCUMENT + id_


def split_id(text: object) -> tuple[str, UUID] | None:
    """Tag and UUID of a public id, or None for anything else."""
    tag, _, rest = str(text).partition("_")
    try:
        id_ = UUID(hex=rest)
    except ValueError:
        return None
    return (tag, id_) if encode_id(tag, id_) == text else None


def decode_id(tag: str, text: object) -> UUID:
    """The UUID of a public id of this type. Raises Refused(BAD_ARGUMENT) for any other text."""
    found = split_id(text)
    if found is None or found[0] != tag:
        raise Refused(RefusalCode.BAD_ARGUMENT, f"This is not the id of {ARTICLES.get(tag, tag)}.")
    return found[1]


ARTICLES = {
    "org": "an organisation",
    "unit": "a unit",
    "person": "a person",
    "theme": "a theme",
    "idea": "an idea",
    "comment": "a comment",
    "win": "a win",
    "screen": "a screen",
}


def check_cursor(cursor: Cursor, head: Cursor, path: Any) -> None:
    """Raises Refused(CURSOR_EXPIRED) for another organisation's, an older epoch's and one beyond the log's end."""
    if (cursor.epoch, cursor.organisation) != (head.epoch, head.organisation) or cursor.position > head.position:
        raise Refused(
            RefusalCode.CURSOR_EXPIRED,
            "This cursor is not one of this feed as it is now: query again, and go on from the new cursor.",
            {"path": list(path), "cursor": encode_cursor(head)},
        )
