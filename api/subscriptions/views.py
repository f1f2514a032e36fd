"""Views: a subscription operation as a plan, its variables and a sight, read once for everybody who asked the same."""

import asyncio
import logging
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any, Protocol, cast
from uuid import UUID

import orjson
from graphql import GraphQLObjectType, OperationType, get_named_type
from sqlalchemy import Uuid, bindparam, select

from api.answers import Answers
from api.completing import completed
from api.context import Context
from api.cursors import MOST_POSITION, Cursor, decode_cursor, decode_id, encode_cursor
from api.documents import Documents, Request
from api.failures import Failed, encoded, refusal
from api.plans.plan import Plan, events_plan
from api.plans.selection import Selected
from api.plans.shapes import Live
from api.subscriptions.arrivals import Arrivals
from api.subscriptions.pruned import Pruned
from api.subscriptions.view import (
    CURSOR_EXPIRED,
    LOG_REPLACED,
    Away,
    Batch,
    Item,
    LiveView,
    Opening,
    Refusal,
    State,
    View,
)
from api.viewer import Viewer
from db import sight
from db.engine import LOST, Database
from db.errors import Refused
from db.models import units
from db.sql import compiled
from db.terms import RefusalCode, Sight

log = logging.getLogger("groundswell.views")

HEAD = "select position, epoch from feed_head where organisation_id = $1"
VOLATILE = frozenset({"cursor", "asOf"})  # of a board: they move with every position, and are no change to show


class Heads(Protocol):
    """What is known of each organisation's log: the tail."""

    def epoch(self, organisation: UUID) -> str | None: ...

    def head(self, organisation: UUID) -> int | None: ...

    async def wait_for(self, organisation: UUID, position: int) -> bool:
        """Looks at the log, if it is not known to be so far."""


class Admits(Protocol):
    """Who may send a document, and what is told of answers."""

    answers: Answers

    async def admit(self, context: Context, request: Request) -> None:
        """Raises Refused."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One subscription as it was asked, and for whom it is read."""

    documents: Documents
    request: Request
    selected: Selected
    plan: Plan
    viewer: Viewer
    heads: Heads
    database: Database

    @property
    def key(self) -> Hashable:
        """Equal for those who see the same: the person counts only where the plan looks at them."""
        person = self.viewer.person if self.plan.per_person else None
        values = self.plan.args(self.viewer, self.request.variables, EMPTY_RANGE)
        document = id(self.request.document), id(self.request.operation)
        # Directives choose computed fields too, and leave no trace of that in the statement: the plan knows.
        plan = id(self.plan) if self.plan.completing else self.plan.text
        return (document, plan, self.viewer.organisation, self.viewer.sight, person, repr(values))

    async def rows(self, given: Mapping[str, object]) -> list[Any]:
        plan, viewer = self.plan, self.viewer
        args = plan.args(viewer, self.request.variables, given)
        return await self.database.rows(plan.text, args)

    def payload(self, body: str) -> bytes:
        """The GraphQL result of one event or state, in which fields computed in Python are completed."""
        if self.plan.completing:
            request, tree = self.request, orjson.loads(body)
            schema, read = self.documents.schema, token_hex(8)  # an error can be found again by it
            return encoded(completed(schema, request.document.ast, request.operation, request.raw, tree, read))
        return b'{"data":' + body.encode() + b"}"

    def cursor(self, position: int) -> str:
        """Of the log as it is now: a view outlives a restore."""
        organisation = self.viewer.organisation
        return encode_cursor(Cursor(self.heads.epoch(organisation) or "", organisation, position))


EMPTY_RANGE = {"after": 0, "upto": 0, "most": 0}


class EventsView:
    """Events over a range of positions: the same statement serves live batches, catching up and replay."""

    def __init__(self, operation: Operation, pruned: Pruned) -> None:
        self.operation = operation
        self.pruned = pruned
        self.key = (operation.key, operation.plan.beside)
        self.organisation: UUID = operation.viewer.organisation
        types = operation.plan.types(operation.request.variables) if operation.plan.types is not None else None
        self.types = None if types is None else frozenset(map(str, types))
        self.says = dict(operation.plan.beside)  # FeedCaughtUp, FeedReset; nothing for one type of event

    async def read(self, after: int, upto: int, most: int) -> Batch:
        """Raises Away where the database cannot be reached."""
        try:
            rows = await self.operation.rows({"after": after, "upto": upto, "most": most})
        except LOST as error:
            raise Away from error
        items = [Item(row["position"], self.operation.payload(row["body"])) for row in rows]
        return Batch(items, items[-1].position if len(items) == most else upto)

    async def lacks(self, after: int) -> bool:
        return await self.pruned.lacks(self.organisation, self.types, after)

    def caught_up(self, position: int) -> bytes | None:
        return self.say("FeedCaughtUp", {"cursor": self.operation.cursor(position)})

    def reset(self, position: int, reason: str) -> bytes | None:
        return self.say("FeedReset", {"cursor": self.operation.cursor(position), "reason": reason})

    def expired(self, position: int) -> bytes:
        return encoded({"errors": [expiry(self.operation.cursor(position), self.operation.selected.key)]})

    def say(self, type_: str, values: Mapping[str, object]) -> bytes | None:
        if type_ not in self.says:
            return None
        values = {**values, "__typename": type_}
        item = {key: values[name] for key, name in self.says[type_]}
        return encoded({"data": {self.operation.selected.key: item}})


