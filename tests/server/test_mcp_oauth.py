"""The tools of MCP in the server, with access tokens: no key of the server opens them, and no token opens the rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mcp_server.authorization_server import AuthorizationServer, authorization_server
from tests.mcp_server.conftest import write_tasks
from tests.server.conftest import Served, start_server
from tests.server.test_mcp import call


@pytest.fixture
def issuing() -> Iterator[AuthorizationServer]:
    with authorization_server() as started:
        yield started


@pytest.fixture
def server(tmp_path: Path, issuing: AuthorizationServer) -> Iterator[Served]:
    write_tasks(tmp_path / "tasks")
    variables = {"RATCHET_MCP__OAUTH__ISSUER": issuing.issuer}
    with start_server(tmp_path, "--tasks", "tasks", environment=variables) as served:
        yield served


def test_access_tokens_open_the_tools_and_nothing_else(server: Served, issuing: AuthorizationServer) -> None:
    resource = f"{server.url}/mcp"
    shown = {"Authorization": f"Bearer {issuing.token('ratchet:run', aud=resource)}"}
    arguments = {"task": "total", "input": {"items": [2, 3]}}
    asked = {"name": "execute_task", "arguments": arguments}
    value = call(server, "tools/call", asked, **{"Mcp-Name": "execute_task", **shown})["result"]["structuredContent"]
    assert value["output"] == {"total": 5}
    assert server.get(f"/api/v1/executions/{value['execution_id']}")["output"] == {"total": 5}
    assert server.ask("GET", "/api/v1/tasks", headers=shown).status_code == 401
    with_key = server.ask("POST", "/mcp", {})
    assert with_key.status_code == 401
    metadata = f"{server.url}/.well-known/oauth-protected-resource/mcp"
    challenge = f'Bearer realm="ratchet", resource_metadata="{metadata}", error="invalid_token"'
    assert with_key.headers["www-authenticate"] == challenge
    path = metadata.removeprefix(server.url)
    assert server.ask("GET", path, headers={"Authorization": None}).json()["resource"] == resource
