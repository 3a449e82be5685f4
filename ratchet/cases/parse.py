"""Turn an object of a case file into a case."""

from __future__ import annotations

import hashlib
import json
import re

from ratchet.cases.assertions import OPERATORS, Assertion, is_accepted
from ratchet.cases.mocks import read_mocks
from ratchet.cases.model import Case, ExpectedError, Readings, Written
from ratchet.cases.paths import Path, parse_path
from ratchet.cases.recordings import Recorded, read_recording
from ratchet.cases.section import Section
from ratchet.gateway.matching import ABSENT
from ratchet.gateway.secret import SHORTEST
from ratchet.task.moment import parse_moment
from ratchet.task.quantity import parse_positive
from ratchet.task.reader import name_of, nearest_hint
from ratchet.task.text import printable
from ratchet.values import Json

KEYS = (
    "name",
    "description",
    "skip",
    "only",
    "input",
    "expected_output",
    "expected",
    "expected_error",
    "should_fail",
    "assertions",
    "mock",
    "mock_http",
    "recording",
    "clock",
    "random_seed",
    "secrets",
    "timeout_seconds",
    "strict",
    "ordered",
)
_ERROR_KEYS = ("name", "message", "code", "status")
_ASSERTION_KEYS = ("path", "operator", "expected")
_SEED = re.compile(r"[0-9a-fA-F]{64}")
_EARLIEST, _LATEST = 0, 253_402_300_799_999
"""Milliseconds of 1970 and of the end of 9999, between which dates are written with four digits."""


def read_case(section: Section, written: Written, name: str) -> Case:
    """Return the case that an object says; the reader of the section holds every problem with it.

    Args:
        name: What it is called where it does not say.
    """
    section.refuse_unknown("A case", KEYS)
    output_key = _output_key(section)
    recorded = read_recording(section, written) or Recorded()
    clock, seed = _read_clock(section), _read_seed(section)
    case = Case(
        name=section.text("name") or name,
        written=written,
        description=section.text("description"),
        skip=_read_skip(section),
        only=section.flag("only", False),
        input=section.value.get("input", {}),
        expected_output=section.value.get(output_key, ABSENT),
        output_key=output_key,
        expected_error=_read_error(section),
        should_fail=section.flag("should_fail", False),
        assertions=_read_assertions(section),
        mocks=(*read_mocks(section), *recorded.mocks),
        clock=recorded.clock if clock is None else clock,
        random_seed=seed or recorded.seed,
        calls=recorded.calls,
        context=recorded.context,
        secrets=_read_secrets(section),
        signatures=recorded.signatures,
        timeout_seconds=_read_timeout(section),
        strict=section.flag("strict", True),
        ordered=section.flag("ordered", bool(recorded.mocks)),
    )
    _check_together(section, case)
    return case


def _output_key(section: Section) -> str:
    if "expected_output" in section.value and "expected" in section.value:
        message = "`expected` is another name of `expected_output`, and both are there"
        section.report(message, "expected", hint="Keep one of them", key=True)
    return "expected" if "expected" in section.value and "expected_output" not in section.value else "expected_output"


def _check_together(section: Section, case: Case) -> None:
    """Note what does not go together, and a case that any output would pass."""
    fails = case.should_fail or case.expected_error is not None
    if fails and case.expected_output is not ABSENT:
        hint = "Keep the output, or the error"
        section.report("The case expects an output and an error", case.output_key, hint=hint, key=True)
    if not fails and case.expected_output is ABSENT and not case.assertions:
        hint = "Add `expected_output`, `expected_error` or `assertions`"
        section.warn("The case expects nothing: any output passes", hint=hint)


def _read_skip(section: Section) -> str | None:
    value = section.value.get("skip")
    if value is None or isinstance(value, bool):
        return "" if value else None
    if not isinstance(value, str):
        section.report(f"`skip` is {name_of(value)}, not true, false or a reason", "skip")
    return str(value)


def _read_error(section: Section) -> ExpectedError | None:
    value = section.value.get("expected_error")
    if value is None or isinstance(value, str):
        return None if value is None else ExpectedError(message=value)
    if not isinstance(value, dict):
        message = f"`expected_error` is {name_of(value)}, not a string or an object"
        section.report(message, "expected_error")
        return ExpectedError()
    error = section.section("expected_error", "`expected_error`")
    assert error is not None
    error.refuse_unknown("`expected_error`", _ERROR_KEYS)
    return ExpectedError(error.text("name"), error.text("message"), error.text("code"), error.whole("status", 100, 599))


