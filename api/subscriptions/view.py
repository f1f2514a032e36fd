"""What the hub is given: views to read, and what a subscription operation becomes. Interfaces alone."""

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeGuard
from uuid import UUID

from api.viewer import Viewer

LOG_REPLACED = "LOG_REPLACED"
CURSOR_EXPIRED = "CURSOR_EXPIRED"
ACCESS_CHANGED = "ACCESS_CHANGED"


class Item(NamedTuple):
    """One event as a view shows it: the GraphQL result as JSON, without a newline in it."""

    position: int
    payload: bytes


class Batch(NamedTuple):
    """All of a view's events with after < position <= reached, in order; `reached` is at most what was asked."""

    items: Sequence[Item]
    reached: int


class State(NamedTuple):
    """A live query's answer; `comparable` is the part of it that makes a new answer worth sending."""

    position: int
    comparable: bytes
    payload: bytes


class View(Protocol):
    """A statement over a range of positions, shared by everybody who asked the same with the same sight."""

    @property
    def key(self) -> Hashable: ...

    @property
    def organisation(self) -> UUID: ...

    @property
    def types(self) -> frozenset[str] | None:
        """The event types that can concern it; None: any."""

    async def read(self, after: int, upto: int, most: int) -> Batch:
        """Raises Away where the log cannot be reached."""

    async def lacks(self, after: int) -> bool:
        """Is an event that it would carry after this position no longer kept? Asked after a read, it finds a gap."""

    def caught_up(self, position: int) -> bytes | None:
        """FeedCaughtUp of `feed`; None for subscriptions to one type."""

    def reset(self, position: int, reason: str) -> bytes | None:
        """FeedReset of `feed`; None for subscriptions to one type."""

    def expired(self, position: int) -> bytes:
        """The error result with extensions.code CURSOR_EXPIRED and extensions.cursor."""


class LiveView(Protocol):
    """A query that is run again when its organisation's position has moved."""

    @property
    def key(self) -> Hashable: ...

    @property
    def organisation(self) -> UUID: ...

    async def read(self, at_least: int) -> State:
        """The answer now, read at `at_least` or later. Raises Refused where there is none and will be none."""


class Expired(Exception):
    """What a page would have carried is no longer kept, at least in part."""


def shows_events(view: "View | LiveView") -> TypeGuard[View]:
    """Not by isinstance, which for a protocol costs more than the rest of a subscriber's joining."""
    return hasattr(view, "types")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a subscription operation becomes. `after` None: from now. `first` goes out before anything else.

    `again` makes the view anew for somebody whose sight changed; without it such a subscription ends.
    """

    view: View | LiveView
    viewer: Viewer
    after: int | None = None
    first: Sequence[bytes] = ()
    again: Callable[[Viewer], Awaitable[View]] | None = None


Refusal: TypeAlias = list[dict[str, Any]]  # GraphQL errors: the operation never began
Variables: TypeAlias = Mapping[str, Any]


class Away(Exception):
    """The database cannot be reached: whoever subscribes is to connect again, and is not refused."""


def refusal(code: str, message: str, extensions: Mapping[str, object] | None = None) -> Refusal:
    return [{"message": message, "extensions": {**(extensions or {}), "code": code}}]


class OpenSubscription(Protocol):
    """Makes an operation a view; a list of GraphQL errors refuses it; None: it is a query or a mutation.

    Raises Away.
    """

    async def __call__(
        self,
        context: Any,
        query: str,
        variables: Variables | None,
        operation_name: str | None,
        last_event_id: str | None = None,
    ) -> Opening | Refusal | None: ...


class Run(Protocol):
    """Answers a query or a mutation as HTTP does: the whole result as JSON."""

    async def __call__(
        self, context: Any, query: str, variables: Variables | None, operation_name: str | None
    ) -> bytes: ...


class Sink(Protocol):
    """Where a subscriber's payloads go: one operation of a socket, or one event stream."""

    def writable(self) -> bool:
        """Less is buffered than the high-water mark."""

    def write(self, payload: bytes, position: int | None) -> None:
        """Takes it at once, without waiting; the caller asks `writable` first."""

    async def room(self) -> None:
        """Returns when what was buffered has gone out."""

    def finish(self, payload: bytes | None) -> None:
        """Ends this subscription alone, after a last payload."""

    def close(self, code: int, reason: str) -> None:
        """Ends the connection under it: a close code as WebSocket has them."""
