"""Read the stack text that the engine attaches to errors."""

from __future__ import annotations

from typing import NamedTuple

_MAX_FRAMES = 100
_MAX_LINE = 1_000
_MAX_TEXT = 100_000
_MAX_DIGITS = 9


# A frozen dataclass would cost every worker the import of `dataclasses` and `inspect`.
class Frame(NamedTuple):
    """One line of a stack.

    Args:
        function: Its name; None for the place of a syntax error, which belongs to no function.
        file: None for a function of the engine itself.
        line: From 1; 0 where the engine does not say.
        column: From 1, counted in UTF-8 bytes, as the engine does; 0 where it does not say.
    """

    function: str | None
    file: str | None = None
    line: int = 0
    column: int = 0

    @property
    def native(self) -> bool:
        """Whether the function is one of the engine's own, such as `map` or `JSON.parse`."""
        return self.file is None


def parse_stack(stack: str) -> list[Frame]:
    """Return the frames of a stack, the innermost first; lines of another shape are left out.

    A task can put any text into a stack: the work is linear, and only the first hundred frames are read.
    """
    frames: list[Frame] = []
    for line in stack[:_MAX_TEXT].split("\n"):
        words = line[:_MAX_LINE].strip()
        if words.startswith("at "):
            frames.append(_parse_frame(words[3:]))
        if len(frames) == _MAX_FRAMES:
            break
    return frames


def _parse_frame(words: str) -> Frame:
    """Read `f (main.js:3:5)`, `f (native)` or the bare `main.js:3:5`."""
    function: str | None = None
    location = words
    if words.endswith(")") and "(" in words:
        name, _, location = words[:-1].rpartition("(")
        function = name.strip()
    if location == "native":
        return Frame(function)
    file, line, column = _split_location(location)
    return Frame(function, file, line, column)


def _split_location(location: str) -> tuple[str, int, int]:
    """Split `file:line:column`; the column, or both numbers, may be missing."""
    file = location
    numbers: list[int] = []
    while len(numbers) < 2:
        head, colon, tail = file.rpartition(":")
        if not colon or not tail.isascii() or not tail.isdigit() or len(tail) > _MAX_DIGITS:
            break
        numbers.insert(0, int(tail))
        file = head
    line, column = (*numbers, 0, 0)[:2]
    return file, line, column
