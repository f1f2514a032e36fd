"""The feed's part of a run: every server under the same loads, many views, a stalled client, doorbells, memory."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from rich.status import Status

from bench.announcing import Announcer
from bench.contestants import GROUNDSWELL, Contestant, contestants
from bench.doorbells import Rung, redis, ring
from bench.feed import Delivered, Load, Room, deliver, grow
from bench.node_peer import versions
from bench.printed_feed import PrintedFeed
from bench.processes import Cost, Serving, many_files
from bench.stalled import Turns
from bench.watching import Asked

LANES = 8
SPARE = 200  # files of a server beside its sockets


@dataclass(frozen=True, slots=True)
class FeedSize:
    """How much is measured. `longest`: seconds that a server may take for the largest load. `grown`: events of the
    memory's part, to so many `watchers`."""

    load: Load
    few: Load
    subscribers: int
    more: int
    longest: float
    views: tuple[int, ...]
    turns: int
    large: int
    grown: int
    watchers: int


FULL = FeedSize(
    load=Load(rounds=5, events=40, seconds=6.0),
    few=Load(rounds=3, events=12, seconds=10.0),
    subscribers=1_000,
    more=5_000,
    longest=60.0,
    views=(100, 1_000),
    turns=3,
    large=40,
    grown=100_000,
    watchers=20,
)
QUICK = FeedSize(
    load=Load(rounds=2, events=20, seconds=3.0),
    few=Load(rounds=1, events=6, seconds=5.0),
    subscribers=1_000,
    more=5_000,
    longest=10.0,
    views=(100, 1_000),
    turns=1,
    large=20,
    grown=4_000,
    watchers=20,
)


@dataclass(frozen=True, slots=True)
class Hall:
    """What all measurements share: who asks, about which theme, and the database's cost."""

    dsn: str
    organisation: str
    person: str
    token: str
    theme: str
    database: Cost
    start: Callable[[str], AbstractContextManager[Serving]]  # Groundswell, with this doorbell

    def announcer(self, server: Serving, *, lanes: int = 1, large: bool = False) -> Announcer:
        return Announcer(server.port, self.token, f"theme_{self.theme}", lanes=lanes, large=large)

    def room(self, name: str, server: Serving, asked: Asked, announcer: Announcer) -> Room:
        return Room(name, asked, server.cost, self.database, announcer)


class FeedPart:
    def __init__(self, size: FeedSize, hall: Hall, printed: PrintedFeed, status: Status) -> None:
        self.size, self.hall, self.shown, self.status = size, hall, printed, status

    async def deliveries(self) -> None:
        hall, size, say = self.hall, self.size, self.shown.printed.say
        found, left_out = contestants(hall.dsn, hall.organisation, hall.person, lambda: hall.start(""))
        for each in found:
            say(f"server: {each.name}: {each.settings}")
        for sentence in left_out:
            say(sentence)
        if not left_out:
            self.shown.printed.figures.about["node"] = of_node = versions()
            say(f"of Mercurius: {', '.join(f'{name} {version}' for name, version in of_node.items())}")
        known: dict[str, Delivered] = {}
        for kind in ("ws", "sse"):
            figures = [await self.deliver(each, kind, size.subscribers) for each in found if kind in each.kinds]
            self.shown.deliveries(figures)
            known |= {figure.room.server + kind: figure for figure in figures}
        if (files := many_files()) < size.more + SPARE:
            say(f"{size.more:,} subscribers are left out: this machine allows a process {files:,} open files")
        else:
            await self.many_subscribers(found, known)
        await self.many_views(found[0], known[GROUNDSWELL + "ws"])

    async def many_subscribers(self, found: list[Contestant], known: dict[str, Delivered]) -> None:
        size = self.size
        for kind in ("ws", "sse"):
            figures = []
            for each in found:
                if kind not in each.kinds:
                    continue
                needs = self.seconds(known[each.name + kind])
                if needs > size.longest:
                    self.shown.printed.say(
                        f"{each.name} is left out with {size.more:,} subscribers: it would take some {needs:.0f} s"
                    )
                else:
                    figures.append(await self.deliver(each, kind, size.more))
            self.shown.deliveries(figures)

    def seconds(self, known: Delivered) -> float:
        """What the largest load would take a server, going by its figures with fewer subscribers."""
        size = self.size
        more = size.more / size.subscribers
        events = 1 + size.few.rounds * 2
        return more * (known.connect * size.subscribers / 1e6 + events * known.latency(0.99) / 1000)

    async def many_views(self, ours: Contestant, one: Delivered) -> None:
        self.shown.printed.say("views: one document; each view has another set of event types in its variables")
        for views in self.size.views:
            many = await self.deliver(ours, "ws", self.size.subscribers, views)
            self.shown.deliveries([many])
        self.shown.view_reads(one, many)

    async def deliver(self, each: Contestant, kind: str, subscribers: int, views: int = 1) -> Delivered:
        size, hall = self.size, self.hall
        self.status.update(f"{each.name}: delivering to {subscribers:,} subscribers ({kind}) …")
        with each.start() as server:
            await server.ready()
            announcer = hall.announcer(server)
            room = hall.room(
                each.name, server, Asked(kind, subscribers, server.port, hall.token, views=views), announcer
            )
            try:
                usual = subscribers == size.subscribers and views == 1
                return await deliver(room, size.load if usual else size.few)
            finally:
                announcer.close()

    async def stalled(self) -> None:
        size, hall = self.size, self.hall
        self.status.update("One client stalls …")
        with hall.start("") as server:
            await server.ready()
            asked = Asked("ws", size.subscribers, server.port, hall.token, large=True)
            room = hall.room(GROUNDSWELL, server, asked, hall.announcer(server, large=True))
            self.shown.turns(size.subscribers, await Turns(room, size.large).take(size.turns))

    async def doorbells(self) -> None:
        hall, rung = self.hall, list[Rung]()
        with redis() as found:
            ways = [("PostgreSQL", hall.dsn, None), *([("Redis", *found)] if found else [])]
            for way, url, cost in ways:
                self.status.update(f"Ringing through {way} …")
                rung.append(await ring(way, url, hall.start, hall.announcer, hall.database, cost, self.size.load))
        self.shown.doorbells(rung)
        if not found:
            self.shown.printed.say("The Redis doorbell is left out: there is no redis-server on this machine.")

    async def memory(self) -> None:
        size, hall = self.size, self.hall
        self.status.update(f"Watching the memory over {size.grown:,} events …")
        with hall.start("") as server:
            await server.ready()
            asked = Asked("ws", size.watchers, server.port, hall.token)
            room = hall.room(GROUNDSWELL, server, asked, hall.announcer(server, lanes=LANES))
            self.shown.growth(await grow(room, size.grown))
        if size is QUICK:
            self.shown.printed.say(f"memory: {size.grown:,} events, since this run is quick; 100,000 without --quick")
