"""What the library reads messages from and writes them to, over stdin and stdout.

Nothing stands between it and the wire that would have to be woken for each message.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from mcp.shared.message import SessionMessage
from mcp.types import JSONRPCError, JSONRPCMessage, JSONRPCNotification, JSONRPCRequest, JSONRPCResponse

from ratchet.mcp_server.wire import Wire, encode

_ANSWER_SECONDS = 1.0
_CANCELLED = "notifications/cancelled"
_DISCOVER = "server/discover"
_LISTEN = "subscriptions/listen"


class Unanswered:
    """The requests whose answers a client may wait for, and how long they are given."""

    def __init__(self) -> None:
        self._deadlines: dict[int | str, float] = {}
        self._changed = anyio.Event()

    def came(self, message: JSONRPCMessage) -> None:
        """Note a request, or that the client wants no answer any more."""
        # A subscription is answered when it ends: nobody waits for that.
        if isinstance(message, JSONRPCRequest) and message.method != _LISTEN:
            self._deadlines[message.id] = anyio.current_time() + _ANSWER_SECONDS
        elif isinstance(message, JSONRPCNotification) and message.method == _CANCELLED:
            self._forget((message.params or {}).get("requestId"))

    def went(self, message: JSONRPCMessage) -> None:
        """Note an answer."""
        if isinstance(message, JSONRPCResponse | JSONRPCError):
            self._forget(message.id)

    def _forget(self, identity: object) -> None:
        if isinstance(identity, int | str) and self._deadlines.pop(identity, None) is not None:
            self._changed.set()

    async def wait(self) -> None:
        """Give each request some time from when it came.

        A client that closes stdin with its last request may still read, and the library would drop the answer; what has
        run for longer is not waited for.
        """
        while self._deadlines:
            self._changed = anyio.Event()
            with anyio.CancelScope(deadline=max(self._deadlines.values())) as scope:
                await self._changed.wait()
            if scope.cancelled_caught:
                return


class Requests(ObjectReceiveStream[SessionMessage | Exception]):
    """Messages for the server, but for discovery at the start.

    The library takes an answered discovery for the choice of an era and refuses `initialize` after it, which is what
    clients send that then choose the older one.

    Args:
        answer_apart: Answers a request on a connection of its own.
    """

    def __init__(
        self,
        messages: ObjectReceiveStream[SessionMessage],
        unanswered: Unanswered,
        answer_apart: Callable[[SessionMessage], Awaitable[None]],
    ) -> None:
        self._messages = messages
        self._unanswered = unanswered
        self._answer_apart = answer_apart
        self._opened = False

    async def receive(self) -> SessionMessage:
        """Return the next message; at the end, only when what came before it has been answered."""
        while True:
            try:
                message = await self._messages.receive()
            except anyio.EndOfStream:
                await self._unanswered.wait()
                raise
            self._unanswered.came(message.message)
            if not self._is_early_discovery(message.message):
                return message
            await self._answer_apart(message)

    def _is_early_discovery(self, message: JSONRPCMessage) -> bool:
        if self._opened or not isinstance(message, JSONRPCRequest):
            return False
        self._opened = message.method != _DISCOVER
        return not self._opened

    async def aclose(self) -> None:
        """Take no more."""
        await self._messages.aclose()


class Answers(ObjectSendStream[SessionMessage]):
    """Messages of the server for the client.

    Args:
        scope: Cancelled when nobody reads any more.
    """

    def __init__(self, wire: Wire, unanswered: Unanswered, scope: anyio.CancelScope) -> None:
        self._wire = wire
        self._unanswered = unanswered
        self._scope = scope
        self._thread = anyio.CapacityLimiter(1)

    async def send(self, item: SessionMessage) -> None:
        """Write a message.

        Raises:
            BrokenResourceError: Nobody reads any more, or the server is ending.
        """
        if self._scope.cancel_called:
            raise anyio.BrokenResourceError
        data = encode(item.message)
        try:
            # In a thread where it may take time: a client that does not read would stop everything.
            if not self._wire.write_at_once(data):
                await anyio.to_thread.run_sync(self._wire.write, data, abandon_on_cancel=True, limiter=self._thread)
        except OSError:
            self._scope.cancel()
            raise anyio.BrokenResourceError from None
        self._unanswered.went(item.message)

    async def aclose(self) -> None:
        """Do nothing: the pipe ends with the process."""
