"""Who works on jobs: the nodes of the store; and the workers of this one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from ratchet.errors import NotFound
from ratchet.execution.document import Execution
from ratchet.jobs.node import find_node, list_nodes
from ratchet.server.answer import json_answer
from ratchet.server.describe import operation
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.service import ServiceOf
from ratchet.store.columns import moment_of
from ratchet.task.moment import render_moment
from ratchet.values import JsonObject

router = APIRouter(prefix=PREFIX, tags=["nodes"])
NodeId = Annotated[str, Path(alias="id", pattern="^[A-Za-z0-9.-]{1,64}$", description="The id of the node")]


@router.get("/nodes", **operation("List nodes", "Nodes"))
def get_nodes(service: ServiceOf) -> Response:
    """Show every node that works on jobs, when it was last heard of, and what it works on."""
    return json_answer({"data": list_nodes(service.store)})


@router.get("/nodes/{id}", **operation("Get a node", "Node", errors=(NotFound,)))
def get_node(service: ServiceOf, identity: NodeId) -> Response:
    """Show a node, when it was last heard of, and what it works on."""
    return json_answer(find_node(service.store, identity))


@router.get("/workers", **operation("Count the workers", "Workers"))
def get_workers(service: ServiceOf) -> Response:
    """Tell what the worker processes of this server run, and how many executions wait for one."""
    pool = service.runtime.pool
    running = [_running_json(each) for each in service.executions.all() if each.status == "running"]
    return json_answer(
        {
            "engine": pool.engine,
            "most": pool.most,
            "busy": pool.busy,
            "ready": pool.ready,
            "waiting": pool.waiting,
            "executions": running,
        }
    )


def _running_json(execution: Execution) -> JsonObject:
    started = execution.started_at or execution.created_at
    return {"id": execution.id, "task": execution.task.name, "started_at": render_moment(moment_of(started))}
