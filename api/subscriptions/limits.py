"""What the feed allows itself, and what it has done so far."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds, unless said otherwise."""

    live_read: float = 1.0  # one read of a live batch; members of a slower view fall behind
    read: float = 5.0  # one page of a catch-up, one run of a live query
    readers: int = 4  # reads at a time, for live batches and for catching up each
    boards: int = 2  # live queries run at a time
    stall: float = 30.0  # until a subscriber that takes nothing is closed
    quiet: float = 20.0  # until FeedCaughtUp is sent again
    ahead: float = 10.0  # until a cursor beyond the head counts as expired
    board: float = 1.0  # between two runs of a live query
    linger: float = 60.0  # for which a view is kept that nobody watches any more: they may come back
    lingering: int = 1000  # of such views of an organisation at most
    arriving: int = 32  # subscriptions that are opened or brought to the head at a time
    tick: float = 1.0


@dataclass(slots=True)
class Counts:
    """What a process has done so far."""

    deliveries: int = 0
    view_reads: int = 0
    window_answers: int = 0  # pages of a catch-up that needed no read
    executions_saved: int = 0  # deliveries that an execution a subscriber would have cost one of
    catch_ups: int = 0
    too_slow: int = 0
