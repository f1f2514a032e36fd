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


def certify(folder: Path) -> tuple[Path, Path]:
    """A certificate as the operator puts it there, and the one that clients trust."""
    authority = trustme.CA()
    certificate, trust = folder / "certificate.pem", folder / "trust.pem"
    authority.issue_cert("127.0.0.1", "localhost").private_key_and_cert_chain_pem.write_to_path(certificate)
    authority.cert_pem.write_to_path(trust)
    return certificate, trust


class Proxy:
    """`told`: what it is to read in its environment beside what compose says: what is of this machine."""

    def __init__(self, binary: str, service: Service, folder: Path, told: Mapping[str, str]) -> None:
        self.port, self.plain_port = quiet_port(), quiet_port()
        certificate, self.trust = certify(folder)
        self.tls = ssl.create_default_context(cafile=self.trust)
        self.log = folder / "proxy.log"
        _, *arguments = service["command"]
        self.command = [binary, *(str(DOCKER / "haproxy.cfg") if "/" in part else part for part in arguments)]
        self.environment = {
            **service["environment"],
            "HTTP_ADDRESS": f"127.0.0.1:{self.plain_port}",
            "HTTPS_ADDRESS": f"127.0.0.1:{self.port}",
            "CERTIFICATE": str(certificate),
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

    def reload(self) -> None:
        """As for a new certificate."""
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)

    async def stop(self) -> None:
        if self.process is not None and self.runs:
            self.process.terminate()
            await asyncio.to_thread(self.process.wait)
