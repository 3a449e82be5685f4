"""`ratchet mcp --transport http`: who is let in, and what is made of requests that are wrong."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.conftest import write_tasks
from tests.mcp_server.http_client import JSON, Reply, Served, modern_body, older_body, start_http

DISCOVER = modern_body("server/discover")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a server that every test of this module asks."""
    folder = tmp_path_factory.mktemp("served")
    with start_http(folder, "--tasks", str(write_tasks(folder / "tasks"))) as running:
        yield running


def refused(reply: Reply) -> tuple[int, str]:
    """Return the status and the reason of an answer that has no result."""
    assert reply.headers["content-type"] == "application/json"
    assert reply.message["id"] is None
    return reply.status, reply.message["error"]["message"]


def test_both_eras_are_served(served: Served) -> None:
    call: dict[str, Any] = {"name": "execute_task", "arguments": {"task": "total", "input": {"items": [1, 2]}}}
    modern = served.modern("tools/call", **call)
    assert modern.message["result"]["structuredContent"]["output"] == {"total": 3}
    assert modern.message["result"]["resultType"] == "complete"
    older = served.request(older_body(2, "tools/call", call), served.open_session())
    assert older.message["result"]["structuredContent"]["output"] == {"total": 3}
    assert served.modern("server/discover").message["result"]["supportedVersions"] == ["2026-07-28"]


def test_a_request_without_a_token_is_asked_for_one(served: Served) -> None:
    reply = served.request(DISCOVER, JSON)
    assert refused(reply) == (401, "Show the token of this server: `Authorization: Bearer TOKEN`")
    assert reply.headers["www-authenticate"] == 'Bearer realm="ratchet"'


@pytest.mark.parametrize(
    "shown", ["Bearer wrong", "Bearer ", "Basic {token}", "{token}", "Bearer {token}x", "Bearer é"]
)
def test_a_wrong_token_is_told_to_be_wrong(served: Served, shown: str) -> None:
    reply = served.request(DISCOVER, {**JSON, "Authorization": shown.format(token=served.token)})
    assert refused(reply) == (401, "That is not the token of this server")
    assert reply.headers["www-authenticate"] == 'Bearer realm="ratchet", error="invalid_token"'


@pytest.mark.parametrize("name", ["token", "access_token"])
def test_a_token_in_the_address_is_refused_even_when_it_is_right(served: Served, name: str) -> None:
    path = f"/mcp?{name}={served.token}"
    sentence = "A token stands in the header `Authorization`, never in the address"
    assert refused(served.request(DISCOVER, JSON, path=path)) == (400, sentence)
    assert refused(served.request(DISCOVER, {**JSON, **served.bearer}, path=path)) == (400, sentence)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "a@127.0.0.1", "[::", ""]
)
def test_a_name_that_is_not_its_own_is_refused(served: Served, host: str) -> None:
    headers = {**served.modern_headers("server/discover"), "Host": host}
    assert refused(served.request(DISCOVER, headers)) == (421, "The `Host` of the request is no name of this server")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://localhost.evil.example", "null", "file://localhost"]
)
def test_a_page_from_elsewhere_is_refused(served: Served, origin: str) -> None:
    headers = {**served.modern_headers("server/discover"), "Origin": origin}
    assert refused(served.request(DISCOVER, headers)) == (403, "Pages of that `Origin` may not ask this server")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:99", "127.0.0.1", "[::1]:8090"])
def test_the_names_of_this_machine_are_its_own(served: Served, host: str) -> None:
    headers = {**served.modern_headers("server/discover"), "Host": host, "Origin": f"http://{host}"}
    assert served.request(DISCOVER, headers).status == 200


def test_a_body_that_is_too_large_is_refused(served: Served) -> None:
    large = b" " * (16 * 1024 * 1024 + 1)
    assert served.request(large, served.modern_headers("tools/list")).status == 413


@pytest.mark.parametrize("body", [b"{", b"\xff\x00", b"[" * 5000, b'{"jsonrpc": "2.0", "id": ' + b"9" * 5000 + b"}"])
def test_a_body_that_is_not_json_is_an_error_of_the_protocol(served: Served, body: bytes) -> None:
    reply = served.request(body, served.modern_headers("tools/list"))
    assert (reply.status, reply.message["error"]["code"]) == (400, -32700)
    reply = served.request(body, served.open_session())
    assert (reply.status, reply.message["error"]["code"]) == (400, -32700)


def test_a_session_that_is_not_known_is_not_found(served: Served) -> None:
    headers = {**JSON, **served.bearer, "Mcp-Session-Id": "0" * 32}
    reply = served.request(older_body(1, "tools/list"), headers)
    assert (reply.status, reply.message["error"]["message"]) == (404, "Session not found")


def test_a_session_that_was_ended_is_not_found(served: Served) -> None:
    session = served.open_session()
    assert served.request(None, session, method="DELETE").status == 200
    assert served.request(older_body(1, "tools/list"), session).status == 404


@pytest.mark.parametrize("path", ["/", "/mcp/", "/.well-known/oauth-protected-resource"])
def test_nothing_is_at_other_paths(served: Served, path: str) -> None:
    assert served.request(DISCOVER, served.modern_headers("server/discover"), path=path).status in (307, 404)


def test_the_token_is_shown_once_and_kept_for_its_user_alone(tmp_path: Path) -> None:
    file = tmp_path / "ratchet" / "mcp-token"
    with start_http(tmp_path) as first:
        token = file.read_text().strip()
        assert file.stat().st_mode & 0o777 == 0o600
        assert first.said == (
            f"Token: {token}\nIt is shown this once and kept in `{file}`\nServing http://127.0.0.1:{first.port}/mcp\n"
        )
        assert (
            first.request(DISCOVER, {**JSON, "Authorization": f"Bearer {token}x"}, path=f"/mcp?{token}").status == 401
        )
        assert first.modern("tools/list").status == 200
        first.process.terminate()
        assert first.process.stderr is not None
        assert first.process.stderr.read() == ""
    with start_http(tmp_path) as second:
        assert second.said == f"The token is kept in `{file}`\nServing http://127.0.0.1:{second.port}/mcp\n"
        assert second.modern("tools/list").status == 200


def test_the_configuration_may_name_the_token(tmp_path: Path) -> None:
    with start_http(tmp_path, RATCHET_MCP__TOKEN="that-of-the-configuration") as served:
        assert served.said == f"Serving http://127.0.0.1:{served.port}/mcp\n"
        assert served.modern("tools/list").status == 200
    assert not (tmp_path / "ratchet" / "mcp-token").exists()


def test_without_a_token_the_names_are_checked_all_the_same(tmp_path: Path) -> None:
    with start_http(tmp_path, "--no-auth") as served:
        assert "Warning: Every program on this machine may run and write tasks here\n" in served.said
        headers = served.modern_headers("tools/list")
        del headers["Authorization"]
        assert served.request(modern_body("tools/list"), headers).status == 200
        assert served.request(modern_body("tools/list"), {**headers, "Host": "evil.example"}).status == 421


def test_a_connection_that_asks_nothing_disturbs_nobody(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as silent:
        silent.sendall(b"POST /mcp HTTP/1.1\r\n")
        assert served.modern("tools/list").status == 200
