"""What the proxy of docker/ does for one process behind it: TLS, slow clients, long streams, who asks, and who is away.

Its timeouts are shorter here than compose.yaml has them, through its environment; all else is the same.
"""

import asyncio
from pathlib import Path

import httpx
import orjson
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from db.errors import UserMistake
from db.operations import sessions
from tests.factories import Hospital
from tests.topology.front import PATIENCE, QUIET, REQUEST, TUNNEL, Front, fronting
from tests.topology.installation import VARIABLES, Container, loopback

FEED = "subscription { feed { __typename cursor } }"
SUBMIT = "mutation($input: SubmitIdeaInput!) { submitIdea(input: $input) { cursor } }"
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { userErrors { code } } }"
SIGN_OUT = {"query": "mutation { signOut { userErrors { code } } }"}


async def test_an_event_stream_that_is_quiet_for_longer_than_the_proxy_waits_stays_open(front: Front) -> None:
    loop = asyncio.get_running_loop()
    headers = {"accept": "text/event-stream"}
    async with (
        front.client() as http,
        http.stream("POST", "/graphql", json={"query": FEED}, headers=headers) as stream,
        asyncio.timeout(PATIENCE),
    ):
        began, heard, chunks = loop.time(), b"", stream.aiter_raw()
        async for chunk in chunks:
            heard += chunk
            if loop.time() - began > QUIET + 1:
                break
        else:
            pytest.fail(f"it was cut after {loop.time() - began:.1f} s: {heard!r}")
        assert b"IdeaSubmitted" not in heard
        given = {"query": SUBMIT, "variables": {"input": {"problem": "The blinds do not close."}}}
        assert (await http.post("/graphql", json=given)).json()["data"]
        async for chunk in chunks:
            heard += chunk
            if b"IdeaSubmitted" in heard:
                break
        assert b"IdeaSubmitted" in heard


async def test_whoever_sends_the_head_of_a_request_too_slowly_is_told_so(front: Front) -> None:
    async with front.spoken("GET /healthz HTTP/1.1", "Host: groundswell", "X-Slow: ") as answer:
        assert (await answer.readline()).startswith(b"HTTP/1.1 408 ")


async def test_whoever_sends_the_body_of_a_request_too_slowly_is_told_so(front: Front) -> None:
    head = ("POST /graphql HTTP/1.1", "Host: groundswell", "Content-Type: application/json", "Content-Length: 500")
    async with front.spoken(*head, "", '{"query": "') as answer:
        assert (await answer.readline()).startswith(b"HTTP/1.1 408 ")


async def test_a_long_body_goes_through(front: Front) -> None:
    async with front.client() as http:
        body = {"query": "{ cursor }", "extensions": {"padding": "x" * 500_000}}
        answer = await http.post("/graphql", json=body)
        assert answer.json()["data"]["cursor"]


async def test_a_socket_on_which_little_moves_stays_and_one_on_which_nothing_does_is_closed(front: Front) -> None:
    async with connect(
        f"wss://127.0.0.1:{front.proxy.port}/graphql",
        subprotocols=["graphql-transport-ws"],  # type: ignore[list-item]
        ssl=front.proxy.tls,
        ping_interval=None,
    ) as socket:
        await socket.send(orjson.dumps({"type": "connection_init", "payload": {}}).decode())
        assert orjson.loads(await socket.recv())["type"] == "connection_ack"
        loop = asyncio.get_running_loop()
        began = loop.time()
        while loop.time() - began < 2 * max(REQUEST, TUNNEL):
            await asyncio.wait_for(await socket.ping(), PATIENCE)
            await asyncio.sleep(REQUEST / 2)
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), PATIENCE)
        assert loop.time() - began > 3 * TUNNEL - 1


async def test_a_new_certificate_is_taken_up_and_nobody_is_cut(front: Front) -> None:
    before = front.proxy.serial()
    async with (
        front.client() as http,
        http.stream("POST", "/graphql", json={"query": FEED}, headers={"accept": "text/event-stream"}) as stream,
        asyncio.timeout(PATIENCE),
    ):
        chunks = stream.aiter_raw()
        await anext(chunks)
        front.proxy.certify()
        front.proxy.reload()
        while await asyncio.to_thread(front.proxy.serial) == before:  # noqa: ASYNC110 - it says nothing when it has
            await asyncio.sleep(0.1)
        await front.takes_up()
        given = {"query": SUBMIT, "variables": {"input": {"problem": "The door sticks."}}}
        assert (await http.post("/graphql", json=given)).json()["data"]
        async for chunk in chunks:
            if b"IdeaSubmitted" in chunk:
                break
        else:
            pytest.fail("it was cut")


