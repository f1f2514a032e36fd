"""`python -m bench.loads DSN ORGANISATION`: asks a server over kept connections, lean, and times each answer.

A process of its own, whose CPU nobody counts. A line of standard input is an order (open these connections) or a run
(send so many requests over them now). Each is answered by one line of JSON.
"""

import asyncio
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any, Literal, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import orjson
import uvloop

from bench.questions import KEY

# A silent event, as the log's append writes it.
APPEND = """
with moved as (
    update feed_head set position = position + 1 where organisation_id = $1 returning position, epoch
), appended as (
    insert into event (organisation_id, position, at, type, version, public, unfiltered, actor_shown, themes, units,
                       facts)
    select $1, position, clock_timestamp(), 'SILENT', 1, false, false, true, '{}', '{}', '{}' from moved
)
select position, epoch from moved"""
PLACE = "PLACE-OF-THE-IDEMPOTENCY-KEY-36-"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CURSOR = re.compile(rb"\r\ngroundswell-cursor: *[^.]*\.[^.]*\.(\d+)", re.IGNORECASE)
NO_MISTAKES = re.compile(rb'"userErrors" ?: ?\[\]')
AT_ONCE = 100  # connections that are opened together


@dataclass(frozen=True, slots=True)
class Order:
    """What to ask, over how many connections.

    `keyed`: the input takes a fresh idempotency key. `positioned`: answers say at which position they were read, which
    must not be before the cursor that was sent.
    """

    port: int
    token: str
    document: str
    variables: list[dict[str, Any]]
    connections: int
    keyed: bool = False
    positioned: bool = False


Appends: TypeAlias = Literal["each", "once", "never"]


@dataclass(frozen=True, slots=True)
class Run:
    """So many requests. `appends`: a silent event is written before each, before the first alone, or never; the
    requests carry its cursor."""

    requests: int
    appends: Appends


class Connection(asyncio.Protocol):
    """One kept connection: a request, then its answer."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.head = b""
        self.end = 0
        self.sent = 0
        self.took = 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[bytes]":
        """The body of the answer; its head stays in `head`, the ns that it took in `took`."""
        self.buffer.clear()
        self.head = b""
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.sent = time.perf_counter_ns()
        self.transport.write(request)
        return self.answer

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.head:
            at = self.buffer.find(b"\r\n\r\n")
            if at < 0:
                return
            self.head = bytes(self.buffer[:at])
            length = LENGTH.search(self.head)
            self.end = at + 4 + (int(length[1]) if length else 0)
        if len(self.buffer) >= self.end and not self.answer.done():
            self.took = time.perf_counter_ns() - self.sent
            self.answer.set_result(bytes(self.buffer[len(self.head) + 4 : self.end]))

    def connection_lost(self, error: Exception | None) -> None:
        if hasattr(self, "answer") and not self.answer.done():
            self.answer.set_exception(RuntimeError(f"the server closed a connection: {error}"))


class Asking:
    """The connections of one order."""

    def __init__(self, order: Order, appender: "Appender") -> None:
        self.order, self.appender = order, appender
        self.connections: list[Connection] = []
        self.requests = cycle([request(order, variables) for variables in order.variables])
        self.start = (
            f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1:{order.port}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {order.token}\r\nAccept: application/json\r\n"
        ).encode()

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        for first in range(0, self.order.connections, AT_ONCE):
            few = range(first, min(first + AT_ONCE, self.order.connections))
            made = await asyncio.gather(
                *(loop.create_connection(Connection, "127.0.0.1", self.order.port) for _ in few)
            )
            self.connections += [connection for _, connection in made]

    async def run(self, run: Run) -> dict[str, Any]:
        numbers, took = iter(range(run.requests)), list[int]()
        once = await self.appender.append() if run.appends == "once" else None
        each = run.appends == "each"
        begun = time.perf_counter()
        await asyncio.gather(*(self.lane(connection, numbers, each, once, took) for connection in self.connections))
        return {"seconds": time.perf_counter() - begun, "latencies": took}

    async def lane(
        self, connection: Connection, numbers: Iterator[int], each: bool, once: "Position | None", took: list[int]
    ) -> None:
        """Requests one after the other on one connection, as long as there are any."""
        order = self.order
        for _ in numbers:
            position = await self.appender.append() if each else once
            sized, before, after = next(self.requests)
            body = await connection.ask(
                b"".join(
                    (
                        self.start,
                        position.header if position is not None else b"",
                        sized,
                        before,
                        uuid4().hex.encode() if order.keyed else b"",
                        after,
                    )
                )
            )
            took.append(connection.took // 1000)
            self.check(connection.head, body, position)

    def check(self, head: bytes, body: bytes, position: "Position | None") -> None:
        if (
            not head.startswith(b"HTTP/1.1 200")
            or not body.startswith(b'{"data"')
            or b'"errors":' in body
            or (self.order.keyed and NO_MISTAKES.search(body) is None)
        ):
            raise RuntimeError(f"not answered: {head.decode()}\n{body[:2000].decode()}")
        if position is not None and self.order.positioned:
            read = CURSOR.search(head)
            if read is None or int(read[1]) < position.number:
                raise RuntimeError(f"asked for position {position.number}, answered {head.decode()}")

    def close(self) -> None:
        for connection in self.connections:
            connection.transport.close()


def request(order: Order, variables: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
    """The end of the head, and the body before and after its idempotency key."""
    if order.keyed:
        variables = {"input": {**variables["input"], KEY: PLACE}}
    body = orjson.dumps({"query": order.document, "variables": variables})
    before, _, after = body.partition(PLACE.encode())
    return f"Content-Length: {len(body)}\r\n\r\n".encode(), before, after


@dataclass(frozen=True, slots=True)
class Position:
    """Of the log, and the header that asks for answers at or after it."""

    number: int
    header: bytes


class Appender:
    """Our own connection to PostgreSQL, which writes silent events one after the other."""

    def __init__(self, connection: Any, append: Any, organisation: UUID) -> None:
        self.connection, self.statement, self.organisation = connection, append, organisation
        self.turn = asyncio.Lock()

    async def append(self) -> Position:
        async with self.turn:
            number, epoch = await self.statement.fetchrow(self.organisation)
        return Position(number, f"Groundswell-After: {epoch}.{self.organisation.hex}.{number}\r\n".encode())


async def appender(dsn: str, organisation: UUID) -> Appender:
    # The commits need not be on the disk: what is written here, nobody was promised.
    connection = await asyncpg.connect(dsn, server_settings={"synchronous_commit": "off", "jit": "off"})
    return Appender(connection, await connection.prepare(APPEND), organisation)


def say(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


async def obey(dsn: str, organisation: UUID) -> None:
    """Nothing happens between two orders, so that waiting for the next may hold the loop up."""
    writer = await appender(dsn, organisation)
    say({"backend": writer.connection.get_server_pid()})
    asking: Asking | None = None
    while line := sys.stdin.readline():
        given = orjson.loads(line)
        if "requests" in given:
            assert asking is not None
            say(await asking.run(Run(**given)))
            continue
        if asking is not None:
            asking.close()
        asking = Asking(Order(**given), writer)
        await asking.open()
        say({})


def main() -> None:
    try:
        uvloop.run(obey(sys.argv[1], UUID(sys.argv[2])))
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}"})
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
