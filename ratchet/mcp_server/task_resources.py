"""Tasks as resources: what a task is, its files, its schemas, its README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ratchet.errors import NotFound, RatchetError
from ratchet.mcp_server.find_tools import describe, entries_of
from ratchet.mcp_server.resource import JSON_TYPE, Content, Kind, Listed, Template, file_content
from ratchet.mcp_server.uris import uri_of
from ratchet.mcp_server.workshop import Workshop
from ratchet.task.model import Task
from ratchet.task.text import printable
from ratchet.values import JsonObject

_NAME = "tasks"
_FILES = "files"
_README = "readme"
_SCHEMAS = ("input-schema", "output-schema")


def task_uri(source: str, name: str) -> str:
    """Return the address of what a task is."""
    return uri_of(_NAME, source, name)


def file_uri(source: str, name: str, path: str) -> str:
    """Return the address of a file of a task."""
    return uri_of(_NAME, source, name, _FILES, *path.split("/"))


def _listed(workshop: Workshop) -> Iterator[Listed]:
    for entry in entries_of(workshop.catalogue.read()):
        try:
            task = entry.load()
        except RatchetError:
            continue  # `list_tasks` tells of it.
        name = f"{entry.name}@{entry.version}"
        yield Listed(task_uri(entry.source, name), task.metadata.label, entry.summary, JSON_TYPE)
        source = file_content(task.entrypoint, task.files[task.entrypoint])
        yield Listed(
            file_uri(entry.source, name, task.entrypoint), f"Source of {name}", "What the task runs", source.mime_type
        )
        for key, schema in _schemas(task).items():
            if schema is not None:
                title = f"The {key.replace('-', ' ')} of {name}"
                yield Listed(uri_of(_NAME, entry.source, name, key), title, "JSON Schema", JSON_TYPE)
        if _readme(task) is not None:
            yield Listed(uri_of(_NAME, entry.source, name, _README), f"README of {name}", "For people", "text/markdown")


def _read(workshop: Workshop, steps: tuple[str, ...]) -> Content:
    if len(steps) < 2:
        raise NotFound("Name a source and a task: `ratchet://tasks/SOURCE/NAME`")
    source, name, *part = steps
    task, _ = workshop.catalogue.find(f"{source}/{name}")
    if not part:
        return Content(JSON_TYPE, {**describe(task, source), "resources": _resources(task, source)})
    if part == [_README] and _readme(task) is not None:
        return _file(task, _readme(task) or "")
    if len(part) == 1 and _schemas(task).get(part[0]) is not None:
        return Content(JSON_TYPE, _schemas(task)[part[0]])
    if part[0] == _FILES and len(part) > 1:
        return _file(task, "/".join(part[1:]))
    raise NotFound(f"The task `{task.name}` has nothing of that name")


def _file(task: Task, path: str) -> Content:
    """Return a file by what the task calls it: a key of those it holds, so that nothing else can be reached."""
    if path not in task.files:
        raise NotFound(f"The task `{task.name}` has no file `{printable(path)}`")
    return file_content(path, task.files[path])


def _schemas(task: Task) -> JsonObject:
    return dict(zip(_SCHEMAS, (task.input_schema, task.output_schema), strict=True))


def _readme(task: Task) -> str | None:
    return next((path for path in sorted(task.files) if path.lower() in ("readme.md", "readme", "readme.txt")), None)


def _resources(task: Task, source: str) -> JsonObject:
    """Return the address of everything else that a task has."""
    name = f"{task.name}@{task.version}"
    return {
        "files": [file_uri(source, name, path) for path in sorted(task.files)],
        "schemas": [uri_of(_NAME, source, name, key) for key, schema in _schemas(task).items() if schema is not None],
        "readme": None if _readme(task) is None else uri_of(_NAME, source, name, _README),
    }


def _complete(workshop: Workshop, variable: str, known: Mapping[str, str]) -> list[str]:
    entries = entries_of(workshop.catalogue.read())
    if variable == "source":
        return sorted({entry.source for entry in entries})
    chosen = [entry for entry in entries if known.get("source") in (None, "", entry.source)]
    if variable == "name":
        return sorted({entry.name for entry in chosen})
    if variable == "path":
        named = [entry for entry in chosen if known.get("name") in (entry.name, f"{entry.name}@{entry.version}")]
        return sorted({path for entry in named for path in entry.load().files})
    return []


TASKS = Kind(
    _NAME,
    (
        Template(("{source}", "{name}"), "A task", "What it takes, gives back and may reach; its source", JSON_TYPE),
        Template(("{source}", "{name}", _FILES, "{+path}"), "A file of a task", "Its source, its cases, its data"),
        Template(("{source}", "{name}", "input-schema"), "The input schema of a task", "JSON Schema", JSON_TYPE),
        Template(("{source}", "{name}", "output-schema"), "The output schema of a task", "JSON Schema", JSON_TYPE),
        Template(("{source}", "{name}", _README), "The README of a task", "For people", "text/markdown"),
    ),
    _listed,
    _read,
    _complete,
)
