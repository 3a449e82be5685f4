"""What a case asserts of single parts of an output or an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ratchet.cases.paths import Path
from ratchet.cases.wording import shown
from ratchet.task.difference import equal, type_of
from ratchet.task.pattern import compile_pattern
from ratchet.values import Json

TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")


class Assertion(NamedTuple):
    """One assertion.

    Args:
        number: From 0, in the case.
    """

    number: int
    path: Path
    operator: str
    expected: Json

    @property
    def of_error(self) -> bool:
        """Tell whether it is about the error of a task that failed."""
        return self.path.begins_with("error")

    def failure(self, root: Json) -> str | None:
        """Return what is wrong, a clause that follows the path; None where it holds."""
        found = self.path.values(root)
        if self.operator == "exists":
            return None if bool(found) is self.expected else "is not there" if self.expected else "is there"
        if not found and not self.path.is_plural:
            # What is not there has no value, so it is not unequal to one either: the path may have a slip in it.
            return "is not there"
        value = found if self.path.is_plural else found[0]
        return None if OPERATORS[self.operator].holds(value, self.expected) else _shown(self, value)


class Operator(NamedTuple):
    """What an assertion checks.

    Args:
        accepts: What its `expected` must be; "" for any value.
    """

    holds: Callable[[Json, Json], bool]
    accepts: str


def _contains(value: Json, expected: Json) -> bool:
    if isinstance(value, str):
        return isinstance(expected, str) and expected in value
    if isinstance(value, list):
        return any(equal(expected, entry) for entry in value)
    return isinstance(value, dict) and isinstance(expected, str) and expected in value


def _matches(value: Json, expected: Json) -> bool:
    return isinstance(value, str) and compile_pattern(expected)(value)


def _is_of_type(value: Json, expected: str) -> bool:
    if expected == "integer":
        return type_of(value) == "number" and float(value).is_integer()
    return type_of(value) == expected


def _has_length(value: Json, expected: Json) -> bool:
    return isinstance(value, str | list | dict) and len(value) == expected


def _has_array_length(value: Json, expected: Json) -> bool:
    return isinstance(value, list) and len(value) == expected


def _ordered(holds: Callable[[Json, Json], bool]) -> Callable[[Json, Json], bool]:
    """Return a comparison of two numbers or two texts; any other pair has no order."""

    def compare(value: Json, expected: Json) -> bool:
        kind = type_of(value)
        return kind == type_of(expected) and kind in ("number", "string") and holds(value, expected)

    return compare


OPERATORS: Mapping[str, Operator] = {
    "equals": Operator(lambda value, expected: equal(expected, value), ""),
    "not_equals": Operator(lambda value, expected: not equal(expected, value), ""),
    "contains": Operator(_contains, ""),
    "matches": Operator(_matches, "a regular expression"),
    "exists": Operator(lambda value, expected: True, "true or false"),
    "type": Operator(_is_of_type, "one of " + ", ".join(f"`{name}`" for name in TYPES)),
    "length": Operator(_has_length, "a whole number"),
    "gt": Operator(_ordered(lambda value, expected: bool(value > expected)), "a number or a string"),
    "gte": Operator(_ordered(lambda value, expected: bool(value >= expected)), "a number or a string"),
    "lt": Operator(_ordered(lambda value, expected: bool(value < expected)), "a number or a string"),
    "lte": Operator(_ordered(lambda value, expected: bool(value <= expected)), "a number or a string"),
    "one_of": Operator(lambda value, expected: any(equal(entry, value) for entry in expected), "a list"),
    "array_length": Operator(_has_array_length, "a whole number"),
}


def is_accepted(operator: str, expected: Json) -> bool:
    """Tell whether a value can be the `expected` of an operator."""
    kind = type_of(expected)
    if operator == "matches":
        try:
            return kind == "string" and compile_pattern(expected) is not None
        except ValueError:
            return False
    if operator == "type":
        return expected in TYPES
    if operator in ("length", "array_length"):
        return type(expected) is int and expected >= 0
    if operator in ("gt", "gte", "lt", "lte"):
        return kind in ("number", "string")
    return kind == {"exists": "boolean", "one_of": "array"}.get(operator, kind)


_PHRASES = {
    "equals": "is not {expected}",
    "not_equals": "is {expected}",
    "contains": "does not contain {expected}",
    "matches": "does not match {expected}",
    "type": "is not of the type {expected}",
    "length": "does not have the length {expected}",
    "gt": "is not greater than {expected}",
    "gte": "is less than {expected}",
    "lt": "is not less than {expected}",
    "lte": "is greater than {expected}",
    "one_of": "is none of {expected}",
    "array_length": "is no array of {expected}",
}


def _shown(assertion: Assertion, value: Json) -> str:
    phrase = _PHRASES[assertion.operator].format(expected=f"`{shown(assertion.expected)}`")
    return f"{phrase}: it is `{shown(value)}`" if assertion.operator != "not_equals" else phrase
