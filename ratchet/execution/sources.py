"""The texts that a worker gets for a task: its entry point and, when that asks for others, all of them."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ratchet.errors import InvalidTask
from ratchet.task.model import Task
from ratchet.values import Place

if TYPE_CHECKING:
    from ratchet.engine.source import Columns
    from ratchet.execution.runtime import Runtime

SCRIPT_SUFFIXES = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
TYPESCRIPT_SUFFIXES = (".ts", ".mts", ".cts")
_FORMS = {".mjs": "module", ".mts": "module", ".cjs": "commonjs", ".cts": "commonjs"}


class Sources(NamedTuple):
    """What runs.

    Args:
        main: The entry point's path inside the task.
        form: `module`, `commonjs`, or `detect` where the suffix does not say.
        files: JavaScript and JSON by path, types stripped.
        originals: The same as they were written, for messages.
        columns: How the columns of a TypeScript file moved, by path.
        counted: Whether the texts say themselves which of their statements run; see `engine.survey`.
    """

    main: str
    form: str
    files: Mapping[str, str]
    originals: Mapping[str, str]
    columns: Mapping[str, Columns]
    counted: bool = False


def load_sources(runtime: Runtime, task: Task, seconds: float) -> Sources:
    """Return the texts of a task that its entry point can load.

    Args:
        seconds: What all its TypeScript together may take.

    Raises:
        InvalidTask: A script is not UTF-8, its TypeScript has a syntax error, or takes too long.
    """
    main = task.entrypoint
    originals = {main: _decode(task, main)}
    # Most tasks are one file; the others are sent only when the text could ask for them.
    if "require" in originals[main] or "import" in originals[main] or "export" in originals[main]:
        others = (path for path in task.files if path.endswith((*SCRIPT_SUFFIXES, ".json")) and path != main)
        originals.update({path: _decode(task, path) for path in others})
    typescript = {path: text for path, text in originals.items() if path.endswith(TYPESCRIPT_SUFFIXES)}
    files = dict(originals)
    columns: dict[str, Columns] = {}
    if typescript:
        from ratchet.execution.typescript import transpile

        ends = time.monotonic() + seconds
        for path, text in typescript.items():
            result = transpile(runtime, task, path, text, ends=ends)
            files[path], columns[path] = result.code or "", result.columns
    form = _FORMS.get(posixpath.splitext(main)[1], "detect")
    return Sources(main, form, files, originals, columns)


def _decode(task: Task, path: str) -> str:
    try:
        return task.files[path].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = task.files[path].count(b"\n", 0, error.start) + 1
        raise InvalidTask(
            f"`{path}` is not UTF-8", place=Place(task.path_of(path), line), hint="Save the file as UTF-8"
        ) from None
