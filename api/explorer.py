"""The explorer: the page that a browser's GET of /graphql shows, and its assets below /explorer/."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from api.built import PAGE_HEADERS as HEADERS
from api.built import WEB, Built

BUILT = Built(WEB / "explorer" / "dist")

# To be sent with explorer_page(). The same path answers JSON to others, hence Vary.
PAGE_HEADERS = {**HEADERS, "Vary": "Accept"}


def explorer_page() -> bytes:
    """The page as it was built, or one that says how to build it."""
    return BUILT.page("index.html")


def explorer_routes() -> list[BaseRoute]:
    """The routes below /explorer/."""
    return [Route("/explorer/{name}", BUILT.asset)]
