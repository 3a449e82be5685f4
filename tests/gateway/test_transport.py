"""Requests over the network, to a server that is real."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ratchet.gateway.failures import (
    BadResponse,
    ConnectFailed,
    ConnectionLost,
    GatewayFailure,
    InvalidRequest,
    NameNotFound,
    RequestCancelled,
    TlsFailed,
    TooLarge,
)
from ratchet.gateway.message import HttpRequest, HttpResponse
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.transport import Transport
from tests.gateway.conftest import Send, any_address, resolve_names
from tests.gateway.http_server import HttpServer

HELLO = b"hello " * 100


def echoed(response: HttpResponse) -> dict[str, Any]:
    """Return the request as the server saw it."""
    seen: dict[str, Any] = json.loads(response.body)
    return seen


def test_a_request_arrives_as_it_was_written(send: Send, server: HttpServer) -> None:
    url = server.url("/echo?a=1&b=%20#part", host="api.test")
    response = send(url, "POST", headers=(("X-One", "1"), ("x-one", "2"), ("Content-Type", "text/plain")), body=b"hi")
    assert echoed(response) == {
        "method": "POST",
        "target": "/echo?a=1&b=%20",
        "headers": [
            ["Content-Length", "2"],
            ["Host", f"api.test:{server.port}"],
            ["Accept", "*/*"],
            ["Accept-Encoding", "gzip, deflate"],
            ["User-Agent", HttpSettings().user_agent],
            ["X-One", "1, 2"],
            ["Content-Type", "text/plain"],
        ],
        "body": "hi",
    }


def test_an_answer_says_where_it_came_from_and_how_long_it_took(send: Send, server: HttpServer) -> None:
    response = send(server.url("/gzip#part", host="api.test"))
    assert (response.status, response.reason, response.body) == (200, "OK", HELLO)
    assert response.url == server.url("/gzip", host="api.test")
    assert (response.redirected, response.address, response.http_version) == (False, "127.0.0.1", "HTTP/1.1")
    assert response.header("content-ENCODING") == "gzip"
    assert response.wire_bytes == int(response.header("Content-Length") or 0)
    timings = response.timings
    assert timings.dns is not None
    assert timings.connect is not None
    assert timings.tls is None
    assert timings.total >= timings.dns + timings.connect + timings.send + timings.wait + timings.receive > 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/gzip", HELLO),
        ("/deflate", HELLO),
        ("/deflate-raw", HELLO),
        ("/deflate-gzip", HELLO),
        ("/gzip-chunked", HELLO),
        ("/chunked", b"one two"),
        ("/until-close", b"all there is"),
        ("/continue", b"after 100"),
        ("/status/204", b""),
        ("/status/304", b""),
        ("/status/500", b"status 500"),
    ],
)
def test_a_body_is_read_however_it_is_framed_and_coded(send: Send, server: HttpServer, path: str, body: bytes) -> None:
    for _ in range(2):
        assert send(server.url(path)).body == body


def test_the_answer_to_head_has_no_body(send: Send, server: HttpServer) -> None:
    for _ in range(2):
        response = send(server.url("/bytes/900"), "HEAD")
        assert (response.body, response.header("content-length")) == (b"", "900")
    assert server.connections == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/reset", ConnectionLost),
        ("/no-answer", ConnectionLost),
        ("/short", ConnectionLost),
        ("/chunked-cut", ConnectionLost),
        ("/chunked-negative", BadResponse),
        ("/chunked-nonsense", BadResponse),
        ("/two-lengths", BadResponse),
        ("/bad-gzip", BadResponse),
        ("/not-http", BadResponse),
        ("/early-hints", BadResponse),
        ("/huge-header", BadResponse),
        ("/many-headers", BadResponse),
        ("/large-headers", BadResponse),
        ("/bytes/5242881", TooLarge),
        ("/bomb", TooLarge),
        ("/bomb-twice", TooLarge),
    ],
)
def test_an_answer_that_is_not_whole_is_a_failure(
    send: Send, server: HttpServer, path: str, kind: type[GatewayFailure]
) -> None:
    with pytest.raises(kind, match=r"127\.0\.0\.1"):
        send(server.url(path))
    assert send(server.url("/chunked")).body == b"one two"


def test_a_body_may_be_as_large_as_the_caller_says(send: Send, server: HttpServer) -> None:
    assert len(send(server.url("/bytes/9"), max_body_bytes=9).body) == 9
    with pytest.raises(TooLarge, match=r"more than 9 bytes"):
        send(server.url("/bytes/10"), max_body_bytes=9)
    with pytest.raises(TooLarge, match=r"more than 9 bytes"):
        send(server.url("/gzip"), max_body_bytes=9)


def test_bytes_after_an_answer_are_not_taken_for_the_next_one(send: Send, server: HttpServer) -> None:
    assert send(server.url("/more")).body == b"four"
    assert send(server.url("/chunked")).body == b"one two"


def test_a_port_where_nobody_listens_is_a_refused_connection(send: Send) -> None:
    with HttpServer() as server:
        url = server.url("/echo", host="api.test")
    with pytest.raises(ConnectFailed, match=r"No connection to `api.test` at port"):
        send(url)


def test_a_name_that_nobody_knows_is_not_found(send: Send) -> None:
    with pytest.raises(NameNotFound, match=r"The host `nowhere.test` has no address"):
        send("http://nowhere.test/")


def test_the_next_address_is_tried_when_one_does_not_answer(settings: HttpSettings, server: HttpServer) -> None:
    with Transport(settings, resolve=lambda host, port: ["::1", "127.0.0.1"]) as transport:
        request = HttpRequest("GET", server.url("/echo", host="both.test"))
        assert transport.send(request, allow_address=any_address).address == "127.0.0.1"


def test_ipv6_is_spoken_by_name_and_by_address(send: Send) -> None:
    with HttpServer(host="::1") as server:
        response = send(server.url("/echo"))
        assert (response.address, response.url) == ("::1", f"http://[::1]:{server.port}/echo")
        assert server.requests[0].header("Host") == f"[::1]:{server.port}"
        assert send(server.url("/echo", host="six.test")).address == "::1"


@pytest.mark.parametrize("method", ["", "GE T", "G\r\nX: y", "CONNECT", "trace", "TRACK", "GÉT"])
def test_a_method_that_cannot_be_sent_is_refused(send: Send, server: HttpServer, method: str) -> None:
    with pytest.raises(InvalidRequest):
        send(server.url("/echo"), method)
    assert server.connections == 0


@pytest.mark.parametrize(
    "header",
    [
        ("X", "a\r\nHost: evil"),
        ("X", "a\nb"),
        ("X", "a\rb"),
        ("X", "a\0b"),
        ("X", "snow ☃"),
        ("X\r\nY", "a"),
        ("X:", "a"),
        ("", "a"),
        ("X Y", "a"),
        ("X", "y" * 300_000),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(send: Send, server: HttpServer, header: tuple[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        send(server.url("/echo"), headers=(header,))
    assert server.connections == 0


@pytest.mark.parametrize(
    "name",
    [
        "Host", "content-length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
        "Accept-Encoding", "Proxy-Authorization", "Proxy-Connection", "Metadata-Flavor", "Metadata",
        "X-aws-ec2-metadata-token", "X-aws-ec2-metadata-token-ttl-seconds", "X-Google-Metadata-Request",
    ],
)  # fmt: skip
def test_a_forbidden_header_is_left_out_with_a_note(send: Send, server: HttpServer, name: str) -> None:
    response = send(server.url("/echo"), headers=((name, "evil"), ("X-Kept", "1")))
    assert response.notes == (f"The header `{name}` was not sent: the gateway sets or forbids it",)
    sent = dict(server.requests[0].headers)
    assert "evil" not in sent.values()
    assert sent["X-Kept"] == "1"


def test_a_user_agent_and_an_accept_of_the_caller_are_kept(send: Send, server: HttpServer) -> None:
    send(server.url("/echo"), headers=(("user-agent", "mine"), ("accept", "text/html"), ("Cookie", "a=1")))
    request = server.requests[0]
    assert [request.header(name) for name in ("User-Agent", "Accept", "Cookie")] == ["mine", "text/html", "a=1"]
    assert len(request.headers) == 5


def test_one_connection_serves_request_after_request(send: Send, server: HttpServer) -> None:
    for path in ("/echo", "/gzip", "/chunked", "/status/404", "/status/204", "/redirect?to=/echo"):
        for _ in range(3):
            send(server.url(path))
    assert server.connections == 1
    assert send(server.url("/echo")).timings.connect is None


def test_a_name_has_connections_of_its_own(send: Send, server: HttpServer) -> None:
    for host in ("api.test", "other.test", "api.test", "other.test"):
        send(server.url("/echo", host=host))
    assert server.connections == 2


def test_no_more_connections_are_kept_than_the_settings_say(settings: HttpSettings, server: HttpServer) -> None:
    with Transport(settings._replace(pool_size=1), resolve=resolve_names) as transport:
        for host in ("api.test", "other.test", "api.test"):
            transport.send(HttpRequest("GET", server.url("/echo", host=host)), allow_address=any_address)
    assert server.connections == 3


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_connection_that_the_server_has_closed_is_replaced(send: Send, server: HttpServer, method: str) -> None:
    for count in (1, 2):
        assert send(server.url("/echo"), method).status == 200
        assert server.connections == count
        server.drop()


def test_a_connection_that_breaks_under_a_request_is_replaced_only_where_that_is_safe(
    send: Send, server: HttpServer
) -> None:
    send(server.url("/echo"))
    with pytest.raises(ConnectionLost):
        send(server.url("/no-answer"))
    assert [request.target for request in server.requests] == ["/echo", "/no-answer", "/no-answer"]
    send(server.url("/echo"))
    with pytest.raises(ConnectionLost):
        send(server.url("/no-answer"), "POST")
    assert [request.target for request in server.requests][3:] == ["/echo", "/no-answer"]


@pytest.mark.parametrize("path", ["/short", "/reset", "/chunked-cut"])
def test_a_request_that_was_answered_in_part_is_not_repeated(send: Send, server: HttpServer, path: str) -> None:
    send(server.url("/echo"))
    with pytest.raises(ConnectionLost):
        send(server.url(path))
    assert [request.target for request in server.requests] == ["/echo", path]


def test_an_answer_that_comes_before_the_body_is_sent_is_read(send: Send, server: HttpServer) -> None:
    assert send(server.url("/too-much"), "POST", body=bytes(8 * 1024 * 1024)).status == 413


def test_a_kept_connection_serves_only_those_who_may_go_to_its_address(send: Send, server: HttpServer) -> None:
    send(server.url("/echo", host="api.test"))
    with pytest.raises(GatewayFailure, match=r"is not a public address"):
        send(server.url("/echo", host="api.test"), allow_address=lambda *_: False)
    assert len(server.requests) == 1


def test_six_requests_are_in_flight_at_once(send: Send, server: HttpServer) -> None:
    meet = threading.Barrier(6, timeout=60)

    def admit(request: HttpRequest, url: object) -> HttpRequest:
        meet.wait()
        return request

    def get(index: int) -> bytes:
        response = send(server.url(f"/bytes/{index}"), admit=admit)
        meet.wait()
        return response.body

    with ThreadPoolExecutor(6) as threads:
        for _ in range(5):
            assert list(threads.map(get, range(6))) == [b"x" * index for index in range(6)]
    assert server.connections <= 6


def test_a_transport_closes_what_it_has_kept(settings: HttpSettings, server: HttpServer) -> None:
    before = set(threading.enumerate())
    with Transport(settings, resolve=resolve_names) as transport:
        transport.send(HttpRequest("GET", server.url("/echo")), allow_address=any_address)
    left = set(threading.enumerate()) - before
    assert not [thread for thread in left if thread.name == "ratchet-deadlines"]


def test_closing_ends_what_is_under_way_and_what_comes_later(settings: HttpSettings, server: HttpServer) -> None:
    transport = Transport(settings)
    request = HttpRequest("GET", server.url("/silent"))
    with ThreadPoolExecutor(1) as threads:
        under_way = threads.submit(transport.send, request, allow_address=any_address)
        assert server.asked.wait(60)
        transport.close()
        with pytest.raises(RequestCancelled):
            under_way.result()
    with pytest.raises(RequestCancelled):
        transport.send(request, allow_address=any_address)
    assert len(server.requests) == 1


def test_the_time_of_the_settings_is_the_deadline_where_none_is_given(
    settings: HttpSettings, server: HttpServer
) -> None:
    begun = time.monotonic()
    with (
        Transport(settings._replace(timeout_seconds=0.2), resolve=resolve_names) as transport,
        pytest.raises(GatewayFailure, match=r"in time"),
    ):
        transport.send(HttpRequest("GET", server.url("/silent")), allow_address=any_address)
    assert time.monotonic() - begun < 10


def test_a_certificate_is_checked_against_the_name(send: Send, tls_server: HttpServer) -> None:
    for host in ("api.test", "api.test.", None):
        response = send(tls_server.url("/echo", host=host))
        assert response.timings.tls is not None
    with pytest.raises(TlsFailed, match=r"The certificate of `other.test` is not trusted: Hostname mismatch"):
        send(tls_server.url("/echo", host="other.test"))
    assert len(tls_server.requests) == 3


def test_a_certificate_of_an_unknown_authority_is_refused_unless_the_operator_wants_none_checked(
    tls_server: HttpServer,
) -> None:
    request = HttpRequest("GET", tls_server.url("/echo", host="api.test"))
    with Transport(resolve=resolve_names) as transport, pytest.raises(TlsFailed, match=r"is not trusted"):
        transport.send(request, allow_address=any_address)
    with Transport(HttpSettings(verify_ssl=False), resolve=resolve_names) as transport:
        assert transport.send(request, allow_address=any_address).status == 200


def test_plain_http_where_tls_is_expected_is_a_failure_of_tls(send: Send) -> None:
    with (
        HttpServer(on_connect=lambda sock, stopped: sock.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server,
        pytest.raises(TlsFailed, match=r"No TLS with `api.test`: WRONG_VERSION_NUMBER"),
    ):
        send(f"https://api.test:{server.port}/echo")


def test_a_file_of_certificates_that_is_none_is_named(tmp_path: Any, tls_server: HttpServer) -> None:
    file = tmp_path / "none.pem"
    file.write_text("nothing")
    with Transport(HttpSettings(ca_bundle=str(file))) as transport, pytest.raises(TlsFailed, match=r"none\.pem"):
        transport.send(HttpRequest("GET", tls_server.url("/echo")), allow_address=any_address)
