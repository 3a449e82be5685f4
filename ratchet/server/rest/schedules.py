"""Schedules: rules that make jobs."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field
from starlette.responses import Response

from ratchet.errors import Conflict, NotFound, TaskDisabled
from ratchet.jobs.asked import DEFAULT_QUEUE, MOST_RETRIES
from ratchet.jobs.asked_schedule import AskedSchedule
from ratchet.jobs.listing import SCHEDULES
from ratchet.jobs.priority import parse_priority
from ratchet.jobs.schedules import MOST_SHOWN
from ratchet.server.answer import json_answer
from ratchet.server.body import Body
from ratchet.server.describe import list_operation, operation
from ratchet.server.listing import page_answer, parameters_of, read_query
from ratchet.server.rest.asked import OF_ONE_TASK
from ratchet.server.rest.jobs import RECORDED, Priority
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.service import ServiceOf
from ratchet.values import Json, JsonObject

router = APIRouter(prefix=PREFIX, tags=["schedules"])
ScheduleName = Annotated[
    str, Path(pattern="^[a-z0-9][a-z0-9._-]{0,63}$", description="The name of the schedule, or its id")
]
_LOCATED: JsonObject = {"Location": {"description": "The address of the schedule", "schema": {"type": "string"}}}


class ScheduleBody(Body):
    """A schedule."""

    name: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9._-]{0,63}$")]
    task: Annotated[str, Field(max_length=300, description="The name of a task, with a source or a version")]
    cron: Annotated[str, Field(max_length=200, description="A cron expression, such as `0 6 * * mon-fri`")]
    input: Annotated[Json, Field(description="What the task's input schema asks for; `{}` without it")] = {}  # noqa: RUF012
    time_zone: Annotated[str, Field(max_length=100, description="Such as `Europe/Zurich`")] = "UTC"
    queue: Annotated[str, Field(max_length=64)] = DEFAULT_QUEUE
    priority: Priority = "normal"
    max_retries: Annotated[int | None, Field(ge=0, le=MOST_RETRIES)] = None
    overlap: Annotated[
        Literal["skip", "queue", "parallel"], Field(description="What to do while the job before is under way")
    ] = "skip"
    misfire: Annotated[
        Literal["skip", "run_once", "run_all"], Field(description="What to do about times when nobody was there")
    ] = "skip"
    max_executions: Annotated[int | None, Field(ge=1, le=1_000_000_000)] = None
    record: Annotated[bool, Field(description=RECORDED)] = False
    enabled: bool = True

    def asked(self) -> AskedSchedule:
        """Return the schedule as it is asked for."""
        return AskedSchedule(**{**self.model_dump(), "priority": parse_priority(self.priority)})


@router.get("/schedules", **list_operation("List schedules", "ScheduleInList", list(parameters_of(SCHEDULES))))
def list_schedules(request: Request, service: ServiceOf) -> Response:
    """Find schedules by name and task; one alone is shown with its input."""
    query, counted = read_query(request, SCHEDULES)
    page = service.schedules.list(query)
    total = service.schedules.count(query) if counted else None
    return page_answer(request, list(page.items), query, page.following, total)


@router.post(
    "/schedules",
    **operation(
        "Create a schedule", "Schedule", errors=(*OF_ONE_TASK, Conflict, TaskDisabled), status=201, headers=_LOCATED
    ),
)
def create_schedule(request: Request, service: ServiceOf, body: ScheduleBody) -> Response:
    """Have a task run at times that a cron expression gives."""
    made = service.schedules.create(body.asked())
    return json_answer(made, 201, {"Location": f"{request.url.path}/{made['name']}"})


@router.get("/schedules/{name}", **operation("Get a schedule", "Schedule", errors=(NotFound,)))
def get_schedule(service: ServiceOf, name: ScheduleName) -> Response:
    """Show a schedule, with its next time."""
    return json_answer(service.schedules.get(name))


@router.put(
    "/schedules/{name}", **operation("Update a schedule", "Schedule", errors=(*OF_ONE_TASK, Conflict, TaskDisabled))
)
def update_schedule(service: ServiceOf, name: ScheduleName, body: ScheduleBody) -> Response:
    """Give a schedule other values; what it has done stays."""
    return json_answer(service.schedules.replace(name, body.asked()))


@router.delete("/schedules/{name}", **operation("Delete a schedule", None, errors=(NotFound,), status=204))
def delete_schedule(service: ServiceOf, name: ScheduleName) -> Response:
    """Remove a schedule; its jobs stay."""
    service.schedules.delete(name)
    return Response(status_code=204)


@router.post("/schedules/{name}/enable", **operation("Enable a schedule", "Schedule", errors=(NotFound, Conflict)))
def enable_schedule(service: ServiceOf, name: ScheduleName) -> Response:
    """Let a schedule make jobs from now on."""
    return json_answer(service.schedules.enable(name))


@router.post("/schedules/{name}/disable", **operation("Disable a schedule", "Schedule", errors=(NotFound,)))
def disable_schedule(service: ServiceOf, name: ScheduleName) -> Response:
    """Let a schedule make no more jobs."""
    return json_answer(service.schedules.enable(name, enabled=False))


@router.post(
    "/schedules/{name}/trigger",
    **operation("Trigger a schedule", "Job", errors=(*OF_ONE_TASK, TaskDisabled), status=202),
)
def trigger_schedule(service: ServiceOf, name: ScheduleName) -> Response:
    """Make a job of a schedule now, beside its times."""
    return json_answer(service.schedules.trigger(name), 202)


@router.get("/schedules/{name}/preview", **operation("Preview the times", "Times", errors=(NotFound,)))
def preview_schedule(
    service: ServiceOf,
    name: ScheduleName,
    count: Annotated[int, Query(ge=1, le=MOST_SHOWN, description="How many; 5 without it")] = 5,
) -> Response:
    """Show the next times of a schedule, whether it is enabled or not."""
    return json_answer({"times": list(service.schedules.preview(name, count))})
