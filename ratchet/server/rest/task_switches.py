"""Tasks switched off and on, by their names: whatever the source, the version, and the door they are asked through."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ratchet.server.answer import json_answer
from ratchet.server.describe import operation
from ratchet.server.rest.asked import OF_ONE_TASK, Found, Offered
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.rest.task_parts import task_document
from ratchet.server.service import Service, ServiceOf

router = APIRouter(prefix=PREFIX, tags=["tasks"])
_TAGGED = {"ETag": {"description": "Names this state of the task", "schema": {"type": "string"}}}


@router.post("/tasks/{name}/enable", **operation("Enable a task", "Task", errors=OF_ONE_TASK, headers=_TAGGED))
def enable_task(service: ServiceOf, found: Found) -> Response:
    """Let a task run again."""
    return _switch(service, found, enabled=True)


@router.post("/tasks/{name}/disable", **operation("Disable a task", "Task", errors=OF_ONE_TASK, headers=_TAGGED))
def disable_task(service: ServiceOf, found: Found) -> Response:
    """Have every run of a task of this name refused, whatever its source; what runs already goes on."""
    return _switch(service, found, enabled=False)


def _switch(service: Service, found: Offered, *, enabled: bool) -> Response:
    service.switches.set(found.task.name, enabled=enabled)
    now = found._replace(enabled=enabled)
    return json_answer(task_document(now.task, now.source, enabled=enabled), headers={"ETag": now.tag})
