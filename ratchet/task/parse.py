"""Parse JSON strictly: no duplicate keys, no NaN, no endless nesting."""

from __future__ import annotations

import json
import math
from json.decoder import JSONDecodeError

from ratchet.errors import InvalidInput, RatchetError
from ratchet.task.positions import duplicate_problems, first_deeper_than, walk_json
from ratchet.task.text import error_from, place_at, printable
from ratchet.values import Json, Problem

DEEPEST = 500
"""How many arrays and objects may stand inside each other."""


class _NotJsonError(ValueError):
    """A number that Python would read but JSON does not have."""


def parse_json(text: str, *, file: str, kind: type[RatchetError] = InvalidInput) -> Json:
    """Return the JSON value that a text holds.

    Args:
        file: What to call the text in errors: a path as the user would type it.
        kind: The class of error to raise.

    Raises:
        RatchetError: Of the given kind, with the place in the text.
    """
    duplicated = False

    def make_object(pairs: list[tuple[str, Json]]) -> Json:
        nonlocal duplicated
        result = dict(pairs)
        duplicated = duplicated or len(result) != len(pairs)
        return result

    try:
        value = json.loads(text, object_pairs_hook=make_object, parse_constant=_refuse, parse_float=_parse_float)
    except JSONDecodeError as error:
        in_string = error.msg.startswith("Invalid control character")
        raise _syntax_error(text, error.pos if in_string else _true_offset(text, error.pos), file, kind) from None
    except RecursionError:
        raise _depth_error(text, file, kind) from None
    except ValueError as error:
        raise error_from([_number_problem(text, str(error), file)], kind) from None
    if duplicated:
        raise error_from(duplicate_problems(file, text, walk_json(text)), kind, subject=f"`{file}`")
    if text.count("[") + text.count("{") > DEEPEST and is_deeper_than(value, DEEPEST):
        raise _depth_error(text, file, kind)
    return value


def is_deeper_than(value: Json, depth: int) -> bool:
    """Tell whether arrays and objects stand more than so deep inside each other."""
    level = [value] if type(value) in (dict, list) else []
    for _ in range(depth):
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) is dict or type(child) is list
        ]
        if not level:
            return False
    return True


def _parse_float(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _NotJsonError(digits)
    return number


def _refuse(name: str) -> Json:
    raise _NotJsonError(name)


def _number_problem(text: str, digits: str, file: str) -> Problem:
    if digits in ("NaN", "Infinity", "-Infinity"):
        offset = _offset_of_scalar(text, digits)
        return Problem(f"`{digits}` is not JSON", place_at(file, text, offset), hint="Write `null`, or a number")
    # Python refuses integers of more than 4,300 digits without saying where they are.
    offset = _offset_of_scalar(text, digits) if digits in text else _offset_of_long_number(text)
    return Problem("The number is too large", place_at(file, text, offset), hint="Write it as a string")


def _offset_of_scalar(text: str, scalar: str) -> int:
    return next((node.offset for node in walk_json(text) if text.startswith(scalar, node.offset)), 0)


def _offset_of_long_number(text: str) -> int:
    return next((node.offset for node in walk_json(text) if node.scalar and node.end - node.offset > 4300), 0)


def _depth_error(text: str, file: str, kind: type[RatchetError]) -> RatchetError:
    offset = first_deeper_than(text, DEEPEST)
    problem = Problem(f"The JSON is nested more than {DEEPEST} deep", place_at(file, text, offset))
    return error_from([problem], kind)


def _syntax_error(text: str, offset: int, file: str, kind: type[RatchetError]) -> RatchetError:
    if not text.strip():
        problem = Problem(f"`{printable(file)}` is empty", place_at(file, text, 0), hint="Write a JSON value")
    else:
        message, hint = _explain(text, offset)
        if offset == len(text):
            offset = len(text.rstrip(" \t\r\n"))
        problem = Problem(message, place_at(file, text, offset), hint=hint)
    return error_from([problem], kind)


def _true_offset(text: str, offset: int) -> int:
    """Return the offset of an offending character, which differs between Python versions: white space, last commas."""
    while offset < len(text) and text[offset] in " \t\r\n":
        offset += 1
    before = text[:offset].rstrip(" \t\r\n")
    if before.endswith(",") and text[offset : offset + 1] in ("}", "]"):
        return len(before) - 1
    return min(offset, len(text))


def _explain(text: str, offset: int) -> tuple[str, str | None]:
    before = text[:offset].rstrip(" \t\r\n")[-1:]
    if offset >= len(text):
        return "The JSON ends too early", "Close every string, array and object"
    character = text[offset]
    if character == "," and text[offset + 1 :].lstrip(" \t\r\n")[:1] in ("}", "]"):
        return "There is a comma after the last entry", "Remove the comma"
    if character == "'":
        return "A string stands in single quotes", "JSON strings stand in double quotes"
    if character == "/":
        return "JSON has no comments", "Remove the comment"
    if (character == '"' and before in ('"', "}", "]")) or (character == '"' and before.isalnum()):
        return "A comma or colon is missing before this string", None
    if character == '"':
        return "The string is not closed", "Close it with a double quote; write a line break as `\\n`"
    if character == "\ufeff":
        return "The JSON starts with a byte order mark", "Save it as UTF-8 without a byte order mark"
    if before in ("{", ",") and (character.isalpha() or character in "_$"):
        return "A key stands without quotes", "Keys stand in double quotes"
    if ord(character) < 32:
        return f"A string holds the control character U+{ord(character):04X}", "Write a line break as `\\n`"
    return f"Unexpected `{printable(character)}`", "JSON has double-quoted strings, numbers, `true`, `false`, `null`"
