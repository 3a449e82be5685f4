"""Call tools as a client does, and hold what they give back to their schemas."""

from __future__ import annotations

from typing import Any

from ratchet.mcp_server.tools import TOOLS, WRITING
from ratchet.task.schema import check_value, compile_schema
from tests.mcp_server.raw_client import RawClient

CREATED = WRITING[0].example


def call(client: RawClient, tool: str, **arguments: Any) -> Any:
    """Return what a tool gives back, which must fit its output schema unless it failed."""
    result = client.call(tool, arguments)
    value = result["structuredContent"]
    if not result["isError"]:
        schema = next(each.output for each in TOOLS if each.name == tool)
        assert check_value(compile_schema(schema), value) == []
    return value


def create(client: RawClient, name: str, **changes: Any) -> Any:
    """Create the task of the example under another name."""
    return call(client, "create_task", **{**CREATED, "name": name, **changes})
