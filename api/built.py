"""What web/ builds for browsers: files named by the hash of what they hold, and the headers of pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

# Inside the package, so that a wheel carries it; filled by web/install.py.
SERVED = Path(__file__).resolve().parent / "served"

# Only what the builds make, under types that do not depend on the machine's own table.
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".txt": "text/plain", ".svg": "image/svg+xml"}
FIXED_TYPES = {**MEDIA_TYPES, ".webmanifest": "application/manifest+json"}

# Nothing from outside and no inline script. 'self' covers the WebSocket; fonts are inside the style sheet.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src data:",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

SAFE = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}

# A page is asked for anew each time, so that a release is seen at once.
PAGE_HEADERS = {
    **SAFE,
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",
}

# What has the same name in every release is asked for anew each time too.
FIXED_HEADERS = {**SAFE, "Cache-Control": "no-cache"}

# The name of an asset carries its content's hash, so that it never changes. What has no hash is no asset.
HASHED = re.compile(r"-[\w-]{8}\.")
ASSET_HEADERS = {**SAFE, "Cache-Control": "public, max-age=31536000, immutable"}

NOT_BUILT = b"""<!doctype html>
<html lang="en-GB">
<meta charset="utf-8">
<title>Groundswell: not built yet</title>
<h1>This page is not built yet</h1>
<p>Run <code>make pages</code> in Groundswell's folder, then load it again.</p>
<p>The API itself answers already: POST a GraphQL operation to <code>/graphql</code>.</p>
</html>
"""


@dataclass(frozen=True, slots=True)
class Built:
    """One build: the folder that it fills."""

    folder: Path

    def page(self, name: str, headers: Mapping[str, str] = PAGE_HEADERS) -> Response:
        """The page as it was built, or one that says how to build it: 503, so that nobody keeps that as the page."""
        try:
            return Response((self.folder / name).read_bytes(), headers=headers)
        except FileNotFoundError:
            return Response(NOT_BUILT, 503, headers=headers)

    async def asset(self, request: Request) -> Response:
        """One file of the build. The route's parameter has no slash: nothing outside the folder has a name."""
        path = self.folder / request.path_params["name"]
        media_type = MEDIA_TYPES.get(path.suffix) if HASHED.search(path.name) else None
        if media_type is None or path.parent != self.folder or not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type=media_type, headers=ASSET_HEADERS)

    def fixed(self, name: str) -> Response:
        """A file whose name says nothing of what it holds. Raises HTTPException(404) where it is not built."""
        path = self.folder / name
        if not path.is_file():
            raise HTTPException(404)
        return FileResponse(path, media_type=FIXED_TYPES[path.suffix], headers=FIXED_HEADERS)