def _read_assertions(section: Section) -> tuple[Assertion, ...]:
    read = [_read_assertion(one, number) for number, one in enumerate(section.sections("assertions", "An assertion"))]
    return tuple(assertion for assertion in read if assertion is not None)


def _read_assertion(section: Section, number: int) -> Assertion | None:
    section.refuse_unknown("An assertion", _ASSERTION_KEYS)
    path = _read_path(section)
    operator = section.text("operator") or "equals"
    if operator not in OPERATORS:
        hint = nearest_hint(operator, tuple(OPERATORS))
        section.report(f"`{printable(operator)}` is not an operator", "operator", hint=hint)
        return None
    expected = section.value.get("expected", True if operator == "exists" else ABSENT)
    if expected is ABSENT:
        section.report(f"`{operator}` needs an `expected`", "operator")
    elif not is_accepted(operator, expected):
        message = f"`{operator}` cannot have {_kind_of(expected)} as `expected`"
        section.report(message, "expected", hint=f"Write {OPERATORS[operator].accepts}")
    elif path is not None:
        return Assertion(number, path, operator, expected)
    return None


def _read_path(section: Section) -> Path | None:
    text = section.text("path")
    if text is None:
        if section.value.get("path") is None:
            section.report("The assertion has no `path`", hint='Add where to look: `"path": "items.0.price"`')
        return None
    try:
        return parse_path(text)
    except ValueError as error:
        hint = "Write `a.b.0`, a JSON Pointer such as `/a/b/0`, or a JSONPath without filters such as `$.a.b[*]`"
        section.report(f"The path `{printable(text)}` {error}", "path", hint=hint)
        return None


def _kind_of(value: Json) -> str:
    return f"`{printable(value)}`" if isinstance(value, str) else name_of(value)


def _read_clock(section: Section) -> Readings | None:
    """Return what the clock says: a moment to begin at, or the readings of a recording."""
    value = section.value.get("clock")
    if isinstance(value, list) and value and all(_is_reading(reading) for reading in value):
        return tuple((at, times) for at, times in value)
    moment: float | None = value if type(value) in (int, float) else None
    if isinstance(value, str):
        try:
            moment = parse_moment(value).timestamp() * 1000
        except ValueError:
            moment = None
    if value is None or (moment is not None and _EARLIEST <= moment <= _LATEST):
        return None if moment is None else ((round(moment), 0),)
    message = "`clock` is neither a time from 1970 to 9999 nor milliseconds since 1970, nor readings of such"
    section.report(message, "clock", hint='Write `"2026-03-01T12:00:00Z"`')
    return None


def _is_reading(value: Json) -> bool:
    if not isinstance(value, list) or len(value) != 2 or not all(type(number) is int for number in value):
        return False
    at, times = value
    return bool(_EARLIEST <= at <= _LATEST and times >= 0)


def _read_seed(section: Section) -> str | None:
    value = section.value.get("random_seed")
    if value is None:
        return None
    if isinstance(value, str) and _SEED.fullmatch(value):
        return value.lower()
    if not isinstance(value, str) and type(value) is not int:
        section.report(f"`random_seed` is {name_of(value)}, not a whole number or a string", "random_seed")
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()


def _read_secrets(section: Section) -> dict[str, str]:
    """Return the values that secrets have in a case, which are for tests alone."""
    value = section.value.get("secrets")
    if value is None:
        return {}
    if not isinstance(value, dict):
        section.report(f"`secrets` is {name_of(value)}, not an object of values by name", "secrets")
        return {}
    for name, text in value.items():
        if not isinstance(text, str) or len(text) < SHORTEST or not (text.isascii() and text.isprintable()):
            message = f"The secret `{printable(name)}` is not one line of ASCII with {SHORTEST} characters or more"
            section.report(message, "secrets", name)
    return value


def _read_timeout(section: Section) -> float | None:
    value = section.value.get("timeout_seconds")
    seconds = parse_positive(value)
    if value is not None and seconds is None:
        section.report("`timeout_seconds` is not a number above zero", "timeout_seconds")
    return seconds
