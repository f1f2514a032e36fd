"""Page cursors that no list wrote."""

import base64
import json
from typing import Any
from uuid import UUID


def cursor_of(*parts: Any) -> str:
    return base64.b64encode(json.dumps(parts).encode()).decode()


ZERO = str(UUID(int=0))
BAD_CURSORS = (
    "",
    "x",
    "é",
    cursor_of(),
    cursor_of("NEWEST"),
    cursor_of("NEVER", "2026-01-01T00:00:00+00:00", ZERO),
    cursor_of("NEWEST", "2026-01-01T00:00:00", ZERO),
    cursor_of("NEWEST", 5, ZERO),
    cursor_of("NEWEST", "2026-01-01T00:00:00+00:00", 5),
    cursor_of("NEWEST", "2026-01-01T00:00:00+00:00", ZERO, 1),
    cursor_of("NEWEST", "0001-01-01T00:00:00+23:59", ZERO),
    cursor_of("NEWEST", "9999-12-31T23:59:59-23:59", ZERO),
    cursor_of("NAME", "a\0b", ZERO),
    cursor_of("NAME", None, ZERO),
    cursor_of("MOST_SUPPORTED", 2**40, ZERO),
    cursor_of("MOST_SUPPORTED", "1", ZERO),
    cursor_of("MOST_SUPPORTED", 1.5, ZERO),
    base64.b64encode(b'{"NEWEST": 1}').decode(),
    base64.b64encode(b"5").decode(),
)
