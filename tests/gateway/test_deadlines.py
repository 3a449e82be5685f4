"""A deadline holds whatever the server does, and so does a cancellation."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ratchet.gateway.failures import GatewayFailure, RequestCancelled, TimedOut
from ratchet.gateway.message import HttpRequest
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.transport import Transport
from ratchet.sandbox.cancellation import Cancellation
from tests.gateway.conftest import Send, any_address
from tests.gateway.http_server import STEP_SECONDS, HttpServer

SECONDS = 0.4
# What a busy machine may take besides; `tests/benchmarks/test_fetch.py` measures it.
SLACK = 2.5
ENDLESS = [
    "/silent",
    "/drip-status",
    "/drip-headers",
    "/drip-continue",
    "/drip-body",
    "/drip-until-close",
    "/drip-chunks",
    "/drip-trailers",
]


def drip_over_tcp(sock: socket.socket, stopped: threading.Event) -> None:
    """Send one byte at a time of a TLS record that never ends."""
    for byte in bytes.fromhex("1603034000") + bytes(16_384):
        if stopped.wait(STEP_SECONDS):
            return
        sock.sendall(bytes([byte]))


def say_nothing(sock: socket.socket, stopped: threading.Event) -> None:
    """Take the connection and leave it at that."""
    stopped.wait()


def assert_ends_in_time(failure: type[GatewayFailure], call: Callable[[], object], seconds: float = SECONDS) -> None:
    """Make sure that a call fails as it should, when it should."""
    begun = time.monotonic()
    with pytest.raises(failure):
        call()
    assert seconds - 0.05 <= time.monotonic() - begun <= seconds + SLACK


@pytest.mark.parametrize("path", ENDLESS)
def test_a_server_that_drips_is_cut_off(send: Send, server: HttpServer, path: str) -> None:
    assert_ends_in_time(TimedOut, lambda: send(server.url(path), seconds=SECONDS))
    assert send(server.url("/echo")).status == 200


@pytest.mark.parametrize("path", ["/silent", "/drip-headers", "/drip-body", "/drip-until-close", "/drip-chunks"])
def test_a_server_that_drips_inside_tls_is_cut_off(send: Send, tls_server: HttpServer, path: str) -> None:
    send(tls_server.url("/echo"))
    assert_ends_in_time(TimedOut, lambda: send(tls_server.url(path), seconds=SECONDS))


@pytest.mark.parametrize("behaviour", [drip_over_tcp, say_nothing])
def test_a_handshake_that_does_not_end_is_cut_off(
    send: Send, behaviour: Callable[[socket.socket, threading.Event], None]
) -> None:
    with HttpServer(on_connect=behaviour) as server:
        url = f"https://127.0.0.1:{server.port}/"
        # What is trusted is read from files once, which is not part of what is measured.
        with pytest.raises(TimedOut):
            send(url, seconds=0.05)
        assert_ends_in_time(TimedOut, lambda: send(url, seconds=SECONDS))


def test_a_connection_that_nobody_accepts_is_cut_off(send: Send) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for sock in waiting:
                sock.setblocking(False)
                sock.connect_ex(listener.getsockname())
            url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
            assert_ends_in_time(TimedOut, lambda: send(url, seconds=SECONDS))
        finally:
            for sock in waiting:
                sock.close()


def test_a_request_that_nobody_reads_is_cut_off(send: Send) -> None:
    with HttpServer(on_connect=say_nothing) as server:
        body = bytes(32 * 1024 * 1024)
        assert_ends_in_time(TimedOut, lambda: send(server.url("/"), "POST", body=body, seconds=SECONDS))


def test_a_resolver_that_hangs_is_left_behind() -> None:
    hang = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        hang.wait()
        return []

    with Transport(resolve=resolve) as transport:
        request = HttpRequest("GET", "http://slow.test/")
        assert_ends_in_time(
            TimedOut,
            lambda: transport.send(request, allow_address=any_address, deadline=time.monotonic() + SECONDS),
        )
        hang.set()


def test_a_proxy_that_hangs_is_cut_off(settings: HttpSettings) -> None:
    request = HttpRequest("GET", "https://api.test/")
    with (
        HttpServer(on_connect=say_nothing) as proxy,
        Transport(settings._replace(proxy=f"http://127.0.0.1:{proxy.port}")) as transport,
    ):
        assert_ends_in_time(
            TimedOut,
            lambda: transport.send(request, allow_address=any_address, deadline=time.monotonic() + SECONDS),
        )


def test_a_chain_of_redirects_shares_one_deadline(send: Send, server: HttpServer) -> None:
    url = server.url("/redirect?times=3&to=/drip-body")
    assert_ends_in_time(TimedOut, lambda: send(url, seconds=SECONDS))


def test_a_deadline_that_is_over_opens_no_connection(send: Send, server: HttpServer) -> None:
    with pytest.raises(TimedOut):
        send(server.url("/echo"), seconds=-1)
    assert server.connections == 0


def test_a_cut_answer_that_looks_complete_is_a_timeout(send: Send, server: HttpServer) -> None:
    """A body without a length ends with its connection, which is what the deadline ends."""
    with pytest.raises(TimedOut):
        send(server.url("/drip-until-close"), seconds=SECONDS)


def test_each_of_many_requests_has_its_own_deadline(send: Send, server: HttpServer) -> None:
    def wait(seconds: float) -> float:
        begun = time.monotonic()
        with pytest.raises(TimedOut):
            send(server.url("/drip-body"), seconds=seconds)
        return time.monotonic() - begun - seconds

    with ThreadPoolExecutor(6) as threads:
        late = list(threads.map(wait, [0.9, 0.3, 0.6, 0.2, 0.8, 0.4]))
    assert max(late) < SLACK


@pytest.mark.parametrize("path", ENDLESS)
def test_a_cancelled_request_ends_at_once(send: Send, server: HttpServer, path: str) -> None:
    cancellation = Cancellation()
    timer = threading.Timer(SECONDS, cancellation.cancel)
    timer.start()
    assert_ends_in_time(RequestCancelled, lambda: send(server.url(path), cancellation=cancellation))
    timer.join()


def test_a_cancellation_wakes_what_waits_for_a_name_or_a_handshake(settings: HttpSettings) -> None:
    hang = threading.Event()

    def resolve(host: str, port: int) -> list[str]:
        hang.wait()
        return []

    with HttpServer(on_connect=say_nothing) as server, Transport(settings, resolve=resolve) as transport:
        for url in ("http://slow.test/", f"https://127.0.0.1:{server.port}/"):
            cancellation = Cancellation()
            timer = threading.Timer(SECONDS, cancellation.cancel)
            timer.start()
            request = HttpRequest("GET", url)

            def call(request: HttpRequest = request, token: Cancellation = cancellation) -> object:
                return transport.send(request, allow_address=any_address, cancellation=token)

            assert_ends_in_time(RequestCancelled, call)
            timer.join()
        hang.set()


def test_a_request_that_was_cancelled_before_opens_no_connection(send: Send, server: HttpServer) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with pytest.raises(RequestCancelled, match=r"The request to `127.0.0.1` was cancelled"):
        send(server.url("/echo"), cancellation=cancellation)
    assert server.connections == 0
