"""Compare the web globals with Node's, case by case, in the engine that tasks run in."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import pytest

from ratchet.engine import ENGINES, open_engine
from ratchet.engine.prelude import Prelude
from ratchet.engine.session import RESULT, Session
from tests.engine.web.case_files import Outcome, WebCase, load_cases, load_expected, program_of

ON_EACH_ENGINE = True

CASES = load_cases()
EXPECTED = load_expected()
LIMITS = {
    "timers": 100,
    "console_lines": 100,
    "console_bytes": 100_000,
    "progress_events": 10,
    "output_bytes": 1_000_000,
}


class Finished(BaseException):
    """Carries the end of an execution out of the engine."""


class LastFrame:
    """A reporter that keeps the console and ends the execution by raising what would be sent."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []
        self.trace: Callable[[], Mapping[str, Any] | None] = lambda: None
        self.ran: Callable[[], Sequence[int]] = list

    def console(self, level: str, time_ms: int, text: str) -> None:
        """Keep a line of the console."""
        self.lines.append((level, text))

    def progress(self, report: Mapping[str, Any]) -> None:
        """Drop a report of progress."""

    def ask(self, question: str) -> None:
        """Refuse to ask: nothing here reaches out of the worker."""
        raise AssertionError(question)

    def abandon(self, identity: int) -> None:
        """Do nothing: nothing was asked."""

    def wait(self, seconds: float | None) -> tuple[int, str] | None:
        """Wait for the next timer; no answer ever comes."""
        time.sleep(seconds or 0)
        return None

    def finish(self, kind: bytes, body: bytes, dropped_lines: int) -> NoReturn:
        """End the execution."""
        raise Finished(kind, body)


@functools.cache
def prelude() -> Prelude:
    """Return the prelude, read once."""
    return Prelude()


def run_program(program: str, reporter: LastFrame | None = None, engine: str = ENGINES[0]) -> tuple[bytes, Outcome]:
    """Run a program with a function `main` and return kind and body of its last frame."""
    request = {
        "main": {"id": "main.js", "form": "completion"},
        "files": {"main.js": program},
        "context": {},
        "seed": "00" * 32,
    }
    with pytest.raises(Finished) as ended:
        Session(open_engine(engine, prelude()), prelude(), reporter or LastFrame(), request, "null", LIMITS).run()
    kind, body = ended.value.args
    return kind, json.loads(body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_web_global_behaves_as_in_node(case: WebCase, engine: str) -> None:
    expected = EXPECTED[case.name] if case.own_outcome is None else case.own_outcome
    assert run_program(program_of(case), engine=engine) == (RESULT, expected)


def test_every_difference_from_node_has_a_reason_and_is_one() -> None:
    for case in CASES:
        assert (case.reason is None) == (case.own_outcome is None), case.name
        assert case.own_outcome != EXPECTED[case.name], case.name


def test_no_case_is_left_over_or_hides_another() -> None:
    assert sorted(case.name for case in CASES) == sorted(EXPECTED)


def test_error_of_a_listener_goes_to_the_console() -> None:
    reporter = LastFrame()
    run_program(
        """
        function main() {
          const target = new EventTarget();
          target.addEventListener("x", () => { throw new RangeError("no"); });
          return target.dispatchEvent(new Event("x"));
        }
        """,
        reporter,
    )
    [(level, text)] = reporter.lines
    assert (level, text.partition("\n")[0]) == ("error", "An event listener threw RangeError: no")


def test_long_texts_take_no_quadratic_time() -> None:
    program = """
    async function main() {
      const spaces = " ".repeat(300000);
      const headers = new Headers();
      const response = new Response("x", { headers: { "content-type": `a/b;c=${spaces}d` } });
      for (let n = 0; n < 2000; n++) headers.append(`a${n}`, "b");
      return { value: [
        new URL(`http://h/${spaces}x`).pathname.length, new Headers({ a: `x${spaces}y` }).get("a").length,
        Array.from(headers).length, (await response.blob()).type.length,
      ] };
    }
    """
    assert run_program(program) == (RESULT, {"value": [900002, 300002, 2000, 300009]})
