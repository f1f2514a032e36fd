"""A browser at the proxy: it speaks HTTP/2 there, and its WebSocket opens beside that."""

import os

import pytest

from tests.browser.chromium import find_browser, opened
from tests.topology.front import Front

SPEAKS = """async () => {
  const loaded = await fetch('/healthz');
  const how = performance.getEntriesByType('resource').at(-1).nextHopProtocol;
  const said = await new Promise((resolve, reject) => {
    const socket = new WebSocket(location.origin.replace('https', 'wss') + '/graphql', 'graphql-transport-ws');
    socket.onopen = () => socket.send(JSON.stringify({ type: 'connection_init' }));
    socket.onmessage = (message) => resolve(JSON.parse(message.data).type);
    socket.onclose = (closed) => reject(new Error(`closed: ${closed.code}`));
  });
  return [loaded.status, how, said];
}"""


async def test_a_browser_asks_over_http_2_and_opens_a_websocket_beside_it(front: Front) -> None:
    if find_browser() is None:
        assert not os.environ.get("CI"), "There is no Chromium here."
        pytest.skip("There is no Chromium here: install one (Debian: apt-get install chromium) or set CHROME_PATH.")
    async with opened() as browser:
        context = await browser.new_context(ignore_https_errors=True)
        page = await context.new_page()
        await page.goto(f"{front.proxy.url}/healthz")
        assert await page.evaluate(SPEAKS) == [200, "h2", "connection_ack"]