async def test_plain_http_leads_to_https_and_takes_nothing(front: Front) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{front.proxy.plain_port}") as http:
        led = await http.get("/share?unit=ward-a")
        assert led.status_code == 301
        assert led.headers["location"] == f"{VARIABLES['PUBLIC_URL']}/share?unit=ward-a"
        refused = await http.post("/graphql", json={"query": "{ cursor }"})
        assert refused.status_code == 403, "a token that was sent in the open is not led on quietly"


async def test_browsers_are_told_to_come_by_https_next_time(front: Front) -> None:
    async with front.client() as http:
        assert "max-age" in (await http.get("/healthz")).headers["strict-transport-security"]


@pytest.mark.parametrize("path", ["/metrics", "/%6detrics", "/metrics?x=1"])
async def test_figures_are_for_those_inside(front: Front, container: Container, path: str) -> None:
    async with front.client() as http:
        assert (await http.get(path)).status_code == 404
    async with httpx.AsyncClient(base_url=container.url) as inside:
        assert (await inside.get(path)).status_code == 200


async def test_failed_passwords_are_counted_by_the_address_that_somebody_really_has(
    front: Front, module_hospital: Hospital, quick_passwords: None
) -> None:
    for n in range(19):  # of which the process knows by the database
        email = f"{n}@ashcombe.example"
        with pytest.raises(UserMistake):
            await sessions.sign_in(module_hospital.database, email=email, password="wrong", address="127.0.0.21")

    async def guess(http: httpx.AsyncClient, n: int) -> str:
        given = {"query": SIGN_IN, "variables": {"input": {"email": f"{n}@ashcombe.example", "password": "wrong"}}}
        claimed = {"x-forwarded-for": f"10.0.0.{n}", "forwarded": f"for=10.0.0.{n}"}
        answer = (await http.post("/graphql", json=given, headers=claimed)).json()
        code: str = (
            answer["errors"][0]["extensions"]["code"]
            if "errors" in answer
            else answer["data"]["signIn"]["userErrors"][0]["code"]
        )
        return code

    async with front.client("127.0.0.21") as guesser, front.client("127.0.0.22") as another:
        codes = [await guess(guesser, n) for n in (19, 20)]
        assert codes == ["BAD_CREDENTIALS", "RATE_LIMITED"], "whatever its headers claim"
        assert await guess(another, 21) == "BAD_CREDENTIALS", "nobody else is locked out"


async def test_a_mutation_that_may_have_been_taken_is_asked_once_and_its_failure_is_told(tmp_path: Path) -> None:
    """Of processes that end while they work on it."""
    taken: list[bytes] = []

    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if head.startswith(b"GET /readyz"):
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        else:
            taken.append(head)
        writer.close()

    addresses = {f"groundswell-{n}": address for n, address in zip((1, 2, 3), loopback(), strict=False)}
    ending = [await asyncio.start_server(end, address, 8000) for address in addresses.values()]
    async with fronting(tmp_path, addresses) as front:
        await front.takes_up()
        async with front.client() as fresh:
            answer = await fresh.post("/graphql", json=SIGN_OUT)
            assert (answer.status_code, len(taken)) == (502, 1)
            assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
        async with front.client() as kept:
            await kept.get("/readyz")
            with pytest.raises(httpx.RemoteProtocolError):  # HAProxy closes a connection that has served before
                await kept.post("/graphql", json=SIGN_OUT)
            assert len(taken) == 2
    for server in ending:
        server.close()


async def test_while_nobody_is_there_everybody_is_told_to_try_again(tmp_path: Path) -> None:
    async with fronting(tmp_path, {}) as front, front.client() as http:
        answer = await http.post("/graphql", json=SIGN_OUT)
        assert answer.status_code == 503
        assert answer.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
