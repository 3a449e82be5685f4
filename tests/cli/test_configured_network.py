"""Commands hold the requests of tasks to the sections `http` and `permissions`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command, MakeTask
from tests.gateway.http_server import HttpServer

GRANT = "permissions: {private_networks: [127.0.0.1]}\n"


@pytest.fixture
def server() -> Iterator[HttpServer]:
    """Return a server on this machine, which is no public address."""
    with HttpServer() as running:
        yield running


def run_under(ratchet: Command, folder: Path, text: str) -> str:
    """Run the task in the folder under a configuration that is named."""
    (folder / "named.yaml").write_text(text)
    return ratchet("--config", "named.yaml", "run-once", "total", "--input", "{}")


def test_the_private_networks_of_the_configuration_are_reached_and_no_others(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer
) -> None:
    make_task(f"async () => (await fetch('{server.url('/bytes/3')}')).text()")
    assert "`127.0.0.1` is not a public address" in run_under(ratchet, folder, "")
    assert server.connections == 0
    assert run_under(ratchet, folder, GRANT) == 'exit 0\n--- stdout\n"xxx"\n'


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("/bytes/3", "permissions: {default: none}", "is not among the hosts that the configuration allows"),
        ("/bytes/3", GRANT.replace("}", ", deny: [127.0.0.1]}"), "is denied by the configuration"),
        ("/bytes/3", GRANT + "http: {max_body_bytes: 2}", "has more than 2 bytes"),
        ("/redirect?to=/echo", GRANT + "http: {max_redirects: 0}", "More than 0 redirects"),
        ("/silent", GRANT + "http: {timeout_seconds: 0.2}", "in time"),
    ],
)
def test_a_setting_is_what_the_request_of_a_task_is_held_to(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer, path: str, text: str, words: str
) -> None:
    make_task(f"async () => (await fetch('{server.url(path)}')).text()")
    reply = run_under(ratchet, folder, text)
    assert reply.startswith("exit 1\n")
    assert words in reply


def test_the_user_agent_is_the_one_of_the_configuration(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer
) -> None:
    make_task(f"async () => (await fetch('{server.url('/echo')}')).status")
    assert run_under(ratchet, folder, GRANT + "http: {user_agent: probe/1}") == "exit 0\n--- stdout\n200\n"
    assert server.requests[0].header("User-Agent") == "probe/1"
