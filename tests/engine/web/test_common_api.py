"""The table of globals is that of the engine, and nothing in it goes untested."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ratchet.engine.prelude import host_globals
from ratchet.engine.session import RESULT
from tests.engine.web.case_files import load_cases
from tests.engine.web.common_api import COMMON_API, OWN_API
from tests.engine.web.test_web_globals import run_program

ROOT = Path(__file__).parents[3]
EVERY = {**COMMON_API, **OWN_API}
STATUSES = {
    "AuthenticationError": 401,
    "AuthorizationError": 403,
    "ConfigurationError": None,
    "DataError": None,
    "NetworkError": None,
    "RateLimitError": 429,
    "ServiceUnavailableError": 503,
    "TimeoutError": None,
    "ValidationError": None,
}


def test_a_task_finds_what_the_table_says() -> None:
    program = (
        f"function main() {{ return {{ value: {json.dumps(list(EVERY))}.filter((name) => name in globalThis) }} }}"
    )
    kind, outcome = run_program(program)
    assert kind == RESULT
    assert outcome["value"] == [name for name, row in EVERY.items() if row.here]


def test_every_global_of_the_host_has_a_row() -> None:
    rows = {name for name, row in EVERY.items() if row.here}
    # The names that the linter knows are the language's own and those of the host.
    assert host_globals() - rows == set()
    assert rows - host_globals() == {"globalThis"}


@pytest.mark.parametrize("name", [name for name, row in EVERY.items() if row.here])
def test_every_global_is_tested(name: str) -> None:
    tested = EVERY[name].tested
    texts = [case.code for case in load_cases()] if tested is None else [(ROOT / tested).read_text("utf-8")]
    word = re.compile(rf"\b{name}\b")
    assert any(word.search(text) for text in texts)


def test_what_is_absent_has_a_reason() -> None:
    assert [name for name, row in EVERY.items() if not row.here and not row.note] == []


@pytest.mark.parametrize(("name", "status"), STATUSES.items())
def test_a_typed_error_is_an_error_with_its_name_and_status(name: str, status: int | None) -> None:
    program = f"""
    function main() {{
      const cause = new Error("first");
      const error = new {name}("words", {{ cause }});
      return {{ value: [error instanceof Error, error instanceof {name}, error.name, error.message,
        error.status ?? null, error.cause === cause, new {name}("x", {{ status: 418 }}).status] }};
    }}
    """
    expected = [True, True, name, "words", status, True, 418]
    assert run_program(program) == (RESULT, {"value": expected})


def test_an_http_error_takes_its_status_first() -> None:
    program = """
    function main() {
      const error = new HttpError(418, "words");
      return { value: [error instanceof Error, error.name, error.message, error.status] };
    }
    """
    assert run_program(program) == (RESULT, {"value": [True, "HttpError", "words", 418]})
