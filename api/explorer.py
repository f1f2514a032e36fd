"""The explorer: the page that a browser's GET of /graphql shows, and its assets below /explorer/."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

DIST = Path(__file__).resolve().parent.parent / "web" / "explorer" / "dist"

# Only what the build makes, under types that do not depend on the machine's own table.
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".txt": "text/plain"}

# Nothing from outside and no inline script. 'self' covers the WebSocket; fonts are inside the style sheet.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src data:",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

# To be sent with explorer_page(). The same path answers JSON to others, hence Vary.
PAGE_HEADERS = {
    **SAFE,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",
    "Vary": "Accept",
}

# The name of an asset carries its content's hash, so that it never changes.
ASSET_HEADERS = {**SAFE, "Cache-Control": "public, max-age=31536000, immutable"}

NOT_BUILT = b"""<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<title>Groundswell explorer: not built yet</title>
<h1>The explorer is not built yet</h1>
<p>Run <code>make explorer</code> in Groundswell's folder, then load this page again.</p>
<p>The API itself answers here already: POST a GraphQL operation to this address.</p>
</html>
"""


def explorer_page() -> bytes:
    """The page as it was built, or one that says how to build it."""
    try:
        return (DIST / "index.html").read_bytes()
    except FileNotFoundError:
        return NOT_BUILT


async def asset(request: Request) -> Response:
    """One file of the build. The route's parameter has no slash: nothing outside the folder has a name."""
    path = DIST / request.path_params["name"]
    media_type = MEDIA_TYPES.get(path.suffix)
    if media_type is None or path.parent != DIST or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type=media_type, headers=ASSET_HEADERS)


def explorer_routes() -> list[BaseRoute]:
    """The routes below /explorer/."""
    return [Route("/explorer/{name}", asset)]
