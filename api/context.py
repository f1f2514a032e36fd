"""What one request carries with it: who asks, from where, and what it wants beside the answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

from api.cursors import Cursor
from api.viewer import Viewer


@dataclass(slots=True)
class Context:
    """One request, or one operation on a socket. `address`: where it comes from, for throttling sign-in.

    `origin`: of a browser's page. `extensions`: what the client asks for beside the data. `after`: the position at or
    after which it wants to be answered. `unless`: the tags of answers that it has, which need not be sent again.
    """

    viewer: Viewer | None
    address: str = ""
    origin: str | None = None
    extensions: Mapping[str, Any] | None = None
    after: Cursor | None = None
    unless: str | None = None
    request_id: str = field(default_factory=lambda: token_hex(8))
    # The newest position that the answer contains, as a cursor; None where it has none.
    cursor: str | None = None
