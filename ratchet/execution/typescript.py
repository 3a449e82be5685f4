"""TypeScript becomes JavaScript: types stripped in a worker, the result kept by the digest of the text."""

from __future__ import annotations

import hashlib
import os
import tempfile
from typing import TYPE_CHECKING

from ratchet.engine.source import parse_transpiled, transpile_request, transpiler_version
from ratchet.errors import InvalidTask
from ratchet.task.model import Task
from ratchet.values import Place

if TYPE_CHECKING:
    from ratchet.execution.runtime import Runtime

_KEPT = 256


def transpile(runtime: Runtime, task: Task, path: str, text: str) -> str:
    """Return a TypeScript file as JavaScript, line for line.

    Raises:
        InvalidTask: The text has a syntax error.
    """
    key = hashlib.sha256(f"{transpiler_version()}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
    known = runtime.transpiled.get(key) or _load(runtime.cache_folder, key)
    if known is None:
        answer = runtime.read_source("vendor/sucrase.js", "transpile.js", transpile_request(path, text))
        result = parse_transpiled(answer)
        if result.error is not None:
            line, column = result.error.line, result.error.column
            source_line = text.split("\n")[line - 1] if 0 < line <= text.count("\n") + 1 else None
            raise InvalidTask(
                f"Syntax error: {result.error.message}", place=Place(task.path_of(path), line, column, source_line)
            )
        known = result.code
        _save(runtime.cache_folder, key, known)
    runtime.transpiled[key] = known
    if len(runtime.transpiled) > _KEPT:
        runtime.transpiled.popitem(last=False)
    return known


def _file(folder: str, key: str) -> str:
    return os.path.join(folder, "transpiled", key[:2], f"{key}.js")


def _load(folder: str | None, key: str) -> str | None:
    if folder is None:
        return None
    try:
        with open(_file(folder, key), encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        return None


def _save(folder: str | None, key: str, text: str) -> None:
    """Keep the result where that is possible; a cache that cannot be written costs time and nothing else."""
    if folder is None:
        return
    target = _file(folder, key)
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=os.path.dirname(target), suffix=".tmp", delete=False
        ) as file:
            file.write(text)
        os.replace(file.name, target)
    except (OSError, UnicodeEncodeError):
        return
