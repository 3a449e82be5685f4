"""The operator's proxy, plain and over TLS, between the gateway and the host."""

from __future__ import annotations

import base64
import select
import socket
import ssl
import threading
from collections.abc import Iterator

import pytest

from ratchet.gateway.addresses import is_public
from ratchet.gateway.failures import AddressNotPublic, ConnectFailed, InvalidUrl, TlsFailed
from ratchet.gateway.message import HttpRequest, HttpResponse
from ratchet.gateway.resolve import AllowAddress
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.transport import Transport
from tests.gateway.conftest import any_address
from tests.gateway.http_server import HttpServer, Received, read_request

AUTHORIZATION = "Basic " + base64.b64encode(b"Ada:p@ss").decode()


class TunnelProxy:
    """Answers CONNECT and passes bytes on to a port of this machine; writes down who asked for what.

    Args:
        port: Where every tunnel leads; None refuses them.
        tls: What the proxy itself is reached over.
    """

    def __init__(self, port: int | None, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Received] = []
        self._port = port
        self._tls = tls
        self.server = HttpServer(on_connect=self._serve)

    def _serve(self, sock: socket.socket, stopped: threading.Event) -> None:
        if self._tls is None:
            self._tunnel(sock, stopped)
        else:
            with self._tls.wrap_socket(sock, server_side=True) as wrapped:
                self._tunnel(wrapped, stopped)

    def _tunnel(self, sock: socket.socket, stopped: threading.Event) -> None:
        with sock.makefile("rb") as stream:
            request = read_request(stream)
        assert request is not None
        self.asked.append(request)
        if self._port is None:
            sock.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", self._port)) as far:
            sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            pass_on(sock, far, stopped)


def pass_on(near: socket.socket, far: socket.socket, stopped: threading.Event) -> None:
    """Copy bytes both ways until one side is done."""
    while not stopped.is_set():
        pending = isinstance(near, ssl.SSLSocket) and near.pending() > 0
        readable = [near] if pending else select.select([near, far], [], [], 0.1)[0]
        for sock in readable:
            data = sock.recv(65_536)
            if not data:
                return
            (far if sock is near else near).sendall(data)


def send_by(settings: HttpSettings, url: str, allow_address: AllowAddress = any_address) -> HttpResponse:
    """Send a request by a proxy, with a resolver that only knows the proxy."""

    def resolve(host: str, port: int) -> list[str]:
        assert host == "proxy.test"
        return ["127.0.0.1"]

    with Transport(settings, resolve=resolve) as transport:
        for _ in range(2):
            response = transport.send(HttpRequest("GET", url, (("X-A", "1"),)), allow_address=allow_address)
    return response


@pytest.fixture
def tunnel(tls_server: HttpServer) -> Iterator[TunnelProxy]:
    """Return a proxy whose tunnels lead to the HTTPS server."""
    proxy = TunnelProxy(tls_server.port)
    with proxy.server:
        yield proxy


def test_plain_http_is_asked_for_with_the_whole_url(settings: HttpSettings, server: HttpServer) -> None:
    proxy = f"http://Ada:p%40ss@proxy.test:{server.port}"
    response = send_by(settings._replace(proxy=proxy), "http://api.test/echo?x=1")
    assert (response.status, response.address) == (200, None)
    assert server.connections == 1
    request = server.requests[0]
    assert (request.method, request.target) == ("GET", "http://api.test/echo?x=1")
    assert request.header("Host") == "api.test"
    assert request.header("Proxy-Authorization") == AUTHORIZATION


def test_https_goes_through_a_tunnel_that_hears_nothing(
    settings: HttpSettings, tunnel: TunnelProxy, tls_server: HttpServer
) -> None:
    proxy = f"http://Ada:p%40ss@proxy.test:{tunnel.server.port}"
    response = send_by(settings._replace(proxy=proxy), "https://api.test/echo")
    assert response.status == 200
    assert len(tunnel.asked) == 1
    assert (tunnel.asked[0].method, tunnel.asked[0].target) == ("CONNECT", "api.test:443")
    assert tunnel.asked[0].header("Proxy-Authorization") == AUTHORIZATION
    assert tls_server.requests[0].header("Proxy-Authorization") is None
    assert tls_server.requests[0].target == "/echo"


def test_a_certificate_is_checked_through_a_tunnel(settings: HttpSettings, tunnel: TunnelProxy) -> None:
    with pytest.raises(TlsFailed, match=r"The certificate of `other.test` is not trusted"):
        send_by(settings._replace(proxy=f"http://proxy.test:{tunnel.server.port}"), "https://other.test/echo")


def test_a_proxy_may_itself_be_reached_over_tls(
    settings: HttpSettings, tls_server: HttpServer, server_tls: ssl.SSLContext
) -> None:
    proxy = TunnelProxy(tls_server.port, server_tls)
    with proxy.server:
        chosen = settings._replace(proxy=f"https://127.0.0.1:{proxy.server.port}")
        assert send_by(chosen, "https://api.test/echo").status == 200
        assert send_by(chosen, "https://api.test/bytes/300000").body == b"x" * 300_000


def test_a_proxy_that_refuses_is_named(settings: HttpSettings) -> None:
    proxy = TunnelProxy(None)
    with (
        proxy.server,
        pytest.raises(ConnectFailed, match=r"The proxy `proxy.test` refused .* `api.test` with status 407"),
    ):
        send_by(settings._replace(proxy=f"http://proxy.test:{proxy.server.port}"), "https://api.test/echo")


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f.1", "[::1]", "169.254.169.254", "localhost", "a.localhost."])
def test_a_host_that_is_known_not_to_be_public_is_refused_before_the_proxy(
    settings: HttpSettings, server: HttpServer, host: str
) -> None:
    with pytest.raises(AddressNotPublic):
        send_by(
            settings._replace(proxy=f"http://proxy.test:{server.port}"),
            f"http://{host}/echo",
            lambda address, host, port: is_public(address),
        )
    assert server.connections == 0


def test_a_proxy_that_is_no_url_is_refused() -> None:
    with pytest.raises(InvalidUrl):
        Transport(HttpSettings(proxy="socks5://proxy.test"))
