"""Tell clients of both eras that the list of tools has changed."""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
from mcp.server.context import ServerRequestContext
from mcp.server.session import ServerSession
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.types import (
    NotificationParams,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    ToolListChangedNotification,
)

_MOST_SESSIONS = 1000
_PATIENCE_SECONDS = 5.0
_OVER = (anyio.RunFinishedError, anyio.BrokenResourceError, anyio.ClosedResourceError, CancelledError)

Context = ServerRequestContext[dict[str, Any]]


class Changes:
    """Knows who wants to hear of changes: every session of the older era, in the newer one who has asked."""

    def __init__(self) -> None:
        self._bus = InMemorySubscriptionBus()
        self._listening = ListenHandler(self._bus)
        self._sessions: OrderedDict[int, ServerSession] = OrderedDict()
        self._token: anyio.lowlevel.EventLoopToken | None = None

    async def initialized(self, context: Context, params: NotificationParams) -> None:
        """Take a session in (MCP 2025-11-25, lifecycle); nobody says when it ends, and then nothing is sent."""
        self._token = anyio.lowlevel.current_token()
        self._sessions[id(context.session)] = context.session
        if len(self._sessions) > _MOST_SESSIONS:
            self._sessions.popitem(last=False)

    async def listen(self, context: Context, params: SubscriptionsListenRequestParams) -> SubscriptionsListenResult:
        """Serve a subscription (MCP 2026-07-28) until its client has had enough."""
        self._token = anyio.lowlevel.current_token()
        return await self._listening(context, params)

    def tell_tools(self) -> None:
        """Say that the list of tools has changed, from any thread."""
        if self._token is None:
            return  # Nobody is there yet.
        with suppress(*_OVER):
            anyio.from_thread.run(self._tell_tools, token=self._token)

    async def _tell_tools(self) -> None:
        await self._bus.publish(ToolsListChanged())
        async with anyio.create_task_group() as group:
            for session in list(self._sessions.values()):
                group.start_soon(_send, session)


async def _send(session: ServerSession) -> None:
    # One that does not read keeps no other waiting.
    with anyio.move_on_after(_PATIENCE_SECONDS), suppress(*_OVER):
        await session.send_notification(ToolListChangedNotification())
