"""Take typed values out of one object of a case file, and note every problem with its place."""

from __future__ import annotations

from collections.abc import Sequence

from ratchet.task.reader import MetadataReader, name_of, nearest_hint
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

Steps = tuple[str | int, ...]


class Section:
    """An object in a file, and the steps to it from the file's root."""

    def __init__(self, reader: MetadataReader, value: JsonObject, steps: Steps) -> None:
        self._reader = reader
        self.value = value
        self.steps = steps

    def report(self, message: str, *steps: str | int, hint: str | None = None, key: bool = False) -> None:
        """Note a problem with a value of the section."""
        # A file has no steps to its root, and a problem is to have a line all the same.
        self._reader.report(message, *(self.steps + steps), hint=hint, key=key)

    def warn(self, message: str, *steps: str | int, hint: str | None = None) -> None:
        """Note something odd that is no reason to refuse the case."""
        self._reader.warn(message, *(self.steps + steps), hint=hint)

    def refuse_unknown(self, what: str, known: Sequence[str]) -> None:
        """Note a problem for every key that is not known, with the one that was meant."""
        for key in self.value:
            if key not in known:
                message = f"{what} has no key `{printable(key)}`"
                self.report(message, key, hint=nearest_hint(key, tuple(known)), key=True)

    def text(self, key: str) -> str | None:
        """Return the string under a key, None where it is absent or wrong."""
        value = self.value.get(key)
        if value is None or isinstance(value, str):
            return value
        self.report(f"`{key}` is {name_of(value)}, not a string", key)
        return None

    def flag(self, key: str, default: bool) -> bool:
        """Return the boolean under a key."""
        value = self.value.get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.report(f"`{key}` is {name_of(value)}, not true or false", key)
        return default

    def whole(self, key: str, least: int, most: int) -> int | None:
        """Return the whole number under a key, None where it is absent or wrong."""
        value = self.value.get(key)
        if value is None or (type(value) is int and least <= value <= most):
            return value
        self.report(f"`{key}` is {_described(value)}, not a whole number from {least} to {most}", key)
        return None

    def section(self, key: str, what: str) -> Section | None:
        """Return the object under a key, None where it is absent or wrong."""
        value = self.value.get(key)
        if value is None:
            return None
        return self.of(value, what, key)

    def of(self, value: Json, what: str, *steps: str | int) -> Section | None:
        """Return the section of a value further down, None where it is no object."""
        if isinstance(value, dict):
            return Section(self._reader, value, self.steps + steps)
        self.report(f"{what} is {name_of(value)}, not an object", *steps)
        return None

    def sections(self, key: str, what: str) -> list[Section]:
        """Return the objects in the list under a key; an object alone is a list of one."""
        value = self.value.get(key)
        if isinstance(value, dict):
            return [Section(self._reader, value, (*self.steps, key))]
        if value is not None and not isinstance(value, list):
            self.report(f"`{key}` is {name_of(value)}, not a list", key)
        entries = value if isinstance(value, list) else []
        found = [self.of(entry, what, key, index) for index, entry in enumerate(entries)]
        return [section for section in found if section is not None]


def _described(value: Json) -> str:
    return f"`{value}`" if isinstance(value, int | float) and not isinstance(value, bool) else name_of(value)
