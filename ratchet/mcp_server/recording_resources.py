"""Recordings as resources: what an execution did and saw of its surroundings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ratchet.errors import NotFound, RatchetError
from ratchet.mcp_server.execution_resources import execution_ids
from ratchet.mcp_server.resource import JSON_TYPE, Content, Kind, Listed, Template, file_content
from ratchet.mcp_server.uris import uri_of
from ratchet.mcp_server.workshop import Workshop
from ratchet.task.text import printable

_NAME = "recordings"


def _listed(workshop: Workshop) -> Iterator[Listed]:
    for execution in workshop.executions.all():
        if workshop.executions.has_recording(execution.id):
            title = f"Recording of {execution.task.name}@{execution.task.version}"
            yield Listed(uri_of(_NAME, execution.id), title, "The files of a recording", JSON_TYPE)


def _read(workshop: Workshop, steps: tuple[str, ...]) -> Content:
    identity, *path = steps or ("",)
    files = _files(workshop, identity)
    if not path:
        return Content(JSON_TYPE, {"files": [uri_of(_NAME, identity, *name.split("/")) for name in sorted(files)]})
    name = "/".join(path)
    if name not in files:
        raise NotFound(f"The recording has no file `{printable(name)}`")
    content = file_content(name, files[name])
    # A page of what the execution took, gave or asked for is JSON too; the files of the task are given as they are.
    own = content.mime_type == JSON_TYPE and len(path) == 1
    return Content(JSON_TYPE, json.loads(files[name])) if own else content


def _files(workshop: Workshop, identity: str) -> dict[str, bytes]:
    return workshop.executions.recorded_files(identity)


def _complete(workshop: Workshop, variable: str, known: Mapping[str, str]) -> list[str]:
    if variable == "execution_id":
        return [each for each in execution_ids(workshop) if workshop.executions.has_recording(each)]
    try:
        return sorted(_files(workshop, known.get("execution_id", ""))) if variable == "file" else []
    except RatchetError:
        return []


RECORDINGS = Kind(
    _NAME,
    (
        Template(("{execution_id}",), "A recording", "The addresses of its files", JSON_TYPE),
        Template(("{execution_id}", "{+file}"), "A file of a recording", "Such as `requests.har` or `session.json`"),
    ),
    _listed,
    _read,
    _complete,
)
