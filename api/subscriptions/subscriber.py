"""One subscriber: where its payloads go and, while it is behind, how far it has come."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from api.subscriptions.view import Sink, View
from api.viewer import Viewer

A = TypeVar("A")

Again = Callable[[Viewer], Awaitable[View]]


class Subscriber(Generic[A]):
    """Live: no task and no position of its own, it stands at the hub's head. Behind: a position and a task.

    `position` None while behind: from the head on, once it is known. `replay`: FeedCaughtUp is due at its end.
    """

    __slots__ = ("again", "audience", "closed", "first", "position", "replay", "sink", "task", "viewer")

    def __init__(
        self,
        audience: A,
        viewer: Viewer,
        sink: Sink,
        *,
        after: int | None = None,
        first: Sequence[bytes] = (),
        again: Again | None = None,
    ) -> None:
        self.audience = audience
        self.viewer = viewer
        self.sink = sink
        self.position = after
        self.first = deque(first) if first else None
        self.again = again
        self.replay = after is not None
        self.closed = False
        self.task: asyncio.Task[None] | None = None

    @property
    def behind(self) -> bool:
        return self.task is not None

    def stop(self) -> None:
        """No task works for it any more."""
        task, self.task = self.task, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
