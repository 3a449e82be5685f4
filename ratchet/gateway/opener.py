"""From a URL to an open line: look the host up, check, connect, pass the proxy, shake hands."""

from __future__ import annotations

import socket
import ssl
import threading

from ratchet.gateway.addresses import IPAddress
from ratchet.gateway.connect import connect
from ratchet.gateway.deadline import Deadline
from ratchet.gateway.foreign_errors import FOREIGN, failure_of
from ratchet.gateway.pool import Line
from ratchet.gateway.proxy import Proxy, check_host_behind_proxy, open_tunnel
from ratchet.gateway.resolve import AllowAddress, Resolver
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.stopwatch import Stopwatch
from ratchet.gateway.tls import make_context, wrap_in_tls
from ratchet.gateway.url import Url
from ratchet.gateway.wire import Wire


class Opener:
    """Opens lines as the settings say."""

    def __init__(self, settings: HttpSettings, proxy: Proxy | None, resolver: Resolver) -> None:
        self._settings = settings
        self._proxy = proxy
        self._resolver = resolver
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None

    def open(self, url: Url, allow_address: AllowAddress, deadline: Deadline, watch: Stopwatch) -> Line:
        """Return a new line to the host of a URL, which the deadline holds."""
        if self._proxy is None:
            sock, address = self._connect(url, allow_address, deadline, watch)
            if url.scheme == "https":
                sock = self._shake_hands(sock, url.host, deadline, watch)
            return Line(Wire(sock, url.host, url.port), url.origin, address)
        check_host_behind_proxy(url, allow_address)
        sock = self._connect_by_proxy(url, self._proxy, deadline, watch)
        return Line(Wire(sock, url.host, url.port), url.origin, None)

    def _connect(
        self, url: Url, allow_address: AllowAddress, deadline: Deadline, watch: Stopwatch
    ) -> tuple[socket.socket, IPAddress]:
        with watch.measure("dns"):
            addresses = self._resolver.addresses_of(url.host, url.port, allow_address, deadline)
        with watch.measure("connect"):
            return connect(addresses, url.port, url.host, deadline)

    def _connect_by_proxy(self, url: Url, proxy: Proxy, deadline: Deadline, watch: Stopwatch) -> socket.socket:
        # The operator has chosen the proxy, which mostly stands in a private network.
        sock, _ = self._connect(proxy.url, lambda *_: True, deadline, watch)
        if proxy.url.scheme == "https":
            sock = self._shake_hands(sock, proxy.url.host, deadline, watch)
        if url.scheme == "http":
            return sock
        try:
            open_tunnel(sock, url, proxy)
        except FOREIGN as error:
            deadline.release()
            sock.close()
            raise deadline.failure() or failure_of(error, proxy.url.host) from error
        except BaseException:
            deadline.release()
            sock.close()
            raise
        return self._shake_hands(sock, url.host, deadline, watch)

    def _shake_hands(self, sock: socket.socket, host: str, deadline: Deadline, watch: Stopwatch) -> socket.socket:
        with watch.measure("tls"):
            try:
                return wrap_in_tls(sock, host, self._tls_context(), deadline)
            except BaseException:
                deadline.release()
                sock.close()
                raise

    def _tls_context(self) -> ssl.SSLContext:
        """Return the one context of all connections, as it takes long to make."""
        with self._lock:
            if self._context is None:
                self._context = make_context(self._settings)
            return self._context
