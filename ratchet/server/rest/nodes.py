"""Who works on jobs, the nodes of the store, and what the workers of each do."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from ratchet.errors import NotFound
from ratchet.jobs.node import list_nodes, list_workers, the_node
from ratchet.jobs.words import NODE_STATUSES
from ratchet.server.answer import json_answer
from ratchet.server.describe import list_operation, operation
from ratchet.server.listing import list_answer, parameters_of
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.service import ServiceOf
from ratchet.store.fields import Field, by_name
from ratchet.store.query import Unstored

router = APIRouter(prefix=PREFIX, tags=["nodes"])
NodeId = Annotated[str, Path(alias="id", pattern="^[A-Za-z0-9.-]{1,64}$", description="The id of the node")]
_ID = Field("id", None, "word")
_NODES = Unstored(
    by_name(_ID, Field("host", None, "word"), Field("status", None, "word", choices=NODE_STATUSES)), ("id", "host")
)
_WORKERS = Unstored(by_name(_ID, Field("engine", None, "word")), ("id",))


@router.get("/nodes", **list_operation("List nodes", "Node", list(parameters_of(_NODES))))
def get_nodes(request: Request, service: ServiceOf) -> Response:
    """Show every node that works on jobs, when it was last heard of, and what it works on."""
    return list_answer(request, _NODES, list_nodes(service.store))


@router.get("/nodes/{id}", **operation("Get a node", "Node", errors=(NotFound,)))
def get_node(service: ServiceOf, identity: NodeId) -> Response:
    """Show a node, when it was last heard of, and what it works on."""
    return json_answer(the_node(list_nodes(service.store), identity))


@router.get("/workers", **list_operation("List workers", "Workers", list(parameters_of(_WORKERS))))
def get_workers(request: Request, service: ServiceOf) -> Response:
    """Tell of every node what its worker processes run, and how many executions wait for one."""
    return list_answer(request, _WORKERS, list_workers(service.store))


@router.get("/workers/{id}", **operation("Get the workers of a node", "Workers", errors=(NotFound,)))
def get_workers_of_node(service: ServiceOf, identity: NodeId) -> Response:
    """Tell what the worker processes of a node run, and how many executions wait for one."""
    return json_answer(the_node(list_workers(service.store), identity))
