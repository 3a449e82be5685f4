"""What a source text offers to the tests of its task: statements to count, and small changes, found by `survey.js`."""

from __future__ import annotations

from typing import NamedTuple

from ratchet.errors import EngineCrash
from ratchet.values import Json

MOST_STATEMENTS = 100_000
"""How far apart the numbers of the statements of two files are; `survey.js` counts half as many."""

_CHANGE = {"start": int, "end": int, "after": str, "statement": int, "line": int, "column": int}
_LONGEST = 1 << 31


class Change(NamedTuple):
    """A small change to a text.

    Args:
        start, end: The characters that are replaced.
        after: What stands there instead.
        statement: The number of the innermost statement around it.
        line, column: Where it begins, from 1.
    """

    start: int
    end: int
    after: str
    statement: int
    line: int
    column: int

    def apply(self, text: str) -> str:
        """Return the changed text, whose other lines stay where they were."""
        lost = text.count("\n", self.start, self.end) - self.after.count("\n")
        return text[: self.start] + self.after + "\n" * lost + text[self.end :]


class Survey(NamedTuple):
    """What was found in a file.

    Args:
        first: The number of its first statement.
        counted: The text with a call in front of every statement that says that it runs, on the same lines.
        lines: On which line each statement begins.
    """

    first: int
    counted: str
    lines: tuple[int, ...]
    changes: tuple[Change, ...]


def survey_request(text: str, path: str, first: int) -> Json:
    """Return what `survey.js` wants to know; the text of TypeScript is the transpiled one."""
    return {"source": text, "path": path, "first": first}


def parse_survey(value: Json, first: int) -> Survey:
    """Check what a worker says about a file.

    Raises:
        EngineCrash: The answer has another shape; a worker that makes such an answer is broken.
    """
    if not isinstance(value, dict) or not isinstance(value.get("counted"), str):
        raise _broken()
    lines, changes = value.get("lines"), value.get("changes")
    if not isinstance(lines, list) or not isinstance(changes, list) or not all(_is_number(line) for line in lines):
        raise _broken()
    return Survey(first, value["counted"], tuple(lines), tuple(_parse_change(change, first) for change in changes))


def _parse_change(value: Json, first: int) -> Change:
    if not isinstance(value, dict) or any(type(value.get(key)) is not kind for key, kind in _CHANGE.items()):
        raise _broken()
    change = Change(**{key: value[key] for key in _CHANGE})
    if not all(_is_number(number) for number in change if isinstance(number, int)) or change.start > change.end:
        raise _broken()
    return change._replace(statement=first + change.statement)


def _is_number(value: Json) -> bool:
    return type(value) is int and 0 <= value < _LONGEST


def _broken() -> EngineCrash:
    return EngineCrash("The worker's answer about the statements of a source text makes no sense")
