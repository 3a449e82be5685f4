"""Connections on which nothing goes on, by a clock that the tests turn on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from ratchet.listening.config import listening_config

_CHUNK = b"x" * 8 * 1024 * 1024
_CHUNKS = 4
"""More than the buffers of the system hold."""

_MUCH = 1024 * 1024
_PATIENCE_SECONDS = 60.0


class Wire:
    """A server in this loop, and a client that has asked for more than it reads."""

    def __init__(self) -> None:
        self._ahead = 0.0
        loop = cast(Any, asyncio.get_running_loop())
        real_time = loop.time
        loop.time = lambda: real_time() + self._ahead
        self.ended = asyncio.Event()
        self._connections = ServerState()

    async def __aenter__(self) -> Wire:
        config = listening_config(self._app(), lifespan="off")
        config.load()
        make = cast(type[HttpToolsProtocol], config.http_protocol_class)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: make(config, self._connections, {}), "127.0.0.1")
        self.reader, self._writer = await asyncio.open_connection(*self._server.sockets[0].getsockname(), limit=1024)
        self._writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await self.until(lambda: bool(self._connections.connections) and self.connection.flow.write_paused)
        # The client takes a little all the same, and the system holds what it can.
        held = 0
        while held != self.waiting:
            held = self.waiting
            await self.pass_time(0, turns=200)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.close()
        self._server.close()
        await self.until(lambda: not self._connections.connections)

    @property
    def connection(self) -> HttpToolsProtocol:
        """The server's end."""
        (found,) = self._connections.connections
        return cast(HttpToolsProtocol, found)

    @property
    def waiting(self) -> int:
        """How many bytes the client has not taken."""
        return self.connection.transport.get_write_buffer_size()

    async def until(self, happens: Callable[[], bool]) -> None:
        """Let the loop run until something is so."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            while not happens():
                await asyncio.sleep(0)

    async def pass_time(self, seconds: float, turns: int = 3) -> None:
        """Turn the clock on, and let what is due by then be done."""
        self._ahead += seconds
        for _ in range(turns):
            await asyncio.sleep(0)

    def _app(self) -> ASGIApp:
        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            for _ in range(_CHUNKS):
                await send({"type": "http.response.body", "body": _CHUNK, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
            self.ended.set()

        return answer


def test_a_client_that_takes_nothing_is_sent_away(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "ratchet.listening.connection")

    async def never_read() -> None:
        async with Wire() as wire:
            waiting = wire.waiting
            await wire.pass_time(59)
            assert not wire.ended.is_set()
            await wire.pass_time(2)
            await wire.until(wire.ended.is_set)
            assert caplog.messages == [f"A client has taken nothing for 60 s: {waiting} bytes are dropped"]

    asyncio.run(never_read())


def test_a_client_that_is_slow_gets_all_of_its_answer() -> None:
    async def read_slowly() -> None:
        read = bytearray()
        async with Wire() as wire:
            for _ in range(3):
                before = wire.waiting
                while wire.waiting == before:
                    read += await wire.reader.read(_MUCH)
                await wire.pass_time(40)
            while not read.endswith(b"0\r\n\r\n"):
                read += await wire.reader.read(_MUCH)
        assert read.count(b"x") == _CHUNKS * len(_CHUNK)

    asyncio.run(read_slowly())


def test_a_server_that_stops_gives_the_last_answer_little_time() -> None:
    async def stop() -> None:
        async with Wire() as wire:
            wire.connection.shutdown()
            await wire.pass_time(3)
            await wire.until(wire.ended.is_set)

    asyncio.run(stop())
