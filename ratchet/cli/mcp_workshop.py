"""What the tools of MCP work with, made of what a command has opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ratchet.registry.source import Source, path_of

if TYPE_CHECKING:
    from ratchet.cache import Cache
    from ratchet.config.configuration import Configuration
    from ratchet.execution.executions import Executions
    from ratchet.execution.runtime import Runtime
    from ratchet.mcp_server.desk import Desk
    from ratchet.mcp_server.workshop import Workshop
    from ratchet.registry.catalogue import Catalogue


def make_workshop(
    configuration: Configuration,
    runtime: Runtime,
    catalogue: Catalogue,
    executions: Executions,
    written: Source | None,
    desk: Callable[[], Desk] | None,
) -> Workshop:
    """Return what the tools work with.

    Args:
        written: The source whose folder tasks are written to; None where none are.
        desk: Opens where jobs are asked for; None where there is no store.
    """
    from ratchet.mcp_server.exposure import Exposure
    from ratchet.mcp_server.gate import Gate
    from ratchet.mcp_server.shelf import Shelf
    from ratchet.mcp_server.tools import ALL
    from ratchet.mcp_server.workshop import Workshop

    values = configuration.values
    choice = (tuple(values[f"mcp.{name}"]) for name in ("include", "exclude", "tags"))
    gate = Gate(runtime, values["mcp.publish"], _kept_apart(runtime.cache, catalogue.sources))
    exposure = Exposure(values["mcp.expose"], *choice)
    shelf = Shelf(catalogue, gate, exposure, {tool.name for tool in ALL}, written.name if written else None)
    folder = written.uri if written else None
    told = values["mcp.inline_bytes"], values["mcp.confirm"]
    return Workshop(runtime, catalogue, executions, shelf, folder, *told, desk)


def _kept_apart(cache: Cache | None, sources: Sequence[Source]) -> Cache | None:
    """Return the cache, None where it lies in a folder of tasks: who writes tasks would write verdicts on them."""
    folders = [os.path.realpath(path_of(source.uri)) for source in sources if not source.is_remote]
    kept = cache and os.path.realpath(cache.folder)
    inside = any(os.path.join(kept, "").startswith(os.path.join(folder, "")) for folder in folders if kept)
    return None if inside else cache
