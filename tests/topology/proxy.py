"""The real HAProxy in a process of its own, as docker/compose.yaml starts it, with docker/haproxy.cfg."""

import asyncio
import os
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import trustme

from tests.redis_server import quiet_port
from tests.topology.composed import DOCKER, Service

READY = 10.0  # seconds
MISSING = "There is no haproxy: install your system's (Debian: apt-get install haproxy; macOS: brew install haproxy)."


def need_haproxy() -> str:
    """Skips the test where there is none; where tests must not be passed over (CI is set) it fails instead."""
    found = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


class Proxy:
    """`told`: what it is to read in its environment beside what compose says: what is of this machine."""

    def __init__(self, binary: str, service: Service, folder: Path, told: Mapping[str, str]) -> None:
        self.port, self.plain_port = quiet_port(), quiet_port()
        self.authority = trustme.CA()
        self.certificate, self.trust = folder / "certificate.pem", folder / "trust.pem"
        self.authority.cert_pem.write_to_path(self.trust)
        self.certify()
        self.tls = ssl.create_default_context(cafile=self.trust)
        self.log = folder / "proxy.log"
        _, *arguments = service["command"]
        self.command = [binary, *(str(DOCKER / "haproxy.cfg") if "/" in part else part for part in arguments)]
        self.environment = {
            **service["environment"],
            "HTTP_ADDRESS": f"127.0.0.1:{self.plain_port}",
            "HTTPS_ADDRESS": f"127.0.0.1:{self.port}",
            "CERTIFICATE": str(self.certificate),
            **told,
        }
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.launch()
        async with asyncio.timeout(READY):
            while not self.listens():
                assert self.runs, self.log.read_text()
                await asyncio.sleep(0.02)

    def launch(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdout=log, stderr=subprocess.STDOUT)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def certify(self) -> None:
        """A new certificate, where and as an operator puts it."""
        issued = self.authority.issue_cert("127.0.0.1")
        self.certificate.write_bytes(issued.private_key_and_cert_chain_pem.bytes())

    def reload(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    def serial(self) -> str:
        """Of the certificate that it shows to whoever comes now."""
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=READY) as plain,
            self.tls.wrap_socket(plain, server_hostname="127.0.0.1") as encrypted,
        ):
            shown = encrypted.getpeercert()
            assert shown is not None
            return str(shown["serialNumber"])

    async def stop(self) -> None:
        if self.process is not None and self.runs:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait)
