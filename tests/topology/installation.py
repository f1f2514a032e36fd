"""What docker/compose.yaml describes, as processes of this machine: three of Groundswell, Redis, PostgreSQL, HAProxy.

Each service is started by what compose.yaml says of it. Only what is of the machine is another: addresses, the folder
of the certificate, and that PostgreSQL is the bundled one. Groundswell sees the packages of the image and no others.
"""

import asyncio
import itertools
import random
import signal
from collections.abc import Iterator
from pathlib import Path

from tests.client import SECRET
from tests.faults.processes import Api, Installation
from tests.topology.composed import Service, seconds, services
from tests.topology.image import packages, program
from tests.topology.names import Names
from tests.topology.proxy import Proxy

VARIABLES = {
    "PUBLIC_URL": "https://groundswell.test",
    "CERTIFICATES": "/etc/groundswell/certificates",
    "SECRET_KEY": SECRET,
    "POSTGRES_PASSWORD": "for-tests-only",
}
INSIDE = "127.0.0.1:8000"  # where a container's health check asks


class Container(Api):
    """One of Groundswell's, which at every start has an address of its own."""

    def __init__(self, name: str, service: Service, addresses: Iterator[str], names: Names, folder: Path) -> None:
        super().__init__(name, "", "", folder / f"{name}.log")
        self.service, self.addresses, self.names = service, addresses, names
        self.environment |= service["environment"]
        self.port = int(self.environment["PORT"])
        self.grace = seconds(service["stop_grace_period"])

    def launch(self) -> None:
        self.host = self.environment["HOST"] = next(self.addresses)
        super().launch()
        self.names.addresses[self.name] = self.host

    async def raise_(self) -> None:
        await super().raise_()
        assert await self.is_healthy(), "the health check of compose.yaml does not find it ready"

    async def is_healthy(self) -> bool:
        """By what compose.yaml asks it."""
        _, *command = self.service["healthcheck"]["test"]
        assert INSIDE in command[-1]
        command[-1] = command[-1].replace(INSIDE, f"{self.host}:{self.port}")
        asked = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
        return await asked.wait() == 0

    def kill(self) -> None:
        super().kill()
        self.names.addresses.pop(self.name, None)

    async def leave(self) -> int:
        self.up = self.was_ready = False
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self.process.wait, self.grace)
        self.names.addresses.pop(self.name, None)
        return code


class Topology(Installation):
    """The whole of it. `told`: to the proxy, beside what compose.yaml says."""

    def __init__(self, folder: Path, seed: int, haproxy: str, **told: str) -> None:
        super().__init__(folder, seed)
        self.names = Names()
        self.services = services(VARIABLES)
        self.haproxy, self.told = haproxy, told
        self.addresses = loopback()

    async def start(self) -> None:
        assert self.redis is not None
        await asyncio.to_thread(self.redis.start)
        await self.names.start()
        image = self.folder / "image"
        image.mkdir()
        command, sees = program(packages(image))
        for name, service in self.services.items():
            if name.startswith("groundswell-"):
                here = {"DATABASE_URL": self.postgres.dsn, "BROADCAST_URL": self.redis.url}
                service = {**service, "environment": {**service["environment"], **here}}
                container = Container(name, service, self.addresses, self.names, self.folder)
                container.program = command
                container.environment |= sees
                self.apis.append(container)
        assert len(self.apis) == 3
        names = {"NAMESERVER": f"127.0.0.1:{self.names.port}"}
        self.front = Proxy(self.haproxy, self.services["proxy"], self.folder, {**names, **self.told})
        self.port, self.trust = self.front.port, self.front.trust
        await asyncio.gather(*(api.raise_() for api in self.apis))
        await self.front.start()
        self.keeping = asyncio.create_task(self.keep())

    @property
    def url(self) -> str:
        return self.front.url

    async def stop(self) -> None:
        await super().stop()
        if hasattr(self, "front"):
            await self.front.stop()
        if self.names.port:
            self.names.stop()


def loopback() -> Iterator[str]:
    """Addresses of this machine alone, each given once; where to begin is a matter of chance, as others test too."""
    network = random.randrange(2, 250)
    return (f"127.{network}.{n // 250}.{n % 250 + 1}" for n in itertools.count())
