"""Read an `Execution` back from its document; keys of a later version are passed over."""

from __future__ import annotations

import json
from datetime import datetime

from ratchet.errors import InvalidRecording
from ratchet.execution.document import (
    ConsoleLine,
    Execution,
    ExecutionError,
    RequestMade,
    TaskReference,
)
from ratchet.task.model import Limits
from ratchet.values import Json, JsonObject, Place

_FAMILY = "ratchet.execution/1"
_STATUSES = ("pending", "running", "completed", "failed", "cancelled")
_AS_THEY_ARE = (
    "id", "status", "input", "console_dropped", "progress", "duration_ms", "queued_ms", "used", "engine", "attempt",
    "job_id", "schedule_id", "parent_id", "recording",
)  # fmt: skip


def read_execution(document: Json) -> Execution:
    """Return the execution that a document describes.

    Raises:
        InvalidRecording: It is none, or one of a version to come.
    """
    try:
        if document["schema"] != _FAMILY or document["status"] not in _STATUSES or not isinstance(document["id"], str):
            raise InvalidRecording("The document of the execution is of another version")
        return _execution_of(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidRecording("The document is none of an execution") from None


def _execution_of(document: JsonObject) -> Execution:
    created = _seconds(document["created_at"])
    if created is None:
        raise ValueError("an execution has a time")
    return Execution(
        task=TaskReference(*(_text(document["task"][name]) for name in TaskReference._fields)),
        limits=Limits(**{name: document["limits"][name] for name in Limits._fields if name in document["limits"]}),
        created_at=created,
        started_at=_seconds(document["started_at"]),
        finished_at=_seconds(document["finished_at"]),
        output_json=_json_of(document["output"]) if document["status"] == "completed" else None,
        error=None if document["error"] is None else _error_of(document["error"]),
        console=tuple(
            ConsoleLine(_text(each["level"]), each["time_ms"], _text(each["text"])) for each in document["console"]
        ),
        requests=tuple(_request_of(each) for each in document["requests"]),
        **{name: document[name] for name in _AS_THEY_ARE},
    )


def _json_of(output: Json) -> str:
    """Return an output as its task has written it."""
    return json.dumps(output, separators=(",", ":"), ensure_ascii=False)


def _error_of(error: JsonObject) -> ExecutionError:
    place = Place(error["file"], error["line"], error["column"]) if error["file"] else None
    facts = {name: error[name] for name in ExecutionError._fields if name != "place"}
    return ExecutionError(place=place, **facts)


def _request_of(request: JsonObject) -> RequestMade:
    return RequestMade(**{name: request["from" if name == "source" else name] for name in RequestMade._fields})


def _seconds(moment: Json) -> float | None:
    return None if moment is None else datetime.fromisoformat(moment).timestamp()


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is expected")
    return value
