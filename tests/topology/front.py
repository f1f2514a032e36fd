"""A proxy of docker/ with short timeouts, and who comes to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.topology.composed import services
from tests.topology.installation import VARIABLES
from tests.topology.names import Names
from tests.topology.proxy import Proxy, need_haproxy

REQUEST, QUIET, TUNNEL = 1, 16, 2  # seconds; an event stream says something every 15
SHORT = {"TIMEOUT_REQUEST": f"{REQUEST}s", "TIMEOUT_QUIET": f"{QUIET}s", "TIMEOUT_TUNNEL": f"{TUNNEL}s"}
PATIENCE = 40.0  # seconds; a test that waits so long has failed


@dataclass
class Front:
    """The proxy, and the token of somebody who comes to it."""

    proxy: Proxy
    token: str = "nobody's"

    @asynccontextmanager
    async def client(self, source: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """`source`: the address that it comes from."""
        transport = httpx.AsyncHTTPTransport(verify=self.proxy.tls, local_address=source)
        async with httpx.AsyncClient(base_url=self.proxy.url, transport=transport, timeout=PATIENCE) as http:
            http.headers["authorization"] = f"Bearer {self.token}"
            yield http

    @asynccontextmanager
    async def spoken(self, *lines: str) -> AsyncIterator[asyncio.StreamReader]:
        """What is answered to somebody who says this much and no more."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.proxy.port, ssl=self.proxy.tls)
        writer.write("\r\n".join(lines).encode())
        try:
            async with asyncio.timeout(PATIENCE):
                yield reader
        finally:
            writer.close()

    async def takes_up(self) -> None:
        """The proxy has looked at a process and found it ready."""
        limit = asyncio.get_running_loop().time() + PATIENCE
        async with self.client() as http:
            while (await http.get("/readyz")).status_code != 200:
                assert asyncio.get_running_loop().time() < limit, "the proxy finds nobody ready"
                await asyncio.sleep(0.1)


@asynccontextmanager
async def fronting(folder: Path, addresses: Mapping[str, str]) -> AsyncIterator[Front]:
    """Before those containers, by their names."""
    haproxy, names = need_haproxy(), Names()
    names.addresses |= addresses
    await names.start()
    told = {"NAMESERVER": f"127.0.0.1:{names.port}", **SHORT}
    proxy = Proxy(haproxy, services(VARIABLES)["proxy"], folder, told)
    try:
        await proxy.start()
        yield Front(proxy)
    finally:
        await proxy.stop()
        names.stop()
