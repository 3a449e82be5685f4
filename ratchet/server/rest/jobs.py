"""Jobs: executions that wait for their turn, and outlive this process."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request
from pydantic import AwareDatetime, Field, StrictInt
from starlette.responses import Response

from ratchet.errors import Conflict, InvalidInput, KeyReused, NotFound, TaskDisabled
from ratchet.jobs.asked import DEFAULT_QUEUE, IDEMPOTENCY_KEY, MOST_BACKOFF_SECONDS, MOST_RETRIES, Asked
from ratchet.jobs.jobs import SHORTEST_PREFIX
from ratchet.jobs.listing import JOBS
from ratchet.jobs.priority import parse_priority
from ratchet.server.answer import json_answer
from ratchet.server.body import Body
from ratchet.server.describe import list_operation, operation
from ratchet.server.listing import page_answer, parameters_of, read_query
from ratchet.server.rest.asked import OF_ONE_TASK
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.service import ServiceOf
from ratchet.values import Json, JsonObject

router = APIRouter(prefix=PREFIX, tags=["jobs"])
JobId = Annotated[
    str,
    Path(alias="id", pattern=f"^[0-9a-f-]{{{SHORTEST_PREFIX},36}}$", description="The id of the job, or its beginning"),
]
_LOCATED: JsonObject = {"Location": {"description": "The address of the job", "schema": {"type": "string"}}}
Priority = Annotated[
    StrictInt | str,
    Field(description="`low`, `normal`, `high`, `urgent`, or a number from 1 to 100; the higher run first"),
]

RECORDED = "Keep what is needed to replay its executions"


class JobBody(Body):
    """A job."""

    task: Annotated[str, Field(max_length=300, description="The name of a task, with a source or a version")]
    input: Annotated[Json, Field(description="What the task's input schema asks for; `{}` without it")] = {}  # noqa: RUF012
    priority: Priority = "normal"
    queue: Annotated[str, Field(max_length=64)] = DEFAULT_QUEUE
    scheduled_for: Annotated[AwareDatetime | None, Field(description="When it may run; at once without it")] = None
    max_retries: Annotated[int | None, Field(ge=0, le=MOST_RETRIES)] = None
    backoff_seconds: Annotated[float | None, Field(ge=0, le=MOST_BACKOFF_SECONDS)] = None
    record: Annotated[bool, Field(description=RECORDED)] = False
    idempotency_key: Annotated[str | None, Field(pattern=IDEMPOTENCY_KEY, description="In place of the header")] = None


@router.get("/jobs", **list_operation("List jobs", "JobInList", list(parameters_of(JOBS))))
def list_jobs(request: Request, service: ServiceOf) -> Response:
    """Find jobs by status, task and queue, the newest first; one alone is shown with its input."""
    query, counted = read_query(request, JOBS)
    page = service.jobs.list(query)
    total = service.jobs.count(query) if counted else None
    return page_answer(request, list(page.items), query, page.following, total)


@router.post(
    "/jobs",
    **operation(
        "Create a job", "Job", errors=(*OF_ONE_TASK, TaskDisabled, KeyReused), status=202, also=(200,), headers=_LOCATED
    ),
)
def create_job(
    request: Request,
    service: ServiceOf,
    body: JobBody,
    idempotency_key: Annotated[
        str | None, Header(pattern=IDEMPOTENCY_KEY, description="Asking again with the same one makes no second job")
    ] = None,
) -> Response:
    """Put a task into the queue; once this is answered, the job is run whatever becomes of the server.

    The answer is 200 where the idempotency key has made the job before.
    """
    asked = Asked(**{**body.model_dump(), "priority": parse_priority(body.priority)})
    if idempotency_key is not None:
        if body.idempotency_key not in (None, idempotency_key):
            raise InvalidInput("The header and the body name different idempotency keys", hint="Write one of them")
        asked = asked._replace(idempotency_key=idempotency_key)
    made = service.jobs.create(asked)
    headers = {"Location": f"{request.url.path}/{made.job['id']}"}
    return json_answer(made.job, 202 if made.is_new else 200, headers)


@router.get("/jobs/stats", **operation("Count the jobs", "JobStats"))
def get_job_stats(service: ServiceOf) -> Response:
    """Tell how many jobs there are of each status, and how many of each queue have not ended."""
    return json_answer(service.jobs.stats())


@router.get("/jobs/{id}", **operation("Get a job", "JobWithHistory", errors=(NotFound, Conflict)))
def get_job(service: ServiceOf, identity: JobId) -> Response:
    """Show a job with its attempts, and its output once it has completed."""
    return json_answer(service.jobs.get(identity))


@router.post("/jobs/{id}/cancel", **operation("Cancel a job", "Job", errors=(NotFound, Conflict)))
def cancel_job(service: ServiceOf, identity: JobId) -> Response:
    """Take a job out of the queue, or stop what it has come to."""
    return json_answer(service.jobs.cancel(identity))


@router.post("/jobs/{id}/retry", **operation("Run a job again", "Job", errors=(*OF_ONE_TASK, Conflict, TaskDisabled)))
def retry_job(service: ServiceOf, identity: JobId) -> Response:
    """Put a job that has ended back into the queue, with the task as it is now."""
    return json_answer(service.jobs.retry(identity))
