"""Executions as resources: the document, the output alone, the console."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ratchet.errors import NotFound
from ratchet.execution.document import Execution
from ratchet.mcp_server.resource import JSON_TYPE, Content, Kind, Listed, Template
from ratchet.mcp_server.uris import uri_of
from ratchet.mcp_server.workshop import Workshop

_NAME = "executions"
_OUTPUT = "output"
_LOG = "log"


def document_uri(identity: str) -> str:
    """Return the address of the document of an execution."""
    return uri_of(_NAME, identity)


def output_uri(identity: str) -> str:
    """Return the address of the output of an execution."""
    return uri_of(_NAME, identity, _OUTPUT)


def _listed(workshop: Workshop) -> Iterator[Listed]:
    for execution in workshop.executions.all():
        title = f"{execution.task.name}@{execution.task.version}, {execution.status}"
        yield Listed(document_uri(execution.id), title, "The document of an execution", JSON_TYPE)
        if execution.output_json is not None:
            yield Listed(output_uri(execution.id), f"Output of {title}", "The output of an execution", JSON_TYPE)


def _read(workshop: Workshop, steps: tuple[str, ...]) -> Content:
    identity, *part = steps
    execution = workshop.executions.find(identity).look()
    if not part:
        return Content(JSON_TYPE, execution.to_json())
    if part == [_OUTPUT]:
        return _output(execution)
    if part == [_LOG]:
        lines = [f"{line.time_ms} ms {line.level}: {line.text}\n" for line in execution.console]
        return Content("text/plain", "".join(lines), is_text=True)
    raise NotFound("An execution has `output` and `log`")


def _output(execution: Execution) -> Content:
    if execution.output_json is None:
        raise NotFound(f"The execution is {execution.status}: it has no output")
    return Content(JSON_TYPE, execution.to_json()["output"])


def _complete(workshop: Workshop, variable: str, known: Mapping[str, str]) -> list[str]:
    return execution_ids(workshop) if variable == "execution_id" else []


def execution_ids(workshop: Workshop) -> list[str]:
    """Return the ids of the executions that are known, the newest first."""
    return [execution.id for execution in workshop.executions.all()]


EXECUTIONS = Kind(
    _NAME,
    (
        Template(("{execution_id}",), "An execution", "Its document: status, output, error, requests", JSON_TYPE),
        Template(
            ("{execution_id}", _OUTPUT),
            "The output of an execution",
            "`?pointer=/a/b` chooses a part; `&offset=100` passes over items, keys or characters of it",
            JSON_TYPE,
        ),
        Template(("{execution_id}", _LOG), "The console of an execution", "Each line with its time", "text/plain"),
    ),
    _listed,
    _read,
    _complete,
)
