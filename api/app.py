"""The composition root: settings to database, documents, tail, hub and routes; the lifespan starts and stops them."""

import asyncio
import importlib.metadata
import logging
import os
import re
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from graphql import OperationType
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from api.answering import Answering
from api.answers import STALE, Answers
from api.compose import compose
from api.context import Context
from api.cursors import Cursor, encode_cursor
from api.documents import Documents
from api.explorer import explorer_routes
from api.frames import Remember
from api.http import POSITION, REQUEST_ID, Endpoint
from api.metrics import Figures
from api.mutating import Mutations
from api.pages import page_routes
from api.requests import Asked
from api.resolvers.mutations import Services
from api.resolvers.sources import MUTATIONS, SOURCES
from api.seen import Seen
from api.settings import Settings
from api.sse import Streams
from api.subscriptions.doorbell import Doorbell
from api.subscriptions.hub import Hub
from api.subscriptions.pruned import Pruned
from api.subscriptions.tail import Tail
from api.subscriptions.views import Subscriptions
from api.trusted import Browsers, Trusted, plan_all, try_out
from api.viewer import Tokens, Viewer, Viewers
from api.websocket import Sockets
from db.engine import LOST, READERS, Database
from db.errors import Refused
from db.operations import clock
from db.terms import RefusalCode

log = logging.getLogger(__name__)

PATH = "/graphql"
LEAVE = 2.0  # seconds for a task to end whose database may not answer; its lock ends with its connection


