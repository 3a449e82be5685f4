"""Serve one client over stdin and stdout (MCP 2025-11-25, transports, stdio)."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
from anyio.streams.memory import MemoryObjectSendStream
from mcp.server.lowlevel import Server
from mcp.shared.message import SessionMessage

from ratchet.mcp_server.client_watch import ClientWatch
from ratchet.mcp_server.signals import wait_for_end
from ratchet.mcp_server.streams import Answers, Requests, Unanswered
from ratchet.mcp_server.wire import Wire
from ratchet.sandbox.cancellation import Cancellation

_MOST_WAITING = 64
_GONE = (OSError, anyio.BrokenResourceError, anyio.ClosedResourceError, anyio.RunFinishedError, CancelledError)


def serve_stdio(server: Server[dict[str, Any]], wire: Wire, client: ClientWatch) -> None:
    """Serve until stdin ends, stdout breaks, a signal says so or the client is gone."""
    client.serving = True
    anyio.run(_Service(server, wire, client.gone).serve)


class _Service:
    """Takes messages from the wire to the server and its answers back."""

    def __init__(self, server: Server[dict[str, Any]], wire: Wire, gone: Cancellation) -> None:
        self._server = server
        self._options = server.create_initialization_options()
        self._wire = wire
        self._gone = gone

    async def serve(self) -> None:
        """Serve to the end."""
        from_wire, messages = anyio.create_memory_object_stream[SessionMessage](_MOST_WAITING)
        unanswered = Unanswered()
        self._start_reading(from_wire)
        async with anyio.create_task_group() as group:
            group.start_soon(_end_on_signal, group.cancel_scope)
            group.start_soon(_end_without_client, self._gone, group.cancel_scope)
            answers = Answers(self._wire, unanswered, group.cancel_scope)

            async def answer_apart(request: SessionMessage) -> None:
                await answers.send(await self._answer_of(request))

            await self._server.run(Requests(messages, unanswered, answer_apart), answers, self._options)
            group.cancel_scope.cancel()

    def _start_reading(self, from_wire: MemoryObjectSendStream[SessionMessage]) -> None:
        """Read in a thread that nobody waits for: nothing ends a read of a pipe but its other end."""
        token = anyio.lowlevel.current_token()

        def read() -> None:
            try:
                for message in self._wire.read():
                    try:
                        anyio.from_thread.run_sync(from_wire.send_nowait, message, token=token)
                    except anyio.WouldBlock:
                        anyio.from_thread.run(from_wire.send, message, token=token)
                anyio.from_thread.run(from_wire.aclose, token=token)
            except _GONE:
                return  # The server has ended, or nobody reads what it has to say.

        threading.Thread(target=read, name="stdin", daemon=True).start()

    async def _answer_of(self, request: SessionMessage) -> SessionMessage:
        """Return the answer to one request, on a connection of its own."""
        to_server, requests = anyio.create_memory_object_stream[SessionMessage | Exception](1)
        answers, to_client = anyio.create_memory_object_stream[SessionMessage](1)
        async with to_client, anyio.create_task_group() as group:
            group.start_soon(self._server.run, requests, answers, self._options)
            await to_server.send(request)
            answer = await to_client.receive()
            await to_server.aclose()
        return answer


async def _end_on_signal(scope: anyio.CancelScope) -> None:
    await wait_for_end()
    scope.cancel()


async def _end_without_client(gone: Cancellation, scope: anyio.CancelScope) -> None:
    """End when nobody reads any more, or the process that started this one is gone."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def tell() -> None:
        with suppress(RuntimeError):  # The loop has ended, and with it the server.
            loop.call_soon_threadsafe(ended.set)

    with gone.on_cancel(tell):
        await ended.wait()
    scope.cancel()
