"""Who works on jobs: the nodes of the store; and the workers of this one."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from ratchet.jobs.node import list_nodes
from ratchet.server.answer import json_answer
from ratchet.server.describe import operation
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.service import ServiceOf

router = APIRouter(prefix=PREFIX, tags=["nodes"])


@router.get("/nodes", **operation("List nodes", "Nodes"))
def get_nodes(service: ServiceOf) -> Response:
    """Show every node that works on jobs, when it was last heard of, and what it works on."""
    return json_answer({"data": list_nodes(service.store)})


@router.get("/workers", **operation("Count the workers", "Workers"))
def get_workers(service: ServiceOf) -> Response:
    """Tell what the worker processes of this server do, and how many executions wait for one."""
    pool = service.runtime.pool
    return json_answer(
        {"engine": pool.engine, "most": pool.most, "busy": pool.busy, "ready": pool.ready, "waiting": pool.waiting}
    )
