"""What a task may reach, and what a refusal says would allow it."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from ratchet.gateway.host_patterns import parse_pattern
from ratchet.gateway.networks import address_check, parse_network
from ratchet.gateway.permissions import check_host
from ratchet.gateway.policy import DefaultPolicy, Policy
from ratchet.gateway.url import parse_url
from ratchet.task.model import Permissions

NOTHING_SAID = Permissions()


def refusal_of(
    policy: Policy, permissions: Permissions, url: str, method: str = "GET"
) -> tuple[str, str | None] | None:
    """Return the message and the hint of a refusal; None where the request may be sent."""
    failure = check_host(policy, permissions, method, parse_url(url))
    return None if failure is None else (failure.message, failure.hint)


@pytest.mark.parametrize(
    ("default", "net", "allowed"),
    [
        ("public", None, True),
        ("public", (), False),
        ("public", ("api.test",), True),
        ("public", ("other.test",), False),
        ("declared", None, False),
        ("declared", (), False),
        ("declared", ("api.test",), True),
        ("declared", ("other.test",), False),
        ("none", None, False),
        ("none", ("api.test",), False),
    ],
)
def test_the_default_policy_decides_with_what_the_task_declares(
    default: DefaultPolicy, net: tuple[str, ...] | None, allowed: bool
) -> None:
    permissions = Permissions(net=net)
    assert (refusal_of(Policy(default), permissions, "https://api.test/x") is None) is allowed
    assert refusal_of(Policy(default, allow=("api.test",)), permissions, "https://api.test/x") is None
    assert (
        refusal_of(Policy(default, deny=("api.test",), allow=("api.test",)), permissions, "https://api.test/")
        is not None
    )
    assert refusal_of(Policy(default, offline=True), permissions, "https://api.test/x") is not None


@pytest.mark.parametrize(
    ("pattern", "url", "matches"),
    [
        ("api.test", "https://api.test/x?y", True),
        ("API.test", "http://api.TEST:8080/", True),
        ("api.test", "http://api.test./", True),
        ("api.test", "https://www.api.test/", False),
        ("api.test", "https://api.test.evil/", False),
        ("api.test", "https://notapi.test/", False),
        ("api.test:8443", "https://api.test:8443/", True),
        ("api.test:8443", "https://api.test/", False),
        ("api.test:443", "https://api.test/", True),
        ("*.api.test", "https://a.b.api.test/", True),
        ("*.api.test", "https://api.test/", False),
        ("*.api.test", "https://xapi.test/", False),
        ("https://api.test", "https://api.test/x", True),
        ("https://api.test", "http://api.test/x", False),
        ("https://api.test", "https://api.test:444/x", False),
        ("https://api.test/", "https://api.test/x", True),
        ("https://api.test/v1", "https://api.test/v1", True),
        ("https://api.test/v1", "https://api.test/v1/x?y=/v2", True),
        ("https://api.test/v1/", "https://api.test/v1/x", True),
        ("https://api.test/v1/*", "https://api.test/v1/x", True),
        ("https://api.test/v1/…", "https://api.test/v1/x", True),
        ("https://api.test/v1", "https://api.test/v10", False),
        ("https://api.test/v1", "https://api.test/v1/../v2", False),
        ("https://api.test/v1", "https://api.test/v1/%2e%2e/v2", False),
        ("https://api.test/v1", "https://api.test/v1/..%2fv2", False),
        ("https://api.test/v1", "https://api.test/v1/..%5cv2", False),
        ("https://api.test/v1", "https://api.test/v1\\..\\v2", False),
        ("https://api.test/v1", "https://api.test//v1/x", False),
        ("https://*.api.test/v1", "https://a.api.test/v1/x", True),
        ("127.0.0.1", "http://0x7f.1/", True),
        ("0x7f.1", "http://127.0.0.1/", True),
        ("[::1]:80", "http://[0:0::1]/", True),
        ("faß.test", "http://xn--fa-hia.test/", True),
    ],
)  # fmt: skip
def test_a_pattern_matches_what_it_says(pattern: str, url: str, matches: bool) -> None:
    assert parse_pattern(pattern).matches(parse_url(url)) is matches


def test_a_deny_list_holds_for_every_reading_of_a_path() -> None:
    policy = Policy(deny=("https://api.test/admin",))
    for path in ("/admin", "/admin/x", "/x/..%2fadmin", "/x/%2e%2e/admin", "/%61dmin", "/admin/..%2fx"):
        assert refusal_of(policy, NOTHING_SAID, "https://api.test" + path) is not None, path
    assert refusal_of(policy, NOTHING_SAID, "https://api.test/x") is None


def test_what_has_the_form_of_a_host_and_is_none_matches_nothing() -> None:
    assert refusal_of(Policy(), Permissions(net=("1.2.3.4.5", "api.test:99999")), "https://api.test/") is not None


@pytest.mark.parametrize(
    "text",
    ["", "*", "*.", "a.*", "api.test/path", "ftp://api.test", "u@api.test", "api.test:x", "a b", "https://", "[::1"],
)  # fmt: skip
def test_what_is_no_pattern_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is "):
        parse_pattern(text)


def test_a_refusal_names_the_host_and_everything_that_would_allow_it() -> None:
    allow = (
        "`--allow-host api.test:8443` allows it once, `permissions.allow: [api.test:8443]` in the configuration always"
    )
    url = "https://api.test:8443/x"
    assert refusal_of(Policy(), Permissions(net=("a.test",)), url) == (
        "`api.test:8443` is not among the hosts that the task declares",
        '`"permissions": {"net": ["a.test", "api.test:8443"]}` in the task\'s metadata declares it, ' + allow,
    )
    assert refusal_of(Policy("none"), NOTHING_SAID, url) == (
        "`api.test:8443` is not among the hosts that the configuration allows",
        allow,
    )
    assert refusal_of(Policy(deny=("*.test",)), NOTHING_SAID, url) == (
        "`api.test:8443` is denied by the configuration",
        "Take `*.test` out of `permissions.deny`",
    )
    assert refusal_of(Policy(offline=True), NOTHING_SAID, url) == (
        "`api.test:8443` is not reached offline",
        "Run it without `--offline`",
    )
    assert refusal_of(Policy(allow=("api.test",)), Permissions(methods=("GET",)), url, "POST") == (
        "`POST` to `api.test:8443` is not among the methods that the task declares",
        '`"permissions": {"methods": ["GET", "POST"]}` in the task\'s metadata declares it',
    )


@pytest.mark.parametrize("default", ["public", "declared", "none"])
@pytest.mark.parametrize(
    "url", ["https://api.test/", "http://api.test:81/", "http://[2606:4700::1]/x", "http://1.1.1.1:8/"]
)
def test_what_a_refusal_names_does_allow_it(default: DefaultPolicy, url: str) -> None:
    failure = check_host(Policy(default), Permissions(net=()), "GET", parse_url(url))
    assert failure is not None
    assert failure.hint is not None
    host = failure.hint.partition("--allow-host ")[2].partition("`")[0]
    assert refusal_of(Policy(default).allowing((host,)), Permissions(net=()), url) is None
    if default != "none":
        assert refusal_of(Policy(default), Permissions(net=(host,)), url) is None


@pytest.mark.parametrize(
    ("granted", "address", "host", "port", "allowed"),
    [
        ("10.0.0.0/8", "10.1.2.3", "intranet.test", 80, True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", "intranet.test", 80, True),
        ("10.0.0.0/8", "11.1.2.3", "intranet.test", 80, True),
        ("10.0.0.0/8", "192.168.1.1", "intranet.test", 80, False),
        ("10.1.2.3", "10.1.2.3", "intranet.test", 80, True),
        ("10.1.2.3", "10.1.2.4", "intranet.test", 80, False),
        ("10.1.2.3:81", "10.1.2.3", "intranet.test", 81, True),
        ("10.1.2.3:81", "10.1.2.3", "intranet.test", 80, False),
        ("[fd00::1]:81", "fd00::1", "fd00::1", 81, True),
        ("fd00::/8", "fd00::1", "fd00::1", 81, True),
        ("intranet.test", "10.1.2.3", "intranet.test", 80, True),
        ("intranet.test", "10.1.2.3", "evil.test", 80, False),
        ("intranet.test:81", "10.1.2.3", "intranet.test", 80, False),
        ("localhost:81", "127.0.0.1", "localhost", 81, True),
        ("localhost", "127.0.0.1", "127.0.0.1", 81, False),
    ],
)  # fmt: skip
def test_a_private_network_is_reached_where_it_is_granted(
    granted: str, address: str, host: str, port: int, allowed: bool
) -> None:
    assert address_check(Policy(private_networks=(granted,)))(ip_address(address), host, port) is allowed


@pytest.mark.parametrize("text", ["", "10.0.0.1/8", "10.0.0.0/40", "*.corp", "a/b", "10.0.0.0/8:80"])
def test_what_is_no_private_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is |has bits"):
        parse_network(text)


def test_a_host_allowed_by_hand_is_granted_as_private_only_where_it_says_itself_where_it_is() -> None:
    policy = Policy().allowing(("localhost:80", "127.0.0.1", "[::1]:80", "intranet.test", "*.localhost"))
    assert policy.allow == ("localhost:80", "127.0.0.1", "[::1]:80", "intranet.test", "*.localhost")
    assert policy.private_networks == ("localhost:80", "127.0.0.1", "[::1]:80")
    allows = address_check(policy)
    assert allows(ip_address("127.0.0.1"), "localhost", 80)
    assert not allows(ip_address("10.0.0.1"), "intranet.test", 80)
