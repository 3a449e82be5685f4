"""The app that other servers put at a path of their own: requests that come too slowly, and its end."""

from __future__ import annotations

import json
from collections.abc import Callable, MutableMapping
from typing import Any

import anyio
import pytest
from mcp.server.lowlevel import Server

from ratchet.mcp_server.addresses import is_loopback, names_of
from ratchet.mcp_server.credentials import OwnToken
from ratchet.mcp_server.http import HttpApp, create_http_app
from tests.mcp_server.http_client import JSON

Message = MutableMapping[str, Any]


def create(*, is_token: Callable[[str], bool] | None = None, body_seconds: float = 30) -> HttpApp:
    """Return an app that offers nothing."""
    server: Server[dict[str, Any]] = Server("nothing")
    credentials = None if is_token is None else OwnToken(is_token)
    return create_http_app(server, credentials=credentials, hosts=names_of("127.0.0.1", []), body_seconds=body_seconds)


async def ask(app: HttpApp, parts: list[bytes]) -> tuple[int, str]:
    """Send the head of a request and parts of its body, whose end never comes; return the status and the reason."""
    headers = [(name.lower().encode(), value.encode()) for name, value in {**JSON, "Host": "localhost"}.items()]
    scope = {"type": "http", "method": "POST", "path": "/mcp", "query_string": b"", "headers": headers}
    sent: list[Message] = []

    async def receive() -> Message:
        if not parts:
            await anyio.sleep_forever()
        return {"type": "http.request", "body": parts.pop(0), "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    await app({**scope, "root_path": "", "scheme": "http"}, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])["error"]["message"]


@pytest.mark.parametrize("parts", [[], [b"{"], [b"{", b'"jsonrpc"']])
def test_a_body_that_does_not_come_is_not_waited_for(parts: list[bytes]) -> None:
    async def run() -> tuple[int, str]:
        app = create(body_seconds=0.05)
        async with app.running():
            return await ask(app, parts)

    assert anyio.run(run) == (408, "The request did not arrive in time")


def test_the_end_of_the_app_ends_what_is_in_flight() -> None:
    async def run() -> list[tuple[int, str]]:
        app = create()
        answers: list[tuple[int, str]] = []

        async def ask_and_keep() -> None:
            answers.append(await ask(app, [b"{"]))

        async with anyio.create_task_group() as group, app.running():
            group.start_soon(ask_and_keep)
            await anyio.wait_all_tasks_blocked()
        return answers

    assert anyio.run(run) == [(503, "The server has ended")]


def test_who_shows_no_token_is_refused_before_the_body_is_read() -> None:
    async def run() -> tuple[int, str]:
        app = create(is_token=lambda shown: False)
        async with app.running():
            return await ask(app, [])

    assert anyio.run(run)[0] == 401


OTHERS = ["0.0.0.0", "::", "192.0.2.1"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", *OTHERS])
def test_only_some_addresses_are_of_this_machine_alone(host: str) -> None:
    assert is_loopback(host) is (host not in OTHERS)


@pytest.mark.parametrize(
    ("host", "more", "name", "own"),
    [
        ("127.0.0.1", [], "localhost", True),
        ("127.0.0.1", [], "LocalHost", True),
        ("127.0.0.1", [], "::1", True),
        ("127.0.0.1", [], "192.0.2.1", False),
        ("127.0.0.1", [], "example.com", False),
        ("127.0.0.1", ["Tasks.Example.com"], "tasks.example.COM", True),
        ("127.0.0.1", ["tasks.example.com"], "example.com", False),
        ("192.0.2.1", [], "192.0.2.1", True),
        ("192.0.2.1", [], "192.0.2.2", False),
        # Wherever it is reached, a page cannot have got a browser to take an address for a name of its own.
        ("0.0.0.0", [], "192.0.2.2", True),
        ("0.0.0.0", [], "example.com", False),
    ],
)
def test_a_server_knows_its_names(host: str, more: list[str], name: str, own: bool) -> None:
    assert names_of(host, more)(name) is own
