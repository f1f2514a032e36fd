"""What a process says of itself at /metrics, in Prometheus' text format. Each worker process answers for itself."""

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from api.answering import Answering
from api.mutating import Mutations
from api.subscriptions.doorbell import Doorbell
from api.subscriptions.hub import Hub
from api.subscriptions.tail import Tail
from api.unplanned import EXECUTED
from db.engine import Database


class Figures(Collector):
    """Read when they are asked for; nothing is counted twice."""

    def __init__(
        self,
        release: str,
        answering: Answering,
        mutations: Mutations,
        databases: list[Database],
        tail: Tail,
        hub: Hub,
        doorbell: Doorbell,
    ) -> None:
        self.release = release
        self.answering = answering
        self.mutations = mutations
        self.databases = databases
        self.tail = tail
        self.hub = hub
        self.doorbell = doorbell
        self.registry = CollectorRegistry(auto_describe=False)
        self.registry.register(self)

    def text(self) -> bytes:
        return generate_latest(self.registry)

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("groundswell", "This process", value={"release": self.release, "pid": str(os.getpid())})
        yield counter("statements", "Reading statements", sum(each.statements for each in self.databases))
        yield from self.of_answers()
        yield from self.of_feed()
        yield from self.of_doorbell()

    def of_answers(self) -> Iterator[Metric]:
        documents, answers = self.answering.documents, self.answering.answers
        yield gauge("documents", "Documents that are kept, planned", len(documents.known) + len(documents.trusted))
        executed = CounterMetricFamily(
            "groundswell_executed", "Answers that took graphql-core's executor, by why", labels=["why"]
        )
        found = self.answering.executed + self.mutations.executed
        for why in EXECUTED:
            executed.add_metric([why], found[why])
        yield executed
        yield counter("answers_read", "Queries that were executed", answers.executions)
        yield counter("answers_kept", "Queries that memory answered", answers.hits)
        yield counter("answers_shared", "Queries that waited for another's execution", answers.shared)
        yield gauge("answers_bytes", "Answers kept in memory", answers.size)

    def of_feed(self) -> Iterator[Metric]:
        hub, shared = self.hub, self.hub.shared
        counts, arrivals = shared.counts, shared.arrivals
        yield gauge("tail_lag_seconds", "Since the tail last saw where the log stands", self.tail.lag())
        yield counter("unknown_events", "Events of a newer release, passed over", self.tail.unknown.total())
        yield gauge("connections", "Sockets and event streams", len(hub.presence.visitors))
        audiences = [audience for channel in hub.channels.values() for audience in channel.audiences.values()]
        boards = [board for channel in hub.channels.values() for board in channel.boards.values()]
        subscribers = GaugeMetricFamily("groundswell_subscribers", "Subscriptions that are open", labels=["state"])
        subscribers.add_metric(["live"], sum(len(a.live) for a in audiences) + sum(len(b.members) for b in boards))
        subscribers.add_metric(["behind"], sum(len(audience.behind) for audience in audiences))
        yield subscribers
        yield gauge("views", "Views that somebody watches", sum(map(bool, audiences)) + len(boards))
        yield counter("deliveries", "Events and answers written to subscribers", counts.deliveries)
        yield counter("view_reads", "Executions of views", counts.view_reads)
        yield counter("executions_saved", "Deliveries that shared another's execution", counts.executions_saved)
        yield counter("catch_ups", "Times that a subscriber set out for the head", counts.catch_ups)
        yield counter("window_answers", "Pages of what was missed that came from memory", counts.window_answers)
        yield gauge("window_bytes", "Newest events kept in memory", shared.shelf.size)
        yield gauge("arriving", "Subscriptions being opened or brought to the head", arrivals.now)
        yield gauge("arriving_most", "The most of them there ever were at a time", arrivals.most)
        yield gauge("arriving_limit", "How many there may be at a time", arrivals.limit)
        yield counter("too_slow", "Subscribers that took nothing for too long", counts.too_slow)

    def of_doorbell(self) -> Iterator[Metric]:
        bell = self.doorbell
        yield gauge("doorbell_connected", "1 while the broadcast works", int(bell.connected))
        yield counter("doorbell_rung", "Rings of this process, some of several commits", bell.rung)
        yield counter("doorbell_heard", "Rings that were heard, its own and others'", bell.heard)
        yield counter("doorbell_rebuilt", "Times that it was built anew", bell.rebuilt)


def gauge(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"groundswell_{name}", says, value=value)


def counter(name: str, says: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"groundswell_{name}", says, value=value)
