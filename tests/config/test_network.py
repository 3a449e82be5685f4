"""The sections `http` and `permissions`."""

from __future__ import annotations

from typing import Any

from ratchet.config.existing import check_existing
from ratchet.config.show import render_yaml
from ratchet.gateway.policy import Policy
from ratchet.gateway.settings import HttpSettings
from tests.config.conftest import Load, Refuse


def messages(load: Load, text: str | None = None, **variables: str) -> list[str]:
    """Return the message of each warning."""
    return [warning.message for warning in load(text, **variables).warnings]


def test_without_a_configuration_the_gateway_has_its_own_defaults(load: Load) -> None:
    configuration = load()
    assert configuration.http == HttpSettings()
    assert configuration.policy == Policy()


def test_what_the_file_says_is_what_the_gateway_is_given(load: Load) -> None:
    text = """
http: {timeout_seconds: 3, max_redirects: 0, verify_ssl: false, ca_bundle: ca.pem, proxy: "http://p.test", pool_size: 1}
permissions: {default: none, allow: [a.test], deny: [b.test], private_networks: [10.0.0.0/8]}
"""
    configuration = load(text, named=True)
    assert configuration.http == HttpSettings(
        timeout_seconds=3, max_redirects=0, verify_ssl=False, ca_bundle=configuration.http.ca_bundle,
        proxy="http://p.test", pool_size=1,
    )  # fmt: skip
    assert (configuration.http.ca_bundle or "").endswith("/work/ca.pem")
    assert configuration.policy == Policy("none", ("a.test",), ("b.test",), ("10.0.0.0/8",))


def test_private_networks_are_taken_only_from_a_file_that_was_named(load: Load, refuse: Refuse, folder: Any) -> None:
    text = "permissions:\n  private_networks: [10.0.0.0/8]\n"
    assert refuse(text) == ["2:3 `permissions.private_networks` may not stand in a file that is not trusted"]
    assert load(text, named=True).policy.private_networks == ("10.0.0.0/8",)
    assert load(text, RATCHET_CONFIG="ratchet.yaml").policy.private_networks == ("10.0.0.0/8",)
    assert load("", RATCHET_PERMISSIONS__PRIVATE_NETWORKS='["::1"]').policy.private_networks == ("::1",)


def test_an_entry_that_means_nothing_is_refused_at_its_list(refuse: Refuse) -> None:
    assert refuse("permissions: {allow: ['*']}", named=True) == [
        "1:22 `permissions.allow` holds `*`, which is not `host`, `host:port`, `*.host` or `https://host/path`"
    ]
    assert refuse("permissions: {deny: [1.2.3.4.5]}") == [
        "1:21 `permissions.deny` holds `1.2.3.4.5`, which is no IPv4 address"
    ]
    assert refuse("permissions: {private_networks: [10.0.0.1/8]}", named=True) == [
        "1:33 `permissions.private_networks` holds `10.0.0.1/8`, which has bits set beyond its mask"
    ]
    assert refuse("permissions: {allow: [a.test, 5]}") == ["1:31 `permissions.allow[1]` is `5`, not a text"]
    assert refuse("permissions: {allow: a.test}") == ['1:22 `permissions.allow` is `"a.test"`, not a list of texts']
    assert refuse("", RATCHET_PERMISSIONS__ALLOW="a.test") == [
        "`RATCHET_PERMISSIONS__ALLOW` is not JSON: Unexpected `a`"
    ]


def test_a_proxy_and_a_user_agent_that_cannot_be_used_are_refused(refuse: Refuse) -> None:
    words = "is not the URL of a proxy, such as `http://proxy.example.com:3128`"
    for proxy in ("proxy.test:3128", "socks5://proxy.test", "http://"):
        assert refuse(f"http: {{proxy: '{proxy}'}}") == [f"1:15 `http.proxy` {words}"]
    assert refuse('http: {user_agent: "a\\nb"}') == [
        "1:20 `http.user_agent` holds a character that no header of a request may have"
    ]


def test_the_password_of_a_proxy_is_not_shown_and_a_masked_one_not_taken(load: Load, refuse: Refuse) -> None:
    shown = render_yaml(load("http: {proxy: 'http://ada:hunter2@proxy.test'}"), section="http")
    assert '  proxy: "http://********@proxy.test"' in shown.splitlines()
    assert refuse(shown) == ["7:10 `http.proxy` has its password masked, as `ratchet config show` does"]
    shown = render_yaml(load("http: {proxy: '${PROXY}'}", PROXY="http://ada:hunter2@proxy.test"), section="http")
    assert '  proxy: "${PROXY}"' in shown.splitlines()


def test_lists_are_shown_as_they_are_written(load: Load) -> None:
    text = (
        'permissions:\n  default: public\n  allow:\n    - "${HOST}"\n    - b.test\n  deny: []\n  private_networks: []'
    )
    configuration = load(text, HOST="a.test")
    assert configuration.policy.allow == ("a.test", "b.test")
    assert render_yaml(configuration, section="permissions") == text


def test_certificates_that_are_not_there_are_a_problem(load: Load, folder: Any) -> None:
    problems = check_existing(load("http:\n  ca_bundle: ca.pem\n"))
    assert [(problem.message, problem.place and problem.place.line) for problem in problems] == [
        (f"`http.ca_bundle` is `{folder}/ca.pem`, which is not there", 2)
    ]
    (folder / "ca.pem").write_text("certificates")
    assert check_existing(load("http:\n  ca_bundle: ca.pem\n")) == []


def test_the_keys_of_the_original_are_taken_with_a_warning(load: Load) -> None:
    text = """
http:
  timeout: 7
  connection_pool: {max_idle: 3}
  proxy: {http_proxy: "http://p.test:1", https_proxy: "http://q.test:2", no_proxy: [x.test]}
"""
    assert messages(load, text) == [
        "`http.timeout` is `http.timeout_seconds` now",
        "`http.connection_pool` does nothing any more: `http.pool_size` is the number of connections that are kept",
        "`http.proxy.http_proxy` is `http.proxy` now",
        "`http.proxy.https_proxy` is ignored, for `http.proxy` is there too",
        "`http.proxy.no_proxy` does nothing any more: with `http.proxy`, every request goes through the proxy",
    ]
    configuration = load(text)
    assert (configuration.http.timeout_seconds, configuration.http.proxy) == (7, "http://p.test:1")


def test_the_flat_variables_of_the_original_are_taken_with_a_warning(load: Load) -> None:
    variables = {"RATCHET_HTTP_TIMEOUT": "9", "RATCHET_HTTP_USER_AGENT": "probe", "RATCHET_HTTP_VERIFY_SSL": "false"}
    assert messages(load, **variables) == [
        "`RATCHET_HTTP_TIMEOUT` is `RATCHET_HTTP__TIMEOUT_SECONDS` now",
        "`RATCHET_HTTP_USER_AGENT` is `RATCHET_HTTP__USER_AGENT` now",
        "`RATCHET_HTTP_VERIFY_SSL` is `RATCHET_HTTP__VERIFY_SSL` now",
    ]
    http = load(**variables).http
    assert (http.timeout_seconds, http.user_agent, http.verify_ssl) == (9, "probe", False)


def test_a_key_that_the_proxy_never_had_is_refused(refuse: Refuse) -> None:
    assert refuse("http:\n  proxy: {url: x}\n") == ["2:11 `http.proxy` has no key `url`"]