class BoardView:
    """A live query: its whole answer, and the part of it whose change is worth sending."""

    def __init__(self, operation: Operation, volatile: Sequence[str], memory: Answers) -> None:
        self.operation = operation
        self.key = operation.key
        self.organisation: UUID = operation.viewer.organisation
        self.volatile = volatile
        self.memory = memory

    async def read(self, at_least: int) -> State:
        history = self.memory.histories[self.organisation]
        row = (await self.operation.rows({}))[0]
        self.memory.gave(Cursor(row["epoch"], self.organisation, row["position"]), history)  # no query is older now
        body: str = row["body"]
        board = orjson.loads(body)[self.operation.selected.key]
        if board is None:
            raise no_unit(self.operation)
        comparable = {key: value for key, value in board.items() if key not in self.volatile}
        return State(row["position"], orjson.dumps(comparable), self.operation.payload(body))


class Subscriptions:
    """Opens subscriptions: from an operation and its bearer to the view that serves it.

    `database`: what views are read from; not what queries wait for, so that slow ones do not hold up the feed.
    """

    def __init__(
        self,
        documents: Documents,
        heads: Heads,
        database: Database,
        pruned: Pruned,
        arrivals: Arrivals,
        admits: Admits,
    ) -> None:
        self.documents = documents
        self.heads = heads
        self.database = database
        self.pruned = pruned
        self.arrivals = arrivals
        self.admits = admits
        types = documents.schema.type_map
        self.beside = [cast(GraphQLObjectType, types[name]) for name in ("FeedCaughtUp", "FeedReset")]

    async def open(
        self,
        context: Context,
        query: str,
        variables: Mapping[str, Any] | None,
        operation_name: str | None,
        last_event_id: str | None = None,
    ) -> Opening | Refusal | None:
        """The opening; errors where it is refused; None where the operation is no subscription.

        `last_event_id`: the cursor of the last item over SSE; it wins over the argument `after`, which is older.
        """
        try:
            request = self.documents.request(query, variables, operation_name)
            if request.kind is not OperationType.SUBSCRIPTION:
                return None
            await self.admits.admit(context, request)
            async with self.arrivals:
                await asyncio.sleep(0)  # so many in one turn of the loop, and no more
                asked = self.asked(context.viewer, request)
            return await self.opening(asked, last_event_id)
        except Failed as failed:
            return failed.errors
        except Refused as refused:
            return [refusal(refused)]
        except LOST as error:
            log.warning("%s: nobody can subscribe, the database is away (%r)", context.request_id, error)
            raise Away from error

    def asked(self, viewer: Viewer | None, request: Request) -> EventsView | BoardView:
        """The view of an operation. Raises Refused."""
        if viewer is None:
            raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")
        root = cast(GraphQLObjectType, self.documents.schema.subscription_type)
        selected = self.documents.roots(request, viewer.sight)
        if len(selected) != 1 or selected[0].name.startswith("__"):
            raise Refused(RefusalCode.BAD_ARGUMENT, "A subscription selects one field.")
        shape = self.documents.sources.concrete[root.name].fields[selected[0].name]
        of = self.events if isinstance(shape, Live) else self.board
        return of(viewer, request, root, selected[0])

    async def opening(self, view: EventsView | BoardView, last_event_id: str | None) -> Opening:
        """From its head's comparison on nothing awaits until the view is joined, or a restore would come between."""
        operation = view.operation
        viewer, request, selected = operation.viewer, operation.request, operation.selected
        root = cast(GraphQLObjectType, self.documents.schema.subscription_type)
        if isinstance(view, BoardView):
            await self.require_unit(operation, self.argument(request, root, selected, "unitId"))
            return Opening(cast(LiveView, view), viewer)

        async def again(changed: Viewer) -> View:
            return self.events(changed, request, root, selected)

        text = last_event_id or self.argument(request, root, selected, "after")
        if text is None:
            return Opening(view, viewer, again=again if view.says else None)
        cursor = given(text, selected.key)
        after, first = begin(view, cursor, await self.head(viewer.organisation, cursor))
        return Opening(view, viewer, after, first, again if view.says else None)

    async def head(self, organisation: UUID, cursor: Cursor) -> Cursor:
        """Where the feed stands; asks the database only about a cursor that the tail cannot vouch for."""
        epoch, position = self.heads.epoch(organisation), self.heads.head(organisation)
        if epoch is not None and position is not None:
            known = Cursor(epoch, organisation, position)
            if (cursor.epoch, cursor.organisation) == (epoch, organisation) and cursor.position <= position:
                return known
        row = await self.database.row(HEAD, (organisation,))
        if row is None:
            raise Refused(RefusalCode.UNAUTHENTICATED, "Sign in first.")
        if row["epoch"] != self.heads.epoch(organisation):
            # A restore that the tail has not seen: whoever joined now would be told of it a second time.
            await self.heads.wait_for(organisation, MOST_POSITION)
        if row["epoch"] != self.heads.epoch(organisation):
            raise Away  # replaced meanwhile, or not to be seen: its positions are not those of what would be joined
        return Cursor(row["epoch"], organisation, row["position"])

    async def require_unit(self, operation: Operation, unit: str | None) -> None:
        """A board of a unit that is none of theirs is refused, in the same words whether or not it is another's."""
        if unit is None:
            return
        viewer, u = operation.viewer, units.alias()
        asks = self.documents.builder(operation.request, viewer.sight)
        statement = compiled(select(u.c.id).where(sight.unit(u.c, asks), u.c.id == bindparam("id", type_=Uuid)))
        known = {"organisation": viewer.organisation, "unit": viewer.unit, "id": decode_id("unit", unit)}
        if await self.database.value(statement.text, statement.args(known)) is None:
            raise no_unit(operation)

    def events(self, viewer: Viewer, request: Request, root: GraphQLObjectType, selected: Selected) -> EventsView:
        documents = self.documents
        of_feed = get_named_type(root.fields[selected.name].type).name == "FeedItem"
        plan = request.document.plans.get(
            (viewer.sight, id(request.operation)),
            request.variables,
            lambda: events_plan(documents.asked(request, viewer.sight), root, selected, self.beside if of_feed else ()),
        )
        operation = Operation(documents, request, selected, plan, viewer, self.heads, self.database)
        return EventsView(operation, self.pruned)

    def board(self, viewer: Viewer, request: Request, root: GraphQLObjectType, selected: Selected) -> BoardView:
        plan = self.documents.query_plan(request, viewer.sight)
        operation = Operation(self.documents, request, selected, plan, viewer, self.heads, self.database)
        type_ = cast(GraphQLObjectType, self.documents.schema.type_map["Board"])
        parts = self.documents.builder(request, viewer.sight).collect(type_, selected.nodes)
        return BoardView(operation, [s.key for s in parts if s.name in VOLATILE], self.admits.answers)

    def argument(self, request: Request, root: GraphQLObjectType, selected: Selected, name: str) -> str | None:
        builder = self.documents.builder(request, Sight.MEMBER)  # whoever asks: arguments are of no sight
        arguments = builder.arguments(root.fields[selected.name], selected, (selected.key,))
        return cast("str | None", arguments[name].read(request.variables))


