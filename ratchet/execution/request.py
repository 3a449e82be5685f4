"""What goes into a worker: a checked input, and the request that carries it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ratchet.errors import InvalidInput
from ratchet.execution.sources import Sources
from ratchet.task.model import Limits, Task
from ratchet.task.parse import DEEPEST, is_deeper_than
from ratchet.task.precision import check_precision
from ratchet.values import Json, JsonObject

if TYPE_CHECKING:
    from ratchet.execution.listener import Listener
    from ratchet.execution.runtime import Runtime
    from ratchet.sandbox.cancellation import Cancellation

_ENVELOPE_BYTES = 4096
_SEED_BYTES = 32


def prepare_input(runtime: Runtime, task: Task, value: Json, listener: Listener, cancellation: Cancellation) -> Json:
    """Return the input with defaults filled in.

    Raises:
        InvalidInput: With every violation of the input schema.
        InvalidTask: The input schema is wrong.
        TimeLimit: The task is foreign, and its input schema takes too long to check.
        Cancelled: Somebody cancelled meanwhile.
    """
    if is_deeper_than(value, DEEPEST):
        raise InvalidInput(f"The input is nested more than {DEEPEST} deep", hint="Flatten it, or pass it as text")
    for problem in check_precision(value):
        listener.warning(problem)
    checked = runtime.schemas.check_input(task, value, cancellation)
    if checked.problems:
        where = task.input_schema_file or task.metadata.metadata_file
        raise InvalidInput(
            f"The input does not fit `{task.path_of(where)}`",
            problems=checked.problems,
            hint=f"See `{task.path_of(where)}` for what the task takes",
        )
    return checked.value


def encode_json(value: Json) -> bytes:
    """Return an input as JSON text.

    Raises:
        InvalidInput: It is not JSON.
    """
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        # A lone surrogate, which UTF-8 cannot hold and an escape can.
        return json.dumps(value, allow_nan=False).encode()
    except (ValueError, TypeError) as error:
        raise InvalidInput(f"The input is not JSON: {error}") from None


def encode_input(value: Json, sources: Sources, limits: Limits) -> bytes:
    """Return the input as JSON text that a worker takes.

    Raises:
        InvalidInput: It is not JSON, or too large to send.
    """
    text = encode_json(value)
    room = limits.input_frame_bytes - _ENVELOPE_BYTES - sum(len(json.dumps(text)) for text in sources.files.values())
    if len(text) > room:
        raise InvalidInput(f"The input is {len(text):,} bytes of JSON, above the limit of {room:,}")
    return text


def new_seed() -> str:
    """Return what chance is made from in one execution: 32 bytes in hexadecimal digits."""
    return os.urandom(_SEED_BYTES).hex()


def run_request(
    sources: Sources,
    context: JsonObject,
    *,
    seed: str | None = None,
    timing: JsonObject | None = None,
    probe: bool = False,
) -> JsonObject:
    """Return the request to run a task.

    Args:
        context: What the task finds in its second argument.
        timing: See `engine.timeline.open_timeline`.
        probe: Look for the function to run and do not call it.
    """
    return {
        "kind": "run",
        "main": {"id": sources.main, "form": sources.form, "probe": probe, "counted": sources.counted},
        "files": sources.files,
        "context": context,
        "seed": seed or new_seed(),
        "time": timing,
    }


def context_of(
    task: Task, identity: str, limits: Limits, secrets: JsonObject, given: Mapping[str, Json] | None
) -> JsonObject:
    """Return the facts of `context` for an execution that starts now.

    Args:
        secrets: See `Secrets.refusals`.
        given: Facts that were recorded, and hold in place of those of now.
    """
    facts: JsonObject = {
        "executionId": identity,
        "taskId": task.metadata.uuid or task.name,
        "taskName": task.name,
        "taskVersion": task.version,
        "jobId": None,
        "attempt": 1,
        "deadline": round((time.time() + limits.timeout_seconds) * 1000),
    }
    given = given or {}
    recorded = given.get("secrets")
    # The task may have come to declare more since.
    secrets = {**secrets, **recorded} if isinstance(recorded, dict) else secrets
    return {**facts, **given, "secrets": secrets}
