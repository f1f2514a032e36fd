"""The explorer: the page that a browser's GET of /graphql shows, and its assets below /explorer/."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from api.built import PAGE_HEADERS, SERVED, Built

BUILT = Built(SERVED / "explorer")

# The same path answers JSON to others, hence Vary.
HEADERS = {**PAGE_HEADERS, "Vary": "Accept"}


def explorer_page() -> Response:
    """The page as it was built, or one that says how to build it."""
    return BUILT.page("index.html", HEADERS)


def explorer_routes() -> list[BaseRoute]:
    """The routes below /explorer/."""
    return [Route("/explorer/{name}", BUILT.asset)]
