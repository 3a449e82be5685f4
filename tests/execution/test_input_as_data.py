"""Any JSON value reaches a task as it is, and what is none is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ratchet import Runtime, run
from ratchet.errors import InvalidInput
from ratchet.execution.listener import Silent
from ratchet.values import Problem
from tests.conftest import MakeTask, RunSource

ON_EACH_ENGINE = True

IDENTITY = "(input) => input"


def nested(depth: int) -> Any:
    """Return a value with so many arrays inside each other."""
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


VALUES = {
    "quotes": "\"'`${x}\\n\\",
    "controls": "\0\x01\b\t\n\r\x7f\x85",
    "line separators": "\u2028\u2029",
    "end of a script": "</script><!-- */ // \\u0041",
    "a lone surrogate": "\ud800",
    "lone surrogates in the wrong order": ["\udc00\ud800", {"\udfff": "\ud83d x"}],
    "a pair of surrogates": "\U0001f600 \U0010ffff",
    "names of the language": {
        "__proto__": {"x": 1},
        "constructor": 2,
        "toString": 3,
        "hasOwnProperty": None,
        "then": 4,
    },
    "__proto__ of null": {"__proto__": None},
    "an empty key": {"": {"": [{}, []]}},
    "keys like numbers": {"0": "a", "-1": "b", "4294967295": "c"},
    "an envelope": {"nonce": "x", "event": "start", "value": {}, "main": {}, "input": 1},
    "depth 500": nested(500),
    "large and small numbers": [1e308, -1e308, 5e-324, 1.7976931348623157e308, 2**53, -(2**53), 0.1, 1e21, 1e-7],
    "null": None,
    "booleans": [True, False],
    "many keys": {f"key {number}": number for number in range(10_000)},
}


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES.keys())
def test_value_arrives_as_it_is(run_source: RunSource, value: Any) -> None:
    execution = run_source(IDENTITY, value)
    assert execution.error is None
    assert execution.output == value


def test_proto_key_does_not_become_the_prototype(run_source: RunSource) -> None:
    source = (
        "(input) => [Object.keys(input), input.polluted === undefined, Object.getPrototypeOf(input) ==="
        " Object.prototype]"
    )
    assert run_source(source, {"__proto__": {"polluted": 1}}).output == [["__proto__"], True, True]


def test_minus_zero_stays_negative(run_source: RunSource) -> None:
    assert run_source("(input) => Object.is(input[0], -0) && 1 / input[0]  === -Infinity", [-0.0]).output is True


def test_text_of_ten_megabytes_fits(run_source: RunSource) -> None:
    assert run_source("(input) => input.length", "x" * 10_000_000).output == 10_000_000


def test_input_beyond_the_frame_is_refused(run_source: RunSource) -> None:
    with pytest.raises(InvalidInput, match="above the limit"):
        run_source(IDENTITY, "x" * 34_000_000)


def test_depth_501_is_refused(run_source: RunSource) -> None:
    with pytest.raises(InvalidInput, match="nested more than 500 deep"):
        run_source(IDENTITY, {"a": nested(500)})


def test_depth_beyond_the_recursion_of_python_is_refused(run_source: RunSource) -> None:
    with pytest.raises(InvalidInput, match="nested more than 500 deep"):
        run_source(IDENTITY, nested(100_000))


@pytest.mark.parametrize("value", [math.nan, [math.inf], {"a": -math.inf}, b"bytes", {1, 2}, object])
def test_what_is_not_json_is_refused(run_source: RunSource, value: Any) -> None:
    with pytest.raises(InvalidInput, match="not JSON"):
        run_source(IDENTITY, value)


class Warnings(Silent):
    """A listener that keeps what is odd about the input."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def warning(self, problem: Problem) -> None:
        """Keep it."""
        self.problems.append(problem)


def test_integer_beyond_2_to_the_53_is_warned_of_with_its_pointer(runtime: Runtime, make_task: MakeTask) -> None:
    listener = Warnings()
    execution = run(runtime, make_task(IDENTITY), {"a/b": [2**53, 2**53 + 1]}, listener=listener)
    assert execution.output == {"a/b": [2**53, 2**53]}
    assert [problem.pointer for problem in listener.problems] == ["/a~1b/1"]


TEXTS = st.text(st.characters(codec=None), max_size=20)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON_VALUES)
def test_every_json_value_survives_the_way_there_and_back(runtime: Runtime, make_task: MakeTask, value: Any) -> None:
    execution = run(runtime, make_task(IDENTITY), value)
    assert execution.output_json is not None
    # Through the text, in which two halves of a surrogate pair that met are one character; numbers as JavaScript's.
    assert json.loads(execution.output_json, parse_int=float) == json.loads(json.dumps(value), parse_int=float)
