"""TypeScript becomes JavaScript: types stripped in a worker, the result kept by the digest of the text."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from typing import TYPE_CHECKING

from ratchet.engine.positions import line_text
from ratchet.engine.source import Transpiled, parse_transpiled, transpile_request
from ratchet.errors import EngineCrash, InvalidTask
from ratchet.execution.programs import program_digest
from ratchet.task.model import Task
from ratchet.values import Json, Place

if TYPE_CHECKING:
    from ratchet.execution.runtime import Runtime

_KEPT = 256
_BUNDLE, _PROGRAM = "vendor/sucrase.js", "transpile.js"


def transpile(runtime: Runtime, task: Task, path: str, text: str, *, ends: float) -> Transpiled:
    """Return a TypeScript file as JavaScript, line for line.

    Args:
        ends: When it must be done, a `time.monotonic()`.

    Raises:
        InvalidTask: The text has a syntax error, or takes too much time or memory.
    """
    key = hashlib.sha256(f"{program_digest(_BUNDLE, _PROGRAM)}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
    result = runtime.transpiled.get(key) or _load(runtime.cache_folder, key)
    if result is None:
        answer = runtime.read_source(
            _BUNDLE, _PROGRAM, transpile_request(text), place=Place(task.path_of(path)), ends=ends
        )
        result = parse_transpiled(answer)
        if result.syntax is not None:
            spot = result.syntax.spot
            place = Place(task.path_of(path), spot.line, spot.column, line_text(text, spot.line))
            raise InvalidTask(f"Syntax error: {result.syntax.message}", place=place)
        _save(runtime.cache_folder, key, answer)
    runtime.transpiled[key] = result
    if len(runtime.transpiled) > _KEPT:
        runtime.transpiled.popitem(last=False)
    return result


def _file(folder: str, key: str) -> str:
    return os.path.join(folder, "transpiled", key[:2], f"{key}.json")


def _load(folder: str | None, key: str) -> Transpiled | None:
    """Return what was kept; a file that is gone, unreadable or not ours is made anew."""
    if folder is None:
        return None
    try:
        with open(_file(folder, key), encoding="utf-8") as file:
            return parse_transpiled(json.load(file))
    except (OSError, ValueError, RecursionError, EngineCrash):
        return None


def _save(folder: str | None, key: str, answer: Json) -> None:
    """Keep the result where that is possible; a cache that cannot be written costs time and nothing else."""
    if folder is None:
        return
    target = _file(folder, key)
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=os.path.dirname(target), delete=False) as file:
            json.dump(answer, file)
        os.replace(file.name, target)
    except OSError:
        return
