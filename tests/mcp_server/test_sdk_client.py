"""The SDK's own client, in both eras: progress and cancellation."""

from __future__ import annotations

import functools
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Literal

import anyio
import anyio.lowlevel
import httpx2
import pytest
from mcp.client.client import Client
from mcp.client.session import MessageHandlerFnT
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.mcp_server.http_client import start_http
from tests.mcp_server.raw_client import ROOT

Era = Literal["legacy", "auto"]
ERAS: list[Era] = ["legacy", "auto"]
Connect = Callable[[Path], AbstractAsyncContextManager[Client]]
VERSIONS = {"legacy": "2025-11-25", "auto": "2026-07-28"}


@asynccontextmanager
async def connect(tasks: Path, era: Era, heard: MessageHandlerFnT | None = None) -> AsyncIterator[Client]:
    """Start a server and talk to it: `auto` takes the newest era that both know.

    Args:
        heard: Takes what the server says unasked.
    """
    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "ratchet", "mcp", "--tasks", str(tasks)],
        env={"PYTHONPATH": str(ROOT), "HOME": str(tasks)},
        cwd=tasks,
    )
    async with Client(parameters, mode=era, message_handler=heard) as client:
        assert client.protocol_version == VERSIONS[era]
        yield client


@asynccontextmanager
async def connect_http(tasks: Path, era: Era, heard: MessageHandlerFnT | None = None) -> AsyncIterator[Client]:
    """Start a server and talk to it over HTTP."""
    # Nothing else goes on in this process until the server is there, and after it is gone.
    with start_http(tasks.parent, "--tasks", str(tasks)) as served:
        async with httpx2.AsyncClient(headers=served.bearer, timeout=60) as http:
            transport = streamable_http_client(served.url, http_client=http)
            async with Client(transport, mode=era, message_handler=heard) as client:
                assert client.protocol_version == VERSIONS[era]
                yield client


CONNECTIONS = [
    pytest.param(functools.partial(open_client, era=era), id=f"{era}-{open_client.__name__}")
    for open_client in (connect, connect_http)
    for era in ERAS
]


@pytest.mark.parametrize("open_client", CONNECTIONS)
def test_a_task_runs_and_its_progress_only_grows(tasks: Path, open_client: Connect) -> None:
    heard: list[tuple[float, float | None, str | None]] = []

    async def take(progress: float, total: float | None, message: str | None) -> None:
        heard.append((progress, total, message))

    async def run() -> None:
        async with open_client(tasks) as client:
            arguments = {"task": "steps", "input": None}
            result = await client.call_tool("execute_task", arguments, progress_callback=take)
            assert result.structured_content["output"] == "done"

    anyio.run(run)
    values = [progress for progress, _, _ in heard]
    assert values == sorted(set(values))
    assert heard[0] == (0.25, 1.0, "0.25/1 at 0.25")
    assert heard[-1] == (1.0, 1.0, "1/1 at 1")


@pytest.mark.parametrize("open_client", CONNECTIONS)
def test_a_cancelled_request_cancels_the_execution(tasks: Path, open_client: Connect) -> None:
    async def run() -> None:
        async with open_client(tasks) as client:
            async with anyio.create_task_group() as group:
                group.start_soon(client.call_tool, "execute_task", {"task": "endless", "input": None})
                while not await executions(client):
                    await anyio.lowlevel.checkpoint()
                group.cancel_scope.cancel()
            identity = (await executions(client))[0]
            ended = await client.call_tool("get_execution", {"execution_id": identity, "wait_seconds": 10})
            assert ended.structured_content["status"] == "cancelled"

    anyio.run(run)


async def executions(client: Client) -> list[str]:
    """Return the ids of the executions that the server knows."""
    listed = await client.call_tool("list_executions", {})
    return [execution["execution_id"] for execution in listed.structured_content["executions"]]
