"""`ratchet mcp --transport http` with what the conformance suite asks for and Ratchet itself has no use for.

What a task can do is a task beside this file. The rest, such as asking a client's model or answering in rounds, is
added to the server's own handlers here, so that it passes through the same transport, guard and eras.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import fixture_jobs
import fixture_prompts
import fixture_tools
from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity

from ratchet.cli import main
from ratchet.mcp_server import protocol
from ratchet.mcp_server.tool import Tool

_TEXT = types.TextResourceContents(uri="test://static-text", mime_type="text/plain", text="A static text")
_IMAGE = types.BlobResourceContents(uri="test://static-binary", mime_type="image/png", blob=fixture_tools.PNG)
_TEMPLATE = "test://template/"

Handler = Callable[[Any, Any], Awaitable[Any]]


def add_fixtures(server: Server[dict[str, Any]]) -> None:
    """Put what the suite asks for in front of the server's own handlers."""
    server.middleware.append(RequestStateBoundary(RequestStateSecurity.ephemeral(), default_audience="fixture"))
    _list_more(server, "tools/list", types.ListToolsResult, "tools", fixture_tools.TOOLS)
    _answer_first(server, "tools/call", types.CallToolRequestParams, fixture_tools.call)
    _answer_first(server, "resources/read", types.ReadResourceRequestParams, _read)
    _list_more(server, "prompts/list", types.ListPromptsResult, "prompts", fixture_prompts.PROMPTS)
    _answer_first(server, "prompts/get", types.GetPromptRequestParams, fixture_prompts.get)
    _answer_first(server, "completion/complete", types.CompleteRequestParams, fixture_prompts.complete)
    _answer_first(server, "logging/setLevel", types.SetLevelRequestParams, _nothing)
    _answer_first(server, "resources/subscribe", types.SubscribeRequestParams, _nothing)
    _answer_first(server, "resources/unsubscribe", types.UnsubscribeRequestParams, _nothing)


def _answer_first(server: Server[dict[str, Any]], method: str, params_type: type[Any], answer: Handler) -> None:
    """Ask a handler before the server's own, which gets what the first answers with None."""
    own = server.get_request_handler(method)

    async def handle(context: Any, params: Any) -> Any:
        result = await answer(context, params)
        if result is None and own is not None:
            return await own.handler(context, params)
        return result

    server.add_request_handler(method, params_type, handle)


def _list_more(
    server: Server[dict[str, Any]], method: str, kind: type[Any], field: str, more: Sequence[types.Tool | types.Prompt]
) -> None:
    own = server.get_request_handler(method)

    async def handle(context: Any, params: Any) -> Any:
        result: Any = kind(**{field: []}) if own is None else await own.handler(context, params)
        return result.model_copy(update={field: [*getattr(result, field), *more]})

    server.add_request_handler(method, types.PaginatedRequestParams, handle)


async def _read(context: Any, params: types.ReadResourceRequestParams) -> types.ReadResourceResult | None:
    known: dict[str, types.TextResourceContents | types.BlobResourceContents]
    known = {_TEXT.uri: _TEXT, _IMAGE.uri: _IMAGE}
    if params.uri in known:
        return types.ReadResourceResult(contents=[known[params.uri]])
    if not params.uri.startswith(_TEMPLATE):
        return None
    text = f'{{"id": "{params.uri.removeprefix(_TEMPLATE).removesuffix("/data")}"}}'
    content = types.TextResourceContents(uri=params.uri, mime_type="application/json", text=text)
    return types.ReadResourceResult(contents=[content])


async def _nothing(context: Any, params: Any) -> types.EmptyResult:
    return types.EmptyResult()


def serve() -> int:
    """Run the command with the fixtures in its server."""
    create_server = protocol.create_server

    def create(workshop: Any, tools: Sequence[Tool], *rest: Any, **options: Any) -> protocol.TaskServer:
        server = create_server(workshop, [*tools, *fixture_jobs.JOBS], *rest, **options)
        add_fixtures(server)
        return server

    protocol.create_server = create
    with tempfile.TemporaryDirectory() as folder:
        # A copy: one of the fixtures changes the tasks while it is asked.
        tasks = shutil.copytree(Path(__file__).parent / "tasks", os.path.join(folder, "tasks"))
        os.environ["FIXTURE_TASKS"] = str(tasks)
        return main(["mcp", "--transport", "http", "--no-auth", "--port", "0", "--tasks", str(tasks)])


if __name__ == "__main__":
    sys.exit(serve())
