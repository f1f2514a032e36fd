"""How the feed's figures are shown: a table a load, lines to paste, and the same by name for other programs."""

from bench.doorbells import Rung
from bench.feed import Delivered, Grown
from bench.printed import Printed
from bench.reads import summary
from bench.stalled import Turn

HEADINGS = (
    "server",
    "events",
    "CPU µs a delivery",
    "less mutation",
    "PostgreSQL µs an event",
    "p50 ms",
    "p99 ms",
    "connect µs",
    "KiB each",
)
KINDS = {"ws": "WebSocket", "sse": "SSE"}


class PrintedFeed:
    """Tables at once; lines and figures go to the run's."""

    def __init__(self, printed: Printed) -> None:
        self.printed = printed

    def deliveries(self, found: list[Delivered]) -> None:
        """Of one load, a server a line."""
        asked = found[0].room.asked
        views = "one view" if asked.views == 1 else f"{asked.views:,} views"
        what = f"{asked.subscribers:,} subscribers over {KINDS[asked.kind]} on {views}"
        rows = []
        for each in found:
            (server, server_median), (database, database_median) = map(summary, (each.server, each.database))
            rows.append(
                (
                    each.room.server,
                    str(each.events),
                    f"{server:.1f} ({server_median:.1f})",
                    f"{each.less_mutation:.1f}",
                    f"{database:,.0f}",
                    f"{each.latency(0.5):,.1f}",
                    f"{each.latency(0.99):,.1f}",
                    f"{each.connect:,.0f}",
                    f"{each.resident:.1f} → {each.resident_after:.1f}",
                )
            )
            self.printed.lines.append(
                f"feed: {each.room.server}: {what}: {each.events} events, all {asked.subscribers * each.events} "
                f"deliveries there and in order: server {server:.2f} µs a delivery (median {server_median:.2f}) with "
                f"its share of the mutation, {each.less_mutation:.2f} µs without; PostgreSQL {database:.0f} µs an "
                f"event (median {database_median:.0f}) with the mutation; the mutation alone: server "
                f"{each.alone[0]:.0f} µs, PostgreSQL {each.alone[1]:.0f} µs; from mutation to arrival p50 "
                f"{each.latency(0.5):.1f} ms, p99 {each.latency(0.99):.1f} ms; connect and subscribe "
                f"{each.connect:.0f} µs; resident {each.resident:.1f} KiB a connection, {each.resident_after:.1f} "
                "after the events"
            )
            self.note(each)
        self.printed.table(what, HEADINGS, rows)

    def note(self, each: Delivered) -> None:
        asked = each.room.asked
        for name, value, unit in (
            ("server_cpu_per_delivery", min(each.server), "µs"),
            ("server_cpu_per_delivery_less_mutation", each.less_mutation, "µs"),
            ("server_cpu_per_mutation", each.alone[0], "µs"),
            ("postgres_cpu_per_mutation", each.alone[1], "µs"),
            ("postgres_cpu_per_event", min(each.database), "µs"),
            ("latency_p50", each.latency(0.5), "ms"),
            ("latency_p99", each.latency(0.99), "ms"),
            ("connect_cpu", each.connect, "µs"),
            ("resident_per_connection", each.resident, "KiB"),
            ("resident_per_connection_after", each.resident_after, "KiB"),
        ):
            self.printed.figures.note(
                "feed",
                name,
                value,
                unit,
                server=each.room.server,
                transport=asked.kind,
                subscribers=asked.subscribers,
                views=asked.views,
                events=each.events,
            )

    def view_reads(self, one: Delivered, many: Delivered) -> None:
        """What one more view costs an event, of the same number of subscribers on one view and on many."""
        more = many.room.asked.views - one.room.asked.views
        server = (many.server_of_event - one.server_of_event) / more
        database = (min(many.database) - many.alone[1] - min(one.database) + one.alone[1]) / more
        self.printed.say(
            f"feed: one view more ({many.room.asked.views:,} views against one): server {server:.0f} µs, PostgreSQL "
            f"{database:.0f} µs an event"
        )
        self.printed.figures.note("feed", "server_cpu_per_view_read", server, "µs", server=one.room.server)
        self.printed.figures.note("feed", "postgres_cpu_per_view_read", database, "µs", server=one.room.server)

    def turns(self, subscribers: int, turns: list[Turn]) -> None:
        rows = []
        for turn in turns:
            who = "one stalled" if turn.stalled else "none stalled"
            rows.append((who, str(turn.events), f"{turn.median:.1f}", f"{turn.worst:.1f}", f"{turn.resident:.1f}"))
            self.printed.lines.append(
                f"stalled: {who}: {subscribers:,} others, {turn.events} large events: p50 {turn.median:.1f} ms, p99 "
                f"{turn.worst:.1f} ms, server {turn.resident:.1f} MiB resident"
            )
            for name, value, unit in (
                ("latency_p50", turn.median, "ms"),
                ("latency_p99", turn.worst, "ms"),
                ("resident", turn.resident, "MiB"),
            ):
                self.printed.figures.note("stalled", name, value, unit, subscribers=subscribers, stalled=turn.stalled)
        self.printed.table(
            f"One stalled client beside {subscribers:,} others, large events, turn by turn",
            ("", "events", "p50 ms", "p99 ms", "server MiB"),
            rows,
        )

    def doorbells(self, rung: list[Rung]) -> None:
        rows = []
        for each in rung:
            more = each.database - each.database_alone
            rows.append((each.way, f"{each.writer:,.0f}", f"{each.rung:,.0f}", f"{more:+,.0f}", f"{each.redis:,.0f}"))
            self.printed.lines.append(
                f"doorbell: {each.way}: the process that writes {each.writer:.0f} µs an event, one that is rung and "
                f"has no subscribers {each.rung:.0f} µs, PostgreSQL {each.database:.0f} µs ({each.database_alone:.0f} "
                f"without the second process), Redis {each.redis:.0f} µs"
            )
            for name, value in (
                ("server_cpu_per_event_writing", each.writer),
                ("server_cpu_per_event_rung", each.rung),
                ("postgres_cpu_per_event", each.database),
                ("postgres_cpu_per_event_more", more),
                ("redis_cpu_per_event", each.redis),
            ):
                self.printed.figures.note("doorbell", name, value, "µs", doorbell=each.way)
        self.printed.table(
            "The doorbell between two processes, CPU µs an event",
            ("doorbell", "process that writes", "process that is rung", "PostgreSQL, for the second", "Redis"),
            rows,
        )

    def growth(self, found: Grown) -> None:
        parts = ", ".join(f"{events:,}: {kib / 1024:.1f}" for events, kib in found.after)
        last = found.after[-1][0]
        self.printed.say(
            f"memory: MiB resident of the server after so many events on one view, each delivered to "
            f"{found.subscribers} subscribers in order: {parts}; {found.slope:+.1f} KiB a thousand events after the "
            "first tenth"
        )
        for events, kib in found.after:
            self.printed.figures.note("memory", "resident", kib, "KiB", events=events, subscribers=found.subscribers)
        self.printed.figures.note("memory", "resident_per_thousand_events", found.slope, "KiB", events=last)
