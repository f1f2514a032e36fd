"""What a server counts by itself, as it says at /metrics."""

import asyncio
import re
import urllib.request


async def counted(port: int, name: str) -> float:
    """Raises where it does not say."""

    def read() -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
            found: bytes = answer.read()
            return found.decode()

    said = re.search(rf"^{re.escape(name)} (\S+)$", await asyncio.to_thread(read), re.MULTILINE)
    if said is None:
        raise RuntimeError(f"/metrics does not say {name}")
    return float(said[1])
