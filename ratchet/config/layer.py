"""What one source, the file or the environment, says about the settings."""

from __future__ import annotations

from typing import Literal, NamedTuple

from ratchet.config import moved
from ratchet.config.settings import SETTINGS
from ratchet.task.pointer import pointer_of
from ratchet.values import Json, Place, Problem


class Origin(NamedTuple):
    """Where a value comes from.

    Args:
        name: The option, the variable or the file; "" for a default.
        line: In the file.
    """

    kind: Literal["flag", "environment", "file", "default"]
    name: str = ""
    line: int | None = None


class Entry(NamedTuple):
    """The value of one setting in one source, before it is checked.

    Args:
        written: The same with its references as they stand in the file.
        label: How to name it in a sentence: the key, or the variable.
        steps: Where it stands in the file; empty elsewhere.
    """

    value: Json
    written: Json
    label: str
    steps: tuple[str | int, ...] = ()


class Layer:
    """The entries of one source by their keys, and what is wrong or odd with it.

    Args:
        kind: Which source it is.
    """

    def __init__(self, kind: Literal["environment", "file"]) -> None:
        self.kind = kind
        self.entries: dict[str, Entry] = {}
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def add(self, key: str, entry: Entry) -> None:
        """Take in an entry, in the words of today."""
        value, sentences = moved.rename(key, SETTINGS[key], entry.value)
        written, _ = moved.rename(key, SETTINGS[key], entry.written)
        for sentence in sentences:
            self.warn(sentence, entry.steps, key=False)
        self.entries[key] = entry._replace(value=value, written=written)

    def refuse(self, message: str, steps: tuple[str | int, ...], hint: str | None = None, *, key: bool = False) -> None:
        """Note a problem with what stands somewhere in the source."""
        self.problems.append(self.problem(message, steps, hint, key=key))

    def warn(self, message: str, steps: tuple[str | int, ...], hint: str | None = None, *, key: bool = True) -> None:
        """Note something odd."""
        self.warnings.append(self.problem(message, steps, hint, key=key)._replace(severity="warning"))

    def problem(
        self, message: str, steps: tuple[str | int, ...], hint: str | None = None, *, key: bool = False
    ) -> Problem:
        """Return a problem with what stands somewhere in the source."""
        place = self.place(steps, key=key)
        return Problem(message, place, pointer_of(steps) if place else None, hint)

    def place(self, steps: tuple[str | int, ...], *, key: bool = False) -> Place | None:
        """Return where something stands; a variable stands nowhere."""
        return None

    def origin(self, entry: Entry) -> Origin:
        """Return where the value of an entry comes from."""
        return Origin("environment", entry.label)
