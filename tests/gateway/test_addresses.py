"""Every way to spell an address that is not public, and every way to be led to one: none gets a connection."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ratchet.gateway.addresses import IPAddress, is_public
from ratchet.gateway.failures import AddressNotPublic, ConnectFailed, GatewayFailure, InvalidUrl
from ratchet.gateway.message import HttpRequest
from ratchet.gateway.settings import HttpSettings
from ratchet.gateway.transport import Transport
from tests.gateway.http_server import HttpServer

SPELLINGS: dict[str, list[str]] = json.loads(Path(__file__).with_name("spellings.json").read_text("utf-8"))
"""Hosts and URLs by what they are; those of this machine lead to it on some system or in some library."""


@pytest.fixture
def forbidden() -> Iterator[HttpServer]:
    """Return a server on this machine that nobody may reach."""
    with HttpServer() as running:
        yield running
        assert running.connections == 0


@pytest.fixture(autouse=True)
def connects(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return every address that a socket is connected to; real ones outside of this machine get no packet."""
    seen: list[object] = []

    def connect(sock: socket.socket, address: tuple[str, int]) -> None:
        seen.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket.socket, "connect", connect)
    return seen


def refusal_of(url: str, resolve: Callable[[str, int], list[str]] = lambda host, port: ["127.0.0.1"]) -> GatewayFailure:
    """Return why a URL is not fetched where every name is that of this machine."""
    with Transport(HttpSettings(), resolve=resolve) as transport, pytest.raises(GatewayFailure) as caught:
        transport.send(
            HttpRequest("GET", url), allow_address=lambda *asked: is_public(asked[0]), deadline=time.monotonic() + 10
        )
    return caught.value


@pytest.mark.parametrize("host", SPELLINGS["this machine"], ids=ascii)
def test_this_machine_is_not_reached_however_it_is_spelled(
    forbidden: HttpServer, connects: list[object], host: str
) -> None:
    assert isinstance(refusal_of(f"http://{host}:{forbidden.port}/echo"), AddressNotPublic)
    assert connects == []


@pytest.mark.parametrize("host", SPELLINGS["not public"])
def test_an_address_that_is_not_public_is_not_reached(connects: list[object], host: str) -> None:
    assert isinstance(refusal_of(f"http://{host}/"), AddressNotPublic)
    assert connects == []


@pytest.mark.parametrize("host", SPELLINGS["no host"], ids=ascii)
def test_what_browsers_take_for_no_host_is_not_looked_up(connects: list[object], host: str) -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    assert isinstance(refusal_of(f"http://{host}/", resolve), InvalidUrl)
    assert connects == []


@pytest.mark.parametrize("url", SPELLINGS["whole URLs"], ids=ascii)
def test_a_url_is_read_as_browsers_read_it(forbidden: HttpServer, connects: list[object], url: str) -> None:
    failure = refusal_of(url.replace("{port}", str(forbidden.port)))
    assert isinstance(failure, AddressNotPublic)
    assert failure.host == ("api.test" if url.startswith("http://api.test") else "127.0.0.1")
    assert connects == []


@pytest.mark.parametrize("url", SPELLINGS["no HTTP URL"], ids=ascii)
def test_what_is_no_http_url_is_not_fetched(forbidden: HttpServer, connects: list[object], url: str) -> None:
    assert isinstance(refusal_of(url.replace("{port}", str(forbidden.port))), InvalidUrl)
    assert connects == []


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["1.1.1.1", "127.0.0.1"],
        ["127.0.0.1", "1.1.1.1"],
        ["1.1.1.1", "2606:4700::1", "::1"],
        ["::ffff:10.0.0.1"],
        ["fe80::1%eth0"],
        ["64:ff9b::a9fe:a9fe"],
        ["1.1.1.1"] * 20 + ["168.63.129.16"],
    ],
)
def test_a_name_with_one_address_that_is_not_public_is_refused_whole(
    connects: list[object], addresses: list[str]
) -> None:
    failure = refusal_of("http://evil.test/", lambda host, port: addresses)
    assert isinstance(failure, AddressNotPublic)
    assert failure.host == "evil.test"
    assert failure.address in failure.message
    assert connects == []


def test_a_refusal_names_the_host_its_address_and_the_key_that_grants_it() -> None:
    failure = refusal_of("http://intranet.test/", lambda host, port: ["10.1.2.3"])
    assert failure.kind == "not_permitted"
    assert failure.message == "`intranet.test` has the address `10.1.2.3`, which is not a public address"
    assert failure.hint == "`permissions.private_networks: [10.1.2.3]` in the configuration grants it"
    failure = refusal_of("http://[fd00::1]:8080/")
    assert failure.message == "`fd00::1` is not a public address"
    key = "`permissions.private_networks: [fd00::1]` in the configuration grants it"
    assert failure.hint == f"`--allow-host [fd00::1]:8080` allows it once, {key}"


def test_a_name_is_resolved_once_and_connected_to_the_address_that_was_checked(connects: list[object]) -> None:
    answers = iter([["1.1.1.1"], ["127.0.0.1"], ["127.0.0.1"]])
    failure = refusal_of("http://rebinding.test/", lambda host, port: next(answers))
    assert isinstance(failure, ConnectFailed)
    assert connects == [("1.1.1.1", 80)]
    assert next(answers) == ["127.0.0.1"]


def test_a_name_that_is_rebound_between_two_requests_is_checked_again(connects: list[object]) -> None:
    answers = iter([["1.1.1.1"], ["127.0.0.1"]])
    with Transport(resolve=lambda host, port: next(answers)) as transport:
        failures = []
        for _ in range(2):
            with pytest.raises(GatewayFailure) as caught:
                transport.send(
                    HttpRequest("GET", "http://rebinding.test/"), allow_address=lambda *asked: is_public(asked[0])
                )
            failures.append(type(caught.value))
    assert failures == [ConnectFailed, AddressNotPublic]
    assert connects == [("1.1.1.1", 80)]


def test_a_connection_that_went_elsewhere_is_not_used(monkeypatch: pytest.MonkeyPatch, forbidden: HttpServer) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda sock, address: None)
    monkeypatch.setattr(socket.socket, "getpeername", lambda sock: ("127.0.0.1", 80))
    failure = refusal_of("http://public.test/", lambda host, port: ["1.1.1.1"])
    assert failure.message == "The connection to `public.test` went to `127.0.0.1` in place of `1.1.1.1`"


@pytest.mark.parametrize("address", SPELLINGS["public"])
def test_an_address_right_beside_the_others_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_what_the_standard_library_calls_private_is_not_public(address: IPAddress) -> None:
    if address.is_private or address.is_multicast or address.is_reserved:
        # Those that carry an IPv4 address are as public as that one.
        carried = address.version == 6 and (address.ipv4_mapped or int(address) >> 32 == 0x64FF9B << 64)
        assert carried or not is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_as_the_one_inside(address: IPv4Address) -> None:
    for prefix in ("::ffff:", "64:ff9b::"):
        assert is_public(ip_address(f"{prefix}{address}")) is is_public(address)
    for outside in (f"::{address}", f"64:ff9b:1::{address}", f"2002:{int(address) >> 16:x}:{int(address) & 65535:x}::"):
        assert not is_public(ip_address(outside))
