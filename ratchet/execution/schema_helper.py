"""What runs inside the process that checks foreign schemas: confine itself, then answer one question after another.

Started as workers are: `python -I -S` with an empty environment. Everything that a check may need is imported before
the confinement, which lets nothing be opened.
"""

from __future__ import annotations

import base64
import codecs
import json
import os
import signal
from collections.abc import Mapping
from typing import NoReturn

from ratchet.errors import InvalidTask
from ratchet.sandbox import confine, frames
from ratchet.sandbox.parent import die_with_parent
from ratchet.task.schema import Schema, check_value, compile_schema, fill_defaults
from ratchet.values import Json, JsonObject, Problem

CHECK_SECONDS = 2.0
"""What a schema may take; `seconds_for` adds what it takes to hand a large value over."""
MOST_QUESTION_BYTES = 256 * 1024 * 1024
_MEMORY_BYTES = 1024 * 1024 * 1024
_SPARE_SECONDS = 0.5
_BYTES_A_SECOND = 4 * 1024 * 1024
_INPUT, _OUTPUT = 0, 1


def main() -> NoReturn:
    """Answer questions until the host is gone."""
    os.chdir("/")
    confine.prepare()
    die_with_parent(os.getppid())
    _import_all()
    isolation = confine.confine(memory_bytes=_MEMORY_BYTES, cpu_seconds=None)
    schemas: dict[str, Schema] = {}
    try:
        _send(frames.READY, isolation.to_json())
        while True:
            question, value = frames.unpack_request(_receive())
            _arm_clock(seconds_for(value) + _SPARE_SECONDS)
            answer = _answer(schemas, question, value)
            _arm_clock(0)
            _send(frames.RESULT, answer)
    except (frames.Disconnected, frames.ProtocolViolation, BrokenPipeError):
        os._exit(0)


def seconds_for(value: bytes) -> float:
    """Return how long the answer to a question may take, with a value of this size."""
    return CHECK_SECONDS + len(value) / _BYTES_A_SECOND


def _import_all() -> None:
    """Import what checks and their explanations import on first use, codecs among it."""
    import difflib  # noqa: F401
    import urllib.parse  # noqa: F401

    from ratchet.task.yaml_text import parse_yaml

    parse_yaml("a: [1, b]", file="warm-up.yaml")
    for codec in ("unicode_escape", "utf_16_le"):
        codecs.lookup(codec)
    check_value(compile_schema({"enum": ["\n\U0001f409"]}), "\n\U0001f432")


def _answer(schemas: dict[str, Schema], question: JsonObject, value: bytes) -> JsonObject:
    """Return the violations of a value, and the value where defaults changed it; or what is wrong with the schema."""
    key = question["key"]
    try:
        if key not in schemas:
            files = {name: base64.b64decode(data) for name, data in question["files"].items()}
            schemas[key] = compile_schema(question["schema"], files=files, base=question["base"])
        return _check(schemas[key], value, fill=question["fill"]) if value else {"problems": []}
    except InvalidTask as error:
        return {"wrong": [_fields_of(problem) for problem in error.problems or (Problem(error.message),)]}
    except MemoryError:
        return {"wrong": [_fields_of(Problem("The schema takes too much memory to check"))]}


def _check(schema: Schema, text: bytes, *, fill: bool) -> JsonObject:
    value = json.loads(text)
    filled: Json = fill_defaults(schema, value) if fill else value
    answer: JsonObject = {"problems": [_fields_of(problem) for problem in check_value(schema, filled)]}
    # Defaults only ever add to a value.
    return answer if filled == value else {**answer, "value": filled}


def _fields_of(problem: Problem) -> JsonObject:
    return {"message": problem.message, "pointer": problem.pointer, "hint": problem.hint}


def _arm_clock(seconds: float) -> None:
    """Have the kernel end this process, even inside a native loop, should nobody be left to kill it; 0 for never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _receive() -> bytes:
    header = frames.read_exactly(_INPUT, frames.HEADER_BYTES)
    _, length = frames.unpack_header(header, frames.REQUEST, MOST_QUESTION_BYTES)
    return frames.read_exactly(_INPUT, length)


def _send(kind: bytes, body: Mapping[str, object]) -> None:
    view = memoryview(frames.pack(kind, json.dumps(body).encode()))
    while view:
        view = view[os.write(_OUTPUT, view) :]
