"""Tell clients of both eras that tasks have changed: the tools and the resources that they are."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Collection, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
from mcp.server.context import ServerRequestContext
from mcp.server.session import ServerSession
from mcp.server.subscriptions import (
    InMemorySubscriptionBus,
    ListenHandler,
    ResourcesListChanged,
    ResourceUpdated,
    ServerEvent,
    ToolsListChanged,
)
from mcp.types import (
    NotificationParams,
    ResourceListChangedNotification,
    ServerNotification,
    SubscriptionsListenRequestParams,
    SubscriptionsListenResult,
    ToolListChangedNotification,
)

from ratchet.mcp_server.principal import principal_of
from ratchet.mcp_server.uris import parse_uri

_MOST_SESSIONS = 1000
_PATIENCE_SECONDS = 5.0
_OVER = (anyio.RunFinishedError, anyio.BrokenResourceError, anyio.ClosedResourceError, CancelledError)

Context = ServerRequestContext[dict[str, Any]]


class Changes:
    """Knows who wants to hear of changes: every session of the older era, in the newer one who has asked."""

    def __init__(self) -> None:
        self._bus = InMemorySubscriptionBus()
        self._listening = ListenHandler(self._bus)
        self._wanted: Counter[str] = Counter()
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
        scopes = principal_of(context.request).scopes
        uris = params.notifications.resource_subscriptions or []
        seen = [uri for uri in uris if (task := _task_of(uri)) is None or scopes.allows("read", task.partition("/")[2])]
        if len(seen) < len(uris):
            notifications = params.notifications.model_copy(update={"resource_subscriptions": seen})
            params = params.model_copy(update={"notifications": notifications})
        wanted = Counter(set(seen))
        self._wanted += wanted
        try:
            return await self._listening(context, params)
        finally:
            self._wanted -= wanted

    def tell(self, tools: bool, tasks: Collection[str]) -> None:
        """Say what has changed, from any thread.

        Args:
            tools: Whether the list of tools has.
            tasks: The tasks that have, by `source/name@version`; with them the list of resources.
        """
        if self._token is None:
            return  # Nobody is there yet.
        addresses = {task.partition("@")[0] for task in tasks}
        with suppress(*_OVER):
            anyio.from_thread.run(self._tell, tools, addresses, token=self._token)

    async def _tell(self, tools: bool, tasks: Collection[str]) -> None:
        events: list[ServerEvent] = [ToolsListChanged()] if tools else []
        events += [ResourcesListChanged()] if tasks else []
        events += [ResourceUpdated(uri) for uri in self._wanted if _task_of(uri) in tasks]
        for event in events:
            await self._bus.publish(event)
        notifications: list[ServerNotification] = [ToolListChangedNotification()] if tools else []
        notifications += [ResourceListChangedNotification()] if tasks else []
        async with anyio.create_task_group() as group:
            for session in list(self._sessions.values()):
                group.start_soon(_send, session, notifications)


def _task_of(uri: str) -> str | None:
    """Return the task that a resource belongs to, as `source/name`."""
    parsed = parse_uri(uri)
    if parsed is None or len(parsed.steps) < 3 or parsed.steps[0] != "tasks":
        return None
    _, source, name, *_ = parsed.steps
    return f"{source}/{name.partition('@')[0]}"


async def _send(session: ServerSession, notifications: Sequence[ServerNotification]) -> None:
    # One that does not read keeps no other waiting.
    with anyio.move_on_after(_PATIENCE_SECONDS), suppress(*_OVER):
        for notification in notifications:
            await session.send_notification(notification)
