"""One execution inside the worker: the messages of the prelude, the event loop, the end."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any, NoReturn

from ratchet.engine import Engine, Reporter, ScriptFault
from ratchet.engine.crypto import CALLS, random_call
from ratchet.engine.memory import touched_bytes
from ratchet.engine.modules import ModuleNotFound, Modules
from ratchet.engine.prelude import Prelude
from ratchet.engine.random import SeededRandom
from ratchet.engine.stack import parse_stack
from ratchet.engine.timeline import Answer, open_timeline
from ratchet.engine.timers import Timers

RESULT = b"R"
ERROR = b"E"
_RANDOM_BATCH = 64
_TEXT_CHARACTERS = 16_384
# At the very end of the memory there is none left for the message.
_OUT_OF_MEMORY = ("out of memory", "out of memory in regexp execution", "", "Invalid error message")
# What dukpy says when it finds no memory to hand a message over; the message itself follows.
_NOT_HANDED_OVER = "Failed to resolve Python function"
_MISSING_MODULE = "Error loading module '"
# Of the memory that a task may have; the rest is lost between the pieces.
_FULL = 0.7
_PROGRESS_CHARACTERS = 65_536
# What the host takes, 500, inside the question's own object. Much deeper it could not read it, not even its number.
_DEEPEST_QUESTION = 501
_TOO_DEEP = '{"error":{"name":"Error","message":"The input is nested more than 500 deep","code":"invalid_input"}}'


class Session:
    """Runs one request in one engine and never returns: it ends in `Reporter.finish`.

    Args:
        request: `main` (id, form, counted), `files` (path to text), `context`, `seed` (hex), `time`
            (see `open_timeline`).
        value: The input as JSON text.
        limits: The ceilings this side can count, by the names of `task.model.Limits`.
    """

    def __init__(
        self,
        engine: Engine,
        prelude: Prelude,
        reporter: Reporter,
        request: Mapping[str, Any],
        value: str,
        limits: Mapping[str, Any],
    ) -> None:
        self._engine = engine
        self._prelude = prelude
        self._reporter = reporter
        self._request = request
        self._value = value
        self._limits = limits
        self._modules = Modules(request["files"], request["main"]["id"])
        self._random = SeededRandom(bytes.fromhex(request["seed"]))
        self._calls = {**CALLS, "crypto.random": random_call(self._random.bytes)}
        self._started = time.monotonic()
        self._memory_before = touched_bytes()
        self._timeline = open_timeline(request.get("time"))
        reporter.trace = self._timeline.trace
        self._ran: set[int] = set()
        reporter.ran = lambda: sorted(self._ran)
        self._timers = Timers(self._timeline.elapsed)
        # Questions without an answer, by number, and answers that came while another was waited for.
        self._asked: set[int] = set()
        self._arrived: dict[int, str] = {}
        self._fetches = 0
        self._console_lines = 0
        self._console_bytes = 0
        self._dropped_lines = 0
        self._progress_events = 0
        self._messages = {
            "A": self._ask,
            "C": self._console,
            "D": lambda _text: self._timeline.now(),
            "c": self._drop,
            "E": self._fail,
            "K": self._call,
            "L": lambda name: self._modules.below_files(self._prelude.lazy_parts[name]),
            "M": self._resolve,
            "m": self._require,
            "N": lambda _text: self._random.fractions(_RANDOM_BATCH),
            "B": lambda text: self._finish_error({"code": "output_limit", "bytes": int(text)}),
            "O": self._reject_output,
            "P": self._progress,
            "Q": self._abandon,
            "R": self._succeed,
            "T": self._set_timer,
            "t": self._clear_timer,
            "V": lambda number: self._ran.add(int(number)),
            "W": self._answer_now,
            "X": self._no_entry,
        }

    def run(self) -> NoReturn:
        """Run the task to its end."""
        main = self._request["main"]
        start = {
            "main": {**main, "source": self._request["files"][main["id"]]},
            "context": self._request["context"],
            "outputLimit": self._limits["output_bytes"],
            "clocked": self._timeline.clocked,
        }
        # The input goes in as the text it came in: any JSON value survives, and nothing is parsed twice.
        value = f'{json.dumps(start)[:-1]},"input":{self._value}}}'
        self._engine.attach(self)
        try:
            self._engine.deliver("start", value)
            while self._timers or self._asked:
                self._turn()
        except ScriptFault as fault:
            self._finish_error(_fault_details(str(fault)))
        except MemoryError:
            self._finish_error({"code": "memory_limit"})
        self._finish_error({"code": "never_settled"})

    # What the engine asks of its host.

    def receive(self, kind: str, text: str) -> Any:
        """Take one message of the prelude; see `Host.receive`."""
        handler = self._messages.get(kind)
        return None if handler is None else handler(text)

    def resolve_module(self, base: str, specifier: str) -> str:
        """Return the identity of an imported module; one that does not exist gets its explanation as a name."""
        try:
            return self._modules.resolve(base, specifier)
        except ModuleNotFound as error:
            return str(error).removeprefix("Cannot find module ")

    def module_source(self, identity: str) -> str | None:
        """Return the text of an ES module."""
        return self._modules.source(identity)

    # The event loop.

    def _turn(self) -> None:
        """Run what comes first, an answer or a timer."""
        event = self._timeline.next(self._timers, self._asked, self._take_answer)
        if isinstance(event, int):
            self._engine.deliver("timer", str(event))
        elif event is not None:
            self._engine.deliver("answer", f'{{"id":{event[0]},"answer":{event[1]}}}')

    def _take_answer(self, seconds: float | None, wanted: int | None) -> Answer | None:
        """Return an answer, to any question or to one, None when the time is over first."""
        while wanted not in self._arrived if wanted is not None else not self._arrived:
            answer = self._reporter.wait(seconds)
            if answer is None:
                return None
            self._arrived[answer[0]] = answer[1]
        identity = next(iter(self._arrived)) if wanted is None else wanted
        self._asked.discard(identity)
        return identity, self._arrived.pop(identity)

    def _answer_now(self, text: str) -> bytes | None:
        """Wait for one answer while the script stands still."""
        answer = self._take_answer(None, int(text)) if int(text) in self._asked else None
        return None if answer is None else answer[1].encode()

    def _set_timer(self, text: str) -> None:
        if len(self._timers) >= self._limits["timers"]:
            self._finish_error({"code": "count_limit", "what": "timers", "limit": self._limits["timers"]})
        timer, milliseconds = text.split()
        self._timers.set(int(timer), float(milliseconds))

    def _clear_timer(self, text: str) -> None:
        self._timers.clear(int(float(text)))

    def _ask(self, text: str) -> bool:
        identity, _, question = text.partition(" ")
        if len(question.encode("utf-8", "surrogatepass")) > self._limits["worker_frame_bytes"]:
            return False
        self._fetches += '"kind":"fetch"' in question[:64]
        if self._fetches > self._limits["fetches"]:
            self._finish_error({"code": "count_limit", "what": "fetches", "limit": self._limits["fetches"]})
        self._asked.add(int(identity))
        if _is_deeper_than(question, _DEEPEST_QUESTION):
            self._arrived[int(identity)] = _TOO_DEEP
        else:
            self._reporter.ask(question)
        return True

    def _abandon(self, text: str) -> None:
        if int(text) in self._asked:
            self._reporter.abandon(int(text))

    # Modules, the generator and what Python computes for the prelude.

    def _resolve(self, text: str) -> dict[str, str]:
        asked = json.loads(text)
        try:
            return {"id": self._modules.resolve(asked["base"], asked["specifier"])}
        except ModuleNotFound as error:
            return {"error": str(error)}

    def _require(self, identity: str) -> dict[str, str]:
        try:
            return self._modules.required(identity)
        except ModuleNotFound as error:
            return {"error": str(error)}

    def _call(self, text: str) -> dict[str, Any]:
        call = json.loads(text)
        try:
            return {"value": self._calls[call["name"]](call["payload"])}
        except (ValueError, KeyError, TypeError) as error:
            return {"error": str(error)}

    # Talk.

    def _console(self, text: str) -> bool:
        level, quote, rest = text.partition('"')
        line = json.loads(quote + rest)
        self._console_bytes += len(line)
        self._console_lines += 1
        if self._console_lines > self._limits["console_lines"] or self._console_bytes > self._limits["console_bytes"]:
            self._dropped_lines += 1
            return False
        self._reporter.console(level, int((time.monotonic() - self._started) * 1000), line)
        return True

    def _drop(self, _text: str) -> None:
        self._dropped_lines += 1

    def _progress(self, text: str) -> bool:
        try:
            report = json.loads(text) if len(text) <= _PROGRESS_CHARACTERS else None
        except RecursionError:
            report = None
        if report is None:
            return False
        self._progress_events += 1
        if self._progress_events <= self._limits["progress_events"]:
            self._reporter.progress(report)
        return True

    # The end.

    def _succeed(self, text: str) -> NoReturn:
        body = text.encode("utf-8", "surrogatepass")
        if len(body) > self._limits["output_bytes"]:
            self._finish_error({"code": "output_limit", "bytes": len(body)})
        self._reporter.finish(RESULT, body, self._dropped_lines)

    def _fail(self, text: str) -> NoReturn:
        self._finish_error({"code": "script_error", **json.loads(text)})

    def _reject_output(self, text: str) -> NoReturn:
        self._finish_error({"code": "invalid_output", **json.loads(text)})

    def _no_entry(self, _text: str) -> NoReturn:
        self._finish_error({"code": "no_entry"})

    def _finish_error(self, details: dict[str, Any]) -> NoReturn:
        if self._is_out_of_memory(details):
            details = {"code": "memory_limit"}
        if details["code"] == "script_error":
            details["message"] = _in_one_wording(details.get("message") or "")
            details["stack"] = self._own_stack(details.get("stack") or "")
            details = _bounded(details)
        self._reporter.finish(ERROR, json.dumps(details).encode(), self._dropped_lines)

    def _is_out_of_memory(self, details: Mapping[str, Any]) -> bool:
        """Tell the engine's lack of memory from what a task throws.

        Where even an error is too much, the engine throws null, or a value that JavaScript does not have.
        """
        if details.get("name") == "InternalError":
            message = str(details.get("message"))
            return message in _OUT_OF_MEMORY or message.startswith(_NOT_HANDED_OVER)
        grown = touched_bytes() - self._memory_before
        return details.get("thrown") in ("object", "unknown") and grown > _FULL * self._limits["memory_bytes"]

    def _own_stack(self, stack: str) -> str:
        """Return a stack in terms of the task's own files, without the host's frames."""
        lines = []
        for frame in parse_stack(stack):
            place = None if frame.native else self._modules.locate(frame)
            if place is not None:
                where = f"{place[0]}:{place[1]}" + (f":{frame.column}" if frame.column else "")
                lines.append(f"    at {frame.function} ({where})" if frame.function is not None else f"    at {where}")
            elif frame.native and frame.function != "eval":
                lines.append(f"    at {frame.function} (native)")
        while lines and lines[-1].endswith("(native)"):
            lines.pop()
        return "\n".join(lines)


def _fault_details(text: str) -> dict[str, Any]:
    """Read the text of an error that only the engine saw: `Name: message` and a stack."""
    head, _, stack = text.partition("\n    at ")
    name, colon, message = head.partition(": ")
    if not colon or not name.replace("_", "").isalnum():
        name, message = "Error", head
    return {"code": "script_error", "name": name, "message": message, "stack": "    at " + stack if stack else ""}


def _is_deeper_than(text: str, depth: int) -> bool:
    """Tell whether JSON nests deeper, without reading it: that takes memory, and fails where it nests too deeply."""
    if text.count("[") + text.count("{") <= depth:
        return False
    outside_texts = text.replace("\\\\", "").replace('\\"', "").split('"')[::2]
    level = deepest = 0
    for character in "".join(outside_texts):
        if character in "[{":
            level += 1
            deepest = max(deepest, level)
        elif character in "]}":
            level -= 1
    return deepest > depth


def _in_one_wording(message: str) -> str:
    """Put the one sentence that depends on the engine, about a module that is not there, as dukpy puts it."""
    if not message.startswith(_MISSING_MODULE):
        return message
    return "cannot find module " + message.removeprefix(_MISSING_MODULE).removesuffix("'")


def _bounded(details: dict[str, Any]) -> dict[str, Any]:
    """Cut the texts of an error and of its causes to a size that fits a frame many times over."""
    return {key: _cut(value) for key, value in details.items()}


def _cut(value: Any) -> Any:
    if isinstance(value, dict):
        return _bounded(value)
    return value[:_TEXT_CHARACTERS] if isinstance(value, str) else value
