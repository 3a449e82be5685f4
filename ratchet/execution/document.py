"""The `Execution` document, the same on every surface; its JSON Schema is `execution.schema.json` beside this file."""

from __future__ import annotations

import json
import os
import time
from typing import Literal, NamedTuple

from ratchet.errors import RatchetError, class_of
from ratchet.task.model import Limits
from ratchet.task.moment import render_moment
from ratchet.values import Json, JsonObject, Place, Problem

SCHEMA = "ratchet.execution/1"

Status = Literal["pending", "running", "completed", "failed", "cancelled"]


class ExecutionError(NamedTuple):
    """Why an execution did not complete.

    Args:
        code: Stable, from the error tree.
        name: The JavaScript class, where JavaScript threw.
        status: The HTTP status a typed error carries.
        stack: In terms of the task's own files.
        details: What helps to act on it: schema problems as `{pointer, message, hint?}`, the script's own code and the
            error's cause as `{code?, cause?}`.
    """

    code: str
    message: str
    name: str | None = None
    place: Place | None = None
    status: int | None = None
    stack: str | None = None
    hint: str | None = None
    details: Json = None

    @property
    def kind(self) -> type[RatchetError]:
        """The class of the error tree that the code belongs to."""
        return class_of(self.code)

    @property
    def sentence(self) -> str:
        """What happened, for a person; `message` alone is the script's own word."""
        if self.code != "script_error":
            return self.message
        if self.name is None:
            return f"The task threw `{self.message}`, which is not an error"
        words = f"{self.name}: {self.message}" if self.message else self.name
        sentence = f"The task threw {words}" if "`" in words else f"The task threw `{words}`"
        cause = self.details.get("cause") if isinstance(self.details, dict) else None
        return f"{sentence}, caused by `{cause}`" if cause else sentence

    def to_exception(self) -> RatchetError:
        """Return the error as an exception of its class."""
        problems = [
            Problem(entry["message"], pointer=entry["pointer"], hint=entry.get("hint"))
            for entry in (self.details if isinstance(self.details, list) else [])
        ]
        return self.kind(self.sentence, hint=self.hint, place=self.place, problems=problems)


class ConsoleLine(NamedTuple):
    """One line of the task's console.

    Args:
        level: debug, log, info, warn or error.
        time_ms: Since the start of the execution.
    """

    level: str
    time_ms: int
    text: str


class TaskReference(NamedTuple):
    """Which task ran, exactly.

    Args:
        source: Where it was loaded from, as the user named it.
    """

    name: str
    version: str
    digest: str
    source: str


class RequestMade(NamedTuple):
    """One HTTP request of the task.

    Args:
        status: None where there was no answer.
        bytes_out, bytes_in: Of the bodies.
        source: network, mock or recording.
        error: Why there was no answer.
    """

    method: str
    url: str
    status: int | None
    duration_ms: int
    bytes_out: int
    bytes_in: int | None
    source: str
    error: str | None

    def to_json(self) -> JsonObject:
        """Return the document's form."""
        facts = self._asdict()
        facts["from"] = facts.pop("source")
        return facts


_NOTHING_USED: JsonObject = {}


class Execution(NamedTuple):
    """One run of a task.

    Args:
        output_json: The output as the task's JSON text; None unless completed.
        progress: The last report: fraction (0 to 1), step, message, data.
        used: cpu_ms, memory_peak_bytes, output_bytes.
        engine: name, version, isolation (level, applied, missing).
        recording: Where what happened is kept, to be replayed.
        ran: The statements that ran, where the source counts them; no part of the document.
    """

    id: str
    task: TaskReference
    status: Status
    input: Json
    limits: Limits
    created_at: float
    started_at: float | None = None
    finished_at: float | None = None
    output_json: str | None = None
    error: ExecutionError | None = None
    console: tuple[ConsoleLine, ...] = ()
    console_dropped: int = 0
    progress: JsonObject | None = None
    requests: tuple[RequestMade, ...] = ()
    duration_ms: int | None = None
    queued_ms: int | None = None
    used: JsonObject = _NOTHING_USED
    engine: JsonObject | None = None
    attempt: int = 1
    job_id: str | None = None
    schedule_id: str | None = None
    parent_id: str | None = None
    recording: str | None = None
    ran: frozenset[int] = frozenset()

    @property
    def output(self) -> Json:
        """The output, parsed; None unless completed."""
        return None if self.output_json is None else json.loads(self.output_json)

    def to_json(self) -> JsonObject:
        """Return the document."""
        return {
            "schema": SCHEMA,
            "id": self.id,
            "task": self.task._asdict(),
            "status": self.status,
            "input": self.input,
            "output": self.output,
            "error": _error_json(self.error),
            "console": [{"level": line.level, "time_ms": line.time_ms, "text": line.text} for line in self.console],
            "console_dropped": self.console_dropped,
            "progress": self.progress,
            "requests": [request.to_json() for request in self.requests],
            "created_at": _timestamp(self.created_at),
            "started_at": _timestamp(self.started_at),
            "finished_at": _timestamp(self.finished_at),
            "duration_ms": self.duration_ms,
            "queued_ms": self.queued_ms,
            "limits": self.limits._asdict(),
            "used": self.used,
            "engine": self.engine,
            "attempt": self.attempt,
            "job_id": self.job_id,
            "schedule_id": self.schedule_id,
            "parent_id": self.parent_id,
            "recording": self.recording,
        }


def new_execution_id() -> str:
    """Return a UUIDv7 (RFC 9562, section 5.7): sortable by time."""
    milliseconds = time.time_ns() // 1_000_000
    number = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    digits = f"{number:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _error_json(error: ExecutionError | None) -> JsonObject | None:
    if error is None:
        return None
    place = error.place or Place("")
    return {
        "code": error.code,
        "name": error.name,
        "message": error.message,
        "file": place.file or None,
        "line": place.line,
        "column": place.column,
        "status": error.status,
        "stack": error.stack,
        "hint": error.hint,
        "details": error.details,
    }


def _timestamp(seconds: float | None) -> str | None:
    return None if seconds is None else render_moment(seconds)
