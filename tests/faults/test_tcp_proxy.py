"""The proxy that the fault tests stand on does the harm that it says, and otherwise passes on every byte."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.redis_server import quiet_port
from tests.tcp_proxy import Proxy

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """Says everything again; `heard` in all, `open` connections."""

    def __init__(self) -> None:
        self.heard = b""
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            while data := await reader.read(65536):
                self.heard += data
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            self.open -= 1
            writer.close()


@asynccontextmanager
async def proxied(servers: int = 1, dead: int = 0) -> AsyncIterator[tuple[Proxy, int, list[Echo]]]:
    async with AsyncExitStack() as stack:
        echoes, ports = [Echo() for _ in range(servers)], [quiet_port() for _ in range(dead)]
        for echo in echoes:
            server = await stack.enter_async_context(await asyncio.start_server(echo.serve, "127.0.0.1", 0))
            ports.append(server.sockets[0].getsockname()[1])
        proxy = Proxy(ports, seed=1)
        port = await proxy.listen()
        yield proxy, port, echoes
        proxy.listening.close()
        proxy.cut(1.0)


async def connected(port: int) -> Connection:
    return await asyncio.open_connection("127.0.0.1", port)


async def echoed(connection: Connection, data: bytes) -> bytes:
    reader, writer = connection
    writer.write(data)
    return await asyncio.wait_for(reader.readexactly(len(data)), 10)


async def until(condition: Callable[[], bool], limit: float = 10) -> None:
    async with asyncio.timeout(limit):
        while not condition():  # noqa: ASYNC110 - sockets tell nobody
            await asyncio.sleep(0.01)


async def test_every_byte_is_passed_on_and_the_servers_take_turns_without_the_dead() -> None:
    async with proxied(servers=2, dead=1) as (_, port, echoes):
        data = random.Random(1).randbytes(1_000_000)
        connections = [await connected(port) for _ in range(6)]
        for connection in connections:
            reader, writer = connection
            writer.write(data)
            assert await asyncio.wait_for(reader.readexactly(len(data)), 10) == data
        assert all(echo.open for echo in echoes)
        for _, writer in connections:
            writer.close()
        await until(lambda: not any(echo.open for echo in echoes))


async def test_what_is_cut_is_cut_on_both_sides() -> None:
    async with proxied() as (proxy, port, (echo,)):
        connection = await connected(port)
        assert await echoed(connection, b"here") == b"here"
        assert proxy.cut(1.0) == {"links": 1}
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await echoed(connection, b"again")
        await until(lambda: echo.open == 0 and not proxy.links)


async def test_what_is_late_comes_whole_and_in_order() -> None:
    async with proxied() as (proxy, port, _):
        connection = await connected(port)
        assert await echoed(connection, b"here") == b"here"
        proxy.delay(1.0, 0.2)
        reader, writer = connection
        for n in range(50):
            writer.write(b"%02d" % n)
            if n == 25:
                await asyncio.sleep(0.05)
                proxy.heal()
        assert await asyncio.wait_for(reader.readexactly(100), 10) == b"".join(b"%02d" % n for n in range(50))


async def test_of_a_half_open_connection_neither_side_is_told() -> None:
    async with proxied() as (proxy, port, (echo,)):
        connection = await connected(port)
        assert await echoed(connection, b"here") == b"here"
        proxy.swallow(1.0, to_server=True, to_client=True)
        _, writer = connection
        writer.write(b"lost")
        await writer.drain()
        writer.close()
        await until(lambda: any(link.client.lost for link in proxy.links))
        assert (echo.heard, echo.open) == (b"here", 1)


async def test_nobody_gets_through_while_it_refuses() -> None:
    async with proxied() as (proxy, port, _):
        proxy.refuse()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await echoed(await connected(port), b"here")
        proxy.heal()
        assert await echoed(await connected(port), b"here") == b"here"
