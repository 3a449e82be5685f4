"""TypeScript becomes JavaScript: types stripped in a worker, the result kept by the digest of the text."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ratchet.engine.positions import line_text
from ratchet.engine.source import Transpiled, parse_transpiled, transpile_request
from ratchet.errors import InvalidTask
from ratchet.execution.reading import TRANSPILE, read_with
from ratchet.task.model import Task
from ratchet.values import Place

if TYPE_CHECKING:
    from ratchet.execution.runtime import Runtime

_KEPT = 256


def transpile(runtime: Runtime, task: Task, path: str, text: str, *, ends: float) -> Transpiled:
    """Return a TypeScript file as JavaScript, line for line.

    Args:
        ends: When it must be done, a `time.monotonic()`.

    Raises:
        InvalidTask: The text has a syntax error, or takes too much time or memory.
    """
    key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    result = runtime.transpiled.get(key)
    if result is None:
        place = Place(task.path_of(path))
        result = read_with(runtime, TRANSPILE, transpile_request(text), parse_transpiled, place=place, ends=ends)
        if result.syntax is not None:
            spot = result.syntax.spot
            place = Place(place.file, spot.line, spot.column, line_text(text, spot.line))
            raise InvalidTask(f"Syntax error: {result.syntax.message}", place=place)
    runtime.transpiled[key] = result
    if len(runtime.transpiled) > _KEPT:
        runtime.transpiled.popitem(last=False)
    return result
