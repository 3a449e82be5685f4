"""Serve one client over stdin and stdout (MCP 2025-11-25, transports, stdio)."""

from __future__ import annotations

import os
import threading
from concurrent.futures import CancelledError
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
from anyio.abc import ObjectReceiveStream, ObjectSendStream
from mcp.server.lowlevel import Server
from mcp.shared.message import SessionMessage
from mcp.types import JSONRPCError, JSONRPCNotification, JSONRPCRequest, JSONRPCResponse

from ratchet.mcp_server.signals import wait_for_end
from ratchet.mcp_server.wire import Wire

_PARENT_SECONDS = 1.0
_ANSWER_SECONDS = 1.0
_CANCELLED = "notifications/cancelled"
_DISCOVER = "server/discover"
_LISTEN = "subscriptions/listen"
_GONE = (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.RunFinishedError, CancelledError)

Messages = ObjectReceiveStream[SessionMessage | Exception]
Answers = ObjectReceiveStream[SessionMessage]


def serve_stdio(server: Server[dict[str, Any]], wire: Wire) -> None:
    """Serve until stdin ends, stdout breaks, a signal says so or the parent is gone."""
    anyio.run(_Service(server, wire).serve)


class _Service:
    """Takes messages from the wire to the server and its answers back."""

    def __init__(self, server: Server[dict[str, Any]], wire: Wire) -> None:
        self._server = server
        self._options = server.create_initialization_options()
        self._wire = wire
        self._unanswered: dict[int | str, float] = {}
        self._answered = anyio.Event()

    async def serve(self) -> None:
        """Serve to the end."""
        from_wire, messages = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        to_server, requests = anyio.create_memory_object_stream[SessionMessage | Exception](0)
        answers, to_wire = anyio.create_memory_object_stream[SessionMessage](0)
        self._start_reading(from_wire)
        async with anyio.create_task_group() as group:
            group.start_soon(_end_on_signal, group.cancel_scope)
            group.start_soon(_end_without_parent, group.cancel_scope)
            group.start_soon(self._write, to_wire, group.cancel_scope)
            group.start_soon(self._pass_on, messages, to_server)
            await self._server.run(requests, answers, self._options)
            group.cancel_scope.cancel()

    def _start_reading(self, from_wire: ObjectSendStream[SessionMessage | Exception]) -> None:
        """Read in a thread that nobody waits for: nothing ends a read of a pipe but its other end."""
        token = anyio.lowlevel.current_token()

        def read() -> None:
            try:
                for message in self._wire.read():
                    anyio.from_thread.run(from_wire.send, message, token=token)
                anyio.from_thread.run(from_wire.aclose, token=token)
            except _GONE:
                return  # The server has ended, or nobody reads what it has to say.

        threading.Thread(target=read, name="stdin", daemon=True).start()

    async def _pass_on(self, messages: Messages, to_server: ObjectSendStream[SessionMessage | Exception]) -> None:
        """Hand messages to the server, but for discovery at the start.

        The library takes an answered discovery for the choice of an era and refuses `initialize` after it, which is
        what clients send that then choose the older one.
        """
        opened = False
        async with to_server:
            async for message in messages:
                request = message.message if isinstance(message, SessionMessage) else None
                if isinstance(request, JSONRPCRequest):
                    # A subscription is answered when it ends: nobody waits for that.
                    if request.method != _LISTEN:
                        self._unanswered[request.id] = anyio.current_time() + _ANSWER_SECONDS
                    if not opened and request.method == _DISCOVER:
                        await self._answer_apart(message)
                        continue
                    opened = True
                elif isinstance(request, JSONRPCNotification) and request.method == _CANCELLED:
                    self._expect_no_answer(request.params or {})
                await to_server.send(message)
            await self._await_answers()

    def _expect_no_answer(self, cancelled: dict[str, Any]) -> None:
        identity = cancelled.get("requestId")
        if isinstance(identity, int | str):
            self._unanswered.pop(identity, None)

    async def _await_answers(self) -> None:
        """Give each request some time from when it came.

        A client that closes stdin with its last request may still read, and the library would drop the answer; what has
        run for longer is not waited for.
        """
        while self._unanswered:
            self._answered = anyio.Event()
            with anyio.CancelScope(deadline=max(self._unanswered.values())) as scope:
                await self._answered.wait()
            if scope.cancelled_caught:
                return

    async def _answer_apart(self, message: SessionMessage | Exception) -> None:
        """Answer one request on a connection of its own."""
        to_server, requests = anyio.create_memory_object_stream[SessionMessage | Exception](1)
        answers, to_client = anyio.create_memory_object_stream[SessionMessage](1)
        async with to_client, anyio.create_task_group() as group:
            group.start_soon(self._server.run, requests, answers, self._options)
            await to_server.send(message)
            await self._send(await to_client.receive())
            await to_server.aclose()

    async def _write(self, to_wire: Answers, scope: anyio.CancelScope) -> None:
        """Write what the server says; end it all when nobody reads any more."""
        async with to_wire:
            async for answer in to_wire:
                try:
                    await self._send(answer)
                except OSError:
                    scope.cancel()

    async def _send(self, answer: SessionMessage) -> None:
        # In a thread: a client that does not read would stop everything.
        await anyio.to_thread.run_sync(self._wire.write, answer.message, abandon_on_cancel=True)
        if isinstance(answer.message, JSONRPCResponse | JSONRPCError) and answer.message.id is not None:
            self._unanswered.pop(answer.message.id, None)
            self._answered.set()


async def _end_on_signal(scope: anyio.CancelScope) -> None:
    await wait_for_end()
    scope.cancel()


async def _end_without_parent(scope: anyio.CancelScope) -> None:
    """End when the process that started this one is gone, even where another still holds its end of stdin."""
    parent = os.getppid()
    while os.getppid() == parent:
        await anyio.sleep(_PARENT_SECONDS)
    scope.cancel()
