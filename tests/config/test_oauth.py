"""The section `mcp.oauth`: what is no sound setting, and what goes with what."""

from __future__ import annotations

import pytest

from ratchet.config.oauth import OAuthSettings, oauth_settings
from ratchet.errors import InvalidConfig
from tests.config.conftest import Load, Refuse

ISSUER = "https://login.example.com"
ADDRESS = "http://127.0.0.1:8090/mcp"


def test_what_is_not_said_follows_from_the_rest(load: Load) -> None:
    assert oauth_settings(load().values, ADDRESS) is None
    usual = load(RATCHET_MCP__OAUTH__ISSUER=ISSUER).values
    assert oauth_settings(usual, ADDRESS) == OAuthSettings(ISSUER, ADDRESS, ADDRESS)
    text = f"mcp: {{oauth: {{issuer: '{ISSUER}', resource: 'https://a.test/mcp', audience: x, scopes_required: [y]}}}}"
    said = oauth_settings(load(text, named=True).values, ADDRESS)
    assert said == OAuthSettings(ISSUER, "https://a.test/mcp", "x", None, ("y",))


@pytest.mark.parametrize(
    "url",
    [
        "http://login.example.com", "login.example.com", "https://", "ftp://login.example.com", "https://a@b.test",
        "https://a.test?x=1", "https://a.test#x", "https://a.test/\n", 'https://a.test/"', "http://127.0.0.1.evil.test",
    ],
)  # fmt: skip
def test_an_issuer_that_others_could_pass_for_is_refused(refuse: Refuse, url: str) -> None:
    (message,) = refuse("", RATCHET_MCP__OAUTH__ISSUER=url)
    assert message.endswith("not an https URL; http is for this machine alone")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/realm", "http://localhost", "http://[::1]:1", "https://a-b.c/"])
def test_an_issuer_may_be_on_this_machine_in_the_clear(load: Load, url: str) -> None:
    assert load(RATCHET_MCP__OAUTH__ISSUER=url).values["mcp.oauth.issuer"] == url


def test_two_kinds_of_tokens_are_one_too_many(refuse: Refuse) -> None:
    assert refuse("", RATCHET_MCP__OAUTH__ISSUER=ISSUER, RATCHET_MCP__TOKEN="env:TOKEN") == [
        "`RATCHET_MCP__TOKEN` is of no use where `mcp.oauth.issuer` is set: leave one of the two away"
    ]


def test_a_scope_that_cannot_be_written_down_is_refused(refuse: Refuse) -> None:
    (message,) = refuse("mcp: {oauth: {scopes_required: [a, 'b c']}}", named=True)
    assert message.endswith("has `b c`, which is no scope")


def test_a_file_that_was_found_names_no_issuer(refuse: Refuse) -> None:
    assert refuse(f"mcp: {{oauth: {{issuer: '{ISSUER}'}}}}") == [
        "1:15 `mcp.oauth.issuer` may not stand in a file that is not trusted"
    ]


def test_what_says_nothing_is_told(load: Load) -> None:
    with pytest.raises(InvalidConfig, match=r"`mcp.oauth.resource` says nothing without an issuer"):
        oauth_settings(load(RATCHET_MCP__OAUTH__RESOURCE="https://a.test/mcp").values, ADDRESS)
