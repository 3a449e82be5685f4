"""Redirects are followed by hand, and each of them is checked."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from ratchet.gateway.addresses import is_public
from ratchet.gateway.failures import AddressNotPublic, BadResponse, GatewayFailure, HostNotPermitted, RedirectRefused
from ratchet.gateway.message import HttpRequest
from ratchet.gateway.url import Url
from tests.gateway.conftest import Send
from tests.gateway.http_server import HttpServer

CREDENTIALS = (("Authorization", "Bearer x"), ("Cookie", "a=1"), ("X-Other", "kept"))


def moved(server: HttpServer, to: str, status: int = 302, host: str | None = None) -> str:
    """Return a URL that redirects to another one."""
    return server.url(f"/redirect?status={status}&to={quote(to, safe='')}", host=host)


@pytest.mark.parametrize(
    ("to", "target"),
    [
        ("/echo?x=1#part", "/echo?x=1"),
        ("echo", "/echo"),
        ("./a/../echo", "/echo"),
        ("../../echo", "/echo"),
        ("%2e%2e/echo", "/echo"),
        ("\\echo", "/echo"),
        ("/é?é", "/%C3%A9?%C3%A9"),
    ],
)
def test_a_place_is_read_relative_to_the_one_before(send: Send, server: HttpServer, to: str, target: str) -> None:
    response = send(moved(server, to, host="api.test"))
    assert server.requests[-1].target == target
    assert (response.redirected, response.url) == (True, server.url(target, host="api.test"))


@pytest.mark.parametrize(
    ("status", "method", "becomes", "keeps_body"),
    [
        (301, "POST", "GET", False),
        (302, "POST", "GET", False),
        (303, "POST", "GET", False),
        (303, "PUT", "GET", False),
        (303, "HEAD", "HEAD", True),
        (301, "PUT", "PUT", True),
        (302, "DELETE", "DELETE", True),
        (307, "POST", "POST", True),
        (308, "POST", "POST", True),
    ],
)
def test_a_method_changes_as_it_does_in_browsers(
    send: Send, server: HttpServer, status: int, method: str, becomes: str, keeps_body: bool
) -> None:
    body = None if method == "HEAD" else b"hi"
    send(moved(server, "/echo", status), method, body=body, headers=(("Content-Type", "text/plain"), ("X-Other", "1")))
    last = server.requests[-1]
    assert (last.method, last.body) == (becomes, (body or b"") if keeps_body else b"")
    assert (last.header("Content-Type") is not None, last.header("X-Other")) == (keeps_body, "1")
    assert last.header("Content-Length") == ("2" if last.body else None)


def test_credentials_stay_with_their_origin(send: Send, server: HttpServer) -> None:
    with HttpServer() as other:
        send(moved(server, "/echo", host="api.test"), headers=CREDENTIALS)
        send(moved(server, server.url("/echo", host="other.test"), host="api.test"), headers=CREDENTIALS)
        send(moved(server, other.url("/echo", host="api.test"), host="api.test"), headers=CREDENTIALS)
        same, elsewhere, other_port = server.requests[1], server.requests[3], other.requests[0]
    for name, value in CREDENTIALS:
        assert same.header(name) == value
        assert elsewhere.header(name) == other_port.header(name) == (value if name == "X-Other" else None)


def test_credentials_do_not_come_back_with_the_way_back(send: Send, server: HttpServer) -> None:
    back = moved(server, server.url("/echo", host="api.test"), host="other.test")
    send(moved(server, back, host="api.test"), headers=CREDENTIALS)
    assert server.requests[-1].header("Host") == f"api.test:{server.port}"
    assert server.requests[-1].header("Authorization") is None


def test_https_does_not_become_http(send: Send, tls_server: HttpServer, server: HttpServer) -> None:
    with pytest.raises(RedirectRefused, match=r"redirects from https to http at `127.0.0.1`"):
        send(moved(tls_server, server.url("/echo"), host="api.test"))
    assert server.connections == 0
    assert send(moved(server, tls_server.url("/echo", host="api.test"))).status == 200


def test_so_many_redirects_and_no_more(send: Send, server: HttpServer) -> None:
    assert send(server.url("/redirect?times=5&to=/echo")).status == 200
    assert len(server.requests) == 6
    with pytest.raises(RedirectRefused, match=r"More than 5 redirects"):
        send(server.url("/redirect?times=6&to=/echo"))
    assert len(server.requests) == 12


def test_a_redirect_is_returned_or_refused_where_the_caller_wants_that(send: Send, server: HttpServer) -> None:
    response = send(moved(server, "/echo"), redirect="manual")
    assert (response.status, response.header("location"), response.redirected) == (302, "/echo", False)
    with pytest.raises(RedirectRefused, match=r"`127.0.0.1` redirects to `127.0.0.1`"):
        send(moved(server, "/echo"), redirect="error")
    assert len(server.requests) == 2
    assert send(server.url("/echo"), redirect="error").status == 200


@pytest.mark.parametrize(
    ("to", "kind"),
    [
        ("http://127.0.0.1:{port}/echo", AddressNotPublic),
        ("//127.0.0.1:{port}/echo", AddressNotPublic),
        ("\\\\127.0.0.1:{port}/echo", AddressNotPublic),
        ("/\\127.0.0.1:{port}/echo", AddressNotPublic),
        ("http:\\\\127.1:{port}/echo", AddressNotPublic),
        ("http://2130706433:{port}/", AddressNotPublic),
        ("http://[::ffff:127.0.0.1]:{port}/", AddressNotPublic),
        ("http://\uff11\uff12\uff17.0.0.1:{port}/", AddressNotPublic),
        ("http://localhost:{port}/", AddressNotPublic),
        ("ht\ttp://127.0.0.1:{port}/", AddressNotPublic),
        ("http://169.254.169.254/latest/meta-data/", AddressNotPublic),
        ("http://x@127.0.0.1:{port}/", RedirectRefused),
        ("ftp://127.0.0.1:{port}/", RedirectRefused),
        ("file:///etc/passwd", RedirectRefused),
        ("data:text/plain,x", RedirectRefused),
        ("javascript:1", RedirectRefused),
        ("http://[::1%25lo]:{port}/", RedirectRefused),
        ("http://", RedirectRefused),
    ],
    ids=ascii,
)
def test_a_redirect_leads_to_no_address_that_is_not_public(
    send: Send, server: HttpServer, to: str, kind: type[GatewayFailure]
) -> None:
    with HttpServer() as forbidden:
        url = moved(server, to.replace("{port}", str(forbidden.port)), host="api.test")
        with pytest.raises(kind):
            send(url, allow_address=lambda address, host, port: host == "api.test" or is_public(address))
        assert forbidden.connections == 0
    assert len(server.requests) == 1


def test_a_redirect_to_two_places_is_no_answer(send: Send, server: HttpServer) -> None:
    with pytest.raises(BadResponse, match=r"redirects to 2 places at once"):
        send(server.url("/two-locations"))


def test_a_status_of_a_redirect_without_a_place_is_an_answer(send: Send, server: HttpServer) -> None:
    assert send(server.url("/status/302")).status == 302


def test_each_request_is_admitted_before_its_name_is_looked_up(send: Send, server: HttpServer) -> None:
    asked: list[tuple[str, str]] = []

    def admit(request: HttpRequest, url: Url) -> HttpRequest:
        asked.append((request.method, str(url)))
        if url.host == "unknown.test":
            raise HostNotPermitted(f"`{url.host}` is not permitted")
        return request

    url = moved(server, "http://unknown.test/", host="api.test")
    with pytest.raises(HostNotPermitted, match=r"`unknown.test` is not permitted"):
        send(url, "POST", admit=admit)
    assert asked == [("POST", url), ("GET", "http://unknown.test/")]


def test_what_is_filled_in_for_one_place_does_not_go_along_to_the_next(send: Send, server: HttpServer) -> None:
    def admit(request: HttpRequest, url: Url) -> HttpRequest:
        if url.host != "api.test":
            return request
        headers = tuple((name, value.replace("SECRET", "hunter22")) for name, value in request.headers)
        return request._replace(url=request.url.replace("SECRET", "hunter22"), headers=headers)

    url = moved(server, server.url("/echo", host="other.test"), host="api.test")
    send(f"{url}&key=SECRET", headers=(("X-Key", "SECRET"),), admit=admit)
    first, second = server.requests
    assert first.target.endswith("&key=hunter22")
    assert (first.header("X-Key"), second.header("X-Key")) == ("hunter22", "SECRET")


def test_what_is_filled_in_may_not_change_the_host(send: Send, server: HttpServer) -> None:
    def admit(request: HttpRequest, url: Url) -> HttpRequest:
        return request._replace(url=server.url("/echo", host="other.test"))

    with pytest.raises(HostNotPermitted, match=r"may not become one to"):
        send(server.url("/echo", host="api.test"), admit=admit)
    assert server.connections == 0
