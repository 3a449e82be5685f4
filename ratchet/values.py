"""Small values that every layer shares.

Values on the way from the shell to a result are named tuples: Python 3.11 takes 0.8 ms to make a frozen dataclass,
eight times as long, and there are many.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, TypeAlias

Json: TypeAlias = Any
"""A JSON value: None, bool, int, float, str, list or dict with string keys. Narrowed where it is used."""

JsonObject: TypeAlias = dict[str, Any]


class Place(NamedTuple):
    """A position in a file of the user's own.

    Args:
        file: Path as the user would type it.
        line: From 1; None for the file as a whole.
        column: From 1, counted in characters.
        text: The source line, for the caret.
    """

    file: str
    line: int | None = None
    column: int | None = None
    text: str | None = None


class Problem(NamedTuple):
    """One reason something was refused, or worth a warning: where, and a sentence.

    Args:
        pointer: JSON Pointer (RFC 6901) into the value concerned; "" is its root.
    """

    message: str
    place: Place | None = None
    pointer: str | None = None
    hint: str | None = None
    severity: Literal["error", "warning"] = "error"
