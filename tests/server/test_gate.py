"""Who may ask: by key, by the server's own name, from its own pages, so often and so much."""

from __future__ import annotations

import asyncio
import re
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import pytest
from starlette.requests import HTTPConnection
from starlette.types import Message

from ratchet.server.app import create_api
from ratchet.server.gate.body import BodyLimit
from ratchet.server.gate.gate import Refusal
from ratchet.server.gate.rate import RateCheck
from ratchet.server.rest.shortcut import Shortcut
from ratchet.server.service import Service
from tests.mcp_server.conftest import write_tasks
from tests.server.conftest import PATIENCE_SECONDS, Served, start_server

TASKS = "/api/v1/tasks"
_FOREIGN = ["evil.example", "localhost.evil.example", "user@localhost", "", "[::1", "localhost/health?", "127.0.0.1#"]


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer wrong", "Basic {key}", "{key}"])
def test_who_does_not_show_the_key_is_told_how(server: Served, header: str | None) -> None:
    headers = {"Authorization": None if header is None else header.format(key=server.key)}
    answer = server.ask("GET", TASKS, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="ratchet"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"
    assert answer.json()["hint"] == "Send `Authorization: Bearer KEY`; `ratchet serve` printed the key once"


def test_metrics_need_the_key_and_health_does_not(server: Served) -> None:
    nobody = {"Authorization": None}
    assert server.ask("GET", "/metrics", headers=nobody).status_code == 401
    for path in ("/health", "/ready", "/docs", "/openapi.json"):
        assert server.ask("GET", path, headers=nobody).status_code == 200


@pytest.mark.parametrize("host", _FOREIGN)
def test_a_name_that_is_not_the_servers_is_refused(server: Served, host: str) -> None:
    answer = server.ask("GET", TASKS, headers={"Host": host})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:99", "[::1]", "192.0.2.7", "app.localhost:1"])
def test_addresses_and_local_names_are_the_servers(server: Served, host: str) -> None:
    assert server.ask("GET", TASKS, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost", "http://127.0.0.1:1"])
def test_pages_of_other_origins_are_refused(server: Served, origin: str) -> None:
    answer = server.ask("GET", TASKS, headers={"Origin": origin})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_permitted")
    assert "access-control-allow-origin" not in answer.headers


def test_a_page_of_the_server_may_ask(server: Served) -> None:
    assert server.ask("GET", TASKS, headers={"Origin": server.url}).status_code == 200


def test_an_origin_of_the_configuration_may_ask_with_the_key(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    allowed = {"RATCHET_SERVER__CORS__ORIGINS": '["https://page.example"]'}
    with start_server(tmp_path, "--tasks", "tasks", environment=allowed) as served:
        origin = {"Origin": "https://page.example"}
        asked = {**origin, "Access-Control-Request-Method": "POST", "Authorization": None}
        preflight = served.ask("OPTIONS", TASKS, headers=asked)
        assert preflight.headers["access-control-allow-origin"] == "https://page.example"
        assert served.ask("GET", TASKS, headers=origin).status_code == 200
        assert served.ask("GET", TASKS, headers={**origin, "Authorization": None}).status_code == 401
        assert served.ask("GET", TASKS, headers={"Origin": "https://other.example"}).status_code == 403


def test_too_many_requests_are_told_when_to_come_again(tmp_path: Path) -> None:
    slow = {"RATCHET_SERVER__RATE_LIMIT__REQUESTS_PER_MINUTE": "1", "RATCHET_SERVER__RATE_LIMIT__BURST_SIZE": "3"}
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks", environment=slow) as served:
        # A wrong key counts too, or else it could be guessed.
        wrong = {"Authorization": "Bearer wrong"}
        assert [served.ask("GET", TASKS, headers=wrong).status_code for _ in range(3)] == [401] * 3
        answer = served.ask("GET", TASKS)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        assert 1 <= int(answer.headers["retry-after"]) <= 60


@pytest.fixture
def many_files() -> Iterator[None]:
    """Let this process and its children have as many sockets as a test needs."""
    before, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before, 4096), most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (before, most))


@pytest.mark.usefixtures("many_files")
def test_one_connection_too_many_is_told_to_come_again(tmp_path: Path) -> None:
    with start_server(tmp_path) as served, ExitStack() as connections:
        address = ("127.0.0.1", urlsplit(served.url).port)
        while (answer := served.ask("GET", "/health")).status_code == 200:
            for _ in range(100):
                connections.enter_context(socket.create_connection(address, PATIENCE_SECONDS))
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        shown = {name: answer.headers[name] for name in ("content-type", "retry-after", "connection")}
        assert shown == {"content-type": "application/problem+json", "retry-after": "1", "connection": "close"}
        assert answer.headers["x-request-id"]


def test_a_site_of_ipv6_is_one_client() -> None:
    check = RateCheck(per_minute=1, burst=2, now=lambda: 0.0)
    for host in ("2001:db8::1", "2001:db8::ffff:0:0:2", "2001:db8:0:1::1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"):
        check(HTTPConnection({"type": "http", "client": (host, 1), "headers": []}))
    with pytest.raises(Refusal):
        check(HTTPConnection({"type": "http", "client": ("2001:db8::3", 1), "headers": []}))


def test_a_large_body_is_refused_by_its_length_or_as_it_comes(server: Served) -> None:
    path = f"{TASKS}/total/execute"
    headers = {"Content-Type": "application/json"}
    answer = server.ask("POST", path, data=b"x" * (8 * 1024 * 1024 + 1), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    chunks = (b"x" * 1024 * 1024 for _ in range(9))
    answer = server.ask("POST", path, data=chunks, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("action", ["test", "execute"])
def test_a_body_that_does_not_come_is_not_waited_for(action: str) -> None:
    headers = [(b"content-type", b"application/json")]
    path = f"{TASKS}/total/{action}"
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    answer: list[Message] = []

    async def receive() -> Message:
        await asyncio.get_running_loop().create_future()
        raise AssertionError("nothing has come")

    async def send(message: Message) -> None:
        answer.append(message)

    # Nobody comes to the service.
    app = Shortcut(create_api(), cast(Service, None))
    asyncio.run(BodyLimit(app, 100, most_seconds=0.0)(scope, receive, send))
    assert answer[0]["status"] == 408
    assert (b"connection", b"close") in answer[0]["headers"]
    assert b'"code": "too_slow"' in answer[1]["body"]


def test_every_answer_has_the_headers_that_browsers_heed(server: Served) -> None:
    for path in (TASKS, "/nowhere"):
        headers = server.ask("GET", path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers


def test_a_request_keeps_its_id_where_it_has_a_sound_one(server: Served) -> None:
    assert server.ask("GET", TASKS, headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = server.ask("GET", TASKS, headers={"X-Request-Id": "a b"}).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{16}-\d+", made)


def test_what_is_no_http_ends_no_server(server: Served) -> None:
    parts = urlsplit(server.url)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 0), PATIENCE_SECONDS) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 400")
    assert server.get("/health")["status"] == "ok"


@pytest.mark.parametrize("before", [b"", b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"])
def test_a_connection_on_which_no_request_comes_is_closed(server: Served, before: bytes) -> None:
    parts = urlsplit(server.url)
    assert parts.hostname is not None
    with socket.create_connection((parts.hostname, parts.port or 0), PATIENCE_SECONDS) as connection:
        connection.sendall(before)
        answered = b""
        while before and not answered.endswith(b"}\n"):
            answered += connection.recv(10_000)
        connection.sendall(b"GET /health HTTP/1.1\r\n")
        assert connection.recv(100) == b""


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/api/v1/tasks/", 404, "not_found"),
        ("DELETE", TASKS, 405, "method_not_allowed"),
        ("GET", f"{TASKS}/UPPER", 400, "invalid_input"),
        ("GET", f"{TASKS}/..%2f..%2fetc", 404, "not_found"),
        ("GET", f"{TASKS}/missing", 404, "not_found"),
        ("GET", "/api/v1/executions/1", 400, "invalid_input"),
        ("GET", "/api/v1/executions/019a0c5e-7d3b-7000-8000-000000000000", 404, "not_found"),
    ],
)
def test_failures_of_the_framework_are_problems_too(
    server: Served, method: str, path: str, status: int, code: str
) -> None:
    answer = server.ask(method, path)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem["type"] == f"urn:ratchet:error:{code}"


def test_allow_names_every_method_of_an_address(server: Served) -> None:
    assert server.ask("DELETE", TASKS).headers["allow"] == "GET, HEAD, POST"
    assert server.ask("POST", f"{TASKS}/total").headers["allow"] == "DELETE, GET, HEAD, PATCH, PUT"
