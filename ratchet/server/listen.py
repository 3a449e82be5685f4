"""Listen on a socket and serve the app there, until a signal ends it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from ratchet.config.server import ServerSettings
from ratchet.errors import InvalidConfig, Unavailable
from ratchet.listening.config import listening_config
from ratchet.sandbox.cancellation import Cancellation
from ratchet.server.gate.crowd import CROWDED
from ratchet.task.text import printable

_MOST_CONNECTIONS = 1000
_LAST_ANSWERS_SECONDS = 2
_BACKLOG = 1024
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def open_socket(settings: ServerSettings) -> socket.socket:
    """Return a listening socket.

    Raises:
        Unavailable: The port is taken, or the address is not one of this machine.
    """
    host, port = settings.bind_address.strip("[]"), settings.port
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family, backlog=_BACKLOG)
        # Connections inherit it: head and body are sent apart, and the second must not wait for an acknowledgement.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        reason = os.strerror(number) if number and number > 0 else getattr(error, "strerror", error)
        message = f"`{printable(host)}`, port {port}, cannot be listened on: {reason}"
        raise Unavailable(message, hint="Name another with `--host` and `--port`; port 0 is any that is free") from None


def check_tls(settings: ServerSettings) -> None:
    """Refuse a certificate and a key that nothing can be served with; nobody is asked for a pass phrase.

    Raises:
        InvalidConfig: They cannot be read, or do not belong together.
    """
    if settings.tls_certificate is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            settings.tls_certificate, settings.tls_key, lambda: ""
        )
    except OSError as error:
        reason = "They are no pair" if isinstance(error, ssl.SSLError) else error.strerror
        message = f"`server.tls.certificate` and `server.tls.key` cannot be used: {reason}"
        raise InvalidConfig(message, hint="Name files in PEM, of which the key has no pass phrase") from None


def url_of(listening: socket.socket, settings: ServerSettings) -> str:
    """Return the address by which people reach a socket."""
    host, port = listening.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = socket.gethostname()
    scheme = "http" if settings.tls_certificate is None else "https"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def serve(
    app: ASGIApp,
    listening: socket.socket,
    settings: ServerSettings,
    closing: Cancellation,
    begun: Callable[[], None],
) -> None:
    """Serve the app until a signal says so; answers that are on their way are finished first.

    Args:
        closing: Cancelled when the signal comes, for answers that would not end by themselves.
        begun: Called once requests are answered, and a signal is waited for.
    """

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        # The library would refuse by itself, in words that are no problem.
        if len(server.server_state.connections) > _MOST_CONNECTIONS:
            scope[CROWDED] = True
        await app(scope, receive, send)

    config = listening_config(
        counted,
        lifespan="on",
        timeout_graceful_shutdown=int(settings.shutdown_seconds) + _LAST_ANSWERS_SECONDS,
        ssl_certfile=settings.tls_certificate,
        ssl_keyfile=settings.tls_key,
    )
    server = _Server(config, closing, begun)
    asyncio.run(server.serve([listening]))


class _Server(uvicorn.Server):
    """One that says when it begins to stop, and ends like a command that has done its work.

    A second signal ends the process at once, whatever it still waits for.
    """

    def __init__(self, config: uvicorn.Config, closing: Cancellation, begun: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing
        self._begun = begun

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal; the library would send it to this process once more at the end."""
        self._loop = asyncio.get_running_loop()
        before = {number: signal.signal(number, self._hear) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                if signal.getsignal(number) == self._hear:
                    signal.signal(number, handler)

    async def main_loop(self) -> None:
        """Say that it has begun, and serve."""
        self._begun()
        await super().main_loop()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        # Not here: what the signal has interrupted may hold the lock, or be about to look whether to stop.
        self._loop.call_soon_threadsafe(self._stop, number)

    def _stop(self, number: int) -> None:
        self._closing.cancel()
        self.handle_exit(number, None)
