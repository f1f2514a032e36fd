"""How a run of the model ends: all is well again, everybody must know everything, and nothing may be left."""

import asyncio
from typing import Any

from tests.hub_clients import ENDLESS, Connection, World, listen
from tests.hub_model import COMMENT, IDEA, SILENT, WIN, Entry
from tests.hub_subscriptions import Subscription


class Ending:
    def __init__(self, world: World) -> None:
        self.world = world
        self.loop = world.loop

    @property
    def connections(self) -> list[Connection]:
        return [connection for connection in self.world.connections if connection.up]

    @property
    def operations(self) -> list[Any]:
        return listen(self.connections)

    def check(self) -> None:
        assert not self.world.problems, "\n".join(self.world.problems)

    def come_to_an_end(self) -> None:
        world = self.world
        self.check()
        for weather in world.weathers:
            weather.set(1, 1, 0.0, False)
        self.loop.passes(60)  # whatever was slow has come or was given up
        self.stalled_ones_are_closed()
        for connection in world.connections:
            connection.broken = False
            connection.drain(ENDLESS)
        self.loop.passes(45)
        self.everybody_knows_everything()
        self.a_batch_is_read_once_a_view()
        self.a_replay_tells_what_the_log_holds()
        self.nothing_is_left()

    def stalled_ones_are_closed(self) -> None:
        world = self.world
        due = [
            operation.connection
            for operation in self.operations
            if isinstance(operation, Subscription)
            and operation.at is not None
            and not operation.lost
            and operation.at[0] == operation.feed.epoch
            and operation.missed(operation.feed.end + 1)
        ]
        self.loop.passes(world.limits.stall + 5)
        for connection in due:
            if connection.code is None:
                world.problems.append(f"a stalled connection with {connection.operations} was not closed")
        for connection in world.connections:
            if connection.raised and connection.code is None:
                world.problems.append("a broken connection was not closed")
        self.check()

    def everybody_knows_everything(self) -> None:
        for connection in self.connections:
            now = self.world.sights[connection.person][-1]
            if connection.viewer.sight != now:
                self.world.problems.append(f"a connection stays {connection.viewer}, who is {now} now")
        for operation in self.operations:
            operation.complete()
        self.check()

    def a_batch_is_read_once_a_view(self) -> None:
        for entries in ([Entry(WIN), Entry(SILENT)], [Entry(IDEA), Entry(COMMENT)], [Entry(SILENT)]):
            before = self.world.reads.copy()
            types = {entry.type for entry in entries} - {SILENT}
            self.world.feeds[0].entries.extend(entries)
            self.world.tail.ring()
            self.loop.passes(2)
            views = {one.view.key: one.view for one in self.operations if isinstance(one, Subscription)}
            for key, read in (self.world.reads - before).items():
                concerned = key not in views or views[key].types is None or not types.isdisjoint(views[key].types)
                if (read > 1 or not concerned or not types) and (key[-1] != "board" or read > 1):
                    self.world.problems.append(f"{key} was read {read} times for {entries}")
            for operation in self.operations:
                if not (isinstance(operation, Subscription) and operation.tells):
                    operation.complete()
                elif missed := operation.missed(operation.feed.end + 1):
                    operation.wrong(f"was not told {missed} at once")
            self.check()

    def a_replay_tells_what_the_log_holds(self) -> None:
        """From the window of newest events or from the log: what was withdrawn is not in it."""
        world = self.world
        if world.hub.presence.leaving:
            return
        probes = []
        for person in world.people[:2]:
            if not world.feed_of(person).founded or world.sights[person][-1] is None:
                continue
            connection = Connection(world, person)
            world.connections.append(connection)
            self.loop.settle()
            epoch, end = connection.feed.epoch, connection.feed.end
            for after in {0, end // 2, max(0, end - 2), end}:
                for types in (None, frozenset({WIN})):
                    probes.append(Subscription(connection, types, True, (epoch, after)))
        self.loop.passes(3)
        for probe in probes:
            probe.complete()
        self.check()

    def nothing_is_left(self) -> None:
        world = self.world
        goodbye = None
        if len(world.connections) % 2 and not world.hub.presence.leaving:
            goodbye = self.loop.create_task(world.hub.goodbye(1.0))
        else:
            for connection in world.connections:
                if connection.code is None:
                    connection.hang_up()
        self.loop.passes(world.limits.linger + 5)  # views are kept for those who come back
        if any(connection.code is None for connection in world.connections) or (goodbye and not goodbye.done()):
            world.problems.append("goodbye was not said to everybody")
        if world.hub.presence.visitors or world.hub.presence.people:
            world.problems.append("somebody is thought to be here still")
        for channel in world.hub.channels.values():
            if channel.audiences or channel.boards:
                world.problems.append(f"views are kept for nobody: {[*channel.audiences, *channel.boards]}")
        left = asyncio.all_tasks(self.loop) - {world.tail.task, world.hub.ticker}
        world.problems.extend(f"a task is left: {task}" for task in left)
        with self.loop.between_turns():
            world.hub.stop()
        self.loop.run_until_complete(world.tail.stop())
        self.loop.settle()
        world.problems.extend(f"a task is left: {task}" for task in asyncio.all_tasks(self.loop) - left)
        self.check()
