"""Executions: how each goes, what it said and asked of the network, and how to end it."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from ratchet.errors import Conflict, NotFound
from ratchet.execution.keeper import SHORTEST_PREFIX
from ratchet.execution.recording import CAPSULE_SUFFIX, REQUESTS, capsule_of
from ratchet.execution.running import Running
from ratchet.jobs.node import node_of
from ratchet.server.answer import json_answer
from ratchet.server.describe import operation
from ratchet.server.rest.asked import OF_ONE_TASK
from ratchet.server.rest.events import MEDIA_TYPE, stream_events
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.rest.waiting import FAILED, LOCATED, MOST_WAIT_SECONDS, WAIT_SECONDS, execution_answer, wait_for
from ratchet.server.service import Service, ServiceOf

router = APIRouter(prefix=PREFIX, tags=["executions"])
ExecutionId = Annotated[
    str,
    Path(
        alias="id",
        pattern=f"^[0-9a-f-]{{{SHORTEST_PREFIX},36}}$",
        description="The id of the execution, or its beginning",
    ),
]
_OF_ONE = (NotFound, Conflict)
_CAPSULE = "application/zip"
_CANCEL_SECONDS = 30.0
_FOLLOWING = operation("Follow an execution", "Event", errors=_OF_ONE, media_type=MEDIA_TYPE)
_FOLLOWING["responses"][204] = {"description": "The client has seen the end"}


def find_execution(service: Service, identity: str) -> Running:
    """Return an execution.

    Raises:
        NotFound: There is none, or another node runs it.
        Conflict: More than one begins so.
    """
    try:
        return service.executions.find(identity)
    except NotFound:
        node = node_of(service.store, identity)
        if node is None:
            raise
        hint = "It is here once it has ended; `cancel` of its job reaches every node"
        raise NotFound(f"The execution `{identity}` is under way on the node `{node}`", hint=hint) from None


@router.get("/executions/{id}", **operation("Get an execution", "Execution", errors=_OF_ONE))
async def get_execution(
    service: ServiceOf,
    identity: ExecutionId,
    wait_seconds: Annotated[
        float, Query(ge=0, le=MOST_WAIT_SECONDS, description="How long to wait for its end; 0 without it")
    ] = 0.0,
) -> Response:
    """Show an execution as it is now, or when it has ended."""
    running = await run_in_threadpool(find_execution, service, identity)
    await wait_for(running, wait_seconds)
    return json_answer(running.look().to_json())


@router.get("/executions/{id}/log", **operation("Get the console", "ExecutionLog", errors=_OF_ONE))
def get_execution_log(service: ServiceOf, identity: ExecutionId) -> Response:
    """Show what the task has written to its console so far."""
    document = find_execution(service, identity).look().to_json()
    return json_answer({name: document[name] for name in ("console", "console_dropped")})


@router.get("/executions/{id}/requests", **operation("Get the requests", "Har", errors=_OF_ONE))
def get_execution_requests(service: ServiceOf, identity: ExecutionId) -> Response:
    """Show the HTTP requests of an execution that has ended, as HAR 1.2."""
    return json_answer(json.loads(service.executions.recorded_files(find_execution(service, identity).id)[REQUESTS]))


@router.get(
    "/executions/{id}/recording",
    **operation("Download the recording", "File", errors=_OF_ONE, media_type=_CAPSULE),
)
def get_execution_recording(service: ServiceOf, identity: ExecutionId) -> Response:
    """Download what `ratchet replay` runs again: the task, the input, and all that it saw."""
    identity = find_execution(service, identity).id
    data = capsule_of(service.executions.recorded_files(identity))
    name = f'attachment; filename="{identity}{CAPSULE_SUFFIX}"'
    return Response(data, media_type=_CAPSULE, headers={"Content-Disposition": name})


@router.get(
    "/executions/{id}/events",
    **_FOLLOWING,
)
async def follow_execution(
    service: ServiceOf,
    identity: ExecutionId,
    last_event_id: Annotated[
        int, Header(ge=0, le=1_000_000_000, description="The number of the last event that the client has")
    ] = 0,
) -> Response:
    """Stream what has happened and what happens, until the end; who has seen the end already is answered with 204."""
    events = (await run_in_threadpool(find_execution, service, identity)).events
    last = events.last
    if last is not None and last.kind == "finished" and last.number == last_event_id:
        return Response(status_code=204)
    if last is None or last_event_id > last.number:
        # The number is from another process, which has ended.
        last_event_id = 0
    return StreamingResponse(stream_events(events, last_event_id, service.closing), media_type=MEDIA_TYPE)


@router.post(
    "/executions/{id}/retry",
    **operation("Run it again", "Execution", errors=(*OF_ONE_TASK, *FAILED, Conflict), also=(202,), headers=LOCATED),
)
async def retry_execution(
    service: ServiceOf,
    identity: ExecutionId,
    wait_seconds: Annotated[
        float, Query(ge=0, le=MOST_WAIT_SECONDS, description="How long to wait for the end before the answer is 202")
    ] = WAIT_SECONDS,
) -> Response:
    """Run the task of an execution on its input once more, as the task is now."""
    running = await run_in_threadpool(_start_again, service, identity)
    await wait_for(running, wait_seconds)
    return execution_answer(running)


def _start_again(service: Service, identity: str) -> Running:
    before = find_execution(service, identity).look()
    task, source = service.catalogue.find(before.task.name)
    return service.executions.start(task, before.input, find_task=service.catalogue.finder(source))


@router.post("/executions/{id}/cancel", **operation("Cancel an execution", "Execution", errors=_OF_ONE))
async def cancel_execution(service: ServiceOf, identity: ExecutionId) -> Response:
    """End an execution; one that has ended stays as it is."""
    running = await run_in_threadpool(find_execution, service, identity)
    running.cancellation.cancel()
    await wait_for(running, _CANCEL_SECONDS)
    return json_answer(running.look().to_json())
