"""Check foreign schemas in a process that is killed when they take too long.

Linear patterns do not bound `anyOf` and `$ref`: a few nested definitions double the work again and again, and the
checker holds the interpreter's lock meanwhile. A schema that is not the user's own is checked here.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from ratchet.errors import InvalidTask, Unavailable
from ratchet.values import Json, JsonObject, Problem

CHECK_SECONDS = 2.0
_MEMORY_BYTES = 1024 * 1024 * 1024
_START = "import sys; sys.path[:] = sys.argv[1:]; from ratchet.task.schema_guard import serve; serve()"
_SCHEMA_ENDINGS = (".json", ".yaml", ".yml")
_NO_FILES: Mapping[str, bytes] = {}


def check_schema_guarded(
    schema: Json, *, files: Mapping[str, bytes] = _NO_FILES, base: str = "schema.json", seconds: float = CHECK_SECONDS
) -> list[Problem]:
    """Return every problem of a foreign schema.

    Raises:
        InvalidTask: When that takes too long.
    """
    return _ask({"schema": schema}, files, base, seconds)[0]


def check_value_guarded(
    schema: Json,
    value: Json,
    *,
    files: Mapping[str, bytes] = _NO_FILES,
    base: str = "schema.json",
    seconds: float = CHECK_SECONDS,
) -> tuple[Json, list[Problem]]:
    """Return the value with its defaults filled in, and every violation of a foreign schema.

    Raises:
        InvalidTask: When the schema is wrong, or the check takes too long.
    """
    problems, answer = _ask({"schema": schema, "value": value}, files, base, seconds)
    if "value" not in answer:
        raise InvalidTask("The schema cannot be used", problems=problems)
    return answer["value"], problems


def serve() -> None:
    """Answer one question from standard input; runs in the process that may be killed."""
    _lower_memory()
    question = json.load(sys.stdin)
    json.dump(_answer(question), sys.stdout)


def _answer(question: JsonObject) -> JsonObject:
    from ratchet.task.schema import check_value, compile_schema, fill_defaults

    files = {name: base64.b64decode(data) for name, data in question["files"].items()}
    try:
        schema = compile_schema(question["schema"], files=files, base=question["base"])
        if "value" not in question:
            return {"problems": []}
        value = fill_defaults(schema, question["value"])
    except InvalidTask as error:
        return {"problems": [_fields_of(problem) for problem in error.problems or (Problem(error.message),)]}
    return {"value": value, "problems": [_fields_of(problem) for problem in check_value(schema, value)]}


def _fields_of(problem: Problem) -> JsonObject:
    return {"message": problem.message, "pointer": problem.pointer, "hint": problem.hint}


def _lower_memory() -> None:
    try:
        import resource
    except ImportError:
        # Windows has no such limits; the clock still holds.
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


def _ask(
    question: JsonObject, files: Mapping[str, bytes], base: str, seconds: float
) -> tuple[list[Problem], dict[str, Any]]:
    sent = {name: base64.b64encode(data).decode() for name, data in files.items() if name.endswith(_SCHEMA_ENDINGS)}
    try:
        result = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _START, *(path or "." for path in sys.path)],
            input=json.dumps({**question, "files": sent, "base": base}).encode(),
            capture_output=True,
            timeout=seconds,
            # Windows cannot start Python without some of its environment.
            env=None if sys.platform == "win32" else {},
            check=False,
        )
    except subprocess.TimeoutExpired:
        hint = "Look for `anyOf`, `oneOf` or `$ref` that double the work at each level"
        raise InvalidTask(f"The schema takes more than {seconds:g} s to check", hint=hint) from None
    except OSError as error:
        raise Unavailable(f"The process that checks schemas cannot be started: {error.strerror}") from None
    if result.returncode != 0:
        raise InvalidTask("The schema cannot be checked: its check ran out of memory or crashed")
    answer = json.loads(result.stdout)
    return [Problem(**fields) for fields in answer["problems"]], answer
