"""Tasks that are written: created, replaced, changed in parts, taken away, in the folder that is for it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from ratchet.errors import Conflict, NotFound, NotPermitted, PreconditionFailed
from ratchet.registry.placing import Written
from ratchet.registry.writing import Check, only_if
from ratchet.registry.written import create, delete, edit, replace
from ratchet.server.answer import check_unchanged, json_answer
from ratchet.server.body import Body
from ratchet.server.describe import if_match, operation
from ratchet.server.rest.asked import SLUG, TaskName, offered
from ratchet.server.rest.prefix import PREFIX
from ratchet.server.rest.task_parts import task_document
from ratchet.server.service import Service, ServiceOf, Writable
from ratchet.task.load import load_task
from ratchet.values import Json, JsonObject

router = APIRouter(prefix=PREFIX, tags=["tasks"])
_CHANGES = (NotFound, NotPermitted, PreconditionFailed)
_TAGGED = {"ETag": {"description": "Names this state of the task", "schema": {"type": "string"}}}
_LOCATED = {**_TAGGED, "Location": {"description": "The address of the task", "schema": {"type": "string"}}}


class CaseBody(Body):
    """A test, as it stands in a file of `tests/`."""

    model_config = ConfigDict(extra="allow")
    name: Annotated[str, Field(min_length=1, max_length=200)]


class PartsBody(Body):
    """Parts of a task; what is not there stays as it is."""

    description: str | None = None
    source: Annotated[str | None, Field(description="JavaScript, such as `export default (input) => input`")] = None
    input_schema: Annotated[Json, Field(description="JSON Schema of the input")] = None
    output_schema: Annotated[Json, Field(description="JSON Schema of the output")] = None
    cases: list[CaseBody] | None = None
    permissions: dict[str, Any] | None = None
    version: Annotated[str | None, Field(description="A semantic version", max_length=64)] = None
    tags: list[str] | None = None


class WholeBody(PartsBody):
    """A whole task."""

    description: str
    source: Annotated[str, Field(description="JavaScript, such as `export default (input) => input`")]
    input_schema: Annotated[Json, Field(description="JSON Schema of the input")]
    output_schema: Annotated[Json, Field(description="JSON Schema of the output")]


class NewBody(WholeBody):
    """A new task."""

    name: Annotated[str, Field(pattern=SLUG)]


@router.post(
    "/tasks",
    **operation("Create a task", "Task", errors=(NotPermitted, Conflict), status=201, headers=_LOCATED),
)
def create_task(request: Request, service: ServiceOf, body: NewBody) -> Response:
    """Write a task into the folder that is for it."""
    place = writable(service)
    with service.writing:
        written = create(place.folder, {**_arguments(body), "name": body.name})
    return _answer(service, place, written, 201, {"Location": f"{request.url.path}/{body.name}"})


@router.put(
    "/tasks/{name}",
    **{**operation("Replace a task", "Task", errors=_CHANGES, headers=_TAGGED), "openapi_extra": if_match()},
)
def replace_task(request: Request, service: ServiceOf, name: TaskName, body: WholeBody) -> Response:
    """Write a task anew, its tests too; the former version is kept beside the folder's tasks."""
    place = writable(service)
    with service.writing:
        check = _check_own(request, service, place, name)
        written = replace(place.folder, name, _arguments(body), check)
    return _answer(service, place, written, 200, {})


@router.patch(
    "/tasks/{name}",
    **{**operation("Change a task", "Task", errors=_CHANGES, headers=_TAGGED), "openapi_extra": if_match()},
)
def change_task(request: Request, service: ServiceOf, name: TaskName, body: PartsBody) -> Response:
    """Change parts of a task; a test replaces the one of the same name. The former version is kept."""
    place = writable(service)
    with service.writing:
        check = _check_own(request, service, place, name)
        written = edit(place.folder, {**_arguments(body), "task": name}, check=check)
    return _answer(service, place, written, 200, {})


@router.delete(
    "/tasks/{name}",
    **{**operation("Delete a task", None, errors=_CHANGES, status=204), "openapi_extra": if_match()},
)
def delete_task(request: Request, service: ServiceOf, name: TaskName) -> Response:
    """Take a task out of the folder; it is kept beside the folder's tasks."""
    place = writable(service)
    with service.writing:
        delete(place.folder, name, _check_own(request, service, place, name))
    return Response(status_code=204)


def writable(service: Service) -> Writable:
    """Return where tasks are written.

    Raises:
        NotPermitted: Nowhere.
    """
    if service.writable is None:
        hint = "Start it with `ratchet serve --tasks DIR`"
        raise NotPermitted("There is no folder that this server may write tasks to", hint=hint)
    return service.writable


def _check_own(request: Request, service: Service, place: Writable, name: str) -> Check | None:
    """Refuse a change of a task that is not in the folder, or not any more as the client believes.

    Returns: What refuses it where somebody beside this server changes the task until then.
    """
    path = place.path_of(name)
    if path is None:
        hint = f"Tasks of the source `{place.source}` can be changed here"
        raise NotFound(f"There is no task `{name}` in the folder that may be written", hint=hint)
    if "if-match" not in request.headers:
        return None
    task = load_task(path)
    check_unchanged(request, offered(service, task, place.source).tag)
    return only_if(name, task.digest, "Read it again")


def _arguments(body: PartsBody) -> JsonObject:
    given = body.model_dump(exclude_unset=True, exclude={"name"})
    return {key: value for key, value in given.items() if value is not None or key.endswith("_schema")}


def _answer(service: Service, place: Writable, written: Written, status: int, headers: dict[str, str]) -> Response:
    now = offered(service, written.task, place.source)
    document = task_document(now.task, now.source, enabled=now.enabled)
    return json_answer(document, status, {"ETag": now.tag, **headers})
