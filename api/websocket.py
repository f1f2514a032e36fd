"""The WebSockets' door: whom it lets in, and by which protocol. What is said then is a conversation."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from api.conversation import Authenticate, MakeContext, Socket, Timing
from api.frames import last, wire
from api.subscriptions.hub import Hub
from api.subscriptions.messages import message
from api.subscriptions.view import OpenSubscription, Run

SUBPROTOCOL = "graphql-transport-ws"


class Sockets:
    """The ASGI application of the socket's path. `allowed` judges the Origin header, given with the Host header."""

    def __init__(
        self,
        hub: Hub,
        *,
        authenticate: Authenticate,
        context: MakeContext,
        open_subscription: OpenSubscription,
        run: Run,
        allowed: Callable[[str | None, str | None], bool],
        release: str,
        timing: Timing | None = None,
    ) -> None:
        self.hub = hub
        self.authenticate = authenticate
        self.context = context
        self.open_subscription = open_subscription
        self.run = run
        self.allowed = allowed
        self.acknowledgement = message("connection_ack", payload={"release": release})
        self.timing = timing or Timing()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        headers = Headers(scope=scope)
        if not self.allowed(headers.get("origin"), headers.get("host")):
            await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
            return
        if SUBPROTOCOL not in scope["subprotocols"]:
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 4406, "reason": "Subprotocol not acceptable"})
            return
        await send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        address = scope["client"][0] if scope.get("client") else ""
        socket = Socket(self, headers.get("authorization"), address, headers.get("origin"), wire(scope, send))
        scope["headers"] = []  # a socket may stand for a day: what its handshake said is not kept for so long
        await last(scope, receive, send, socket.serve)
