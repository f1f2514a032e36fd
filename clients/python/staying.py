"""A connection that comes back, over gql: whoever works on it goes on where they were."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable

from gql import Client
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.exceptions import ConnectionClosed

# guide: staying
LONGEST = 30.0  # seconds between two tries
REFUSED = (4401, 4403)

# renew → a good token, or None where somebody must sign in; OSError or TimeoutError where nobody can be asked
Token = Callable[[bool], Awaitable[str | None]]


class SignedOutError(Exception):
    """There is no good token any more."""


async def stay(server: str, token: Token, work: Callable[[AsyncClientSession], Awaitable[None]]) -> None:
    """Works on a session, and on another whenever one was lost, for ever. Raises SignedOutError."""
    tries, refused = 0, False
    while True:
        began = time.monotonic()
        try:
            bearer = await token(refused)
            if bearer is None:
                raise SignedOutError
            transport = WebsocketsTransport(
                url=f"{server.replace('http', 'ws', 1)}/graphql",
                init_payload={"authorization": f"Bearer {bearer}"},
                subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
                ping_interval=10,  # a cut that nobody tells of is found by a ping without its pong
                pong_timeout=5,
            )
            async with Client(transport=transport) as session:
                await work(session)
        except* (TransportError, OSError, TimeoutError) as lost:
            refused = any(asks_for_a_token(each) for each in lost.exceptions)
        tries = 0 if time.monotonic() - began > LONGEST else tries + 1
        await asyncio.sleep(min(0.25 * 2**tries, LONGEST) * random.uniform(0.5, 1))


def asks_for_a_token(error: BaseException | None) -> bool:
    """Whether the server closed because of the token."""
    if isinstance(error, BaseExceptionGroup):
        return any(asks_for_a_token(each) for each in error.exceptions)
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        return error.rcvd.code in REFUSED
    return error is not None and asks_for_a_token(error.__cause__)


# guide ends: staying


def code(error: TransportQueryError) -> str:
    """The `extensions.code` of a request's first error."""
    return str((error.errors or [{}])[0].get("extensions", {}).get("code", ""))