def no_unit(operation: Operation) -> Refused:
    return Refused(RefusalCode.BAD_ARGUMENT, "There is no such unit.", {"path": [operation.selected.key]})


def given(text: str, key: str) -> Cursor:
    """The cursor of a client. Raises Refused(BAD_ARGUMENT) for what is none."""
    try:
        return decode_cursor(text)
    except Refused as refused:
        refused.extensions["path"] = [key]
        raise


def begin(view: EventsView, cursor: Cursor, head: Cursor) -> tuple[int, list[bytes]]:
    """Where to begin, and what to say first. Raises Refused(CURSOR_EXPIRED) where a feed would say FeedReset."""
    ours = (cursor.epoch, cursor.organisation) == (head.epoch, head.organisation)
    if ours and cursor.position <= head.position and not view.pruned.known(cursor, view.types):
        return cursor.position, []
    reason = CURSOR_EXPIRED if cursor.epoch == head.epoch else LOG_REPLACED
    first = view.reset(head.position, reason)
    if first is None:
        error = expiry(encode_cursor(head), view.operation.selected.key)
        raise Refused(RefusalCode.CURSOR_EXPIRED, error["message"], {"path": error["path"], **error["extensions"]})
    return head.position, [first]


def expiry(cursor: str, key: str) -> dict[str, Any]:
    return {
        "message": "This cursor is not one of this feed as it is now: query again, and go on from the new cursor.",
        "path": [key],
        "extensions": {"code": RefusalCode.CURSOR_EXPIRED, "cursor": cursor},
    }
