"""Check foreign schemas in processes that are killed when they take too long.

Linear patterns do not bound `anyOf` and `$ref`: a few nested definitions double the work again and again, and the
checker holds the interpreter's lock meanwhile. A schema that is not the user's own is checked here.
"""

from __future__ import annotations

import base64
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from ratchet.errors import Cancelled, InvalidTask, TimeLimit, Unavailable
from ratchet.execution.schema_helper import CHECK_SECONDS, seconds_for
from ratchet.sandbox import frames, launch
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.channel import DeadlinePassed
from ratchet.sandbox.workers import Worker
from ratchet.values import Json, JsonObject, Place, Problem

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

_PROGRAM = "ratchet.execution.schema_helper"
_MOST_ANSWER_BYTES = 256 * 1024 * 1024
_SCHEMAS_OF_A_HELPER = 64
_SCHEMA_ENDINGS = (".json", ".yaml", ".yml")
_HELPERS = max(2, os.cpu_count() or 1)


class ForeignSchema(NamedTuple):
    """A schema that somebody else wrote.

    Args:
        key: Names the schema and its files; the same key means the same schema.
        title: What to call it in a sentence.
        path: The file that it stands in, as the user would type it.
        base: The file that it stands in, relative to the task.
        files: The files that it may refer to, by path relative to the task.
    """

    key: str
    title: str
    path: str
    value: Json
    base: str
    files: Mapping[str, bytes]


class SchemaGuard:
    """Owns the processes; each answers many questions, and is killed when one takes too long."""

    def __init__(self) -> None:
        self._places = threading.BoundedSemaphore(_HELPERS)
        self._lock = threading.Lock()
        self._idle: list[_Helper] = []
        self._starter: ThreadPoolExecutor | None = None
        self._closed = False

    def close(self) -> None:
        """End every process that has nothing to do; those at work end with their question."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            starter, self._starter = self._starter, None
        for helper in idle:
            helper.close()
        if starter is not None:
            starter.shutdown()

    def check_schema(self, schema: ForeignSchema) -> list[Problem]:
        """Return every problem of a schema.

        Raises:
            TimeLimit: Finding them takes too long.
        """
        answer = self._ask(schema, {}, b"", Cancellation())
        return _problems_in(answer, "wrong" if "wrong" in answer else "problems")

    def check_value(
        self, schema: ForeignSchema, value: Json, cancellation: Cancellation, *, fill: bool
    ) -> tuple[Json, list[Problem]]:
        """Return the value, with its defaults filled in where asked for, and every violation of a schema.

        Raises:
            InvalidTask: With every problem of the schema, each with its JSON Pointer.
            TimeLimit: The check takes too long.
            Cancelled: Somebody cancelled meanwhile.
        """
        answer = self._ask(schema, {"fill": fill}, json.dumps(value).encode(), cancellation)
        if "wrong" in answer:
            raise InvalidTask("The schema cannot be used", problems=_problems_in(answer, "wrong"))
        return answer.get("value", value), _problems_in(answer, "problems")

    def _ask(self, schema: ForeignSchema, question: JsonObject, value: bytes, cancellation: Cancellation) -> JsonObject:
        place = Place(schema.path)
        with self._lend() as helper, cancellation.on_cancel(helper.kill):
            try:
                return helper.ask(schema, question, value)
            except DeadlinePassed:
                message = f"{schema.title} takes more than {CHECK_SECONDS:g} s to check"
                hint = "Look for `anyOf`, `oneOf` or `$ref` that double the work at each level"
                raise TimeLimit(message, hint=hint, place=place) from None
            except (frames.Disconnected, frames.ProtocolViolation):
                if cancellation.cancelled:
                    raise Cancelled("The execution was cancelled before it began") from None
                raise InvalidTask(f"{schema.title} breaks the process that checks it", place=place) from None

    @contextmanager
    def _lend(self) -> Iterator[_Helper]:
        """Lend a process for one question; it comes back only when the question was answered."""
        with self._places:
            with self._lock:
                helper = self._idle.pop() if self._idle else None
            helper = helper or _Helper(self._start)
            try:
                yield helper
            except BaseException:
                helper.close()
                raise
            with self._lock:
                keep = not self._closed and not helper.worn
                if keep:
                    self._idle.append(helper)
            if not keep:
                helper.close()

    def _start(self) -> Worker:
        """Start a process from a thread that lasts: on Linux, the end of the thread that started it is its own."""
        from concurrent.futures import ThreadPoolExecutor

        with self._lock:
            if self._closed:
                raise Unavailable("The processes that check schemas are shut down")
            self._starter = self._starter or ThreadPoolExecutor(1, thread_name_prefix="ratchet-schemas")
            started = self._starter.submit(_start)
        return started.result()


class _Helper:
    """One process and the schemas that it holds compiled."""

    def __init__(self, start: Callable[[], Worker]) -> None:
        try:
            self._worker = start()
        except OSError as error:
            raise Unavailable(f"The process that checks schemas cannot be started: {error.strerror}") from None
        self._known: set[str] = set()
        try:
            self._worker.channel.receive(frames.READY, _MOST_ANSWER_BYTES, time.monotonic() + launch.START_SECONDS)
        except (DeadlinePassed, frames.Disconnected, frames.ProtocolViolation):
            self.close()
            raise Unavailable("The process that checks schemas does not start") from None

    @property
    def worn(self) -> bool:
        """Tell whether the process holds so many schemas that a new one should take its place."""
        return len(self._known) >= _SCHEMAS_OF_A_HELPER

    def kill(self) -> None:
        """End the process at once; whoever waits for its answer learns of it."""
        self._worker.kill()

    def close(self) -> None:
        """End the process and free what it held."""
        self._worker.close()

    def ask(self, schema: ForeignSchema, question: JsonObject, value: bytes) -> JsonObject:
        """Return the answer to one question.

        Raises:
            DeadlinePassed, Disconnected, ProtocolViolation: There is none; the process is of no more use.
        """
        header = {**question, "key": schema.key}
        if schema.key not in self._known:
            header.update(schema=schema.value, base=schema.base, files=_readable(schema.files))
        deadline = time.monotonic() + seconds_for(value)
        self._worker.channel.send(frames.REQUEST, frames.pack_request(header, value), deadline)
        _, body = self._worker.channel.receive(frames.RESULT, _MOST_ANSWER_BYTES, deadline)
        answer = frames.parse_object(body)
        if "wrong" not in answer:
            self._known.add(schema.key)
        return answer


def _readable(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: base64.b64encode(data).decode() for name, data in files.items() if name.endswith(_SCHEMA_ENDINGS)}


def _problems_in(answer: JsonObject, name: str) -> list[Problem]:
    return [Problem(problem["message"], pointer=problem["pointer"], hint=problem["hint"]) for problem in answer[name]]


def _start() -> Worker:
    """Start a process as workers are started where they are children of this one."""
    command_line = launch.command(program=_PROGRAM)
    if sys.platform == "win32":
        from ratchet.sandbox.piped import PipedWorker

        return PipedWorker(command_line)
    from ratchet.sandbox.spawned import SpawnedWorker

    return SpawnedWorker(launch.start(command_line))
