"""The hostile scripts beside this file, what each must end in, and how to run them.

The comment at the head of a script says what it does, then `ends:` and the class of `ratchet.errors` it must end in, or
`completed`, and then `output:` and what a script gets that reached for more. Where memory and time run out together,
either end is right and both are named. Where an engine does otherwise, `ends(wasm):` or `output(wasm):` says what it
does, and `why(wasm):` names the row of `tests.engine.differences` that explains it.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from ratchet import Limits, Runtime, Task, run
from ratchet.errors import RatchetError
from ratchet.values import Json

FOLDER = Path(__file__).parent
COMPLETED = "completed"
PATIENT = Limits(timeout_seconds=90, cpu_seconds=60)
"""For what ends by itself, however busy this machine is."""
_NARROW_BYTES = 24 << 20
# The default grace and half a second; the grace here is shorter, but a busy machine is no failure.
_MOST_OVER_SECONDS = 2.5
_CONTROL = "(input) => [typeof leaked, input]"

MakeTask = Callable[..., Task]


class Script(NamedTuple):
    """One hostile script.

    Args:
        ends: The names of the ends that are right.
        output: What it returns when it completes.
        why: The difference between the engines that its end shows, if there is one.
    """

    name: str
    source: str
    ends: Sequence[str]
    output: Json = None
    why: str | None = None

    @property
    def kind(self) -> str:
        """The first word of its name."""
        return self.name.partition("-")[0]

    @property
    def limits(self) -> Limits:
        """What it is held to: a short wall and a narrow memory only where they are what must end it."""
        limits = PATIENT
        if "MemoryLimit" in self.ends:
            limits = limits._replace(memory_bytes=_NARROW_BYTES)
        if "TimeLimit" in self.ends:
            limits = limits._replace(timeout_seconds=0.4, cpu_seconds=1, grace_seconds=0.2)
        return limits


class Ended(NamedTuple):
    """How a script ended."""

    script: Script
    end: str
    output: Json
    words: str
    seconds: float
    control: Json

    @property
    def over_seconds(self) -> float:
        """How long after its wall it ended."""
        return self.seconds - self.script.limits.timeout_seconds

    def complaints(self) -> list[str]:
        """Return what was wrong with the end, in words."""
        found = []
        expected = self.script.ends
        if self.end not in expected:
            found.append(f"ended in {self.end} ({self.words}), not in {' or '.join(expected)}")
        elif self.end == COMPLETED and self.output != self.script.output:
            found.append(f"got {self.output!r}, not {self.script.output!r}")
        if self.over_seconds > _MOST_OVER_SECONDS:
            found.append(f"ended {self.over_seconds:.2f} s after its wall, more than {_MOST_OVER_SECONDS:g}")
        if self.control != ["undefined", {"a": 1}]:
            found.append(f"changed the next execution to {self.control!r}")
        return [f"{self.script.name} {complaint}" for complaint in found]


def load_scripts(engine: str) -> list[Script]:
    """Return every script of the corpus, with the end it must have on an engine."""
    return [_read(file, engine) for file in sorted(FOLDER.glob("*.js"))]


def _read(file: Path, engine: str) -> Script:
    source = file.read_text("utf-8")
    comments = itertools.takewhile(lambda line: line.startswith("// "), source.splitlines()[1:])
    head = dict(line[3:].split(": ", 1) for line in comments)
    ends, output = (head.get(f"{key}({engine})", head.get(key)) for key in ("ends", "output"))
    assert ends, f"{file.name} does not say how it ends"
    return Script(file.stem, source, ends.split(" or "), json.loads(output or "null"), head.get(f"why({engine})"))


def run_scripts(runtime: Runtime, make_task: MakeTask, scripts: Sequence[Script], at_once: int) -> list[Ended]:
    """Run scripts, some at a time in one pool, each followed by a control task that must not notice."""
    control = make_task(_CONTROL, name="control")
    tasks = [make_task(script.source, name=script.name) for script in scripts]
    # The first execution of all waits for the zygote.
    run(runtime, control, {"a": 1}, limits=PATIENT)
    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(lambda script, task: _run(runtime, script, task, control), scripts, tasks))


def _run(runtime: Runtime, script: Script, task: Task, control: Task) -> Ended:
    started = time.monotonic()
    queued_seconds = 0.0
    try:
        execution = run(runtime, task, None, limits=script.limits)
    except RatchetError as error:
        end, output, words = type(error).__name__, None, error.message
    else:
        queued_seconds = (execution.queued_ms or 0) / 1000
        failure = execution.error
        end = COMPLETED if failure is None else failure.kind.__name__
        output = None if failure else execution.output
        words = f"{failure.name or failure.code}: {failure.message}" if failure else ""
    seconds = time.monotonic() - started - queued_seconds
    after = run(runtime, control, {"a": 1}, limits=PATIENT)
    return Ended(script, end, output, words[:200], seconds, after.error.message if after.error else after.output)
