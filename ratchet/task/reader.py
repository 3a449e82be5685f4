"""Take typed values out of a metadata object and note every problem on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ratchet.task.places import place_of
from ratchet.task.pointer import pointer_of
from ratchet.task.text import nearest, printable
from ratchet.values import Json, JsonObject, Place, Problem

_NAMES: dict[type, str] = {bool: "true or false", str: "a string", int: "a number", float: "a number"}
_NAMES |= {list: "a list", dict: "an object", type(None): "null"}


MOST_PROBLEMS = 100
"""More are not reported: nobody reads them, and finding the place of each takes time."""


class MetadataReader:
    """A metadata object, the text it came from, and the problems found so far.

    Args:
        value: The parsed metadata.
        text: The text it was parsed from, for places.
        path: The file as the user would type it.
    """

    def __init__(self, value: JsonObject, text: str, path: str) -> None:
        self.value = value
        self.text = text
        self.path = path
        self.problems: list[Problem] = []
        self.taken: set[str] = set()

    def report(
        self,
        message: str,
        *steps: str | int,
        hint: str | None = None,
        severity: Literal["error", "warning"] = "error",
        key: bool = False,
    ) -> None:
        """Note a problem with the value at a path of keys and indexes."""
        if len(self.problems) >= MOST_PROBLEMS:
            return
        pointer = pointer_of(steps)
        # What is missing altogether stands nowhere in the file.
        place = place_of(self.path, self.text, pointer, key=key) if steps else Place(self.path)
        self.problems.append(Problem(message, place, pointer, hint, severity))

    def warn(self, message: str, *steps: str | int, hint: str | None = None, key: bool = False) -> None:
        """Note something odd that is no reason to refuse the task."""
        self.report(message, *steps, hint=hint, severity="warning", key=key)

    def take(self, key: str) -> Json:
        """Return a value of the root object and remember that it is known; null counts as absent."""
        self.taken.add(key)
        return self.value.get(key)

    def text_of(self, key: str) -> str | None:
        """Return the string under a key, None when it is absent or wrong."""
        value = self.take(key)
        if value is None or isinstance(value, str):
            return value
        self.report(f"`{key}` is {name_of(value)}, not a string", key)
        return None

    def flag_of(self, key: str) -> bool:
        """Return the boolean under a key, False when it is absent or wrong."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self.report(f"`{key}` is {name_of(value)}, not true or false", key)
        return value is True

    def texts_of(self, *steps: str, value: Json, check: Callable[[str], str | None] | None = None) -> tuple[str, ...]:
        """Return a list of strings; each entry that is none, or that the check refuses, is a problem."""
        name = ".".join(steps)
        if not isinstance(value, list):
            self.report(f"`{name}` is {name_of(value)}, not a list of strings", *steps)
            return ()
        texts = []
        for index, entry in enumerate(value):
            if not isinstance(entry, str):
                self.report(f"An entry of `{name}` is {name_of(entry)}, not a string", *steps, index)
            elif check and (reason := check(entry)):
                self.report(f"`{printable(entry)}` in `{name}` {reason}", *steps, index)
            else:
                texts.append(entry)
        return tuple(texts)

    def section(self, key: str, known: tuple[str, ...], *, strict: bool) -> JsonObject:
        """Return the object under a key; keys that are not known are problems, or warnings when not strict."""
        value = self.take(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.report(f"`{key}` is {name_of(value)}, not an object", key)
            return {}
        for name in value:
            if name not in known:
                message, hint = f"`{key}` has no key `{printable(name)}`", nearest_hint(name, known)
                severity: Literal["error", "warning"] = "error" if strict else "warning"
                self.report(message, key, name, hint=hint, severity=severity, key=True)
        return value


def nearest_hint(name: str, known: tuple[str, ...]) -> str:
    """Return a hint with the known word nearest to a wrong one, or with all of them."""
    match = nearest(name, known)
    return f"Did you mean `{match}`?" if match else "It has " + ", ".join(f"`{word}`" for word in known)


def name_of(value: Json) -> str:
    """Return what kind of JSON value this is, with its article."""
    return _NAMES.get(type(value), "something else")
