"""One process of Groundswell and the proxy before it, for the tests of a module."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from api.settings import Settings
from api.viewer import printed_token
from tests.client import ENVIRONMENT
from tests.factories import Hospital
from tests.topology.composed import services
from tests.topology.front import Front, fronting
from tests.topology.installation import VARIABLES, Container, loopback
from tests.topology.names import Names


@pytest_asyncio.fixture(scope="module")
async def container(module_hospital: Hospital, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Container]:
    """One process of Groundswell, as compose.yaml has it."""
    service = services(VARIABLES)["groundswell-1"]
    container = Container("groundswell-1", service, loopback(), Names(), tmp_path_factory.mktemp("container"))
    container.environment |= {"DATABASE_URL": module_hospital.database.dsn, "BROADCAST_URL": ""}
    try:
        await container.raise_()
        yield container
    finally:
        container.kill()


@pytest_asyncio.fixture(scope="module")
async def front(
    container: Container, module_hospital: Hospital, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Front]:
    """The proxy before it, and Nina, who comes to it."""
    token = await printed_token(module_hospital.database, Settings.read(ENVIRONMENT), "nina@ashcombe.example", 1)
    async with fronting(tmp_path_factory.mktemp("front"), {container.name: container.host}) as front:
        front.token = token
        await front.takes_up()
        yield front
