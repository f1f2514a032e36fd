"""The pages of a ward, such as the board and sharing an idea; each by its path, and their assets below /pages/."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from api.built import SERVED, Built

BUILT = Built(SERVED / "pages")
PAGES = ("board", "live", "mine", "pair", "poster", "settings", "share", "sign-in", "welcome")
FIXED = ("worker.js", "share.webmanifest", "icon.svg")  # by their own names, at the root
FIRST = "/board"


def page_routes() -> list[BaseRoute]:
    """Whoever opens the bare address sees the board, and is led to signing in from there."""

    async def page(request: Request) -> Response:
        return BUILT.page(f"{request.url.path[1:]}.html")

    async def fixed(request: Request) -> Response:
        return BUILT.fixed(request.url.path[1:])

    async def first(request: Request) -> Response:
        return RedirectResponse(FIRST)

    return [
        Route("/", first),
        *(Route(f"/{name}", page) for name in PAGES),
        *(Route(f"/{name}", fixed) for name in FIXED),
        Route("/pages/{name}", BUILT.asset),
    ]
