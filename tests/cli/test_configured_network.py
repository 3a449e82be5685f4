"""Commands hold the requests of tasks to the sections `http` and `permissions`, `--allow-host` and `--offline`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ratchet.config.settings import SETTINGS
from tests.cli.conftest import Command, MakeTask
from tests.gateway.conftest import authority, ca_bundle, server_tls, tls_server
from tests.gateway.http_server import HttpServer

__all__ = ["authority", "ca_bundle", "server_tls", "tls_server"]

SHOWN_HERE = {
    "http.timeout_seconds", "http.max_redirects", "http.user_agent", "http.verify_ssl", "http.ca_bundle", "http.proxy",
    "http.pool_size", "http.max_body_bytes", "permissions.default", "permissions.allow", "permissions.deny",
    "permissions.private_networks",
}  # fmt: skip
GRANT = "permissions: {private_networks: [127.0.0.1]}\n"


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


def test_every_key_of_the_two_sections_is_shown_to_change_something_here() -> None:
    assert {key for key in SETTINGS if key.startswith(("http.", "permissions."))} == SHOWN_HERE


def test_hosts_of_the_configuration_are_allowed_beside_those_that_the_task_declares(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer
) -> None:
    metadata = {"permissions": {"net": ["api.example.com"]}}
    make_task(f"async () => (await fetch('{server.url('/bytes/3')}')).text()", metadata=metadata)
    assert "is not among the hosts that the task declares" in run_under(ratchet, folder, GRANT)
    allowed = GRANT.replace("}", ", allow: [127.0.0.1]}")
    assert run_under(ratchet, folder, allowed) == 'exit 0\n--- stdout\n"xxx"\n'


@pytest.mark.parametrize(("size", "connections"), [(0, 2), (1, 1)])
def test_as_many_connections_are_kept_as_the_configuration_says(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer, size: int, connections: int
) -> None:
    url = server.url("/bytes/3")
    make_task(f"async () => {{ await fetch('{url}'); return (await fetch('{url}')).status }}")
    assert run_under(ratchet, folder, f"{GRANT}http: {{pool_size: {size}}}") == "exit 0\n--- stdout\n200\n"
    assert server.connections == connections


def test_requests_go_through_the_proxy_of_the_configuration(
    ratchet: Command, make_task: MakeTask, folder: Path, server: HttpServer
) -> None:
    make_task("async () => (await fetch('http://api.example.com/bytes/3')).text()")
    text = f"http: {{proxy: '{server.url('')}'}}"
    assert run_under(ratchet, folder, text) == 'exit 0\n--- stdout\n"xxx"\n'
    assert [request.target for request in server.requests] == ["http://api.example.com/bytes/3"]


def test_certificates_are_trusted_by_the_configuration_alone(
    ratchet: Command, make_task: MakeTask, folder: Path, tls_server: HttpServer, ca_bundle: str
) -> None:
    make_task(f"async () => (await fetch('{tls_server.url('/bytes/3')}')).text()")
    assert "The certificate of `127.0.0.1` is not trusted" in run_under(ratchet, folder, GRANT)
    for setting in ("verify_ssl: false", f"ca_bundle: {ca_bundle}"):
        assert run_under(ratchet, folder, f"{GRANT}http: {{{setting}}}") == 'exit 0\n--- stdout\n"xxx"\n'


def test_a_host_is_allowed_once_by_a_flag_and_nothing_is_reached_offline(
    ratchet: Command, make_task: MakeTask, server: HttpServer
) -> None:
    metadata: dict[str, Any] = {"permissions": {"net": []}}
    make_task(f"async () => (await fetch('{server.url('/bytes/3')}')).text()", metadata=metadata)
    run = ("run-once", "total", "--allow-host", f"127.0.0.1:{server.port}")
    refused = ratchet("run-once", "total")
    assert "is not among the hosts that the task declares" in refused
    assert f"`--allow-host 127.0.0.1:{server.port}` allows it once" in refused
    offline = ratchet(*run, "--offline")
    assert "is not reached offline" in offline
    assert "Hint: Run it without `--offline`" in offline
    assert server.connections == 0
    assert ratchet(*run) == 'exit 0\n--- stdout\n"xxx"\n'


def test_a_host_that_is_none_is_refused_before_anything_runs(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    reply = ratchet("run-once", "total", "--allow-host", "a.test/path")
    assert reply.startswith("exit 2\n")
    assert "`--allow-host a.test/path` is not `host`, `host:port`, `*.host` or `https://host/path`" in reply


def test_sources_are_asked_as_the_configuration_says(ratchet: Command, folder: Path, server: HttpServer) -> None:
    (folder / "named.yaml").write_text(
        f"registry: {{sources: [{{name: far, uri: '{server.url('/index.json')}', type: http}}]}}\n"
        "http: {user_agent: probe/1}\n"
    )
    ratchet("--config", "named.yaml", "list")
    assert [request.header("User-Agent") for request in server.requests] == ["probe/1"]
    ratchet("--config", "named.yaml", "run-once", "total", "--offline")
    assert len(server.requests) == 1
