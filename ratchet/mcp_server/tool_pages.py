"""The list of tools, page by page: one large message is more than some clients take."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from mcp import MCPError
from mcp.types import INVALID_PARAMS
from mcp.types import Tool as WireTool

_log = logging.getLogger(__name__)

_MOST_BYTES = 512 * 1024
"""Clients over HTTP fail above 1 MiB in one event."""


def page_of_tools(tools: Sequence[WireTool], cursor: str | None) -> tuple[list[WireTool], str | None]:
    """Return the tools after a cursor, and the cursor of the page after them; None where there are no more.

    Raises:
        MCPError: The cursor is none that was given out.
    """
    start = _start(tools, cursor)
    room = _MOST_BYTES
    page: list[WireTool] = []
    for tool in tools[start:]:
        size = _size_of(tool)
        if size is None:
            continue
        room -= size
        if room < 0 and page:
            return page, page[-1].name
        page.append(tool)
    return page, None


def _size_of(tool: WireTool) -> int | None:
    """Return the size of a tool, None for one that cannot be sent: it would take the whole list with it."""
    try:
        return len(tool.model_dump_json(by_alias=True))
    except ValueError as error:
        _log.warning("The tool `%s` cannot be listed: %s", tool.name, error)
        return None


def _start(tools: Sequence[WireTool], cursor: str | None) -> int:
    """Return where the page begins: after the tool that the cursor names, which may be gone by now."""
    if cursor is None:
        return 0
    for index, tool in enumerate(tools):
        if tool.name == cursor:
            return index + 1
    raise MCPError(INVALID_PARAMS, "The list has changed since that page: begin again without a cursor")