class Groundswell:
    """Everything one process is made of."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self.settings = settings
        self.release = importlib.metadata.version("groundswell")
        self.database = Database(dsn)
        keys = [key for key in (settings.secret_key, settings.secret_key_old) if key]
        self.tokens = Tokens(*keys)
        self.viewers = Viewers(self.database, self.tokens)
        self.trusted = Trusted.load(settings.trusted_documents)
        self.documents = Documents(*compose(SOURCES, MUTATIONS), trusted=self.trusted.texts)
        self.trusted.require_valid(self.documents)
        self.browsers = Browsers(self.database)
        self.hub = Hub(self.viewers.current)
        # Connections of its own: slow queries must not make it look dead.
        self.tail = Tail(
            Database(dsn, readers=1),
            self.hub,
            fatal=self.end,
            changed=self.viewers.forget,
            replaced=self.replaced,
            settings=self.browsers.forget,
        )
        self.answers = Answers(self.database, self.tail)
        services = Services(self.database, self.tokens, settings.public_url)
        self.mutations = Mutations(self.documents, services, MUTATIONS, self.answers)
        self.answering = Answering(
            self.documents,
            self.answers,
            self.mutations,
            self.browsers,
            release=self.release,
            explains=settings.explains,
        )
        self.doorbell = Doorbell(settings.doorbell(dsn, 1), self.tail.ring)
        self.feed_database = Database(dsn, readers=6)
        self.pruned = Pruned(self.feed_database, settings.feed_kept)
        self.subscriptions = Subscriptions(
            self.documents, self.tail, self.feed_database, self.pruned, self.hub.arrivals, self.answering
        )
        self.streams = Streams(
            self.hub, open_subscription=self.subscriptions.open, run=self.answering.run, cursor=self.cursor
        )
        self.sockets = Sockets(
            self.hub,
            authenticate=self.authenticate,
            context=Context,
            open_subscription=self.subscriptions.open,
            run=self.answering.run,
            allowed=self.allowed,
            release=self.release,
        )
        databases = [self.database, self.feed_database, self.tail.database]
        self.figures = Figures(
            self.release, self.answering, self.mutations, databases, self.tail, self.hub, self.doorbell
        )
        self.seen = Seen(self.database, self.hub, self.viewers)
        self.midnight: asyncio.Task[None] | None = None
        self.failed = False
        self.leaving = False  # it was told to end, and may still serve for a while

    def replaced(self, organisation: UUID, former: str) -> None:
        """Its log is another one: nothing that is remembered of it need hold any more."""
        self.viewers.forget_all(organisation)
        self.answers.forget(organisation, former)

    def here(self, organisation: UUID) -> str | None:
        known = self.answers.known(organisation)
        return None if known is None else encode_cursor(known)

    def cursor(self, organisation: UUID, position: int) -> str:
        return encode_cursor(Cursor(self.tail.epoch(organisation) or "", organisation, position))

    async def authenticate(self, params: Mapping[str, Any], authorization: str | None) -> Viewer | None:
        """The bearer of connection_init or of the handshake. Raises Refused for one that is not good, or no longer."""
        text = params.get("authorization") or params.get("Authorization") or authorization
        if not text:
            return None
        scheme, _, token = str(text).partition(" ")
        viewer = await self.viewers.viewer(token.strip()) if scheme.lower() == "bearer" else None
        if viewer is None:
            raise Refused(RefusalCode.UNAUTHENTICATED, "This token is not good, or no longer: get a new one.")
        return viewer

    def allowed(self, origin: str | None, host: str | None) -> bool:
        return origin is None or self.settings.allows(origin, host)

    async def stream(self, context: Context, asked: Asked, last_event_id: str | None) -> ASGIApp:
        return self.streams.respond(
            context,
            asked.query,
            asked.variables,
            asked.operation_name,
            last_event_id,
            [(REQUEST_ID.lower().encode(), context.request_id.encode())],
            viewer=context.viewer,
        )

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self.database.listeners += [self.answers.wrote, self.doorbell.committed]
        # A session that ends here is refused here at once; other processes learn it from their tails.
        self.database.access_listeners.append(self.viewers.forget)
        await self.doorbell.start()
        await self.tail.start()
        await self.pruned.start()
        self.hub.start()
        self.seen.start()
        await self.plan_trusted()
        self.midnight = asyncio.create_task(self.keep_time())
        self.midnight.add_done_callback(self.clock_ended)
        try:
            yield
        finally:
            self.midnight.cancel()
            await asyncio.wait([self.midnight], timeout=LEAVE)
            self.seen.stop()
            self.hub.stop()
            await self.tail.stop()
            await self.pruned.stop()
            await self.tail.database.close()
            await self.feed_database.close()
            await self.doorbell.stop()
            await self.database.close()

    async def plan_trusted(self) -> None:
        """So that nobody waits for the first plan of a document that is known to come."""
        query = self.documents.query_plan
        planners = {OperationType.QUERY: query, OperationType.MUTATION: self.mutations.steps}
        planned = plan_all(self.documents, self.trusted.texts, planners)
        await try_out(self.database, planned.statements, READERS)
        for name, why in planned.skipped.items():
            log.info("the trusted document %s was not planned: %s", name, why)

    def end(self, why: str) -> None:
        """A process whose feed or clock stands still must not stay: whoever watches it starts another."""
        log.critical("%s: this process ends", why)
        self.failed = True
        os.kill(os.getpid(), signal.SIGTERM)

    def clock_ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled():
            log.critical("the clock has stopped", exc_info=task.exception())
            self.end("the clock has stopped")

    async def keep_time(self) -> None:
        """The midnight of every organisation, and at start what was missed (rule 5)."""
        while True:
            wait = 60.0
            try:
                await clock.midnight(self.database)
                wait = min(await clock.until_next_midnight(self.database), wait)  # organisations are added
            except LOST as error:
                log.warning("midnight could not be kept, the database is away (%s); again in a minute", error)
            except Exception:
                log.exception("midnight could not be kept; again in a minute")
            await asyncio.sleep(max(wait, 1.0))

    async def healthz(self, request: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def readyz(self, request: Request) -> Response:
        """200 while the database answers, the tail keeps up and nobody has told this process to end.

        The doorbell is told and never fails it.
        """
        lag = self.tail.lag()
        body: dict[str, object] = {"doorbell": self.doorbell.state(), "release": self.release}
        try:
            await self.database.value("select 1")
            body["database"] = "answers"
        except LOST as error:
            body["database"] = type(error).__name__
        body["tail"] = {"behind_seconds": None if lag == float("inf") else round(lag, 3)}
        body["leaving"] = self.leaving
        ready = body["database"] == "answers" and lag < STALE and not self.leaving
        return JSONResponse({"ready": ready, **body}, 200 if ready else 503)

    async def metrics(self, request: Request) -> Response:
        return Response(self.figures.text(), headers={"content-type": CONTENT_TYPE_LATEST})


class Application(Starlette):
    """Starlette, past which the API goes: sockets always, requests where no other origin's page sent them."""

    def build_middleware_stack(self) -> ASGIApp:
        stack, sockets, endpoint = super().build_middleware_stack(), self.state.service.sockets, self.state.endpoint

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan" or scope["path"] != PATH:
                await stack(scope, receive, send)
            elif scope["type"] == "websocket":
                await sockets(scope, receive, send)
            elif any(name == b"origin" for name, _ in scope["headers"]):
                await stack(scope, receive, send)  # which answers as CORS wants it
            else:
                await endpoint(scope, receive, send)

        return Remember(app)


def create_app(settings: Settings, dsn: str) -> Starlette:
    """The ASGI application of one process."""
    service = Groundswell(settings, dsn)
    endpoint = Endpoint(service.answering, service.viewers, service.stream, service.here)
    app = Application(
        routes=[
            Route(PATH, endpoint),
            Route("/healthz", service.healthz),
            Route("/readyz", service.readyz),
            Route("/metrics", service.metrics),
            *explorer_routes(),
            *page_routes(),
        ],
        middleware=[
            Middleware(
                CORSMiddleware,
                allow_origin_regex="|".join(origin_pattern(origin) for origin in settings.allowed_origins) or "(?!)",
                allow_methods=["GET", "POST"],
                allow_headers=["authorization", "content-type", "groundswell-after", "if-none-match", "last-event-id"],
                expose_headers=["ETag", POSITION, REQUEST_ID],
                max_age=3600,
            ),
        ],
        lifespan=service.lifespan,
    )
    app.state.goodbye = service.hub.goodbye
    app.state.service = service
    app.state.endpoint = endpoint
    return app


def origin_pattern(origin: str) -> str:
    """An allowed origin, of which the port may be a star."""
    return re.escape(origin).replace(r":\*", r"(:\d+)?")
