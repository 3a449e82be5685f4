"""Parse the part of YAML that is JSON with comments: YAML 1.2 core scalars, nothing shared, nothing tagged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ratchet.errors import InvalidTask, RatchetError
from ratchet.task.positions import Node, duplicate_problems
from ratchet.task.text import error_from, place_at, printable
from ratchet.values import Json, Problem

if TYPE_CHECKING:
    from yaml.events import Event, NodeEvent, ScalarEvent

LONGEST = 256 * 1024
"""Characters of a YAML text: the pure Python parser takes seconds for more."""
DEEPEST = 100

_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}")
_OCTAL = re.compile(r"0o[0-7]{1,4000}")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]{1,4000}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_WORDS: dict[str, Json] = {"": None, "~": None, "null": None, "Null": None, "NULL": None}
_WORDS |= {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_STRING_TAGS = ("!", "tag:yaml.org,2002:str")


class _RefusedError(Exception):
    """A part of YAML that Ratchet does not take."""

    def __init__(self, message: str, offset: int, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


class _Frame:
    """An array or object whose end has not come yet."""

    __slots__ = ("key_offset", "step")

    def __init__(self, step: int | str | None) -> None:
        self.step = step
        self.key_offset = -1

    def advance(self) -> None:
        """Wait for the next entry."""
        self.step = self.step + 1 if isinstance(self.step, int) else None
        self.key_offset = -1


def parse_yaml(text: str, *, file: str, kind: type[RatchetError] = InvalidTask) -> Json:
    """Return the JSON value that a YAML text holds.

    Raises:
        RatchetError: Of the given kind, with the place in the text.
    """
    value, problems = read_yaml(text, file=file, kind=kind)
    if problems:
        raise error_from(problems, kind, subject=f"`{file}`")
    return value


def read_yaml(text: str, *, file: str, kind: type[RatchetError] = InvalidTask) -> tuple[Json, list[Problem]]:
    """Return the JSON value that a YAML text holds, and a problem for every key that is there twice.

    Raises:
        RatchetError: Of the given kind, when there is no value to return.
    """
    entries: list[tuple[Node, Json]] = []
    try:
        entries.extend(_walk(text))
    except _RefusedError as error:
        problem = Problem(error.message, place_at(file, text, error.offset), hint=error.hint)
        raise error_from([problem], kind) from None
    if not entries:
        raise error_from([Problem(f"`{printable(file)}` is empty", place_at(file, text, 0))], kind)
    return _assemble(entries), duplicate_problems(file, text, (node for node, _ in entries))


def walk_yaml(text: str) -> Iterator[Node]:
    """Yield every value of a YAML text in order, up to the first thing that is refused."""
    try:
        for node, _ in _walk(text):
            yield node
    except _RefusedError:
        return


def _assemble(entries: list[tuple[Node, Json]]) -> Json:
    branch: list[Json] = []
    for node, value in entries:
        del branch[node.depth :]
        if node.depth:
            parent = branch[node.depth - 1]
            if isinstance(parent, list):
                parent.append(value)
            else:
                parent[node.step] = value
        branch.append(value)
    return branch[0]


def _walk(text: str) -> Iterator[tuple[Node, Json]]:
    """Yield each value with its place; the parser works event by event, so nothing deep is ever built."""
    import yaml

    if len(text) > LONGEST:
        raise _RefusedError(f"The YAML is longer than {LONGEST:,} characters", 0, "Write it as JSON")
    try:
        yield from _walk_events(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.reader.ReaderError as error:
        raise _RefusedError("The YAML holds a character that it may not hold", int(error.position)) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = printable(error.problem or error.context or "it is not YAML")
        raise _RefusedError(f"The YAML cannot be read: {reason}", mark.index if mark else 0) from None


def _walk_events(events: Iterator[Event]) -> Iterator[tuple[Node, Json]]:
    from yaml.events import CollectionEndEvent, DocumentStartEvent, NodeEvent

    stack: list[_Frame] = []
    documents = 0
    for event in events:
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _RefusedError("There is a second YAML document", _start_of(event), "Keep only the first")
        elif isinstance(event, CollectionEndEvent):
            stack.pop()
            if stack:
                stack[-1].advance()
        elif isinstance(event, NodeEvent):
            _refuse_sharing(event)
            if stack and stack[-1].step is None:
                stack[-1].step = _key_of(event)
                stack[-1].key_offset = _start_of(event)
            else:
                yield _enter(event, stack)


def _enter(event: NodeEvent, stack: list[_Frame]) -> tuple[Node, Json]:
    """Return the value that starts here; an array or object is put on the stack, empty."""
    from yaml.events import ScalarEvent, SequenceStartEvent

    offset, depth = _start_of(event), len(stack)
    frame = stack[-1] if stack else None
    step = "" if frame is None or frame.step is None else frame.step
    key_offset = offset if frame is None or frame.key_offset < 0 else frame.key_offset
    value: Json
    if isinstance(event, ScalarEvent):
        value = _scalar(event, offset)
        if frame is not None:
            frame.advance()
    else:
        if depth >= DEEPEST:
            raise _RefusedError(f"The YAML is nested more than {DEEPEST} deep", offset)
        if (tag := getattr(event, "tag", None)) is not None:
            raise _tag_error(tag, offset)
        value = [] if isinstance(event, SequenceStartEvent) else {}
        stack.append(_Frame(0 if isinstance(event, SequenceStartEvent) else None))
    end = event.end_mark.index if event.end_mark else offset
    return Node(depth, step, offset, end, key_offset, isinstance(event, ScalarEvent)), value


def _start_of(event: Event) -> int:
    return event.start_mark.index if event.start_mark else 0


def _tag_error(tag: str, offset: int) -> _RefusedError:
    return _RefusedError(f"The tag `{printable(tag)}` is not allowed", offset, "Remove it")


def _refuse_sharing(event: NodeEvent) -> None:
    from yaml.events import AliasEvent

    if isinstance(event, AliasEvent):
        name = printable(event.anchor or "")
        raise _RefusedError(f"The alias `*{name}` is not allowed", _start_of(event), "Write the value out")
    if event.anchor is not None:
        raise _RefusedError(f"The anchor `&{printable(event.anchor)}` is not allowed", _start_of(event), "Remove it")


def _key_of(event: NodeEvent) -> str:
    from yaml.events import ScalarEvent

    offset = _start_of(event)
    if not isinstance(event, ScalarEvent):
        raise _RefusedError("A key is a list or an object", offset, "Write it as a string")
    if event.tag not in (None, *_STRING_TAGS):
        raise _tag_error(event.tag, offset)
    if event.value == "<<" and event.implicit[0]:
        raise _RefusedError("The merge key `<<` is not allowed", offset, "Write the entries out")
    return _joined(str(event.value))


def _joined(text: str) -> str:
    """Return a text whose escaped surrogate pairs are characters, as JSON has it; PyYAML leaves them in halves."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _scalar(event: ScalarEvent, offset: int) -> Json:
    if event.tag in _STRING_TAGS:
        return _joined(event.value)
    if event.tag is not None:
        raise _tag_error(event.tag, offset)
    if not event.implicit[0]:
        return _joined(event.value)
    return _plain(event.value, offset)


def _plain(word: str, offset: int) -> Json:
    """Return what a scalar without quotes means (YAML 1.2.2, section 10.3)."""
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    if _OCTAL.fullmatch(word):
        return int(word[2:], 8)
    if _HEXADECIMAL.fullmatch(word):
        return int(word[2:], 16)
    if _NOT_FINITE.fullmatch(word):
        raise _RefusedError(f"`{word}` is not JSON", offset, "Write `null`, or a number")
    if _FLOAT.fullmatch(word):
        number = float(word)
        if number in (float("inf"), float("-inf")):
            raise _RefusedError("The number is too large", offset, "Write it as a string")
        return number
    return word
