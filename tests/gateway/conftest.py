"""Servers on loopback, a transport to reach them, and names that lead to them."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from ratchet.gateway.addresses import IPAddress
from ratchet.gateway.message import HttpRequest, HttpResponse
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.transport import Transport
from tests.gateway.http_server import HttpServer

Send = Callable[..., HttpResponse]
NAMES = {"api.test": ["127.0.0.1"], "other.test": ["127.0.0.1"], "six.test": ["::1"], "localhost": ["127.0.0.1"]}


def resolve_names(host: str, port: int) -> list[str]:
    """Know a few names, all of loopback, and no other."""
    if host.rstrip(".") not in NAMES:
        raise OSError("unknown")
    return NAMES[host.rstrip(".")]


def any_address(address: IPAddress, host: str, port: int) -> bool:
    """Let a connection go anywhere."""
    return True


@pytest.fixture
def server() -> Iterator[HttpServer]:
    """Return a server of plain HTTP."""
    with HttpServer() as running:
        yield running


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Return a certificate authority of the tests' own."""
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the file that makes the authority a trusted one."""
    file: Path = tmp_path_factory.mktemp("certificates") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture(scope="session")
def server_tls(authority: trustme.CA) -> ssl.SSLContext:
    """Return the certificate of `api.test`, `::1` and `127.0.0.1`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("api.test", "127.0.0.1", "::1").configure_cert(context)
    return context


@pytest.fixture
def tls_server(server_tls: ssl.SSLContext) -> Iterator[HttpServer]:
    """Return a server of HTTPS."""
    with HttpServer(tls=server_tls) as running:
        yield running


@pytest.fixture
def settings(ca_bundle: str) -> HttpSettings:
    """Return settings that trust the tests' own authority."""
    return HttpSettings(ca_bundle=ca_bundle)


@pytest.fixture
def transport(settings: HttpSettings) -> Iterator[Transport]:
    """Return a transport that knows the tests' own names."""
    with Transport(settings, resolve=resolve_names) as running:
        yield running


@pytest.fixture
def send(transport: Transport) -> Send:
    """Return a function that sends a request to anywhere, by default within ten seconds."""

    def send_it(
        url: str,
        method: str = "GET",
        *,
        headers: tuple[tuple[str, str], ...] = (),
        body: bytes | None = None,
        seconds: float = 10,
        **options: object,
    ) -> HttpResponse:
        request = HttpRequest(method, url, headers, body)
        chosen = {"allow_address": any_address, "deadline": time.monotonic() + seconds, **options}
        return transport.send(request, **chosen)  # type: ignore[arg-type]

    return send_it
